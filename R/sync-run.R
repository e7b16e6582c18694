# How AmoSync() brings a copy up to date: stream by stream, each committed at its end.

# Rows that are handed out at a time.
batch_rows <- 50000

# The columns of the log, with an example of their type.
sync_log_columns <- list(
  started = .POSIXct(0), account_id = 0, table = "", mode = "", requests = 0, read = 0,
  inserted = 0, updated = 0, deleted = 0, seconds = 0, error = ""
)

#' The type of a column as a copy knows it: `whole` are doubles without fractions
#' @noRd
type_of <- function(column) {
  if (inherits(column, "POSIXct")) {
    "POSIXct"
  } else if (is.double(column) && all(whole(column) | is.na(column))) {
    "whole"
  } else {
    typeof(column)
  }
}

#' Brings all streams of an account up to date
#' @return the log, a row for each stream
#' @noRd
sync_account <- function(auth, sink, run) {
  account <- AmoAccount(auth)
  state <- sink$state(account$id)
  run$from <- in_account(run$from, account$timezone)
  visit <- list(
    auth = auth, account = account$id, zone = account$timezone, sink = sink, run = run,
    fates = read_fates(auth, state, run)
  )
  rows <- lapply(names(run$streams), function(name) {
    known <- state[state$stream == name, ]
    started <- Sys.time()
    # Errors of a database, too: its other tables may do.
    tryCatch(sync_stream(visit, name, known, started),
      error = function(error) failed_stream(visit, name, started, error)
    )
  })
  do.call(rbind, rows)
}

#' A stream that could not be read: the copy keeps what it had
#'
#' Rights and modules that are missing are no failure. Nothing else can be read after an
#' error of these classes.
#' @noRd
failed_stream <- function(visit, name, started, error) {
  if (inherits(error, c("amocrm_error_auth", "amocrm_error_system"))) stop(error)
  visit$sink$forget()
  refused <- is_refused(error)
  if (refused) inform(gettextf("%s: skipped. %s", name, first_line(error)))
  log_row(visit, name, started, if (refused) "skipped" else "failed", error = first_line(error))
}

#' Whether a list is out of reach for these credentials, or the account does not have it
#' @noRd
is_refused <- function(error) {
  inherits(error, c("amocrm_error_forbidden", "amocrm_error_input")) ||
    (inherits(error, "amocrm_error_http") && error$status %in% c(402L, 404L))
}

#' The log's row with what a commit has written
#' @noRd
with_counts <- function(log, counts) {
  log[names(counts)] <- log[names(counts)] + counts
  if (log$mode != "full" && sum(log[names(counts)]) == 0) log$mode <- "unchanged"
  log
}

first_line <- function(error) sub("\n.*", "", conditionMessage(error))

log_row <- function(visit, name, started, mode, error = NA_character_) {
  data.frame(
    started = started, account_id = visit$account, table = name, mode = mode,
    requests = 0, read = 0, inserted = 0, updated = 0, deleted = 0,
    seconds = round(as.double(Sys.time()) - as.double(started), 1), error = error
  )
}

#' Seconds since 1970 of a time that check_time() has read, in the account's zone
#' @noRd
in_account <- function(time, zone) {
  if (is.null(time)) {
    NULL
  } else if (startsWith(time, "@")) {
    as.double(substring(time, 2))
  } else {
    as.double(as.POSIXct(time, tz = zone))
  }
}

#' Brings one stream up to date
#'
#' @param known its row of the state, or none
#' @noRd
sync_stream <- function(visit, name, known, started) {
  stream <- visit$run$streams[[name]]
  mode <- sync_mode(stream, known, started, visit$run)
  since <- if (mode == "increment") {
    floor(known$cursor_at - visit$run$lookback)
  } else {
    visit$run$from
  }
  reader <- stream_reader(visit, name, mode, is_first = nrow(known) == 0)
  reader$read(since)
  if (mode == "increment") reader$read_restored()
  gone <- gone_rows(visit, name, mode, since, started, reader)
  state <- list(
    cursor = as.double(started), zone = visit$zone,
    swept = if (mode == "full") as.double(started) else c(known$swept_at, NA_real_)[[1]]
  )
  log <- log_row(visit, name, started, mode)
  log[names(reader$counts())] <- reader$counts()
  counts <- visit$sink$commit(visit$account, name, list(gone = gone, state = state, log = log))
  with_counts(log, counts)
}

#' What to read: all of it, or what changed
#'
#' `whole` and `full` read all rows, `since` those that changed since `from`. A list that
#' does not tell what changed is read whole and compared; the others are read in full at
#' first and for each sweep.
#' @noRd
sync_mode <- function(stream, known, started, run) {
  if (!stream$grows) {
    return("whole")
  }
  is_read <- nrow(known) == 1 && !is.na(known$cursor_at)
  is_swept <- is_read && !is.na(known$swept_at) &&
    as.double(started) - known$swept_at < run$sweep * 86400
  if (is_read && (is_swept || !is.null(run$from))) {
    "increment"
  } else if (is.null(run$from)) {
    "full"
  } else {
    "since"
  }
}

# --- Reading --------------------------------------------------------------------

#' Reads a stream into the sink, batch by batch
#' @noRd
stream_reader <- function(visit, name, mode, is_first) {
  stream <- visit$run$streams[[name]]
  counts <- c(requests = 0, read = 0)
  committed <- c(inserted = 0, updated = 0, deleted = 0)
  keys <- list()
  has_ids <- identical(stream$key, "id")
  dead <- if (mode == "increment" && has_ids) visit$sink$dead(name, visit$account)
  old <- if (mode == "whole") row_texts(visit$sink$read(name), visit$account, stream$key)
  take <- function(tables) {
    for (at in seq_along(tables)) {
      table <- copy_names(name, names(tables)[[at]])
      rows <- if (table == name) stream$shape(tables[[at]]) else tables[[at]]
      rows <- living(rows, dead, visit$fates[[name]], tables[[1]])
      rows <- owned(rows, visit)
      # Notes of API v2 are no events.
      if (table == name && is.null(rows$event_id)) {
        rows$event_id <- if ("event_id" %in% stream$key) rep(NA_character_, nrow(rows))
      }
      if (table == name) {
        counts[["read"]] <<- counts[["read"]] + nrow(rows)
        keys <<- c(keys, list(rows[stream$key]))
        if (mode == "whole") rows <- rows[!unchanged(rows, old, stream$key), ]
      }
      visit$sink$stage(table, stream$key, rows)
    }
    # A first read of millions of rows is kept as it comes.
    if (is_first && mode %in% c("full", "since")) {
      done <- visit$sink$commit(visit$account, name, list(
        state = list(cursor = NA_real_, swept = NA_real_, zone = visit$zone)
      ))
      committed <<- committed + done
    }
  }
  is_partial <- FALSE
  read <- function(spec) {
    spec <- c(connection_spec(sync_auth(visit$auth)), spec)
    done <- run_batches(spec, name, take, visit$sink$beat)
    counts[["requests"]] <<- counts[["requests"]] + done$requests
    # Customers may be out of reach today: what the copy has of them stays.
    is_partial <<- is_partial || done$lacks_customers
    if (is_partial && name != "notes") {
      abort_input("tables", gettext(
        "this account has no customers, or uses them in another way: their table is empty"
      ))
    }
  }
  list(
    read = function(since) read(stream$spec(since)),
    # A row that comes back need not have been changed.
    read_restored = function() {
      fates <- visit$fates[[name]]
      back <- setdiff(fates$id[fates$fate == "back"], unlist(keys))
      if (length(back) > 0) read(c(stream$spec(NULL), list(id = sprintf("%.0f", back))))
    },
    counts = function() c(counts, committed),
    is_whole = function() mode %in% c("full", "whole") && !is_partial,
    keys = function() do.call(rbind, keys)
  )
}

sync_auth <- function(auth_list) {
  check_auth_list(auth_list)
  call_auth(NULL, NULL, NULL, auth_list)
}

#' Reads what a spec asks for, and gives it to `take` in batches
#' @return list of the number of requests, and of whether customers could not be read
#' @noRd
run_batches <- function(spec, label, take, beat) {
  display <- show_progress(label)
  requests <- 0
  ready <- function(job, state) {
    requests <<- state$requests
    beat()
    if (state$settled >= batch_rows) take(batch_tables(rust_job_batch(job)))
  }
  result <- run_job(rust_query_start(c(spec, list(batch = batch_rows))), display, ready = ready)
  if (!is.null(result$error)) abort_from_rust(result$error)
  take(batch_tables(result))
  list(requests = requests, lacks_customers = any(startsWith(result$notices, "no_customers")))
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

# --- What was deleted -----------------------------------------------------------

#' Drops rows that the copy knows to be deleted: lists may be late
#'
#' A row lives again if it was changed after that, or if an event says so.
#' @param main the rows of the main table, to which those of linked tables belong
#' @noRd
living <- function(rows, dead, fates, main) {
  if (is.null(dead) || nrow(dead) == 0) {
    return(rows)
  }
  died <- as.double(dead$deleted_at)[match(main$id, dead$id)]
  is_back <- main$id %in% fates$id[fates$fate == "back"]
  late <- main$id[!is.na(died) & !is_back & !as.double(main$updated_at) > died]
  rows[!rows$id %in% late, ]
}

#' What events tell of rows since the runs before: `gone` or `back`, the last one counts
#'
#' @return list by stream of data.frames of id, fate and at; NULL where events can't be
#'   read
#' @noRd
read_fates <- function(auth, state, run) {
  streams <- Filter(function(stream) length(stream$gone) > 0, run$streams)
  cursors <- state$cursor_at[state$stream %in% names(streams)]
  if (length(cursors) == 0 || all(is.na(cursors))) {
    return(NULL)
  }
  fates <- unlist(lapply(streams, function(stream) c(stream$gone, stream$back)))
  since <- .POSIXct(min(cursors, na.rm = TRUE) - run$lookback, tz = "UTC")
  events <- tryCatch(
    withCallingHandlers(
      AmoEvents(auth, type = fates, from = since),
      amocrm_warning_zero_rows = function(warning) tryInvokeRestart("muffleWarning")
    ),
    amocrm_error_auth = function(error) stop(error), amocrm_error = function(error) NULL
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
  missing <- if (reader$is_whole()) {
    missing_rows(visit$sink$keys(name, stream$key, visit$account), reader$keys(), started)
  }
  # Rows that earlier runs have marked go as well.
  dead <- if (mode == "full" && visit$run$deleted == "remove") {
    visit$sink$dead(name, visit$account)
  }
  gone <- if (identical(stream$key, "id")) rbind(told, trash, missing, dead) else missing
  if (!is.null(gone)) gone[!duplicated(gone[stream$key]), ]
}

read_trash <- function(visit, stream, since) {
  spec <- c(connection_spec(sync_auth(visit$auth)), stream$spec(since), only_deleted = TRUE)
  rows <- list()
  run_batches(spec, "trash", function(tables) rows <<- c(rows, list(tables[[1]])), visit$sink$beat)
  rows <- do.call(rbind, lapply(rows, function(table) table[c("id", "updated_at")]))
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

key_texts <- function(keys) do.call(paste, c(lapply(keys, column_text, zone = ""), sep = "\r"))

# --- Lists that are compared ----------------------------------------------------

#' The rows of the copy as texts, by their keys
#' @noRd
row_texts <- function(rows, account, key) {
  if (is.null(rows)) {
    return(list(names = character()))
  }
  alive <- if (is.null(rows$deleted_at)) TRUE else is.na(rows$deleted_at)
  rows <- rows[rows$account_id == account & alive, ]
  list(names = names(rows), key = key_texts(rows[key]), rows = rows)
}

#' Which rows the copy has as they are
#' @noRd
unchanged <- function(rows, old, key) {
  if (!all(names(rows) %in% old$names)) {
    return(rep(FALSE, nrow(rows)))
  }
  at <- match(key_texts(rows[key]), old$key)
  columns <- names(rows)
  same <- key_texts(rows) == key_texts(old$rows[at, columns])
  !is.na(at) & same
}
