test_that("server text comes through harmlessly", {
  hostile <- paste0("%s %d %n {x} {{ \\ \u041f ", strrep("y", 1e6))
  error <- tryCatch(
    abort_from_rust(list(kind = "http", status = 500L, endpoint = "GET /x", detail = hostile)),
    error = identity
  )
  expect_s3_class(error, "amocrm_error_http")
  expect_match(conditionMessage(error), hostile, fixed = TRUE)
})

test_that("every kind has a headline, and those that the user can mend have advice", {
  error <- list(message = "m", endpoint = "GET /x", detail = "d", code = "110", status = 404L,
                tries = 6, pages = c("p1", "p2"))
  for (kind in c("input", "auth", "blocked", "rate_limited", "http", "timeout", "network",
                 "parse", "incomplete", "system")) {
    error$kind <- kind
    expect_true(nzchar(headline(error)))
    if (!kind %in% c("input", "system")) expect_true(nzchar(advice(error)))
  }
})

test_that("an error counts one try and two tries", {
  error <- list(kind = "timeout", endpoint = "GET /x", detail = "60", tries = 1)
  expect_identical(headline(error), "GET /x: no answer within 60 s, after 1 try")
  error$tries <- 2
  expect_identical(headline(error), "GET /x: no answer within 60 s, after 2 tries")
})

test_that("an error has the promised fields, NULL where there is nothing", {
  error <- tryCatch(abort("input", "m"), amocrm_error = identity)
  expect_true(all(c("message", "call") %in% names(error)))
  expect_null(error$status)
  expect_null(error$partial)
})
