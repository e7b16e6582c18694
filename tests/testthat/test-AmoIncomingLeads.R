account <- AmoSandbox(notes = 0, unsorted = 230, access = "token")
beyond_v2 <- c("incoming_lead_info_visitor_uid", "source_uid", "account_id")

test_that("columns are text but for times, and entities are left out", {
  leads <- AmoIncomingLeads(account)
  expect_s3_class(leads, "data.frame", exact = TRUE)
  expect_identical(nrow(leads), 230L)
  expect_false(any(grepl("incoming_entities|\\.", names(leads))))
  times <- grep("send_at$|_date$|^created_at$", names(leads), value = TRUE)
  expect_setequal(
    times, c("created_at", "incoming_lead_info_date", "incoming_lead_info_form_send_at")
  )
  for (column in times) {
    expect_identical(class(leads[[column]]), c("POSIXct", "POSIXt"))
    expect_identical(attr(leads[[column]], "tzone"), "Europe/Moscow")
  }
  expect_true(all(vapply(leads[setdiff(names(leads), times)], is.character, NA)))
  expect_setequal(leads$category, c("sip", "form", "chat", "mail"))
})

test_that("both APIs give the same table", {
  both <- through_both(account, AmoIncomingLeads)
  both$v4 <- both$v4[setdiff(names(both$v4), beyond_v2)]
  expect_identical(both$v4, both$v2)
})

test_that("all pages are read, whatever their length", {
  whole <- AmoIncomingLeads(account)
  for (limit in c(7, 46, 100, 230)) {
    both <- through_both(account, function(auth) AmoIncomingLeads(auth, limit = limit))
    expect_identical(both$v2, whole, info = limit)
    expect_identical(both$v4$uid, whole$uid, info = limit)
  }
})

test_that("categories, pipelines and order are obeyed, over both APIs", {
  whole <- AmoIncomingLeads(account)
  expect_uids <- function(rows, ...) {
    both <- through_both(account, function(auth) AmoIncomingLeads(auth, ...))
    for (leads in both) expect_identical(leads$uid, whole$uid[rows])
  }
  expect_uids(whole$category == "sip", categories = "sip")
  expect_uids(whole$category %in% c("form", "chat"), categories = c("forms", "chats"))
  pipelines <- unique(whole$pipeline_id)
  expect_uids(whole$pipeline_id == pipelines[[2]], pipeline_id = pipelines[[2]])
  both_pipelines <- c(
    which(whole$pipeline_id == pipelines[[2]]), which(whole$pipeline_id == pipelines[[1]])
  )
  expect_uids(both_pipelines, pipeline_id = rev(pipelines[1:2]))
  expect_uids(order(whole$created_at), order_by_key = "created_at", order_by_value = "asc")
  expect_uids(order(whole$created_at), order_by_key = "created_at")
  expect_uids(order(whole$created_at), order_by_value = "asc", limit = 50)
  expect_uids(order(whole$created_at, decreasing = TRUE), order_by_value = "desc")
})

test_that("a table without rows has its base columns, typed, and a warning", {
  none <- AmoSandbox(notes = 0, unsorted = 0, access = "token")
  for (api in c("v2", "v4")) {
    withr::local_options(amocrm.api = api)
    expect_warning(
      leads <- AmoIncomingLeads(none), "Oops... seems that you've requested zero rows",
      class = "amocrm_warning_zero_rows", fixed = TRUE
    )
    expect_named(leads, c("category", "uid", "source_name", "created_at", "pipeline_id"))
    expect_s3_class(leads$created_at, "POSIXct")
  }
})

test_that("columns of API v2 stand in the order of their first appearance, whichever they are", {
  auth <- AmoSandbox(notes = 0, items = list(incoming_leads = paste0(
    '[{"uid":"a","source_uid":"s","account_id":5,"category":"sip",',
    '"incoming_lead_info":{"visitor_uid":"v","from":"x"}},{"uid":"b","source_name":"n"}]'
  )))
  expect_named(AmoIncomingLeads(auth), c(
    "uid", "source_uid", "account_id", "category", "incoming_lead_info_visitor_uid",
    "incoming_lead_info_from", "source_name"
  ))
})

test_that("what is no time is no value, and a lead without a pipeline is not lost", {
  auth <- AmoSandbox(notes = 0, items = list(incoming_leads = paste0(
    '[{"uid":"a","category":"sip","incoming_lead_info":{"date":"soon","form_send_at":5}},',
    '{"uid":"b","category":"form","pipeline_id":3,"incoming_lead_info":{"date":7}}]'
  )))
  leads <- AmoIncomingLeads(auth)
  expect_identical(as.numeric(leads$incoming_lead_info_date), c(NA, 7))
  expect_identical(as.numeric(leads$incoming_lead_info_form_send_at), c(5, NA))
  expect_identical(AmoIncomingLeads(auth, pipeline_id = 3)$uid, c("a", "b"))
})

test_that("a page that comes empty or short is asked for again", {
  whole <- AmoIncomingLeads(account)
  serve <- function(access, faults) {
    AmoSandbox(notes = 0, unsorted = 230, access = access, v2 = access == "key", faults = faults)
  }
  for (row in c(50, 150, 225)) {
    for (fault in list(list(action = "empty"), list(action = "short", rows = 3))) {
      faults <- list(c(list(path = "/incoming_leads", holding = c(row, row)), fault))
      expect_identical(AmoIncomingLeads(serve("key", faults), 100), whole)
    }
  }
  v4 <- serve("token", list(list(path = "/unsorted", holding = c(150, 150), action = "empty")))
  expect_identical(AmoIncomingLeads(v4, 100)$uid, whole$uid)
})

test_that("wrong arguments are input errors", {
  expect_error(AmoIncomingLeads(account, categories = "form"), "`categories`",
               class = "amocrm_error_input")
  expect_error(AmoIncomingLeads(account, order_by_key = "uid"), "`order_by_key`",
               class = "amocrm_error_input")
  expect_error(AmoIncomingLeads(account, order_by_value = "up"), "`order_by_value`",
               class = "amocrm_error_input")
})
