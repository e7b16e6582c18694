#' Notes, calls, stage changes and other records of an account
#'
#' Reads the notes of all contacts, leads and so on, or those that match the
#' filters. amoCRM keeps much of its history as notes: calls, emails, stage
#' changes, files, SMS. [AmoNoteTypes()] lists the types.
#'
#' Several pages are requested at once, within amoCRM's limit of 7 requests per
#' second. A page that is empty or short is requested again: the result is the
#' whole table, or an error that says which rows are missing and holds the others.
#' Each page begins with the last rows of the page before, so no row gets lost
#' when others are deleted or inserted meanwhile.
#'
#' With an `auth_list`, as the first argument or by name, the positional arguments
#' are `type`, `element_id`, `note_type`, `if_modified_since`, `all` and `typed`:
#' `AmoNotes(auth, "lead", 666)`.
#'
#' @inheritParams AmoAuth
#' @param limit rows per request, a whole number from 1 to 500. A request for
#'   fewer rows is answered faster, which helps when the server is slow. Pages
#'   overlap by some rows, so at least 2 rows are requested over API v2, and 20
#'   over v4 and for [AmoIncomingLeads()]. API v4 returns up to 250, and up to
#'   100 events.
#' @param id ids of notes, as numbers or text. All filters but `type` are then
#'   ignored. Ids that don't exist give no rows.
#' @param type what the notes belong to: `"contact"`, `"lead"`, `"company"`,
#'   `"task"` (results of tasks) or `"customer"`. Several types give a list, as
#'   with `all`.
#' @param element_id ids of the contacts, leads and so on. For many of them, or
#'   many `note_type`, the whole list is read and filtered in R if that takes
#'   fewer requests.
#' @param note_type codes or names from [AmoNoteTypes()]. Unknown codes are passed
#'   on to the server.
#' @param if_modified_since only notes created or modified at this time or later:
#'   `"2019-06-01 12:30:00"`, `"2019-06-01"` or a Date in the account's time zone,
#'   or a POSIXct.
#' @param all `TRUE` reads the notes of contacts, leads, companies and tasks.
#' @param typed `TRUE` gives columns their natural types: ids, durations and sums are
#'   double, flags logical, times POSIXct in the account's time zone; codes, phone numbers
#'   and everything else stay character. The types depend on the columns' names only and
#'   are listed by `AmoColumns(typed = TRUE)`. A value that does not fit its type is `NA`,
#'   with a warning of class `amocrm_warning_unreadable_values`. `FALSE`: character as in
#'   amocrm 0.1.0.
#'
#' @return A data.frame with a row for each note, in the server's order (by
#'   creation time for several `element_id` or `note_type`). Columns are in the
#'   order of their first appearance:
#'   \describe{
#'     \item{`id`}{integer; double if ids exceed 2147483647}
#'     \item{`created_at`, `updated_at`}{POSIXct in the account's time zone}
#'     \item{all others}{character unless `typed`, `NA` if a note has no such value, also
#'       `responsible_user_id`, `created_by`, `account_id`, `group_id`,
#'       `is_editable` (`"TRUE"` or `"FALSE"`), `element_id`, `element_type`
#'       (`"contact"`, `"lead"`, `"company"`, `"customer"`, `"4"` for tasks),
#'       `attachment`, `note_type` (the code) and `text`}
#'     \item{`params_...`}{character: further values of the type, such as
#'       `params_PHONE` and `params_DURATION` of calls or `params_STATUS_OLD`
#'       and `params_STATUS_NEW` of stage changes. Nested names are joined by
#'       `_`; several values of one name are numbered}
#'     \item{`event_type`, `event_id`}{character, last, over API v4 only: type
#'       and id of the event that the row was made from, such as
#'       `"incoming_chat_message"`. Such rows, stage changes among them, have
#'       no `responsible_user_id`}
#'   }
#'   A table without rows has the 13 base columns, and comes with a warning of
#'   class `amocrm_warning_zero_rows`.
#'
#'   For several `type`, or `all = TRUE`, a list of such data.frames named
#'   `contact_notes`, `lead_notes`, `company_notes`, `task_notes`;
#'   `dplyr::bind_rows()` combines them.
#'
#' @section Conditions:
#' See [amocrm-package]. The field `partial` holds the rows received before the
#' error.
#' @examples
#' auth <- AmoSandbox(notes = 1000)
#'
#' notes <- AmoNotes(auth_list = auth, type = "lead")
#' head(notes)
#'
#' # Stage changes, and calls
#' moves <- AmoNotes(auth, "lead", note_type = 3)
#' calls <- AmoNotes(auth, "contact", note_type = c("call_in", "call_out"))
#' table(calls$params_call_status)
#'
#' # Seconds as numbers
#' calls <- AmoNotes(auth, "contact", note_type = c("call_in", "call_out"), typed = TRUE)
#' summary(calls$params_DURATION)
#' @export
AmoNotes <- function(email = NULL, apikey = NULL, domain = NULL, auth_list = NULL,
                     limit = 500, id = NULL, type = "contact", element_id = NULL,
                     note_type = NULL, if_modified_since = NULL, all = FALSE, typed = FALSE) {
  read <- function(auth) {
    all <- check_flag(all, "all")
    kinds <- if (all) setdiff(note_kinds, "customer") else check_choices(type, note_kinds, "type")
    spec <- c(connection_spec(auth), list(
      what = "notes",
      type = kinds,
      limit = check_limit(limit, 500),
      id = check_ids(id, "id"),
      element_id = check_ids(element_id, "element_id"),
      note_type = check_note_type(note_type),
      if_modified_since = check_time(if_modified_since, "if_modified_since"),
      typed = check_flag(typed, "typed")
    ))
    shape <- if (length(kinds) > 1) named_notes else function(tables) tables[[1]]
    tables <- run_query(spec, notes_label(kinds), shape)
    warn_if_empty(tables)
    tables
  }
  order <- c("type", "element_id", "note_type", "if_modified_since", "all", "typed")
  with_auth_list(email, apikey, domain, auth_list, read, order)
}

# What notes can belong to.
note_kinds <- c("contact", "lead", "company", "task", "customer")

notes_label <- function(kinds) {
  gettextf("%s notes", paste(note_kind_names()[kinds], collapse = ", "))
}

note_kind_names <- function() {
  c(
    contact = gettext("contact"), lead = gettext("lead"), company = gettext("company"),
    task = gettext("task"), customer = gettext("customer")
  )
}

#' Several tables of notes as a list
#' @noRd
named_notes <- function(tables) stats::setNames(tables, paste0(names(tables), "_notes"))
