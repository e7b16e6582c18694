# What differs from amocrm 0.1.0, a test for each defect that is mended (NEWS.md).
# Of a function that has a test file of its own, its other differences are there.

# --- AmoNotes() -----------------------------------------------------------------

test_that("several types give a table each", {
  auth <- AmoSandbox(notes = c(lead = 20, company = 10))
  notes <- AmoNotes(auth_list = auth, type = c("lead", "company"))
  expect_named(notes, c("lead_notes", "company_notes"))
  expect_identical(c(nrow(notes$lead_notes), nrow(notes$company_notes)), c(20L, 10L))
})

test_that("the tables of all = TRUE are named as the manual says", {
  auth <- AmoSandbox(notes = c(contact = 1, lead = 2, company = 3, task = 4, customer = 5))
  notes <- AmoNotes(auth_list = auth, all = TRUE)
  expect_identical(class(notes), "list")
  expect_named(notes, c("contact_notes", "lead_notes", "company_notes", "task_notes"))
  expect_identical(vapply(notes, nrow, 0L, USE.NAMES = FALSE), 1:4)
  expect_identical(notes[[2]], notes$lead_notes)
  expect_s3_class(notes$lead_notes, "data.frame", exact = TRUE)
})

test_that("a limit over 500 is 500 with a warning, and no row is lost", {
  auth <- AmoSandbox(notes = 1100)
  expect_warning(
    notes <- AmoNotes(auth_list = auth, type = "lead", limit = 700),
    class = "amocrm_warning_limit"
  )
  expect_identical(nrow(notes), 1100L)
  expect_match(notes_requests(auth)$query[[1]], "limit_rows=500", fixed = TRUE)
})

test_that("if_modified_since is the wall clock of the account, sent as a date in UTC", {
  sent <- function(time, zone) {
    auth <- AmoSandbox(notes = 10, timezone = zone)
    AmoNotes(auth_list = auth, type = "lead", if_modified_since = time)
    unique(notes_requests(auth)$if_modified_since)
  }
  expect_identical(sent("2019-06-01 00:00:00", "Europe/Moscow"), "Fri, 31 May 2019 21:00:00 GMT")
  expect_identical(sent("2019-06-01", "Asia/Vladivostok"), "Fri, 31 May 2019 14:00:00 GMT")
  expect_identical(sent(as.Date("2019-06-01"), "UTC"), "Sat, 01 Jun 2019 00:00:00 GMT")
  moment <- as.POSIXct("2019-06-01 12:30:15", tz = "America/New_York")
  expect_identical(sent(moment, "Europe/Moscow"), "Sat, 01 Jun 2019 16:30:15 GMT")
})

test_that("a row count that is a multiple of the limit ends without an error", {
  for (rows in c(97, 3 * 97)) {
    auth <- AmoSandbox(notes = rows)
    expect_silent(notes <- AmoNotes(auth_list = auth, type = "lead", limit = 97))
    expect_identical(nrow(notes), as.integer(rows))
  }
})

test_that("a table without rows has the 13 base columns, typed", {
  auth <- AmoSandbox(notes = 0, timezone = "Asia/Omsk")
  expect_warning(
    notes <- AmoNotes(auth_list = auth, type = "lead"),
    "Oops... seems that you've requested zero rows",
    class = "amocrm_warning_zero_rows", fixed = TRUE
  )
  expect_identical(dim(notes), c(0L, 13L))
  expect_named(notes, base_columns)
  expect_type(notes$id, "integer")
  expect_s3_class(notes$created_at, "POSIXct")
  expect_identical(attr(notes$updated_at, "tzone"), "Asia/Omsk")
  expect_type(notes$element_id, "character")
})

test_that("ids beyond R's integers are doubles", {
  auth <- serve_notes(c("{\"id\":2147483647}", "{\"id\":2147483648}"))
  expect_identical(AmoNotes(auth_list = auth, type = "lead")$id, c(2147483647, 2147483648))
  auth <- serve_notes("{\"id\":2147483647}")
  expect_identical(AmoNotes(auth_list = auth, type = "lead")$id, .Machine$integer.max)
})

test_that("an element's type comes before its id among the arguments", {
  expect_identical(names(formals(AmoNotes))[7:8], c("type", "element_id"))
})

# --- AmoLeads(), AmoContacts(), AmoCompanies(), AmoCustomers() ------------------

cards <- list(AmoLeads, AmoContacts, AmoCompanies, AmoCustomers)

test_that("lists of cards may be a multiple of the limit", {
  auth <- AmoSandbox(notes = 0, leads = 60, contacts = 60, companies = 60, customers = 60)
  for (read in cards) {
    for (limit in c(20, 60)) {
      expect_silent(tables <- read(auth, limit))
      expect_identical(nrow(tables[[1]]), 60L)
    }
  }
})

test_that("the rows of every table of cards are named 1, 2, 3 ...", {
  auth <- AmoSandbox(notes = 0)
  for (read in cards) {
    for (table in read(auth)) {
      expect_identical(attr(table, "row.names"), seq_len(nrow(table)))
    }
  }
})

test_that("dates of filters are the wall clock of the account", {
  auth <- AmoSandbox(notes = 0, timezone = "Asia/Vladivostok")
  all <- AmoLeads(auth)$leads
  ends <- format(sort(all$created_at)[c(50, 150)])
  some <- AmoLeads(auth, date_create_from = ends[[1]], date_create_to = ends[[2]])$leads
  expect_identical(format(range(some$created_at)), ends)
  expect_identical(attr(some$created_at, "tzone"), "Asia/Vladivostok")
})

# --- Other tables ---------------------------------------------------------------

test_that("transactions go out with id as id, customer_id as customer_id, and page by page", {
  auth <- AmoSandbox(notes = 0, customers = 30, transactions = 90)
  sent <- function(...) {
    before <- nrow(sandbox_requests(auth))
    AmoCustomersTransactions(auth, ...)
    log <- sandbox_requests(auth)[-seq_len(before), ]
    log$query[log$path == "/api/v2/transactions"]
  }
  all <- AmoCustomersTransactions(auth, limit = 30)
  expect_identical(nrow(all), 90L)
  expect_match(sent(id = all$id[[5]]), sprintf("&id=%s$", all$id[[5]]))
  expect_match(sent(customer_id = all$customer_id[[5]]),
               sprintf("&customer_id=%s$", all$customer_id[[5]]))
})

test_that("unsorted leads come beyond the first page, of several categories and in order", {
  auth <- AmoSandbox(notes = 0, unsorted = 90)
  leads <- AmoIncomingLeads(
    auth, limit = 20, categories = c("sip", "forms"), order_by_value = "asc"
  )
  expect_gt(nrow(leads), 20)
  expect_setequal(leads$category, c("sip", "form"))
  expect_false(is.unsorted(leads$created_at))
})

# --- All functions --------------------------------------------------------------

test_that("no function changes anything outside the package", {
  state <- function() {
    list(
      options = options(), env = Sys.getenv(), locale = Sys.getlocale(), wd = getwd(),
      search = search()
    )
  }
  auth <- AmoSandbox(notes = 10)
  before <- state()
  AmoNotes(auth_list = auth, all = TRUE)
  for (read in c(
    cards, AmoTasks, AmoCustomersTransactions, AmoIncomingLeads, AmoUsers, AmoGroups,
    AmoTaskTypes, AmoPipelinesStatuses, AmoCustomFields
  )) {
    read(auth)
  }
  AmoAuth(auth_list = auth, verbose = FALSE)
  expect_identical(state(), before)
})
