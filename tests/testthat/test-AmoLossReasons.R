# The lists that administrators keep, and the summary of incoming leads: tables that only
# API v4 has.

account <- AmoSandbox(notes = 50, leads = 100, customers = 100, access = "token")

dictionaries <- list(
  AmoLossReasons = AmoLossReasons, AmoTags = AmoTags, AmoSources = AmoSources,
  AmoCustomerStatuses = AmoCustomerStatuses, AmoSegments = AmoSegments, AmoRoles = AmoRoles,
  AmoFieldGroups = AmoFieldGroups, AmoIncomingSummary = AmoIncomingSummary,
  AmoTalks = AmoTalks
)

#' An account where a list of API v4 is this answer
serve_list <- function(path, ...) {
  AmoSandbox(notes = 0, access = "token", faults = list(list(path = path, nth = c(1, Inf), ...)))
}

#' Types of the columns that AmoColumns() promises
promised <- function(table) {
  columns <- AmoColumns(table)
  columns <- columns[!grepl("[.]{3}$", columns$column), ]
  stats::setNames(columns$type, columns$column)
}

types_of <- function(table) vapply(table, function(column) class(column)[[1]], "")

test_that("a table without rows has its columns, typed", {
  for (list in c("loss_reasons", "sources", "segments", "roles", "talks", "statuses", "tags")) {
    auth <- serve_list(list, status = 204)
    read <- switch(list,
      loss_reasons = AmoLossReasons, sources = AmoSources, segments = AmoSegments,
      roles = AmoRoles, talks = AmoTalks, statuses = AmoCustomerStatuses, tags = AmoTags
    )
    table <- suppressWarnings(read(auth), "amocrm_warning_zero_rows")
    expect_identical(nrow(table), 0L, info = list)
    name <- if (list == "statuses") "customer_statuses" else list
    expect_identical(types_of(table), promised(name), info = list)
  }
  groups <- AmoFieldGroups(serve_list("groups", status = 204))
  expect_identical(types_of(groups), promised("field_groups"))
})

test_that("columns are there and typed whatever a row lacks, and new ones come behind", {
  body <- '{"_embedded":{"loss_reasons":[{"id":3000000000,"new":true},{"id":1}]}}'
  reasons <- AmoLossReasons(serve_list("loss_reasons", action = "body", body = body))
  expect_identical(names(reasons), c(names(promised("loss_reasons")), "new"))
  expect_identical(reasons$id, c(3e9, 1))
  expect_identical(reasons$name, c(NA_character_, NA))
  expect_s3_class(reasons$created_at, "POSIXct")
  expect_identical(reasons$new, c(TRUE, NA))
})

test_that("the ids of other tables are those of the dictionaries", {
  leads <- AmoLeads(account)
  expect_true(all(leads$leads$loss_reason_id %in% c(0L, NA, AmoLossReasons(account)$id)))
  tags <- AmoTags(account, "lead")
  expect_true(all(leads$linked_tags$tag_id %in% tags$id))
  customers <- AmoCustomers(account)$customers
  expect_true(all(customers$status_id %in% AmoCustomerStatuses(account)$id))
  withr::local_options(amocrm.api = "v4")
  expect_true(all(AmoUsers(account)$role_id %in% c(NA, AmoRoles(account)$id)))
})

test_that("tags say what they belong to, and are found by id and name", {
  tags <- AmoTags(account)
  expect_identical(unique(tags$entity_type), c("lead", "contact", "company"))
  expect_identical(AmoTags(account, c("contact", "lead"))$entity_type[[1]], "contact")
  of_customers <- AmoTags(account, "customer")
  expect_identical(unique(of_customers$entity_type), "customer")
  some <- of_customers$name[2:3]
  expect_identical(AmoTags(account, "customer", name = some)$name, some)
  expect_identical(AmoTags(account, "customer", id = of_customers$id[2:3])$name, some)
  expect_identical(nrow(AmoTags(account, id = 1)), 0L)
  expect_error(AmoTags(account, "task"), "`type`", class = "amocrm_error_input")
  for (name in list(1, NA_character_, list())) {
    expect_error(AmoTags(account, name = name), "`name`", class = "amocrm_error_input")
  }
})

test_that("no ids and no names ask for nothing", {
  AmoTags(account)
  asked <- nrow(sandbox_requests(account))
  for (none in list(
    AmoTags(account, id = integer()), AmoTags(account, name = character()),
    AmoIncomingSummary(account, pipeline_id = integer())
  )) {
    expect_identical(nrow(none), 0L)
  }
  expect_identical(nrow(sandbox_requests(account)), asked)
  expect_identical(AmoTags(account, id = integer()), AmoTags(account, id = 5))
})

test_that("a time that is 0 has not come, in every table", {
  times <- '"created_at":0,"updated_at":0'
  with_record <- function(path, list, record) {
    body <- sprintf('{"_page":1,"_embedded":{"%s":[{"id":1,%s}]}}', list, record)
    AmoSandbox(notes = 0, access = "token", faults = list(
      list(path = path, nth = c(1, Inf), action = "body", body = body)
    ))
  }
  event <- paste0('"type":"task_deadline_changed","created_at":0,',
                  '"value_after":[{"task_deadline":{"timestamp":0}}]')
  for (found in list(
    AmoLossReasons(with_record("/loss_reasons", "loss_reasons", times)),
    AmoSegments(with_record("/segments", "segments", times)),
    AmoCatalogs(with_record("/catalogs?", "catalogs", times)),
    AmoCatalogElements(with_record("/elements?", "elements", times), 1)$catalog_elements,
    AmoEvents(with_record("/events?", "events", event)),
    AmoGet(with_record("/things", "things", times), "things")
  )) {
    moments <- Filter(function(column) inherits(column, "POSIXct"), found)
    expect_length(moments, 2)
    expect_true(all(vapply(moments, is.na, NA)))
  }
})

test_that("equal ids of different kinds are rows of their own", {
  groups <- AmoFieldGroups(account)
  expect_identical(groups$entity_type[groups$id == "default"], c("lead", "contact", "company"))
})

test_that("incoming leads are summed up in one row, or one for each pipeline", {
  all <- AmoIncomingSummary(account)
  expect_identical(types_of(all), promised("incoming_summary"))
  leads <- AmoIncomingLeads(account)
  expect_identical(all$total, nrow(leads))
  expect_identical(all$forms, sum(leads$category == "form"))
  expect_identical(all$pipeline_id, NA_integer_)
  pipelines <- rev(unique(AmoPipelinesStatuses(account)$pipeline_id))
  each <- AmoIncomingSummary(account, pipeline_id = pipelines)
  expect_identical(each$pipeline_id, pipelines)
  counted <- table(factor(leads$pipeline_id, pipelines))
  expect_identical(each$total, as.integer(counted))
  ends <- sort(leads$created_at)[c(5, 9)]
  within <- leads$created_at >= ends[[1]] & leads$created_at <= ends[[2]]
  expect_identical(AmoIncomingSummary(account, ends[[1]], ends[[2]])$total, sum(within))
  # Text is the wall clock of the account.
  expect_identical(AmoIncomingSummary(account, format(ends[[1]]), format(ends[[2]]))$total,
                   sum(within))
  expect_error(AmoIncomingSummary(account, to = "soon"), "`to`", class = "amocrm_error_input")
  expect_error(AmoIncomingSummary(account, "2026-01-02", "2026-01-01"), "must not be later",
               class = "amocrm_error_input")
})

test_that("a new category of incoming leads has a column of its own", {
  body <- paste0(
    '{"total":3,"accepted":1,"declined":1,"average_sort_time":5,"categories":',
    '{"new":{"total":3},"sip":{"total":0}},"_links":{"self":{"href":"/"}}}'
  )
  auth <- AmoSandbox(notes = 0, access = "token", v2 = FALSE, faults = list(list(
    path = "/unsorted/summary", nth = c(1, Inf), action = "body", body = body
  )))
  found <- AmoIncomingSummary(auth)
  expect_identical(names(found), c(names(AmoIncomingSummary(account)), "new"))
  expect_identical(found$new, 3L)
  expect_identical(found$sip, 0L)
})

test_that("tags are those that are asked for, each once, on a server that does not filter", {
  body <- '{"_embedded":{"tags":[{"id":1,"name":"A"},{"id":2,"name":"B"}]}}'
  auth <- AmoSandbox(notes = 0, access = "token", v2 = FALSE, faults = list(list(
    path = "/tags?", nth = c(1, Inf), action = "body", body = body
  )))
  found <- AmoTags(auth, "lead", name = c("A", "zz"))
  expect_identical(found$name, "A")
  both <- AmoTags(auth, c("lead", "contact"), name = c("A", "B", "A"))
  expect_identical(both$entity_type, rep(c("lead", "contact"), each = 2))
  expect_identical(both$id, c(1L, 2L, 1L, 2L))
})

test_that("what only API v4 has needs a token, and says so", {
  key <- AmoSandbox(notes = 0)
  for (name in names(dictionaries)) {
    expect_error(dictionaries[[name]](key), "access_token", class = "amocrm_error_input")
    withr::with_options(list(amocrm.api = "v2"), {
      expect_error(dictionaries[[name]](account), "amocrm.api", class = "amocrm_error_input")
    })
    expect_identical(names(formals(dictionaries[[name]]))[[1]], "auth_list")
  }
  expect_identical(nrow(sandbox_requests(key)), 0L)
})

test_that("roles and sources need an administrator, and the error says so", {
  auth <- AmoSandbox(notes = 0, access = "token", admin = FALSE)
  for (read in list(AmoRoles, AmoSources)) {
    expect_error(read(auth), "administrator", class = "amocrm_error_forbidden")
  }
  expect_gt(nrow(AmoLossReasons(auth)), 0)
})

test_that("without customers their tables are empty, and rows of others are there", {
  kommo <- AmoSandbox(notes = 0, access = "token", v2 = FALSE, kommo = TRUE)
  for (read in list(AmoCustomerStatuses, AmoSegments)) {
    expect_warning(table <- read(kommo), class = "amocrm_warning_no_customers")
    expect_identical(nrow(table), 0L)
  }
  expect_warning(
    tags <- AmoTags(kommo, c("lead", "customer")), class = "amocrm_warning_no_customers"
  )
  expect_identical(tags, AmoTags(kommo, "lead"))
  expect_no_warning(AmoFieldGroups(kommo))
  by_segment <- serve_list("customers/statuses", status = 422)
  expect_warning(
    AmoCustomerStatuses(by_segment), "in another way", class = "amocrm_warning_no_customers"
  )
})
