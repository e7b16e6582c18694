# First reads into a database that are killed and go on.

part_name <- function(table) paste0("amocrm_part_", table)
is_part <- function(tables) startsWith(tables, part_name(""))

dbi_keep <- function(db, account, stream, begun) {
  tables <- ls(db$staged)
  fit <- function() fit_tables(db, tables, part_name(tables))
  dbi_change(db, fit, function(types) {
    replace_rows(db, account, stream, tables, types, part_name)
    forget_places(db, account, stream)
    insert_own(db, "parts", list(account, stream, begun$began, begun$places))
  })
  drop_staged(db)
}

dbi_begun <- function(db, account, stream) {
  found <- dbi_query(db, "SELECT began_at, places FROM %s WHERE %s", own(db, "parts"),
                     of_stream(db, account, stream))
  if (nrow(found) > 0) list(began = found$began_at[[1]], places = found$places[[1]])
}

dbi_forget_begun <- function(db, account, stream) {
  dbi_transaction(db, function() {
    for (table in part_tables(db, stream)) {
      dbi_run(db, "DELETE FROM %s WHERE account_id = %s", target(db, table),
              sql_value(db, account))
    }
    forget_places(db, account, stream)
  })
  NULL
}

forget_places <- function(db, account, stream) {
  dbi_run(db, "DELETE FROM %s WHERE %s", own(db, "parts"), of_stream(db, account, stream))
}

of_stream <- function(db, account, stream) {
  sprintf("account_id = %s AND stream = %s", sql_value(db, account), sql_value(db, stream))
}

#' The tables that parts of a stream are kept in, by the tables of the copy
#' @noRd
part_tables <- function(db, stream) {
  known <- all_tables(db)
  tables <- of_this_stream(substring(known[is_part(known)], nchar(part_name("")) + 1), stream)
  stats::setNames(part_name(tables), tables)
}

#' Moves the parts of an account into the tables of the copy
#' @return how many rows of the main table
#' @noRd
move_parts <- function(db, account, parts, types) {
  moved <- vapply(names(parts), function(table) {
    from <- known_types(db, parts[[table]])
    columns <- names(from)
    to <- types[[table]][columns]
    values <- cast(db, columns, to)
    fractions <- from == "double" & to == "character"
    names <- vapply(columns[fractions], sql_name, "", db = db)
    values[fractions] <- whole_as_text(db, names, values[fractions])
    here <- target(db, parts[[table]])
    count <- dbi_run(
      db, "INSERT INTO %s (%s) SELECT %s FROM %s WHERE account_id = %s", target(db, table),
      sql_names(db, columns), paste(values, collapse = ", "), here, sql_value(db, account)
    )
    dbi_run(db, "DELETE FROM %s WHERE account_id = %s", here, sql_value(db, account))
    count
  }, 0)
  moved[[1]]
}

#' Drops tables of parts that no account needs any more
#' @noRd
drop_parts <- function(db, parts) {
  for (table in parts) {
    if (dbi_query(db, "SELECT COUNT(*) AS n FROM %s", target(db, table))$n == 0) {
      dbi_run(db, "DROP TABLE %s", target(db, table))
      dbi_run(db, "DELETE FROM %s WHERE table_name = %s", own(db, "columns"),
              sql_value(db, table))
    }
  }
}
