#' Tables and log of a copy that AmoSync() keeps
#'
#' @param to the folder or DBI connection that [AmoSync()] was given.
#' @param table name of a table, such as `"leads"` or `"leads_tags"`; without one the
#'   error names all.
#' @param prefix as for [AmoSync()].
#'
#' @return `AmoRead()` returns the table as a data.frame with the types that its
#'   function gives. Times are in the account's time zone, or in UTC if there are
#'   accounts in several zones. `AmoSyncLog()` returns what [AmoSync()] returned, for
#'   all runs; accounts that could not be reached at all are not in it.
#'
#' A table whose first read has not come to its end is not there yet. The next
#' [AmoSync()] goes on with it.
#' @section Conditions:
#' `amocrm_error_input` if there is no such table.
#' @examples
#' auth <- AmoSandbox(access = "token", notes = 0)
#' copy <- file.path(tempdir(), "amocrm-read")
#' AmoSync(auth, copy, tables = "leads")
#' head(AmoRead(copy, "leads"))
#' AmoSyncLog(copy)
#' @export
AmoRead <- function(to, table = NULL, prefix = "") {
  copy <- copy_reader(if (!missing(to)) to, prefix)
  rows <- if (is_one_text(table)) copy$read(table)
  if (is.null(rows)) abort_no_table(table, copy)
  rows
}

#' @param copy by copy_reader()
#' @noRd
abort_no_table <- function(table, copy) {
  there <- copy$tables()
  begun <- copy$begun()
  abort_input("table", join(
    if (length(there) + length(begun) == 0) {
      no_copy_text(copy)
    } else {
      gettextf("the copy has no table %s.", shown_value(table))
    },
    if (length(begun) > 0) {
      gettextf("Not read to the end yet are %s: AmoSync() goes on with them.", quoted(begun))
    },
    if (length(there) > 0) gettextf("There are %s; AmoSync() adds others", quoted(there))
  ))
}

no_copy_text <- function(copy) {
  gettextf("there is no copy by AmoSync() in %s", copy$place)
}

quoted <- function(names) paste0('"', sort(names), '"', collapse = ", ")

#' @rdname AmoRead
#' @export
AmoSyncLog <- function(to, prefix = "") {
  copy <- copy_reader(if (!missing(to)) to, prefix)
  log <- copy$log()
  # A first run that has not read a table to its end has no log yet.
  if (nrow(log) == 0 && length(copy$begun()) == 0) abort_input("to", no_copy_text(copy))
  log
}

#' What reads a copy, without taking it from others
#' @return list of functions `read(table)`, NULL for an unknown one, `tables()`, their
#'   names, `begun()`, those of streams that are not read to the end, and `log()`; and of
#'   `place`, a text that says where it is
#' @noRd
copy_reader <- function(to, prefix) {
  if (inherits(to, "DBIConnection")) {
    check_connection(to)
    db <- list(conn = to, prefix = check_prefix(prefix))
    place <- gettextf("this database with the `prefix` \"%s\"", prefix)
    return(c(dbi_reader(db), place = place))
  }
  c(folder_reader(to), place = encodeString(to, quote = "\""))
}
