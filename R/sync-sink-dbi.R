# A copy in a database, through DBI alone: SQLite, DuckDB, PostgreSQL, MariaDB.
#
# Rows wait in temporary tables until all of a stream have come. One transaction then
# deletes the rows that they replace, inserts them, and keeps the state. So a run
# that is killed leaves the copy of the last finished stream. Rows of a first read that
# takes long are kept in tables of their own, `amocrm_part_leads` for `leads`, until all of
# them have come.
#
# Types of columns are kept in a table of their own, since SQLite knows neither
# times nor logicals. It gets times as text in UTC, "2026-11-28 09:30:00", which its
# date functions read.

dbi_sink <- function(conn, deleted, prefix) {
  db <- list(conn = conn, prefix = prefix, staged = new.env(parent = emptyenv()))
  lock <- open_database({
    create_own_tables(db)
    dbi_lock(db)
  })
  list(
    state = function(account) {
      dbi_query(db, "SELECT * FROM %s WHERE account_id = %s", own(db, "state"),
                sql_value(db, account))
    },
    stage = function(table, key, rows, is_new = FALSE) {
      check_own(db, table)
      dbi_stage(db, table, key, rows)
    },
    keep = function(account, stream, begun) dbi_keep(db, account, stream, begun),
    begun = function(account, stream) dbi_begun(db, account, stream),
    forget_begun = function(account, stream) dbi_forget_begun(db, account, stream),
    commit = function(account, stream, change) dbi_commit(db, account, stream, change, deleted),
    dead = function(table, key, account) dbi_dead(db, table, key, account),
    keys = function(table, key, account) dbi_keys(db, table, key, account),
    read = function(table) dbi_read(db, table),
    log = function() dbi_log(db),
    forget = function() try(drop_staged(db), silent = TRUE),
    beat = lock$beat,
    # A connection that broke lets go of both by itself.
    close = function() {
      try(drop_staged(db), silent = TRUE)
      try(lock$release(), silent = TRUE)
    }
  )
}

#' Reads a copy, which need not be there: nothing is written
#' @noRd
dbi_reader <- function(db) {
  if_there <- function(name, value, none) {
    if (has_table(db, paste0("amocrm_", name))) value else none
  }
  list(
    read = function(table) {
      is_there <- if_there("state", table %in% finished_tables(db), FALSE)
      if (is_there) dbi_read(db, table)
    },
    tables = function() if_there("state", finished_tables(db), character()),
    begun = function() {
      streams <- function() dbi_query(db, "SELECT DISTINCT stream FROM %s", own(db, "parts"))
      if_there("parts", streams()$stream, NULL)
    },
    log = function() if_there("log", dbi_log(db), as.data.frame(lapply(sync_log_columns, `[`, 0)))
  )
}

#' Opens a copy, or says why the database does not let it be opened
#' @noRd
open_database <- function(code) {
  tryCatch(code, error = function(error) {
    if (inherits(error, "amocrm_error")) stop(error)
    abort("system", gettextf("can't use the copy: %s", first_line(error)),
          database_advice(conditionMessage(error)))
  })
}

#' What the user can do, or NULL
#' @noRd
database_advice <- function(text) {
  says <- function(pattern) grepl(pattern, text, ignore.case = TRUE)
  if (says("transaction")) {
    gettext("End the connection's transaction with DBI::dbCommit() or DBI::dbRollback() first.")
  } else if (says("read.?only|permission|denied")) {
    gettext("The copy needs the right to create tables in this database and to write them.")
  } else if (says("locked|busy")) {
    gettext("Another program is writing to the database: try again when it has ended.")
  }
}

# --- SQL ------------------------------------------------------------------------

sql_name <- function(db, name) as.character(DBI::dbQuoteIdentifier(db$conn, name))

sql_names <- function(db, names) paste(vapply(names, sql_name, "", db = db), collapse = ", ")

sql_value <- function(db, value) {
  if (is.na(value)) {
    "NULL"
  } else if (is.character(value)) {
    as.character(DBI::dbQuoteString(db$conn, enc2utf8(value)))
  } else {
    # Ids are doubles, which format() would round.
    sprintf("%.15g", value)
  }
}

#' The quoted name of a table of the copy, and of one of the package's own
#' @noRd
target <- function(db, table) sql_name(db, paste0(db$prefix, table))
own <- function(db, table) target(db, paste0("amocrm_", table))

dbi_run <- function(db, sql, ...) DBI::dbExecute(db$conn, sprintf(sql, ...))

dbi_query <- function(db, sql, ...) DBI::dbGetQuery(db$conn, sprintf(sql, ...))

#' Calls `code` as one transaction
#' @noRd
dbi_transaction <- function(db, code) {
  DBI::dbBegin(db$conn)
  done <- FALSE
  # A connection that broke has rolled back by itself.
  on.exit(if (!done) try(DBI::dbRollback(db$conn), silent = TRUE))
  value <- code()
  DBI::dbCommit(db$conn)
  done <- TRUE
  value
}

#' Makes tables fit by `fit()`, and writes into them by `write()` with what that gives
#'
#' A run that is killed must not leave a column half changed. MariaDB alone ends a
#' transaction when a table is altered.
#' @noRd
dbi_change <- function(db, fit, write) {
  if (is_mariadb(db)) {
    types <- fit()
    dbi_transaction(db, function() write(types))
  } else {
    dbi_transaction(db, function() write(fit()))
  }
}

# --- The package's own tables ---------------------------------------------------

own_tables <- list(
  state = c(account_id = "double", stream = "character", cursor_at = "double",
            swept_at = "double", zone = "character"),
  columns = c(table_name = "character", column_name = "character", type = "character",
              place = "integer"),
  parts = c(account_id = "double", stream = "character", began_at = "double",
            places = "character"),
  log = sub("whole", "double", vapply(sync_log_columns, type_of, "")),
  lock = c(owner = "character", beat_at = "double")
)

create_own_tables <- function(db) {
  for (name in names(own_tables)) {
    table <- paste0("amocrm_", name)
    if (!has_table(db, table)) {
      create_table(db, table, own_tables[[name]])
    } else if (!all(names(own_tables[[name]]) %in% table_columns(db, table))) {
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

# --- Columns of the copy --------------------------------------------------------

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

# --- Staging --------------------------------------------------------------------

staging <- function(db, table) sql_name(db, staging_name(db, table))
staging_name <- function(db, table) paste0(db$prefix, "amocrm_new_", table)

#' Keeps rows in a temporary table, all as text: a later batch may widen a column
#' @noRd
dbi_stage <- function(db, table, key, rows) {
  staged <- db$staged[[table]]
  known <- c(known_types(db, table), known_types(db, part_name(table)))
  rows <- merge_cases(rows, unique(c(names(known), names(staged$types))))
  types <- vapply(rows, type_of, "")
  new <- setdiff(names(types), names(staged$types))
  columns <- vapply(new, sql_name, "", db = db)
  if (is.null(staged)) {
    columns <- paste(columns, sql_types(db, "character"), collapse = ", ")
    dbi_run(db, "CREATE TEMPORARY TABLE %s (%s)", staging(db, table), columns)
  } else {
    for (column in columns) {
      dbi_run(db, "ALTER TABLE %s ADD COLUMN %s %s", staging(db, table), column,
              sql_types(db, "character"))
    }
  }
  shared <- setdiff(names(types), new)
  types[shared] <- mapply(wider_type, staged$types[shared], types[shared])
  earlier <- staged$types[setdiff(names(staged$types), names(types))]
  db$staged[[table]] <- list(key = key, types = c(earlier, types))
  if (nrow(rows) > 0) {
    rows[] <- lapply(rows, column_text, zone = text_zone(db))
    DBI::dbWriteTable(db$conn, staging_name(db, table), rows, append = TRUE, row.names = FALSE)
  }
}

#' The zone of times that wait as texts, where the database keeps it
#' @noRd
text_zone <- function(db) if (is_sqlite(db) || is_mariadb(db)) "" else "+00"

#' Values as a text that SQL's CAST() reads
#' @noRd
column_text <- function(column, zone) {
  text <- if (inherits(column, "POSIXct")) {
    # paste0() would make a text of no times.
    sprintf("%s%s", format(column, "%Y-%m-%d %H:%M:%S", tz = "UTC"), zone)
  } else if (is.logical(column)) {
    as.character(as.integer(column))
  } else if (is.double(column)) {
    exact_text(column)
  } else {
    as.character(column)
  }
  text[is.na(column)] <- NA
  text
}

#' Doubles in as few digits as give the same number again, without an exponent for
#' whole ones
#' @noRd
exact_text <- function(numbers) {
  text <- sprintf("%.15g", numbers)
  whole <- which(numbers == trunc(numbers) & abs(numbers) < 1e15)
  text[whole] <- sprintf("%.0f", numbers[whole])
  rough <- which(is.finite(numbers) & suppressWarnings(as.numeric(text)) != numbers)
  text[rough] <- sprintf("%.17g", numbers[rough])
  text
}

drop_staged <- function(db) {
  for (table in ls(db$staged)) dbi_run(db, "DROP TABLE IF EXISTS %s", staging(db, table))
  rm(list = ls(db$staged), envir = db$staged)
}

# --- First reads ----------------------------------------------------------------

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

# --- Commit ---------------------------------------------------------------------

dbi_commit <- function(db, account, stream, change, deleted) {
  begun <- dbi_begun(db, account, stream)
  if (!is.null(begun)) {
    dbi_keep(db, account, stream, begun)
    return(dbi_commit_parts(db, account, stream, change, deleted))
  }
  tables <- ls(db$staged)
  counts <- dbi_change(db, function() fit_tables(db, tables, tables), function(types) {
    counts <- replace_rows(db, account, stream, tables, types)
    finish_stream(db, account, stream, change, deleted, counts)
  })
  drop_staged(db)
  counts
}

#' What a commit does when the rows are in their tables
#' @noRd
finish_stream <- function(db, account, stream, change, deleted, counts) {
  counts <- c(counts, deleted = delete_rows(db, account, stream, change$gone, deleted))
  keep_state(db, account, stream, change$state)
  keep_log(db, with_counts(change$log, counts))
  counts
}

#' The commit of a first read that was kept in parts
#' @noRd
dbi_commit_parts <- function(db, account, stream, change, deleted) {
  parts <- part_tables(db, stream)
  parts <- parts[order(names(parts) != stream)]
  fit <- function() {
    Map(function(table, part) fit_table(db, table, known_types(db, part)), names(parts), parts)
  }
  counts <- dbi_change(db, fit, function(types) {
    counts <- c(inserted = move_parts(db, account, parts, types), updated = 0)
    forget_places(db, account, stream)
    finish_stream(db, account, stream, change, deleted, counts)
  })
  drop_staged(db)
  drop_parts(db, parts)
  counts
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
  values <- cast_values(db, vapply(row, column_text, "", zone = text_zone(db)), own_tables[[table]])
  dbi_run(db, "INSERT INTO %s VALUES (%s)", own(db, table), values)
}

cast_values <- function(db, texts, types) {
  quoted <- vapply(texts, sql_value, "", db = db)
  paste(sql_cast(db, quoted, types), collapse = ", ")
}

keep_log <- function(db, log) {
  insert_own(db, "log", log)
}

# --- Reading --------------------------------------------------------------------

dbi_tables <- function(db) Filter(Negate(is_part), all_tables(db))

#' The tables that a run has finished
#' @noRd
finished_tables <- function(db) {
  streams <- dbi_query(db, "SELECT DISTINCT stream FROM %s", own(db, "state"))$stream
  unique(unlist(lapply(streams, of_this_stream, tables = dbi_tables(db))))
}

all_tables <- function(db) {
  dbi_query(db, "SELECT DISTINCT table_name FROM %s", own(db, "columns"))$table_name
}

dbi_read <- function(db, table) {
  types <- known_types(db, table)
  if (length(types) == 0) {
    return(NULL)
  }
  zones <- dbi_query(db, "SELECT DISTINCT zone FROM %s", own(db, "state"))$zone
  zone <- if (length(zones) == 1 && !is.na(zones)) zones else "UTC"
  restore(dbi_query(db, "SELECT %s FROM %s", sql_names(db, names(types)), target(db, table)),
          types, zone)
}

#' Columns as the types of R that they had
#' @noRd
restore <- function(rows, types, zone) {
  rows[] <- Map(function(column, type) {
    switch(type,
      integer = as_integers(column),
      whole = , double = as_doubles(column),
      logical = as.logical(column),
      POSIXct = structure(as_times(column), tzone = zone),
      as.character(column)
    )
  }, rows, types)
  rows
}

#' 64-bit integers and numbers as doubles
#' @noRd
as_doubles <- function(column) {
  if (inherits(column, "integer64")) integer64_numbers(column) else as.double(column)
}

as_integers <- function(column) {
  numbers <- as_doubles(column)
  if (all(abs(numbers) <= .Machine$integer.max, na.rm = TRUE)) as.integer(numbers) else numbers
}

as_times <- function(column) {
  if (inherits(column, "POSIXct")) {
    return(.POSIXct(as.double(column)))
  }
  as.POSIXct(as.character(column), tz = "UTC", format = "%Y-%m-%d %H:%M:%S")
}

dbi_log <- function(db) {
  restore(dbi_query(db, "SELECT * FROM %s", own(db, "log")), own_tables$log, "UTC")
}

#' The keys of the rows that are not deleted
#' @noRd
dbi_keys <- function(db, table, key, account) {
  types <- known_types(db, table)
  if (length(types) == 0) {
    return(NULL)
  }
  there <- if ("deleted_at" %in% names(types)) "AND deleted_at IS NULL" else ""
  rows <- dbi_query(db, "SELECT %s FROM %s WHERE account_id = %s %s", sql_names(db, key),
                    target(db, table), sql_value(db, account), there)
  restore(rows, types[key], "UTC")
}

#' The keys of rows that are marked as deleted, with the time
#' @noRd
dbi_dead <- function(db, table, key, account) {
  types <- known_types(db, table)
  columns <- c(key, "deleted_at")
  if (!all(columns %in% names(types))) {
    return(NULL)
  }
  rows <- dbi_query(
    db, "SELECT %s FROM %s WHERE account_id = %s AND deleted_at IS NOT NULL",
    sql_names(db, columns), target(db, table), sql_value(db, account)
  )
  restore(rows, types[names(rows)], "UTC")
}

# --- One run at a time ----------------------------------------------------------

# Seconds without a sign of life after which a run counts as dead.
lock_patience <- 600

#' Takes the copy for this run, or says who has it
#' @noRd
dbi_lock <- function(db) {
  me <- sprintf("%s, process %d", Sys.info()[["nodename"]], Sys.getpid())
  now <- function() as.double(Sys.time())
  dbi_transaction(db, function() {
    held <- dbi_query(db, "SELECT * FROM %s", own(db, "lock"))
    alive <- held$beat_at > now() - lock_patience & !vapply(held$owner, is_dead, NA)
    if (any(alive)) abort_locked(held$owner[alive][[1]])
    dbi_run(db, "DELETE FROM %s", own(db, "lock"))
    insert_own(db, "lock", list(me, now()))
  })
  mine <- sql_value(db, me)
  list(
    beat = function() {
      dbi_run(db, "UPDATE %s SET beat_at = %s WHERE owner = %s", own(db, "lock"),
              sql_value(db, now()), mine)
    },
    release = function() dbi_run(db, "DELETE FROM %s WHERE owner = %s", own(db, "lock"), mine)
  )
}

#' Whether a run is known to have ended: its process on this computer is gone, or is
#' this one
#' @noRd
is_dead <- function(owner) {
  here <- paste0(Sys.info()[["nodename"]], ", process ")
  if (!startsWith(owner, here)) {
    return(FALSE)
  }
  process <- as.integer(sub(here, "", owner, fixed = TRUE))
  # Signal 0 asks whether a process exists; Windows has no such signal.
  process == Sys.getpid() || (.Platform$OS.type == "unix" && !tools::pskill(process, 0))
}

abort_locked <- function(owner) {
  abort("system", gettextf("another AmoSync() is at this copy: %s", owner))
}
