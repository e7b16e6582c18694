# Leads and their moves between stages, from an account or from a copy of it.

#' @return list of the data.frame `leads`, with `ended_at` of those that are deleted and
#'   `is_deleted`, and of `moves`, as stays_of() takes them
#' @noRd
stage_history <- function(auth, deleted, prefix) {
  history <- if (is_copy(auth)) {
    copied_history(copy_reader(auth, prefix), deleted)
  } else if (has_events(auth)) {
    # Moves first: what moved meanwhile is seen in the lead.
    events <- quietly(AmoEvents(auth, type = c(move_event, if (deleted) life_events)))
    list(events = events, leads = read_leads(auth))
  } else {
    noted_history(auth, deleted)
  }
  if (is.null(history$moves)) history$moves <- moves_of_events(history$events)
  if (deleted && !is.null(history$events)) {
    # In a copy leads are older than events.
    newest <- max(as.double(history$leads$created_at), -Inf, na.rm = TRUE)
    gone <- vanished_leads(
      history$events, history$leads, until = if (is_copy(auth)) newest else Inf
    )
    history$leads <- rbind(history$leads, gone)
  }
  leads <- history$leads
  history$leads <- leads[order(leads$account_id, leads$id), ]
  history[c("leads", "moves")]
}

move_event <- "lead_status_changed"
life_events <- c("lead_added", "lead_deleted")

#' Whether the account is read over API v4, which alone has events
#' @noRd
has_events <- function(auth) {
  check_auth_list(auth)
  call_auth(NULL, NULL, NULL, auth)$auth_method != "key" &&
    option_choice("amocrm.api", c("auto", "v2", "v4")) != "v2"
}

#' Calls for tables that may have no rows
#' @noRd
quietly <- function(code) {
  old <- options(amocrm.zero_rows = "silent")
  on.exit(options(old))
  code
}

#' Over API v2 moves are notes, and the trash has whole rows
#' @noRd
noted_history <- function(auth, deleted) {
  notes <- quietly(AmoNotes(auth_list = auth, type = "lead", note_type = 3))
  leads <- read_leads(auth)
  if (deleted) {
    trash <- quietly(AmoLeads(auth_list = auth, with_with = "only_deleted"))$leads
    trash <- trash[!trash$id %in% leads$id, ]
    # When they were deleted is not told: not after their last change.
    leads <- rbind(leads, lead_rows(trash, trash$updated_at))
  }
  list(leads = leads, moves = moves_of_notes(notes))
}

read_leads <- function(auth) lead_rows(quietly(AmoLeads(auth_list = auth))$leads)

#' Ids that tell apart rows of several accounts, too
#' @noRd
account_keys <- function(account_id, id) {
  if (length(unique(account_id)) > 1) key_texts(list(account_id, id)) else id
}

copied_history <- function(copy, deleted) {
  leads <- copy$read("leads")
  if (is.null(leads)) abort_no_table("leads", copy)
  ended_at <- leads$deleted_at
  if (is.null(ended_at)) ended_at <- .POSIXct(rep(NA_real_, nrow(leads)))
  leads <- lead_rows(leads, ended_at)
  if (!deleted) leads <- leads[!leads$is_deleted, ]
  events <- copy$read("events")
  notes <- if (is.null(events)) copy$read("notes")
  if (is.null(events) && is.null(notes)) abort_no_table("events", copy)
  list(
    leads = leads, events = events[events$type %in% c(move_event, life_events), ],
    moves = if (!is.null(notes)) moves_of_notes(notes)
  )
}

lead_columns <- c(
  "id", "account_id", "created_by", "pipeline_id", "status_id", "responsible_user_id"
)

#' @param ended_at when leads were deleted
#' @noRd
lead_rows <- function(leads, ended_at = .POSIXct(rep(NA_real_, nrow(leads)))) {
  data.frame(
    leads[lead_columns], created_at = leads$created_at,
    updated_at = as.double(leads$updated_at), ended_at = as.double(ended_at),
    is_deleted = !is.na(ended_at)
  )
}

moves_of_events <- function(events) {
  events <- events[events$type == move_event, ]
  # Ids begin with the time in milliseconds.
  events <- events[order(events$created_at, events$id, method = "radix"), ]
  data.frame(
    account_id = events$account_id, lead_id = events$entity_id, at = as.double(events$created_at),
    by = events$created_by,
    pipeline_before = events$before_pipeline_id, status_before = events$before_status_id,
    pipeline_after = events$after_pipeline_id, status_after = events$after_status_id
  )
}

moves_of_notes <- function(notes) {
  notes <- notes[notes$note_type %in% "3" & notes$element_type %in% "lead", ]
  notes <- notes[order(notes$created_at, notes$id, method = "radix"), ]
  ids <- function(column) {
    texts <- notes[[column]]
    as_integers(if (is.null(texts)) rep(NA, nrow(notes)) else texts)
  }
  data.frame(
    account_id = ids("account_id"), lead_id = ids("element_id"),
    at = as.double(notes$created_at), by = ids("created_by"),
    pipeline_before = ids("params_PIPELINE_ID_OLD"), status_before = ids("params_STATUS_OLD"),
    pipeline_after = ids("params_PIPELINE_ID_NEW"), status_after = ids("params_STATUS_NEW")
  )
}

#' Leads of which only events are left
#'
#' @param until those that are younger, and not deleted, were made after the leads had been
#'   read
#' @noRd
vanished_leads <- function(events, leads, until) {
  events <- events[order(events$created_at, method = "radix"), ]
  # Accounts may have leads of the same ids.
  events$key <- key_texts(events[c("account_id", "entity_id")])
  known <- key_texts(leads[c("account_id", "id")])
  gone <- events[!events$key %in% known & !duplicated(events$key), ]
  told <- function(type, column, from_last) {
    of_type <- events[events$type == type, ]
    of_type <- of_type[!duplicated(of_type$key, fromLast = from_last), ]
    of_type[[column]][match(gone$key, of_type$key)]
  }
  created_at <- told("lead_added", "created_at", from_last = FALSE)
  none <- rep(NA_integer_, nrow(gone))
  vanished <- data.frame(
    id = gone$entity_id, account_id = gone$account_id,
    created_by = told("lead_added", "created_by", from_last = FALSE), pipeline_id = none,
    status_id = none, responsible_user_id = none, created_at = created_at,
    updated_at = rep(NA_real_, nrow(gone)),
    ended_at = as.double(told("lead_deleted", "created_at", from_last = TRUE)),
    is_deleted = rep(TRUE, nrow(gone))
  )
  is_new <- is.na(vanished$ended_at) & as.double(created_at) > until
  vanished[!is_new %in% TRUE, ]
}
