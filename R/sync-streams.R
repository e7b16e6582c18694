# What AmoSync() copies. A stream is a list of the account, with its linked tables.
# Streams are read, written and committed one after the other.

#' The streams by name
#'
#' Each is a list of
#' * `spec(since)`: what Rust reads, all of it for NULL, or what changed since a
#'   moment (seconds since 1970)
#' * `ask(visit)`: what else, which the account has to tell first
#' * `join(tables)`: what its function does with the tables of a batch
#' * `shape(table)`: the same, with the main table
#' * `key`: the columns that tell rows of the main table apart
#' * `grows`: whether `since` is known to the list. Others are read whole and
#'   compared
#' * `several`: whether these are several lists of the account, of which that of customers
#'   may be missing
#' * `gone`, `back`: types of events that tell of deleted and restored rows
#' * `trash`: whether deleted rows are listed
#' * `seldom`: whether it is read with sweeps only, unless tables are asked for by name
#' @noRd
sync_streams <- function() {
  leads_with <- c(check_words(formals(AmoLeads)$with_with, ""), "catalog_elements")
  lapply(list(
    leads = card_stream("leads", "lead", with = leads_with),
    contacts = card_stream("contacts", "contact"),
    companies = card_stream("companies", "company"),
    # Deleted customers don't come back, and are not listed.
    customers = utils::modifyList(
      card_stream("customers", "customer", with = "catalog_elements"),
      list(back = character(), trash = FALSE)
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
    incoming_leads = list(
      spec = function(since) list(what = "incoming_leads", limit = 500), key = "uid"
    ),
    users = whole_stream("users"),
    pipelines = whole_stream("pipelines", key = c("pipeline_id", "status_id")),
    loss_reasons = whole_stream("loss_reasons"),
    groups = seldom_stream("groups"),
    roles = seldom_stream("roles"),
    task_types = seldom_stream("task_types"),
    tags = kinds_stream("tags"),
    custom_fields = fields_stream(is_enum = FALSE, key = c("entity_type", "id")),
    custom_fields_enum = fields_stream(is_enum = TRUE, key = c("entity_type", "id", "enum_id")),
    field_groups = kinds_stream("field_groups"),
    catalogs = seldom_stream("catalogs"),
    catalog_elements = utils::modifyList(
      seldom_stream("catalog_elements"), list(ask = all_catalogs)
    ),
    sources = seldom_stream("sources"),
    segments = seldom_stream("segments"),
    customer_statuses = seldom_stream("customer_statuses")
  ), function(stream) utils::modifyList(stream_defaults, stream))
}

#' Seconds since 1970 as Rust reads moments
#' @noRd
moment <- function(since) if (!is.null(since)) sprintf("@%.0f", since)

stream_defaults <- list(
  ask = function(visit) NULL, join = identity, shape = identity, key = "id", grows = FALSE,
  several = FALSE, gone = character(), back = character(), trash = FALSE, seldom = FALSE
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

#' A list that seldom changes, or takes many requests
#' @noRd
seldom_stream <- function(what, key = "id") c(whole_stream(what, key), list(seldom = TRUE))

#' Lists of what administrators set up for each kind of entity
#' @noRd
kinds_stream <- function(what) {
  kinds <- c("lead", "contact", "company", "customer")
  list(
    spec = function(since) list(what = what, type = kinds),
    key = c("entity_type", "id"), seldom = TRUE, several = TRUE
  )
}

#' Custom fields, or their choices
#' @noRd
fields_stream <- function(is_enum, key) {
  list(
    spec = function(since) list(what = "custom_fields"),
    join = function(tables) tables_of_kinds(tables[endsWith(names(tables), "_enum") == is_enum]),
    key = key, seldom = TRUE, several = TRUE
  )
}

#' The tables of several kinds of entities as one, with the kind first
#' @noRd
tables_of_kinds <- function(tables) {
  kinds <- c(leads = "lead", contacts = "contact", companies = "company", customers = "customer")
  columns <- unique(unlist(lapply(tables, names)))
  rows <- lapply(names(tables), function(name) {
    kind <- kinds[[sub("_enum$", "", sub("^custom_fields_", "", name))]]
    table <- tables[[name]]
    table[setdiff(columns, names(table))] <- NA
    cbind(entity_type = rep(kind, nrow(table)), table[columns])
  })
  if (length(rows) > 0) list(all = do.call(rbind, rows))
}

#' The ids of all catalogs, whose elements are read
#' @noRd
all_catalogs <- function(visit) {
  ids <- read_rows(visit, list(what = "catalogs"), gettext("catalogs"))$id
  list(catalog_id = sprintf("%.0f", ids), none = length(ids) == 0)
}

#' The names of a stream's tables in the copy: `linked_tags` of leads is `leads_tags`
#' @noRd
copy_names <- function(stream, tables) {
  linked <- startsWith(tables, "linked_")
  ifelse(linked, sub("^linked", stream, tables), stream)
}
