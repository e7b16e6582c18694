#' An account whose list of notes of leads ends in an error after some pages
broken <- function(rows = 300, ...) {
  AmoSandbox(notes = c(lead = rows), ..., faults = list(
    list(path = "/notes", holding = c(250, 250), nth = c(1, Inf), status = 402)
  ))
}

test_that("after an error the rows received before are there until the next call", {
  auth <- broken()
  error <- expect_error(AmoNotes(auth, "lead", limit = 100), class = "amocrm_error_http")
  expect_identical(AmoLast(), error$partial)
  expect_gte(nrow(AmoLast()), 100)
  said <- conditionMessage(error)
  expect_match(said, sprintf("AmoLast() returns what was received: %d rows.", nrow(AmoLast())),
               fixed = TRUE)
  # Nothing is read: a slip of the pen doesn't cost the rows.
  expect_error(AmoNotes(auth, "leed"), class = "amocrm_error_input")
  AmoAuth(auth, verbose = FALSE)
  expect_identical(AmoLast(), error$partial)
  AmoGroups(auth)
  expect_null(AmoLast())
})

test_that("an error without rows leaves nothing and promises nothing", {
  auth <- AmoSandbox(notes = 5)
  auth$apikey <- "wrong"
  error <- expect_error(AmoNotes(auth, "lead"), class = "amocrm_error_auth")
  expect_false(grepl("AmoLast", conditionMessage(error), fixed = TRUE))
  expect_identical(NROW(AmoLast()), 0L)
})

test_that("it has the form of the call's result", {
  auth <- broken()
  expect_error(AmoNotes(auth, c("lead", "contact"), limit = 100), class = "amocrm_error_http")
  expect_named(AmoLast(), c("lead_notes", "contact_notes"))
  leads <- AmoSandbox(leads = 300, faults = list(
    list(path = "/leads", holding = c(250, 250), nth = c(1, Inf), status = 402)
  ))
  expect_error(AmoLeads(leads, limit = 100), class = "amocrm_error_http")
  expect_named(AmoLast(), names(AmoLeads(AmoSandbox())))
})

test_that("warnings that are errors don't cost the rows", {
  withr::local_options(amocrm.on_error = "partial", warn = 2)
  expect_error(AmoNotes(broken(), "lead", limit = 100), "incomplete")
  expect_gte(nrow(AmoLast()), 100)
})

test_that("what is returned is not kept", {
  withr::local_options(amocrm.on_error = "partial")
  expect_warning(
    AmoNotes(broken(), "lead", limit = 100),
    "The table is incomplete: it holds only the rows received before this error.\nHTTP 402",
    fixed = TRUE, class = "amocrm_warning_partial"
  )
  expect_null(AmoLast())
})
