# AmoLeads(), AmoContacts(), AmoCompanies(), AmoCustomers() over both APIs.

# What API v4 does not tell (vignette("tables")).
unknown_to_v4 <- c("company_name", "custom_field_is_system", "period_id")

account <- AmoSandbox(notes = 0, leads = 300, contacts = 200, companies = 120, customers = 120)
new_account <- AmoSandbox(
  notes = 0, leads = 300, contacts = 200, companies = 120, customers = 120, access = "token",
  v2 = FALSE
)

test_that("each gives a list of tables in the order of the contract", {
  for (name in names(readers)) {
    tables <- readers[[name]](account)
    expect_named(tables, elements[[name]])
    for (table in tables) expect_s3_class(table, "data.frame", exact = TRUE)
    main <- tables[[1]]
    expect_gt(nrow(main), 0)
    expect_type(main$id, "integer")
    expect_s3_class(main$created_at, "POSIXct")
    expect_identical(attr(main$created_at, "tzone"), "Europe/Moscow")
    for (table in tables[-1]) expect_true(all(table$id %in% main$id), info = name)
  }
})

test_that("API v4 gives the same tables, but for what it does not tell", {
  for (name in names(readers)) {
    old <- readers[[name]](account)
    new <- readers[[name]](new_account)
    expect_named(new, names(old))
    for (element in names(old)) {
      about <- paste(name, element)
      expect_identical(nrow(new[[element]]), nrow(old[[element]]), info = about)
      expect_true(all(names(old[[element]]) %in% names(new[[element]])), info = about)
      # API v2 leaves some empty last names out.
      if (element == "contacts") {
        old$contacts$last_name[is.na(old$contacts$last_name)] <- ""
      }
      for (column in setdiff(names(old[[element]]), unknown_to_v4)) {
        expect_identical(new[[element]][[column]], old[[element]][[column]],
                         info = paste(about, column))
      }
      for (column in intersect(names(old[[element]]), unknown_to_v4)) {
        expect_true(all(is.na(new[[element]][[column]])), info = paste(about, column))
        expect_identical(class(new[[element]][[column]]), class(old[[element]][[column]]))
      }
    }
  }
})

test_that("tables without rows have their columns, with their types", {
  for (name in names(readers)) {
    some <- readers[[name]](account)
    for (auth in list(account, new_account)) {
      expect_warning(
        none <- readers[[name]](auth, id = 1), class = "amocrm_warning_zero_rows"
      ) |> suppressWarnings(classes = "amocrm_warning_no_filters")
      expect_named(none, elements[[name]])
      for (element in names(none)) {
        expect_identical(nrow(none[[element]]), 0L)
        for (column in intersect(names(some[[element]]), names(none[[element]]))) {
          expect_identical(class(none[[element]][[column]]), class(some[[element]][[column]]),
                           info = paste(name, element, column))
        }
      }
      expect_setequal(names(none[[1]]), names(some[[1]]))
    }
  }
})

test_that("flatten = TRUE joins the tables by id as dplyr does", {
  for (name in names(readers)) {
    tables <- readers[[name]](account)
    flat <- readers[[name]](account, flatten = TRUE)
    expect_s3_class(flat, "data.frame", exact = TRUE)
    linked <- Filter(function(table) nrow(table) > 0, tables[-1])
    count <- function(table) pmax(tabulate(match(table$id, tables[[1]]$id), nrow(tables[[1]])), 1)
    expected <- sum(Reduce(`*`, lapply(linked, count)))
    expect_identical(nrow(flat), as.integer(expected), info = name)
    expect_identical(unique(flat$id), tables[[1]]$id)
    expect_named(flat, unique(c(names(tables[[1]]), unlist(lapply(linked, names)))))
  }
})

test_that("a left join keeps rows without a match and repeats those with several", {
  x <- data.frame(id = c(3L, 1L, 2L), a = c("x", "y", "z"))
  y <- data.frame(id = c(1L, 3L, 1L, 9L), b = c(TRUE, FALSE, NA, TRUE))
  expect_identical(
    left_join_by_id(x, y),
    data.frame(id = c(3L, 1L, 1L, 2L), a = c("x", "y", "y", "z"), b = c(FALSE, TRUE, NA, NA))
  )
})

test_that("filters let through what they say, over both APIs", {
  all <- AmoLeads(account)$leads
  user <- all$responsible_user_id[[1]]
  day <- format(stats::median(all$created_at), "%Y-%m-%d")
  start <- as.POSIXct(day, tz = "Europe/Moscow")
  for (auth in list(account, new_account)) {
    suppressWarnings(classes = "amocrm_warning_no_filters", {
      read <- function(...) AmoLeads(auth, ...)$leads$id
      expect_identical(read(id = all$id[c(5, 2)]), all$id[c(2, 5)])
      expect_identical(read(responsible_user_id = user), all$id[all$responsible_user_id == user])
      expect_identical(read(status = c(142, 143)), all$id[all$status_id %in% c(142, 143)])
      expect_identical(read(date_create_from = day), all$id[all$created_at >= start])
      expect_identical(read(date_create_to = start), all$id[all$created_at <= start])
      expect_identical(read(date_modify_from = as.Date(day)), all$id[all$updated_at >= start])
      expect_identical(read(active = TRUE), all$id[is.na(all$closed_at)])
      expect_identical(read(tasks = 2), all$id[!is.na(all$closest_task_at)])
      expect_identical(read(tasks = 1), all$id[is.na(all$closest_task_at)])
    })
  }
})

test_that("customers are filtered by user, by dates of change and of the next purchase", {
  all <- AmoCustomers(account)$customers
  user <- all$responsible_user_id[[1]]
  day <- format(stats::median(all$created_at), "%Y-%m-%d")
  start <- as.POSIXct(day, tz = "Europe/Moscow")
  due <- format(stats::median(all$next_date), "%Y-%m-%d")
  for (auth in list(account, new_account)) {
    suppressWarnings(classes = "amocrm_warning_no_filters", {
      read <- function(...) AmoCustomers(auth, ...)$customers$id
      expect_identical(read(main_user = user), all$id[all$responsible_user_id == user])
      expect_identical(read(date_type = "create", date_from = day), all$id[all$created_at >= start])
      end <- start + 24 * 60 * 60
      expect_identical(read(date_type = "create", date_to = day), all$id[all$created_at < end])
      expect_identical(read(date_type = "modify", date_from = day), all$id[all$updated_at >= start])
      expect_identical(read(next_date_from = due),
                       all$id[all$next_date >= as.POSIXct(due, tz = "Europe/Moscow")])
    })
  }
})

test_that("where API v4 has filters they are sent, else the user is told", {
  with_filters <- AmoSandbox(notes = 0, access = "token", v2 = FALSE, api_filter = TRUE)
  user <- AmoLeads(with_filters)$leads$responsible_user_id[[1]]
  expect_no_warning(AmoLeads(with_filters, responsible_user_id = user))
  log <- sandbox_requests(with_filters)
  expect_match(log$query, "filter%5Bresponsible_user_id%5D|filter\\[responsible_user_id\\]",
               all = FALSE)
  expect_warning(AmoLeads(new_account, responsible_user_id = user),
                 class = "amocrm_warning_no_filters")
})

test_that("a few cards are asked for one by one where API v4 has no filters", {
  auth <- AmoSandbox(notes = 0, leads = 300, access = "token", v2 = FALSE)
  all <- AmoLeads(auth)
  before <- nrow(sandbox_requests(auth))
  expect_no_warning(some <- AmoLeads(auth, id = c(all$leads$id[c(20, 10)], 1)))
  # The one that is not there is asked for three times.
  expect_lte(nrow(sandbox_requests(auth)) - before, 6)
  expect_identical(some$leads$id, all$leads$id[c(10, 20)])
  expect_identical(names(some$leads), names(all$leads))
  expect_warning(AmoLeads(auth, id = all$leads$id[1:60]), class = "amocrm_warning_no_filters")
})

test_that("a search is left to the server", {
  person <- AmoContacts(account)$contacts$name[[10]]
  for (auth in list(account, new_account)) {
    found <- AmoContacts(auth, query = person)$contacts
    expect_true(person %in% found$name)
    expect_lt(nrow(found), 200)
  }
})

test_that("the details of a firm are a row for each of their parts", {
  lead <- '[{"id":1,"name":"a","custom_fields":[{"id":7,"name":"firm","values":[{"value":
    {"name":"OOO","entity_type":1,"vat_id":"77","kpp":null}}],"is_system":false}]}]'
  fields <- AmoLeads(AmoSandbox(notes = 0, items = list(leads = lead)))$linked_custom_fields
  expect_identical(fields$custom_field_value, c("OOO", "1", "77"))
  expect_identical(fields$custom_field_value_subtype, c("name", "entity_type", "vat_id"))
})

test_that("empty things come in every form, and unknown ones are kept", {
  leads <- '[{"id":1,"tags":{},"contacts":[],"company":null,"custom_fields":{},"new":"x"},
    {"id":2,"tags":[{"id":3,"name":"t"}],"contacts":{"id":[5]},"company":{"id":6,"name":null},
     "closest_task_at":-62169993017,"closed_at":0,"created_at":1586535742,"updated_at":4e9}]'
  tables <- AmoLeads(AmoSandbox(notes = 0, items = list(leads = leads)))
  expect_identical(tables$leads$new, c("x", NA))
  expect_identical(tables$leads$company_id, c(NA, 6L))
  expect_true(all(is.na(tables$leads$closest_task_at)))
  expect_identical(tables$linked_contacts$contact_id, 5L)
  expect_identical(as.numeric(tables$leads$updated_at), c(NA, 4e9))
})

test_that("ids beyond R's integers are double, and other numbers keep their type", {
  leads <- '[{"id":3000000000,"sale":5000000000,"tags":[{"id":4000000000,"name":"t"}],"x":1.5,
    "y":true,"z":"1"}]'
  tables <- AmoLeads(AmoSandbox(notes = 0, items = list(leads = leads)))
  expect_identical(tables$leads$id, 3e9)
  expect_identical(tables$leads$sale, 5e9)
  expect_identical(tables$linked_tags$tag_id, 4e9)
  expect_identical(tables$leads[c("x", "y", "z")], data.frame(x = 1.5, y = TRUE, z = "1"))
})

test_that("pages that lag or move leave no trace", {
  for (name in names(readers)) {
    whole <- readers[[name]](account)
    second_page <- list(path = paste0("/", name, "?"), holding = c(75, 75))
    for (fault in list(
      list(action = "empty"), list(action = "short", rows = 3), list(status = 503),
      list(action = "expire"), list(action = "body", body = "<html>")
    )) {
      auth <- AmoSandbox(
        notes = 0, leads = 300, contacts = 200, companies = 120, customers = 120,
        faults = list(c(second_page, fault))
      )
      expect_identical(readers[[name]](auth, 50), whole, info = paste(name, deparse(fault)))
    }
    auth <- AmoSandbox(
      notes = 0, leads = 300, contacts = 200, companies = 120, customers = 120,
      faults = list(c(second_page, action = "remove", rows = 7))
    )
    moved <- readers[[name]](auth, 50)
    expect_true(all(whole[[1]]$id[-(1:7)] %in% moved[[1]]$id), info = name)
    expect_identical(anyDuplicated(moved[[1]]$id), 0L)
    for (table in moved[-1]) expect_identical(anyDuplicated(table), 0L, info = name)
  }
})

test_that("customers that are switched off are told of", {
  auth <- AmoSandbox(notes = 0, kommo = TRUE, access = "token")
  for (api in c("v2", "v4")) {
    withr::local_options(amocrm.api = api)
    expect_warning(
      expect_warning(none <- AmoCustomers(auth), class = "amocrm_warning_zero_rows"),
      "no customers",
      class = "amocrm_warning_no_customers"
    )
    expect_identical(nrow(none$customers), 0L)
    expect_s3_class(none$customers$next_date, "POSIXct")
  }
})

test_that("arguments are checked before anything is sent", {
  before <- nrow(sandbox_requests(account))
  for (call in list(
    quote(AmoLeads(account, id = "x")), quote(AmoLeads(account, tasks = 3)),
    quote(AmoLeads(account, active = "yes")), quote(AmoLeads(account, flatten = NA)),
    quote(AmoLeads(account, date_create_from = "yesterday")), quote(AmoLeads(account, query = 1)),
    quote(AmoLeads(account, with_with = 5)), quote(AmoContacts(account, limit = 0)),
    quote(AmoCustomers(account, date_from = "2020-01-01")),
    quote(AmoCustomers(account, date_type = "birth"))
  )) {
    expect_error(eval(call), class = "amocrm_error_input", info = deparse(call))
  }
  expect_identical(nrow(sandbox_requests(account)), before)
})

test_that("ids that a lagging server leaves out come all the same, in order, over both APIs", {
  lags <- function(path, nth, rows) list(path = path, action = "skip", rows = rows, nth = nth)
  faults <- list(
    lags("&id=", c(1, 2), 20), lags("&id=", c(3, 4), 5),
    lags("filter%5Bid%5D", c(1, 2), 20), lags("filter%5Bid%5D", c(3, 4), 5)
  )
  for (api in c("v2", "v4")) {
    withr::local_options(amocrm.api = api)
    reading <- list(AmoLeads, AmoTasks, AmoCustomersTransactions)
    for (read in reading) {
      account <- AmoSandbox(
        notes = 0, leads = 300, tasks = 300, transactions = 300, customers = 50,
        access = "token", api_filter = TRUE, faults = faults
      )
      whole <- read(account)
      table <- if (is.data.frame(whole)) whole else whole[[1]]
      expect_identical(read(account, id = table$id), whole)
    }
  }
})

test_that("a card that is asked for by itself and comes empty at first is asked for again", {
  withr::local_options(amocrm.api = "v4")
  account <- AmoSandbox(
    notes = 0, leads = 3, access = "token",
    faults = list(list(path = "/api/v4/leads/", nth = 1:2, action = "empty"))
  )
  ids <- AmoLeads(account)$leads$id
  found <- AmoLeads(account, id = c(ids[1:2], 1))
  expect_identical(found$leads$id, ids[1:2])
})
