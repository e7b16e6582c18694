# AmoTalks(): talks in messengers.

account <- AmoSandbox(notes = 600, access = "token")
talks <- AmoTalks(account)

test_that("talks are those of the messages that notes tell of", {
  withr::local_options(amocrm.api = "v4")
  messages <- AmoNotes(account, "lead", note_type = 17)
  of_leads <- talks[talks$entity_type %in% "lead", ]
  expect_gt(nrow(of_leads), 5)
  expect_true(all(of_leads$id %in% messages$params_talk_id))
  last <- tapply(messages$created_at, messages$params_talk_id, max)
  told <- as.character(intersect(of_leads$id, names(last)))
  at <- of_leads$updated_at[match(told, of_leads$id)]
  expect_true(all(as.numeric(at) >= last[told]))
  expect_identical(attr(talks$created_at, "tzone"), "Europe/Moscow")
})

test_that("filters give the rows that they name", {
  expect_filtered <- function(found, rows) {
    expect_identical(sort(found$id), sort(talks$id[rows]))
  }
  expect_filtered(AmoTalks(account, id = talks$id[c(2, 5)]), c(2, 5))
  expect_filtered(AmoTalks(account, id = rev(talks$id)), seq_along(talks$id))
  contacts <- talks$contact_id[1:3]
  expect_filtered(AmoTalks(account, contact_id = contacts), talks$contact_id %in% contacts)
  lead <- talks$entity_type %in% "lead"
  expect_filtered(AmoTalks(account, entity = "lead"), lead)
  expect_filtered(AmoTalks(account, entity = c("lead", "customer")), !is.na(talks$entity_type))
  one <- talks$entity_id[lead][[1]]
  expect_filtered(AmoTalks(account, entity = "lead", entity_id = one),
                  lead & talks$entity_id %in% one)
  expect_filtered(AmoTalks(account, only_in_work = TRUE), talks$is_in_work)
  expect_warning(none <- AmoTalks(account, id = 1), class = "amocrm_warning_zero_rows")
  expect_identical(lapply(none, class), lapply(talks, class))
})

test_that("filters that the server does not have are applied in R", {
  auth <- AmoSandbox(notes = 0, access = "token", faults = list(list(
    path = "/talks?", nth = c(1, Inf), action = "body", body = paste0(
      '{"_embedded":{"talks":[{"talk_id":1,"contact_id":5,"is_in_work":true},',
      '{"talk_id":2,"contact_id":6,"is_in_work":false,"entity_type":"lead","entity_id":7}]}}'
    )
  )))
  expect_identical(AmoTalks(auth, id = 2)$id, 2L)
  expect_identical(AmoTalks(auth, contact_id = "005")$id, 1L)
  expect_identical(AmoTalks(auth, entity_id = 7)$id, 2L)
  expect_identical(AmoTalks(auth, only_in_work = TRUE)$id, 1L)
})

test_that("what a talk is about is told in the singular", {
  talk <- function(id, kind) sprintf('{"talk_id":%d,"entity_type":"%s","entity_id":7}', id, kind)
  rows <- talk(1:3, c("leads", "customers", "lead"))
  auth <- AmoSandbox(notes = 0, access = "token", faults = list(list(
    path = "/talks?", nth = c(1, Inf), action = "body",
    body = sprintf('{"_embedded":{"talks":[%s]}}', paste(rows, collapse = ","))
  )))
  expect_identical(AmoTalks(auth)$entity_type, c("lead", "customer", "lead"))
  expect_identical(AmoTalks(auth, entity = "lead")$id, c(1L, 3L))
})

test_that("a small limit makes no difference", {
  expect_identical(AmoTalks(account, limit = 10), talks)
  expect_warning(AmoTalks(account, limit = 500), "250", class = "amocrm_warning_limit")
})

test_that("what is no filter is an input error", {
  for (call in expression(
    AmoTalks(account, id = "x"), AmoTalks(account, entity = "task"),
    AmoTalks(account, only_in_work = NA), AmoTalks(account, limit = 0)
  )) {
    expect_error(eval(call), class = "amocrm_error_input")
  }
})

test_that("an account without customers has no talks about them", {
  refused <- list(path = "/talks?", nth = c(1, Inf), status = 400)
  auth <- AmoSandbox(notes = 0, access = "token", faults = list(refused))
  expect_warning(
    expect_warning(none <- AmoTalks(auth, entity = "customer"),
                   class = "amocrm_warning_zero_rows"),
    class = "amocrm_warning_no_customers"
  )
  expect_identical(dim(none), c(0L, 13L))
  expect_error(AmoTalks(auth, entity = "lead"), class = "amocrm_error_http")
})

test_that("who was answered in time was not missed in 1970", {
  talk <- '{"talk_id":1,"contact_id":2,"created_at":1700000000,"missed_at":0,"rate":0}'
  body <- sprintf('{"_page":1,"_embedded":{"talks":[%s]}}', talk)
  found <- AmoTalks(AmoSandbox(notes = 0, access = "token", faults = list(
    list(path = "/talks?", nth = c(1, Inf), action = "body", body = body)
  )))
  expect_identical(found$missed_at[[1]], as.POSIXct(NA, tz = "Europe/Moscow"))
  expect_identical(found$rate, 0L)
})
