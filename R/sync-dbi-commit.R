# One stream of a database, brought up to date in one transaction.

dbi_commit <- function(db, account, stream, change, deleted) {
  begun <- dbi_begun(db, account, stream)
  if (!is.null(begun)) {
    dbi_keep(db, account, stream, begun)
    return(dbi_commit_parts(db, account, stream, change, deleted))
  }
  tables <- ls(db$staged)
  before <- types_of_tables(db, tables)
  log <- dbi_change(db, function() fit_tables(db, tables, tables), function(types) {
    counts <- replace_rows(db, account, stream, tables, types)
    finish_stream(db, account, stream, change, deleted, counts, gained_columns(before, types))
  })
  drop_staged(db)
  log
}

#' What a commit does when the rows are in their tables
#' @noRd
finish_stream <- function(db, account, stream, change, deleted, counts, gained) {
  counts <- c(counts, deleted = delete_rows(db, account, stream, change$gone, deleted))
  keep_state(db, account, stream, change$state)
  log <- with_counts(change$log, counts, gained)
  insert_own(db, "log", log)
  log
}

#' The commit of a first read that was kept in parts
#' @noRd
dbi_commit_parts <- function(db, account, stream, change, deleted) {
  parts <- part_tables(db, stream)
  parts <- parts[order(names(parts) != stream)]
  fit <- function() {
    Map(function(table, part) fit_table(db, table, known_types(db, part)), names(parts), parts)
  }
  before <- types_of_tables(db, names(parts))
  log <- dbi_change(db, fit, function(types) {
    counts <- c(inserted = move_parts(db, account, parts, types), updated = 0)
    forget_places(db, account, stream)
    finish_stream(db, account, stream, change, deleted, counts, gained_columns(before, types))
  })
  drop_staged(db)
  drop_parts(db, parts)
  log
}

#' Makes tables fit for what is staged, `into` by the names of the staged ones
#' @noRd
fit_tables <- function(db, tables, into) {
  stats::setNames(
    Map(function(table, name) fit_table(db, name, db$staged[[table]]$types), tables, into),
    tables
  )
}

#' Staged rows take the place of those with their keys
#' @param place gives the name of the table that a staged one belongs to
#' @noRd
replace_rows <- function(db, account, stream, tables, types, place = identity) {
  counts <- c(inserted = 0, updated = 0)
  if (!stream %in% tables) {
    return(counts)
  }
  main <- staging(db, stream)
  # Rows of linked tables belong to a row of the main one, by its id.
  for (table in tables) {
    key <- if (table == stream) db$staged[[table]]$key else "id"
    here <- target(db, place(table))
    found <- dbi_run(
      db, "DELETE FROM %s WHERE account_id = %s AND %s", here, sql_value(db, account),
      has_staged_key(db, key, types[[table]], main)
    )
    columns <- names(db$staged[[table]]$types)
    written <- dbi_run(
      db, "INSERT INTO %s (%s) SELECT %s FROM %s", here, sql_names(db, columns),
      paste(cast(db, columns, types[[table]][columns]), collapse = ", "), staging(db, table)
    )
    if (table == stream) counts <- c(inserted = written - found, updated = found)
  }
  counts
}

#' The columns of a staged table with the types of the copy
#' @noRd
cast <- function(db, columns, types) {
  sql_cast(db, vapply(columns, sql_name, "", db = db), types)
}

#' Whether a row of the copy has the key of a staged one
#'
#' Parts of a key may be empty, and nothing is equal to NULL: so there is a condition for
#' each choice of parts that are. Each looks the key up in a list that the database makes
#' once, whatever the number of rows.
#' @noRd
has_staged_key <- function(db, key, types, staged) {
  choices <- if (length(key) == 1) list(TRUE) else nonempty_choices(key)
  conditions <- vapply(choices, function(filled) {
    columns <- vapply(key, sql_name, "", db = db)
    values <- sql_cast(db, columns[filled], types[key[filled]])
    empty <- sprintf("%s IS NULL", columns[!filled])
    where <- if (length(empty) > 0) paste(" WHERE", paste(empty, collapse = " AND "))
    ours <- paste(columns[filled], collapse = ", ")
    if (sum(filled) > 1) ours <- paste0("(", ours, ")")
    found <- sprintf("%s IN (SELECT %s FROM %s%s)", ours, paste(values, collapse = ", "), staged,
                     paste(where, collapse = ""))
    paste(c(found, empty), collapse = " AND ")
  }, "")
  paste0("(", paste(conditions, collapse = " OR "), ")")
}

#' The choices of parts of a key that are not empty
#' @noRd
nonempty_choices <- function(key) {
  grid <- expand.grid(rep(list(c(TRUE, FALSE)), length(key)))
  Filter(any, lapply(seq_len(nrow(grid)), function(at) unlist(grid[at, ], use.names = FALSE)))
}

#' Whether a row of the copy has the key of a staged one, `s`; a part may be empty
#' @noRd
same_key <- function(db, table, key, types) {
  columns <- vapply(key, sql_name, "", db = db)
  staged <- sql_cast(db, paste0("s.", columns), types[key])
  ours <- paste0(table, ".", columns)
  same <- paste(ours, "=", staged)
  if (length(key) > 1) same <- sprintf("(%s OR (%s IS NULL AND s.%s IS NULL))", same, ours, columns)
  paste(same, collapse = " AND ")
}

#' Marks or removes rows, and those of linked tables that belong to them
#'
#' @param gone data.frame of the key and deleted_at
#' @return how many rows of the main table
#' @noRd
delete_rows <- function(db, account, stream, gone, deleted) {
  if (is.null(gone) || nrow(gone) == 0) {
    return(0)
  }
  key <- setdiff(names(gone), "deleted_at")
  dbi_stage(db, "gone", key, gone)
  counts <- vapply(copy_tables(db, stream), function(table) {
    key <- if (table == stream) key else "id"
    types <- known_types(db, table)
    here <- target(db, table)
    same <- same_key(db, here, key, types)
    rows <- paste("account_id =", sql_value(db, account), "AND",
                  has_staged_key(db, key, types, staging(db, "gone")))
    if (deleted == "remove") {
      return(dbi_run(db, "DELETE FROM %s WHERE %s", here, rows))
    }
    at <- sprintf("(SELECT MAX(%s) FROM %s AS s WHERE %s)",
                  sql_cast(db, "s.deleted_at", "POSIXct"), staging(db, "gone"), same)
    dbi_run(db, "UPDATE %s SET deleted_at = %s WHERE deleted_at IS NULL AND %s", here, at, rows)
  }, 0)
  counts[[stream]]
}

#' The tables of a stream in the copy: its own, and `<stream>_...`
#' @noRd
copy_tables <- function(db, stream) {
  stats::setNames(nm = of_this_stream(dbi_tables(db), stream))
}

#' Of tables those of a stream
#' @noRd
of_this_stream <- function(tables, stream) {
  linked <- grep(paste0("^", stream, "_"), tables, value = TRUE)
  intersect(c(stream, setdiff(linked, names(sync_streams()))), tables)
}

keep_state <- function(db, account, stream, state) {
  dbi_run(db, "DELETE FROM %s WHERE %s", own(db, "state"), of_stream(db, account, stream))
  insert_own(db, "state", list(account, stream, state$cursor, state$swept, state$zone))
}

#' Writes a row into a table of the package's own
#' @noRd
insert_own <- function(db, table, row) {
  texts <- vapply(row, column_text, "", zone = text_zone(db))
  values <- cast_values(db, texts, own_tables()[[table]])
  dbi_run(db, "INSERT INTO %s VALUES (%s)", own(db, table), values)
}

cast_values <- function(db, texts, types) {
  quoted <- vapply(texts, sql_value, "", db = db)
  paste(sql_cast(db, quoted, types), collapse = ", ")
}
