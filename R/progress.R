# What a running call shows: a bar at a prompt, plain message lines elsewhere.

# Seconds between two plain lines, and the shortest wait that is told of.
line_interval <- 10
told_wait <- 2

#' Shows nothing
#' @noRd
show_nothing <- function() {
  nothing <- function(...) invisible()
  list(update = nothing, close = nothing, summary = nothing)
}

#' Shows how far a call is
#'
#' @return list of functions: update(state) with what rust_job_poll() gives,
#'   close(), and summary(api, rows), one line on what was read
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

#' A number with the marks of the user's language: 1,234.5 or 1 234,5
#' @noRd
number_text <- function(number, digits) {
  marks <- if (is_russian()) c(" ", ",") else c(",", ".")
  formatC(number, format = "f", digits = digits, big.mark = marks[[1]], decimal.mark = marks[[2]])
}

#' A cli progress bar without a total: amoCRM tells none
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

#' A line now and then, and one for each long wait
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

#' What is waited for
#' @noRd
pause_text <- function(pause) {
  if (!startsWith(pause, "token_file:")) {
    return(wait_reason(pause))
  }
  gettextf("process %s is using the token file", sub("token_file:", "", pause, fixed = TRUE))
}

#' A bar is for a person at a prompt; plain lines are messages, which a
#' document shows and suppressMessages() silences
#' @noRd
wants_bar <- function() {
  interactive() && !isTRUE(getOption("knitr.in.progress")) && !messages_are_muffled()
}

#' Whether suppressMessages() is around: it must silence the bar, too
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
