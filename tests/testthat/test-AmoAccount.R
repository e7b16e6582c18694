# AmoAccount(): the account in one row.

test_that("a token gets all that API v4 tells, though v2 answers", {
  auth <- AmoSandbox(notes = 0, access = "token", timezone = "Asia/Omsk", api_filter = TRUE)
  account <- AmoAccount(auth)
  columns <- AmoColumns("account")
  expect_identical(names(account), columns$column)
  types <- vapply(account, function(column) class(column)[[1]], "", USE.NAMES = FALSE)
  expect_identical(types, columns$type)
  expect_identical(nrow(account), 1L)
  expect_false(any(vapply(account, anyNA, NA)))
  expect_identical(account$currency, "RUB")
  expect_identical(account$timezone, "Asia/Omsk")
  expect_identical(attr(account$created_at, "tzone"), "Asia/Omsk")
  expect_true(account$is_api_filter_enabled)
  expect_true(account$current_user_id %in% AmoUsers(auth)$id)
  expect_identical(AmoLeads(auth)$leads$account_id[[1]], account$id)
})

test_that("modules that are off are told", {
  kommo <- AmoSandbox(notes = 0, access = "token", kommo = TRUE)
  expect_identical(AmoAccount(kommo)$customers_mode, "unavailable")
  expect_false(AmoAccount(kommo)$is_api_filter_enabled)
})

test_that("over API v2 there is what it tells, in the same columns", {
  auth <- AmoSandbox(notes = 0, access = "token")
  key <- AmoAccount(AmoSandbox(notes = 0))
  expect_identical(withr::with_options(list(amocrm.api = "v2"), AmoAccount(auth)), key)
  full <- AmoAccount(auth)
  expect_identical(lapply(key, class), lapply(full, class))
  told <- names(filled <- Filter(Negate(anyNA), key))
  expect_setequal(told, c(
    "id", "name", "subdomain", "currency", "language", "timezone", "timezone_offset",
    "current_user_id"
  ))
  expect_identical(as.list(full[told]), as.list(filled))
})

test_that("credentials are the first argument or in the environment", {
  auth <- AmoSandbox(notes = 0, access = "token")
  expect_identical(names(formals(AmoAccount)), "auth_list")
  withr::local_envvar(AMOCRM_DOMAIN = auth$domain, AMOCRM_ACCESS_TOKEN = auth$access_token)
  expect_identical(AmoAccount(), AmoAccount(auth))
  expect_error(AmoAccount("me"), "auth_list", class = "amocrm_error_input")
})

test_that("an answer that is no account is an error", {
  # It is asked for several times, with waits between.
  skip_on_cran()
  fault <- list(path = "account?with", action = "body", body = "[]", nth = c(1, Inf))
  auth <- AmoSandbox(notes = 0, access = "token", faults = list(fault))
  expect_error(AmoAccount(auth), class = "amocrm_error_parse")
})

test_that("an account without a name has a time zone still", {
  body <- paste0(
    '{"id":1,"name":null,"is_api_filter_enabled":null,',
    '"_embedded":{"datetime_settings":{"timezone":"Asia/Omsk"}}}'
  )
  auth <- AmoSandbox(notes = 0, access = "token", v2 = FALSE, faults = list(list(
    path = "/api/v4/account", nth = c(1, Inf), action = "body", body = body
  )))
  expect_identical(attr(AmoTasks(auth)$created_at, "tzone"), "Asia/Omsk")
  leads <- AmoLeads(auth, date_create_from = "2020-01-01") |>
    suppressWarnings(classes = "amocrm_warning_no_filters")
  expect_gt(nrow(leads$leads), 0)
  expect_identical(AmoAccount(auth)$name, NA_character_)
})
