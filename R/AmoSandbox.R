#' An account that needs no account
#'
#' Starts a small server on this computer that answers as amoCRM does, with
#' made-up data in Russian of the last two years, and gives the access to it.
#' For trying the package out, for examples and for tests of your own scripts.
#'
#' The server listens on the loopback interface only, at a free port. It stops
#' when the returned list is no longer used, or with the R session.
#'
#' @param notes how many notes there are of each kind of element: one number
#'   for all, or a vector named by `contact`, `lead`, `company`, `task` and
#'   `customer`, where those left out have none.
#' @param seed whole number: the same seed makes the same data on the same day.
#' @param timezone time zone of the account, an Olson name.
#' @param latency seconds that every answer takes longer.
#' @param rate requests per second above which the server answers 429, as
#'   amoCRM does above 7. 0 is no limit.
#' @param session seconds until a login ends, 900 as in amoCRM.
#' @param items recorded rows to serve instead of made-up ones: a list, each
#'   element a file or a text with JSON, either an array of rows or pages as
#'   API v2 serves them. Notes are named as in `notes`, other rows by their
#'   list: `contacts`, `leads`, `companies`, `customers`, `tasks`,
#'   `transactions` or `incoming_leads`. API v2 serves them as they stand and
#'   finds those of lists by page and id only.
#'
#' @param access how the returned list lets in: `"key"` by e-mail and API key,
#'   `"token"` by a long-lived token, `"oauth"` by an integration with a code,
#'   its tokens in a temporary file.
#' @param v2 `FALSE`: API v2 does not answer any more.
#' @param kommo `TRUE`: an account of Kommo, which has no customers.
#' @param token_life seconds until an access token of OAuth ends.
#' @param faults what goes wrong, a list of faults; see below.
#' @param leads,contacts,companies,customers,tasks,transactions,unsorted how
#'   many of them there are. Notes are about the newest of them, as far as
#'   there are as many. Without customers there are no transactions.
#' @param api_filter `TRUE`: API v4 obeys the filters of leads, contacts,
#'   companies and customers, for which accounts have to pay. Otherwise it
#'   passes them over without a word.
#' @param strict_rate `TRUE`: requests that were answered by 429 count against
#'   `rate`, too.
#' @param admin `FALSE`: the token is not an administrator's, and API v4 does
#'   not list the users.
#' @param now the present, a time in `timezone`, a Date or a POSIXct. The
#'   account's history ends with the last midnight before it, and open tasks are
#'   due soon after or overdue. A fixed time makes the same data on every day.
#'
#' @return A list for the argument `auth_list`, as [AmoAuthList()] makes it.
#'
#' @section Faults:
#' Each fault is a list. `path` picks the requests whose path and query contain
#' this text, such as `"/api/v2/notes"` or, for one page, `"limit_offset=497"`.
#' `nth` says which of these are meant, counted from 1: `1` (the default), `2:4`,
#' or `c(2, Inf)` for the second and all that follow. What happens to them:
#' \describe{
#'   \item{`status = 502`}{this status, if given with `body = "..."` and
#'     `headers = c("Retry-After" = "1")`}
#'   \item{`action = "empty"`}{204, as if there were no rows}
#'   \item{`action = "short", rows = 3`}{the first 3 rows of the page only}
#'   \item{`action = "body", body = "..."`}{status 200 with this body}
#'   \item{`action = "cut"`}{the connection ends in the middle of the answer}
#'   \item{`action = "close"`}{the connection ends without an answer}
#'   \item{`action = "lose"`}{the same, but the request is obeyed: a token is
#'     sold and does not arrive}
#'   \item{`action = "delay", seconds = 2`}{the answer comes later}
#'   \item{`action = "drip", seconds = 0.5`}{the answer comes byte by byte, with
#'     a pause before each}
#'   \item{`action = "expire"`}{401: all sessions and tokens of OAuth end}
#'   \item{`action = "redirect", to = "https://..."`}{302 to this place}
#'   \item{`action = "replace", text = "86400", by = "null"`}{one text in the
#'     answer for another}
#'   \item{`action = "remove", rows = 5`}{from then on, the first 5 notes of
#'     each kind are gone, and the first 5 rows of every other list: the others
#'     move to earlier pages}
#'   \item{`action = "insert", rows = 5`}{from then on, there are 5 notes
#'     before the others of each kind, and 5 rows before the others of every
#'     other list. They are made up with the others, and held back until then}
#'   \item{`action = "change", rows = 5`}{5 random changes happen in the account, as
#'     by [AmoSandboxChange()], before the request is answered}
#'   \item{`action = "spare"`}{nothing: the faults after this one pass the
#'     request over}
#' }
#' Where several faults pick a request, the first one happens; delays add up.
#' What else may pick it:
#' \describe{
#'   \item{`share = 0.3`}{so many of the requests, at random; `seed = 7` picks
#'     others}
#'   \item{`every = 2`}{every second one}
#'   \item{`each_page = TRUE`}{`nth` and `every` count the requests for one page}
#'   \item{`during = c(0, 1.5)`}{only in this time, in seconds from the first
#'     request that `path` picks}
#'   \item{`over = 100`}{only requests for more than 100 rows}
#'   \item{`holding = c(401, Inf)`}{only pages to which one of these rows of the
#'     list belongs, counted from 1}
#' }
#'
#' @section Lists that lie or move:
#' The same happens to every list of both APIs. All faults of this kind that pick
#' a request happen to it, in their order, and only to the list that it asks for.
#' For good:
#' \describe{
#'   \item{`action = "add", rows = 3, at = "front"`}{3 new rows, `at` the
#'     `"front"`, the `"end"` or `"anywhere"`}
#'   \item{`action = "grow", rows = 60, at = "end"`}{60 new rows a second}
#'   \item{`action = "delete", rows = 3, at = "anywhere"`}{3 rows in succession
#'     are deleted}
#'   \item{`action = "move", rows = 3, at = "front"`}{3 rows, one here and one
#'     there, move to another place}
#'   \item{`action = "keep", rows = 100`}{all but the first 100 rows are deleted}
#' }
#' For one answer:
#' \describe{
#'   \item{`action = "shuffle"`}{the list is in another order; with `rows = 4`
#'     groups of 4 are of the same second from then on, and in another order
#'     within it}
#'   \item{`action = "skip", rows = 3`}{3 rows, one here and one there, are not
#'     in the list}
#'   \item{`action = "view", rows = 100`}{the list ends after 100 rows}
#'   \item{`action = "repeat"`}{the first page, whatever is asked for, and
#'     another one follows}
#'   \item{`action = "new"`}{new rows only, and another page follows}
#'   \item{`action = "cap", rows = 50`, `action = "longer", rows = 50`}{50 rows
#'     at most, or 50 more than asked for}
#'   \item{`action = "gap", rows = 4`}{4 rows of the page are missing in the
#'     middle}
#'   \item{`action = "double"`, `"reverse"`, `"no_id"`}{each row comes twice, the
#'     page is the wrong way round, rows have no id}
#'   \item{`action = "next"`, `action = "last"`}{API v4 says that another page
#'     follows, or that none does}
#' }
#'
#' @section Conditions:
#' `amocrm_error_input`.
#' @examples
#' auth <- AmoSandbox(notes = c(lead = 50, contact = 20), timezone = "Asia/Omsk")
#' calls <- AmoNotes(auth, "lead", note_type = "call_in")
#' calls[c("created_at", "params_PHONE")]
#'
#' # A page that comes empty at first is asked for again: the table is whole
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
                       now = Sys.time()) {
  access <- check_choices(access[[1]], c("key", "token", "oauth"), "access")
  kinds <- c("contact", "lead", "company", "task", "customer")
  lists <- list(
    leads = leads, contacts = contacts, companies = companies, customers = customers,
    tasks = tasks, transactions = transactions, unsorted = unsorted
  )
  known <- c(kinds, sub("unsorted", "incoming_leads", names(lists), fixed = TRUE))
  recorded <- lapply(stats::setNames(nm = known), function(name) recorded_json(items, name))
  names(recorded) <- paste0(known, "_items")
  started <- rust_sandbox_start(c(
    note_counts(notes, kinds),
    Map(check_number, lists, names(lists)),
    recorded,
    fault_columns(faults),
    list(
      seed = check_number(seed, "seed"),
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
      strict_rate = check_flag(strict_rate, "strict_rate")
    )
  ))
  if (!is.null(started$error)) abort_from_rust(started$error)
  pieces <- started[unlist(roads[[access]])]
  if (access == "oauth") pieces$token_file <- tempfile("amocrm-tokens-", fileext = ".json")
  as_auth_list(pieces[!vapply(pieces, is.null, NA)], started$sandbox)
}

note_counts <- function(notes, kinds) {
  counts <- if (is.null(names(notes))) rep(notes, length(kinds)) else notes[kinds]
  named <- is.null(names(notes)) || all(names(notes) %in% kinds)
  if (!is.numeric(notes) || !named || (is.null(names(notes)) && length(notes) != 1)) {
    abort_input("notes", gettextf(
      "`notes` must be one number, or numbers named by %s", paste(kinds, collapse = ", ")
    ))
  }
  counts[is.na(counts)] <- 0
  stats::setNames(lapply(counts, check_number, "notes"), kinds)
}

#' JSON of the recorded rows of this name, or NULL
#' @noRd
recorded_json <- function(items, name) {
  given <- items[[name]]
  if (is.null(given)) {
    return(NULL)
  }
  if (!is.character(given) || anyNA(given)) {
    abort_input("items", gettext("`items` must be a list of files or JSON texts"))
  }
  is_file <- length(given) == 1 && nchar(given, "bytes") < 4096 && file.exists(given)
  lines <- if (is_file) readLines(given, encoding = "UTF-8", warn = FALSE) else given
  enc2utf8(paste(lines, collapse = "\n"))
}

check_number <- function(value, argument) {
  if (!is.numeric(value) || length(value) != 1 || !is.finite(value) || value < 0) {
    abort_input(argument, gettextf("`%s` must be one number, 0 or more", argument))
  }
  as.numeric(value)
}

#' The present in seconds since 1970
#' @noRd
check_now <- function(now, timezone) {
  if (is.null(now)) abort_time(now, "now")
  time <- check_time(now, "now")
  if (startsWith(time, "@")) {
    as.numeric(substring(time, 2))
  } else {
    as.numeric(as.POSIXct(time, tz = timezone))
  }
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
#' All others were there all the time, but for those that faults have added:
#' their ids begin with "NEW", or are 900,000,000 and more.
#' @noRd
sandbox_gone_rows <- function(auth) {
  rows <- rust_sandbox_gone_rows(attr(auth, "sandbox"))
  if (!is.null(rows$error)) abort_from_rust(rows$error)
  rows$id
}

#' Ends what a sandbox has let in
#'
#' @param what `"sessions"`, `"access_tokens"` (those of OAuth, which can be
#'   renewed) or `"tokens"` (all, for good)
#' @noRd
sandbox_expire <- function(auth, what = "sessions") {
  invisible(rust_sandbox_expire(attr(auth, "sandbox"), what))
}

#' Stops a sandbox at once
#' @noRd
sandbox_stop <- function(auth) {
  invisible(rust_sandbox_stop(attr(auth, "sandbox")))
}
