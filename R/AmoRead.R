#' Tables and log of a copy that AmoSync() keeps
#'
#' @param to the folder or DBI connection that [AmoSync()] was given.
#' @param table name of a table, such as `"leads"` or `"leads_tags"`.
#' @param prefix as for [AmoSync()].
#'
#' @return `AmoRead()` returns the table as a data.frame with the types that its
#'   function gives. Times are in the account's time zone, or in UTC if there are
#'   accounts in several zones. `AmoSyncLog()` returns what [AmoSync()] returned, for
#'   all runs.
#' @section Conditions:
#' `amocrm_error_input` if there is no such table.
#' @examples
#' auth <- AmoSandbox(access = "token", notes = 0)
#' copy <- file.path(tempdir(), "amocrm-read")
#' AmoSync(auth, copy, tables = "leads")
#' head(AmoRead(copy, "leads"))
#' AmoSyncLog(copy)
#' @export
AmoRead <- function(to, table, prefix = "") {
  rows <- copy_reader(to, prefix)$read(check_text(table, "table"))
  if (is.null(rows)) {
    abort_input("table", gettextf("the copy has no table \"%s\"", table))
  }
  rows
}

#' @rdname AmoRead
#' @export
AmoSyncLog <- function(to, prefix = "") copy_reader(to, prefix)$log()

#' What reads a copy, without taking it from others
#' @return list of functions `read(table)`, NULL for an unknown one, and `log()`
#' @noRd
copy_reader <- function(to, prefix) {
  if (inherits(to, "DBIConnection")) {
    check_connection(to)
    db <- list(conn = to, prefix = check_prefix(prefix))
    create_own_tables(db)
    return(list(read = function(table) dbi_read(db, table), log = function() dbi_log(db)))
  }
  folder_reader(to)
}
