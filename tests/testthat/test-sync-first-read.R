# First reads of long lists that are killed and go on.

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

requests_for <- function(auth, path) {
  log <- sandbox_requests(auth)
  sum(log$path == path)
}

long_account <- function(...) {
  AmoSandbox(access = "token", v2 = FALSE, now = Sys.time(), leads = 3000, contacts = 300,
             companies = 20, customers = 5, tasks = 20, notes = 0, latency = 0.03, ...)
}

test_that("a first read that was killed goes on where it was, and nobody sees a part of it", {
  skip_on_os("windows")
  for (copy in new_copies()) {
    auth <- long_account()
    kill_after_batch(5, auth, copy, "leads")
    use_copy(copy, function(to) {
      expect_error(AmoRead(to, "leads"), "\"leads\".*AmoSync", class = "amocrm_error_input")
      expect_error(AmoRead(to, "leads_tags"), class = "amocrm_error_input")
      expect_identical(nrow(AmoSyncLog(to)), 0L)
      before <- requests_for(auth, "/api/v4/leads")
      log <- with_batches_of(300, AmoSync(auth, to, tables = "leads"))
      # 1,500 rows are left of 3,000: 7 pages of 12, one to find the place, one to confirm the
      # end, one for the changes since.
      expect_lte(requests_for(auth, "/api/v4/leads") - before, 10)
      expect_identical(log$mode, c("full", "unchanged"))
      expect_equal(log$inserted[[1]], 3000)
      expect_lt(log$read[[1]], 1750)
      expect_true_copy(auth, to, "leads")
      again <- AmoSync(auth, to, tables = "leads")
      expect_identical(again$mode, "unchanged")
    })
  }
})

test_that("what happened between the parts of a first read is in the copy", {
  skip_on_os("windows")
  for (copy in new_copies()) {
    auth <- long_account()
    kill_after_batch(4, auth, copy, c("leads", "contacts"))
    leads <- AmoLeads(auth)$leads$id
    tagged <- unique(AmoLeads(auth)$linked_tags$id)
    # Some are in the part that was read, some in the other one; more than a page of the first
    # part goes, so that the rest of the list moves up.
    deleted <- leads[c(1:300, 2900:2910)]
    AmoSandboxChange(auth, "trash", id = deleted)
    AmoSandboxChange(auth, "restore", id = deleted[c(5, 305)])
    AmoSandboxChange(auth, "update", id = c(setdiff(tagged, deleted)[1:20], leads[2950:2960]))
    AmoSandboxChange(auth, "delete", id = leads[c(400:420, 2500:2510)])
    AmoSandboxChange(auth, "create", n = 5)
    use_copy(copy, function(to) {
      with_batches_of(300, AmoSync(auth, to, tables = c("leads", "contacts")))
      expect_true_copy(auth, to, c("leads", "contacts"))
    })
  }
})

test_that("a first read may be killed as often as it likes", {
  skip_on_os("windows")
  for (copy in new_copies()) {
    auth <- long_account()
    for (attempt in 1:4) {
      kill_after_batch(1, auth, copy, "leads")
      AmoSandboxChange(auth, "update", n = 10, seed = attempt)
    }
    use_copy(copy, function(to) {
      log <- with_batches_of(300, AmoSync(auth, to, tables = "leads"))
      expect_lt(log$read[[1]], 3000 - 4 * 300)
      expect_true_copy(auth, to, "leads")
    })
  }
})

test_that("a first read that failed goes on, and begins anew from a moment", {
  broken <- list(list(path = "/api/v4/leads?", status = 418, nth = 9))
  for (copy in new_copies()) {
    auth <- long_account(faults = broken)
    use_copy(copy, function(to) {
      with_batches_of(300, {
        error <- expect_error(AmoSync(auth, to, tables = "leads"), class = "amocrm_error_sync")
        expect_identical(error$log$mode, "failed")
        expect_error(AmoRead(to, "leads"), class = "amocrm_error_input")
        changed <- AmoLeads(auth)$leads$updated_at
        from <- sort(changed, decreasing = TRUE)[[10]]
        log <- AmoSync(auth, to, tables = "leads", from = from)
      })
      expect_identical(log$mode, "since")
      expect_identical(nrow(AmoRead(to, "leads")), sum(changed >= from))
    })
  }
})

test_that("events and notes go on, too", {
  skip_on_os("windows")
  for (copy in new_copies()) {
    auth <- AmoSandbox(access = "token", v2 = FALSE, now = Sys.time(), leads = 100, contacts = 100,
                       notes = c(lead = 1500, contact = 1500), latency = 0.03)
    for (table in c("events", "notes")) kill_after_batch(3, auth, copy, table)
    use_copy(copy, function(to) {
      log <- with_batches_of(300, AmoSync(auth, to, tables = c("events", "notes")))
      expect_identical(log$mode[log$mode == "full"], c("full", "full"))
      expect_true_copy(auth, to, "events")
      expect_gt(nrow(AmoRead(to, "events")), log$read[[1]])
      other <- tempfile()
      AmoSync(auth, other, tables = "notes")
      ours <- AmoRead(to, "notes")
      columns <- names(ours)
      expect_identical(row_keys(ours), row_keys(AmoRead(other, "notes")[columns]))
    })
  }
})
