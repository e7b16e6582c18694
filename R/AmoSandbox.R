#' An account on your own computer
#'
#' Starts a small server on this computer that answers like amoCRM, with made-up
#' data in Russian, and returns the credentials for it. Use it to try the package,
#' in examples and in tests of your own scripts.
#'
#' Notes and tasks are from the last two years; leads, contacts, companies,
#' customers and transactions go back up to four years; incoming leads are from
#' the last month.
#'
#' The server listens on the loopback interface only, at a free port. It stops
#' when the returned list is no longer used, or with the R session.
#'
#' @param notes number of notes of each type: a single number for all, or a
#'   vector with the names `contact`, `lead`, `company`, `task` and `customer`.
#'   Types that are left out have no notes.
#' @param seed whole number: the same seed makes the same data on the same day.
#' @param timezone time zone of the account, one of [OlsonNames()].
#' @param latency seconds to delay each answer.
#' @param rate requests per second above which the server answers 429, as
#'   amoCRM does above 7. 0 means no limit.
#' @param session seconds until a login expires, 900 as in amoCRM.
#' @param items recorded rows to serve instead of made-up ones: a list of file
#'   names or JSON strings, each an array of rows or pages of API v2. Notes have
#'   the names of `notes`, other rows those of their list: `contacts`, `leads`,
#'   `companies`, `customers`, `tasks`, `transactions` or `incoming_leads`. API v2
#'   serves them unchanged; lists other than notes can be read by page and id only.
#' @param access the credentials to return: `"key"` for email and API key,
#'   `"token"` for a long-lived token, `"oauth"` for an integration with a code and
#'   a temporary token file.
#' @param v2 `FALSE`: the server does not answer API v2.
#' @param kommo `TRUE`: an account of Kommo, which has no customers.
#' @param token_life seconds until an OAuth access token expires.
#' @param faults list of faults, see below.
#' @param leads,contacts,companies,customers,tasks,transactions,unsorted the
#'   number of records (`unsorted`: incoming leads). Notes belong to the newest
#'   records, as far as there are enough. Without customers there are no
#'   transactions.
#' @param api_filter `TRUE`: API v4 applies the filters of leads, contacts,
#'   companies and customers, a paid feature of amoCRM. Otherwise it ignores them
#'   silently.
#' @param strict_rate `TRUE`: requests answered with 429 count towards `rate`, too.
#' @param admin `FALSE`: the token is not an administrator's, and API v4 does
#'   not list the users.
#' @param now the current time, a time in `timezone`, a Date or a POSIXct. The
#'   account's history ends with the last midnight before it, and open tasks are
#'   due soon after or overdue. A fixed time makes the same data every day.
#' @param account_id id of the account. Sandboxes with different ids are different
#'   accounts: with one `seed` they have the same records, with several others.
#'
#' @return A list for the argument `auth_list`, as [AmoAuthList()] creates it.
#'
#' @section Faults:
#' Each fault is a list. It applies to requests whose path and query contain
#' `path`, such as `"/api/v2/notes"` or, for one page, `"limit_offset=497"`. `nth`
#' says to which of them, counted from 1: `1` (the default), `2:4`, or `c(2, Inf)`
#' for the second and all later ones. What happens:
#' \describe{
#'   \item{`status = 502`}{the answer has this status, optionally with
#'     `body = "..."` and `headers = c("Retry-After" = "1")`}
#'   \item{`action = "empty"`}{204, as if there were no rows}
#'   \item{`action = "short", rows = 3`}{only the first 3 rows of the page}
#'   \item{`action = "body", body = "..."`}{status 200 with this body}
#'   \item{`action = "cut"`}{the connection closes in the middle of the answer}
#'   \item{`action = "close"`}{the connection closes without an answer}
#'   \item{`action = "lose"`}{the same, but the request is processed: a token is
#'     issued and does not arrive}
#'   \item{`action = "delay", seconds = 2`}{the answer is delayed}
#'   \item{`action = "drip", seconds = 0.5`}{the answer arrives byte by byte, with
#'     a pause before each}
#'   \item{`action = "expire"`}{401: all sessions and OAuth tokens expire}
#'   \item{`action = "redirect", to = "https://..."`}{302 to this address}
#'   \item{`action = "replace", text = "86400", by = "null"`}{a text in the
#'     answer is replaced}
#'   \item{`action = "remove", rows = 5`}{from then on, the first 5 notes of
#'     each type and the first 5 rows of every other list of records are deleted: the
#'     others move to earlier pages}
#'   \item{`action = "insert", rows = 5`}{from then on, there are 5 more notes at
#'     the front of each type, and 5 more rows at the front of every other list of
#'     records. They are part of the made-up data and held back until then}
#'   \item{`action = "change", rows = 5`}{5 random changes in the account, as by
#'     [AmoSandboxChange()], before the answer}
#'   \item{`action = "spare"`}{nothing: later faults don't apply to the request}
#' }
#' If several faults match a request, the first one applies; delays add up.
#' Further conditions:
#' \describe{
#'   \item{`share = 0.3`}{this share of the requests, at random; `seed = 7` picks
#'     others}
#'   \item{`every = 2`}{every second request}
#'   \item{`each_page = TRUE`}{`nth` and `every` count the requests for one page}
#'   \item{`during = c(0, 1.5)`}{only in this time, in seconds since the first
#'     request that matches `path`}
#'   \item{`over = 100`}{only requests for more than 100 rows}
#'   \item{`holding = c(401, Inf)`}{only pages that hold one of these rows of the
#'     list, counted from 1}
#' }
#'
#' @section Lists that change or are wrong:
#' These faults work with every list of both APIs. All that match a request apply,
#' in their order, and only to the list that is requested. Permanent:
#' \describe{
#'   \item{`action = "add", rows = 3, at = "front"`}{3 new rows, `at` the
#'     `"front"`, the `"end"` or `"anywhere"`}
#'   \item{`action = "grow", rows = 60, at = "end"`}{60 new rows per second}
#'   \item{`action = "delete", rows = 3, at = "anywhere"`}{3 successive rows are
#'     deleted}
#'   \item{`action = "move", rows = 3, at = "front"`}{3 rows from different places
#'     move to another place}
#'   \item{`action = "keep", rows = 100`}{all but the first 100 rows are deleted}
#' }
#' For one answer:
#' \describe{
#'   \item{`action = "shuffle"`}{the list is in another order; with `rows = 4`
#'     groups of 4 get the same second from then on, and are in another order
#'     within it}
#'   \item{`action = "skip", rows = 3`}{3 rows in different places are missing}
#'   \item{`action = "view", rows = 100`}{the list ends after 100 rows}
#'   \item{`action = "repeat"`}{always the first page, with a link to another}
#'   \item{`action = "new"`}{only new rows, with a link to another page}
#'   \item{`action = "cap", rows = 50`, `action = "longer", rows = 50`}{up to 50
#'     rows, or 50 more than requested}
#'   \item{`action = "gap", rows = 4`}{4 rows of the page are missing in the
#'     middle}
#'   \item{`action = "double"`, `"reverse"`, `"no_id"`}{each row comes twice, rows
#'     are in reverse order, rows have no id}
#'   \item{`action = "next"`, `action = "last"`}{API v4 links to another page, or
#'     to none}
#' }
#'
#' @section Conditions:
#' `amocrm_error_input`.
#' @examples
#' auth <- AmoSandbox(notes = c(lead = 50, contact = 20), timezone = "Asia/Omsk")
#' calls <- AmoNotes(auth, "lead", note_type = "call_in")
#' calls[c("created_at", "params_PHONE")]
#'
#' # A page that is empty at first is requested again: the table is complete
#' lagging <- AmoSandbox(
#'   notes = c(lead = 250),
#'   faults = list(list(path = "/notes", holding = c(101, 200), action = "empty"))
#' )
#' nrow(AmoNotes(lagging, "lead", limit = 100))
#' @export
AmoSandbox <- function(notes = 1000, seed = 1, timezone = "Europe/Moscow", latency = 0,
                       rate = 0, session = 900, items = NULL,
                       access = c("key", "token", "oauth"), v2 = TRUE, kommo = FALSE,
                       token_life = 86400, faults = list(), leads = 200, contacts = 120,
                       companies = 60, customers = 30, tasks = 150, transactions = 40,
                       unsorted = 25, api_filter = FALSE, admin = TRUE, strict_rate = FALSE,
                       now = Sys.time(), account_id = 28614203) {
  access <- check_choice(access[1], c("key", "token", "oauth"), "access")
  kinds <- c("contact", "lead", "company", "task", "customer")
  lists <- list(
    leads = leads, contacts = contacts, companies = companies, customers = customers,
    tasks = tasks, transactions = transactions, unsorted = unsorted
  )
  list_names <- sub("unsorted", "incoming_leads", names(lists), fixed = TRUE)
  recorded <- stats::setNames(nm = c(kinds, list_names))
  started <- rust_sandbox_start(list(
    notes = note_counts(notes, kinds),
    lists = stats::setNames(Map(check_count, lists, names(lists)), list_names),
    items = lapply(recorded, function(name) recorded_json(items, name)),
    faults = check_faults(faults),
    seed = check_count(seed, "seed"),
    timezone = check_zone(timezone),
    now = check_now(now, timezone),
    latency = check_number(latency, "latency"),
    rate = check_number(rate, "rate"),
    session_seconds = check_number(session, "session"),
    token_seconds = check_number(token_life, "token_life"),
    v2 = check_flag(v2, "v2"),
    kommo = check_flag(kommo, "kommo"),
    api_filter = check_flag(api_filter, "api_filter"),
    admin = check_flag(admin, "admin"),
    strict_rate = check_flag(strict_rate, "strict_rate"),
    account_id = check_account_id(account_id)
  ))
  if (!is.null(started$error)) abort_from_rust(started$error)
  pieces <- started[unlist(auth_methods[[access]])]
  if (access == "oauth") pieces$token_file <- tempfile("amocrm-tokens-", fileext = ".json")
  sandbox <- structure(started$sandbox, timezone = timezone)
  as_auth_list(pieces[!vapply(pieces, is.null, NA)], sandbox)
}

note_counts <- function(notes, kinds) {
  given <- names(notes)
  numbers <- as_numbers(notes)
  good <- if (is.null(given)) length(numbers) == 1 else all(given %in% kinds)
  if (length(numbers) == 0 || !good) {
    abort_input("notes", gettextf(
      "`notes` must be a single number, or numbers with names out of %s",
      paste(kinds, collapse = ", ")
    ))
  }
  counts <- if (is.null(given)) rep(numbers, length(kinds)) else numbers[match(kinds, given)]
  counts[is.na(counts)] <- 0
  stats::setNames(lapply(counts, check_count, "notes"), kinds)
}

#' The JSON of recorded rows, or NULL
#' @noRd
recorded_json <- function(items, name) {
  given <- items[[name]]
  if (is.null(given)) {
    return(NULL)
  }
  if (!is.character(given) || anyNA(given)) {
    abort_input("items", gettext("`items` must be a list of file names or JSON strings"))
  }
  # JSON is no name of a file, which some locales could not even ask for.
  is_file <- length(given) == 1 && !grepl("^\\s*[[{]", given) && file.exists(given)
  lines <- if (is_file) readLines(given, encoding = "UTF-8", warn = FALSE) else given
  enc2utf8(paste(lines, collapse = "\n"))
}

check_number <- function(value, argument) {
  number <- as_numbers(value)
  if (!is_count(number)) {
    abort_input(argument, gettextf("`%s` must be a single number, 0 or greater", argument))
  }
  number
}

#' A single whole number, 0 or greater
#' @noRd
check_count <- function(value, argument) {
  number <- as_numbers(value)
  if (!is_count(number) || !whole(number)) {
    abort_input(argument, gettextf("`%s` must be a single whole number, 0 or greater", argument))
  }
  number
}

#' Whether it is one number, 0 or more
#' @noRd
is_count <- function(number) length(number) == 1 && is.finite(number) && number >= 0

#' The current time in seconds since 1970
#' @noRd
check_now <- function(now, timezone) {
  if (is.null(now)) abort_time(now, "now")
  in_account(check_time(now, "now"), timezone)
}

check_account_id <- function(id) {
  number <- as_numbers(id)
  if (!is_count(number) || !whole(number) || number == 0) {
    abort_input("account_id", gettext("`account_id` must be a single whole number, 1 or greater"))
  }
  number
}

check_zone <- function(timezone) {
  if (!is.character(timezone) || length(timezone) != 1 || !timezone %in% OlsonNames()) {
    abort_input("timezone", gettext(
      '`timezone` must be one of OlsonNames(), such as "Europe/Moscow"'
    ))
  }
  timezone
}

#' The requests that a sandbox has received
#' @noRd
sandbox_requests <- function(auth) {
  log <- rust_sandbox_requests(attr(auth, "sandbox"))
  if (!is.null(log$error)) abort_from_rust(log$error)
  as.data.frame(log)
}

#' The ids of the rows that faults have deleted
#'
#' All other rows existed all the time, except those that faults have added, whose
#' ids begin with "NEW" or are at least 900,000,000.
#' @noRd
sandbox_gone_rows <- function(auth) {
  rows <- rust_sandbox_gone_rows(attr(auth, "sandbox"))
  if (!is.null(rows$error)) abort_from_rust(rows$error)
  rows$id
}

#' Expires sessions or tokens of a sandbox
#'
#' @param what `"sessions"`, `"access_tokens"` (those of OAuth, which can be
#'   renewed) or `"tokens"` (all, permanently)
#' @noRd
sandbox_expire <- function(auth, what = "sessions") {
  invisible(rust_sandbox_expire(attr(auth, "sandbox"), what))
}

#' Stops a sandbox
#' @noRd
sandbox_stop <- function(auth) {
  invisible(rust_sandbox_stop(attr(auth, "sandbox")))
}
