# The condition classes, and what they say. Rust hands over what happened as
# plain data; the words, and the advice on what to do, are made here.

#' Raises an error of the package
#'
#' @param kind last part of the class, `amocrm_error_<kind>`
#' @param message what happened
#' @param advice what to do about it, or NULL
#' @param fields named list of further fields of the condition
#' @noRd
abort <- function(kind, message, advice = NULL, fields = list()) {
  none <- list(status = NULL, endpoint = NULL, request_id = NULL, partial = NULL)
  # No call: its arguments may hold secrets.
  condition <- c(
    list(message = paste(c(message, advice), collapse = "\n"), call = NULL),
    fields,
    none[setdiff(names(none), names(fields))]
  )
  class(condition) <- c(paste0("amocrm_error_", kind), "amocrm_error", "error", "condition")
  stop(condition)
}

#' Raises an input error
#' @noRd
abort_input <- function(argument, message) {
  abort("input", message, fields = list(argument = argument))
}

#' Raises the error that Rust reports
#'
#' @param error list made by error_list() in src/rust/src/error.rs
#' @param partial the rows received before, or NULL
#' @noRd
abort_from_rust <- function(error, partial = NULL) {
  fields <- error[c("status", "endpoint", "request_id", "argument", "code", "pages")]
  fields <- c(fields[!vapply(fields, is.null, NA)], list(partial = partial))
  advice <- c(advice(error), kept_rows_text(partial), request_id_text(error))
  abort(error$kind, headline(error), advice, fields)
}

#' What amoCRM's support asks for, or NULL
#' @noRd
request_id_text <- function(error) {
  if (!is.null(error$request_id)) gettextf("request id: %s", error$request_id)
}

#' What happened, in one line
#' @noRd
headline <- function(error) {
  where <- error$endpoint
  switch(error$kind,
    input = gettext(error$message),
    auth = auth_error_text(error),
    blocked = sentence(gettextf("HTTP 403 from %s: access is blocked", where), error$detail),
    rate_limited = gettextf(
      "HTTP 429 from %s: too many requests, %s", where, after_tries(error$tries)
    ),
    http = sentence(gettextf("HTTP %d from %s", error$status, where), error$detail),
    timeout = gettextf(
      "%s: no answer within %s s, %s", where, error$detail, after_tries(error$tries)
    ),
    network = sentence(
      gettextf("%s: no answer %s", where, after_tries(error$tries)), error$detail
    ),
    parse = sentence(
      gettextf("%s: the answer can't be read (%s)", where, paste(error$pages, collapse = "; ")),
      error$detail
    ),
    incomplete = sentence(
      gettextf("%s: some rows did not come", where), paste(error$pages, collapse = "; ")
    ),
    system = error$detail,
    error$message
  )
}

after_tries <- function(n) {
  sprintf(ngettext(n, "after %d try", "after %d tries"), as.integer(n))
}

#' The text that AmoAuth() of amocrm 0.1.0 returned
#' @noRd
auth_error_text <- function(error) {
  paste0("Auth error. Error code: ", error$code, ". ", error$detail)
}

sentence <- function(start, rest) {
  if (is.null(rest) || !nzchar(rest)) start else paste0(start, ": ", rest)
}

#' What the user can do, or NULL
#' @noRd
advice <- function(error) {
  switch(error$kind,
    auth = auth_advice(error$code, error$endpoint),
    blocked = join(gettext(
      "Don't try again at once: a block can become permanent.",
      "Ask amoCRM's support, naming the request id and your address,",
      "or have an administrator check the list of allowed addresses (Settings - General settings)."
    )),
    rate_limited = join(gettext(
      "Other programs use the same account:",
      "lower this one's share with options(amocrm.rate = 3), or run it at another time."
    )),
    http = http_advice(error$status),
    timeout = gettext(
      "Ask for less at once with `limit`, or allow more time with options(amocrm.timeout = 180)."
    ),
    network = join(gettext(
      "Check `domain` and the connection;",
      "behind a proxy set the environment variable HTTPS_PROXY,",
      "and SSL_CERT_FILE for its certificate."
    )),
    parse = gettext(
      "Try a smaller `limit`; if it stays, report it with the request id."
    ),
    incomplete = gettext("Try again later, or with a smaller `limit`."),
    NULL
  )
}

auth_advice <- function(code, endpoint) {
  switch(code,
    oauth = join(gettext(
      "Authorise again with AmoAuthorize(), or give AmoAuthList() a new `code`:",
      "the tokens are spent,",
      "or `client_id`, `client_secret` or `redirect_uri` is not as in the integration's settings."
    )),
    "101" = gettext("There is no such account: check `domain`."),
    "111" = gettext("Log in once in a browser and pass the captcha there."),
    "112" = gettext("The user is switched off or not in this account."),
    if (identical(endpoint, "POST /private/api/auth.php")) {
      join(gettext(
        "Check `email`, `apikey` and `domain`.",
        "amoCRM stopped handing out API keys in July 2020, and a key ends with its user's password."
      ))
    } else {
      join(gettext(
        "Check `domain`,",
        "and make a new `access_token` in the integration's settings",
        "when the old one has ended or was revoked."
      ))
    }
  )
}

http_advice <- function(status) {
  if (status == 402) {
    gettext("The account's subscription has ended, or its tariff lacks this part.")
  } else if (status == 403) {
    join(gettext(
      "Listing the users needs the token of an administrator of the account.",
      "If other calls fail likewise, access is blocked: don't try again at once."
    ))
  } else if (status == 404) {
    gettext("Check `domain`: the account may have been renamed, moved or removed.")
  } else if (status == 426) {
    gettext("This part of the account is switched off: an administrator can switch it on.")
  } else if (status >= 300 && status < 400) {
    gettext("Check `domain`: the account may have been renamed or moved.")
  } else if (status >= 500) {
    gettext("amoCRM has trouble. Try a smaller `limit`, or try later.")
  }
}

#' Signals that the user stopped a call, then stops it
#'
#' A calling handler, or tryCatch(interrupt = ), gets the rows received before.
#' At the prompt a message says where they are.
#' @noRd
signal_interrupt <- function(partial) {
  condition <- structure(
    class = c("amocrm_interrupt", "interrupt", "condition"),
    list(message = gettext("interrupted"), call = NULL, partial = partial)
  )
  signalCondition(condition)
  kept <- kept_rows_text(partial)
  if (!is.null(kept)) inform(kept)
  invokeRestart("abort")
}

#' @noRd
warn <- function(kind, message, fields = list()) {
  condition <- structure(
    class = c(paste0("amocrm_warning_", kind), "amocrm_warning", "warning", "condition"),
    c(list(message = message, call = NULL), fields)
  )
  warning(condition)
}

#' @noRd
inform <- function(text) {
  if (!is_quiet()) message(text)
}

is_quiet <- function() isTRUE(getOption("amocrm.quiet"))
