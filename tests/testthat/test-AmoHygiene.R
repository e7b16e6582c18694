# AmoHygiene(): what counts on tables written by hand, then whole accounts.

now <- as.POSIXct("2025-12-29 12:00:00", tz = "Europe/Moscow")
ago <- function(days) now - days * 86400

a_work <- function(leads, contacts = NULL, tasks = NULL, notes = NULL) {
  list(
    leads = leads,
    contacts = rbind(data.frame(id = integer(), contact_id = integer()), contacts),
    tasks = rbind(data.frame(
      id = integer(), element_type = character(), element_id = integer(), text = character(),
      responsible_user_id = integer(), complete_till_at = now[0],
      account_id = integer()
    ), tasks),
    notes = rbind(data.frame(element_type = character(), element_id = character()), notes)
  )
}

a_lead <- function(id, updated = 1, company_id = NA_integer_) {
  data.frame(
    id = id, name = "a", responsible_user_id = 5L, sale = 100L, updated_at = ago(updated),
    company_id = company_id, account_id = 9L
  )
}

a_task <- function(id, element_id, due, element_type = "lead") {
  data.frame(
    id = id, element_type = element_type, element_id = element_id, text = "call",
    responsible_user_id = 6L, complete_till_at = ago(due), account_id = 9L
  )
}

found <- function(..., days = 14) hygiene_rows(a_work(...), ago(days), now)

test_that("a lead without an open task is found, one with a task of its own is not", {
  rows <- found(
    rbind(a_lead(1L, company_id = 3L), a_lead(2L, company_id = 3L)),
    # The contact 1 has a task, the lead 1 has not.
    tasks = rbind(a_task(10L, 2L, -1), a_task(11L, 1L, -1, "contact"))
  )
  expect_identical(rows$reason, "no_task")
  expect_identical(rows$lead_id, 1L)
  expect_identical(rows$task_id, NA_integer_)
  expect_identical(rows$sale, 100L)
})

test_that("tasks are overdue after their time, but not those of leads that are not open", {
  rows <- found(
    a_lead(1L, company_id = 3L),
    tasks = rbind(
      a_task(10L, 1L, 2), a_task(11L, 1L, -2), a_task(12L, 99L, 2), a_task(13L, 99L, 3, "contact"),
      a_task(14L, 0L, 4, "0")
    )
  )
  expect_identical(rows$task_id, c(10L, 13L, 14L))
  expect_identical(rows$lead_id, c(1L, NA, NA))
  expect_identical(rows$sale, c(100L, NA, NA))
  expect_identical(rows$since, c(ago(2), ago(3), ago(4)))
  expect_identical(rows$responsible_user_id, rep(6L, 3))
})

test_that("a contact or a company is enough for a lead; 0 is none", {
  rows <- found(
    rbind(a_lead(1L), a_lead(2L), a_lead(3L, company_id = 7L), a_lead(4L, company_id = 0L)),
    contacts = data.frame(id = 2L, contact_id = 8L),
    tasks = do.call(rbind, lapply(1:4, function(id) a_task(id, id, -1)))
  )
  expect_identical(rows$reason, c("no_contact", "no_contact"))
  expect_identical(rows$lead_id, c(1L, 4L))
})

test_that("a change, a note, and a note of a contact or of the company count as a touch", {
  leads <- rbind(
    a_lead(1L, 20), a_lead(2L, 13), a_lead(3L, 20), a_lead(4L, 20), a_lead(5L, 20, company_id = 7L)
  )
  rows <- found(
    leads, contacts = data.frame(id = 1:4, contact_id = c(101L, 102L, 103L, 104L)),
    tasks = do.call(rbind, lapply(1:5, function(id) a_task(id, id, -1))),
    notes = data.frame(
      element_type = c("lead", "contact", "company"), element_id = c("3", "104", "7")
    )
  )
  expect_identical(rows$reason, "untouched")
  expect_identical(rows$lead_id, 1L)
  expect_identical(rows$since, ago(20))
})

test_that("an account without anything is in order", {
  rows <- found(a_lead(1L)[0, ])
  expect_identical(nrow(rows), 0L)
})

test_that("all three sources give the same, without closed and deleted leads", {
  account <- function(...) {
    AmoSandbox(notes = c(lead = 200, contact = 200), leads = 80, now = Sys.time(), ...)
  }
  expect_silent(rows <- AmoHygiene(account()))
  expect_setequal(rows$reason, names(hygiene_labels()))
  expect_identical(order(match(rows$reason, names(hygiene_labels())), rows$since),
                   seq_len(nrow(rows)))
  expect_identical(attr(rows$since, "tzone"), "Europe/Moscow")
  expect_true(all(rows$days >= 0))

  auth <- account(access = "token", v2 = FALSE)
  # A day may end between two calls.
  without_days <- function(rows) rows[names(rows) != "days"]
  expect_silent(expect_identical(without_days(AmoHygiene(auth)), without_days(rows)))
  leads <- AmoLeads(auth)$leads
  expect_false(any(leads$status_id[leads$id %in% rows$lead_id] %in% c(142, 143)))

  deleted <- rows$lead_id[rows$reason == "overdue_task" & !is.na(rows$lead_id)][[1]]
  copy <- withr::local_tempdir()
  AmoSync(auth, copy, tables = c("leads", "tasks", "notes", "users"))
  AmoSandboxChange(auth, "trash", "lead", id = deleted)
  AmoSync(auth, copy, tables = c("leads", "tasks", "notes", "users"))
  kept <- without_days(rows[!rows$lead_id %in% deleted, ])
  rownames(kept) <- NULL
  expect_identical(without_days(AmoHygiene(auth)), kept)
  expect_identical(without_days(AmoHygiene(copy)), kept)
})

test_that("no lead is untouched for longer than it is there; nonsense is an error", {
  auth <- AmoSandbox(notes = c(lead = 50), leads = 80, now = Sys.time())
  untouched <- function(days) sum(AmoHygiene(auth, days)$reason == "untouched")
  expect_gt(untouched(14), 0)
  expect_identical(untouched(5000), 0L)
  expect_error(AmoHygiene(auth, -1), "days", class = "amocrm_error_input")
  expect_error(AmoHygiene(auth, "x"), "days", class = "amocrm_error_input")
  copy <- withr::local_tempdir()
  AmoSync(auth, copy, tables = "leads")
  expect_error(AmoHygiene(copy), "tasks", class = "amocrm_error_input")
})
