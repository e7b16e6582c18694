# The log of AmoSync(): a row for each stream of a run.

# The columns of the log, with an example of their type.
sync_log_columns <- list(
  started = .POSIXct(0), account_id = 0, table = "", mode = "", requests = 0, read = 0,
  inserted = 0, updated = 0, deleted = 0, seconds = 0, columns = "", error = ""
)

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
