#' What the columns of the tables mean
#'
#' The tables themselves are plain data.frames without labels: this function
#' explains them, in English and in Russian.
#'
#' @param table name of a table, such as `"notes"`, `"leads"` or
#'   `"linked_tags"`, or several of them; `NULL` for all.
#'
#' @return A data.frame with a row for each column that is always there and the
#'   columns `table`, `column`, `type` (class in R), `meaning`, `meaning_ru`
#'   (all character). Servers may send more columns.
#'
#' @section Conditions:
#' `amocrm_error_input` for a table that there is not; the message lists them.
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
