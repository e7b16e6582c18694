# Several accounts in one copy. With one seed they have records with the same ids.

two_accounts <- function(...) {
  account <- function(...) sandbox_to_copy(leads = 60, contacts = 20, companies = 5, ...)
  list(north = account(account_id = 11), south = account(account_id = 3e9, ...))
}

account_tables <- c("leads", "users")

#' The rows of an account in all tables of a copy
rows_of <- function(to, account) {
  tables <- copy_reader(to, "")$tables()
  lapply(stats::setNames(nm = tables), function(table) {
    rows <- AmoRead(to, table)
    sorted(rows[rows$account_id == account, ])
  })
}

#' The rows that a copy of this account alone would have
rows_alone <- function(auth, account, env = parent.frame()) {
  folder <- new_folder(env)
  AmoSync(auth, folder, tables = account_tables)
  rows_of(folder, account)
}

expect_same_rows <- function(ours, theirs) {
  expect_setequal(names(ours), names(theirs))
  for (table in names(theirs)) {
    expect_equal(ours[[table]][names(theirs[[table]])], theirs[[table]], info = table)
  }
}

test_that("accounts whose records have the same ids keep them apart", {
  accounts <- two_accounts()
  north <- rows_alone(accounts$north, 11)
  south <- rows_alone(accounts$south, 3e9)
  expect_identical(north$leads$id, south$leads$id)
  for (copy in new_copies()) {
    use_copy(copy, function(to) {
      log <- AmoSync(accounts, to, tables = account_tables)
      expect_identical(log$account_id, rep(c(11, 3e9), each = 2))
      expect_identical(log$inserted[1:2], log$inserted[3:4])
      expect_same_rows(rows_of(to, 11), north)
      expect_same_rows(rows_of(to, 3e9), south)
      again <- AmoSync(accounts, to, tables = account_tables)
      expect_identical(unique(again$mode), "unchanged")
    })
  }
})

test_that("what happens in an account leaves the rows of another as they are", {
  copies <- new_copies()
  for (kind in names(copies)) {
    deleted <- c(folder = "mark", database = "remove")[[kind]]
    accounts <- two_accounts()
    use_copy(copies[[kind]], function(to) {
      sync <- function(...) AmoSync(accounts, to, tables = "leads", deleted = deleted, ...)
      sync()
      before <- rows_of(to, 11)
      id <- unique(AmoRead(to, "leads_tags")$id)
      AmoSandboxChange(accounts$south, "trash", id = id[1:2])
      AmoSandboxChange(accounts$south, "delete", id = id[[3]])
      AmoSandboxChange(accounts$south, "update", id = id[4:8])
      AmoSandboxChange(accounts$south, "merge", "lead", id = id[9:10])
      log <- sync()
      expect_identical(log$mode, c("unchanged", "increment"))
      expect_equal(log$deleted, c(0, 3))
      expect_identical(rows_of(to, 11), before)

      # A sweep takes what the whole list lacks for deleted.
      log <- sync(sweep = 0)
      expect_equal(log$deleted, c(0, 1))
      expect_identical(rows_of(to, 11), before)
      expect_true_copy(accounts$south, to, "leads", account = 3e9)
    })
  }
})

test_that("a column that one account alone has is empty in the rows of the others", {
  for (copy in new_copies()) {
    use_copy(copy, function(to) {
      sink <- open_sink(to, "mark", "")
      write <- function(account, ...) {
        sink$state(account)
        sink$stage("leads", "id", data.frame(
          account_id = account, id = 1:2, created_at = as.POSIXct("2025-03-10", tz = "UTC"), ...
        ))
        sink$commit(account, "leads", list(
          state = list(cursor = 1, swept = 1, zone = "UTC"),
          log = log_row(list(account = account), "leads", Sys.time(), "full")
        ))
      }
      write(11, sale = 1:2)
      write(3e9, sale = c(0.5, 2), own = c("a", "b"))
      write(11, sale = 3:4)
      sink$close()
      leads <- AmoRead(to, "leads")
      leads <- leads[order(leads$account_id, leads$id), ]
      expect_identical(leads$account_id, c(11, 11, 3e9, 3e9))
      expect_identical(leads$sale, c(3, 4, 0.5, 2))
      expect_identical(leads$own, c(NA, NA, "a", "b"))
    })
  }
})

test_that("a folder takes other accounts while one is written, a database does not", {
  south <- two_accounts()$south
  copies <- new_copies()
  for (kind in names(copies)) {
    use_copy(copies[[kind]], function(to) {
      sink <- open_sink(to, "mark", "")
      sink$state(11)
      # The lock of a run that has its process in common counts as dead in a database.
      if (kind == "database") {
        DBI::dbExecute(to, "UPDATE amocrm_lock SET owner = 'another, process 1'")
        expect_error(AmoSync(south, to, tables = "users"), class = "amocrm_error_system")
      } else {
        expect_identical(AmoSync(south, to, tables = "users")$mode, "whole")
      }
      sink$close()
    })
  }
})

test_that("an account that fails leaves its rows, and the others are brought up to date", {
  for (copy in new_copies()) {
    gone <- list(list(path = "/api/v4/leads?", status = 418, nth = c(3, Inf)))
    accounts <- two_accounts(faults = gone)[2:1]
    use_copy(copy, function(to) {
      AmoSync(accounts, to, tables = account_tables)
      before <- rows_of(to, 3e9)
      for (auth in accounts) AmoSandboxChange(auth, "update", n = 10)
      error <- expect_error(AmoSync(accounts, to, tables = account_tables),
                            class = "amocrm_error_sync")
      log <- error$log
      expect_identical(log$mode[log$table == "leads"], c("failed", "increment"))
      expect_identical(log$mode[log$table == "users"], c("unchanged", "unchanged"))
      expect_same_rows(rows_of(to, 3e9)["leads"], before["leads"])
      expect_true_copy(accounts$north, to, "leads", account = 11)
    })
  }
})

test_that("what are no credentials is refused before the first account is read", {
  auth <- AmoSandbox(access = "token", notes = 0, leads = 5)
  to <- new_folder()
  for (wrong in list(5, "token", list(1), data.frame(a = 1:2))) {
    expect_error(AmoSync(list(auth, wrong), to), class = "amocrm_error_input")
  }
  expect_identical(nrow(sandbox_requests(auth)), 0L)
  expect_false(dir.exists(to))
})

test_that("calls and what is left lying tell of which account they are", {
  withr::local_options(amocrm.zero_rows = "silent")
  accounts <- two_accounts()
  to <- new_folder()
  AmoSync(accounts, to, tables = c("leads", "tasks", "notes", "users"))
  for (rows in list(AmoCalls(to), AmoHygiene(to))) {
    expect_equal(length(unique(rows$account_id)), 2)
    expect_identical(anyDuplicated(rows), 0L)
  }
})

test_that("an account that can't be reached is named as the list of accounts names it", {
  gone <- AmoSandbox(access = "token")
  sandbox_stop(gone)
  withr::local_options(amocrm.timeout = 1)
  reached <- sandbox_to_copy(leads = 5, account_id = 11)
  for (accounts in list(list(north = reached, south = gone), list(reached, gone))) {
    error <- expect_error(
      AmoSync(accounts, new_folder(), tables = "users"), class = "amocrm_error_sync"
    )
    name <- if (is.null(names(accounts))) "account 2" else "south"
    expect_match(conditionMessage(error), name, fixed = TRUE)
    expect_identical(error$log$table, c("users", name))
  }
})
