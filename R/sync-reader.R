# How a stream of AmoSync() comes from the account into the sink, batch by batch.

# Rows that are handed out at a time.
batch_rows <- 25000

#' Reads a stream into the sink, batch by batch
#'
#' @param first of a first read when it began, and the places where to go on; NULL for
#'   others
#' @noRd
stream_reader <- function(visit, name, mode, first) {
  stream <- visit$run$streams[[name]]
  keys <- list()
  # What is read again has rows that were given already.
  given <- character()
  # A first read has nothing to compare them with: of 5,000,000 notes they are 120 MB.
  keeps_keys <- is.null(first) || sum(nrow(visit$sink$keys(name, stream$key, visit$account))) > 0
  count <- 0
  dead <- if (mode == "increment") visit$sink$dead(name, stream$key, visit$account)
  old <- if (mode == "whole") old_rows(visit, name)
  # Which rows the copy need not get.
  is_known <- function(rows, linked) {
    known <- is_late(rows, dead, visit$fates[[name]], stream$key)
    if (length(given) > 0) known <- known | key_texts(rows[stream$key]) %in% given
    count <<- count + sum(!known)
    if (keeps_keys) keys <<- c(keys, list(rows[!known, stream$key, drop = FALSE]))
    if (mode == "whole") known | unchanged(visit, name, rows, linked, old) else known
  }
  stage <- function(table, rows, dropped) {
    if (any(dropped)) rows <- rows[!dropped, ]
    visit$sink$stage(table, stream$key, owned(rows, visit), is_new = !is.null(first))
  }
  take <- function(tables, places = NULL) {
    tables <- as.list(stream$join(tables))
    names(tables) <- copy_names(name, as.character(names(tables)))
    linked <- tables[names(tables) != name]
    known_ids <- NULL
    # Notes have one for each kind of element.
    for (rows in tables[names(tables) == name]) {
      rows <- with_key(stream$shape(rows), stream$key)
      known <- is_known(rows, linked)
      known_ids <- c(known_ids, rows$id[known])
      stage(name, rows, known)
    }
    for (table in names(linked)) {
      stage(table, linked[[table]], linked[[table]]$id %in% known_ids)
    }
    # A first read of millions of rows is kept as it comes, for a run that goes on.
    if (!is.null(first) && !is.null(places)) {
      visit$sink$keep(visit$account, name, list(began = first$began, places = places))
    }
  }
  is_partial <- FALSE
  read <- function(...) {
    done <- run_batches(visit, c(...), name, take)
    # Customers may be out of reach today: what the copy has of them stays.
    is_partial <<- is_partial || done$lacks_customers
    if (is_partial && !stream$several) {
      abort_input("tables", no_customers_text())
    }
  }
  list(
    read = function(since, is_increment = FALSE) {
      # Asked for again, rows come again.
      keys <<- list()
      count <<- 0
      read(
        stream$spec(since), stream$ask(visit),
        list(places = first$places, is_increment = is_increment)
      )
    },
    # What changed meanwhile comes with the next run.
    read_again = function(since) {
      given <<- key_texts(do.call(rbind, keys))
      read(stream$spec(since), stream$ask(visit), list(is_increment = TRUE))
      given <<- character()
    },
    # A row that comes back need not have been changed.
    read_restored = function() {
      fates <- visit$fates[[name]]
      back <- setdiff(fates$id[fates$fate == "back"], unlist(keys))
      if (length(back) > 0) read(stream$spec(NULL), list(id = sprintf("%.0f", back)))
    },
    rows = function() as.double(count),
    # A server that lags shows an empty list, and all rows would count as deleted.
    lacks_all = function() {
      is_empty <- mode %in% c("full", "whole") && !is_partial && count == 0
      is_empty && sum(nrow(visit$sink$keys(name, stream$key, visit$account))) > 0
    },
    lacks_customers = function() is_partial,
    keys = function() do.call(rbind, keys)
  )
}

sync_auth <- function(auth_list) {
  check_auth_list(auth_list)
  call_auth(NULL, NULL, NULL, auth_list)
}

#' Reads what a spec asks for, and gives it to `take` in batches, all but the last one with
#' the places up to which rows were given
#' @return list that says whether customers could not be read
#' @noRd
run_batches <- function(visit, spec, label, take) {
  display <- show_progress(label)
  requests <- 0
  on.exit(visit$spent$requests <- visit$spent$requests + requests)
  ready <- function(job, state) {
    requests <<- state$requests
    visit$sink$beat()
    if (state$settled >= batch_rows) {
      batch <- rust_job_batch(job)
      take(batch_tables(batch), batch$places)
    }
  }
  spec <- c(connection_spec(sync_auth(visit$auth)), spec, list(batch = batch_rows))
  result <- run_job(rust_query_start(spec), display, ready = ready)
  if (!is.null(result$error)) abort_from_rust(c(result$error, only_v4 = TRUE))
  take(batch_tables(result))
  list(lacks_customers = any(startsWith(result$notices, "no_customers")))
}

#' All rows of one table, with its ids and the columns that tell of deletions
#' @noRd
read_rows <- function(visit, spec, label) {
  rows <- list()
  take <- function(tables, ...) {
    columns <- c("id", "type", "entity_id", "created_at", "updated_at")
    rows <<- c(rows, list(tables[[1]][intersect(columns, names(tables[[1]]))]))
  }
  run_batches(visit, spec, label, take)
  do.call(rbind, rows)
}

#' Rows with all columns of their key: notes of API v2 are no events
#' @noRd
with_key <- function(rows, key) {
  if ("event_id" %in% key && is.null(rows$event_id)) rows$event_id <- rep(NA_character_, nrow(rows))
  rows
}

batch_tables <- function(result) in_zone(result$tables, result$zones)

#' Rows with their account first, and when they were deleted last
#' @noRd
owned <- function(rows, visit) {
  rows$account_id <- NULL
  rows <- c(list(account_id = rep(visit$account, nrow(rows))), rows)
  if (visit$run$deleted == "mark") {
    rows$deleted_at <- .POSIXct(rep(NA_real_, length(rows[[1]])), tz = visit$zone)
  }
  structure(rows, class = "data.frame", row.names = .set_row_names(length(rows[[1]])))
}
