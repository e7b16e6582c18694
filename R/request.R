# How R functions call Rust: a list starts a job, a loop watches it, and the
# result is a table or a condition.

# Milliseconds between two looks at a job: R handles Esc and Ctrl-C between
# them.
poll_interval <- 100L

credential_pieces <- c("auth_method", unique(unlist(auth_methods)))

#' What every job needs to know
#' @noRd
connection_spec <- function(auth) {
  c(auth, list(
    api = option_choice("amocrm.api", c("auto", "v2", "v4")),
    rate = option_number("amocrm.rate", 7, from = 0.01, to = Inf),
    timeout = option_number("amocrm.timeout", 60, from = 0.1, to = 3600),
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
  received <- function(result) {
    if (!is.null(result$tables)) shape(in_zone(result$tables, result$zones))
  }
  result <- run_job(started, display, function(result) keep_last(received(result)))
  # Until all is told: options(warn = 2) makes errors of warnings.
  tables <- keep_last(received(result))
  if (!is.null(result$error)) {
    if (!wants_partial(result$error, tables)) abort_from_rust(result$error, partial = tables)
    warn_of_partial(result$error, tables)
  }
  for (notice in result$notices) tell(notice)
  warn_of_zone(result$zone, result$zones)
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
      gettextf("API v4 has no notes of type %s: the table has no rows for it.", about),
      gettext(
        "The type is obsolete or unknown; see vignette(\"v2-v4\")"
      )
    ),
    no_chats = join(gettext(
      "API v4 can't find the chat messages of one lead or company: they are left out.",
      "Request them with note_type = 17, which reads all chats of the account"
    )),
    no_filters = gettext(
      "API v4 does not filter in this account: the whole list was read and filtered in R"
    ),
    no_customers = gettext("this account has no customers: their table is empty"),
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

#' Warns of what happened to the tokens, however the call ended
#'
#' @param notice made by token_notices() in src/rust/src/job.rs
#' @noRd
tell_of_tokens <- function(notice) {
  warn(paste0("tokens_", notice$kind), switch(notice$kind,
    tightened = join(
      gettextf("other users could read the token file %s: now only you can.", notice$file),
      gettext("If you share this computer, authorise again with AmoAuthorize()")
    ),
    unsaved = paste(
      headline(notice$why),
      join(gettext(
        "The new tokens exist in this R session only and will be lost with it:",
        "solve the problem, then call AmoAuth() here to write them."
      )),
      sep = "\n"
    )
  ))
}

#' The first of these names of a time zone that this R knows
#'
#' @param zones names of one zone, the last of which are rules that R can read
#'   without knowing the zone
#' @noRd
known_zone <- function(zones) {
  rules <- zones[[length(zones)]]
  known <- vapply(zones, is_known_zone, NA, rules = rules)
  c(zones[known], rules)[[1]]
}

#' Whether this R knows a time zone
#'
#' It takes one that it does not know for UTC. Where the rules of the zone tell
#' it from UTC its clock shows that; elsewhere R's list has to, which takes time.
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

#' Shows times in a zone that this R knows
#'
#' It takes one that it does not know for UTC, without a word.
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

#' Warns when times are in another zone than the account says, if it has said so
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
  for (notice in result$token_notices) tell_of_tokens(notice)
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
    for (line in state$log) message(log_text(line))
    display$update(state)
    if (state$done) break
    # Lets R see Esc and Ctrl-C, and the console repaint.
    Sys.sleep(0)
  }
}
