#' Rows received before the last error
#'
#' When a function of the package fails or is stopped by Esc, Ctrl-C or a time limit,
#' `AmoLast()` returns the rows received before. In scripts, use the field `partial` of the
#' condition, see the guide "errors" ([amocrm-package] says where the guides are).
#'
#' The rows stay in memory until the next function of the package reads a table.
#'
#' @return What the call would have returned, with the rows received; `NULL` if
#'   there are none, or if the last call succeeded.
#' @examples
#' # A server that fails at the third page
#' auth <- AmoSandbox(
#'   notes = c(lead = 300),
#'   faults = list(list(path = "/notes", holding = c(250, 250), status = 402))
#' )
#' try(AmoNotes(auth, "lead", limit = 100))
#' nrow(AmoLast())
#' @export
AmoLast <- function() last_call$partial

last_call <- new.env(parent = emptyenv())

#' Keeps the rows that a call has received, and returns them
#' @noRd
keep_last <- function(partial) {
  last_call$partial <- partial
  partial
}

#' How many rows AmoLast() has; NULL if none
#' @noRd
kept_rows_text <- function(partial) {
  rows <- count_all_rows(partial)
  if (rows > 0) {
    gettextf("AmoLast() returns what was received: %s.", rows_text(rows))
  }
}

count_all_rows <- function(tables) {
  if (is.data.frame(tables)) nrow(tables) else sum(vapply(tables, count_all_rows, 0))
}
