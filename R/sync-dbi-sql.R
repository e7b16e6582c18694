# SQL that all databases understand, for copies in databases.

sql_name <- function(db, name) as.character(DBI::dbQuoteIdentifier(db$conn, name))

sql_names <- function(db, names) paste(vapply(names, sql_name, "", db = db), collapse = ", ")

sql_value <- function(db, value) {
  if (is.na(value)) {
    "NULL"
  } else if (is.character(value)) {
    as.character(DBI::dbQuoteString(db$conn, enc2utf8(value)))
  } else {
    # Ids are doubles, which format() would round.
    sprintf("%.15g", value)
  }
}

#' The quoted name of a table of the copy, and of one of the package's own
#' @noRd
target <- function(db, table) sql_name(db, paste0(db$prefix, table))
own <- function(db, table) target(db, paste0("amocrm_", table))

dbi_run <- function(db, sql, ...) DBI::dbExecute(db$conn, sprintf(sql, ...))

dbi_query <- function(db, sql, ...) DBI::dbGetQuery(db$conn, sprintf(sql, ...))

#' Calls `code` as one transaction
#' @noRd
dbi_transaction <- function(db, code) {
  DBI::dbBegin(db$conn)
  done <- FALSE
  # A connection that broke has rolled back by itself.
  on.exit(if (!done) try(DBI::dbRollback(db$conn), silent = TRUE))
  value <- code()
  DBI::dbCommit(db$conn)
  done <- TRUE
  value
}

#' Makes tables fit by `fit()`, and writes into them by `write()` with what that gives
#'
#' A run that is killed must not leave a column half changed. MariaDB alone ends a
#' transaction when a table is altered.
#' @noRd
dbi_change <- function(db, fit, write) {
  if (is_mariadb(db)) {
    types <- fit()
    dbi_transaction(db, function() write(types))
  } else {
    dbi_transaction(db, function() write(fit()))
  }
}
