# How AmoSync() brings a copy up to date: stream by stream, each committed at its end.

# Rows that one request may have brought. Pages next to each other show what a server has
# left out in one of them; a single page is read twice.
one_page <- 250

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
  log <- log_row(visit, name, started, if (refused) "skipped" else "failed", first_line(error))
  # What failed may be the copy itself.
  try(visit$sink$note(log), silent = TRUE)
  log
}

ends_all <- function(error) inherits(error, c("amocrm_error_auth", "amocrm_error_system"))

#' Whether a list is out of reach for these credentials, or the account does not have it
#' @noRd
is_refused <- function(error) {
  inherits(error, c("amocrm_error_forbidden", "amocrm_error_input")) ||
    (inherits(error, "amocrm_error_http") && error$status %in% c(402L, 404L))
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
  is_unchanged <- mode == "increment" && reader$rows() == 0
  if (mode == "increment") reader$read_restored()
  if (reader$lacks_all()) reader$read(since)
  gone <- gone_rows(visit, name, mode, since, started, reader)
  # What was deleted since the events were read the next run learns.
  if (has_fates) began <- min(began, visit$learnt_at)
  state <- list(
    # Where no rows came, a server that lags may have hidden them: the next run asks for all
    # that has changed since the same moment.
    cursor = if (is_unchanged) known$cursor_at else began, zone = visit$zone,
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
    as.double(started) - known$swept_at < run$sweep * day_seconds
}
