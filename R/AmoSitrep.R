#' Situation report: the configuration, and which API answers
#'
#' Checks the credentials, asks the account which API it answers, and lists
#' versions, options, proxy and certificates. Paste the output into a bug report:
#' it contains no secrets.
#'
#' @inheritParams AmoAuth
#'
#' @return A list of class `amocrm_sitrep`, invisibly, after printing it. Its
#'   elements are strings: `package`, `r`, `system`,
#'   `locale`, `options`, `variables` (the environment variables that are set,
#'   without their values), `proxy`, `certificates`, `account`, `credentials`,
#'   `token`, `answer` (which API answers) and `zone`; `NA` where nothing is known. A
#'   problem is described there, too, with advice; it is not an error. Of `options`
#'   only those of the package are listed, see [amocrm-package], and only valid
#'   values. Printed labels are in the session's language.
#' @examples
#' AmoSitrep(auth_list = AmoSandbox(notes = 1))
#' @export
AmoSitrep <- function(email = NULL, apikey = NULL, domain = NULL, auth_list = NULL) {
  with_auth_list(email, apikey, domain, auth_list, function(auth) {
    auth <- tryCatch(auth, amocrm_error = identity)
    about <- structure(c(sitrep_here(), sitrep_account(auth)), class = "amocrm_sitrep")
    print(about)
    invisible(about)
  })
}

#' What is known without an account
#' @noRd
sitrep_here <- function() {
  variables <- c("AMOCRM_EMAIL", "AMOCRM_APIKEY", "AMOCRM_DOMAIN", "AMOCRM_ACCESS_TOKEN",
                 "AMOCRM_CLIENT_ID", "AMOCRM_CLIENT_SECRET", "AMOCRM_REDIRECT_URI")
  list(
    package = paste("amocrm", utils::packageVersion("amocrm")),
    r = R.version.string,
    system = paste(Sys.info()[c("sysname", "release", "machine")], collapse = " "),
    locale = Sys.getlocale("LC_CTYPE"),
    options = listed(set_options()),
    variables = listed(variables[nzchar(Sys.getenv(variables))]),
    proxy = listed(proxies()),
    certificates = certificates()
  )
}

#' The options that are set, without values that may be anything
#' @noRd
set_options <- function() {
  set <- options()[intersect(names(options()), known_options)]
  shown <- vapply(set, function(value) {
    is_number <- (is.numeric(value) || is.logical(value)) && length(value) == 1
    if (is_number || (is_one_text(value) && value %in% option_words)) {
      format(value)
    } else {
      gettext("(not a valid value)")
    }
  }, "")
  sprintf("%s = %s", names(set), shown)
}

known_options <- paste0("amocrm.", c(
  "quiet", "rate", "api", "on_error", "zero_rows", "verbose", "timeout", "shared_rate"
))

# What the options may be besides numbers, TRUE and FALSE.
option_words <- c("auto", "v2", "v4", "stop", "partial", "warning", "message", "silent")

sitrep_account <- function(auth) {
  unknown <- NA_character_
  if (inherits(auth, "condition")) {
    return(list(
      account = conditionMessage(auth), credentials = unknown, token = unknown,
      answer = unknown, zone = unknown
    ))
  }
  answer <- ask_account(auth)
  list(
    account = rust_check_domain(auth$domain)$url,
    credentials = switch(auth$auth_method,
      key = gettext("email and API key"), token = gettext("an access token"),
      oauth = gettext("an OAuth integration")
    ),
    token = token_standing(auth),
    answer = answer$text,
    zone = answer$zone
  )
}

#' Which API answers, or the error
#' @noRd
ask_account <- function(auth) {
  spec <- c(connection_spec(auth), list(what = "connection"))
  result <- tryCatch(run_job(rust_query_start(spec), show_nothing()), amocrm_error = identity)
  if (inherits(result, "condition")) {
    return(list(text = conditionMessage(result), zone = NA_character_))
  }
  if (!is.null(result$error)) {
    return(list(text = error_text(result$error), zone = NA_character_))
  }
  list(text = sprintf("API %s", result$api), zone = result$zone)
}

token_standing <- function(auth) {
  if (auth$auth_method == "token") {
    expires <- rust_token_expiry(auth$access_token)$expires
    if (is.na(expires)) {
      return(gettext("expiry date unknown"))
    }
    return(gettextf("expires %s UTC", format(.POSIXct(expires, "UTC"), "%Y-%m-%d %H:%M")))
  }
  if (auth$auth_method == "oauth") {
    file <- auth$token_file
    changed <- file.info(file, extra_cols = FALSE)$mtime
    if (is.na(changed)) {
      return(gettextf("no tokens in %s yet", file))
    }
    return(gettextf("in %s, last modified %s", file, format(changed, "%Y-%m-%d %H:%M")))
  }
  NA_character_
}

#' The proxies, without user and password
#'
#' These are everything before the last "@".
#' @noRd
proxies <- function() {
  names <- c("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "NO_PROXY")
  values <- Sys.getenv(names)
  values <- sub("^([A-Za-z0-9+.-]+://)?.*@", "\\1...@", values[nzchar(values)])
  sprintf("%s=%s", names(values), values)
}

certificates <- function() {
  set <- Sys.getenv(c("SSL_CERT_FILE", "SSL_CERT_DIR"))
  set <- set[nzchar(set)]
  if (length(set) == 0) {
    return(gettext("from the operating system"))
  }
  found <- ifelse(file.exists(set), "", paste0(" ", gettext("(not found)")))
  listed(sprintf("%s=%s%s", names(set), set, found))
}

listed <- function(texts) if (length(texts) == 0) "-" else paste(texts, collapse = "; ")

#' @export
print.amocrm_sitrep <- function(x, ...) {
  shown <- Filter(Negate(is.na), unclass(x))
  labels <- format(sitrep_labels()[names(shown)])
  indent <- strrep(" ", nchar(labels[[1]], "width") + 2)
  texts <- gsub("\n", paste0("\n", indent), unlist(shown), fixed = TRUE)
  cat(paste0(labels, "  ", texts, "\n"), sep = "")
  invisible(x)
}

sitrep_labels <- function() {
  c(
    package = gettext("package"), r = "R", system = gettext("system"), locale = gettext("locale"),
    options = gettext("options"), variables = gettext("variables"), proxy = gettext("proxy"),
    certificates = gettext("certificates"), account = gettext("account"),
    credentials = gettext("credentials"), token = gettext("token"), answer = gettext("answer"),
    zone = gettext("time zone")
  )
}
