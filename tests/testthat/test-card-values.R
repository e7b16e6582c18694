# What the values of cards become, in every form that servers send them.

#' A sandbox that serves these cards, a JSON array, over API v4
serve_cards <- function(entity, cards, account = NULL) {
  body <- function(path, text) list(path = path, nth = c(1, Inf), action = "body", body = text)
  page <- sprintf('{"_embedded":{"%s":%s}}', entity, cards)
  AmoSandbox(
    notes = 0, leads = 0, contacts = 0, companies = 0, customers = 0, access = "token", v2 = FALSE,
    faults = c(
      list(body(sprintf("/api/v4/%s?page=1&", entity), page)),
      if (!is.null(account)) list(body("/api/v4/account", account))
    )
  )
}

#' The same over API v2
serve_old_cards <- function(entity, cards) {
  AmoSandbox(notes = 0, items = stats::setNames(list(cards), entity))
}

in_zone_account <- function(timezone) {
  sprintf('{"id":1,"name":"A","_embedded":{"datetime_settings":%s}}', timezone)
}

test_that("sums are those with minor units where the account sends them", {
  leads <- AmoLeads(serve_cards("leads", '[
    {"id":1,"price":100,"price_with_minor_units":100.5},
    {"id":2,"price":99999999,"price_with_minor_units":99999999.999},
    {"id":3,"price":0,"price_with_minor_units":0.1}, {"id":4,"price":7}]'))$leads
  expect_identical(leads$sale, c(100.5, 99999999.999, 0.1, 7))
  expect_identical(leads$price_with_minor_units, c(100.5, 99999999.999, 0.1, NA))
  whole <- AmoLeads(serve_cards("leads", '[
    {"id":1,"price":100,"price_with_minor_units":100}]'))$leads
  expect_identical(whole$sale, 100)
  expect_identical(whole$price_with_minor_units, 100)
  customers <- AmoCustomers(serve_cards("customers", '[
    {"id":1,"next_price":200,"next_price_with_minor_units":200.75,"ltv":5}]'))$customers
  expect_identical(customers$next_price, 200.75)
  expect_identical(customers$ltv, 5L)
})

test_that("members of a field's value that are not known are rows of their own, over both APIs", {
  value <- '{"catalog_id":1001,"catalog_element_id":12235}'
  new <- AmoLeads(serve_cards("leads", sprintf(
    '[{"id":1,"custom_fields_values":[{"field_id":7,"field_name":"a","field_type":"chained_list",
    "values":[%s]}]}]', value
  )))$linked_custom_fields
  old <- AmoLeads(serve_old_cards("leads", sprintf(
    '[{"id":1,"custom_fields":[{"id":7,"name":"a","values":[%s]}]}]', value
  )))$linked_custom_fields
  for (fields in list(new, old)) {
    expect_identical(fields$custom_field_id, c(7L, 7L))
    expect_identical(fields$custom_field_value, c("1001", "12235"))
    expect_identical(fields$custom_field_value_subtype, c("catalog_id", "catalog_element_id"))
  }
})

test_that("what with_with asks for is in the answer", {
  auth <- serve_cards("leads", '[
    {"id":1,"source_id":77,"_embedded":{"source":{"id":77,"name":"Site"},"catalog_elements":[
      {"id":525439,"metadata":{"quantity":2.5,"catalog_id":4521,"price_id":null}},
      {"id":525440,"metadata":{"quantity":1,"catalog_id":4521,"price_id":9}}]}},
    {"id":2}]')
  tables <- AmoLeads(auth, with_with = "catalog_elements_links,source_id,source")
  expect_named(tables, c(elements$leads, "linked_catalog_elements"))
  expect_identical(tables$leads$source_id, c(77L, NA))
  expect_identical(tables$leads$source_name, c("Site", NA))
  expect_identical(anyDuplicated(names(tables$leads)), 0L)
  expect_identical(tables$linked_catalog_elements, data.frame(
    id = c(1L, 1L), catalog_element_id = c(525439L, 525440L), catalog_id = c(4521L, 4521L),
    quantity = c(2.5, 1), price_id = c(NA, 9L)
  ))
  expect_named(AmoLeads(auth), elements$leads)
  flat <- AmoLeads(auth, with_with = "catalog_elements", flatten = TRUE)
  expect_identical(flat$catalog_element_id, c(525439L, 525440L, NA))
})

test_that("customers have their segments if they are asked for", {
  auth <- serve_cards("customers", '[
    {"id":1,"_embedded":{"segments":[{"id":43},{"id":45}]}}, {"id":2,"_embedded":{"segments":[]}}]')
  customers <- AmoCustomers(auth, with_with = "segments")$customers
  expect_identical(customers$segments_id1, c(43L, NA))
  expect_identical(customers$segments_id2, c(45L, NA))
  expect_no_match(names(AmoCustomers(auth)$customers), "segments")
})

test_that("what an API is not known to have is told", {
  old <- AmoSandbox(notes = 0, leads = 20)
  warning <- expect_warning(
    AmoLeads(old, with_with = "source,loss_reason"), class = "amocrm_warning_unknown_with"
  )
  expect_match(conditionMessage(warning), ": source \\(API v2\\)$")
  expect_match(sandbox_requests(old)$query, "with=source(,|%2C)loss_reason_name", all = FALSE)
  new <- AmoSandbox(notes = 0, leads = 20, access = "token", v2 = FALSE)
  expect_no_warning(sold <- AmoLeads(new, with_with = "source")$leads)
  expect_identical(is.na(sold$source_name), is.na(sold$source_id))
  expect_warning(AmoLeads(new, with_with = "weather"), ": weather \\(API v4\\)$")
})

test_that("one value that can't be read costs its cell, with a word", {
  auth <- serve_cards("leads", '[
    {"id":"101","price":4500000000,"created_at":"1700000000","is_deleted":"1"},
    {"id":102,"price":"100000","created_at":1700000000.0,"is_deleted":0},
    {"id":103,"price":"12 500,50","created_at":"soon","is_deleted":"perhaps"},
    {"id":104,"price":""}, {"id":105,"price":1e30}, {"id":106,"price":-1e400}]')
  warning <- expect_warning(
    leads <- AmoLeads(auth)$leads, class = "amocrm_warning_unreadable_values"
  )
  expect_identical(leads$sale, c(4500000000, 100000, NA, NA, 1e30, NA))
  expect_identical(as.numeric(leads$created_at), c(1.7e9, 1.7e9, NA, NA, NA, NA))
  expect_identical(leads$is_deleted, c(TRUE, FALSE, NA, NA, NA, NA))
  message <- conditionMessage(warning)
  for (about in c("leads$sale (2): \"12 500,50\", \"-1e400\"", "\"soon\"", "\"perhaps\"")) {
    expect_match(message, about, fixed = TRUE)
  }
})

test_that("numbers in fields and notes are texts in fixed notation", {
  numbers <- c("100000", "1.0e+15", "0.1", "123456789012345678", "1e-7", "-0.0", "4.0")
  fields <- sprintf('{"field_id":%d,"field_type":"numeric","values":[{"value":%s}]}',
                    seq_along(numbers), numbers)
  leads <- sprintf('[{"id":1,"custom_fields_values":[%s]}]', paste(fields, collapse = ","))
  texts <- c("100000", "1000000000000000", "0.1", "123456789012345678", "0.0000001", "0", "4")
  expect_identical(
    AmoLeads(serve_cards("leads", leads))$linked_custom_fields$custom_field_value, texts
  )
  params <- sprintf('"x%d":%s', seq_along(numbers), numbers)
  note <- sprintf('{"id":1,"text":"","params":{%s}}', paste(params, collapse = ","))
  notes <- AmoNotes(serve_notes(note), "lead")
  found <- unlist(notes[paste0("params_x", seq_along(numbers))], use.names = FALSE)
  expect_identical(found, texts)
})

test_that("a broken text costs what is broken, with a word", {
  auth <- serve_cards("leads", '[
    {"id":1,"name":"a\\ud83d","_embedded":{"tags":[{"id":5,"name":"\\udc00"}]}},
    {"id":2,"name":"b\\ud83d\\ude00"}]')
  warning <- expect_warning(tables <- AmoLeads(auth), class = "amocrm_warning_broken_texts")
  expect_identical(tables$leads$name, c("a\ufffd", "b\U1f600"))
  expect_identical(tables$linked_tags$tag_name, "\ufffd")
  expect_match(conditionMessage(warning), ": 2$")
})

test_that("days and ticks are those of v2 in whatever form they come", {
  field <- function(id, type, value) {
    sprintf('{"field_id":%d,"field_type":"%s","values":[{"value":%s}]}', id, type, value)
  }
  fields <- c(
    field(1, "date", '"2020-05-08"'), field(2, "date_time", '"2020-05-08T12:30:00+00:00"'),
    field(3, "checkbox", '"true"'), field(4, "checkbox", "0"), field(5, "checkbox", '"unclear"')
  )
  leads <- sprintf('[{"id":1,"custom_fields_values":[%s]}]', paste(fields, collapse = ","))
  expect_identical(
    AmoLeads(serve_cards("leads", leads))$linked_custom_fields$custom_field_value,
    c("2020-05-08 00:00:00", "2020-05-08 15:30:00", "1", "0", "unclear")
  )
})

test_that("a loss reason may be an object, and a list of nothing stops nothing", {
  reasons <- c('{"id":5,"name":"Price"}', '[{"id":5,"name":"Price"}]', "[null]")
  leads <- sprintf('{"id":%d,"_embedded":{"loss_reason":%s,"tags":[null]}}', 1:3, reasons)
  tables <- AmoLeads(serve_cards("leads", sprintf("[%s]", paste(leads, collapse = ","))))
  expect_identical(tables$leads$loss_reason_name, c("Price", "Price", NA))
})

test_that("columns that AmoColumns() lists are there, typed, whatever the server sent", {
  for (name in names(readers)) {
    explained <- AmoColumns(name)
    for (auth in list(serve_old_cards(name, '[{"new":5,"id":1}]'),
                      serve_cards(name, '[{"new":5,"id":1}]'))) {
      some <- readers[[name]](auth)[[1]]
      none <- suppressWarnings(readers[[name]](auth, id = 99))[[1]]
      for (table in list(some, none)) {
        types <- vapply(table[explained$column], function(column) class(column)[[1]], "")
        expect_identical(unname(types), explained$type, info = name)
      }
      expect_identical(some$new, 5L)
    }
    old <- readers[[name]](serve_old_cards(name, '[{"new":5,"id":1}]'))[[1]]
    expect_named(old, unique(c("new", "id", explained$column)))
  }
})

test_that("a table of too many columns is an error that holds the first ones", {
  leads <- sprintf('{"id":%d,"c%d":1}', 1:3100, 1:3100)
  leads <- sprintf("[%s]", paste(leads, collapse = ","))
  error <- expect_error(AmoLeads(serve_old_cards("leads", leads)), class = "amocrm_error_too_wide")
  expect_match(conditionMessage(error), "leads.*3,000")
  expect_identical(dim(error$partial$leads), c(3100L, 3000L))
})

test_that("times are right, and a word is said, in a zone that is known by its offset only", {
  leads <- '[{"id":1,"created_at":1717243200,"custom_fields_values":[
    {"field_id":1,"field_type":"date_time","values":[{"value":1717243200}]}]}]'
  for (zone in c('{"timezone":"+03:00"}', '{"timezone":"","timezone_offset":"+03:00"}',
                 '{"timezone":"Mars/Olympus","timezone_offset":"+03:00"}')) {
    auth <- serve_cards("leads", leads, in_zone_account(zone))
    expect_warning(tables <- AmoLeads(auth), class = "amocrm_warning_zone")
    expect_identical(format(tables$leads$created_at, "%H:%M"), "15:00", info = zone)
    expect_identical(tables$linked_custom_fields$custom_field_value, "2024-06-01 15:00:00")
  }
  auth <- serve_cards("leads", leads, in_zone_account('{"timezone":""}'))
  expect_warning(tables <- AmoLeads(auth), "UTC", class = "amocrm_warning_zone")
  expect_identical(nrow(tables$leads), 1L)
  auth <- serve_cards("leads", leads, in_zone_account('{"timezone":"Europe/Mos\\u0000cow"}'))
  expect_no_warning(tables <- AmoLeads(auth))
  expect_identical(attr(tables$leads$created_at, "tzone"), "Europe/Moscow")
})

test_that("a zone that this R does not know goes by another name or by its rules", {
  zones <- c("Nowhere/New", "Europe/Helsinki", "EET-2EEST,M3.5.0/3,M10.5.0/4")
  expect_identical(known_zone(zones), "Europe/Helsinki")
  expect_identical(known_zone(zones[-2]), zones[[3]])
  expect_identical(known_zone(c("Africa/Abidjan", "GMT0")), "Africa/Abidjan")
  # In R's list, but a link to nowhere: its clock shows UTC.
  expect_false(is_known_zone("Nowhere/New", "EET-2EEST,M3.5.0/3,M10.5.0/4"))
  times <- data.frame(id = 1L, at = .POSIXct(1717243200, "Nowhere/New"))
  shown <- in_zone(list(a = times, b = times[0, ]), zones[-2])
  expect_identical(format(shown$a$at, "%H:%M"), "15:00")
  expect_identical(attr(shown$b$at, "tzone"), zones[[3]])
  expect_warning(warn_of_zone("Nowhere/New", zones), "Helsinki", class = "amocrm_warning_zone")
  expect_no_warning(warn_of_zone("UTC", "UTC"))
})

#' A copy of the system's zones without this one
local_zones_without <- function(zone, from = "/usr/share/zoneinfo", frame = parent.frame()) {
  skip_on_os(c("windows", "mac"))
  skip_if_not(file.exists(file.path(from, zone)), "this system keeps its zones elsewhere")
  folder <- withr::local_tempdir(.local_envir = frame)
  file.copy(list.files(from, full.names = TRUE), folder, recursive = TRUE)
  unlink(file.path(folder, zone))
  withr::local_envvar(TZDIR = folder, .local_envir = frame)
}

test_that("an account's zone that this system has by its old name only shows the right times", {
  local_zones_without("Europe/Kyiv")
  # Debian has old names in a package of their own.
  has_old_name <- file.exists(file.path(Sys.getenv("TZDIR"), "Europe/Kiev"))
  shown <- if (has_old_name) "Europe/Kiev" else "EET-2EEST,M3.5.0/3,M10.5.0/4"
  auth <- serve_cards("leads", '[{"id":1,"created_at":1717243200}]',
                      in_zone_account('{"timezone":"Europe/Kyiv"}'))
  expect_warning(leads <- AmoLeads(auth)$leads, "Europe/Kyiv", class = "amocrm_warning_zone")
  expect_identical(attr(leads$created_at, "tzone"), shown)
  expect_identical(format(leads$created_at, "%H:%M"), "15:00")
})
