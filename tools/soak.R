# Reads lists from servers that lie, lag, stall, refuse or never end.
#
#   Rscript tools/soak.R N [options]      N schedules, and a tally
#   Rscript tools/soak.R --seed S ...     one schedule, and what was asked for
#   Rscript tools/soak.R sync N [options] N schedules of AmoSync(): accounts that change,
#                                         runs that are killed; takes --seed and --jobs
#
#   --seed S    the first seed [1]
#   --mode M    what the server does; drawn for each schedule unless given, as are
#   --list F    the function, such as AmoLeads
#   --api A     v2 or v4
#   --seconds N what a call may take [60]
#   --jobs N    schedules at the same time [2]
#
# Failures are printed with the schedule that shows them. Exit status 1 when
# anything failed.
library(amocrm)

file <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
soak <- new.env(parent = asNamespace("amocrm"))
for (helper in c("helper-sync.R", "helper-sync-schedule.R", "helper-soak.R")) {
  sys.source(file.path(dirname(file), "..", "tests", "testthat", helper), soak)
}

stop_usage <- function() {
  cat(sub("^# ?", "", grep("^#", readLines(file), value = TRUE)), sep = "\n")
  quit(status = 2)
}

#' The arguments as a list: `n`, and the options by their names
read_arguments <- function(arguments) {
  options <- list()
  if (length(arguments) > 0 && !startsWith(arguments[[1]], "--")) arguments <- c("--n", arguments)
  for (at in seq(1, by = 2, length.out = ceiling(length(arguments) / 2))) {
    options[[sub("^--", "", arguments[[at]])]] <- arguments[at + 1]
  }
  good <- all(names(options) %in% c("n", "seed", "mode", "list", "api", "seconds", "jobs")) &&
    !anyNA(options) && length(options) > 0 &&
    all(is.null(options$mode) || options$mode %in% names(soak$soak_modes),
        is.null(options$list) || options$list %in% names(soak$soak_functions),
        is.null(options$api) || options$api %in% c("v2", "v4"))
  if (!good) stop_usage()
  is_number <- names(options) %in% c("n", "seed", "seconds", "jobs")
  options[is_number] <- lapply(options[is_number], as.numeric)
  options
}

#' Runs one schedule and prints all of it
replay <- function(schedule) {
  cat(soak$soak_code(schedule), "\n\n")
  options(amocrm.rate = Inf, amocrm.quiet = TRUE, amocrm.timeout = 1)
  auth <- soak$soak_account(schedule)
  started <- proc.time()[["elapsed"]]
  # The log stays readable after the server has stopped.
  outcome <- soak$soak_outcome(schedule, auth)
  log <- amocrm:::sandbox_requests(auth)
  cat(sprintf("%6.0f ms  %3.0f  %3.0f rows  %s?%s\n", log$at_ms - log$at_ms[[1]], log$status,
              log$rows, log$path, log$query), sep = "")
  seconds <- proc.time()[["elapsed"]] - started
  cat(sprintf("\n%s, %d requests, %.1f s\n", outcome, nrow(log), seconds))
  outcome
}

run_many <- function(seeds, jobs, ...) {
  parts <- split(seeds, seq_along(seeds) %% jobs)
  tell <- function(text) cat(text, "\n\n")
  done <- parallel::mclapply(parts, soak$soak_run, tell, ..., mc.cores = jobs)
  if (!all(vapply(done, is.data.frame, NA))) stop("a job broke off: ", done)
  done <- do.call(rbind, done)
  done$outcome <- ifelse(startsWith(done$outcome, "FAILED"), "FAILED", done$outcome)
  options(width = 200)
  print(table(done$mode, sub("^amocrm_error_", "", done$outcome)))
  done$outcome
}

#' Plays schedules of AmoSync(), prints what is wrong, and a tally of how runs ended
run_sync <- function(seeds, jobs) {
  played <- soak$play_schedules(seeds, jobs)
  harms <- list()
  for (seed in names(played)) {
    schedule <- soak$sync_schedule(as.numeric(seed))
    one <- played[[seed]]
    if (length(one$wrong) > 0) cat("seed", seed, schedule$sink, one$wrong, "\n\n", sep = "\n")
    harms <- c(harms, list(data.frame(
      sink = schedule$sink, harm = vapply(schedule$runs, `[[`, "", "harm"), outcome = one$outcomes,
      copy = if (length(one$wrong) > 0) "WRONG" else "true"
    )))
  }
  tally <- do.call(rbind, harms)
  print(table(paste(tally$sink, tally$harm), tally$outcome))
  wrong <- vapply(played, function(one) length(one$wrong) > 0, NA)
  print(table(copy = ifelse(wrong, "WRONG", "true")))
  ifelse(wrong, "FAILED", "true")
}

given <- commandArgs(trailingOnly = TRUE)
is_sync <- length(given) > 0 && given[[1]] == "sync"
arguments <- read_arguments(if (is_sync) given[-1] else given)
if (!is.null(arguments$seconds)) soak$soak_seconds <- arguments$seconds
seed <- if (is.null(arguments$seed)) 1 else arguments$seed
access <- if (is.null(arguments$api)) NULL else c(v2 = "key", v4 = "token")[[arguments$api]]
jobs <- if (is.null(arguments$jobs)) 2 else arguments$jobs
outcomes <- if (is_sync) {
  run_sync(seq(seed, length.out = if (is.null(arguments$n)) 1 else arguments$n), jobs)
} else if (is.null(arguments$n)) {
  replay(soak$soak_schedule(seed, arguments$mode, arguments$list, access))
} else {
  run_many(seq(seed, length.out = arguments$n), jobs, arguments$mode, arguments$list, access)
}
quit(status = if (any(startsWith(outcomes, "FAILED"))) 1 else 0)
