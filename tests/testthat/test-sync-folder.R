# Copies in folders of Parquet files.

#' A sandbox of today: the state of a copy has the time of this computer
sandbox_of_today <- function(...) AmoSandbox(access = "token", notes = 40, now = Sys.time(), ...)

sync <- function(auth, to, tables = c("leads", "notes", "users"), ...) {
  AmoSync(auth, to, tables = tables, ...)
}

#' The files of the tables, with what is in them
data_files <- function(folder) {
  files <- list.files(folder, "[.]parquet$", recursive = TRUE, full.names = TRUE)
  tools::md5sum(files)
}

#' What a first run into a new folder would have
fresh_copy <- function(auth, env = parent.frame(), ...) {
  folder <- new_folder(env)
  sync(auth, folder, deleted = "remove", ...)
  folder
}

#' Expects that two copies have the same rows, but for those that are marked
expect_same_copy <- function(folder, other, tables) {
  for (table in tables) {
    ours <- AmoRead(folder, table)
    if (!is.null(ours$deleted_at)) {
      ours <- ours[is.na(ours$deleted_at), setdiff(names(ours), "deleted_at")]
    }
    theirs <- AmoRead(other, table)
    expect_setequal(names(ours), names(theirs))
    expect_equal(sorted(ours[names(theirs)]), sorted(theirs), info = table)
  }
}

lead_tables <- c("leads", "leads_tags", "leads_contacts", "leads_custom_fields")

#' A sink with rows of leads that a test makes up
open_store <- function(folder, account = 7, deleted = "mark") {
  sink <- folder_sink(folder, deleted)
  sink$state(account)
  sink
}

lead_rows <- function(id, ..., at = as.POSIXct("2025-03-10", tz = "UTC")) {
  data.frame(account_id = 7, id = id, created_at = at, ...)
}

#' @return the numbers of rows
commit_leads <- function(sink, gone = NULL, account = 7) {
  log <- data.frame(
    started = as.POSIXct("2025-11-28 09:30:00.25", tz = "UTC"), account_id = account,
    table = "leads", mode = "full", requests = 1, read = 1, inserted = 0, updated = 0,
    deleted = 0, seconds = 0.5, columns = NA_character_, error = NA_character_
  )
  state <- list(cursor = 1764322200.25, swept = NA_real_, zone = "Asia/Tomsk")
  log <- sink$commit(account, "leads", list(gone = gone, state = state, log = log))
  unlist(log[c("inserted", "updated", "deleted")])
}

test_that("a first run writes all tables as a function gets them, with their types", {
  auth <- sandbox_of_today()
  folder <- new_folder()
  log <- AmoSync(auth, folder)
  expect_true(all(log$mode %in% c("full", "whole")))
  expect_identical(log$inserted, log$read)
  expected <- list()
  # Notes come as several tables.
  streams <- setdiff(names(sync_streams()), "notes")
  AmoSync(auth, function(table, rows) expected[[table]] <<- rows, tables = streams)
  expect_gt(length(expected), 20)
  for (table in names(expected)) {
    rows <- AmoRead(folder, table)
    wanted <- merge_cases(expected[[table]])
    expect_identical(lapply(rows, class), lapply(wanted, class), info = table)
    expect_identical(lapply(rows, typeof), lapply(wanted, typeof), info = table)
    expect_equal(sorted(rows), sorted(wanted), info = table)
  }
  expect_identical(attr(AmoRead(folder, "leads")$created_at, "tzone"), "Europe/Moscow")
})

test_that("notes of all elements are one table", {
  auth <- sandbox_of_today()
  folder <- new_folder()
  sync(auth, folder, "notes")
  notes <- AmoRead(folder, "notes")
  parts <- list()
  AmoSync(auth, function(table, rows) parts <<- c(parts, list(rows)), tables = "notes")
  expect_gt(length(parts), 2)
  expect_identical(nrow(notes), sum(vapply(parts, nrow, 0L)))
  for (part in parts) {
    # Another part may have spelt a name first.
    part <- merge_cases(part, names(notes))
    ours <- notes[key_texts(notes["id"]) %in% key_texts(part["id"]), names(part)]
    expect_equal(sorted(ours), sorted(part))
  }
})

test_that("a run that finds nothing new leaves all files as they are", {
  auth <- sandbox_of_today()
  folder <- new_folder()
  sync(auth, folder)
  before <- data_files(folder)
  expect_gt(length(before), 5)
  log <- sync(auth, folder)
  expect_identical(unique(log$mode), "unchanged")
  expect_identical(data_files(folder), before)
  swept <- sync(auth, folder, sweep = 0)
  expect_equal(sum(swept$inserted + swept$updated + swept$deleted), 0)
  expect_identical(data_files(folder), before)
})

test_that("long lists have a file for each month, short ones a single file", {
  folder <- new_folder()
  sync(sandbox_of_today(), folder)
  files <- list.files(folder, "[.]parquet$", recursive = TRUE)
  expect_gt(sum(grepl("^leads/account=[0-9]+/month=[0-9]{4}-[0-9]{2}/data.parquet$", files)), 2)
  expect_identical(sum(grepl("^users/account=[0-9]+/data.parquet$", files)), 1L)
  expect_identical(sum(grepl("^leads_tags/account=[0-9]+/data.parquet$", files)), 1L)
})

test_that("changes make a copy what a new one would be", {
  auth <- sandbox_of_today()
  marked <- new_folder()
  removed <- new_folder()
  sync(auth, marked)
  sync(auth, removed, deleted = "remove")
  for (seed in 1:3) {
    AmoSandboxChange(auth, n = 25, seed = seed)
    sync(auth, marked)
    log <- sync(auth, removed, deleted = "remove")
  }
  expect_gt(sum(log$inserted + log$updated), 0)
  # Merged leads are told of by no event.
  sync(auth, marked, sweep = 0)
  sync(auth, removed, deleted = "remove", sweep = 0)
  fresh <- fresh_copy(auth)
  expect_same_copy(marked, fresh, c(lead_tables, "notes", "users"))
  expect_same_copy(removed, fresh, c(lead_tables, "notes", "users"))
})

test_that("deleted rows are marked or removed, with what belongs to them", {
  auth <- sandbox_of_today()
  marked <- new_folder()
  removed <- new_folder()
  sync(auth, marked, "leads")
  sync(auth, removed, "leads", deleted = "remove")
  tags <- AmoRead(marked, "leads_tags")
  id <- tags$id[[1]]
  AmoSandboxChange(auth, "delete", "lead", id = id)
  expect_equal(sync(auth, marked, "leads")$deleted, 1)
  expect_equal(sync(auth, removed, "leads", deleted = "remove")$deleted, 1)

  leads <- AmoRead(marked, "leads")
  expect_identical(leads$id[!is.na(leads$deleted_at)], id)
  left <- AmoRead(marked, "leads_tags")
  expect_identical(nrow(left), nrow(tags))
  expect_identical(unique(left$id[!is.na(left$deleted_at)]), id)

  expect_identical(nrow(AmoRead(removed, "leads")), nrow(leads) - 1L)
  expect_false(id %in% AmoRead(removed, "leads")$id)
  expect_false(id %in% AmoRead(removed, "leads_tags")$id)
  expect_equal(sync(auth, marked, "leads", sweep = 0)$deleted, 0)
})

test_that("accounts share tables, but neither rows nor state", {
  folder <- new_folder()
  sink <- open_store(folder)
  at <- as.POSIXct("2025-03-10", tz = "Asia/Tomsk")
  sink$stage("leads", "id", lead_rows(1:3, deleted_at = as.POSIXct(NA)))
  commit_leads(sink)
  expect_identical(attr(sink$read("leads")$created_at, "tzone"), "UTC")

  expect_identical(nrow(sink$state(3e9)), 0L)
  rows <- lead_rows(2:4, at = at, deleted_at = as.POSIXct(NA))
  rows$account_id <- 3e9
  sink$stage("leads", "id", rows)
  counts <- commit_leads(sink, data.frame(id = 2, deleted_at = at), account = 3e9)
  expect_equal(counts, c(inserted = 3, updated = 0, deleted = 1))
  expect_identical(nrow(sink$state(7)), 1L)
  expect_equal(sink$keys("leads", "id", 7)$id, 1:3)
  expect_equal(sink$keys("leads", "id", 3e9)$id, 3:4)
  sink$close()

  leads <- AmoRead(folder, "leads")
  expect_equal(leads$account_id, rep(c(7, 3e9), each = 3))
  expect_identical(attr(leads$created_at, "tzone"), "UTC")
  expect_equal(AmoSyncLog(folder)$account_id, c(7, 3e9))
})

test_that("one call brings several accounts up to date", {
  auth <- sandbox_of_today()
  log <- sync(list(auth, auth), new_folder(), "users")
  expect_identical(log$mode, c("whole", "unchanged"))
})

test_that("a second run at a copy is told who has it", {
  folder <- new_folder()
  first <- open_store(folder)
  second <- folder_sink(folder, "mark")
  error <- expect_error(second$state(7), class = "amocrm_error_system")
  expect_match(conditionMessage(error), sprintf("process %d", Sys.getpid()), fixed = TRUE)
  expect_identical(nrow(second$state(8)), 0L)
  first$close()
  expect_identical(nrow(second$state(7)), 0L)
  second$close()
})

test_that("a run that is killed leaves whole tables, and the next one goes on", {
  skip_on_os("windows")
  auth <- sandbox_of_today()
  folder <- new_folder()
  killed_at <- function(step, when) {
    out <- run_process(c(
      "library(amocrm)", "options(amocrm.quiet = TRUE, amocrm.rate = Inf)",
      sprintf('auth <- AmoAuthList(domain = "%s", access_token = "%s")', auth$domain,
              reveal(unclass(auth)$access_token)),
      sprintf("killed <- quote(if (%s) tools::pskill(Sys.getpid(), 9))", when),
      sprintf('trace("%s", killed, where = asNamespace("amocrm"), print = FALSE)', step),
      sprintf('amocrm:::AmoSync(auth, %s, tables = c("leads", "notes", "users"))',
              encodeString(folder, quote = '"')),
      'cat("not killed")'
    ))
    expect_false(any(grepl("not killed", out)), info = paste(out, collapse = "\n"))
    expect_identical(attr(out, "status"), 137L, info = paste(out, collapse = "\n"))
  }
  # With all notes staged and none committed.
  killed_at("folder_commit", 'stream == "notes"')
  expect_identical(nrow(AmoRead(folder, "leads")), 200L)
  expect_error(AmoRead(folder, "notes"), class = "amocrm_error_input")
  expect_identical(AmoSyncLog(folder)$table, "leads")
  log <- sync(auth, folder)
  expect_identical(log$mode, c("unchanged", "full", "whole"))

  AmoSandboxChange(auth, n = 25)
  # With notes committed, but not in the log.
  killed_at("with_counts", 'log$table == "notes"')
  expect_identical(tail(AmoSyncLog(folder)$table, 2), c("users", "leads"))
  expect_identical(sync(auth, folder)$mode[[1]], "unchanged")
  sync(auth, folder, sweep = 0)
  expect_same_copy(folder, fresh_copy(auth), c(lead_tables, "notes", "users"))
})

test_that("cells of all types come back as they were", {
  folder <- new_folder()
  sink <- open_store(folder)
  rows <- lead_rows(
    c(3e9, 4, NA), whole = c(1L, NA, -5L), fraction = c(0.1, NA, 1e300), none = NA_real_,
    truth = c(TRUE, FALSE, NA), text = c("", NA, "\u0441\u0434\u0435\u043b\u043a\u0430"),
    day = as.Date(c("1969-12-31", NA, "2026-02-28")),
    moment = as.POSIXct(c("1969-12-31 23:59:59.5", NA, "2026-02-28"), tz = "Asia/Tomsk")
  )
  attr(rows$created_at, "tzone") <- "Asia/Tomsk"
  sink$stage("leads", "id", rows)
  commit_leads(sink)
  sink$close()
  expect_identical(AmoRead(folder, "leads"), rows)
  sink <- open_store(folder)
  expect_equal(sink$state(7), data.frame(
    stream = "leads", cursor_at = 1764322200.25, swept_at = NA_real_, zone = "Asia/Tomsk"
  ))
  sink$close()
  log <- AmoSyncLog(folder)
  expect_identical(lapply(log, class), lapply(sync_log_columns, class))
  expect_equal(as.double(log$started), as.double(as.POSIXct("2025-11-28 09:30:00.25", tz = "UTC")))
  expect_identical(log$error, NA_character_)
  expect_equal(log$inserted, 3)
})

test_that("a row whose time of creation was changed is not doubled", {
  folder <- new_folder()
  sink <- open_store(folder)
  sink$stage("leads", "id", lead_rows(1:2))
  commit_leads(sink)
  sink$stage("leads", "id", lead_rows(2, at = as.POSIXct("2024-01-05", tz = "UTC")))
  commit_leads(sink)
  sink$close()
  leads <- sorted(AmoRead(folder, "leads"))
  expect_equal(leads$id, c(1, 2))
  expect_equal(format(leads$created_at, "%Y-%m"), c("2025-03", "2024-01"))
})

test_that("a row without linked rows loses those that it had, others keep theirs", {
  folder <- new_folder()
  sink <- open_store(folder)
  tags <- function(id, tag) data.frame(account_id = rep(7, length(id)), id = id, tag = tag)
  sink$stage("leads", "id", lead_rows(1:3))
  sink$stage("leads_tags", "id", tags(c(1L, 1L, 2L, 3L), c("a", "b", "c", "d")))
  commit_leads(sink)
  sink$stage("leads", "id", lead_rows(1:2, name = "new"))
  sink$stage("leads_tags", "id", tags(2L, "e"))
  expect_equal(commit_leads(sink), c(inserted = 0, updated = 2, deleted = 0))
  expect_equal(sorted(sink$read("leads_tags"))[c("id", "tag")],
               data.frame(id = 2:3, tag = c("e", "d")))
  sink$close()
})

test_that("columns whose names differ by case are one, and columns widen", {
  folder <- new_folder()
  sink <- open_store(folder)
  sink$stage("leads", "id", lead_rows(1L, Price = 5L))
  commit_leads(sink)
  sink$stage("leads", "id", lead_rows(2:3, price = c(0.5, NA), PRICE = c("high", NA)))
  commit_leads(sink)
  sink$close()
  expect_identical(AmoSyncLog(folder)$columns, c(NA, "leads.Price"))
  leads <- sorted(AmoRead(folder, "leads"))
  expect_identical(names(leads), c("account_id", "id", "created_at", "Price"))
  expect_identical(leads$Price, c("5", "0.5; high", NA))
})

test_that("keys are those of rows that live, and dead rows are told with their time", {
  folder <- new_folder()
  sink <- open_store(folder)
  at <- as.POSIXct("2025-11-01 12:00:00", tz = "UTC")
  expect_null(sink$keys("leads", "id", 7))
  expect_null(sink$dead("leads", "id", 7))
  sink$stage("leads", "id", lead_rows(1:3, deleted_at = as.POSIXct(NA)))
  commit_leads(sink)
  expect_equal(commit_leads(sink, data.frame(id = c(2, 9), deleted_at = at))[["deleted"]], 1)
  expect_equal(sink$keys("leads", "id", 7)$id, c(1, 3))
  dead <- sink$dead("leads", "id", 7)
  expect_equal(dead$id, 2)
  expect_equal(as.double(dead$deleted_at), as.double(at))
  expect_null(sink$keys("leads", "id", 8))
  sink$close()
})

test_that("a damaged file is named, and other tables can be read", {
  auth <- sandbox_of_today()
  folder <- new_folder()
  sync(auth, folder, c("users", "groups"))
  file <- list.files(file.path(folder, "users"), "[.]parquet$", recursive = TRUE,
                     full.names = TRUE)
  bytes <- readBin(file, "raw", file.size(file))
  writeBin(bytes[seq_len(length(bytes) %/% 2)], file)
  error <- expect_error(AmoRead(folder, "users"), class = "amocrm_error_system")
  expect_match(conditionMessage(error), "data.parquet", fixed = TRUE)
  expect_gt(nrow(AmoRead(folder, "groups")), 0)
})

test_that("a folder without a copy has no tables and no log, and is named", {
  folder <- new_folder()
  for (read in list(function() AmoRead(folder, "leads"), function() AmoSyncLog(folder))) {
    expect_error(read(), basename(folder), fixed = TRUE, class = "amocrm_error_input")
  }
  log <- folder_log(folder)
  expect_identical(lapply(log, class), lapply(sync_log_columns, class))
  expect_identical(nrow(log), 0L)
  expect_false(dir.exists(folder))
  expect_error(AmoRead(7, "leads"), class = "amocrm_error_input")
})
