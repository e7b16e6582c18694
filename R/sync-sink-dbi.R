# A copy in a database, through DBI alone: SQLite, DuckDB, PostgreSQL, MariaDB.
#
# Rows wait in temporary tables until all of a stream have come. One transaction then
# deletes the rows that they replace, inserts them, and keeps the state. So a run
# that is killed leaves the copy of the last finished stream. Rows of a first read that
# takes long are kept in tables of their own, `amocrm_part_leads` for `leads`, until all of
# them have come.
#
# Types of columns are kept in a table of their own, since SQLite knows neither
# times nor logicals. It gets times as text in UTC, "2026-11-28 09:30:00", which its
# date functions read.

dbi_sink <- function(conn, deleted, prefix) {
  db <- list(conn = conn, prefix = prefix, staged = new.env(parent = emptyenv()))
  lock <- open_database({
    create_own_tables(db)
    dbi_lock(db)
  })
  list(
    state = function(account) {
      dbi_query(db, "SELECT * FROM %s WHERE account_id = %s", own(db, "state"),
                sql_value(db, account))
    },
    stage = function(table, key, rows, is_new = FALSE) {
      check_own(db, table)
      dbi_stage(db, table, key, rows)
    },
    keep = function(account, stream, begun) dbi_keep(db, account, stream, begun),
    begun = function(account, stream) dbi_begun(db, account, stream),
    forget_begun = function(account, stream) dbi_forget_begun(db, account, stream),
    commit = function(account, stream, change) dbi_commit(db, account, stream, change, deleted),
    note = function(log) dbi_transaction(db, function() insert_own(db, "log", log)),
    dead = function(table, key, account) dbi_dead(db, table, key, account),
    keys = function(table, key, account) dbi_keys(db, table, key, account),
    read = function(table) dbi_read(db, table),
    forget = function() try(drop_staged(db), silent = TRUE),
    beat = lock$beat,
    # A connection that broke lets go of both by itself.
    close = function() {
      try(drop_staged(db), silent = TRUE)
      try(lock$release(), silent = TRUE)
    }
  )
}

#' Reads a copy, which need not be there: nothing is written
#' @noRd
dbi_reader <- function(db) {
  if_there <- function(name, value, none) {
    if (has_table(db, paste0("amocrm_", name))) value else none
  }
  list(
    read = function(table) {
      is_there <- if_there("state", table %in% finished_tables(db), FALSE)
      if (is_there) dbi_read(db, table)
    },
    tables = function() if_there("state", finished_tables(db), character()),
    begun = function() {
      streams <- function() dbi_query(db, "SELECT DISTINCT stream FROM %s", own(db, "parts"))
      if_there("parts", streams()$stream, NULL)
    },
    log = function() if_there("log", dbi_log(db), as.data.frame(lapply(sync_log_columns, `[`, 0)))
  )
}

#' Opens a copy, or says why the database does not let it be opened
#' @noRd
open_database <- function(code) {
  tryCatch(code, error = function(error) {
    if (inherits(error, "amocrm_error")) stop(error)
    abort("system", gettextf("can't use the copy: %s", first_line(error)),
          database_advice(conditionMessage(error)))
  })
}

#' What the user can do, or NULL
#' @noRd
database_advice <- function(text) {
  says <- function(pattern) grepl(pattern, text, ignore.case = TRUE)
  if (says("transaction")) {
    gettext("End the connection's transaction with DBI::dbCommit() or DBI::dbRollback() first.")
  } else if (says("read.?only|permission|denied")) {
    gettext("The copy needs the right to create tables in this database and to write them.")
  } else if (says("locked|busy")) {
    gettext("Another program is writing to the database: try again when it has ended.")
  }
}

# --- Staging --------------------------------------------------------------------

staging <- function(db, table) sql_name(db, staging_name(db, table))
staging_name <- function(db, table) paste0(db$prefix, "amocrm_new_", table)

#' Keeps rows in a temporary table, all as text: a later batch may widen a column
#' @noRd
dbi_stage <- function(db, table, key, rows) {
  staged <- db$staged[[table]]
  known <- c(known_types(db, table), known_types(db, part_name(table)))
  rows <- merge_cases(rows, unique(c(names(known), names(staged$types))))
  types <- vapply(rows, type_of, "")
  new <- setdiff(names(types), names(staged$types))
  columns <- vapply(new, sql_name, "", db = db)
  if (is.null(staged)) {
    columns <- paste(columns, sql_types(db, "character"), collapse = ", ")
    dbi_run(db, "CREATE TEMPORARY TABLE %s (%s)", staging(db, table), columns)
  } else {
    for (column in columns) {
      dbi_run(db, "ALTER TABLE %s ADD COLUMN %s %s", staging(db, table), column,
              sql_types(db, "character"))
    }
  }
  shared <- setdiff(names(types), new)
  types[shared] <- mapply(wider_type, staged$types[shared], types[shared])
  earlier <- staged$types[setdiff(names(staged$types), names(types))]
  db$staged[[table]] <- list(key = key, types = c(earlier, types))
  if (nrow(rows) > 0) {
    rows[] <- lapply(rows, column_text, zone = text_zone(db))
    DBI::dbWriteTable(db$conn, staging_name(db, table), rows, append = TRUE, row.names = FALSE)
  }
}

#' The zone of times that wait as texts, where the database keeps it
#' @noRd
text_zone <- function(db) if (is_sqlite(db) || is_mariadb(db)) "" else "+00"

#' Values as a text that SQL's CAST() reads
#' @noRd
column_text <- function(column, zone) {
  text <- if (inherits(column, "POSIXct")) {
    # paste0() would make a text of no times.
    sprintf("%s%s", format(column, "%Y-%m-%d %H:%M:%S", tz = "UTC"), zone)
  } else if (is.logical(column)) {
    as.character(as.integer(column))
  } else if (is.double(column)) {
    exact_text(column)
  } else {
    as.character(column)
  }
  text[is.na(column)] <- NA
  text
}

#' Doubles in as few digits as give the same number again, without an exponent for
#' whole ones
#' @noRd
exact_text <- function(numbers) {
  text <- sprintf("%.15g", numbers)
  whole <- which(numbers == trunc(numbers) & abs(numbers) < 1e15)
  text[whole] <- sprintf("%.0f", numbers[whole])
  rough <- which(is.finite(numbers) & suppressWarnings(as.numeric(text)) != numbers)
  text[rough] <- sprintf("%.17g", numbers[rough])
  text
}

drop_staged <- function(db) {
  for (table in ls(db$staged)) dbi_run(db, "DROP TABLE IF EXISTS %s", staging(db, table))
  rm(list = ls(db$staged), envir = db$staged)
}
