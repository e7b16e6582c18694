# How AmoSync() brings a copy up to date: stream by stream, each committed at its end.

# Rows that are handed out at a time.
batch_rows <- 50000

# Rows that one request may have brought. Pages next to each other show what a server has
# left out in one of them; a single page is read twice.
one_page <- 250

# The columns of the log, with an example of their type.
sync_log_columns <- list(
  started = .POSIXct(0), account_id = 0, table = "", mode = "", requests = 0, read = 0,
  inserted = 0, updated = 0, deleted = 0, seconds = 0, columns = "", error = ""
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
  account <- read_account(auth)
  state <- sink$state(account$id)
  run$from <- in_account(run$from, account$timezone)
  begun <- begun_reads(sink, account$id, state, run)
  cursors <- c(
    state$cursor_at[state$stream %in% names(run$streams)],
    vapply(begun, `[[`, 0, "began")
  )
  visit <- list(
    auth = auth, account = account$id, zone = account$timezone, sink = sink, run = run,
    # Requests that no row of the log counts yet.
    begun = begun, spent = new.env(parent = emptyenv())
  )
  visit$spent$requests <- 0
  visit$learnt_at <- as.double(Sys.time())
  # An error is one of the streams that need them.
  visit$fates <- tryCatch(read_fates(visit, cursors), amocrm_error = function(error) {
    if (ends_all(error)) stop(error) else error
  })
  rows <- lapply(names(run$streams), function(name) {
    known <- state[state$stream == name, ]
    started <- Sys.time()
    if (run$is_all && run$streams[[name]]$seldom && is_swept(known, started, run)) {
      return(NULL)
    }
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
  if (ends_all(error)) stop(error)
  visit$sink$forget()
  refused <- is_refused(error)
  if (refused) inform(gettextf("%s: skipped. %s", name, first_line(error)))
  log_row(visit, name, started, if (refused) "skipped" else "failed", error = first_line(error))
}

ends_all <- function(error) inherits(error, c("amocrm_error_auth", "amocrm_error_system"))

#' Whether a list is out of reach for these credentials, or the account does not have it
#' @noRd
is_refused <- function(error) {
  inherits(error, c("amocrm_error_forbidden", "amocrm_error_input")) ||
    (inherits(error, "amocrm_error_http") && error$status %in% c(402L, 404L))
}

#' The log's row with what a commit has written
#'
#' @param counts the numbers of rows inserted, updated and deleted
#' @param gained by tables, the names of columns that are new or of a wider type
#' @noRd
with_counts <- function(log, counts, gained = list()) {
  log[names(counts)] <- log[names(counts)] + counts
  columns <- unlist(Map(sprintf, "%s.%s", names(gained), gained))
  if (length(columns) > 0) log$columns <- paste(columns, collapse = ", ")
  if (log$mode != "full" && sum(log[names(counts)]) == 0) log$mode <- "unchanged"
  log
}

first_line <- function(error) sub("\n.*", "", conditionMessage(error))

#' The log's row, with the requests since the one before
#' @noRd
log_row <- function(visit, name, started, mode, error = NA_character_) {
  requests <- sum(visit$spent$requests)
  if (!is.null(visit$spent)) visit$spent$requests <- 0
  data.frame(
    started = started, account_id = visit$account, table = name, mode = mode,
    requests = requests, read = 0, inserted = 0, updated = 0, deleted = 0,
    seconds = round(as.double(Sys.time()) - as.double(started), 1), columns = NA_character_,
    error = error
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

#' The account, whose id all rows have
#' @noRd
read_account <- function(auth) {
  account <- withCallingHandlers(
    AmoAccount(auth),
    amocrm_warning_zero_rows = function(warning) tryInvokeRestart("muffleWarning")
  )
  if (nrow(account) == 0) {
    abort("incomplete", gettext("the server does not say which account it is: try again later"))
  }
  account
}

#' The first reads that other runs have not finished, by stream
#'
#' Each is a list of `began`, in seconds since 1970, and `places`, the text by which Rust
#' finds where to go on. Only first reads of whole tables are kept.
#' @noRd
begun_reads <- function(sink, account, state, run) {
  streams <- setdiff(names(run$streams), state$stream)
  begun <- lapply(stats::setNames(nm = streams), function(name) {
    begun <- sink$begun(account, name)
    if (is.null(begun) || is.null(run$from)) begun else sink$forget_begun(account, name)
  })
  Filter(Negate(is.null), begun)
}

#' Brings one stream up to date
#'
#' @param known its row of the state, or none
#' @noRd
sync_stream <- function(visit, name, known, started,
                        mode = sync_mode(visit$run$streams[[name]], known, started, visit$run)) {
  has_fates <- length(visit$run$streams[[name]]$gone) > 0 && nrow(known) > 0
  if (has_fates && inherits(visit$fates, "error")) stop(visit$fates)
  since <- if (mode == "increment") {
    floor(known$cursor_at - visit$run$lookback)
  } else {
    visit$run$from
  }
  is_first <- nrow(known) == 0 && mode == "full"
  begun <- if (is_first) visit$begun[[name]]
  began <- if (is.null(begun)) as.double(started) else begun$began
  first <- if (is_first) list(began = began, places = begun$places)
  reader <- stream_reader(visit, name, mode, first)
  reader$read(since, is_increment = mode == "increment")
  if (mode == "increment" && reader$rows() > 0) {
    if (visit$run$streams[[name]]$several) {
      # Those lists that came without rows are no more to be trusted.
      visit$sink$forget()
      reader$read(since)
    } else if (reader$rows() <= one_page) {
      reader$read_again(since)
    }
  }
  is_quiet <- mode == "increment" && reader$rows() == 0
  if (mode == "increment") reader$read_restored()
  if (reader$lacks_all()) reader$read(since)
  gone <- gone_rows(visit, name, mode, since, started, reader)
  # Where no rows came, a server that lags may have hidden them: the next run asks for all
  # that has changed since the same moment.
  # What was deleted after that the next run learns.
  if (has_fates) began <- min(began, visit$learnt_at)
  state <- list(
    cursor = if (is_quiet) known$cursor_at else began, zone = visit$zone,
    swept = if (mode %in% c("full", "whole")) began else c(known$swept_at, NA_real_)[[1]]
  )
  log <- log_row(visit, name, started, mode)
  log$read <- reader$rows()
  log <- visit$sink$commit(visit$account, name, list(gone = gone, state = state, log = log))
  if (is.null(begun)) {
    return(log)
  }
  # What has changed since the run that began.
  known <- data.frame(stream = name, cursor_at = state$cursor, swept_at = state$swept)
  rbind(log, sync_stream(visit, name, known, started, mode = "increment"))
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
  # The clock was ahead when the last run began: nobody knows what has changed since.
  is_ahead <- any(known$cursor_at > as.double(started) + 60)
  is_read <- nrow(known) == 1 && !is.na(known$cursor_at) && !is_ahead
  if (is_read && (is_swept(known, started, run) || !is.null(run$from))) {
    "increment"
  } else if (is.null(run$from)) {
    "full"
  } else {
    "since"
  }
}

#' Whether all of a stream was read less than `sweep` days ago
#' @noRd
is_swept <- function(known, started, run) {
  nrow(known) == 1 && !is.na(known$swept_at) &&
    as.double(started) - known$swept_at < run$sweep * 86400
}

# --- Reading --------------------------------------------------------------------

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
  take <- function(tables, places = NULL) {
    tables <- stream$join(tables)
    changed <- if (mode == "whole") changed_ids(visit, name, tables[-1])
    for (at in seq_along(tables)) {
      table <- copy_names(name, names(tables)[[at]])
      rows <- tables[[at]]
      if (table == name) {
        rows <- with_key(stream$shape(rows), stream$key)
        dropped <- is_late(rows, dead, visit$fates[[name]], stream$key)
        if (length(given) > 0) dropped <- dropped | key_texts(rows[stream$key]) %in% given
        count <<- count + sum(!dropped)
        if (keeps_keys) keys <<- c(keys, list(rows[!dropped, stream$key, drop = FALSE]))
        if (mode == "whole") {
          same <- unchanged(owned(rows, visit), old, stream$key)
          if (length(changed) > 0) same <- same & !rows$id %in% changed
          dropped <- dropped | same
        }
        dropped_ids <- rows$id[dropped]
        if (any(dropped)) rows <- rows[!dropped, ]
      } else if (length(dropped_ids) > 0) {
        rows <- rows[!rows$id %in% dropped_ids, ]
      }
      visit$sink$stage(table, stream$key, owned(rows, visit), is_new = !is.null(first))
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
      abort_input("tables", gettext(
        "this account has no customers, or uses them in another way: their table is empty"
      ))
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
  if (!is.null(result$error)) abort_from_rust(result$error)
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

# --- What was deleted -----------------------------------------------------------

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

key_texts <- function(keys) do.call(paste, c(lapply(keys, column_text, zone = ""), sep = "\r"))

# --- Lists that are compared ----------------------------------------------------

#' The rows of a table of the copy that are not deleted; NULL if there is none
#' @noRd
old_rows <- function(visit, table) {
  rows <- visit$sink$read(table)
  if (is.null(rows)) {
    return(NULL)
  }
  alive <- if (is.null(rows$deleted_at)) TRUE else is.na(rows$deleted_at)
  rows[rows$account_id == visit$account & alive, ]
}

#' Which rows the copy has as they are
#' @noRd
unchanged <- function(rows, old, key) {
  if (!all(names(rows) %in% names(old))) {
    return(rep(FALSE, nrow(rows)))
  }
  at <- match(key_texts(rows[key]), key_texts(old[key]))
  same <- key_texts(rows) == key_texts(old[at, names(rows)])
  # What the server does not tell any more goes from the copy, too.
  more <- old[at, setdiff(names(old), names(rows)), drop = FALSE]
  !is.na(at) & same & rowSums(!is.na(more)) == 0
}

#' The ids of rows whose linked rows are not those of the copy
#' @noRd
changed_ids <- function(visit, name, tables) {
  unlist(lapply(names(tables), function(linked) {
    rows <- owned(tables[[linked]], visit)
    old <- old_rows(visit, copy_names(name, linked))
    if (!all(names(rows) %in% names(old))) {
      return(unique(rows$id))
    }
    # The same rows are as many in both: one more or less is a change of its id.
    texts <- list(key_texts(rows), key_texts(old[names(rows)]))
    counts <- lapply(texts, function(text) table(factor(text, unique(unlist(texts)))))
    differs <- names(which(counts[[1]] != counts[[2]]))
    unique(c(rows$id[texts[[1]] %in% differs], old$id[texts[[2]] %in% differs]))
  }))
}
