test_that("the same seed makes the same data, another seed other data", {
  first <- AmoNotes(auth_list = AmoSandbox(notes = 50, seed = 7), type = "lead")
  expect_identical(AmoNotes(auth_list = AmoSandbox(notes = 50, seed = 7), type = "lead"), first)
  other <- AmoNotes(auth_list = AmoSandbox(notes = 50, seed = 8), type = "lead")
  expect_false(identical(other, first))
})

test_that("its id is the one that is given, in all tables", {
  auth <- AmoSandbox(access = "token", account_id = 3e9, notes = 20)
  expect_identical(AmoAccount(auth)$id, 3e9)
  expect_identical(unique(AmoLeads(auth)$leads$account_id), 3e9)
  expect_identical(unique(AmoNotes(auth, "lead")$account_id), "3000000000")
  key <- AmoSandbox(account_id = 11, notes = 20)
  expect_identical(unique(AmoNotes(key, "lead")$account_id), "11")
  for (id in list(NULL, 0, -1, 1.5, "11", NA, 1:2)) {
    expect_error(AmoSandbox(account_id = id), "account_id", class = "amocrm_error_input")
  }
})

test_that("its history ends with the last midnight, and the future holds tasks that are due", {
  auth <- amocrm::AmoSandbox(notes = 500, tasks = 300, timezone = "Asia/Omsk")
  midnight <- as.POSIXct(format(Sys.time(), "%Y-%m-%d", tz = "Asia/Omsk"), tz = "Asia/Omsk")
  notes <- AmoNotes(auth, "lead")
  age <- as.numeric(midnight - max(notes$created_at), units = "days")
  expect_gt(age, -1)
  expect_lt(age, 14)
  overdue <- AmoTasks(auth, status = 0)$complete_till_at < Sys.time()
  expect_gt(mean(overdue), 0.2)
  expect_lt(mean(overdue), 0.9)
})

test_that("its data are as old as the help says", {
  auth <- AmoSandbox(now = "2025-12-29")
  expect_since <- function(day, table) expect_gte(min(table$created_at), as.POSIXct(day))
  for (type in c("lead", "contact", "task")) expect_since("2023-12-29", AmoNotes(auth, type))
  expect_since("2023-12-29", AmoTasks(auth))
  expect_since("2025-11-28", AmoIncomingLeads(auth))
  expect_since("2021-12-29", AmoLeads(auth)$leads)
  expect_since("2021-12-29", AmoContacts(auth)$contacts)
  expect_lt(min(AmoLeads(auth)$leads$created_at), as.POSIXct("2023-12-29"))
})

test_that("a fixed present makes the same data on every day", {
  last <- function(...) max(AmoNotes(AmoSandbox(notes = 500, ...), "lead")$created_at)
  moscow <- last(now = "2025-12-29 15:00")
  expect_identical(format(moscow), format(last(now = as.Date("2025-12-29"))))
  expect_identical(last(now = .POSIXct(1766955600)), moscow)
  expect_lt(moscow, .POSIXct(1766955600))
  expect_gt(moscow, .POSIXct(1766955600) - 14 * 86400)
  expect_identical(last(now = "2025-12-28 23:59") < moscow, TRUE)
  for (now in list(NULL, "today", NA, .POSIXct(1.7e12), 5, "1999-12-31")) {
    expect_error(AmoSandbox(now = now), "now", class = "amocrm_error_input")
  }
})

test_that("it has every type of note that AmoNoteTypes() knows for leads and contacts", {
  auth <- AmoSandbox(notes = 500)
  notes <- AmoNotes(auth_list = auth, all = TRUE)
  found <- unique(unlist(lapply(notes, `[[`, "note_type")))
  expect_true(all(c("1", "2", "3", "4", "5", "10", "11", "12", "13", "15", "25", "102", "103") %in%
                    found))
  expect_true(all(found %in% AmoNoteTypes()$code))
})

test_that("above its rate it answers 429, and the notes come whole all the same", {
  auth <- AmoSandbox(notes = 300, rate = 3)
  expect_identical(nrow(AmoNotes(auth_list = auth, type = "lead", limit = 100)), 300L)
  expect_true(429 %in% sandbox_requests(auth)$status)
})

test_that("a session that ends is renewed", {
  auth <- AmoSandbox(notes = 10)
  AmoNotes(auth_list = auth, type = "lead")
  sandbox_expire(auth)
  expect_identical(nrow(AmoNotes(auth_list = auth, type = "lead")), 10L)
})

test_that("arguments that make no sense are input errors", {
  expect_error(AmoSandbox(notes = "many"), class = "amocrm_error_input")
  expect_error(AmoSandbox(notes = c(leads = 5)), class = "amocrm_error_input")
  expect_error(AmoSandbox(notes = -1), class = "amocrm_error_input")
  expect_error(AmoSandbox(timezone = "Moscow"), class = "amocrm_error_input")
  expect_error(AmoSandbox(items = list(lead = "{not json")), class = "amocrm_error_input")
})

test_that("it stops with its auth list", {
  auth <- AmoSandbox(notes = 1)
  by_hand <- auth[c("email", "apikey", "domain")]
  expect_true(AmoAuth(auth_list = by_hand, verbose = FALSE))
  rm(auth)
  gc()
  expect_error(AmoAuth(auth_list = by_hand), class = "amocrm_error_network")
})

test_that("lists lie and move as they are told, and say what they have deleted", {
  leads <- function(...) {
    faults <- lapply(list(...), function(fault) c(list(path = "/leads?"), fault))
    auth <- AmoSandbox(notes = 0, leads = 30, faults = faults)
    list(id = AmoLeads(auth)$leads$id, gone = sandbox_gone_rows(auth))
  }
  whole <- leads()
  expect_length(whole$id, 30)
  expect_identical(whole$gone, character())

  first <- leads(list(action = "delete", rows = 3, at = "front"))
  expect_identical(first$id, whole$id[-(1:3)])
  expect_setequal(first$gone, whole$id[1:3])

  added <- leads(list(action = "add", rows = 2, at = "end"))
  expect_identical(added$id[1:30], whole$id)
  expect_true(all(added$id[31:32] >= 9e8))

  expect_length(leads(list(action = "keep", rows = 5))$id, 5)
})

test_that("more may be asked of the requests that a fault picks", {
  statuses <- function(...) {
    fault <- c(list(path = "/account", status = 402, nth = c(1, Inf)), list(...))
    auth <- AmoSandbox(notes = 0, faults = list(fault))
    for (time in 1:4) try(AmoUsers(auth), silent = TRUE)
    log <- sandbox_requests(auth)
    log$status[log$path == "/api/v2/account"] == 402
  }
  expect_identical(statuses(), rep(TRUE, 4))
  expect_identical(statuses(every = 2), c(FALSE, TRUE, FALSE, TRUE))
  expect_identical(statuses(share = 0), rep(FALSE, 4))
  expect_identical(statuses(over = 1e6), rep(FALSE, 4))
  expect_identical(statuses(during = c(3600, Inf)), rep(FALSE, 4))
})

test_that("faults that make no sense are input errors which say why", {
  refused <- function(message, ...) {
    expect_error(AmoSandbox(faults = list(list(path = "/", ...))), message, fixed = TRUE,
                 class = "amocrm_error_input")
  }
  refused('`at` must be "front", "end" or "anywhere"', action = "add", rows = 1, at = "top")
  refused("`at` is missing", action = "delete", rows = 1)
  refused("`rows` must be a whole number", action = "cap", rows = 1.5)
  refused("`share` must be a single number, 0 or greater", status = 500, share = c(0, 1))
  refused("`during` must be two increasing numbers, 0 or greater", status = 500, during = c(2, 1))
  refused("`holding` must be two increasing numbers, 0 or greater", status = 500, holding = 5)
  refused('`rows` has no meaning for "new"', action = "new", rows = 1)
})

test_that("a token that is lost on its way was sold", {
  fault <- list(path = "/oauth2/access_token", action = "lose")
  auth <- AmoSandbox(notes = 0, access = "oauth", faults = list(fault))
  log <- function() sandbox_requests(auth)$status[sandbox_requests(auth)$path == fault$path]
  expect_error(AmoUsers(auth), class = "amocrm_error")
  expect_identical(log()[[1]], 0)
})

test_that("an access that there is not is told with those that there are", {
  for (access in list("tokn", NULL, character(), NA, 1, list("key"))) {
    expect_error(AmoSandbox(access = access), '`access` must be one of "key", "token", "oauth"',
                 class = "amocrm_error_input")
  }
})
