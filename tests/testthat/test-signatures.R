# Arguments, their order and their defaults are what scripts for amocrm 0.1.0 rely on.

signature <- function(name) {
  vapply(formals(get(name)), function(value) paste(deparse(value), collapse = " "), "")
}

# NULL where it says nothing else.
credentials <- c(email = "NULL", apikey = "NULL", domain = "NULL")
connection <- c(credentials, auth_list = "NULL")
nulls <- function(...) stats::setNames(rep("NULL", ...length()), c(...))

signatures <- list(
  AmoAuth = c(connection, verbose = "TRUE"),
  AmoNotes = c(
    connection, limit = "500", nulls("id"), type = "\"contact\"",
    nulls("element_id", "note_type", "if_modified_since"), all = "FALSE", typed = "FALSE"
  ),
  AmoLeads = c(
    connection, limit = "500", flatten = "FALSE", nulls("id", "query", "responsible_user_id"),
    with_with = "\"is_price_modified_by_robot,loss_reason_name\"",
    nulls("status", "date_create_from", "date_create_to", "date_modify_from", "date_modify_to",
          "tasks", "active")
  ),
  AmoContacts = c(
    connection, limit = "500", flatten = "FALSE", nulls("id", "query", "responsible_user_id")
  ),
  AmoCompanies = c(
    connection, limit = "500", flatten = "FALSE", nulls("id", "query", "responsible_user_id")
  ),
  AmoCustomers = c(
    connection, limit = "500", flatten = "FALSE",
    nulls("id", "query", "main_user", "date_type", "date_from", "date_to", "next_date_from",
          "next_date_to", "with_with")
  ),
  AmoCustomersTransactions = c(
    connection, limit = "500", nulls("id", "customer_id"), typed = "FALSE"
  ),
  AmoTasks = c(
    connection, limit = "500",
    nulls("id", "type", "element_id", "responsible_user_id", "date_create_from",
          "date_create_to", "date_modify_from", "date_modify_to", "status", "created_by",
          "task_type")
  ),
  AmoIncomingLeads = c(
    connection, limit = "500",
    nulls("categories", "order_by_key", "order_by_value", "pipeline_id"), typed = "FALSE"
  ),
  AmoUsers = connection, AmoGroups = connection, AmoTaskTypes = connection,
  AmoPipelinesStatuses = connection, AmoCustomFields = connection
)

# Functions that are new begin with the credentials.
new_signatures <- list(
  AmoCatalogs = c(auth_list = "NULL"),
  AmoCatalogElements = c(
    auth_list = "", catalog_id = "", nulls("id", "query", "with_with"), flatten = "FALSE"
  ),
  AmoLinks = c(auth_list = "", type = "", id = "", nulls("to_type"))
)

test_that("new functions have the arguments of their help", {
  for (name in names(new_signatures)) {
    expect_identical(signature(name), new_signatures[[name]], info = name)
  }
})

test_that("functions have the arguments of amocrm 0.1.0, in order and with their defaults", {
  for (name in names(signatures)) {
    expect_identical(signature(name), signatures[[name]], info = name)
  }
  expect_identical(signature("AmoAuthList")[1:3], credentials)
})

test_that("tables that amocrm 0.1.0 did not have take the credentials first", {
  kinds <- "c(\"lead\", \"contact\", \"company\")"
  credentials <- c(auth_list = "NULL")
  for (name in c("AmoAccount", "AmoLossReasons", "AmoSources", "AmoCustomerStatuses",
                 "AmoSegments", "AmoRoles")) {
    expect_identical(signature(name), credentials, info = name)
  }
  expect_identical(signature("AmoTags"), c(credentials, type = kinds, nulls("id", "name")))
  expect_identical(signature("AmoFieldGroups"), c(credentials, type = kinds))
  expect_identical(signature("AmoIncomingSummary"),
                   c(credentials, nulls("from", "to", "pipeline_id")))
  expect_identical(signature("AmoTalks"), c(
    credentials, nulls("id", "contact_id", "entity", "entity_id"), only_in_work = "FALSE",
    limit = "250"
  ))
})
