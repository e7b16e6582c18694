# What the functions that return one table have in common.

#' Reads one table
#'
#' @param what the table's name in ENDPOINTS, src/rust/client/src/endpoints/mod.rs
#' @param label what is read, for progress messages
#' @param arguments the checked arguments
#' @param shape function from the table to the value of the call
#' @noRd
read_table <- function(what, label, auth, arguments = list(), shape = identity) {
  read_query(what, label, auth, arguments, function(tables) shape(tables[[1]]), count_rows)
}

#' Reads what Rust knows as `what`. An argument without values asks for nothing: then no
#' rows are requested
#' @param shape function from the list of tables to the value of the call
#' @param count function from the list of tables to the number of rows to show
#' @noRd
read_query <- function(what, label, auth, arguments, shape, count) {
  is_none <- vapply(arguments, is_empty_vector, NA)
  spec <- c(connection_spec(auth), list(what = what, none = any(is_none)), arguments[!is_none])
  run_query(spec, label, shape, count)
}

#' Rows to show of a table and of those that belong to it
#' @noRd
main_rows <- function(tables) nrow(tables[[1]])

#' Reads a list as one table, with a warning when it has no rows
#' @noRd
read_list <- function(...) {
  table <- read_table(...)
  warn_if_empty(table)
  table
}

#' Warns if a table, or some of several, have no rows
#' @noRd
warn_if_empty <- function(tables) {
  if (is.data.frame(tables)) tables <- list(tables)
  empty <- vapply(tables, nrow, 0L) == 0
  if (!any(empty)) {
    return(invisible())
  }
  which <- if (length(tables) > 1) paste0(": ", paste(names(tables)[empty], collapse = ", "))
  text <- paste0(gettext("Oops... seems that you've requested zero rows"), which)
  switch(option_zero_rows(), warning = warn("zero_rows", text), message = inform(text))
}

option_zero_rows <- function() {
  option_choice("amocrm.zero_rows", c("warning", "message", "silent"))
}
