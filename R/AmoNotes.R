#' Notes, calls, stage changes and other records of an account
#'
#' Reads all notes of a kind of element, or those that the filters let through.
#' amoCRM keeps much of its history as notes: calls, letters, moves between
#' stages of a pipeline, files, SMS. [AmoNoteTypes()] lists the types.
#'
#' Pages are asked for ahead, at the speed that amoCRM allows (7 requests a
#' second). A page that comes empty or short is asked for again: the answer is
#' the whole table, or an error that says which rows are missing and carries
#' the others. Each page begins with the last rows of the one before, so that
#' rows deleted or inserted meanwhile don't hide others.
#'
#' With an `auth_list`, in the first place or by name, the arguments by position
#' are `type`, `element_id`, `note_type`, `if_modified_since` and `all`:
#' `AmoNotes(auth, "lead", 666)`.
#'
#' @inheritParams AmoAuth
#' @param limit rows per request, one whole number from 1 to 500. Fewer rows
#'   make a request quicker, which helps when the server answers too slowly.
#'   Pages overlap by some rows, so that at least 2 are asked for over API v2,
#'   and 20 over v4 and for [AmoIncomingLeads()]; API v4 has 250 at most, and
#'   100 of events.
#' @param id id of a note, or a vector of them, as numbers or text. All filters
#'   but `type` are then ignored. Ids that don't exist give no rows.
#' @param type what the notes belong to: `"contact"`, `"lead"`, `"company"`,
#'   `"task"` (results of tasks) or `"customer"`. Several of them give a list,
#'   as with `all`.
#' @param element_id id of the contact, lead ..., or a vector of them. For many
#'   of them, or of `note_type`, the whole list is read and filtered here where
#'   that takes fewer requests.
#' @param note_type code or name of [AmoNoteTypes()], or a vector of them.
#'   Unknown codes are passed on.
#' @param if_modified_since only notes created or changed at this moment or
#'   later: `"2019-06-01 12:30:00"`, `"2019-06-01"` or a Date in the time zone
#'   of the account, or a POSIXct.
#' @param all `TRUE` reads the notes of contacts, leads, companies and tasks.
#'
#' @return A data.frame with a row for each note, in the order in which the
#'   server gives them (by time of creation when there are several
#'   `element_id` or `note_type`). Columns stand in the order of their first
#'   appearance:
#'   \describe{
#'     \item{`id`}{integer; double when ids exceed 2147483647}
#'     \item{`created_at`, `updated_at`}{POSIXct in the time zone of the
#'       account}
#'     \item{all others}{character, `NA` where a note has no such value, also
#'       `responsible_user_id`, `created_by`, `account_id`, `group_id`,
#'       `is_editable` (`"TRUE"` or `"FALSE"`), `element_id`, `element_type`
#'       (`"contact"`, `"lead"`, `"company"`, `"customer"`, `"4"` for tasks),
#'       `attachment`, `note_type` (the code) and `text`}
#'     \item{`params_...`}{character: what the type has besides, such as
#'       `params_PHONE` and `params_DURATION` of calls or `params_STATUS_OLD`
#'       and `params_STATUS_NEW` of stage changes. Nested names are joined by
#'       `_`; several values of one name are numbered}
#'     \item{`event_type`, `event_id`}{character, last, over API v4 only: type
#'       and id of the event that a row stems from, such as
#'       `"incoming_chat_message"`. Such rows, stage changes among them, have
#'       no `responsible_user_id`: see `vignette("v2-v4")`}
#'   }
#'   Without rows it has the 13 base columns, and a warning of class
#'   `amocrm_warning_zero_rows` says so.
#'
#'   For several `type`, or `all = TRUE`, a list of such data.frames named
#'   `contact_notes`, `lead_notes`, `company_notes`, `task_notes`, which
#'   `dplyr::bind_rows()` makes one.
#'
#' @section Conditions:
#' Those of [amocrm-package]. The field `partial` holds the rows that had
#' arrived, in the same form as the result.
#' @examples
#' auth <- AmoSandbox(notes = 1000)
#'
#' notes <- AmoNotes(auth_list = auth, type = "lead")
#' head(notes)
#'
#' # Moves between stages, and calls
#' moves <- AmoNotes(auth, "lead", note_type = 3)
#' calls <- AmoNotes(auth, "contact", note_type = c("call_in", "call_out"))
#' table(calls$params_call_status)
#' @export
AmoNotes <- function(email = NULL, apikey = NULL, domain = NULL, auth_list = NULL,
                     limit = 500, id = NULL, type = "contact", element_id = NULL,
                     note_type = NULL, if_modified_since = NULL, all = FALSE) {
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
      if_modified_since = check_time(if_modified_since, "if_modified_since")
    ))
    shape <- if (length(kinds) > 1) named_notes else function(tables) tables[[1]]
    tables <- run_tables(rust_query_start(spec), notes_label(kinds), shape)
    warn_if_empty(tables)
    tables
  }
  order <- c("type", "element_id", "note_type", "if_modified_since", "all")
  with_auth_list(email, apikey, domain, auth_list, read, order)
}

# What notes are about.
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
