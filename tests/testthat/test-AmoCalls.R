# AmoCalls() on calls written by hand, over both APIs.

monday <- as.double(as.POSIXct("2025-12-22 09:30:00", tz = "Europe/Moscow"))

#' Calls as the APIs send them: `note_type` is 10 or 11, `params` a text of JSON
call_json <- function(id, params, at = monday, note_type = 10, user = 6102533, api = "v2") {
  owner <- if (api == "v2") '"element_id":7,"element_type":1' else '"entity_id":7'
  type <- if (api == "v2") note_type else c('"call_in"', '"call_out"')[note_type - 9]
  sprintf(
    paste0(
      '{"id":%d,%s,"note_type":%s,"created_at":%.0f,"updated_at":1766800000,"created_by":0,',
      '"account_id":1,"responsible_user_id":%.0f,"params":%s}'
    ), id, owner, type, at, user, params
  )
}

#' An account whose contacts have these calls, and nothing else
with_calls <- function(calls, api, ...) {
  rows <- sprintf("[%s]", paste(calls, collapse = ","))
  if (api == "v2") {
    return(AmoSandbox(notes = 0, items = list(contact = rows), ...))
  }
  AmoSandbox(notes = 0, access = "token", v2 = FALSE, ..., faults = list(list(
    path = "/api/v4/contacts/notes", nth = c(1, Inf), action = "body",
    body = sprintf('{"_embedded":{"notes":%s}}', rows)
  )))
}

apis <- c("v2", "v4")

test_that("values are typed and have names, whatever a call lacks", {
  for (api in apis) {
    key <- function(name) if (api == "v2") toupper(name) else tolower(name)
    calls <- AmoCalls(with_calls(api = api, c(
      call_json(1, sprintf(
        '{"%s":"+7 (495) 123-45-67%s. 12","%s":"65","%s":"u1","call_status":"4"}',
        key("phone"), "\\u0434\\u043e\\u0431", key("duration"), key("uniq")
      ), api = api),
      # The user is gone, the status is missing, the phone is empty.
      call_json(2, sprintf('{"%s":"","%s":30,"%s":""}', key("phone"), key("duration"), key("link")),
                monday + 60, note_type = 11, user = 99, api = api),
      call_json(3, sprintf('{"%s":0,"call_status":6}', key("duration")), monday + 120, api = api),
      call_json(4, sprintf('{"%s":0,"call_status":0}', key("duration")), monday + 180, api = api),
      call_json(5, '{"call_status":77}', monday + 240, api = api)
    )))
    expect_s3_class(calls, c("amocrm_calls", "data.frame"), exact = TRUE)
    expect_identical(calls$id, 1:5)
    expect_identical(calls$direction, c("in", "out", "in", "in", "in"))
    expect_identical(calls$phone, c("74951234567", NA, NA, NA, NA))
    expect_identical(calls$duration, c(65, 30, 0, 0, NA))
    expect_identical(calls$status, c(4L, NA, 6L, NA, NA))
    expect_identical(calls$status_label, c("talked", NA, "no answer", NA, NA))
    expect_identical(calls$answered, c(TRUE, TRUE, FALSE, FALSE, NA))
    expect_identical(calls$user_id, c(6102533L, 99L, 6102533L, 6102533L, 6102533L))
    expect_identical(is.na(calls$user_name), c(FALSE, TRUE, FALSE, FALSE, FALSE))
    expect_identical(calls$entity, rep("contact", 5))
    expect_identical(calls$entity_id, rep(7L, 5))
    expect_identical(calls$link, rep(NA_character_, 5))
    expect_identical(calls$uniq, c("u1", NA, NA, NA, NA))
    expect_identical(calls$created_at, .POSIXct(monday + 60 * 0:4, "Europe/Moscow"))
  }
})

test_that("a call without a time is there, but in no span", {
  call <- sub('"created_at":[0-9]+', '"created_at":null', call_json(5, "{}", api = "v4"))
  auth <- with_calls(call, api = "v4")
  calls <- AmoCalls(auth)
  expect_identical(list(calls$id, is.na(calls$created_at)), list(5L, TRUE))
  expect_warning(none <- AmoCalls(auth, from = "2020-01-01"), class = "amocrm_warning_zero_rows")
  expect_identical(nrow(none), 0L)
})

test_that("a call is whose the phone system says it is", {
  users <- data.frame(id = c(1L, 2L), name = c("Anna", "Boris"))
  user <- users_of_calls(
    c(NA, "", "2", "Anna", "Operator 7", "99"), c("1", "2", "1", "2", "1", "1"), users
  )
  expect_identical(user$id, c(1L, 2L, 2L, 1L, NA, 99L))
  expect_identical(user$name, c("Anna", "Boris", "Boris", "Anna", "Operator 7", NA))
})

test_that("both APIs and copies give the same table, in the order of time", {
  account <- function(...) {
    AmoSandbox(notes = c(contact = 400, lead = 300, company = 100, customer = 100), ...)
  }
  calls <- AmoCalls(account())
  expect_setequal(calls$entity, c("contact", "lead", "company", "customer"))
  expect_false(is.unsorted(calls$created_at))
  auth <- account(access = "token", v2 = FALSE)
  expect_identical(AmoCalls(auth), calls)
  copy <- withr::local_tempdir()
  AmoSync(auth, copy, tables = c("notes", "users"))
  expect_identical(AmoCalls(copy), calls)
})

test_that("`from` and `to` are about the creation of calls, to the second", {
  for (api in apis) {
    auth <- with_calls(vapply(1:4, function(id) {
      call_json(id, "{}", monday + id, api = api)
    }, ""), api)
    # All of them were modified later than `to`.
    expect_identical(AmoCalls(auth, .POSIXct(monday + 2), .POSIXct(monday + 3))$id, 2:3)
    expect_identical(AmoCalls(auth, "2025-12-22 09:30:03", "2025-12-23")$id, 3:4)
  }
  expect_error(AmoCalls(auth, from = 5), class = "amocrm_error_input")
  expect_error(AmoCalls(auth, to = "x"), class = "amocrm_error_input")
})

test_that("without calls there are all columns with their types, and a warning", {
  auth <- AmoSandbox(notes = c(contact = 50))
  calls <- AmoCalls(auth)
  expect_gt(nrow(calls), 0)
  expect_warning(none <- AmoCalls(auth, from = "2030-01-01"), class = "amocrm_warning_zero_rows")
  expect_identical(nrow(none), 0L)
  expect_identical(lapply(none, class), lapply(calls, class))
  expect_identical(attr(none$created_at, "tzone"), "Europe/Moscow")
  expect_identical(sum(calls_by_hour(none)), 0L)
})

test_that("accounts without customers, and tokens that may not see users, have calls, too", {
  expect_silent(calls <- AmoCalls(AmoSandbox(notes = 50, kommo = TRUE, access = "token")))
  expect_gt(nrow(calls), 0)
  auth <- AmoSandbox(notes = 50, admin = FALSE, v2 = FALSE, access = "token")
  expect_warning(calls <- AmoCalls(auth), class = "amocrm_warning_unknown_ids")
  expect_gt(sum(is.na(calls$user_name)), 0)
})

test_that("a copy without notes can't have calls", {
  copy <- withr::local_tempdir()
  AmoSync(AmoSandbox(notes = 0, access = "token"), copy, tables = "users")
  expect_error(AmoCalls(copy), "notes|users", class = "amocrm_error_input")
})

test_that("hours and days are those of the account, also in the night when clocks change", {
  at <- as.POSIXct(c(
    "2025-10-26 00:30:00", "2025-10-26 01:30:00", "2025-12-22 23:30:00"
  ), tz = "UTC")
  calls <- data.frame(created_at = .POSIXct(as.double(at), "Europe/Berlin"))
  # Half past two comes twice on that Sunday. Monday's last call is Tuesday's in Berlin.
  counts <- calls_by_hour(calls)
  expect_identical(dim(counts), c(7L, 24L))
  expect_identical(rownames(counts)[c(1, 7)], c("Mon", "Sun"))
  expect_identical(counts[7, 3], 2L, ignore_attr = TRUE)
  expect_identical(counts[2, 1], 1L, ignore_attr = TRUE)
  expect_identical(sum(counts), 3L)
})

test_that("how calls ended is told in the language of the session", {
  withr::local_language("ru")
  skip_if(!is_russian(), "no translations in this locale")
  calls <- AmoCalls(with_calls(call_json(1, '{"call_status":4}'), "v2"))
  # "talked"
  expect_match(calls$status_label, "^\u0440\u0430\u0437\u0433\u043e\u0432\u043e\u0440")
})

test_that("a span that ends before it begins is an input error", {
  auth <- AmoSandbox(notes = c(contact = 50))
  expect_error(AmoCalls(auth, from = "2025-02-01", to = "2025-01-01"), "later",
               class = "amocrm_error_input")
})
