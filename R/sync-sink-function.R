# A function of the user's as the sink of a copy: it gets the rows as they come.
#
# Nothing is kept from run to run, so each one reads everything, or what changed since
# `from`. Deleted rows come as their keys with deleted_at.

function_sink <- function(to) {
  nothing <- function(...) NULL
  staged <- c(inserted = 0, updated = 0, deleted = 0)
  list(
    state = function(account) {
      data.frame(stream = character(), cursor_at = numeric(), swept_at = numeric())
    },
    stage = function(table, key, rows, is_new) {
      if (nrow(rows) > 0) to(table, rows)
      is_main <- table %in% names(sync_streams())
      if (is_main) staged[["inserted"]] <<- staged[["inserted"]] + nrow(rows)
    },
    commit = function(account, stream, change) {
      gone <- change$gone
      if (!is.null(gone) && nrow(gone) > 0) to(stream, cbind(account_id = account, gone))
      counts <- staged
      counts[["deleted"]] <- sum(nrow(gone))
      staged[] <<- 0
      with_counts(change$log, counts)
    },
    keep = nothing, note = nothing, begun = nothing, forget_begun = nothing, forget = nothing,
    dead = nothing, keys = nothing, read = nothing, beat = nothing, close = nothing
  )
}
