# From the arguments of a call to its credentials.

# What each way to log in needs, and what it may have.
auth_methods <- list(
  token = list(needs = c("domain", "access_token"), may = character()),
  oauth = list(
    needs = c("domain", "client_id", "client_secret", "redirect_uri"),
    may = c("code", "token_file")
  ),
  key = list(needs = c("email", "apikey", "domain"), may = character())
)

#' The credentials in the arguments of a call
#' @noRd
call_auth <- function(email, apikey, domain, auth_list) {
  if (is.null(auth_list)) {
    auth_list <- list(email = email, apikey = apikey, domain = domain)
  } else if (!is.list(auth_list)) {
    abort_input("auth_list", gettext("`auth_list` must be a list created by AmoAuthList()"))
  }
  auth <- resolve_auth(auth_list)
  if (auth$auth_method == "oauth") auth$token_file <- agreed_token_file(auth)
  auth
}

#' Checks the pieces, and takes missing ones from environment variables
#'
#' @param given list of texts or NULL
#' @return list of the pieces that the way to log in needs, and its name as
#'   `auth_method`
#' @noRd
resolve_auth <- function(given) {
  method <- choose_auth_method(given)
  auth <- list()
  for (piece in auth_methods[[method]]$needs) {
    auth[[piece]] <- credential(given[[piece]], piece)
  }
  for (piece in auth_methods[[method]]$may) {
    auth[[piece]] <- credential(given[[piece]], piece, required = FALSE)
  }
  if (!is.null(auth$token_file)) check_no_token(auth$token_file)
  auth$domain <- check_domain(auth$domain)
  c(auth, list(auth_method = method))
}

#' The account as given, or the host of an address
#' @noRd
check_domain <- function(domain) {
  if (looks_secret(domain)) {
    abort_input("domain", gettext(
      "`domain` looks like a token or a key: give the account's name there, such as \"mycompany\""
    ))
  }
  checked <- rust_check_domain(domain)
  if (!is.null(checked$error)) abort_from_rust(checked$error)
  if (grepl("https://", domain, fixed = TRUE)) sub("https://", "", checked$url) else domain
}

#' Whether a text looks like a token or a key
#'
#' That is a JSON Web Token, or at least 32 letters and digits: unlike in the name of an
#' account there are several digits, capital and small letters, or 40 letters in one
#' word. The id of an integration, a UUID, is not secret.
#' @noRd
looks_secret <- function(text) {
  is_token <- grepl("eyJ[A-Za-z0-9_-]{5,}", text)
  is_mixed <- lengths(gregexpr("[0-9]", text)) >= 4 | grepl("[a-z]", text) & grepl("[A-Z]", text)
  is_key <- grepl("^[A-Za-z0-9_-]{32,}$", text) & is_mixed | grepl("^[A-Za-z0-9]{40,}$", text)
  is_uuid <- grepl("^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$", text)
  is_token | (is_key & !is_uuid)
}

#' Refuses an abbreviated argument, which may be meant as another one
#'
#' @param argument the argument, such as `token_file`
#' @param given names of the arguments in the call
#' @noRd
check_spelt_out <- function(argument, given) {
  is_short <- function(name) nzchar(name) && name != argument && startsWith(argument, name)
  short <- Filter(is_short, given)
  if (length(short) > 0) abort_no_token_file(short[[1]])
}

#' Refuses a token in place of the file name
#' @noRd
check_no_token <- function(token_file) {
  if (looks_secret(token_file)) abort_no_token_file("token_file")
}

#' @noRd
abort_no_token_file <- function(argument) {
  abort_input("access_token", gettextf(
    "`%s` is a file name, not a token: pass the token as `access_token`", argument
  ))
}

#' The way to log in, from the arguments or else the environment variables
#' @noRd
choose_auth_method <- function(given) {
  has <- function(pieces) any(lengths(given[pieces]) > 0)
  set <- function(piece) nzchar(Sys.getenv(variable_of(piece)))
  if (has("access_token")) {
    "token"
  } else if (has(c("client_id", "client_secret", "code"))) {
    "oauth"
  } else if (has(c("email", "apikey"))) {
    "key"
  } else if (set("access_token")) {
    "token"
  } else if (set("client_id")) {
    "oauth"
  } else if (set("email") || set("apikey")) {
    "key"
  } else {
    abort_without_credentials()
  }
}

#' Without any credentials: recommends the usual way to log in
#' @noRd
abort_without_credentials <- function() {
  abort_input("access_token", join(gettext(
    "no credentials: give AmoAuthList() a `domain` and an `access_token`,",
    "or set the environment variables AMOCRM_DOMAIN and AMOCRM_ACCESS_TOKEN;",
    "see ?AmoAuthList"
  )))
}

variable_of <- function(piece) paste0("AMOCRM_", toupper(piece))

#' A string, given or from the environment; NULL if missing and not required
#' @noRd
credential <- function(value, piece, required = TRUE) {
  # do.call() passes the elements of an auth_list as they are.
  value <- reveal(value)
  if (is.null(value)) {
    value <- Sys.getenv(variable_of(piece))
    if (!nzchar(value)) {
      if (!required) {
        return(NULL)
      }
      abort_input(piece, gettextf(
        "`%s` is missing: pass it, pass an `auth_list`, or set the environment variable %s",
        piece, variable_of(piece)
      ))
    }
  }
  if (is_one_text(value) && piece != "token_file") value <- without_wrapping(enc2utf8(value))
  if (!is_one_text(value) || !nzchar(value)) {
    abort_input(piece, gettextf("`%s` must be a single non-empty string", piece))
  }
  check_credential(value, piece)
}

#' Removes what was copied with a text: "Bearer ", quotes, commas and white space
#' @noRd
without_wrapping <- function(text) {
  if (!validUTF8(text)) {
    return(text)
  }
  ends <- "[\\s\"'`,;<>\u00a0\u00ab\u00bb\u200b\u2018\u2019\u201c\u201d\u201e\ufeff]*"
  named <- function(word) paste0(word, ends, "[\\s:=]", ends)
  start <- paste0("^", ends, "(?i:(", named("authorization"), ")?", named("bearer"), ")?", ends)
  sub(paste0(ends, "$"), "", sub(start, "", text, perl = TRUE), perl = TRUE)
}

#' Refuses values that can't be right
#' @noRd
check_credential <- function(value, piece) {
  sent <- !piece %in% c("domain", "token_file")
  if (sent && grepl("[\\x01-\\x20\\x7f]", value, perl = TRUE, useBytes = TRUE)) {
    abort_input(piece, gettextf(
      "`%s` has a space, a line break or another control character in it: copy it again", piece
    ))
  }
  if (piece == "email" && !grepl("[^@]@[^@]", value)) {
    abort_input("email", gettext(
      "`email` must be an email address, such as \"me@example.com\""
    ))
  }
  value
}

# --- The token file -----------------------------------------------------------

#' The token file, after the user has agreed to it
#'
#' A file that the user has chosen, or that exists, needs no agreement.
#' @noRd
agreed_token_file <- function(auth, ask = ask_to_store) {
  if (!is.null(auth$token_file)) {
    return(rust_path(auth$token_file))
  }
  file <- default_token_file(auth)
  if (file.exists(file) || isTRUE(agreements[[file]])) {
    return(file)
  }
  if (!ask(file)) {
    abort_input("token_file", join(
      gettext("the tokens must be stored in a file: set `token_file`"),
      gettextf(
        "(or the environment variable AMOCRM_TOKEN_FILE), or agree to %s in an interactive session",
        file
      )
    ))
  }
  agreements[[file]] <- TRUE
  file
}

# Files that the user has agreed to in this session.
agreements <- new.env(parent = emptyenv())

default_token_file <- function(auth) {
  plain <- function(text) gsub("[^A-Za-z0-9.-]+", "_", text)
  name <- paste0(plain(auth$domain), "-", plain(auth$client_id), ".json")
  rust_path(file.path(tools::R_user_dir("amocrm", "cache"), name))
}

ask_to_store <- function(file) {
  interactive() && isTRUE(utils::askYesNo(
    gettextf("May amocrm store the account's tokens in the file\n%s?", file)
  ))
}
