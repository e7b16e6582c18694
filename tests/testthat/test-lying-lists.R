# Lists whose server lies about them, cuts them or stops to answer, by the numbers.

test_that("a short page of API v4 with a next one loses no rows", {
  read <- function(faults = list()) {
    auth <- AmoSandbox(access = "token", v2 = FALSE, leads = 2000, tasks = 2000,
                       notes = c(lead = 2000), faults = faults)
    tables <- list(AmoLeads(auth)$leads, AmoTasks(auth), AmoNotes(auth, "lead"))
    list(tables = tables, log = sandbox_requests(auth))
  }
  whole <- read()$tables
  expect_identical(vapply(whole[1:2], nrow, 0L), c(2000L, 2000L))
  places <- c("/v4/leads?", "/v4/tasks?", "/leads/notes?", "/events?page=2&", "/events?page=3&")
  spoilt <- read(lapply(places, function(path) list(path = path, action = "short", rows = 61)))
  expect_identical(spoilt$tables, whole)
  expect_identical(sum(spoilt$log$rows == 61), length(places))
})

test_that("incoming leads of API v2 whose first page is short twice come whole", {
  whole <- AmoIncomingLeads(AmoSandbox(unsorted = 1200))
  expect_identical(nrow(whole), 1200L)
  short <- list(path = "/incoming_leads?page_size=500&page=1", action = "short", rows = 400,
                nth = 1:2)
  auth <- AmoSandbox(unsorted = 1200, faults = list(short))
  expect_identical(AmoIncomingLeads(auth), whole)
  expect_gte(sum(sandbox_requests(auth)$rows == 400), 2)
})

test_that("a list of one page is whole although each answer has it in another order", {
  shuffle <- list(path = "/tasks?", action = "shuffle", nth = c(1, Inf))
  for (v2 in c(TRUE, FALSE)) {
    auth <- AmoSandbox(access = "token", v2 = v2, tasks = 41, notes = 0, faults = list(shuffle))
    expect_setequal(AmoTasks(auth)$id, AmoTasks(AmoSandbox(tasks = 41, notes = 0))$id)
  }
})

test_that("a size that was refused is not asked for again", {
  refusal <- list(path = "/api/v4/leads?", status = 504, nth = c(1, Inf), over = 100)
  auth <- AmoSandbox(access = "token", v2 = FALSE, leads = 500, faults = list(refusal))
  leads <- AmoLeads(auth)$leads
  expect_identical(sort(leads$id), sort(unique(leads$id)))
  expect_identical(nrow(leads), 500L)
  log <- sandbox_requests(auth)
  expect_lte(nrow(log), 30)
  # Two tries of the first page.
  expect_identical(which(log$status == 504), which(grepl("/leads$", log$path))[1:2])
})

test_that("a server that stops answering ends the call with what had come", {
  skip_on_cran()
  withr::local_options(amocrm.timeout = 0.5)
  for (from in c(1, 5, 7)) {
    stall <- list(path = "/api/v2/notes?", action = "delay", seconds = 60, nth = c(from, Inf))
    auth <- AmoSandbox(notes = c(lead = 733), faults = list(stall))
    started <- proc.time()[["elapsed"]]
    error <- expect_error(AmoNotes(auth, "lead", limit = 100), "after 6 tries",
                          class = "amocrm_error_timeout")
    expect_lt(proc.time()[["elapsed"]] - started, 20)
    expect_lt(nrow(notes_requests(auth)), 30)
    expect_identical(nrow(error$partial) > 0, from > 1, info = from)
  }
})
