# AmoCatalogs() and AmoCatalogElements(): lists that only API v4 has.

account <- AmoSandbox(notes = 0, access = "token", leads = 300)
catalogs <- AmoCatalogs(account)
catalog <- function(type) catalogs$id[catalogs$type == type]

element_columns <- c(
  "id", "catalog_id", "name", "created_by", "updated_by", "created_at", "updated_at",
  "is_deleted", "account_id", "invoice_link", "warning_message"
)

#' The values of a field, by its code
values_of <- function(tables, code) {
  fields <- tables$linked_custom_fields
  fields[fields$custom_field_code %in% code, ]
}

#' Answers these paths of API v4 with a status
refused <- function(path, status, body = "") {
  AmoSandbox(notes = 0, access = "token", faults = list(list(
    path = path, status = status, body = body, nth = c(1, Inf),
    headers = c("Content-Type" = "application/problem+json")
  )))
}

test_that("catalogs have a row each, with types", {
  expect_identical(catalogs$type, c("products", "suppliers", "invoices"))
  types <- vapply(catalogs, function(column) class(column)[[1]], "")
  explained <- AmoColumns("catalogs")
  expect_identical(names(catalogs), explained$column)
  expect_identical(unname(types), explained$type)
  expect_identical(attr(catalogs$created_at, "tzone"), "Europe/Moscow")
})

test_that("elements come with their custom fields", {
  products <- AmoCatalogElements(account, catalog("products"))
  expect_named(products, c("catalog_elements", "linked_custom_fields"))
  main <- products$catalog_elements
  expect_identical(nrow(main), 41L)
  for (name in names(products)) {
    explained <- AmoColumns(name)
    types <- vapply(products[[name]], function(column) class(column)[[1]], "")
    expect_identical(names(products[[name]]), explained$column)
    expect_identical(unname(types), explained$type, info = name)
  }
  expect_identical(unique(main$catalog_id), catalog("products"))
  expect_true(all(is.na(main$invoice_link)))
  expect_setequal(products$linked_custom_fields$id, main$id)
  prices <- values_of(products, "PRICE")
  expect_identical(prices$id, main$id)
  expect_true(all(as.numeric(prices$custom_field_value) > 0))
})

test_that("several catalogs come in one list of tables, in their order", {
  one_by_one <- lapply(catalogs$id, function(id) AmoCatalogElements(account, id))
  together <- AmoCatalogElements(account, catalogs$id)
  for (name in names(together)) {
    tables <- lapply(one_by_one, `[[`, name)
    expect_identical(together[[name]], do.call(rbind, tables), info = name)
  }
})

test_that("elements are found by id and by words", {
  products <- AmoCatalogElements(account, catalog("products"))
  ids <- products$catalog_elements$id
  some <- AmoCatalogElements(account, catalog("products"), id = c(ids[c(7, 3)], 1))
  expect_setequal(some$catalog_elements$id, ids[c(3, 7)])
  expect_setequal(some$linked_custom_fields$id, ids[c(3, 7)])
  sku <- values_of(products, "SKU")[10, ]
  found <- AmoCatalogElements(account, catalog("products"), query = sku$custom_field_value)
  expect_identical(found$catalog_elements$id, sku$id)
  expect_warning(
    none <- AmoCatalogElements(account, catalog("products"), id = sku$id, query = "horoscope"),
    class = "amocrm_warning_zero_rows"
  )
  expect_identical(names(none$catalog_elements), element_columns)
})

test_that("catalogs that there are not have no elements", {
  expect_warning(
    expect_warning(none <- AmoCatalogElements(account, 5), class = "amocrm_warning_zero_rows"),
    class = "amocrm_warning_unknown_catalog"
  )
  some <- AmoCatalogElements(account, catalog("suppliers"))
  expect_identical(vapply(none, ncol, 0L), vapply(some, ncol, 0L))
  expect_identical(lapply(none$linked_custom_fields, class),
                   lapply(some$linked_custom_fields, class))
  expect_identical(AmoCatalogElements(account, c(5, catalog("suppliers"))), some)
  expect_warning(
    expect_warning(AmoCatalogElements(account, 5, id = some$catalog_elements$id),
                   class = "amocrm_warning_zero_rows"),
    class = "amocrm_warning_unknown_catalog"
  )
})

test_that("what with_with asks for comes, beside ids as well", {
  bare <- AmoCatalogElements(account, catalog("invoices"))
  expect_true(all(is.na(bare$catalog_elements$invoice_link)))
  expect_identical(unique(values_of(bare, "SUPPLIER")$custom_field_value_subtype), "entity_id")
  ids <- bare$catalog_elements$id
  for (with in list("invoice_link,supplier_field_values",
                    c("invoice_link", "supplier_field_values"))) {
    invoices <- AmoCatalogElements(account, catalog("invoices"), with_with = with)
    expect_match(invoices$catalog_elements$invoice_link, "^https://")
    supplier <- values_of(invoices, "SUPPLIER")
    expect_setequal(supplier$custom_field_value_subtype, c("entity_id", "name", "vat_id", "kpp"))
  }
  some <- AmoCatalogElements(account, catalog("invoices"), id = ids[1:3], with_with = with)
  expect_false(anyNA(some$catalog_elements$invoice_link))
  expect_warning(
    AmoCatalogElements(account, catalog("invoices"), with_with = "weather"),
    "weather", class = "amocrm_warning_unknown_with"
  )
})

test_that("the lines of an invoice keep together and add up to its sum", {
  invoices <- AmoCatalogElements(account, catalog("invoices"))
  lines <- values_of(invoices, "ITEMS")
  part <- function(name) lines[lines$custom_field_value_subtype == name, ]
  line <- function(fields) paste(fields$id, fields$custom_field_value_idx)
  quantity <- part("quantity")
  total <- part("total_sum")
  expect_identical(anyDuplicated(line(total)), 0L)
  expect_identical(line(quantity), line(total))
  price <- part("unit_price")[match(line(total), line(part("unit_price"))), ]
  number <- function(fields) as.numeric(fields$custom_field_value)
  expect_identical(number(quantity) * number(price), number(total))
  sums <- tapply(number(total), total$id, sum)
  bills <- values_of(invoices, "BILL_PRICE")
  expect_identical(as.vector(sums[as.character(bills$id)]), number(bills))
  status <- values_of(invoices, "BILL_STATUS")
  expect_setequal(status$custom_field_value_code, c("created", "paid"))
})

test_that("flatten joins the tables", {
  tables <- AmoCatalogElements(account, catalog("suppliers"))
  flat <- AmoCatalogElements(account, catalog("suppliers"), flatten = TRUE)
  expect_identical(nrow(flat), nrow(tables$linked_custom_fields))
  expect_identical(names(flat), union(element_columns, names(tables$linked_custom_fields)))
  expect_identical(flat$custom_field_value, tables$linked_custom_fields$custom_field_value)
})

test_that("catalog_id has to be given", {
  for (read in list(
    function() AmoCatalogElements(account),
    function() AmoCatalogElements(account, NULL),
    function() AmoCatalogElements(account, "products")
  )) {
    expect_error(read(), "AmoCatalogs()", fixed = TRUE, class = "amocrm_error_input")
  }
  expect_error(AmoCatalogElements(account, 1, flatten = NA), class = "amocrm_error_input")
})

test_that("an unknown catalog is told from an empty one, and none from all", {
  expect_warning(
    expect_warning(none <- AmoCatalogElements(account, 77), class = "amocrm_warning_zero_rows"),
    "no catalog 77", class = "amocrm_warning_unknown_catalog"
  )
  told <- testthat::capture_warnings(empty <- AmoCatalogElements(account, integer()))
  expect_length(told, 1)
  expect_identical(empty, none)
})

test_that("a key can't read catalogs, nor can API v2", {
  readers <- list(
    AmoCatalogs, function(auth) AmoCatalogElements(auth, 1),
    function(auth) AmoLinks(auth, "lead", 1)
  )
  key <- AmoSandbox(notes = 0)
  for (read in readers) expect_error(read(key), "token", class = "amocrm_error_input")
  expect_identical(nrow(sandbox_requests(key)), 0L)
  withr::local_options(amocrm.api = "v2")
  for (read in readers) expect_error(read(account), "amocrm.api", class = "amocrm_error_input")
})

test_that("credentials come from the environment if none are given", {
  withr::local_envvar(
    no_credentials,
    AMOCRM_DOMAIN = account$domain, AMOCRM_ACCESS_TOKEN = unclass(account$access_token)
  )
  expect_identical(AmoCatalogs(), catalogs)
  expect_identical(nrow(AmoCatalogElements(catalog_id = catalog("suppliers"))[[1]]), 2L)
})

test_that("without access to catalogs there is an error, and with none of them no rows", {
  body <- '{"title":"Forbidden","status":403,"detail":"No rights"}'
  forbidden <- refused("/api/v4/catalogs", 403, body)
  expect_error(AmoCatalogs(forbidden), class = "amocrm_error_forbidden")
  expect_error(AmoCatalogElements(forbidden, 5), class = "amocrm_error_forbidden")
  expect_error(AmoCatalogs(refused("/api/v4/catalogs", 402)), class = "amocrm_error_http")
  none <- AmoCatalogs(refused("/api/v4/catalogs", 204))
  expect_identical(dim(none), c(0L, 14L))
  expect_identical(lapply(none, class), lapply(catalogs, class))
})

test_that("short and empty pages lose no elements", {
  read <- function(...) {
    auth <- AmoSandbox(notes = 0, access = "token", leads = 4000, faults = list(...))
    AmoCatalogElements(auth, catalog("invoices"))
  }
  whole <- read()
  expect_gt(nrow(whole$catalog_elements), 500)
  for (fault in list(
    list(action = "short", rows = 61), list(action = "empty"), list(status = 502),
    list(action = "gap", rows = 2)
  )) {
    spoilt <- read(c(list(path = "/elements?page=2&"), fault))
    expect_identical(spoilt, whole)
  }
})
