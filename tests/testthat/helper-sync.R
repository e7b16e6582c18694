# Copies that AmoSync() keeps while an account changes, beside what the functions read.

# What reads a table, and what linked tables it gives besides.
sync_reads <- list(
  leads = function(auth) AmoLeads(auth, limit = 250),
  contacts = function(auth) AmoContacts(auth, limit = 250),
  companies = function(auth) AmoCompanies(auth, limit = 250),
  customers = function(auth) AmoCustomers(auth, limit = 250),
  tasks = function(auth) list(AmoTasks(auth, limit = 250)),
  events = function(auth) list(AmoEvents(auth)),
  transactions = function(auth) list(AmoCustomersTransactions(auth)),
  talks = function(auth) list(AmoTalks(auth)),
  incoming_leads = function(auth) list(AmoIncomingLeads(auth)),
  catalog_elements = function(auth) AmoCatalogElements(auth, AmoCatalogs(auth)$id)
)

#' The living rows of a table of a copy, as texts in an order of their own
#' @param account one of several, NULL for all
copy_texts <- function(to, table, columns, account = NULL) {
  rows <- tryCatch(AmoRead(to, table), amocrm_error_input = function(error) NULL)
  if (is.null(rows)) {
    return(character())
  }
  if (!is.null(rows$deleted_at)) rows <- rows[is.na(rows$deleted_at), ]
  if (!is.null(account)) rows <- rows[rows$account_id == account, ]
  row_keys(rows[intersect(columns, names(rows))])
}

row_keys <- function(rows) sort(do.call(paste, c(lapply(rows, column_text, zone = ""), sep = "|")))

#' Expects a copy to have what the functions give
expect_true_copy <- function(auth, to, tables = names(sync_reads), account = NULL) {
  for (table in tables) {
    whole <- sync_reads[[table]](auth)
    for (at in seq_along(whole)) {
      name <- if (at == 1) table else copy_names(table, names(whole)[[at]])
      # AmoSync() has the account's id in front of every table.
      columns <- setdiff(names(whole[[at]]), "account_id")
      expect_identical(
        copy_texts(to, name, columns, account), row_keys(whole[[at]][columns]), info = name
      )
    }
  }
}

#' Expects that no living row is missing in a copy. Rows that vanished without a word
#' stay in it until a sweep
expect_nothing_lost <- function(auth, to, tables) {
  for (table in intersect(c("leads", "contacts", "companies", "customers", "tasks"), tables)) {
    ids <- sync_reads[[table]](auth)[[1]]$id
    rows <- AmoRead(to, table)
    expect_identical(setdiff(ids, rows$id[is.na(rows$deleted_at)]), ids[0], info = table)
  }
}

#' Runs of AmoSync() with random changes between them, drawn from a seed. The last one
#' sweeps
expect_true_schedule <- function(seed, to, tables = names(sync_reads)) {
  withr::local_options(amocrm.zero_rows = "silent")
  withr::local_seed(seed)
  auth <- AmoSandbox(
    access = "token", v2 = FALSE, now = Sys.time(), leads = 300, contacts = 100,
    tasks = 80, seed = seed,
    notes = c(lead = 100, contact = 200)
  )
  for (run in 1:4) {
    log <- AmoSync(auth, to, tables = tables, sweep = if (run == 4) 0 else 7)
    expect_false(any(log$mode %in% c("failed", "skipped")))
    expect_nothing_lost(auth, to, tables)
    if (run < 4) AmoSandboxChange(auth, n = sample(c(3, 5, 50), 1), seed = seed * 10 + run)
  }
  expect_true_copy(auth, to, tables)
}

# A name that a script may well have, and a system might not take.
new_folder <- function(env = parent.frame()) {
  file.path(withr::local_tempdir(.local_envir = env), "\u043a\u043e\u043f\u0438\u044f amo")
}

new_database <- function(env = parent.frame()) {
  skip_if_not_installed("RSQLite")
  conn <- DBI::dbConnect(RSQLite::SQLite(), ":memory:")
  withr::defer(DBI::dbDisconnect(conn), envir = env)
  conn
}

#' Rows in an order that only their cells decide
sorted <- function(rows) {
  rows <- rows[do.call(order, unname(lapply(rows, column_text, zone = ""))), , drop = FALSE]
  rownames(rows) <- NULL
  rows
}

#' Runs code with the package in a process of its own until it ends
#' @param limit commands of the shell before it
run_process <- function(code, limit = "") {
  script <- withr::local_tempfile(fileext = ".R")
  writeLines(c(sprintf(".libPaths(%s)", paste(deparse(.libPaths()), collapse = "")), code), script)
  env <- c("R_TESTS=", "_R_CHECK_PACKAGE_NAME_=")
  program <- file.path(R.home("bin"), "Rscript")
  if (nzchar(limit)) {
    command <- sprintf("%s exec %s --vanilla %s", limit, shQuote(program), shQuote(script))
    return(suppressWarnings(system2("bash", c("-c", shQuote(command)), env = env, stdout = TRUE,
                                    stderr = TRUE)))
  }
  suppressWarnings(system2(program, c("--vanilla", shQuote(script)), env = env, stdout = TRUE,
                           stderr = TRUE))
}

# Of today: the state of a copy has the time of this computer.
sandbox_to_copy <- function(...) {
  AmoSandbox(access = "token", v2 = FALSE, notes = 40, now = Sys.time(), ...)
}

#' New copies of both kinds: `open()` gives the argument `to`, `close()` ends its use
new_copies <- function(env = parent.frame()) {
  file <- withr::local_tempfile(.local_envir = env)
  copies <- list(folder = list(file = file, open = function() file, close = function(to) NULL))
  if (requireNamespace("RSQLite", quietly = TRUE)) {
    database <- paste0(file, ".sqlite")
    copies$database <- list(
      file = database, open = function() DBI::dbConnect(RSQLite::SQLite(), database),
      close = DBI::dbDisconnect
    )
  }
  copies
}

use_copy <- function(copy, use) {
  to <- copy$open()
  on.exit(copy$close(to))
  use(to)
}

# The drivers of PostgreSQL that R has, with the function that each calls its own.
postgres_drivers <- c(RPostgres = "Postgres", RPostgreSQL = "PostgreSQL")

#' Connects to the server that tools/postgres.sh has started
open_postgres <- function(driver, database) {
  connect <- getExportedValue(driver, postgres_drivers[[driver]])
  DBI::dbConnect(connect(), host = Sys.getenv("AMOCRM_TEST_POSTGRES"), port = 5432,
                 user = "postgres", dbname = database)
}

#' A new database of PostgreSQL, as one of new_copies(), or a skipped test
new_postgres <- function(driver, env = parent.frame()) {
  skip_if(!nzchar(Sys.getenv("AMOCRM_TEST_POSTGRES")), "needs tools/postgres.sh")
  skip_if_not_installed(driver)
  database <- basename(tempfile("copy"))
  run <- function(sql) {
    conn <- open_postgres(driver, "postgres")
    on.exit(DBI::dbDisconnect(conn))
    DBI::dbExecute(conn, sprintf(sql, database))
  }
  run("CREATE DATABASE %s")
  withr::defer(run("DROP DATABASE %s WITH (FORCE)"), envir = env)
  list(open = function() open_postgres(driver, database), close = DBI::dbDisconnect)
}

#' Calls `code` with batches of so many rows
with_batches_of <- function(rows, code) {
  usual <- batch_rows
  utils::assignInNamespace("batch_rows", rows, "amocrm")
  on.exit(utils::assignInNamespace("batch_rows", usual, "amocrm"))
  code
}

#' Runs AmoSync() in a process that dies when it has kept the rows of n batches. On a slow
#' computer fewer batches have more rows
kill_after_batch <- function(n, auth, copy, tables) {
  child <- parallel::mcparallel({
    step <- if (is.character(copy$open())) "folder_keep" else "dbi_keep"
    keep <- get(step, asNamespace("amocrm"))
    dies <- function(...) {
      keep(...)
      places <- unlist(lapply(list(...), function(value) if (is.list(value)) value$places))
      rows <- regmatches(places, gregexpr("(?<=\"rows\":)[0-9]+", places, perl = TRUE))
      if (sum(as.numeric(unlist(rows))) >= 300 * n) tools::pskill(Sys.getpid(), 9)
    }
    utils::assignInNamespace(step, dies, "amocrm")
    # Batches are taken when they are there.
    utils::assignInNamespace("poll_interval", 2L, "amocrm")
    with_batches_of(300, use_copy(copy, function(to) AmoSync(auth, to, tables = tables)))
  })
  suppressWarnings(expect_null(parallel::mccollect(child)[[1]]))
}
