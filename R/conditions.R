# Condition classes and messages. Rust passes errors as data; the messages and
# the advice are made here.

#' Raises an error of the package
#'
#' @param kind last part of the class, `amocrm_error_<kind>`
#' @param message what happened
#' @param advice what the user can do, or NULL
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
  fields <- error[c(
    "status", "endpoint", "request_id", "argument", "code", "detail", "pages", "retry_after"
  )]
  fields <- c(fields[!vapply(fields, is.null, NA)], list(partial = partial))
  advice <- c(advice(error), kept_rows_text(partial), request_id_text(error))
  abort(error$kind, headline(error), advice, fields)
}

#' The id of the request for amoCRM's support, or NULL
#' @noRd
request_id_text <- function(error) {
  if (!is.null(error$request_id)) gettextf("request id: %s", error$request_id)
}

#' What happened, in one line
#' @noRd
headline <- function(error) {
  where <- error$endpoint
  switch(error$kind,
    input = input_text(error$message),
    auth = auth_error_text(error),
    forbidden = sentence(gettextf("HTTP 403 from %s: permission denied", where), error$detail),
    blocked = sentence(gettextf("HTTP 403 from %s: access is blocked", where), error$detail),
    rate_limited = gettextf(
      "HTTP 429 from %s: too many requests, %s", where, after_tries(error$tries)
    ),
    http = sentence(gettextf("HTTP %d from %s", error$status, where), http_detail(error)),
    timeout = timeout_text(error, where),
    network = sentence(network_text(error, where), cause_text(error$detail)),
    parse = parse_text(error),
    incomplete = sentence(gettextf("%s: some rows are missing", where), place_texts(error$pages)),
    too_wide = gettextf(
      "the table `%s` has more than 3,000 columns: a long list in a record, or names that differ",
      error$detail
    ),
    system = if (is.null(error$file)) cause_text(error$detail) else token_file_text(error),
    error$message
  )
}

#' Whether nothing came in time, or not the whole answer
#' @noRd
timeout_text <- function(error, where) {
  tries <- after_tries(error$tries)
  if (identical(error$code, "unfinished")) {
    gettextf("%s: the answer was not complete within %s s, %s", where, error$detail, tries)
  } else {
    gettextf("%s: no answer within %s s, %s", where, error$detail, tries)
  }
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
    not_regular = gettext("it is a link or not a regular file: choose another with `token_file`"),
    not_own = gettext("it belongs to another user: choose a file of your own with `token_file`"),
    open_folder = join(gettext(
      "other users can write to its folder:",
      "remove their permission (chmod go-w), or choose a file elsewhere with `token_file`"
    )),
    no_tokens = gettext("it does not contain tokens"),
    other_account = gettext("its tokens are for another account"),
    other_integration = gettext("its tokens are for another integration"),
    locked = gettextf("process %s has locked it: end that process if it hangs", error$detail),
    cause_text(error$detail)
  ))
}

after_tries <- function(n) {
  sprintf(ngettext(n, "after %d try", "after %d tries"), as.integer(n))
}

#' Which part was read, and why it is invalid
#' @noRd
parse_text <- function(error) {
  place <- place_texts(error$pages)
  if (is_html(error)) {
    gettextf(
      "%s: the server answered with an HTML page instead of JSON (%s)", error$endpoint, place
    )
  } else {
    sentence(
      gettextf("%s: the answer can't be read (%s)", error$endpoint, place),
      cause_text(error$detail)
    )
  }
}

is_html <- function(error) isTRUE(grepl("^an HTML page", error$detail))

#' The server's message, or the target of a redirect
#' @noRd
http_detail <- function(error) {
  if (error$status %in% 300:399) cause_text(error$detail) else error$detail
}

auth_error_text <- function(error) {
  gettextf("Auth error. Error code: %s. %s", error$code, auth_detail(error))
}

#' The server's message, or that there are no tokens
#' @noRd
auth_detail <- function(error) {
  if (error$code == "oauth") cause_text(error$detail) else error$detail
}

#' What failed and what to do about it
#' @noRd
error_text <- function(error) paste(c(headline(error), advice(error)), collapse = "\n")

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
      "Don't retry right away: the block can become permanent.",
      "Send the request id and your IP address to amoCRM's support,",
      "or ask an administrator to check the allowed IP addresses (Settings > General settings)."
    )),
    rate_limited = rate_advice(error$retry_after),
    http = http_advice(error),
    timeout = timeout_advice(error),
    network = network_advice(error),
    parse = parse_advice(error),
    too_wide = join(gettext(
      "The field `partial` of this error has all rows, with the first 3,000 columns.",
      "Request less at once, such as one type of notes; AmoGet() has `member` for one list."
    )),
    incomplete = incomplete_advice(error),
    NULL
  )
}

forbidden_advice <- function(endpoint) {
  if (identical(endpoint, "GET /api/v4/users")) {
    gettext("Only the token of an account administrator can list the users.")
  } else {
    join(gettext(
      "The user or the token has no permission for this.",
      "An administrator sets the permissions of users in Settings > Users;",
      "a token has the scopes of its integration, and a change of them needs a new token."
    ))
  }
}

rate_advice <- function(retry_after) {
  asks <- if (!is.null(retry_after) && retry_after > 0) {
    gettextf("The server asks to wait %.0f s: try again later.", ceiling(retry_after))
  }
  join(asks, gettext(
    "Other programs may be using the same account:",
    "slow this one down with options(amocrm.rate = 3), or run it at another time."
  ))
}

timeout_advice <- function(error) {
  if (limit_helps(error)) {
    gettext(
      "Use a smaller `limit`, or allow more time with options(amocrm.timeout = 180)."
    )
  } else {
    gettext("Try again later, or allow more time with options(amocrm.timeout = 180).")
  }
}

network_advice <- function(error) {
  if (is_untrusted(error)) {
    join(gettext(
      "If a proxy or an antivirus program inspects HTTPS, set the environment variable",
      "SSL_CERT_FILE to its certificate. Otherwise check the computer's clock and its certificates."
    ))
  } else {
    join(gettext(
      "Check `domain` and your internet connection;",
      "behind a proxy, set the environment variable HTTPS_PROXY",
      "and, for its certificate, SSL_CERT_FILE."
    ))
  }
}

parse_advice <- function(error) {
  join(
    if (is_html(error)) {
      gettext(
        "This is usually a login page, a captcha, a block page or another site:",
        "check `domain`, then open the account in a browser."
      )
    },
    if (chose_v2(error$endpoint)) {
      gettext(
        "If API v2 is switched off in this account, use API v4 with a token:",
        "set options(amocrm.api = \"v4\")."
      )
    },
    gettext("If it happens again later, report it with the request id.")
  )
}

#' Numbered pages can't be requested in parts of fewer than 20 rows
#' @noRd
incomplete_advice <- function(error) {
  is_numbered <- any(grepl(", page [0-9]+$", error$pages))
  join(
    gettext("Try again later."),
    if (is_numbered) {
      gettext(
        "If the same page is missing each time, the server sends fewer than 20 rows per page,",
        "and no `limit` helps: ask amoCRM's support."
      )
    },
    if (is_numbered && !uses_v2(error$endpoint) && !isTRUE(error$only_v4)) {
      gettext(
        "Or use API v2 with an API key where the account has one (options(amocrm.api = \"v2\"))."
      )
    }
  )
}

uses_v2 <- function(endpoint) isTRUE(startsWith(endpoint, "GET /api/v2/"))

#' Whether a request used API v2 because the option is "auto"
#' @noRd
chose_v2 <- function(endpoint) {
  uses_v2(endpoint) && identical(getOption("amocrm.api", "auto"), "auto")
}

#' Whether the call has a `limit`, and failed at the list rather than at what it asks besides
#' @noRd
limit_helps <- function(error) {
  besides <- "/(account|users|pipelines|custom_fields)(/|$)"
  isTRUE(error$takes_limit) && isTRUE(startsWith(error$endpoint, "GET /api/")) &&
    !grepl(besides, error$endpoint)
}

#' Whether a request is for a part of an account, which need not exist
#' @noRd
is_in_account <- function(endpoint) {
  isTRUE(startsWith(endpoint, "GET /api/v4/")) && endpoint != "GET /api/v4/account"
}

auth_advice <- function(code, endpoint) {
  switch(code,
    oauth = join(gettext(
      "Authorise again with AmoAuthorize(), or give AmoAuthList() a new `code`:",
      "the tokens have expired or were used elsewhere,",
      "or `client_id`, `client_secret` or `redirect_uri` differs from the integration's settings."
    )),
    "101" = gettext("There is no such account: check `domain`."),
    "111" = gettext("Log in with a browser once and solve the captcha there."),
    "112" = gettext("The user is disabled or does not belong to this account."),
    if (identical(endpoint, "POST /private/api/auth.php")) {
      join(gettext(
        "Check `email`, `apikey` and `domain`.",
        "amoCRM has issued no API keys since July 2020, and a new password disables the user's key."
      ))
    } else {
      join(gettext(
        "Check `domain`: \"mycompany\" means mycompany.amocrm.ru,",
        "an account of Kommo needs \"mycompany.kommo.com\".",
        "If the token has expired or was revoked, make a new `access_token`",
        "in the integration's settings, tab Keys and scopes."
      ))
    }
  )
}

http_advice <- function(error) {
  status <- error$status
  if (status == 402) {
    gettext("The account's subscription has expired, or its plan does not include this feature.")
  } else if (status == 404 && is_in_account(error$endpoint)) {
    join(gettext(
      "The account has no such list or record, or its plan does not include it:",
      "check `path` if you gave one.",
      "If other functions fail too, check `domain`:",
      "the account may have been renamed, moved or deleted."
    ))
  } else if (status == 404 && identical(error$endpoint, "POST /private/api/auth.php")) {
    join(gettext(
      "Check `domain`. If it is right, the account takes no API keys:",
      "give AmoAuthList() an `access_token`."
    ))
  } else if (status == 404) {
    gettext("Check `domain`: the account may have been renamed, moved or deleted.")
  } else if (status == 426) {
    gettext("This feature is disabled in the account: an administrator can enable it.")
  } else if (status == 304) {
    gettext("A proxy may be answering instead of amoCRM: try without it.")
  } else if (status >= 300 && status < 400) {
    gettext("Check `domain`: the account may have been renamed or moved.")
  } else if (status == 504 && limit_helps(error)) {
    gettext("amoCRM is having problems. Use a smaller `limit`, or try again later.")
  } else if (status >= 500) {
    gettext("amoCRM is having problems. Try again later.")
  }
}

#' Signals that the user stopped a call, then stops it
#'
#' Handlers and tryCatch(interrupt = ) get the rows received before. In an
#' interactive session a message says where they are.
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
