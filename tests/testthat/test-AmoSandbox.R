test_that("the same seed makes the same data, another seed other data", {
  first <- AmoNotes(auth_list = AmoSandbox(notes = 50, seed = 7), type = "lead")
  expect_identical(AmoNotes(auth_list = AmoSandbox(notes = 50, seed = 7), type = "lead"), first)
  other <- AmoNotes(auth_list = AmoSandbox(notes = 50, seed = 8), type = "lead")
  expect_false(identical(other, first))
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
