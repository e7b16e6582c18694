test_that("it is a plain list for old code", {
  auth <- AmoAuthList("me@example.com", "0123456789", "sub")
  expect_type(auth, "list")
  expect_named(auth, c("email", "apikey", "domain"))
  expect_identical(auth$email, "me@example.com")
  expect_identical(auth$apikey, "0123456789")
  expect_identical(auth$domain, "sub")
})

test_that("printing, formatting and str() hide the key", {
  auth <- AmoAuthList("me@example.com", "0123456789", "sub")
  shown <- c(capture.output(print(auth)), format(auth), capture.output(str(auth)),
             capture.output(auth), capture.output(str(list(auth))))
  expect_false(any(grepl("0123456789", shown, fixed = TRUE)))
  expect_true(any(grepl("me@example.com", shown, fixed = TRUE)))
})

test_that("hosts of the three zones are accepted", {
  for (domain in c("sub", "sub.amocrm.ru", "sub.amocrm.com", "sub.kommo.com",
                   "http://127.0.0.1:8080", "http://localhost:8080")) {
    expect_identical(AmoAuthList("me@example.com", "key", domain)$domain, domain)
  }
})

test_that("what is not given comes from the environment", {
  withr::local_envvar(
    AMOCRM_EMAIL = "env@example.com", AMOCRM_APIKEY = "envkey", AMOCRM_DOMAIN = "envsub"
  )
  expect_identical(
    unclass(AmoAuthList()),
    list(email = "env@example.com", apikey = "envkey", domain = "envsub")
  )
  expect_identical(AmoAuthList(domain = "other")$domain, "other")
})

test_that("what is no text is an input error", {
  for (email in list(NA_character_, "", c("a", "b"), 5)) {
    expect_error(AmoAuthList(email, "key", "sub"), "`email`", class = "amocrm_error_input")
  }
})
