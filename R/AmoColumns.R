#' What the columns of the tables mean
#'
#' Describes the columns of all tables, in English and in Russian.
#'
#' @param table name of a table, such as `"notes"`, `"leads"` or
#'   `"linked_tags"`, or several of them; `NULL` for all.
#'
#' @param typed `TRUE`: the types that [AmoNotes()], [AmoCustomersTransactions()] and
#'   [AmoIncomingLeads()] give with `typed = TRUE`.
#'
#' @return A data.frame with a row for each column that is always present, and the
#'   columns `table`, `column`, `type` (class in R), `meaning`, `meaning_ru`
#'   (all character). The server can send more columns. With `typed = TRUE` also those
#'   that only some notes or incoming leads have, if their type is not character.
#'
#' @section Conditions:
#' `amocrm_error_input` for an unknown table; the message lists the known ones.
#' @examples
#' AmoColumns("notes")
#' AmoColumns("notes", typed = TRUE)[1:3]
#' unique(AmoColumns()$table)
#' @export
AmoColumns <- function(table = NULL, typed = FALSE) {
  file <- system.file("columns.csv", package = "amocrm")
  columns <- utils::read.csv(file, encoding = "UTF-8", colClasses = "character")
  names(columns)[4:5] <- c("meaning", "meaning_ru")
  # Other columns have the same type in any case.
  if (check_flag(typed, "typed")) columns$type <- first_filled(columns$typed, columns$type)
  columns <- columns[nzchar(columns$type), names(columns) != "typed"]
  if (!is.null(table)) {
    table <- check_choices(table, unique(columns$table), "table")
    columns <- columns[columns$table %in% table, ]
  }
  rownames(columns) <- NULL
  columns
}

first_filled <- function(x, y) ifelse(nzchar(x), x, y)
