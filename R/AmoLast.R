#' What the last call had received when it failed
#'
#' When a function of the package ends in an error, or is stopped by Esc or
#' Ctrl-C, the rows received before are not lost: `AmoLast()` gives them. Scripts
#' find the same in the condition's `partial`, see `vignette("errors")`.
#'
#' The rows are kept, and use memory, until the next function of the package
#' reads a table.
#'
#' @return What the call would have returned, with the rows received; `NULL` when
#'   there are none, or the last call ended well.
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

#' Keeps what a call that ends early has received; gives it
#' @noRd
keep_last <- function(partial) {
  last_call$partial <- partial
  partial
}

#' Says how many rows AmoLast() has, or nothing where it has none
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
