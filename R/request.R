# The single road from an R function into Rust: a spec list starts a job, a
# loop watches it, and out comes a table or a condition.

# Milliseconds between two looks at a job: R handles Esc and Ctrl-C between
# them.
poll_interval <- 100L

credential_pieces <- c("road", unique(unlist(roads)))

#' What every job needs to know
#' @noRd
connection_spec <- function(auth) {
  # NULL has to stay an element.
  pieces <- lapply(stats::setNames(nm = credential_pieces), function(piece) auth[[piece]])
  c(pieces, list(
    api = option_choice("amocrm.api", c("auto", "v2", "v4")),
    rate = option_number("amocrm.rate", 7, finite = FALSE),
    timeout = option_number("amocrm.timeout", 60),
    verbose = option_flag("amocrm.verbose")
  ))
}

#' Runs a job that gives tables
#'
#' @param started what a rust_*_start() gave
#' @param label what is read, for progress lines
#' @param shape function from the list of tables to the value of the call
#' @param count function from the list of tables to the rows to tell of
#' @noRd
run_tables <- function(started, label, shape, count = count_rows) {
  check_outcome_options()
  keep_last(NULL)
  display <- show_progress(label)
  received <- function(result) if (!is.null(result$tables)) shape(result$tables)
  result <- run_job(started, display, function(result) keep_last(received(result)))
  # Until all is told: options(warn = 2) makes errors of warnings.
  tables <- keep_last(received(result))
  if (!is.null(result$error)) {
    if (!wants_partial(result$error, tables)) abort_from_rust(result$error, partial = tables)
    warn_of_partial(result$error, tables)
  }
  for (notice in result$notices) tell(notice)
  keep_last(NULL)
  display$summary(result$api, count(result$tables))
  tables
}

#' Whether an error that left some rows is to be a warning
#'
#' Where nothing can have come, there is nothing to be content with.
#' @noRd
wants_partial <- function(error, tables) {
  option_on_error() == "partial" && !is.null(tables) &&
    !error$kind %in% c("input", "auth", "system")
}

option_on_error <- function() option_choice("amocrm.on_error", c("stop", "partial"))

#' Refuses options that matter at the end only, before anything is asked for
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

#' Warns of what the user should know although it worked
#'
#' @param notice `<kind>:<what it is about>`, made by notices() in
#'   src/rust/src/job.rs
#' @noRd
tell <- function(notice) {
  kind <- sub(":.*", "", notice)
  about <- sub("^[^:]*:", "", notice)
  warn(kind, switch(kind,
    no_source = join(
      gettextf("API v4 keeps no notes of the type %s: no rows for it.", about),
      gettext(
        "They are records of old interfaces, or not known at all; see vignette(\"v2-v4\")"
      )
    ),
    no_chats = join(gettext(
      "API v4 can't look for the chat messages of one element: they are left out.",
      "Ask for them with note_type = 17, which reads all chats of the account"
    )),
    no_filters = gettext(
      "this account has no filters over API v4: the whole list was read and filtered here"
    ),
    no_customers = gettext("this account has no customers: their table is empty")
  ))
}

#' Runs a job to its end
#'
#' @param partial function from what an interrupted job gives to the rows that
#'   had come
#' @return what rust_job_finish() gives
#' @noRd
run_job <- function(started, display, partial = function(result) NULL) {
  if (!is.null(started$error)) abort_from_rust(started$error)
  job <- started$job
  finished <- FALSE
  on.exit({
    display$close()
    if (!finished) rust_job_finish(job)
  })
  interrupted <- tryCatch(
    {
      watch_job(job, display)
      FALSE
    },
    interrupt = function(condition) TRUE
  )
  display$close()
  result <- rust_job_finish(job)
  finished <- TRUE
  if (interrupted) signal_interrupt(partial(result))
  result
}

#' Looks at a job until it is done
#' @noRd
watch_job <- function(job, display) {
  repeat {
    state <- rust_job_poll(job, poll_interval)
    if (!is.null(state$error)) abort_from_rust(state$error)
    # Asked for by options(amocrm.verbose = TRUE), so that quiet does not count.
    for (line in state$log) message(line)
    display$update(state)
    if (state$done) break
    # Lets R see Esc and Ctrl-C, and the console repaint.
    Sys.sleep(0)
  }
}
