# Progress of a call: a bar in interactive sessions, messages otherwise.

# Seconds between two messages, and the shortest wait that is shown.
line_interval <- 10
told_wait <- 2

#' Shows nothing
#' @noRd
show_nothing <- function() {
  nothing <- function(...) invisible()
  list(update = nothing, close = nothing, summary = nothing)
}

#' Shows the progress of a call
#'
#' @return list of functions: update(state) with what rust_job_poll() gives,
#'   close(), and summary(api, rows), a line at the end
#' @noRd
show_progress <- function(label) {
  if (is_quiet()) {
    return(show_nothing())
  }
  started <- proc.time()[["elapsed"]]
  seconds <- function() proc.time()[["elapsed"]] - started
  last <- list(rows = 0, pages = 0, requests = 0)
  view <- if (wants_bar()) progress_bar(label) else progress_lines(label)
  list(
    update = function(state) {
      last <<- state
      view$update(state, seconds())
    },
    close = view$close,
    summary = function(api, rows) inform(summary_line(label, last, seconds(), api, rows))
  )
}

summary_line <- function(label, state, seconds, api, rows) {
  gettextf(
    "%s: %s in %s, %s, %s s (API %s)",
    label, rows_text(rows), pages_text(state$pages), requests_text(state$requests),
    number_text(seconds, 1), api
  )
}

rows_text <- function(n) sprintf(ngettext(n, "%s row", "%s rows"), count(n))

pages_text <- function(n) sprintf(ngettext(n, "%s page", "%s pages"), count(n))

requests_text <- function(n) sprintf(ngettext(n, "%s request", "%s requests"), count(n))

count <- function(n) number_text(n, 0)

#' A number as the language writes it: 1,234.5 or 1 234,5
#' @noRd
number_text <- function(number, digits) {
  marks <- if (is_russian()) c(" ", ",") else c(",", ".")
  formatC(number, format = "f", digits = digits, big.mark = marks[[1]], decimal.mark = marks[[2]])
}

#' A cli progress bar without a total, which amoCRM does not return
#' @noRd
progress_bar <- function(label) {
  here <- environment()
  counts <- counts_text(label, list(rows = 0, pages = 0, lists = 0))
  note <- ""
  bar <- cli::cli_progress_bar(
    format = "{cli::pb_spin} {counts}{note}",
    total = NA, clear = TRUE, .envir = here, .auto_close = FALSE
  )
  list(
    update = function(state, seconds) {
      counts <<- counts_text(label, state)
      note <<- if (state$pause_left > told_wait) paste0(", ", wait_text(state)) else ""
      cli::cli_progress_update(id = bar, .envir = here)
    },
    close = function() cli::cli_progress_done(id = bar, .envir = here)
  )
}

#' A message every few seconds, and one for each long wait
#' @noRd
progress_lines <- function(label) {
  told_at <- 0
  told_pause <- ""
  list(
    update = function(state, seconds) {
      waits <- state$pause_left > told_wait
      if (waits && state$pause != told_pause) {
        inform(paste0(label, ": ", wait_text(state)))
      } else if (seconds - told_at >= line_interval && !state$done) {
        inform(counts_text(label, state))
        told_at <<- seconds
      }
      told_pause <<- if (waits) state$pause else ""
    },
    close = function() invisible()
  )
}

counts_text <- function(label, state) {
  lists <- if (state$lists > 1) {
    gettextf("%s of %s lists", count(state$lists_read), count(state$lists))
  }
  parts <- c(rows_text(state$rows), pages_text(state$pages), lists)
  paste0(label, ": ", paste(parts, collapse = ", "))
}

wait_text <- function(state) {
  gettextf("waiting %.0f s (%s)", state$pause_left, pause_text(state$pause))
}

#' The reason of a wait
#' @noRd
pause_text <- function(pause) {
  if (!startsWith(pause, "token_file:")) {
    return(wait_reason(pause))
  }
  gettextf("process %s is using the token file", sub("token_file:", "", pause, fixed = TRUE))
}

#' Whether to show a bar. Messages can be part of a document, and
#' suppressMessages() works on them.
#' @noRd
wants_bar <- function() {
  interactive() && !isTRUE(getOption("knitr.in.progress")) && !messages_are_muffled()
}

#' Whether suppressMessages() is active, which turns off the bar, too
#' @noRd
messages_are_muffled <- function() {
  muffled <- TRUE
  withRestarts(
    {
      signalCondition(simpleMessage(""))
      muffled <- FALSE
    },
    muffleMessage = function() NULL
  )
  muffled
}
