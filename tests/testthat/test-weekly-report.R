# The templates of R Markdown, as a user gets them.

#' The text of a report by a template, about a sandbox
weekly_report <- function(template, ...) {
  skip_if_not_installed("rmarkdown")
  skip_if(!rmarkdown::pandoc_available(), "needs pandoc")
  auth <- AmoSandbox(access = "token", now = Sys.time(), ...)
  withr::local_envvar(
    AMOCRM_DOMAIN = auth$domain, AMOCRM_ACCESS_TOKEN = auth$access_token, AMOCRM_EMAIL = NA,
    AMOCRM_APIKEY = NA, AMOCRM_CLIENT_ID = NA
  )
  folder <- withr::local_tempdir()
  file <- rmarkdown::draft(
    file.path(folder, "weekly.Rmd"), template, package = "amocrm", edit = FALSE
  )
  page <- rmarkdown::render(file, quiet = TRUE, envir = new.env(parent = globalenv()))
  list(text = read_text(page), copied = AmoSyncLog(file.path(folder, "amocrm-data")))
}

test_that("the weekly reports show all their tables and pictures, and keep a copy", {
  for (template in c("weekly", "weekly-ru")) {
    report <- weekly_report(template, notes = c(contact = 2000, lead = 500), leads = 100)
    expect_length(gregexpr("<img ", report$text)[[1]], 2)
    expect_length(gregexpr("\n<table", report$text)[[1]], 4)
    expect_true("leads" %in% report$copied$table)
    expect_false(any(report$copied$mode == "failed"))
  }
  expect_match(report$text, "\u0417\u0432\u043e\u043d\u043a\u0438")
})

test_that("an account in which nothing happens has a report, too", {
  report <- weekly_report(
    "weekly", notes = 0, leads = 0, contacts = 0, tasks = 0, companies = 0, customers = 0,
    transactions = 0, unsorted = 0
  )
  expect_match(report$text, "What is left lying")
})
