transaction_columns <- c(
  "id", "created_by", "created_at", "updated_at", "account_id", "updated_by", "is_deleted",
  "comment", "price", "date", "customer_id"
)
transaction_times <- c("created_at", "updated_at")

account <- AmoSandbox(notes = 0, customers = 60, transactions = 1100, access = "token")

expect_transactions <- function(table) {
  expect_s3_class(table, "data.frame", exact = TRUE)
  expect_identical(names(table), transaction_columns)
  for (column in transaction_times) {
    expect_identical(class(table[[column]]), c("POSIXct", "POSIXt"))
    expect_identical(attr(table[[column]], "tzone"), "Europe/Moscow")
  }
  texts <- setdiff(transaction_columns, transaction_times)
  expect_true(all(vapply(table[texts], is.character, NA)))
}

test_that("all pages are read, and columns are text but for times", {
  transactions <- AmoCustomersTransactions(account)
  expect_transactions(transactions)
  expect_identical(nrow(transactions), 1100L)
  expect_identical(anyDuplicated(transactions$id), 0L)
  expect_false(any(transactions$comment %in% ""))
  expect_true(anyNA(transactions$comment))
  expect_identical(nrow(AmoCustomersTransactions(account, limit = 100)), 1100L)
})

test_that("both APIs give the same table", {
  both <- through_both(account, AmoCustomersTransactions)
  expect_identical(both$v4, both$v2)
})

test_that("customers and ids select the same rows as on the whole table", {
  whole <- AmoCustomersTransactions(account)
  expect_rows <- function(rows, ...) {
    both <- through_both(account, function(auth) AmoCustomersTransactions(auth, ...))
    for (table in both) expect_setequal(table$id, whole$id[rows])
  }
  customers <- unique(whole$customer_id)[1:3]
  expect_rows(whole$customer_id == customers[[1]], customer_id = customers[[1]])
  expect_rows(whole$customer_id %in% customers, customer_id = as.numeric(customers))
  expect_rows(1:450, id = whole$id[1:450])
  expect_rows(whole$customer_id == customers[[1]], id = whole$id[1:100],
              customer_id = customers[[1]])
  several <- AmoCustomersTransactions(account, customer_id = rev(customers))
  expect_false(is.unsorted(several$created_at))
})

test_that("a customer who is not there has no rows, and those of others come", {
  whole <- AmoCustomersTransactions(account)
  customer <- whole$customer_id[[1]]
  both <- through_both(account, function(auth) {
    AmoCustomersTransactions(auth, customer_id = c(1, customer, 2))
  })
  expect_identical(both$v4, both$v2)
  expect_setequal(both$v4$id, whole$id[whole$customer_id == customer])
  for (api in c("v2", "v4")) {
    withr::local_options(amocrm.api = api)
    expect_warning(none <- AmoCustomersTransactions(account, customer_id = 1),
                   class = "amocrm_warning_zero_rows")
    expect_transactions(none)
  }
})

test_that("a table without rows has all columns, typed, and a warning", {
  for (api in c("v2", "v4")) {
    withr::local_options(amocrm.api = api)
    expect_warning(
      none <- AmoCustomersTransactions(account, id = 1),
      "Oops... seems that you've requested zero rows",
      class = "amocrm_warning_zero_rows", fixed = TRUE
    )
    expect_transactions(none)
  }
})

test_that("nested values of a customer but its id are left out, times are found by name", {
  auth <- AmoSandbox(notes = 0, items = list(transactions = paste0(
    '[{"id":1,"comment":"","paid_at":5,"customer":{"id":7,"_links":{"self":{"href":"x"}}}},',
    '{"id":2,"comment":"a","price":1.5}]'
  )))
  table <- AmoCustomersTransactions(auth)
  expect_named(table, c("id", "comment", "paid_at", "customer_id", "price"))
  expect_identical(table$comment, c(NA, "a"))
  expect_identical(table$customer_id, c("7", NA))
  expect_s3_class(table$paid_at, "POSIXct")
})

test_that("a page that comes empty or short is asked for again", {
  whole <- AmoCustomersTransactions(account)
  serve <- function(access, ...) {
    AmoSandbox(notes = 0, customers = 60, transactions = 1100, access = access, ...)
  }
  for (fault in list(list(action = "empty"), list(action = "short", rows = 3))) {
    faults <- list(c(list(path = "/transactions", holding = c(150, 150)), fault))
    expect_identical(AmoCustomersTransactions(serve("key", faults = faults), 100), whole)
  }
  faults <- list(list(path = "/transactions", holding = c(150, 150), action = "empty"))
  v4 <- serve("token", v2 = FALSE, faults = faults)
  expect_identical(AmoCustomersTransactions(v4, 100), whole)
})

test_that("an account without customers has an empty table, and a warning says so", {
  kommo <- AmoSandbox(notes = 0, access = "token", kommo = TRUE)
  for (api in c("v2", "v4")) {
    withr::local_options(amocrm.api = api)
    for (customers in list(NULL, 1:2)) {
      expect_warning(
        expect_warning(none <- AmoCustomersTransactions(kommo, customer_id = customers),
                       class = "amocrm_warning_zero_rows"),
        class = "amocrm_warning_no_customers"
      )
      expect_transactions(none)
    }
  }
})

test_that("the price is the exact sum where the account counts in minor units", {
  auth <- AmoSandbox(notes = 0, access = "token", v2 = FALSE, faults = list(list(
    path = "/api/v4/customers/transactions", nth = c(1, Inf),
    action = "body", body = paste0(
      '{"_embedded":{"transactions":[{"id":1,"price":100,"price_with_minor_units":100.5},',
      '{"id":2,"price":99999999,"price_with_minor_units":99999999.999},{"id":3,"price":7}]}}'
    )
  )))
  expect_identical(AmoCustomersTransactions(auth)$price, c("100.5", "99999999.999", "7"))
})

test_that("a list in the first place is the auth_list, what follows has its usual order", {
  whole <- AmoCustomersTransactions(auth_list = account)
  expect_identical(AmoCustomersTransactions(account, 100, whole$id[1:3])$id, whole$id[1:3])
  expect_error(AmoCustomersTransactions(account, customer_id = "x"), "`customer_id`",
               class = "amocrm_error_input")
})

test_that("many customers take no more requests than the whole list, over both APIs", {
  whole <- AmoCustomersTransactions(account)
  customers <- unique(whole$customer_id)
  for (api in c("v2", "v4")) {
    withr::local_options(amocrm.api = api)
    expected <- whole[whole$customer_id %in% customers[1:40], ]
    expected <- expected[order(expected$created_at, as.numeric(expected$id)), ]
    row.names(expected) <- NULL
    before <- nrow(sandbox_requests(account))
    found <- AmoCustomersTransactions(account, customer_id = customers[40:1])
    expect_identical(found, expected)
    # Five pages of API v4 at most, the question whether there are more, and the end.
    expect_lte(nrow(sandbox_requests(account)) - before, 9)
    # One by one where the list is the longer way.
    some <- AmoCustomersTransactions(account, customer_id = customers[5:1], limit = 20)
    expected <- whole[whole$customer_id %in% customers[1:5], ]
    expected <- expected[order(expected$created_at, as.numeric(expected$id)), ]
    expect_identical(some$id, expected$id)
  }
})
