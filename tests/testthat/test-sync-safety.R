# What must not harm a copy: late answers, full disks, databases that refuse.

test_that("a late answer does not bring deleted rows back, whatever their key", {
  for (copy in new_copies()) {
    today <- Sys.time()
    account <- function() {
      AmoSandbox(access = "token", v2 = FALSE, now = today, leads = 30, notes = c(lead = 40))
    }
    auth <- account()
    # The same account as it was before: answers of a server that lags.
    late <- account()
    use_copy(copy, function(to) {
      tables <- c("leads", "notes")
      AmoSync(auth, to, tables = tables)
      notes <- AmoRead(to, "notes")
      gone <- list(leads = AmoRead(to, "leads_tags")$id[[1]],
                   notes = notes$id[notes$element_id != AmoRead(to, "leads_tags")$id[[1]] &
                                      is.na(notes$event_id)][[1]])
      AmoSandboxChange(auth, "delete", "note", id = gone$notes)
      AmoSandboxChange(auth, "trash", "lead", id = gone$leads)
      AmoSync(auth, to, tables = tables, sweep = 0)
      deleted <- function(table) {
        rows <- AmoRead(to, table)
        rows[!is.na(rows$deleted_at), c("id", "deleted_at")]
      }
      before <- lapply(c(tables, "leads_tags"), deleted)
      expect_true(gone$leads %in% before[[1]]$id)
      expect_true(gone$notes %in% before[[2]]$id)
      log <- AmoSync(late, to, tables = tables, lookback = 5e8)
      expect_gt(min(log$read), 20)
      expect_identical(lapply(c(tables, "leads_tags"), deleted), before)
    })
  }
})

test_that("a list that comes empty is read again before all rows count as deleted", {
  account <- function(...) {
    AmoSandbox(access = "token", v2 = FALSE, now = Sys.time(), leads = 30, notes = 0, ...)
  }
  lying <- list(list(path = "/api/v4/leads?", action = "empty", nth = 1:3))
  for (copy in new_copies()) {
    use_copy(copy, function(to) {
      AmoSync(account(), to, tables = "leads")
      log <- AmoSync(account(faults = lying), to, tables = "leads", sweep = 0)
      expect_equal(log$deleted, 0)
      expect_true(all(is.na(AmoRead(to, "leads")$deleted_at)))
      empty <- AmoSandbox(access = "token", v2 = FALSE, now = Sys.time(), leads = 0, notes = 0)
      expect_equal(AmoSync(empty, to, tables = "leads", sweep = 0)$deleted, 30)
    })
  }
})

test_that("a full disk leaves the copy as it was, and the next run goes on", {
  skip_on_os("windows")
  skip_if_not(nzchar(Sys.which("bash")), "needs a shell that limits the size of files")
  for (name in names(new_copies())) {
    copy <- new_copies()[[name]]
    auth <- AmoSandbox(access = "token", v2 = FALSE, now = Sys.time(), leads = 600, notes = 0)
    use_copy(copy, function(to) AmoSync(auth, to, tables = "users"))
    users <- use_copy(copy, function(to) AmoRead(to, "users"))
    place <- if (name == "folder") copy$open() else copy$file
    to <- if (name == "folder") "place" else "DBI::dbConnect(RSQLite::SQLite(), place)"
    out <- run_process(c(
      "library(amocrm)", "options(amocrm.quiet = TRUE, amocrm.rate = Inf)",
      "options(amocrm.shared_rate = FALSE)",
      sprintf("place <- %s", deparse(place)),
      sprintf('auth <- AmoAuthList(domain = "%s", access_token = "%s")', auth$domain,
              reveal(unclass(auth)$access_token)),
      sprintf("error <- tryCatch(AmoSync(auth, %s, tables = \"leads\"), error = identity)", to),
      'cat("class:", class(error), "\\n")'
    ), limit = sprintf("ulimit -f %d; trap '' XFSZ;", if (name == "folder") 10 else 60))
    expect_match(paste(out, collapse = "\n"), "class: amocrm_error_(sync|system)", info = name)
    use_copy(copy, function(to) {
      expect_identical(AmoRead(to, "users"), users)
      expect_error(AmoRead(to, "leads"), class = "amocrm_error_input")
      AmoSync(auth, to, tables = c("leads", "users"))
      expect_true_copy(auth, to, "leads")
    })
  }
})

expect_refused <- function(call, pattern, class = "amocrm_error_system") {
  error <- expect_error(call, class = class)
  expect_match(conditionMessage(error), pattern)
}

test_that("a transaction that is open is named, and stays as it was", {
  auth <- sandbox_to_copy()
  conn <- new_database()
  DBI::dbBegin(conn)
  DBI::dbExecute(conn, "CREATE TABLE mine (a INTEGER)")
  expect_refused(AmoSync(auth, conn, tables = "users"), "dbCommit")
  DBI::dbCommit(conn)
  expect_true("mine" %in% DBI::dbListTables(conn))
  expect_identical(AmoSync(auth, conn, tables = "users")$mode, "whole")
})

test_that("a database that can't be written says so, and can be read", {
  skip_if_not_installed("RSQLite")
  auth <- sandbox_to_copy()
  file <- withr::local_tempfile(fileext = ".sqlite")
  open <- function(...) {
    conn <- DBI::dbConnect(RSQLite::SQLite(), file, ...)
    withr::defer_parent(DBI::dbDisconnect(conn))
    conn
  }
  empty <- open()
  DBI::dbExecute(empty, "CREATE TABLE mine (a INTEGER)")
  read_only <- open(flags = RSQLite::SQLITE_RO)
  expect_refused(AmoSync(auth, read_only, tables = "users"), "right to create tables")
  expect_error(AmoRead(read_only, "users"), class = "amocrm_error_input")
  expect_error(AmoSyncLog(read_only), "no copy", class = "amocrm_error_input")
  AmoSync(auth, empty, tables = "users")
  expect_refused(AmoSync(auth, read_only, tables = "users"), "right to create tables")
  expect_identical(AmoRead(read_only, "users"), AmoRead(empty, "users"))
})

test_that("a database that another program is writing to says so", {
  skip_if_not_installed("RSQLite")
  auth <- sandbox_to_copy()
  file <- withr::local_tempfile(fileext = ".sqlite")
  other <- DBI::dbConnect(RSQLite::SQLite(), file)
  withr::defer(DBI::dbDisconnect(other))
  ours <- DBI::dbConnect(RSQLite::SQLite(), file)
  withr::defer(DBI::dbDisconnect(ours))
  RSQLite::sqliteSetBusyHandler(ours, 1L)
  AmoSync(auth, ours, tables = "users")
  DBI::dbExecute(other, "BEGIN EXCLUSIVE")
  expect_refused(AmoSync(auth, ours, tables = "users"), "Another program is writing")
  DBI::dbExecute(other, "ROLLBACK")
  # RSQLite tells of what the refused call left open.
  expect_identical(suppressWarnings(AmoSync(auth, ours, tables = "users"))$mode, "unchanged")
})

test_that("a column that is being widened is whole, whenever the run is killed", {
  write <- function(conn, sale) {
    sink <- dbi_sink(conn, "mark", "")
    on.exit(sink$close())
    sink$stage("leads", "id", data.frame(account_id = 1, id = seq_along(sale), sale = sale))
    sink$commit(1, "leads", list(
      state = list(cursor = 1, swept = 1, zone = "UTC"),
      log = log_row(list(account = 1), "leads", Sys.time(), "full")
    ))
  }
  usual <- dbi_run
  withr::defer(utils::assignInNamespace("dbi_run", usual, "amocrm"))
  for (n in 1:40) {
    conn <- new_database()
    write(conn, 1:2)
    left <- n
    utils::assignInNamespace("dbi_run", function(...) {
      left <<- left - 1
      if (left == 0) stop("killed")
      usual(...)
    }, "amocrm")
    ended <- tryCatch(is.data.frame(write(conn, c("many", "few"))), error = function(error) FALSE)
    utils::assignInNamespace("dbi_run", usual, "amocrm")
    sale <- AmoRead(conn, "leads")$sale
    # It may be killed when the transaction has ended, too.
    expect_true(identical(sale, c("many", "few")) || !ended && identical(sale, 1:2), info = n)
    write(conn, c("more", "less"))
    expect_identical(AmoRead(conn, "leads")$sale, c("more", "less"))
    if (ended && left > 0) break
  }
  expect_true(ended)
})

test_that("a connection that breaks in the middle fails the tables, and what was copied stays", {
  skip_if_not_installed("RSQLite")
  auth <- sandbox_to_copy()
  file <- withr::local_tempfile(fileext = ".sqlite")
  conn <- DBI::dbConnect(RSQLite::SQLite(), file)
  usual <- dbi_stage
  breaks <- function(db, table, key, rows) {
    if (table == "leads") DBI::dbDisconnect(db$conn)
    usual(db, table, key, rows)
  }
  utils::assignInNamespace("dbi_stage", breaks, "amocrm")
  withr::defer(utils::assignInNamespace("dbi_stage", usual, "amocrm"))
  error <- expect_error(AmoSync(auth, conn, tables = c("users", "leads", "groups")),
                        class = "amocrm_error_sync")
  expect_identical(error$log$mode, c("whole", "failed", "failed"))
  utils::assignInNamespace("dbi_stage", usual, "amocrm")
  conn <- DBI::dbConnect(RSQLite::SQLite(), file)
  withr::defer(DBI::dbDisconnect(conn))
  expect_gt(nrow(AmoRead(conn, "users")), 0)
  log <- AmoSync(auth, conn, tables = c("users", "leads"))
  expect_identical(log$mode, c("unchanged", "full"))
})

test_that("tables of others are told by their names", {
  auth <- sandbox_to_copy()
  conn <- new_database()
  DBI::dbWriteTable(conn, "leads_tags", data.frame(mine = 1))
  error <- expect_error(AmoSync(auth, conn, tables = c("leads", "users")),
                        "\"leads_tags\".*`prefix`", class = "amocrm_error_sync")
  expect_identical(error$log$mode, c("failed", "whole"))
  expect_identical(DBI::dbReadTable(conn, "leads_tags"), data.frame(mine = 1))
  DBI::dbWriteTable(conn, "my_amocrm_state", data.frame(mine = 1))
  expect_refused(AmoSync(auth, conn, prefix = "my_"), "\"my_amocrm_state\".*`prefix`",
                 class = "amocrm_error_input")
})

test_that("an account that does not say which one it is changes nothing", {
  # Its time zone is known from the first answers.
  faults <- list(list(path = "/api/v4/account", action = "empty", nth = c(4, Inf)))
  for (copy in new_copies()) {
    auth <- sandbox_to_copy(faults = faults)
    use_copy(copy, function(to) {
      for (answer in 1:3) AmoAccount(auth)
      expect_error(AmoSync(auth, to, tables = "users"), class = "amocrm_error_incomplete")
    })
  }
})

test_that("what an empty answer has hidden comes with the next run", {
  paths <- c(tasks = "/api/v4/tasks?", events = "/api/v4/events?", notes = "/leads/notes?")
  for (table in names(paths)) {
    # What changes does so two hours ago.
    account <- function(...) {
      AmoSandbox(access = "token", v2 = FALSE, now = Sys.time() - 7200, leads = 50, tasks = 30,
                 notes = c(lead = 60, contact = 60), ...)
    }
    auth <- account()
    # Of several lists only one is empty, and once.
    nth <- if (table == "notes") 1 else c(1, Inf)
    lying <- account(faults = list(list(path = paths[[table]], action = "empty", nth = nth)))
    copy <- DBI::dbConnect(RSQLite::SQLite(), ":memory:")
    AmoSync(auth, copy, tables = table)
    DBI::dbExecute(copy, "UPDATE amocrm_state SET cursor_at = cursor_at - 3 * 3600")
    before <- nrow(AmoRead(copy, table))
    for (changed in list(auth, lying)) {
      for (type in c("lead", "contact", "task")) AmoSandboxChange(changed, "create", type, n = 5)
    }
    AmoSync(lying, copy, tables = table)
    AmoSync(auth, copy, tables = table)
    whole <- DBI::dbConnect(RSQLite::SQLite(), ":memory:")
    AmoSync(auth, whole, tables = table)
    expect_gt(nrow(AmoRead(whole, table)), before)
    columns <- names(AmoRead(whole, table))
    expect_identical(copy_texts(copy, table, columns), copy_texts(whole, table, columns),
                     info = table)
    DBI::dbDisconnect(copy)
    DBI::dbDisconnect(whole)
  }
})

test_that("what a list does not tell any more goes from the copy", {
  odd <- list(path = "/talks", nth = c(1, Inf), action = "replace", text = '"talk_id"',
              by = '"extra_thing":"x","talk_id"')
  for (copy in new_copies()) {
    use_copy(copy, function(to) {
      account <- function(...) {
        AmoSandbox(access = "token", v2 = FALSE, now = Sys.time(), leads = 40, ...)
      }
      AmoSync(account(faults = list(odd)), to, tables = "talks")
      talks <- AmoRead(to, "talks")
      expect_identical(unique(talks$extra_thing), "x")
      log <- AmoSync(account(), to, tables = "talks")
      expect_equal(log$updated, nrow(talks))
      expect_true(all(is.na(AmoRead(to, "talks")$extra_thing)))
    })
  }
})

test_that("a row that a server leaves out of what has changed is not lost", {
  lists <- c(leads = "lead", contacts = "contact", companies = "company", tasks = "task")
  for (table in names(lists)) {
    path <- sprintf("/api/v4/%s?", table)
    of_list <- function(auth) sum(sandbox_requests(auth)$path == sub("[?]", "", path))
    first <- sandbox_to_copy(leads = 100, contacts = 50, companies = 30, tasks = 40)
    AmoSync(first, new_folder(), tables = table)
    auth <- sandbox_to_copy(
      leads = 100, contacts = 50, companies = 30, tasks = 40,
      faults = list(list(path = path, action = "skip", rows = 1, nth = of_list(first) + 1))
    )
    to <- new_folder()
    AmoSync(auth, to, tables = table)
    before <- of_list(auth)
    AmoSandboxChange(auth, "update", lists[[table]], n = 5)
    expect_gt(AmoSync(auth, to, tables = table)$updated, 0)
    # A filter may find nothing at first: tasks are asked for again as it is.
    if (table != "tasks") expect_identical(of_list(auth) - before, 2L, info = table)
    expect_true_copy(auth, to, table)
  }
})

test_that("what was deleted while events could not be read is learnt by the next run", {
  broken <- list(list(path = "/api/v4/events", status = 400, nth = 1))
  for (copy in new_copies()) {
    auth <- sandbox_to_copy(leads = 40, tasks = 40, faults = broken)
    use_copy(copy, function(to) {
      AmoSync(auth, to, tables = c("leads", "tasks", "users"))
      AmoSandboxChange(auth, "delete", "task", n = 3)
      error <- expect_error(AmoSync(auth, to, tables = c("leads", "tasks", "users")),
                            class = "amocrm_error_sync")
      expect_identical(error$log$mode, c("failed", "failed", "unchanged"))
      noted <- utils::tail(AmoSyncLog(to), 3)
      expect_identical(noted$mode, c("failed", "failed", "unchanged"))
      expect_identical(noted$error, error$log$error)
      AmoSync(auth, to, tables = c("leads", "tasks"))
      expect_gt(sum(!is.na(AmoRead(to, "tasks")$deleted_at)), 0)
      expect_true_copy(auth, to, "tasks")
    })
  }
})

test_that("what is deleted after the events were read is asked for by the next run", {
  auth <- sandbox_to_copy(leads = 40, tasks = 40)
  to <- new_database()
  AmoSync(auth, to, tables = "tasks")
  usual <- read_fates
  withr::defer(utils::assignInNamespace("read_fates", usual, "amocrm"))
  utils::assignInNamespace("read_fates", function(...) {
    fates <- usual(...)
    AmoSandboxChange(auth, "create", "task", n = 1)
    learnt_at <<- as.double(Sys.time())
    fates
  }, "amocrm")
  learnt_at <- 0
  expect_equal(AmoSync(auth, to, tables = "tasks")$inserted, 1)
  cursor <- DBI::dbGetQuery(to, "SELECT cursor_at FROM amocrm_state")$cursor_at
  expect_lte(cursor, learnt_at)
})

test_that("a run whose clock was ahead is no reason to miss what has changed", {
  auth <- sandbox_to_copy(leads = 40)
  to <- new_database()
  AmoSync(auth, to, tables = "leads")
  DBI::dbExecute(to, "UPDATE amocrm_state SET cursor_at = cursor_at + 7200")
  AmoSandboxChange(auth, "update", "lead", n = 5)
  expect_identical(AmoSync(auth, to, tables = "leads")$mode, "full")
  expect_true_copy(auth, to, "leads")
})

test_that("notes that are gone are known on an account without customers", {
  auth <- AmoSandbox(access = "token", kommo = TRUE, now = Sys.time(), notes = 40, leads = 30)
  for (copy in new_copies()) {
    use_copy(copy, function(to) {
      AmoSync(auth, to, tables = "notes")
      deleted <- AmoSandboxChange(auth, "delete", "note", n = 3)
      log <- AmoSync(auth, to, tables = "notes", sweep = 0)
      expect_equal(log$deleted, length(unique(deleted$id)))
    })
  }
})

test_that("rows that were marked go when rows are to be removed", {
  auth <- sandbox_to_copy(leads = 20)
  to <- new_folder()
  tables <- c("leads", "catalog_elements")
  AmoSync(auth, to, tables = tables)
  AmoSandboxChange(auth, "delete", "element", n = 2)
  AmoSync(auth, to, tables = tables)
  expect_gt(sum(!is.na(AmoRead(to, "catalog_elements")$deleted_at)), 0)
  AmoSync(auth, to, tables = tables, sweep = 0, deleted = "remove")
  expect_identical(sum(!is.na(AmoRead(to, "catalog_elements")$deleted_at)), 0L)
})

test_that("a process of another user is alive", {
  skip_on_os("windows")
  expect_true(is_of_others(1))
  expect_false(is_of_others(2^22 + 1))
})
