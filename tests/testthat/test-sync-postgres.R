# Copies in PostgreSQL, by each driver that is there. What they have in common with those in
# SQLite is tested there.

each_driver <- function(title, test) {
  for (driver in names(postgres_drivers)) {
    test_that(sprintf("%s (%s)", title, driver), {
      copy <- new_postgres(driver)
      use_copy(copy, function(to) test(to, copy))
    })
  }
}

each_driver("a copy stays true while the account changes", function(to, copy) {
  expect_true_schedule(4, to, tables = c("leads", "contacts", "tasks", "events"))
})

each_driver("all tables are those of a folder, with their types", function(to, copy) {
  auth <- sandbox_to_copy(leads = 60, contacts = 40, timezone = "Asia/Omsk")
  folder <- new_folder()
  AmoSync(auth, to)
  AmoSync(auth, folder)
  tables <- copy_reader(folder, "")$tables()
  expect_gt(length(tables), 20)
  expect_setequal(copy_reader(to, "")$tables(), tables)
  for (table in tables) {
    ours <- AmoRead(to, table)
    theirs <- AmoRead(folder, table)[names(ours)]
    expect_identical(lapply(ours, class), lapply(theirs, class), info = table)
    expect_equal(sorted(ours), sorted(theirs), info = table)
  }
})

each_driver("SQL sees moments, numbers and Cyrillic as they are", function(to, copy) {
  auth <- sandbox_to_copy(timezone = "Asia/Omsk", account_id = 3e9)
  AmoSync(auth, to, tables = c("leads", "users"))
  found <- DBI::dbGetQuery(to, "
    SELECT to_char(leads.created_at AT TIME ZONE 'UTC', 'YYYY-MM') AS month, users.name,
      CAST(COUNT(*) AS integer) AS leads, CAST(SUM(leads.sale) AS double precision) AS sale
    FROM leads JOIN users ON users.id = leads.responsible_user_id
      AND users.account_id = leads.account_id
    WHERE leads.account_id = 3000000000 AND leads.sale > 0 AND NOT leads.is_deleted
    GROUP BY 1, 2")
  leads <- AmoLeads(auth)$leads
  leads <- leads[which(leads$sale > 0), ]
  users <- AmoUsers(auth)
  by <- paste(format(leads$created_at, "%Y-%m", tz = "UTC"),
              users$name[match(leads$responsible_user_id, users$id)])
  sums <- tapply(as.double(leads$sale), by, sum)
  expect_mapequal(stats::setNames(found$sale, paste(found$month, found$name)), c(sums))
  expect_identical(sum(found$leads), nrow(leads))
})

each_driver("columns are added and widen, deleted rows are marked", function(to, copy) {
  at <- as.POSIXct("2025-03-10 12:30:00", tz = "UTC")
  never <- .POSIXct(NA_real_, tz = "UTC")
  sink <- dbi_sink(to, "mark", "")
  write <- function(rows, gone = NULL) {
    rows <- cbind(account_id = 1, rows, deleted_at = never)
    sink$stage("leads", "id", rows)
    sink$commit(1, "leads", list(
      state = list(cursor = 1, swept = 1, zone = "UTC"), gone = gone,
      log = log_row(list(account = 1), "leads", Sys.time(), "full")
    ))
  }
  write(data.frame(id = 1:2, sale = 1:2, text = c("a", NA)))
  write(data.frame(id = 2:3, sale = c(2.5, 1e10), TEXT = c("b'c", "\u0451"), new = TRUE))
  counts <- write(data.frame(id = 4e9, sale = "free"), data.frame(id = 1, deleted_at = at))
  expect_equal(counts[["deleted"]], 1)
  sink$close()
  rows <- AmoRead(to, "leads")
  rows <- rows[order(rows$id), c("id", "sale", "text", "new", "deleted_at")]
  expect_equal(rows, ignore_attr = "row.names", data.frame(
    id = c(1, 2, 3, 4e9), sale = c("1", "2.5", "10000000000", "free"),
    text = c("a", "b'c", "\u0451", NA), new = c(NA, TRUE, TRUE, NA),
    deleted_at = c(at, never, never, never)
  ))
})

each_driver("a first read that was killed goes on where it was", function(to, copy) {
  skip_on_os("windows")
  auth <- AmoSandbox(access = "token", v2 = FALSE, now = Sys.time(), leads = 3000, notes = 0,
                     latency = 0.03)
  kill_after_batch(5, auth, copy, "leads")
  expect_error(AmoRead(to, "leads"), "\"leads\".*AmoSync", class = "amocrm_error_input")
  log <- with_batches_of(300, AmoSync(auth, to, tables = "leads"))
  expect_identical(log$mode, c("full", "unchanged"))
  expect_lt(log$read[[1]], 1750)
  expect_true_copy(auth, to, "leads")
})

each_driver("a second run is told who is at the copy, and a dead one's lock is taken over",
            function(to, copy) {
  sink <- dbi_sink(to, "mark", "")
  owner <- "another, process 1"
  DBI::dbExecute(to, sprintf("UPDATE amocrm_lock SET owner = '%s'", owner))
  auth <- sandbox_to_copy()
  use_copy(copy, function(other) {
    expect_error(AmoSync(auth, other), owner, class = "amocrm_error_system")
    DBI::dbExecute(other, "UPDATE amocrm_lock SET beat_at = 0")
    expect_identical(AmoSync(auth, other, tables = "users")$mode, "whole")
  })
})

each_driver("a table of somebody else stays, others are copied", function(to, copy) {
  DBI::dbExecute(to, "CREATE TABLE leads (mine integer)")
  error <- expect_error(AmoSync(sandbox_to_copy(), to, tables = c("leads", "users")),
                        class = "amocrm_error_sync")
  expect_identical(error$log$mode, c("failed", "whole"))
  expect_identical(DBI::dbListFields(to, "leads"), "mine")
})
