# The package's own tables in a database: what the next run has to know, and the log.

own_tables <- function() {
  list(
    state = c(account_id = "double", stream = "character", cursor_at = "double",
              swept_at = "double", zone = "character"),
    columns = c(table_name = "character", column_name = "character", type = "character",
                place = "integer"),
    parts = c(account_id = "double", stream = "character", began_at = "double",
              places = "character"),
    log = sub("whole", "double", vapply(sync_log_columns, type_of, "")),
    lock = c(owner = "character", beat_at = "double")
  )
}

create_own_tables <- function(db) {
  tables <- own_tables()
  for (name in names(tables)) {
    table <- paste0("amocrm_", name)
    if (!has_table(db, table)) {
      create_table(db, table, tables[[name]])
    } else if (!all(names(tables[[name]]) %in% table_columns(db, table))) {
      abort_input("prefix", foreign_text(db, table))
    }
  }
}

has_table <- function(db, table) DBI::dbExistsTable(db$conn, paste0(db$prefix, table))

table_columns <- function(db, table) DBI::dbListFields(db$conn, paste0(db$prefix, table))

foreign_text <- function(db, table) {
  gettextf("the database has another table \"%s\": choose a `prefix` for those of the copy",
           paste0(db$prefix, table))
}

#' Refuses a table of the user's that has the name of one of the copy
#' @noRd
check_own <- function(db, table) {
  if (length(known_types(db, table)) == 0 && has_table(db, table)) {
    abort("sync", foreign_text(db, table))
  }
}

create_table <- function(db, table, types) {
  columns <- paste(vapply(names(types), sql_name, "", db = db), sql_types(db, types))
  dbi_run(db, "CREATE TABLE %s (%s)", target(db, table), paste(columns, collapse = ", "))
}

#' How the database calls the types of R
#' @noRd
sql_types <- function(db, types) {
  examples <- list(
    double = 1.5, character = "", logical = NA,
    POSIXct = if (is_sqlite(db)) "" else .POSIXct(0, tz = "UTC")
  )
  of <- function(type) {
    if (type %in% c("integer", "whole")) "BIGINT" else DBI::dbDataType(db$conn, examples[[type]])
  }
  vapply(types, of, "")
}

#' Values of SQL as a type. MariaDB casts to other names than its columns have
#' @noRd
sql_cast <- function(db, values, types) {
  names <- if (is_mariadb(db)) {
    c(integer = "SIGNED", whole = "SIGNED", double = "DOUBLE", character = "CHAR",
      logical = "SIGNED", POSIXct = "DATETIME")[unlist(types)]
  } else {
    sql_types(db, types)
  }
  sprintf("CAST(%s AS %s)", values, names)
}

is_mariadb <- function(db) inherits(db$conn, c("MariaDBConnection", "MySQLConnection"))

is_sqlite <- function(db) inherits(db$conn, "SQLiteConnection")
