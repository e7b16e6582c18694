# What AmoSync() copies. A stream is a list of the account, with its linked tables.
# Streams are read, written and committed one after the other.

#' The streams by name
#'
#' Each is a list of
#' * `spec(since)`: what Rust reads, all of it for NULL, or what changed since a
#'   moment (seconds since 1970)
#' * `shape(table)`: what its function does with the table of a batch
#' * `key`: the columns that tell rows of the main table apart
#' * `grows`: whether `since` is known to the list. Others are read whole and
#'   compared
#' * `several`: whether these are several lists of the account
#' * `gone`, `back`: types of events that tell of deleted and restored rows
#' * `trash`: whether deleted rows are listed
#' @noRd
sync_streams <- function() {
  lapply(list(
    leads = card_stream("leads", "lead", with = check_words(formals(AmoLeads)$with_with, "")),
    contacts = card_stream("contacts", "contact"),
    companies = card_stream("companies", "company"),
    # Deleted customers don't come back, and are not listed.
    customers = utils::modifyList(
      card_stream("customers", "customer"), list(back = character(), trash = FALSE)
    ),
    notes = list(
      spec = function(since) {
        kinds <- setdiff(note_kinds, "task")
        list(what = "notes", type = kinds, limit = 500, if_modified_since = moment(since))
      },
      key = c("element_type", "id", "event_id"), grows = TRUE, several = TRUE
    ),
    tasks = list(
      spec = function(since) list(what = "tasks", limit = 500, date_modify_from = moment(since)),
      grows = TRUE, gone = "task_deleted"
    ),
    events = list(
      spec = function(since) list(what = "events", from = moment(since)),
      shape = label_events, grows = TRUE
    ),
    transactions = list(spec = function(since) list(what = "transactions", limit = 500)),
    talks = whole_stream("talks"),
    catalogs = whole_stream("catalogs"),
    users = whole_stream("users"),
    groups = whole_stream("groups"),
    pipelines = list(
      spec = function(since) list(what = "pipelines"), key = c("pipeline_id", "status_id")
    ),
    loss_reasons = whole_stream("loss_reasons"),
    task_types = whole_stream("task_types")
  ), function(stream) utils::modifyList(stream_defaults, stream))
}

#' Seconds since 1970 as Rust reads moments
#' @noRd
moment <- function(since) if (!is.null(since)) sprintf("@%.0f", since)

stream_defaults <- list(
  shape = identity, key = "id", grows = FALSE, several = FALSE, gone = character(),
  back = character(), trash = FALSE
)

#' A list of leads, contacts, companies or customers
#' @noRd
card_stream <- function(entity, kind, with = NULL) {
  list(
    spec = function(since) {
      list(what = "entity", entity = entity, limit = 500, active = FALSE, with = with,
           updated_since = since)
    },
    grows = TRUE, gone = paste0(kind, "_deleted"), back = paste0(kind, "_restored"),
    trash = TRUE
  )
}

#' A short list, read whole
#' @noRd
whole_stream <- function(what, key = "id") {
  list(spec = function(since) list(what = what), key = key)
}

#' The names of a stream's tables in the copy: `linked_tags` of leads is `leads_tags`
#' @noRd
copy_names <- function(stream, tables) {
  linked <- startsWith(tables, "linked_")
  ifelse(linked, sub("^linked", stream, tables), stream)
}
