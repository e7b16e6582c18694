# From moves to stays: vectors in, vectors out, without any account.

#' The stays of leads in stages
#'
#' A lead begins in the stage that its first move left, or in its present one if it has
#' never moved. Each move begins a stay. If it left another stage than the one that the
#' move before led to, a move between them is unknown: the lead was in both stages until
#' now at the latest, so the unknown move gets the time of this one. An unknown last move
#' was made when the lead was changed for the last time, at the latest. What such a move
#' begins or ends has no length.
#'
#' @param leads list of vectors: `id`, `created_at`, `created_by`, `updated_at`,
#'   `pipeline_id`, `status_id`, and `ended_at`, when a lead was deleted. Times are
#'   seconds
#' @param moves list of vectors: `lead_id`, `at`, `by`, `pipeline_before`,
#'   `status_before`, `pipeline_after`, `status_after`. Moves in the same second are in
#'   their order, or in one that makes a chain
#' @return data.frame ordered as `leads` and by time: `lead`, a position in `leads`,
#'   `pipeline_id`, `status_id`, `entered_at`, `left_at`, `seconds`, `moved_by`
#' @noRd
stays_of <- function(leads, moves) {
  moves <- sorted_moves(leads, moves)
  last <- last_move(leads, moves)
  parts <- list(
    first_stays(leads, moves), unknown_stays(leads, moves), known_stays(moves),
    present_stays(leads, moves, last)
  )
  stays <- as.data.frame(do.call(Map, c(c, parts)))
  # What is unknown comes before the move that showed it.
  stays <- stays[order(stays$lead, stays$rank, method = "radix"), ]
  rownames(stays) <- NULL
  stays <- with_ends(stays, leads$ended_at)
  stays <- stays[!is.na(stays$status_id), ]
  rownames(stays) <- NULL
  stays
}

#' The moves to other stages of these leads, by lead and time
#' @noRd
sorted_moves <- function(leads, moves) {
  moves <- as.data.frame(moves)
  moves$lead <- match(moves$lead_id, leads$id)
  # A move that names no pipeline was in that of the lead.
  for (column in c("pipeline_before", "pipeline_after")) {
    nameless <- is.na(moves[[column]])
    moves[[column]][nameless] <- leads$pipeline_id[moves$lead[nameless]]
  }
  stays_there <- !differs(moves$pipeline_before, moves$pipeline_after) &
    !differs(moves$status_before, moves$status_after) & !is.na(moves$status_before)
  moves <- moves[!is.na(moves$lead) & !stays_there, ]
  moves <- moves[order(moves$lead, moves$at, method = "radix"), ]
  moves <- in_chains(moves)
  moves$rank <- seq_len(nrow(moves))
  moves
}

#' Moves at one time so that each leaves the stage that the one before led to
#'
#' A robot moves a lead twice within the millisecond that ids of events tell. Where no
#' order does that, moves stay as they are.
#' @param moves sorted by lead and time
#' @noRd
in_chains <- function(moves) {
  count <- nrow(moves)
  before <- key_texts(moves[c("pipeline_before", "status_before")])
  after <- key_texts(moves[c("pipeline_after", "status_after")])
  from <- c(NA, after)[seq_len(count)]
  follows <- duplicated(moves$lead)
  from[!follows] <- NA
  is_tied <- follows & c(NA, moves$at)[seq_len(count)] == moves$at
  run <- cumsum(!is_tied)
  in_run <- run %in% run[is_tied & from != before]
  for (rows in split(which(in_run), run[in_run])) {
    order <- if (length(rows) < 8) chain(before[rows], after[rows], from[rows[1]])
    if (!is.null(order)) moves[rows, ] <- moves[rows[order], ]
  }
  moves
}

#' The first order in which all follow each other, or NULL
#'
#' @param from what the first one has to follow, NA if it is not known
#' @noRd
chain <- function(before, after, from) {
  if (length(before) == 0) {
    return(integer())
  }
  for (first in which(is.na(from) | before == from)) {
    rest <- seq_along(before)[-first]
    order <- chain(before[rest], after[rest], after[first])
    if (!is.null(order)) {
      return(c(first, rest[order]))
    }
  }
  NULL
}

#' Whether two values are known to differ
#' @noRd
differs <- function(x, y) !is.na(x) & !is.na(y) & x != y

#' The row of each lead's last move, NA without one
#' @noRd
last_move <- function(leads, moves) {
  rows <- which(!duplicated(moves$lead, fromLast = TRUE))
  rows[match(seq_along(leads$id), moves$lead[rows])]
}

first_stays <- function(leads, moves) {
  rows <- which(!duplicated(moves$lead))
  first <- rows[match(seq_along(leads$id), moves$lead[rows])]
  has_moved <- !is.na(first)
  list(
    lead = seq_along(leads$id), rank = rep(0, length(leads$id)),
    pipeline_id = ifelse(has_moved, moves$pipeline_before[first], leads$pipeline_id),
    status_id = ifelse(has_moved, moves$status_before[first], leads$status_id),
    # The time of creation can be set by hand.
    entered_at = pmin(leads$created_at, ifelse(has_moved, moves$at[first], Inf)),
    is_known = !is.na(leads$created_at) & !(leads$created_at > moves$at[first]) %in% TRUE,
    moved_by = leads$created_by
  )
}

#' Stages that a lead left and did not come to by a known move
#' @noRd
unknown_stays <- function(leads, moves) {
  later <- which(duplicated(moves$lead))
  missed <- later[
    differs(moves$pipeline_before[later], moves$pipeline_after[later - 1]) |
      differs(moves$status_before[later], moves$status_after[later - 1])
  ]
  list(
    lead = moves$lead[missed], rank = moves$rank[missed] - 0.5,
    pipeline_id = moves$pipeline_before[missed], status_id = moves$status_before[missed],
    entered_at = moves$at[missed], is_known = rep(FALSE, length(missed)),
    moved_by = rep(NA_integer_, length(missed))
  )
}

known_stays <- function(moves) {
  list(
    lead = moves$lead, rank = moves$rank, pipeline_id = moves$pipeline_after,
    status_id = moves$status_after, entered_at = moves$at, is_known = rep(TRUE, nrow(moves)),
    moved_by = moves$by
  )
}

#' Present stages that leads did not come to by a known move
#'
#' A move after the lead's last change is younger than the row of the lead.
#' @noRd
present_stays <- function(leads, moves, last) {
  missed <- which(
    (differs(leads$pipeline_id, moves$pipeline_after[last]) |
       differs(leads$status_id, moves$status_after[last])) &
      !(moves$at[last] > leads$updated_at) %in% TRUE
  )
  list(
    lead = missed, rank = rep(Inf, length(missed)), pipeline_id = leads$pipeline_id[missed],
    status_id = leads$status_id[missed],
    entered_at = pmax(leads$updated_at[missed], moves$at[last[missed]], na.rm = TRUE),
    is_known = rep(FALSE, length(missed)), moved_by = rep(NA_integer_, length(missed))
  )
}

#' Sorted stays with their ends: the next stay, or the end of the lead
#' @noRd
with_ends <- function(stays, ended_at) {
  next_one <- seq_len(nrow(stays)) + 1
  is_last <- !(stays$lead == stays$lead[next_one]) %in% TRUE
  left_at <- stays$entered_at[next_one]
  left_at[is_last] <- pmax(ended_at[stays$lead], stays$entered_at)[is_last]
  seconds <- left_at - stays$entered_at
  seconds[!(stays$is_known & (is_last | stays$is_known[next_one]))] <- NA
  data.frame(
    stays[c("lead", "pipeline_id", "status_id", "entered_at")], left_at = left_at,
    seconds = seconds, moved_by = stays$moved_by
  )
}
