# What reads cards, and the tables that it gives.
readers <- list(
  leads = AmoLeads, contacts = AmoContacts, companies = AmoCompanies, customers = AmoCustomers
)
elements <- list(
  leads = c("leads", "linked_custom_fields", "linked_tags", "linked_contacts"),
  contacts = c("contacts", "linked_custom_fields", "linked_tags", "linked_leads",
               "linked_customers"),
  companies = c("companies", "linked_custom_fields", "linked_tags", "linked_leads",
                "linked_contacts", "linked_customers"),
  customers = c("customers", "linked_custom_fields", "linked_tags", "linked_contacts")
)

#' Columns that have a value somewhere
filled_columns <- function(table) {
  names(table)[vapply(table, function(column) !all(is.na(column)), NA)]
}

#' What one account gives through both APIs
#'
#' @param read a function of the account
through_both <- function(account, read) {
  with_api <- function(api) {
    withr::local_options(amocrm.api = api)
    read(account)
  }
  list(v2 = with_api("v2"), v4 = with_api("v4"))
}

#' Tables of both APIs are equal but for columns that v4 can't know
expect_same_table <- function(both, unknown = character(), by = "id") {
  v2 <- both$v2
  v4 <- both$v4[match(v2[[by]], both$v4[[by]]), ]
  expect_identical(nrow(both$v4), nrow(v2))
  expect_identical(intersect(names(v4), names(v2)), names(v2))
  expect_identical(names(v4)[seq_along(v2)], names(v2))
  for (column in setdiff(names(v2), unknown)) {
    expect_identical(v4[[column]], v2[[column]], info = column)
  }
  for (column in unknown) {
    expect_true(all(is.na(v4[[column]])), info = column)
    expect_identical(class(v4[[column]]), class(v2[[column]]), info = column)
  }
}
