# Random faults on the functions that read lists: what comes must be whole, or
# an error with a class. Used by test-soak.R and by tools/soak.R, so that only exported
# functions may be called here.

# Rows of each list on each account.
soak_rows <- 300

# What reads a list, and from where (API v2, API v4).
soak_functions <- list(
  AmoNotes = list(
    read = function(auth, limit) AmoNotes(auth, "lead", limit = limit),
    paths = list(key = "/notes?", token = c("/notes?", "/events?"))
  ),
  AmoLeads = list(read = AmoLeads, paths = list(key = "/leads?", token = "/leads?")),
  AmoContacts = list(read = AmoContacts, paths = list(key = "/contacts?", token = "/contacts?")),
  AmoCompanies = list(
    read = AmoCompanies, paths = list(key = "/companies?", token = "/companies?")
  ),
  AmoCustomers = list(
    read = AmoCustomers, paths = list(key = "/customers?", token = "/customers?")
  ),
  AmoTasks = list(read = AmoTasks, paths = list(key = "/tasks?", token = "/tasks?")),
  AmoCustomersTransactions = list(
    read = AmoCustomersTransactions,
    paths = list(key = "/transactions?", token = "/transactions?")
  ),
  AmoIncomingLeads = list(
    read = AmoIncomingLeads, paths = list(key = "/incoming_leads?", token = "/unsorted?")
  )
)

#' The table with a row for each record
soak_table <- function(result) if (is.data.frame(result)) result else result[[1]]

#' A random schedule; the same seed makes the same one
soak_schedule <- function(seed, name = "AmoNotes") {
  withr::local_seed(seed)
  repeat {
    limit <- sample(c(20, 37, 50, 100, 250, 500), 1)
    access <- sample(c("key", "token"), 1, prob = c(2, 1))
    paths <- soak_functions[[name]]$paths[[access]]
    faults <- lapply(seq_len(sample(4, 1)), function(number) soak_fault(limit, access, paths))
    if (soak_is_fair(faults, access)) break
  }
  list(name = name, seed = seed, limit = limit, access = access, account = sample(3, 1),
       faults = faults)
}

#' A random fault
soak_fault <- function(limit, access, paths) {
  c(
    list(path = soak_path(limit, access, paths)), soak_pick(soak_nths),
    soak_pick(soak_actions())[[1]]
  )
}

#' One of `choices`, which are named by their weights
soak_pick <- function(choices) {
  choices[[sample(length(choices), 1, prob = as.numeric(names(choices)))]]
}

# Which requests: mostly the first ones, some time later, hardly ever all.
soak_nths <- list(
  "12" = list(), "3" = list(nth = 1:2), "2" = list(nth = 2), "2" = list(nth = 3:4),
  "0.3" = list(nth = c(1, Inf))
)

#' What happens, those that cost a wait less often
soak_actions <- function() {
  list(
    "3" = list(list(status = 429, headers = c("Retry-After" = "0"))),
    "1" = list(list(status = sample(c(500, 502, 503), 1), body = "<html>")),
    "1" = list(list(status = 504)),
    "3" = list(list(action = "empty")),
    "3" = list(list(action = "short", rows = sample(0:30, 1))),
    "1" = list(list(action = "body", body = sample(c("<html>", "{\"_embedded\":{", "[]"), 1))),
    "1" = list(list(action = "cut")),
    "1" = list(list(action = "close")),
    "2" = list(list(action = "delay", seconds = 0.05)),
    "2" = list(list(action = "expire")),
    "2" = list(list(action = sample(c("remove", "insert"), 1), rows = sample(20, 1))),
    "0.5" = list(list(status = sample(c(400, 402, 403, 404, 426), 1))),
    "0.3" = list(list(action = "redirect", to = "https://elsewhere.example/"))
  )
}

#' One page, any page, or what comes before the pages
soak_path <- function(limit, access, paths) {
  number <- sample(0:ceiling(soak_rows / limit), 1)
  page <- if (access == "key") "limit_offset=%.0f&" else "page=%.0f&"
  page <- sprintf(page, if (access == "key") number * (limit - 1) else number + 1)
  soak_pick(list("7" = page, "2" = sample(paths, 1), "1" = sample(c("auth.php", "/account"), 1)))
}

#' Whether the server tells the truth often enough for a client to find it
#'
#' What comes empty twice is the end of a list, and API v4 may make pages as
#' short as it likes: no client can know better.
soak_is_fair <- function(faults, access) {
  lies <- Filter(function(fault) isTRUE(fault$action %in% c("empty", "short")), faults)
  once <- vapply(lies, function(fault) length(fault$nth) < 2, NA)
  short <- vapply(lies, function(fault) fault$action == "short", NA)
  endless <- vapply(faults, function(fault) {
    identical(fault$action, "insert") && identical(fault$nth, c(1, Inf))
  }, NA)
  length(lies) < 2 && all(once) && !any(endless) && (access == "key" || !any(short))
}

#' How many rows faults of a kind move at most
soak_moved <- function(faults, action) {
  moved <- vapply(faults, function(fault) {
    picks <- if (identical(fault$nth, c(1, Inf))) Inf else max(1, length(fault$nth))
    if (identical(fault$action, action)) fault$rows * picks else 0
  }, 0)
  sum(moved)
}

#' What the function of a schedule gives on its account
soak_read <- function(schedule, faults) {
  auth <- amocrm::AmoSandbox(
    notes = c(lead = soak_rows), leads = soak_rows, contacts = soak_rows, companies = soak_rows,
    customers = soak_rows, tasks = soak_rows, transactions = soak_rows, unsorted = soak_rows,
    seed = schedule$account, access = schedule$access,
    v2 = schedule$access == "key", faults = faults, now = "2025-12-29"
  )
  read <- soak_functions[[schedule$name]]$read
  suppressWarnings(read(auth, limit = schedule$limit))
}

# Tables without faults, by account and access.
soak_known <- new.env()

soak_undisturbed <- function(schedule) {
  key <- paste(schedule$name, schedule$account, schedule$access)
  if (is.null(soak_known[[key]])) soak_known[[key]] <- soak_read(schedule, list())
  soak_known[[key]]
}

#' Rows as texts. What came before the zone was known has its times in UTC:
#' moments are compared.
soak_texts <- function(notes, columns) {
  texts <- lapply(columns, function(column) {
    values <- notes[[column]]
    if (is.null(values)) rep(NA, nrow(notes)) else as.character(as.vector(values))
  })
  do.call(paste, c(texts, sep = "\r"))
}

#' What the function makes of a schedule: "whole", the class of an error, or a
#' text that begins with "FAILED"
soak_outcome <- function(schedule) {
  result <- tryCatch(soak_read(schedule, schedule$faults), error = identity)
  whole <- soak_undisturbed(schedule)
  if (inherits(result, "error")) {
    return(soak_judge_error(result, schedule, soak_table(whole)))
  }
  moved <- soak_moved(schedule$faults, "remove") + soak_moved(schedule$faults, "insert")
  if (moved == 0) {
    return(if (identical(result, whole)) "whole" else soak_difference(result, whole))
  }
  # Rows that were there all the time: those that the first request leaves.
  first <- list(path = "/", action = "remove", rows = min(moved, soak_rows))
  steady <- soak_table(soak_read(schedule, list(first)))
  soak_judge_moved(soak_table(result), steady, soak_table(whole))
}

soak_judge_error <- function(error, schedule, whole) {
  unexpected <- c(
    "amocrm_error_input", "amocrm_error_system",
    if (!soak_may_lock_out(schedule)) "amocrm_error_auth"
  )
  if (!inherits(error, "amocrm_error") || inherits(error, unexpected)) {
    return(paste("FAILED with", class(error)[[1]], conditionMessage(error)))
  }
  if (!is.null(error$partial)) {
    texts <- soak_texts(soak_table(error$partial), names(whole))
    if (anyDuplicated(texts) > 0 || !all(texts %in% soak_texts(whole, names(whole)))) {
      return(paste("FAILED:", class(error)[[1]], "carries rows that there are not"))
    }
  }
  class(error)[[1]]
}

#' Whether the server refuses what it has just let in, or a token that can't
#' be renewed
soak_may_lock_out <- function(schedule) {
  expires <- Filter(function(fault) identical(fault$action, "expire"), schedule$faults)
  at_login <- vapply(expires, function(fault) fault$path == "auth.php", NA)
  picks <- sum(vapply(expires, function(fault) max(1, length(fault$nth)), 0))
  any(at_login) || picks > if (schedule$access == "key") 1 else 0
}

soak_judge_moved <- function(result, steady, whole) {
  texts <- soak_texts(result, names(whole))
  lost <- setdiff(soak_texts(steady, names(whole)), texts)
  made_up <- setdiff(texts, soak_texts(whole, names(whole)))
  if (length(lost) + length(made_up) + anyDuplicated(texts) == 0) {
    return("whole")
  }
  sprintf("FAILED: %d rows are lost, %d made up, %d repeated",
          length(lost), length(made_up), sum(duplicated(texts)))
}

soak_difference <- function(result, whole) {
  result <- soak_table(result)
  whole <- soak_table(whole)
  if (nrow(result) != nrow(whole)) {
    return(sprintf("FAILED: %d rows instead of %d", nrow(result), nrow(whole)))
  }
  paste("FAILED:", paste(all.equal(result, whole), collapse = "; "))
}

#' A schedule as R code
soak_code <- function(schedule) {
  paste(deparse(schedule, width.cutoff = 90L), collapse = "\n")
}

#' Runs many schedules; gives their outcomes
#'
#' @param tell called with the text of each failure
soak_run <- function(seeds, tell, name = "AmoNotes") {
  withr::local_options(amocrm.rate = Inf, amocrm.quiet = TRUE, amocrm.api = NULL)
  outcome <- function(seed) {
    # Sandboxes stop when R collects them.
    if (seed %% 20 == 0) gc()
    schedule <- soak_schedule(seed, name)
    outcome <- soak_outcome(schedule)
    if (startsWith(outcome, "FAILED")) tell(paste0(outcome, "\n", soak_code(schedule)))
    outcome
  }
  vapply(seeds, outcome, "")
}
