#' A copy of an account that stays true
#'
#' Copies the tables of an account into a folder or a database, and brings the copy
#' up to date at each further call. The first call reads everything. Later calls read
#' what has changed since, where amoCRM tells it, and write only that. The guide is
#' `vignette("sync")`, in Russian `vignette("sync-ru")`.
#'
#' @section What is read:
#' Leads, contacts, companies, customers, notes, tasks and events are asked for by the
#' time of their last change. The `lookback` seconds before the last run are read
#' again, since amoCRM's lists may be late. The other lists are short: they are read
#' whole and compared. Those that administrators set up, and the elements of catalogs,
#' seldom change: they are read with sweeps, and when `tables` names them.
#'
#' The clock of this computer may differ from amoCRM's by less than `lookback` seconds.
#'
#' Deleted rows are learnt from events or, without the right to read these, from the
#' list of deleted records. If the events fail, so do the tables that need them. Neither
#' tells of everything: records that were merged into others vanish without a word. So all
#' rows are read every `sweep` days, and those that are missing count as deleted.
#'
#' amoCRM does not count everything as a change of a record. What it works out from other
#' records, such as `closest_task_at`, `main_contact`, the sums of customers, and links
#' that were made at the other end, may be out of date until the record itself changes,
#' or until the next sweep.
#'
#' @section The copy:
#' A table is as its function returns it, and begins with `account_id`. What belongs to
#' leads and so on has tables of its own, such as `leads_tags`, `leads_contacts`,
#' `leads_custom_fields` and `leads_catalog_elements`, which has the quantities of
#' products. Tags, groups of custom fields, custom fields and their choices
#' (`custom_fields_enum`) are one table for all kinds of records, which `entity_type`
#' tells apart. With `deleted = "mark"` all tables end with `deleted_at`. Rows
#' that are not deleted are those where it is empty; `is_deleted` of leads is what
#' amoCRM said when the row was last read.
#'
#' Columns whose names differ by case only, such as `params_TEXT` and `params_text`, are
#' one column, since many databases do not distinguish them. New columns are added, and
#' a column becomes wider (from whole numbers to fractions, from these to text) when
#' values need it. Nothing is dropped.
#'
#' Each table is written in one step together with what the next run needs to know, so
#' a run that is killed leaves the copy of the tables that it had finished. Two runs on
#' one copy can't be in progress at once: the second raises an error that names the
#' first. Only a folder takes runs of different accounts at the same time.
#'
#' A first read of a long list keeps what it has read, beside the tables of the copy. When it
#' is killed or fails, the next run goes on there, with leads, contacts, companies, notes,
#' tasks and events, and then reads what has changed since the first one began: the log has
#' a row for each of both. Nobody sees the table before it is whole. With `from`, and over
#' API v2, a first read begins anew.
#'
#' A folder has Parquet files, which DuckDB, Spark, ClickHouse and Python read as they
#' are: for leads and other long lists one for each month of creation,
#' `leads/account=<id>/month=<year>-<month>/data.parquet`, for the others
#' `users/account=<id>/data.parquet`. Whole numbers are of 64 bits, times in UTC. Queries are
#' in `system.file("engines", package = "amocrm")`. What `_amocrm` has is for the next run.
#'
#' A database is used through DBI. In SQLite, times are text in UTC, such as
#' `2026-11-28 09:30:00`, which its functions for times read:
#' `strftime('%Y-%m', created_at, '+3 hours')` is the month in Moscow. [AmoRead()] gives
#' times as POSIXct.
#'
#' @param auth an `auth_list` from [AmoAuthList()], or a list of several: each account
#'   has its own rows in the same tables.
#' @param to where the copy is: a folder (a string is always one), a DBI connection such
#'   as `DBI::dbConnect(RSQLite::SQLite(), "crm.sqlite")`, or a
#'   `function(table, rows)` that is called with the name of a table and a data.frame.
#'   With a function nothing is known of earlier runs, so each one reads everything,
#'   or what has changed since `from`.
#' @param tables names of tables, of `"leads"`, `"contacts"`, `"companies"`,
#'   `"customers"`, `"notes"`, `"tasks"`, `"events"`, `"transactions"`, `"talks"`,
#'   `"incoming_leads"`, `"users"`, `"pipelines"`, `"loss_reasons"`, and those that are
#'   read with sweeps: `"groups"`, `"roles"`, `"task_types"`, `"tags"`, `"custom_fields"`,
#'   `"custom_fields_enum"`, `"field_groups"`, `"catalogs"`, `"catalog_elements"`,
#'   `"sources"`, `"segments"`, `"customer_statuses"`; `NULL` for all. Tables that the
#'   token has no right to, or that the account does not have, are skipped with a message.
#' @param from a time, as for [AmoEvents()]. The first run then reads only what has
#'   changed since. Runs with `from` are no sweeps.
#' @param lookback seconds before the last run that are read again.
#' @param deleted `"mark"` sets `deleted_at` in deleted rows, `"remove"` removes them.
#' @param sweep days after which everything is read again: `0` at each run, `Inf` never.
#' @param prefix beginning of the names of all tables in a database.
#'
#' @return Invisibly a data.frame with one row per table: `started`, `account_id`,
#'   `table`, `mode`, `requests`, rows `read`, `inserted`, `updated` and `deleted`,
#'   `seconds`, `columns` and `error`. `columns` names those that are new in a table that
#'   was there, or of a wider type. It is printed unless `options(amocrm.quiet = TRUE)`. Modes
#'   are `"full"`: everything was read; `"since"`: what has changed since `from`;
#'   `"increment"`: what has changed since the last run; `"whole"`: read and compared;
#'   `"unchanged"`; `"skipped"`; `"failed"`. The requests that tell of deletions are among
#'   those of the first table. With `tables = NULL`, tables that wait for the next sweep
#'   have no row.
#' @section Conditions:
#' See [amocrm-package]. If some tables fail, the others are brought up to date first;
#' then an error of class `amocrm_error_sync` names them, and its field `log` has what
#' would have been returned. The tables that failed are as before the run.
#' @seealso [AmoRead()] and [AmoSyncLog()] read the copy.
#' @examples
#' auth <- AmoSandbox(access = "token", notes = 200)
#' copy <- file.path(tempdir(), "amocrm-data")
#' AmoSync(auth, copy, tables = c("leads", "users"))
#'
#' # The next night
#' changed <- AmoSandboxChange(auth, n = 20)
#' changed <- AmoSandboxChange(auth, "trash", "lead")
#' AmoSync(auth, copy, tables = c("leads", "users"))
#'
#' leads <- AmoRead(copy, "leads")
#' subset(leads, !is.na(deleted_at), c("id", "name", "deleted_at"))
#' AmoSyncLog(copy)$mode
#'
#' # A database, if RSQLite is installed
#' if (requireNamespace("RSQLite", quietly = TRUE)) {
#'   db <- DBI::dbConnect(RSQLite::SQLite(), ":memory:")
#'   AmoSync(auth, db, tables = "leads")
#'   print(DBI::dbGetQuery(db, "SELECT status_id, COUNT(*) FROM leads GROUP BY 1"))
#'   DBI::dbDisconnect(db)
#' }
#' @export
AmoSync <- function(auth, to = "amocrm-data", tables = NULL, from = NULL, lookback = 3600,
                    deleted = "mark", sweep = 7, prefix = "") {
  accounts <- sync_accounts(if (!missing(auth)) auth)
  run <- list(
    streams = chosen_streams(tables),
    is_all = is.null(tables),
    from = check_time(from, "from"),
    lookback = check_number(lookback, "lookback"),
    deleted = check_choice(deleted, c("mark", "remove"), "deleted"),
    sweep = check_sweep(sweep),
    prefix = check_prefix(prefix)
  )
  sink <- open_sink(to, run$deleted, run$prefix)
  on.exit(sink$close())
  visits <- lapply(seq_along(accounts), function(at) visit_account(accounts, at, sink, run))
  log <- do.call(rbind, visits)
  rownames(log) <- NULL
  hidden <- c("started", "error", if (all(is.na(log$columns))) "columns")
  if (!is_quiet()) print(log[setdiff(names(log), hidden)], row.names = FALSE)
  abort_failed(log)
  invisible(log)
}

#' One auth_list, or several
#' @noRd
sync_accounts <- function(auth) {
  is_one <- inherits(auth, "amocrm_auth_list") || any(names(auth) %in% credential_pieces)
  if (!is.list(auth) || length(auth) == 0) {
    abort_input("auth", sync_auth_text())
  }
  if (is_one) auth <- list(auth)
  # Before the first account is read.
  for (one in auth) {
    if (!is.list(one)) abort_input("auth", sync_auth_text())
    check_auth_list(one)
  }
  auth
}

#' One account of several must not keep the others from being read
#' @noRd
visit_account <- function(accounts, at, sink, run) {
  started <- Sys.time()
  tryCatch(sync_account(accounts[[at]], sink, run),
    amocrm_error = function(error) {
      if (length(accounts) == 1) stop(error)
      name <- names(accounts)[at]
      if (is.null(name) || name %in% c("", NA)) name <- gettextf("account %d", at)
      log_row(list(account = NA_real_), name, started, "failed", first_line(error))
    }
  )
}

sync_auth_text <- function() {
  gettext("`auth` must be a list created by AmoAuthList(), or a list of several")
}

chosen_streams <- function(tables) {
  streams <- sync_streams()
  if (is.null(tables)) streams else streams[check_choices(tables, names(streams), "tables")]
}

check_sweep <- function(sweep) {
  if (!is.numeric(sweep) || length(sweep) != 1 || is.na(sweep) || sweep < 0) {
    abort_input("sweep", gettextf(
      "`sweep` must be a number of days, 0 or Inf, not %s", shown_value(sweep)
    ))
  }
  sweep
}

check_prefix <- function(prefix) {
  if (!is_one_text(prefix)) abort_input("prefix", gettext("`prefix` must be a single string"))
  prefix
}

#' An error at the end if tables have failed: a scheduled script must not pass
#' @noRd
abort_failed <- function(log) {
  failed <- log[!is.na(log$error) & log$mode == "failed", ]
  if (nrow(failed) == 0) {
    return(invisible())
  }
  abort("sync", paste(c(
    gettextf("these tables of the copy are as before: %s", toString(unique(failed$table))),
    unique(failed$error)
  ), collapse = "\n"), fields = list(log = log))
}
