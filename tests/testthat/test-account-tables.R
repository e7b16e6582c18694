# AmoUsers(), AmoGroups(), AmoTaskTypes(), AmoPipelinesStatuses() and
# AmoCustomFields(): what the account says of itself.

account <- AmoSandbox(notes = 0, access = "token")

account_functions <- list(
  users = AmoUsers, groups = AmoGroups, task_types = AmoTaskTypes,
  pipelines = AmoPipelinesStatuses
)

#' An account whose document is this JSON
serve_account <- function(embedded, api = "v2", ...) {
  body <- sprintf('{"_links":{},"id":1,"timezone":"Europe/Moscow","_embedded":{%s}}', embedded)
  fault <- list(path = "account?with", action = "body", body = body, nth = c(1, Inf))
  AmoSandbox(notes = 0, faults = list(fault), ...)
}

expect_types <- function(table, types) {
  expect_s3_class(table, "data.frame", exact = TRUE)
  expect_identical(names(table), names(types))
  expect_identical(vapply(table, typeof, ""), types)
}

user_types <- c(
  id = "integer", name = "character", last_name = "character", login = "character",
  language = "character", group_id = "integer", is_active = "logical", is_free = "logical",
  is_admin = "logical", phone_number = "character"
)
status_types <- c(
  pipeline_id = "integer", pipeline_name = "character", pipeline_sort = "integer",
  pipeline_is_main = "logical", status_id = "integer", status_name = "character",
  status_sort = "integer", status_is_editable = "logical"
)
field_types <- c(
  id = "integer", name = "character", field_type = "integer", sort = "integer",
  code = "character", is_multiple = "logical", is_system = "logical", is_editable = "logical",
  is_required = "logical", is_deletable = "logical", is_visible = "logical"
)
enum_types <- c(
  id = "integer", name = "character", enum_id = "character", enum_name = "character"
)

test_that("tables are typed as documented", {
  expect_types(AmoUsers(account), user_types)
  expect_types(AmoGroups(account), c(id = "integer", name = "character"))
  expect_types(AmoTaskTypes(account), c(id = "integer", name = "character"))
  expect_types(AmoPipelinesStatuses(account), status_types)
})

test_that("both APIs give the same tables", {
  both <- lapply(account_functions, through_both, account = account)
  expect_same_table(both$users, unknown = "last_name")
  expect_identical(
    names(both$users$v4), c(names(user_types), "role_id", "role_name", "group_name")
  )
  groups <- both$groups$v2[both$groups$v2$id != 0, ]
  in_group <- groups$name[match(both$users$v4$group_id, groups$id)]
  expect_identical(both$users$v4$group_name, in_group)
  expect_identical(both$groups$v4, both$groups$v2)
  expect_same_table(both$task_types)
  expect_identical(names(both$task_types$v4), c("id", "name", "code"))
  keyed <- lapply(both$pipelines, function(table) {
    table[order(table$pipeline_id, table$status_id), ]
  })
  expect_identical(keyed$v4, keyed$v2, ignore_attr = "row.names")
})

test_that("rows stand in the order of the answer, and empty texts are NA", {
  auth <- serve_account(paste0(
    '"users":{"9":{"id":9,"name":"a","last_name":"","rights":{"mail":"A"}},',
    '"10":{"id":10,"name":"b","last_name":"c","phone_number":""}}'
  ))
  expect_identical(AmoUsers(auth), data.frame(
    id = c(9L, 10L), name = c("a", "b"), last_name = c(NA, "c"),
    phone_number = c(NA_character_, NA)
  ))
  statuses <- AmoPipelinesStatuses(account)
  expect_identical(statuses$status_id[1:2], c(142L, 143L))
})

test_that("empty parts of an account are tables without rows, typed", {
  expect_types(AmoGroups(serve_account('"groups":[]')), c(id = "integer", name = "character"))
  expect_types(AmoUsers(serve_account('"users":[]')), user_types)
  expect_types(AmoPipelinesStatuses(serve_account('"pipelines":[]')), status_types)
  expect_identical(AmoCustomFields(serve_account('"custom_fields":[]')),
                   stats::setNames(list(), character()))
})

test_that("a user whose rights API v4 does not show is there", {
  auth <- AmoSandbox(notes = 0, access = "token", v2 = FALSE, faults = list(list(
    path = "/api/v4/users", nth = c(1, Inf), action = "body", body = paste0(
      '{"_embedded":{"users":[{"id":1,"name":"a","rights":null,"phone_number":"+7000"},',
      '{"id":2,"rights":{"is_active":false,"is_free":false,"is_admin":true}}]}}'
    )
  )))
  users <- AmoUsers(auth)
  expect_identical(users$is_active, c(NA, FALSE))
  expect_identical(users$is_admin, c(NA, TRUE))
  expect_identical(users$group_id, c(NA, 0L))
  expect_identical(users$phone_number, c("+7000", NA))
})

test_that("a new account, where every list of API v4 is a 204, has empty tables with columns", {
  lists <- c("leads", "contacts", "companies", "customers", "tasks", "users", "events")
  nothing <- function(list) {
    list(path = paste0("/api/v4/", list), status = 204, nth = c(1, Inf),
         headers = c("Content-Type" = "text/html; charset=UTF-8"))
  }
  auth <- AmoSandbox(
    notes = 0, access = "token", v2 = FALSE, faults = lapply(lists, nothing)
  )
  expect_types(AmoPipelinesStatuses(auth), status_types)
  expect_types(AmoUsers(auth), user_types)
  expect_length(AmoCustomFields(auth), 0)
  for (read in list(
    AmoTasks, AmoCustomersTransactions, AmoIncomingLeads, AmoLeads, AmoContacts, AmoCompanies,
    AmoCustomers, function(auth) AmoNotes(auth, "lead")
  )) {
    expect_warning(tables <- read(auth), class = "amocrm_warning_zero_rows")
    if (is.data.frame(tables)) tables <- list(tables)
    for (table in tables) {
      expect_identical(nrow(table), 0L)
      expect_gt(ncol(table), 2)
    }
  }
})

test_that("task types have neither colour nor icon, and one id may come twice", {
  auth <- serve_account(
    '"task_types":[{"id":1,"name":"a","color":"#fff","icon_id":3},{"id":1,"name":"b"}]'
  )
  expect_identical(AmoTaskTypes(auth), data.frame(id = c(1L, 1L), name = c("a", "b")))
})

test_that("users over API v4 need an administrator, and the error says so", {
  withr::local_options(amocrm.api = "v4")
  auth <- AmoSandbox(notes = 0, access = "token", admin = FALSE)
  error <- expect_error(AmoUsers(auth), "administrator", class = "amocrm_error_forbidden")
  expect_identical(error$status, 403L)
  expect_false(grepl("is blocked", strsplit(conditionMessage(error), "\n")[[1]][[1]]))
  expect_identical(nrow(AmoGroups(auth)), 2L)
})

# --- Custom fields --------------------------------------------------------------

test_that("custom fields are lists of two tables, for kinds of card that have some", {
  fields <- AmoCustomFields(account)
  expect_named(
    fields, c("custom_fields_contacts", "custom_fields_leads", "custom_fields_companies")
  )
  for (tables in fields) {
    expect_named(tables, c("custom_fields", "custom_fields_enum"))
    expect_types(tables$custom_fields, field_types)
    expect_types(tables$custom_fields_enum, enum_types)
    expect_true(all(tables$custom_fields_enum$id %in% tables$custom_fields$id))
    expect_false(any(tables$custom_fields$code %in% ""))
  }
})

test_that("both APIs give the same fields and choices", {
  both <- through_both(account, AmoCustomFields)
  expect_identical(names(both$v4), names(both$v2))
  for (entity in names(both$v2)) {
    both_fields <- lapply(both, function(fields) fields[[entity]]$custom_fields)
    # Over v4 system fields can't be deleted.
    own <- !both_fields$v2$is_system
    expect_identical(both_fields$v4$is_deletable[own], both_fields$v2$is_deletable[own])
    both_fields$v2$is_deletable <- both_fields$v4$is_deletable
    expect_same_table(both_fields, unknown = c("is_editable", "is_required", "is_visible"))
    expect_identical(names(both_fields$v4), c(names(field_types), "type"))
    expect_identical(both$v4[[entity]]$custom_fields_enum, both$v2[[entity]]$custom_fields_enum)
  }
})

test_that("fields without choices have a table of choices without rows", {
  auth <- serve_account(paste0(
    '"custom_fields":{"contacts":[],"leads":{"1":{"id":1,"name":"a","params":{"x":1}}},',
    '"customers":{"5":{"id":5,"enums":{"8":"x","7":"y"}}}}'
  ))
  fields <- AmoCustomFields(auth)
  expect_named(fields, c("custom_fields_leads", "custom_fields_customers"))
  expect_identical(fields$custom_fields_leads$custom_fields, data.frame(id = 1L, name = "a"))
  expect_types(fields$custom_fields_leads$custom_fields_enum, enum_types)
  expect_identical(nrow(fields$custom_fields_leads$custom_fields_enum), 0L)
  expect_identical(fields$custom_fields_customers$custom_fields_enum$enum_id, c("8", "7"))
})

test_that("an account of Kommo has no fields of customers", {
  kommo <- AmoSandbox(notes = 0, access = "token", v2 = FALSE, kommo = TRUE)
  expect_false("custom_fields_customers" %in% names(AmoCustomFields(kommo)))
})

test_that("an answer that is no account is an error", {
  # Each is asked for several times, with waits between.
  skip_on_cran()
  fault <- list(path = "account?with", action = "body", body = "{}", nth = c(1, Inf))
  auth <- AmoSandbox(notes = 0, faults = list(fault))
  for (read in c(account_functions, AmoCustomFields)) {
    expect_error(read(auth), class = "amocrm_error_parse")
  }
})

test_that("credentials go by position, by name and as a list", {
  auth <- AmoSandbox(notes = 0)
  for (read in c(account_functions, AmoCustomFields)) {
    expect_identical(read(auth$email, auth$apikey, auth$domain), read(auth))
    expect_identical(read(auth_list = auth), read(auth))
    expect_error(read(auth, 1), "auth_list", class = "amocrm_error_input")
  }
})
