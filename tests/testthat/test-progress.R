state <- function(rows, pause = "", left = 0, lists = 1, lists_read = 0) {
  list(
    done = FALSE, requests = 1, pages = 1, rows = rows, lists = lists, lists_read = lists_read,
    pause = pause, pause_left = left
  )
}

test_that("plain lines come now and then, and once for each long wait", {
  withr::local_options(amocrm.quiet = FALSE)
  lines <- progress_lines("lead notes")
  expect_silent(lines$update(state(500), seconds = 1))
  expect_message(lines$update(state(12000), seconds = 11), "lead notes: 12,000 rows")
  expect_silent(lines$update(state(12500), seconds = 12))
  expect_message(lines$update(state(12500, "HTTP 429", 30), 13), "waiting 30 s (HTTP 429)",
                 fixed = TRUE)
  expect_silent(lines$update(state(12500, "HTTP 429", 29), 14))
  expect_silent(lines$update(state(12500, "HTTP 502", 1), 15))
})

test_that("a call that reads several lists says how many of them are read", {
  expect_identical(counts_text("notes", state(0)), "notes: 0 rows, 1 page")
  expect_identical(
    counts_text("notes", state(0, lists = 5000, lists_read = 1234)),
    "notes: 0 rows, 1 page, 1,234 of 5,000 lists"
  )
})

test_that("the summary counts one page and two pages", {
  summary <- function(rows, pages, requests) {
    summary_line("notes", list(pages = pages, requests = requests), 1.25, "v2", rows)
  }
  expect_identical(summary(1, 1, 1), "notes: 1 row in 1 page, 1 request, 1.2 s (API v2)")
  expect_identical(
    summary(12000, 24, 0), "notes: 12,000 rows in 24 pages, 0 requests, 1.2 s (API v2)"
  )
})

test_that("the bar survives texts that look like code", {
  bar <- progress_bar("a {stop('no')} b")
  expect_error(bar$update(state(5, "{stop('no')} %s", 9), 1), NA)
  expect_error(bar$close(), NA)
})

test_that("a document shows the summary as a message of its own", {
  skip_if_not_installed("knitr")
  withr::local_options(amocrm.quiet = FALSE)
  auth <- AmoSandbox(notes = 5)
  text <- "```{r}\nnotes <- amocrm::AmoNotes(auth_list = auth, type = 'lead')\n```"
  page <- knitr::knit(text = text, quiet = TRUE, envir = environment())
  expect_match(page, "lead notes: 5 rows", fixed = TRUE)
})

test_that("suppressMessages() and the quiet option show nothing at all", {
  withr::local_options(amocrm.quiet = FALSE)
  expect_true(suppressMessages(messages_are_muffled()))
  expect_false(messages_are_muffled())
  withr::local_options(amocrm.quiet = TRUE)
  expect_silent(show_progress("x")$summary("v2", 1))
})

test_that("the wait for another process's token file says whose it is", {
  state <- list(pause_left = 12, pause = "token_file:4711")
  expect_match(wait_text(state), "12 s (process 4711 is using the token file)", fixed = TRUE)
})
