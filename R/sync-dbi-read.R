# Tables of a database as their functions give them.

dbi_tables <- function(db) Filter(Negate(is_part), all_tables(db))

#' The tables that a run has finished
#' @noRd
finished_tables <- function(db) {
  streams <- dbi_query(db, "SELECT DISTINCT stream FROM %s", own(db, "state"))$stream
  unique(unlist(lapply(streams, of_this_stream, tables = dbi_tables(db))))
}

all_tables <- function(db) {
  dbi_query(db, "SELECT DISTINCT table_name FROM %s", own(db, "columns"))$table_name
}

dbi_read <- function(db, table) {
  types <- known_types(db, table)
  if (length(types) == 0) {
    return(NULL)
  }
  zones <- dbi_query(db, "SELECT DISTINCT zone FROM %s", own(db, "state"))$zone
  zone <- if (length(zones) == 1 && !is.na(zones)) zones else "UTC"
  restore(dbi_query(db, "SELECT %s FROM %s", sql_names(db, names(types)), target(db, table)),
          types, zone)
}

#' Columns as the types of R that they had
#' @noRd
restore <- function(rows, types, zone) {
  rows[] <- Map(function(column, type) {
    switch(type,
      integer = as_integers(column),
      whole = , double = as_doubles(column),
      logical = as.logical(column),
      POSIXct = structure(as_times(column), tzone = zone),
      as.character(column)
    )
  }, rows, types)
  rows
}

#' 64-bit integers, numbers and their texts as doubles
#' @noRd
as_doubles <- function(column) {
  if (inherits(column, "integer64")) {
    integer64_numbers(column)
  } else if (is.character(column)) {
    decimals(column)
  } else {
    as.double(column)
  }
}

as_integers <- function(column) {
  numbers <- as_doubles(column)
  if (all(abs(numbers) <= .Machine$integer.max, na.rm = TRUE)) as.integer(numbers) else numbers
}

as_times <- function(column) {
  if (inherits(column, "POSIXct")) {
    return(.POSIXct(as.double(column)))
  }
  as.POSIXct(as.character(column), tz = "UTC", format = "%Y-%m-%d %H:%M:%S")
}

dbi_log <- function(db) {
  restore(dbi_query(db, "SELECT * FROM %s", own(db, "log")), own_tables()$log, "UTC")
}

#' The keys of the rows that are not deleted
#' @noRd
dbi_keys <- function(db, table, key, account) {
  types <- known_types(db, table)
  if (length(types) == 0) {
    return(NULL)
  }
  there <- if ("deleted_at" %in% names(types)) "AND deleted_at IS NULL" else ""
  rows <- dbi_query(db, "SELECT %s FROM %s WHERE account_id = %s %s", sql_names(db, key),
                    target(db, table), sql_value(db, account), there)
  restore(rows, types[key], "UTC")
}

#' The keys of rows that are marked as deleted, with the time
#' @noRd
dbi_dead <- function(db, table, key, account) {
  types <- known_types(db, table)
  columns <- c(key, "deleted_at")
  if (!all(columns %in% names(types))) {
    return(NULL)
  }
  rows <- dbi_query(
    db, "SELECT %s FROM %s WHERE account_id = %s AND deleted_at IS NOT NULL",
    sql_names(db, columns), target(db, table), sql_value(db, account)
  )
  restore(rows, types[names(rows)], "UTC")
}
