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
  fields <- error[c("status", "endpoint", "request_id", "argument", "code", "pages", "retry_after")]
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
    forbidden = sentence(gettextf("HTTP 403 from %s: a right is missing", where), error$detail),
    blocked = sentence(gettextf("HTTP 403 from %s: access is blocked", where), error$detail),
    rate_limited = gettextf(
      "HTTP 429 from %s: too many requests, %s", where, after_tries(error$tries)
    ),
    http = sentence(gettextf("HTTP %d from %s", error$status, where), error$detail),
    timeout = gettextf(
      "%s: no answer within %s s, %s", where, error$detail, after_tries(error$tries)
    ),
    network = sentence(network_text(error, where), error$detail),
    parse = sentence(
      gettextf("%s: the answer can't be read (%s)", where, paste(error$pages, collapse = "; ")),
      error$detail
    ),
    incomplete = sentence(
      gettextf("%s: some rows did not come", where), paste(error$pages, collapse = "; ")
    ),
    too_wide = gettextf(
      "the table `%s` has more than 3000 columns: the server's names differ from row to row",
      error$detail
    ),
    system = if (is.null(error$file)) error$detail else token_file_text(error),
    error$message
  )
}

network_text <- function(error, where) {
  if (is_untrusted(error)) {
    gettextf("%s: the server's certificate is not trusted, nothing was sent", where)
  } else {
    gettextf("%s: no answer %s", where, after_tries(error$tries))
  }
}

is_untrusted <- function(error) identical(error$code, "certificate")

#' What is wrong with a token file
#' @noRd
token_file_text <- function(error) {
  sentence(gettextf("can't use the token file %s", error$file), switch(error$problem,
    not_regular = gettext("it is a link or no regular file: name another in `token_file`"),
    not_own = gettext("it belongs to another user: name a file of your own in `token_file`"),
    open_folder = join(gettext(
      "others can write to its folder:",
      "take that right from them (chmod go-w), or name a file elsewhere in `token_file`"
    )),
    no_tokens = gettext("it does not hold tokens"),
    other_account = gettext("its tokens are for another account"),
    other_integration = gettext("its tokens are for another integration"),
    locked = gettextf("process %s keeps it locked: end that process if it hangs", error$detail),
    error$detail
  ))
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
    forbidden = forbidden_advice(error$endpoint),
    blocked = join(gettext(
      "Don't try again at once: a block can become permanent.",
      "Ask amoCRM's support, naming the request id and your address,",
      "or have an administrator check the list of allowed addresses (Settings - General settings)."
    )),
    rate_limited = rate_advice(error$retry_after),
    http = http_advice(error$status, error$endpoint),
    timeout = timeout_advice(error$endpoint),
    network = network_advice(error),
    parse = parse_advice(error$endpoint),
    too_wide = join(gettext(
      "The condition's `partial` has all rows, with the first 3000 columns.",
      "Ask for less at once, such as one type of notes."
    )),
    incomplete = gettext("Try again later."),
    NULL
  )
}

forbidden_advice <- function(endpoint) {
  if (identical(endpoint, "GET /api/v4/users")) {
    gettext("Listing the users needs the token of an administrator of the account.")
  } else {
    join(gettext(
      "This user or token lacks a right.",
      "A user's rights are in Settings - Users, for an administrator to give;",
      "a token's are the scopes of its integration, and a change of them needs a new token."
    ))
  }
}

rate_advice <- function(retry_after) {
  asks <- if (!is.null(retry_after) && retry_after > 0) {
    gettextf("The server asks to wait %.0f s: run it again later.", ceiling(retry_after))
  }
  join(asks, gettext(
    "Other programs use the same account:",
    "lower this one's share with options(amocrm.rate = 3), or run it at another time."
  ))
}

timeout_advice <- function(endpoint) {
  if (takes_limit(endpoint)) {
    gettext(
      "Ask for less at once with `limit`, or allow more time with options(amocrm.timeout = 180)."
    )
  } else {
    gettext("Try later, or allow more time with options(amocrm.timeout = 180).")
  }
}

network_advice <- function(error) {
  if (is_untrusted(error)) {
    join(gettext(
      "Where a proxy or a virus scanner looks into HTTPS, name its certificate in the environment",
      "variable SSL_CERT_FILE. Else check this computer's clock and its list of certificates."
    ))
  } else {
    join(gettext(
      "Check `domain` and the connection;",
      "behind a proxy set the environment variable HTTPS_PROXY,",
      "and SSL_CERT_FILE for its certificate."
    ))
  }
}

parse_advice <- function(endpoint) {
  join(
    if (chose_v2(endpoint)) {
      gettext("If API v2 is gone here, read over v4 with a token: options(amocrm.api = \"v4\").")
    },
    gettext("Try later; if it stays, report it with the request id.")
  )
}

#' Whether a request went to API v2 because nobody has said which to use
#' @noRd
chose_v2 <- function(endpoint) {
  isTRUE(startsWith(endpoint, "GET /api/v2/")) &&
    identical(getOption("amocrm.api", "auto"), "auto")
}

#' Whether a request is for a page of a list that takes a `limit`
#' @noRd
takes_limit <- function(endpoint) {
  isTRUE(startsWith(endpoint, "GET /api/")) &&
    !grepl("/(account|users|pipelines|custom_fields)(/|$)", endpoint)
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

http_advice <- function(status, endpoint) {
  if (status == 402) {
    gettext("The account's subscription has ended, or its tariff lacks this part.")
  } else if (status == 404) {
    gettext("Check `domain`: the account may have been renamed, moved or removed.")
  } else if (status == 426) {
    gettext("This part of the account is switched off: an administrator can switch it on.")
  } else if (status == 304) {
    gettext("A proxy on the way may answer in amoCRM's place: try without it.")
  } else if (status >= 300 && status < 400) {
    gettext("Check `domain`: the account may have been renamed or moved.")
  } else if (status == 504 && takes_limit(endpoint)) {
    gettext("amoCRM has trouble. Try a smaller `limit`, or try later.")
  } else if (status >= 500) {
    gettext("amoCRM has trouble. Try later.")
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
