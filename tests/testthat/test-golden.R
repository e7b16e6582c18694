# What becomes of pages of API v2: tables as the contract promises them
# (src/rust/docs/contract.md), made by the oracle; and, where they are, those that
# amocrm 0.1.0 itself made of recorded pages.

#' A table that tests/fixtures/make.R wrote
golden_table <- function(name) {
  file <- fixture("golden", paste0(name, ".txt"))
  eval(parse(file, keep.source = FALSE, encoding = "UTF-8"))
}

#' Pages in the folder of fixtures, or recorded ones, as the sandbox serves them
serve_golden <- function(list, file, ...) {
  AmoSandbox(notes = 0, items = stats::setNames(list(file), list), ...)
}

recorded_leads <- function() {
  tables <- readRDS(recorded("golden", "AmoLeads.rds"))
  # Remains of how 0.1.0 bound rows.
  rownames(tables$linked_contacts) <- NULL
  tables
}

expect_golden <- function(read, expected) {
  for (limit in c(7, 120, 500)) {
    found <- read(limit)
    expect_identical(found, expected)
    expect_identical(attributes(found), attributes(expected))
  }
}

golden <- list(
  "notes-lead" = list(
    list = "lead", read = function(...) AmoNotes(type = "lead", ...), oracle = oracle_notes
  ),
  tasks = list(list = "tasks", read = AmoTasks, oracle = oracle_tasks),
  leads = list(
    list = "leads", read = AmoLeads,
    oracle = function(records, zone) oracle_cards(records, "leads", "contacts", zone)
  )
)

test_that("the stored tables are those that the oracle makes of the stored pages", {
  for (name in names(golden)) {
    records <- oracle_records(read_text(fixture("golden", paste0(name, ".json"))))
    table <- golden[[name]]$oracle(records, "Asia/Yekaterinburg")
    expect_identical(table, golden_table(name), info = name)
    expect_gte(length(records), 30)
  }
})

test_that("the tables of the stored pages are the stored ones, whatever the limit", {
  for (name in names(golden)) {
    file <- fixture("golden", paste0(name, ".json"))
    auth <- serve_golden(golden[[name]]$list, file, timezone = "Asia/Yekaterinburg")
    read <- function(limit) golden[[name]]$read(auth_list = auth, limit = limit)
    expect_golden(read, golden_table(name))
  }
})

test_that("notes of recorded pages are those that amocrm 0.1.0 made", {
  auth <- serve_golden("lead", recorded("golden", "notes-lead.json"))
  expected <- readRDS(recorded("golden", "notes-lead.rds"))
  expect_golden(function(limit) AmoNotes(auth_list = auth, type = "lead", limit = limit), expected)
})

test_that("tasks of recorded pages are those that amocrm 0.1.0 made", {
  auth <- serve_golden("tasks", recorded("golden", "tasks.json"))
  expected <- readRDS(recorded("golden", "AmoTasks.rds"))
  expect_golden(function(limit) AmoTasks(auth_list = auth, limit = limit), expected)
})

test_that("leads of recorded pages are those that amocrm 0.1.0 made", {
  auth <- serve_golden("leads", recorded("golden", "leads.json"))
  expect_golden(function(limit) AmoLeads(auth, limit), recorded_leads())
})

test_that("the oracle makes of recorded pages what amocrm 0.1.0 made", {
  read <- function(name) oracle_records(read_text(recorded("golden", name)))
  zone <- "Europe/Moscow"
  expect_identical(
    oracle_notes(read("notes-lead.json"), zone), readRDS(recorded("golden", "notes-lead.rds"))
  )
  expect_identical(oracle_tasks(read("tasks.json"), zone),
                   readRDS(recorded("golden", "AmoTasks.rds")))
  expect_identical(
    oracle_cards(read("leads.json"), "leads", "contacts", zone), recorded_leads()
  )
})
