# Columns of tables in a database: new ones are added, and types become wider.

#' The type of a column as a copy knows it: `whole` are doubles without fractions
#' @noRd
type_of <- function(column) {
  if (inherits(column, "POSIXct")) {
    "POSIXct"
  } else if (is.double(column) && all(whole(column) | is.na(column))) {
    "whole"
  } else {
    typeof(column)
  }
}

known_types <- function(db, table) {
  known <- dbi_query(db, "SELECT column_name, type FROM %s WHERE table_name = %s ORDER BY place",
                     own(db, "columns"), sql_value(db, table))
  stats::setNames(as.character(known$type), known$column_name)
}

#' Makes a table fit for rows: new columns are added, types widen, none is dropped
#' @noRd
fit_table <- function(db, table, types) {
  known <- known_types(db, table)
  if (length(known) == 0) {
    create_table(db, table, types)
    keep_types(db, table, types, 0)
    index_table(db, table, types)
    return(types)
  }
  new <- types[setdiff(names(types), names(known))]
  for (name in names(new)) {
    dbi_run(db, "ALTER TABLE %s ADD COLUMN %s %s", target(db, table), sql_name(db, name),
            sql_types(db, new[[name]]))
  }
  keep_types(db, table, new, length(known))
  shared <- intersect(names(types), names(known))
  wider <- mapply(wider_type, known[shared], types[shared])
  for (name in shared[wider != known[shared]]) {
    widen_column(db, table, name, known[[name]], wider[[name]])
  }
  known[shared] <- wider
  c(known, new)
}

types_of_tables <- function(db, tables) {
  lapply(stats::setNames(nm = tables), function(table) known_types(db, table))
}

#' The names of columns that are new in a table that was there, or of a wider type
#' @noRd
gained_columns <- function(before, after) {
  Map(function(old, new) {
    names(new)[length(old) > 0 & !names(new) %in% names(old)[old == new[names(old)]]]
  }, before, after[names(before)])
}

keep_types <- function(db, table, types, after) {
  for (at in seq_along(types)) {
    insert_own(db, "columns", list(table, names(types)[[at]], types[[at]], after + at))
  }
}

#' The type that has the values of both
#' @noRd
wider_type <- function(x, y) {
  if (x == y) {
    return(x)
  }
  numbers <- c("integer", "whole", "double")
  both <- match(c(x, y), numbers)
  if (anyNA(both)) "character" else numbers[max(both)]
}

widen_column <- function(db, table, name, from, to) {
  old <- sql_name(db, name)
  new <- sql_name(db, paste0(name, "_wider"))
  types <- sql_types(db, c(from, to))
  if (types[[1]] != types[[2]]) {
    value <- sql_cast(db, old, to)
    if (from == "double") value <- whole_as_text(db, old, value)
    dbi_run(db, "ALTER TABLE %s ADD COLUMN %s %s", target(db, table), new, types[[2]])
    dbi_run(db, "UPDATE %s SET %s = %s", target(db, table), new, value)
    dbi_run(db, "ALTER TABLE %s DROP COLUMN %s", target(db, table), old)
    dbi_run(db, "ALTER TABLE %s RENAME COLUMN %s TO %s", target(db, table), new, old)
  }
  dbi_run(db, "UPDATE %s SET type = %s WHERE table_name = %s AND column_name = %s",
          own(db, "columns"), sql_value(db, to), sql_value(db, table), sql_value(db, name))
}

#' 5 as "5", not as "5.0"
#' @noRd
whole_as_text <- function(db, column, value) {
  whole <- sql_cast(db, column, "whole")
  sprintf("CASE WHEN %s = %s THEN %s ELSE %s END", column, whole,
          sql_cast(db, whole, "character"), value)
}

index_table <- function(db, table, types) {
  # MariaDB has no index on texts of any length.
  if (is_mariadb(db)) types <- types[unlist(types) != "character"]
  keys <- intersect(c("account_id", "id", "talk_id", "pipeline_id"), names(types))
  dbi_run(db, "CREATE INDEX %s ON %s (%s)", sql_name(db, paste0(db$prefix, table, "_key")),
          target(db, table), sql_names(db, keys))
}
