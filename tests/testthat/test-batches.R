# Tables that are taken in batches while they are read, as AmoSync() does.

start_batches <- function(auth, what, batch, ...) {
  spec <- list(what = what, limit = 50, batch = batch, ...)
  rust_query_start(c(connection_spec(call_auth(NULL, NULL, NULL, auth)), spec))$job
}

#' All batches of a job, and what its end gives
take_batches <- function(job, batch) {
  batches <- list()
  repeat {
    state <- rust_job_poll(job, 1L)
    if (state$settled >= batch) batches <- c(batches, list(rust_job_batch(job)))
    if (state$done) break
  }
  list(batches = batches, end = rust_job_finish(job))
}

#' The rows of one table in all batches and at the end
joined <- function(taken, table) {
  tables <- lapply(c(taken$batches, list(taken$end)), function(batch) batch$tables[[table]])
  columns <- unique(unlist(lapply(tables, names)))
  tables <- lapply(tables, function(rows) {
    rows[setdiff(columns, names(rows))] <- if (nrow(rows) > 0) NA else logical()
    rows[columns]
  })
  rows <- do.call(rbind, tables)
  rows[order(rows$id), , drop = FALSE]
}

test_that("batches and what the end gives are the whole table", {
  auth <- AmoSandbox(notes = 0, access = "token")
  taken <- take_batches(start_batches(auth, "tasks", 20), 20)
  expect_null(taken$end$error)
  expect_gt(length(taken$batches), 1)
  whole <- AmoTasks(auth_list = auth)
  rows <- joined(taken, "tasks")
  expect_identical(rows$id, sort(whole$id))
  expect_equal(rows$text, whole$text[order(whole$id)])
  expect_equal(rows$created_at, whole$created_at[order(whole$id)])
})

test_that("a batch has all tables, their columns and the zone of the account", {
  auth <- AmoSandbox(notes = 0, access = "token", timezone = "Asia/Yekaterinburg")
  job <- start_batches(auth, "entity", 100, entity = "leads", active = FALSE)
  taken <- take_batches(job, 100)
  whole <- AmoLeads(auth_list = auth)
  for (batch in taken$batches) {
    expect_named(batch, c("tables", "zone", "zones", "places"))
    expect_identical(batch$zone, "Asia/Yekaterinburg")
    expect_named(batch$tables, names(whole))
    expect_identical(attr(batch$tables$leads$created_at, "tzone"), "Asia/Yekaterinburg")
    expect_true(all(c("id", "name", "sale", "closed_at") %in% names(batch$tables$leads)))
  }
  for (table in c("linked_custom_fields", "linked_tags", "linked_contacts")) {
    expect_identical(nrow(joined(taken, table)), nrow(whole[[table]]))
  }
})

test_that("a batch that nothing has settled for has no rows", {
  auth <- AmoSandbox(notes = 20, access = "token")
  job <- start_batches(auth, "notes", 1000, type = c("lead", "contact"))
  first <- rust_job_batch(job)
  expect_named(first$tables, c("lead", "contact"))
  while (!rust_job_poll(job, 10L)$done) NULL
  rust_job_batch(job)
  again <- rust_job_batch(job)
  expect_identical(vapply(again$tables, nrow, 0L), c(lead = 0L, contact = 0L))
  expect_true(all(base_columns %in% names(again$tables$lead)))
  rust_job_finish(job)
})

test_that("nobody reads ahead of those who take the rows", {
  auth <- AmoSandbox(notes = 20000, access = "token")
  job <- start_batches(auth, "notes", 100, type = "lead")
  for (look in 1:20) expect_false(rust_job_poll(job, 5L)$done)
  # Two batches, and the pages that were under way.
  expect_lt(rust_job_poll(job, 1L)$settled, 200 + 3 * 17 * 50)
  rust_job_finish(job)
})

test_that("without batches there is nothing to take before the end", {
  auth <- AmoSandbox(notes = 0, access = "token")
  job <- start_batches(auth, "tasks", NULL)
  while (!rust_job_poll(job, 10L)$done) NULL
  expect_gt(nrow(rust_job_finish(job)$tables$tasks), 0)
})

test_that("a log-in has no batches, nor has a job that is gone", {
  auth <- AmoSandbox(notes = 1)
  gone <- unserialize(serialize(start_batches(auth, "tasks", 10), NULL))
  expect_identical(rust_job_batch(gone)$error$kind, "system")
})

test_that("changes since a moment, and the trash, can be asked for", {
  withr::local_options(amocrm.api = "v4")
  auth <- AmoSandbox(notes = 0, access = "token")
  changed <- AmoSandboxChange(auth, "update", "lead", n = 20)
  AmoSandboxChange(auth, "trash", "lead", n = 3)
  read <- function(...) {
    job <- start_batches(auth, "entity", 100, entity = "leads", active = FALSE, ...)
    take_batches(job, 100)$end$tables$leads
  }
  since <- read(updated_since = as.numeric(changed$at[[1]]))
  live <- AmoLeads(auth_list = auth)$leads
  expect_setequal(since$id, live$id[as.numeric(live$updated_at) >= as.numeric(changed$at[[1]])])
  deleted <- read(only_deleted = TRUE, updated_since = as.numeric(max(changed$at)) + 0.5)
  expect_identical(nrow(deleted), 3L)
  expect_false(any(deleted$id %in% live$id))
})
