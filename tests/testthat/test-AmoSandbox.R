test_that("the same seed makes the same data, another seed other data", {
  first <- AmoNotes(auth_list = AmoSandbox(notes = 50, seed = 7), type = "lead")
  expect_identical(AmoNotes(auth_list = AmoSandbox(notes = 50, seed = 7), type = "lead"), first)
  other <- AmoNotes(auth_list = AmoSandbox(notes = 50, seed = 8), type = "lead")
  expect_false(identical(other, first))
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
