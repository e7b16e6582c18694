#' What the columns of the tables mean
#'
#' Describes the columns of all tables, in English and in Russian.
#'
#' @param table name of a table, such as `"notes"`, `"leads"` or
#'   `"linked_tags"`, or several of them; `NULL` for all.
#'
#' @return A data.frame with a row for each column that is always present, and the
#'   columns `table`, `column`, `type` (class in R), `meaning`, `meaning_ru`
#'   (all character). The server can send more columns.
#'
#' @section Conditions:
#' `amocrm_error_input` for an unknown table; the message lists the known ones.
#' @examples
#' AmoColumns("notes")
#' unique(AmoColumns()$table)
#' @export
AmoColumns <- function(table = NULL) {
  file <- system.file("columns.csv", package = "amocrm")
  columns <- utils::read.csv(file, encoding = "UTF-8", colClasses = "character")
  names(columns)[4:5] <- c("meaning", "meaning_ru")
  if (is.null(table)) {
    return(columns)
  }
  table <- check_choices(table, unique(columns$table), "table")
  columns <- columns[columns$table %in% table, ]
  rownames(columns) <- NULL
  columns
}
