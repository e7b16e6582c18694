# What AmoSync() knows of deleted rows: by events, by the trash, and since a whole read does
# not have them.

#' Which rows are known to be deleted: lists may be late
#'
#' A row lives again if it was changed after that, or if an event says so.
#' @param dead the key and deleted_at of deleted rows
#' @noRd
is_late <- function(rows, dead, fates, key) {
  if (is.null(dead) || nrow(dead) == 0) {
    return(rep(FALSE, nrow(rows)))
  }
  died <- as.double(dead$deleted_at)[match(key_texts(rows[key]), key_texts(dead[key]))]
  is_back <- rows$id %in% fates$id[fates$fate == "back"]
  is_changed <- if (is.null(rows$updated_at)) FALSE else as.double(rows$updated_at) > died
  !is.na(died) & !is_back & !is_changed
}

#' What events tell of rows since the runs before: `gone` or `back`, the last one counts
#'
#' @param cursors up to when the copy's tables are true, in seconds since 1970
#' @return list by stream of data.frames of id, fate and at; NULL where events can't be
#'   read
#' @noRd
read_fates <- function(visit, cursors) {
  run <- visit$run
  streams <- Filter(function(stream) length(stream$gone) > 0, run$streams)
  if (length(streams) == 0 || length(cursors) == 0) {
    return(NULL)
  }
  fates <- unlist(lapply(streams, function(stream) c(stream$gone, stream$back)))
  spec <- list(what = "events", type = fates, from = moment(floor(min(cursors) - run$lookback)))
  # Without the right to events the trash tells of deletions.
  events <- tryCatch(
    read_rows(visit, spec, gettext("deletions")),
    amocrm_error = function(error) if (is_refused(error)) NULL else stop(error)
  )
  if (!is.null(events)) lapply(streams, fates_of, events)
}

fates_of <- function(stream, events) {
  events <- events[events$type %in% c(stream$gone, stream$back), ]
  # What came back in the second of its deletion is there.
  events <- events[order(events$created_at, events$type %in% stream$back), ]
  events <- events[!duplicated(events$entity_id, fromLast = TRUE), ]
  data.frame(
    id = events$entity_id, fate = ifelse(events$type %in% stream$gone, "gone", "back"),
    at = events$created_at
  )
}

#' The keys of rows that are no more, with the time of their deletion
#' @noRd
gone_rows <- function(visit, name, mode, since, started, reader) {
  stream <- visit$run$streams[[name]]
  fates <- visit$fates[[name]]
  told <- if (!is.null(fates)) {
    data.frame(id = fates$id, deleted_at = fates$at)[fates$fate == "gone", ]
  }
  trash <- if (stream$trash && mode == "increment" && is.null(visit$fates)) {
    read_trash(visit, stream, since)
  }
  missing <- if (mode %in% c("full", "whole")) {
    missing_rows(visit$sink$keys(name, stream$key, visit$account), reader$keys(), started)
  }
  if (reader$lacks_customers() && !is.null(missing)) {
    # Customers may be out of reach today only.
    kind <- missing[[intersect(c("element_type", "entity_type"), stream$key)]]
    missing <- missing[!kind %in% "customer", ]
  }
  # Rows that earlier runs have marked go as well.
  dead <- if (mode %in% c("full", "whole") && visit$run$deleted == "remove") {
    visit$sink$dead(name, stream$key, visit$account)
  }
  gone <- rbind(told, trash, missing, dead)
  if (!is.null(gone)) gone[!duplicated(gone[stream$key]), ]
}

read_trash <- function(visit, stream, since) {
  rows <- read_rows(visit, c(stream$spec(since), only_deleted = TRUE), gettext("deletions"))
  data.frame(id = rows$id, deleted_at = rows$updated_at)
}

#' The keys of the copy that a whole read did not have
#' @noRd
missing_rows <- function(ours, read, started) {
  if (is.null(ours) || nrow(ours) == 0) {
    return(NULL)
  }
  missing <- ours[!key_texts(ours) %in% key_texts(read), , drop = FALSE]
  cbind(missing, deleted_at = rep(started, nrow(missing)))
}
