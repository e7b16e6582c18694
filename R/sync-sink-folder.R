# A copy in a folder of Parquet files. The crate amocrm-store keeps it: what changes
# waits on the disk, and a commit is one step over all tables of a stream, however the
# run ends.
#
# Each account has a store of its own in the folder, locked until the run closes it.

folder_sink <- function(to, deleted) {
  copy <- list(
    folder = folder_path(to), deleted = deleted, stores = new.env(parent = emptyenv()),
    # What is staged: see begin_stream().
    now = new.env(parent = emptyenv())
  )
  begin_stream(copy)
  list(
    state = function(account) folder_state(copy, account),
    stage = function(table, key, rows, is_new = FALSE) folder_stage(copy, table, rows, is_new),
    keep = function(account, stream, begun) folder_keep(copy, stream, begun),
    begun = function(account, stream) folder_begun(copy, stream),
    forget_begun = function(account, stream) folder_forget_begun(copy, stream),
    commit = function(account, stream, change) folder_commit(copy, account, stream, change),
    note = function(log) store_call(rust_store_log(copy$now$store, log)),
    dead = function(table, key, account) folder_dead(copy, table, key, account),
    keys = function(table, key, account) folder_keys(copy, table, key, account),
    read = function(table) folder_rows(copy$folder, table),
    # What is staged of a table waits for its own commit, and goes when the run ends.
    forget = function() begin_stream(copy),
    # The system knows by itself whether the owner of a lock lives.
    beat = function() NULL,
    close = function() {
      for (store in as.list(copy$stores)) store_call(rust_store_close(store))
    }
  )
}

folder_reader <- function(to) {
  folder <- folder_path(to)
  list(
    read = function(table) folder_rows(folder, table),
    tables = function() store_call(rust_folder_tables(folder))$names,
    begun = function() {
      files <- list.files(file.path(folder, "_amocrm"), "^aside[.]json$", recursive = TRUE)
      unique(basename(dirname(files)))
    },
    log = function() folder_log(folder)
  )
}

folder_path <- function(to) {
  if (!is_one_text(to) || !nzchar(to)) {
    abort_input("to", gettextf("`to` must be a folder or a DBI connection, not %s",
                               shown_value(to)))
  }
  rust_path(to)
}

#' The answer of Rust, or its error as a condition
#' @noRd
store_call <- function(answer) {
  if (!is.null(answer$error)) abort_from_rust(answer$error)
  answer
}

# --- Accounts -------------------------------------------------------------------

folder_state_columns <- list(stream = "", cursor_at = 0, swept_at = 0, zone = "")

#' Takes an account's copy for this run, or says who has it
#' @noRd
folder_state <- function(copy, account) {
  name <- sprintf("%.0f", account)
  if (is.null(copy$stores[[name]])) {
    owner <- sprintf("%s, process %d", Sys.info()[["nodename"]], Sys.getpid())
    opened <- store_call(rust_store_open(copy$folder, account, enc2utf8(owner)))
    if (!is.null(opened$locked)) abort_locked(opened$locked)
    copy$stores[[name]] <- opened$store
  }
  copy$now$store <- copy$stores[[name]]
  copy$now$account <- account
  copy$now$aside <- list()
  read_state(copy$now$store)
}

read_state <- function(store) {
  as.data.frame(store_call(rust_store_state(store, folder_state_columns))$rows)
}

#' The state with a stream's part replaced
#' @noRd
new_state <- function(store, stream, state) {
  old <- read_state(store)
  new <- data.frame(
    stream = stream, cursor_at = state$cursor, swept_at = state$swept, zone = state$zone
  )
  rbind(old[old$stream != stream, ], new)
}

# --- Staging --------------------------------------------------------------------

begin_stream <- function(copy) {
  copy$now$names <- list()
  copy$now$ids <- NULL
}

#' Keeps rows of a table until commit(). Linked tables follow their main one
#'
#' In a first read a row comes again only if it was read by the run before as well. What has
#' changed in it is read with all other changes since.
#' @noRd
folder_stage <- function(copy, table, rows, is_new) {
  now <- copy$now
  rows <- merge_cases(rows, known_names(copy, table))
  now$names[[table]] <- union(now$names[[table]], names(rows))
  spec <- store_table(table)
  if (is_new) {
    return(store_call(rust_store_upsert(now$store, spec, rows)))
  }
  if (table %in% names(sync_streams())) {
    now$ids <- rows["id"[!is.null(rows$id)]]
    # A row whose time of creation was changed moves to another month.
    if (!is.null(spec$month)) store_call(rust_store_delete(now$store, spec, rows[spec$key]))
  } else {
    # A row that has no linked rows any more loses those that it had.
    store_call(rust_store_delete(now$store, spec, now$ids))
  }
  store_call(rust_store_upsert(now$store, spec, rows))
}

#' The names of a table's columns in the copy, and those that are staged
#' @noRd
known_names <- function(copy, table) {
  now <- copy$now
  unique(c(folder_columns(copy, table, now$account), now$aside[[table]], now$names[[table]]))
}

#' What the store has to know of a table
#'
#' Long lists have a file for each month of creation. Rows of linked tables have the id
#' of the row that they belong to.
#' @noRd
store_table <- function(table) {
  stream <- sync_streams()[[table]]
  list(
    name = table, key = if (is.null(stream)) "id" else stream$key, many = is.null(stream),
    month = if (isTRUE(stream$grows)) "created_at"
  )
}

# --- First reads ----------------------------------------------------------------

folder_keep <- function(copy, stream, begun) {
  note <- sprintf("%.6f\n%s", begun$began, begun$places)
  store_call(rust_store_put_aside(copy$now$store, stream_tables(copy, stream), note))
}

folder_begun <- function(copy, stream) {
  aside <- store_call(rust_store_aside(copy$now$store, stream))
  if (is.null(aside$note)) {
    return(NULL)
  }
  copy$now$aside[names(aside$columns)] <- aside$columns
  list(began = as.double(sub("\n.*", "", aside$note)), places = sub("^[^\n]*\n", "", aside$note))
}

folder_forget_begun <- function(copy, stream) {
  store_call(rust_store_forget_aside(copy$now$store, stream))
  copy$now$aside <- list()
  NULL
}

# --- Commit ---------------------------------------------------------------------

folder_commit <- function(copy, account, stream, change) {
  now <- copy$now
  tables <- stream_tables(copy, stream)
  delete_gone(copy, stream, tables, change$gone)
  state <- new_state(now$store, stream, change$state)
  changes <- store_call(rust_store_commit(now$store, tables, state))
  counts <- vapply(changes[c("inserted", "updated", "deleted")], `[[`, 0, match(stream, tables))
  log <- with_counts(change$log, counts, stats::setNames(changes$gained, tables))
  store_call(rust_store_log(now$store, log))
  begin_stream(copy)
  log
}

#' The tables of a stream, its own first
#' @noRd
stream_tables <- function(copy, stream) {
  staged <- c(names(copy$now$names), names(copy$now$aside))
  known <- union(staged, store_call(rust_folder_tables(copy$folder))$names)
  linked <- setdiff(grep(paste0("^", stream, "_"), known, value = TRUE), names(sync_streams()))
  c(stream, linked)
}

#' Marks or removes rows, and those of linked tables that belong to them
#' @noRd
delete_gone <- function(copy, stream, tables, gone) {
  if (is.null(gone) || nrow(gone) == 0) {
    return(invisible())
  }
  store <- copy$now$store
  if (is.null(gone$id)) tables <- stream
  for (table in lapply(tables, store_table)) {
    if (copy$deleted == "remove") {
      store_call(rust_store_delete(store, table, gone[table$key]))
    } else {
      for (rows in split(gone, as.double(gone$deleted_at))) {
        at <- as.double(rows$deleted_at[[1]])
        store_call(rust_store_mark(store, table, rows[table$key], at))
      }
    }
  }
}

# --- Reading --------------------------------------------------------------------

#' A table, NULL if there is none
#' @noRd
folder_rows <- function(folder, table, account = NULL, columns = NULL) {
  store_call(rust_folder_read(folder, table, account, columns))$rows
}

folder_columns <- function(copy, table, account) {
  store_call(rust_folder_columns(copy$folder, table, account))$names
}

folder_log <- function(folder) {
  log <- as.data.frame(store_call(rust_folder_log(folder, sync_log_columns))$rows)
  log$started <- .POSIXct(log$started, tz = "UTC")
  log <- log[order(log$started), ]
  rownames(log) <- NULL
  log
}

#' The keys of the rows that are not deleted
#' @noRd
folder_keys <- function(copy, table, key, account) {
  known <- folder_columns(copy, table, account)
  if (is.null(known)) {
    return(NULL)
  }
  rows <- folder_rows(copy$folder, table, account, c(key, intersect("deleted_at", known)))
  if (!is.null(rows$deleted_at)) rows <- rows[is.na(rows$deleted_at), ]
  rows[key]
}

#' The keys of rows that are marked as deleted, with the time
#' @noRd
folder_dead <- function(copy, table, key, account) {
  columns <- c(key, "deleted_at")
  if (!all(columns %in% folder_columns(copy, table, account))) {
    return(NULL)
  }
  rows <- folder_rows(copy$folder, table, account, columns)
  rows[!is.na(rows$deleted_at), ]
}
