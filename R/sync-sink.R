# A sink keeps a copy: a folder, a database, or a function of the user's. It is a
# list of functions:
#
# * state, of an account: what earlier runs have come to, a data.frame of stream,
#   cursor_at and swept_at, in seconds since 1970, and the account's zone
# * stage, of a table, its key, rows, and whether the copy has none of the table yet: keeps
#   rows until the commit. No row of the main table comes twice in one run
# * keep, of an account, a stream, and a list of began and places: what is staged of a first
#   read, and the list, outlive the run, beside the tables of the copy
# * begun, of an account and a stream: that list, NULL if there is none. What was kept is
#   staged
# * forget_begun, of an account and a stream: drops that, gives NULL
# * commit, of an account, a stream and a change: one step, all or nothing. Staged rows
#   replace those with their keys, rows in change$gone are deleted or marked,
#   change$state and change$log are kept. Gives the row of the log with the numbers of rows
#   inserted, updated and deleted, and the columns that tables have gained
# * note, of a row of the log: keeps it, where nothing was written
# * forget: drops what is staged and not kept, after an error
# * keys, of a table, its key and an account: those of the rows that are not deleted
# * dead, of a table, its key and an account: key and deleted_at of the others
# * read, of a table: its rows
# * beat: tells others that the run is alive
# * close: lets others use the copy

#' The sink for the argument `to`
#' @noRd
open_sink <- function(to, deleted, prefix) {
  if (is.function(to)) {
    function_sink(to)
  } else if (inherits(to, "DBIConnection")) {
    check_connection(to)
    dbi_sink(to, deleted, prefix)
  } else if (is_one_text(to) && nzchar(to)) {
    check_folder(to)
    folder_sink(to, deleted)
  } else {
    abort_input("to", gettextf(
      "`to` must be a folder, a DBI connection or a function, not %s", shown_value(to)
    ))
  }
}

check_connection <- function(to) {
  check_installed("DBI")
  # RPostgreSQL can't tell.
  is_open <- tryCatch(DBI::dbIsValid(to), error = function(error) TRUE)
  if (!is_open) {
    abort_input("to", gettext("the connection `to` is closed: open it with DBI::dbConnect()"))
  }
}

#' Refuses the name of a database's file, which would become a folder
#' @noRd
check_folder <- function(to) {
  if (grepl("[.](db|sqlite3?|duckdb)$", to, ignore.case = TRUE) && !dir.exists(to)) {
    abort_input("to", gettextf(
      "a string is a folder: open the database \"%s\" with DBI::dbConnect() and pass that", to
    ))
  }
}

#' Makes one column of names that differ by case only, as SQLite and DuckDB do
#'
#' A row that has values in both keeps both, with "; " between them.
#' @param known names that the table has already: their spelling is kept
#' @noRd
merge_cases <- function(rows, known = character()) {
  wanted <- c(known, names(rows))
  spelling <- wanted[match(tolower(names(rows)), tolower(wanted))]
  merged <- rows[!duplicated(spelling)]
  names(merged) <- unique(spelling)
  for (at in which(duplicated(spelling))) {
    merged[[spelling[at]]] <- both(merged[[spelling[at]]], rows[[at]])
  }
  merged
}

both <- function(x, y) {
  doubled <- !is.na(x) & !is.na(y) & x != y
  x[is.na(x)] <- y[is.na(x)]
  if (any(doubled)) {
    x <- as.character(x)
    x[doubled] <- paste(x[doubled], y[doubled], sep = "; ")
  }
  x
}

check_installed <- function(package) {
  if (!requireNamespace(package, quietly = TRUE)) {
    abort_input("to", gettextf("install.packages(\"%s\") is needed for this copy", package))
  }
}
