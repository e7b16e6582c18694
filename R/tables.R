# What the functions that give one table have in common.

#' Reads one table
#'
#' @param what the table, as start_query() in src/rust/src/job.rs knows it
#' @param label what is read, for progress lines
#' @param arguments what is asked for, in the form that Rust expects
#' @noRd
read_table <- function(what, label, auth, arguments = list()) {
  spec <- c(connection_spec(auth), list(what = what), arguments)
  run_tables(rust_query_start(spec), label, function(tables) tables[[1]])
}

#' The arguments of a function that follow `auth_list`, in their order
#' @noRd
arguments_after_auth <- function(fn) {
  arguments <- names(formals(fn))
  arguments[-seq_len(match("auth_list", arguments))]
}
