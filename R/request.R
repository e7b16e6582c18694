# How R functions call Rust: a list starts a job, a loop watches it, and the
# result is a table or a condition.

# Milliseconds between two checks of a job, when R handles Esc and Ctrl-C.
poll_interval <- 100L

credential_pieces <- c("auth_method", unique(unlist(auth_methods)))

#' The elements that every job needs
#' @noRd
connection_spec <- function(auth) {
  c(auth, list(
    api = option_choice("amocrm.api", c("auto", "v2", "v4")),
    rate = option_number("amocrm.rate", 7, from = 0.01, to = Inf),
    shared_rate = shared_rate_folder(),
    timeout = option_number("amocrm.timeout", 60, from = 0.1, to = 3600),
    verbose = option_flag("amocrm.verbose")
  ))
}

#' The folder of the files by which R processes share the speed limit, or NULL
#' @noRd
shared_rate_folder <- function() {
  if (!option_flag("amocrm.shared_rate", default = TRUE)) {
    NULL
  } else if (nzchar(Sys.getenv("_R_CHECK_PACKAGE_NAME_"))) {
    # R CMD check complains of files that examples leave behind.
    rust_path(tempdir())
  } else {
    rust_path(tools::R_user_dir("amocrm", "cache"))
  }
}

#' A path as Rust reads it: in UTF-8, whatever the letters of this computer's users are
#' @noRd
rust_path <- function(path) enc2utf8(path.expand(path))

#' Starts a job that returns tables, and runs it
#'
#' @param spec what is asked for, of which advice about an error depends
#' @param ... the arguments of run_tables()
#' @noRd
run_query <- function(spec, ...) {
  asked <- list(takes_limit = !is.null(spec$limit), only_v4 = isTRUE(spec$only_v4))
  run_tables(rust_query_start(spec), ..., asked = asked)
}

#' Runs a job that returns tables
#'
#' @param started the value of a rust_*_start()
#' @param label what is read, for progress messages
#' @param shape function from the list of tables to the value of the call
#' @param count function from the list of tables to the number of rows to show
#' @param asked what R knows of the call: whether it `takes_limit`, and whether what it reads
#'   is in API v4 only (`only_v4`)
#' @noRd
run_tables <- function(started, label, shape, count = count_rows, asked = list()) {
  check_outcome_options()
  keep_last(NULL)
  display <- show_progress(label)
  received <- function(result) {
    if (!is.null(result$tables)) shape(in_zone(result$tables, result$zones))
  }
  # Kept until all warnings are raised: options(warn = 2) makes them errors.
  result <- run_job(started, display, function(result) keep_last(received(result)))
  tables <- AmoLast()
  if (!is.null(result$error)) {
    if (!wants_partial(result$error, tables)) {
      abort_from_rust(c(result$error, asked), partial = tables)
    }
    warn_of_partial(result$error, tables)
  }
  for (notice in result$notices) tell(notice)
  warn_of_zone(result$zone, result$zones)
  keep_last(NULL)
  display$summary(result$api, count(result$tables))
  tables
}

#' Whether to raise a warning instead of an error, and return the rows received
#' @noRd
wants_partial <- function(error, tables) {
  option_on_error() == "partial" && !is.null(tables) &&
    !error$kind %in% c("input", "auth", "system")
}

option_on_error <- function() option_choice("amocrm.on_error", c("stop", "partial"))

#' Checks options that are used at the end, before anything is sent
#' @noRd
check_outcome_options <- function() {
  option_on_error()
  option_zero_rows()
}

#' @noRd
warn_of_partial <- function(error, tables) {
  warn("partial", paste(
    gettext("The table is incomplete: it holds only the rows received before this error."),
    headline(error),
    sep = "\n"
  ), fields = list(partial = tables, status = error$status, endpoint = error$endpoint,
                   pages = error$pages))
}

count_rows <- function(tables) sum(vapply(tables, nrow, 0L))

no_customers_text <- function() {
  gettext("this account has no customers, or uses them in another way: their table is empty")
}

#' Raises a warning about a call that succeeded
#'
#' @param notice `<kind>:<details>`, made by warning_texts()
#'   in src/rust/src/job.rs
#' @noRd
tell <- function(notice) {
  kind <- sub(":.*", "", notice)
  about <- sub("^[^:]*:", "", notice)
  warn(kind, switch(kind,
    no_source = join(
      gettextf("API v4 has no notes of type %s: the table has no rows for it.", about),
      gettext("The type is obsolete or unknown; see ?AmoNoteTypes")
    ),
    limit = limit_text(as.integer(about)),
    no_chats = join(gettext(
      "API v4 can't find the chat messages of one lead or company: they are left out.",
      "Request them with note_type = 17, which reads all chats of the account"
    )),
    no_filters = gettext(
      "API v4 does not filter in this account: the whole list was read and filtered in R"
    ),
    no_customers = no_customers_text(),
    unknown_with = gettextf(
      "`with_with` has values that amoCRM is not known to support: %s", about
    ),
    unreadable_values = join(
      gettextf("values that could not be converted are NA: %s.", about),
      gettext("These columns can only hold numbers, times or logicals")
    ),
    broken_texts = gettextf(
      "texts with invalid characters, which are replaced by U+FFFD: %s", about
    )
  ))
}

#' Raises a warning about a file, whether or not the call succeeded
#'
#' @param notice made by job_notices() in src/rust/src/job.rs
#' @noRd
tell_of_job <- function(notice) {
  warn(notice$kind, switch(notice$kind,
    tokens_tightened = join(
      gettextf("other users could read the token file %s: now only you can.", notice$file),
      gettext("If you share this computer, authorise again with AmoAuthorize()")
    ),
    tokens_unsaved = paste(
      headline(notice$why),
      join(gettext(
        "The new tokens exist in this R session only and will be lost with it:",
        "solve the problem, then call AmoAuth() here to write them."
      )),
      sep = "\n"
    ),
    unshared_rate = join(
      sentence(
        gettext("the speed limit is not shared with other R processes"), cause_text(notice$why)
      ),
      gettext("(options(amocrm.shared_rate = FALSE) switches this off)")
    )
  ))
}

#' The first name of a time zone that R knows
#'
#' @param zones names of one zone; the last one has the rules of the zone, which R
#'   can always use
#' @noRd
known_zone <- function(zones) {
  rules <- zones[[length(zones)]]
  known <- vapply(zones, is_known_zone, NA, rules = rules)
  c(zones[known], rules)[[1]]
}

#' Whether R knows a time zone
#'
#' R uses UTC for an unknown zone. If the zone's rules differ from UTC, a comparison
#' of times shows it. Otherwise R's list is searched, which is slow.
#' @noRd
is_known_zone <- function(zone, rules) {
  moments <- as.POSIXct(c("2024-01-01", "2024-07-01"), tz = "UTC")
  is_at_utc <- function(zone) all(format(moments, "%H:%M", tz = zone) == "00:00")
  if (!is_at_utc(zone) || !is_at_utc(rules)) {
    return(!is_at_utc(zone))
  }
  zone == "UTC" ||
    zone %in% tryCatch(suppressWarnings(OlsonNames()), error = function(condition) character())
}

#' Sets times to a time zone that R knows
#'
#' For an unknown one R silently uses UTC.
#' @noRd
in_zone <- function(tables, zones) {
  zone <- known_zone(zones)
  if (zone == zones[[1]]) {
    return(tables)
  }
  lapply(tables, function(table) {
    is_time <- vapply(table, inherits, NA, "POSIXct")
    table[is_time] <- lapply(table[is_time], structure, tzone = zone)
    table
  })
}

#' Warns if times are in another zone than the account's, if this is known
#' @noRd
warn_of_zone <- function(zone, zones) {
  used <- known_zone(zones)
  if (!is.na(zone) && used != zone) {
    warn("zone", gettextf(
      "R does not know the account's time zone \"%s\": times are in \"%s\"", zone, used
    ))
  }
}

#' Runs a job to its end
#'
#' Whatever ends it early, such as an interrupt, a time limit or an error of a handler,
#' what had come is kept.
#'
#' @param keep function from the value of rust_job_finish() to the rows received, which
#'   keeps them
#' @param ready function of the job and its state, called at each look
#' @return the value of rust_job_finish()
#' @noRd
run_job <- function(started, display, keep = function(result) NULL,
                    ready = function(job, state) NULL) {
  if (!is.null(started$error)) abort_from_rust(started$error)
  result <- NULL
  finish <- function() {
    result <<- rust_job_finish(started$job)
    kept <- keep(result)
    display$close()
    kept
  }
  on.exit(if (is.null(result)) suspendInterrupts(finish()))
  interrupted <- tryCatch(
    {
      watch_job(started$job, display, ready)
      FALSE
    },
    interrupt = function(condition) TRUE
  )
  kept <- suspendInterrupts(finish())
  for (notice in result$job_notices) tell_of_job(notice)
  if (interrupted) signal_interrupt(kept)
  result
}

#' Checks a job until it is done
#' @noRd
watch_job <- function(job, display, ready) {
  repeat {
    state <- rust_job_poll(job, poll_interval)
    if (!is.null(state$error)) abort_from_rust(state$error)
    # options(amocrm.verbose = TRUE) takes precedence over amocrm.quiet.
    for (line in state$log) message(log_text(line))
    display$update(state)
    ready(job, state)
    if (state$done) break
    # Lets R handle Esc and Ctrl-C, and update the console.
    Sys.sleep(0)
  }
}
