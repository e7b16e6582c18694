# Copies in databases, and what both kinds of copies have in common.

test_that("a copy stays true while the account changes", {
  for (seed in 1:3) expect_true_schedule(seed, new_database())
})

test_that("a run that finds nothing new asks once for each list that tells what changed", {
  auth <- sandbox_to_copy(leads = 600)
  copy <- new_database()
  tables <- c("leads", "contacts", "companies")
  first <- AmoSync(auth, copy, tables = tables)
  expect_identical(first$mode, rep("full", 3))
  expect_equal(first$inserted[[1]], 600)
  again <- AmoSync(auth, copy, tables = tables)
  expect_identical(again$mode, rep("unchanged", 3))
  expect_equal(again$requests[-1], c(1, 1))
  expect_identical(AmoSyncLog(copy)$mode, c(first$mode, again$mode))
})

test_that("changes take no more requests than their pages, and two", {
  auth <- sandbox_to_copy(leads = 900)
  for (copy in new_copies()) {
    use_copy(copy, function(to) {
      AmoSync(auth, to, tables = "leads")
      AmoSandboxChange(auth, "update", id = AmoRead(to, "leads")$id[1:600])
      requests <- function() {
        paths <- sandbox_requests(auth)$path
        vapply(c("/api/v4/account", "/api/v4/leads"), function(path) sum(paths == path), 0L)
      }
      before <- requests()
      log <- AmoSync(auth, to, tables = "leads", lookback = 0)
      expect_identical(log$mode, "increment")
      expect_equal(log$updated, 600)
      made <- requests() - before
      expect_lte(made[["/api/v4/account"]], 2)
      expect_lte(made[["/api/v4/leads"]], ceiling(600 / 250) + 2)
    })
  }
})

test_that("everything is read again after the days of a sweep, or never", {
  auth <- sandbox_to_copy()
  copy <- new_database()
  AmoSync(auth, copy, tables = "leads")
  age <- function(days) {
    swept <- as.double(Sys.time()) - days * 86400
    DBI::dbExecute(copy, "UPDATE amocrm_state SET swept_at = ?", list(swept))
  }
  mode_of <- function(...) AmoSync(auth, copy, tables = "leads", ...)$mode
  age(6.9)
  expect_identical(mode_of(), "unchanged")
  age(400)
  expect_identical(mode_of(sweep = Inf), "unchanged")
  expect_identical(mode_of(), "full")
  expect_identical(mode_of(), "unchanged")
})

test_that("deleted rows are marked or removed, with what belongs to them", {
  for (deleted in c("mark", "remove")) {
    auth <- sandbox_to_copy()
    copy <- new_database()
    AmoSync(auth, copy, tables = "leads", deleted = deleted)
    id <- AmoRead(copy, "leads_tags")$id[[1]]
    AmoSandboxChange(auth, "trash", id = id)
    log <- AmoSync(auth, copy, tables = "leads", deleted = deleted)
    expect_equal(log$deleted, 1)
    for (table in c("leads", "leads_tags")) {
      rows <- AmoRead(copy, table)
      if (deleted == "mark") {
        expect_setequal(rows$id[!is.na(rows$deleted_at)], id)
      } else {
        expect_false(id %in% rows$id)
      }
    }
    AmoSandboxChange(auth, "restore", id = id)
    AmoSync(auth, copy, tables = "leads", deleted = deleted)
    rows <- AmoRead(copy, "leads")
    expect_identical(sum(rows$id == id), 1L)
    expect_true(all(is.na(rows$deleted_at[rows$id == id])))
  }
})

test_that("rows that vanish without a word are found by a sweep", {
  auth <- sandbox_to_copy()
  copy <- new_database()
  AmoSync(auth, copy, tables = "contacts")
  id <- AmoRead(copy, "contacts")$id[1:2]
  AmoSandboxChange(auth, "merge", "contact", id = id)
  log <- AmoSync(auth, copy, tables = "contacts", sweep = 0)
  expect_identical(log$mode, "full")
  rows <- AmoRead(copy, "contacts")
  expect_identical(rows$id[!is.na(rows$deleted_at)], id[[2]])
})

test_that("tables come back with their types", {
  auth <- sandbox_to_copy()
  copy <- new_database()
  AmoSync(auth, copy, tables = c("leads", "users"))
  leads <- AmoLeads(auth)$leads
  ours <- AmoRead(copy, "leads")
  expect_identical(ours$account_id, leads$account_id)
  same <- setdiff(names(leads), "account_id")
  expect_identical(lapply(ours[same], class), lapply(leads[same], class))
  expect_identical(ours$created_at, leads$created_at)
  expect_error(AmoRead(copy, "deals"), "\"users\"", class = "amocrm_error_input")
  expect_error(AmoRead(copy), "\"leads\"", class = "amocrm_error_input")
  expect_error(AmoRead(new_database(), "leads"), "AmoSync", class = "amocrm_error_input")
})

test_that("columns are added and widen, and names that differ by case are one column", {
  conn <- new_database()
  sink <- dbi_sink(conn, "mark", "")
  state <- list(cursor = 1, swept = 1, zone = "UTC")
  log <- log_row(list(account = 1), "leads", Sys.time(), "full")
  write <- function(...) {
    sink$stage("leads", "id", data.frame(account_id = 1, ...))
    sink$commit(1, "leads", list(state = state, log = log))
  }
  write(id = 1:2, sale = 1:2, text = c("a", NA))
  write(id = 2:3, sale = c(2.5, 1e10), TEXT = c("b", "c"), new = TRUE)
  write(id = 4e9, sale = "free")
  expect_identical(AmoSyncLog(conn)$columns,
                   c(NA, "leads.sale, leads.new", "leads.id, leads.sale"))
  expect_identical(sink$read("leads"), data.frame(
    account_id = 1, id = c(1, 2, 3, 4e9), sale = c("1", "2.5", "10000000000", "free"),
    text = c("a", "b", "c", NA), new = c(NA, TRUE, TRUE, NA)
  ))
})

test_that("no values are no texts", {
  for (none in list(.POSIXct(double()), double(), character(), logical())) {
    expect_identical(column_text(none, zone = "+00"), character())
  }
})

test_that("rows whose key has empty parts are replaced and deleted as others are", {
  sink <- dbi_sink(new_database(), "remove", "")
  key <- c("element_type", "id", "event_id")
  write <- function(text, gone = NULL) {
    sink$stage("notes", key, data.frame(
      account_id = 1, element_type = c(1, 1, 2), id = c(5, NA, 5), event_id = c(NA, "a", "a"),
      text = text
    ))
    log <- sink$commit(1, "notes", list(
      gone = gone, state = list(cursor = 1, swept = 1, zone = "UTC"),
      log = log_row(list(account = 1), "notes", Sys.time(), "full")
    ))
    unlist(log[c("inserted", "updated", "deleted")])
  }
  expect_equal(write("old"), c(inserted = 3, updated = 0, deleted = 0))
  gone <- data.frame(element_type = 1, id = NA_real_, event_id = "a", deleted_at = Sys.time())
  expect_equal(write("new", gone), c(inserted = 0, updated = 3, deleted = 1))
  notes <- sink$read("notes")
  expect_identical(notes$text, c("new", "new"))
  expect_equal(notes$id, c(5, 5))
})

test_that("a second run at a copy is told who has it", {
  conn <- new_database()
  sink <- dbi_sink(conn, "mark", "")
  owner <- "another, process 1"
  DBI::dbExecute(conn, "UPDATE amocrm_lock SET owner = ?", list(owner))
  expect_error(AmoSync(sandbox_to_copy(), conn), owner, class = "amocrm_error_system")
  DBI::dbExecute(conn, "UPDATE amocrm_lock SET beat_at = 0")
  expect_identical(AmoSync(sandbox_to_copy(), conn, tables = "users")$mode, "whole")
})

test_that("a table that fails stays as it was, and the others are brought up to date", {
  broken <- list(list(path = "/api/v4/contacts?", status = 402, nth = c(3, Inf)))
  auth <- sandbox_to_copy(faults = broken)
  copy <- new_database()
  AmoSync(auth, copy, tables = c("contacts", "leads"), sweep = 0)
  before <- AmoRead(copy, "contacts")
  AmoSandboxChange(auth, "update", id = AmoRead(copy, "leads")$id[[1]])
  log <- AmoSync(auth, copy, tables = c("contacts", "leads"))
  expect_identical(log$mode, c("skipped", "increment"))
  expect_identical(AmoRead(copy, "contacts"), before)
})

test_that("customers that can't be read today stay in the copy", {
  copy <- new_database()
  tables <- c("customers", "transactions")
  AmoSync(sandbox_to_copy(), copy, tables = tables)
  before <- lapply(tables, AmoRead, to = copy)
  refused <- list(list(path = "/api/v4/customers", status = 402, nth = c(1, Inf)))
  log <- AmoSync(sandbox_to_copy(faults = refused), copy, tables = tables, sweep = 0)
  expect_identical(log$mode, c("skipped", "skipped"))
  expect_identical(lapply(tables, AmoRead, to = copy), before)
})

test_that("without events deletions are learnt from the trash", {
  refused <- list(list(path = "/api/v4/events", status = 402, nth = c(1, Inf)))
  auth <- sandbox_to_copy(faults = refused)
  copy <- new_database()
  AmoSync(auth, copy, tables = "leads")
  id <- AmoRead(copy, "leads")$id[[1]]
  AmoSandboxChange(auth, "trash", id = id)
  expect_equal(AmoSync(auth, copy, tables = "leads")$deleted, 1)
})

test_that("an account that fails does not keep others from being read", {
  refused <- list(list(path = "/api/v4/account", status = 404, nth = c(1, Inf)))
  accounts <- list(sandbox_to_copy(faults = refused), sandbox_to_copy())
  copy <- new_database()
  error <- expect_error(AmoSync(accounts, copy, tables = "users"), class = "amocrm_error_sync")
  expect_identical(error$log$mode, c("failed", "whole"))
  expect_gt(nrow(AmoRead(copy, "users")), 0)
})

test_that("a first moment is one of the account's zone, and no sweep", {
  auth <- sandbox_to_copy(timezone = "Asia/Omsk")
  times <- sort(AmoLeads(auth)$leads$updated_at, decreasing = TRUE)
  from <- format(times[[10]], "%Y-%m-%d %H:%M:%S", tz = "Asia/Omsk")
  copy <- new_database()
  first <- AmoSync(auth, copy, tables = "leads", from = from)
  expect_identical(first$mode, "since")
  expect_equal(first$read, sum(times >= times[[10]]))
  expect_identical(AmoSync(auth, copy, tables = "leads")$mode, "full")
  expect_identical(nrow(AmoRead(copy, "leads")), length(times))
})

test_that("rows that were marked go when deleted rows are removed", {
  auth <- sandbox_to_copy()
  copy <- new_database()
  AmoSync(auth, copy, tables = "leads")
  AmoSandboxChange(auth, "trash", id = AmoRead(copy, "leads")$id[[1]])
  AmoSync(auth, copy, tables = "leads")
  AmoSync(auth, copy, tables = "leads", deleted = "remove", sweep = 0)
  expect_setequal(AmoRead(copy, "leads")$id, AmoLeads(auth)$leads$id)
})

test_that("a table of the same name that is not of the copy stays, others are copied", {
  conn <- new_database()
  DBI::dbWriteTable(conn, "leads", data.frame(mine = 1))
  error <- expect_error(
    AmoSync(sandbox_to_copy(), conn, tables = c("leads", "users")), class = "amocrm_error_sync"
  )
  expect_identical(error$log$mode, c("failed", "whole"))
  expect_identical(DBI::dbReadTable(conn, "leads"), data.frame(mine = 1))
})

test_that("a function gets the rows, and what was deleted", {
  auth <- sandbox_to_copy()
  got <- list()
  keep <- function(table, rows) got[[table]] <<- rbind(got[[table]], rows)
  log <- AmoSync(auth, keep, tables = c("leads", "users"))
  expect_identical(log$inserted, log$read)
  expect_identical(got$leads$id, AmoLeads(auth)$leads$id)
  expect_identical(got$users$name, AmoUsers(auth)$name)
})

test_that("arguments that can't be right are told before anything is read", {
  skip_if_not_installed("RSQLite")
  auth <- sandbox_to_copy()
  expect_wrong <- function(argument, ...) {
    error <- expect_error(AmoSync(...), class = "amocrm_error_input")
    expect_identical(error$argument, argument)
  }
  expect_wrong("auth", NULL)
  expect_wrong("to", auth, 5)
  expect_wrong("tables", auth, tempfile(), tables = "deals")
  expect_wrong("from", auth, tempfile(), from = "soon")
  expect_wrong("lookback", auth, tempfile(), lookback = "x")
  expect_wrong("to", auth, "crm.sqlite")
  closed <- DBI::dbConnect(RSQLite::SQLite(), ":memory:")
  DBI::dbDisconnect(closed)
  expect_wrong("to", auth, closed)
  expect_wrong("deleted", auth, tempfile(), deleted = "no")
  expect_wrong("deleted", auth, tempfile(), deleted = NULL)
  expect_wrong("sweep", auth, tempfile(), sweep = -1)
  expect_wrong("prefix", auth, tempfile(), prefix = NA)
})

test_that("MariaDB casts to the names that it knows, and gets times without a zone", {
  db <- list(conn = structure(list(), class = "MariaDBConnection"))
  types <- c("whole", "double", "character", "POSIXct")
  expect_identical(sql_cast(db, "x", types), unname(sprintf(
    "CAST(x AS %s)", c("SIGNED", "DOUBLE", "CHAR", "DATETIME")
  )))
  expect_identical(text_zone(db), "")
})
