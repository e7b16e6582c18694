#' Calls as one table
#'
#' Makes one table of the calls of contacts, leads, companies and customers, with numbers
#' as numbers and names beside codes.
#'
#' A phone system that is connected to amoCRM writes a note for each call. [AmoNotes()]
#' reads these notes, those of type 10 and 11 over API v2, `call_in` and `call_out` over v4,
#' and [AmoUsers()] the names. A copy that [AmoSync()] keeps answers at once.
#'
#' Some phone systems store a call twice, with the contact and with the lead. Both have
#' the same `uniq`: `calls[is.na(calls$uniq) | !duplicated(calls$uniq), ]` keeps one.
#'
#' @param auth credentials from [AmoAuthList()], or a copy by [AmoSync()]: a folder or a
#'   DBI connection, with the tables `"notes"` and `"users"`.
#' @param from,to only calls created between these times, inclusive: `"2019-06-01
#'   12:30:00"`, `"2019-06-01"` (midnight) or a Date in the account's time zone, or a
#'   POSIXct, read as for [AmoEvents()].
#' @param prefix of the tables of a copy in a database, as for [AmoSync()].
#'
#' @return A data.frame of class `amocrm_calls` with a row for each call, ordered by
#'   `created_at` and `id`. Ids are integer, or double when they exceed 2147483647:
#'   \describe{
#'     \item{`id`}{id of the note}
#'     \item{`direction`}{character: `"in"` or `"out"`}
#'     \item{`phone`}{character: the digits of the number, without an extension; `NA` if
#'       there are none}
#'     \item{`duration`}{double: seconds; `NA` if it is not told}
#'     \item{`status`, `status_label`}{integer and character: how the call ended, in the
#'       language of the session. 1: left a message, 2: call back later, 3: not there, 4:
#'       talked, 5: wrong number, 6: no answer, 7: busy. `NA` if it is not told}
#'     \item{`answered`}{logical: `TRUE` for status 4. Without a status `TRUE` if the call
#'       took time, `NA` if `duration` is not known}
#'     \item{`user_id`, `user_name`}{whose call it was: as the phone system says, which
#'       API v4 tells of some calls (the id is `NA` if it gives a name that no user has),
#'       otherwise the responsible user of the note. The name is `NA` for users who are
#'       gone}
#'     \item{`entity`, `entity_id`}{what the call is filed under: `"contact"`, `"lead"`,
#'       `"company"` or `"customer"`, and its id}
#'     \item{`link`}{character: address of the record; `NA` if there is none}
#'     \item{`source`, `uniq`}{character: the phone system, and its own id of the call}
#'     \item{`created_at`}{POSIXct in the account's time zone}
#'     \item{`account_id`}{id of the account}
#'   }
#'   A table without rows has these columns, too, and comes with a warning of class
#'   `amocrm_warning_zero_rows`.
#'
#'   `plot()` shows how many calls there are at which hour of which day of the week, by
#'   the account's clock. So does `ggplot2::autoplot()`.
#' @section Conditions:
#' See [amocrm-package]. `amocrm_error_input` if the copy has no notes, or if `from` is later
#' than `to`. If the list of
#' users can't be read, which over API v4 only the token of an administrator can, names
#' are `NA`, with a warning of class `amocrm_warning_unknown_ids`.
#' @examples
#' auth <- AmoSandbox(notes = c(contact = 3000, lead = 1000))
#' calls <- AmoCalls(auth)
#' head(calls)
#' plot(calls)
#'
#' # What share of incoming calls each manager answers
#' incoming <- calls[calls$direction == "in", ]
#' tapply(incoming$answered, incoming$user_name, mean)
#' @export
AmoCalls <- function(auth, from = NULL, to = NULL, prefix = "") {
  if (missing(auth)) auth <- NULL
  after <- check_time(from, "from")
  before <- check_time(to, "to")
  notes <- if (is_copy(auth)) copied_notes(auth, prefix) else read_calls(auth, from)
  zone <- attr(notes$created_at, "tzone")
  in_span <- is_between(
    notes$created_at, in_account(after, zone), in_account(before, zone, is_last = TRUE)
  )
  notes <- notes[notes$note_type %in% call_types & in_span, ]
  calls <- calls_of(notes, known_users(auth, prefix))
  warn_if_empty(calls)
  structure(calls, class = c("amocrm_calls", "data.frame"))
}

#' Which times are between two moments, in seconds or NULL; what has no time is in no span
#' @noRd
is_between <- function(times, from, to) {
  check_span(from, to)
  is_after <- if (is.null(from)) TRUE else (times >= from) %in% TRUE
  is_after & (if (is.null(to)) TRUE else (times <= to) %in% TRUE)
}

# --- Notes of calls ----------------------------------------------------------------

#' The calls of everything that has calls, as notes in one table
#'
#' What was created since a time was not modified before it.
#' @noRd
read_calls <- function(auth, from) {
  tables <- withCallingHandlers(
    quietly(AmoNotes(
      auth_list = auth, type = call_owners, note_type = c("call_in", "call_out"),
      if_modified_since = from
    )),
    amocrm_warning_no_customers = function(warning) tryInvokeRestart("muffleWarning")
  )
  do.call(rbind, unname(lapply(tables, call_columns)))
}

call_owners <- c("contact", "lead", "company", "customer")

copied_notes <- function(to, prefix) {
  copy <- copy_reader(to, prefix)
  notes <- copy$read("notes")
  if (is.null(notes)) abort_no_table("notes", copy)
  if (!is.null(notes$deleted_at)) notes <- notes[is.na(notes$deleted_at), ]
  call_columns(notes)
}

#' The columns that calls are made of; what no call has is NA
#'
#' In a copy columns whose names differ by case only are one, such as `params_PHONE` of
#' calls and `params_phone` of SMS.
#' @noRd
call_columns <- function(notes) {
  wanted <- c(
    "id", "account_id", "note_type", "element_type", "element_id", "responsible_user_id",
    "created_at",
    paste0("params_", c(
      "uniq", "link", "phone", "duration", "src", "call_status", "call_responsible"
    ))
  )
  at <- match(wanted, tolower(names(notes)))
  columns <- lapply(at, function(at) {
    if (is.na(at)) rep(NA_character_, nrow(notes)) else notes[[at]]
  })
  as.data.frame(stats::setNames(columns, wanted))
}

# --- Calls ---------------------------------------------------------------------------

#' Notes of calls as calls
#' @param users data.frame of `id` and `name`
#' @noRd
calls_of <- function(notes, users) {
  notes <- notes[order(notes$created_at, notes$id), ]
  statuses <- call_status_names()
  status <- match(trimws(notes$params_call_status), statuses$id)
  duration <- decimals(notes$params_duration)
  user <- users_of_calls(notes$params_call_responsible, notes$responsible_user_id, users)
  data.frame(
    id = notes$id, direction = c("in", "out")[match(notes$note_type, call_types)],
    phone = phone_digits(notes$params_phone), duration = duration,
    status = statuses$id[status],
    status_label = statuses[[if (is_russian()) "label_ru" else "label"]][status],
    answered = ifelse(is.na(status), duration > 0, statuses$id[status] == talked_status),
    user_id = user$id, user_name = user$name,
    entity = notes$element_type, entity_id = as_integers(notes$element_id),
    link = if_told(notes$params_link), source = if_told(notes$params_src),
    uniq = if_told(notes$params_uniq), created_at = notes$created_at,
    account_id = as_integers(notes$account_id), row.names = NULL
  )
}

# Incoming and outgoing.
call_types <- c("10", "11")

talked_status <- 4L

#' Texts, NA for empty ones
#' @noRd
if_told <- function(texts) {
  texts[!nzchar(trimws(texts))] <- NA
  texts
}

#' Whose calls they were
#'
#' @param told id or name of a user as the phone system knows it, NA or empty where it
#'   does not say
#' @param responsible ids of the responsible users, as texts
#' @return list of `id` and `name`
#' @noRd
users_of_calls <- function(told, responsible, users) {
  told <- if_told(trimws(told))
  is_name <- !is.na(told) & !is_id(told)
  id <- ifelse(is.na(told), responsible, told)
  id[is_name] <- id_digits(users$id)[match(told[is_name], users$name)]
  id <- as_integers(id)
  name <- users$name[match(id, users$id)]
  name[is_name] <- told[is_name]
  list(id = id, name = name)
}
