# The pages of tests/fixtures, which describe one account over both APIs.

zone <- "Asia/Yekaterinburg"

#' The same body for every request to a path
answer <- function(path, ...) {
  list(path = path, nth = c(1, Inf), action = "body", body = read_text(fixture(...)))
}

#' An account that has these lists of API v2, each a file by the name of its list
serve_v2 <- function(..., account = "account-with-all.json") {
  files <- vapply(c(...), function(name) fixture("v2", name), "")
  AmoSandbox(
    notes = 0, items = as.list(files), faults = list(answer("/api/v2/account", "v2", account))
  )
}

#' An account that has pages of API v4, each a file by its path
serve_v4 <- function(...) {
  files <- c(...)
  pages <- Map(function(path, name) answer(paste0("/api/v4/", path), "v4", name),
               names(files), files)
  AmoSandbox(
    notes = 0, leads = 0, contacts = 0, companies = 0, customers = 0, tasks = 0, transactions = 0,
    unsorted = 0, access = "token", v2 = FALSE,
    faults = c(list(answer("/api/v4/account", "v4", "account_with_everything.json")), unname(pages))
  )
}

records <- function(name) oracle_records(read_text(fixture("v2", name)))

#' Both APIs give the same, but for columns that API v4 does not know
expect_both <- function(old, new, unknown = character()) {
  if (!is.data.frame(old)) {
    expect_named(new, names(old))
    return(invisible(Map(expect_both, old, new, list(unknown))))
  }
  expect_identical(nrow(new), nrow(old))
  for (column in names(old)) {
    expected <- old[[column]]
    if (column %in% unknown) expected[] <- NA
    expect_identical(new[[column]], expected, info = column)
  }
}

#' Tables equal those of the oracle, which has no columns where there are no rows
expect_contract <- function(found, expected) {
  if (!is.data.frame(expected)) {
    expect_named(found, names(expected))
    return(invisible(Map(expect_contract, found, expected)))
  }
  if (nrow(expected) == 0) expect_identical(nrow(found), 0L) else expect_identical(found, expected)
}

test_that("notes of every kind are those of the contract", {
  for (kind in c("lead", "contact", "company", "task", "customer")) {
    name <- sprintf("notes-%s.json", kind)
    auth <- do.call(serve_v2, stats::setNames(list(name), kind))
    expect_identical(AmoNotes(auth, kind), oracle_notes(records(name), zone), info = kind)
  }
})

#' Names of the types that are notes over v4, of those that the fixtures have
note_types <- c(
  "common", "attachment", "call_in", "call_out", "amomail_message", "geolocation",
  "service_message", "dropbox_attachment", "sms_in", "sms_out"
)

test_that("notes over v4 are those of v2 with the same id", {
  old <- AmoNotes(serve_v2(lead = "notes-lead.json"), "lead")
  auth <- serve_v4("leads/notes?page=1&" = "notes_list.leads.json")
  new <- AmoNotes(auth, "lead", note_type = note_types)
  expect_setequal(new$id, old$id[c(4:7, 9, 11, 12, 15, 16, 18)])
  old <- old[match(new$id, old$id), ]
  for (column in intersect(names(new), names(old))) {
    told <- !is.na(new[[column]])
    expect_identical(new[[column]][told], old[[column]][told], info = column)
  }
  whole <- c(setdiff(base_columns, "text"), paste0("params_", c("PHONE", "SRC", "UNIQ1", "phone")))
  for (column in whole) expect_identical(is.na(new[[column]]), is.na(old[[column]]), info = column)
})

test_that("members of calls have the names of v2 in whatever form they come", {
  auth <- serve_v4("contacts/notes?page=1&" = "notes_list.calls.json")
  calls <- AmoNotes(auth, "contact", note_type = "call_in")
  params <- calls[grep("params_", names(calls))]
  expect_setequal(names(params), paste0("params_", c(
    "DURATION", "SRC", "LINK", "PHONE", "UNIQ", "UNIQ1", "UNIQ2", "LINK1", "LINK2", "PHONE1",
    "PHONE2", "UNIQ_id"
  )))
  expect_identical(calls$params_UNIQ, c(NA, "a1", NA, NA))
  expect_identical(calls$params_UNIQ2, c(NA, NA, "a2", NA))
  expect_identical(calls$params_UNIQ_id, c(NA, NA, NA, "z"))
  expect_identical(calls$params_PHONE, c("+70000000011", "+70000000011", NA, "70000000011"))
})

test_that("events over v4 are the notes that the system wrote in v2", {
  old <- AmoNotes(serve_v2(lead = "notes-lead.json"), "lead")
  auth <- serve_v4("events?page=1&" = "events_list.lead.json")
  new <- AmoNotes(auth, "lead", note_type = c(1, 3, 14, 26, 37))
  expect_identical(new$note_type, c("1", "3", "14", "26", "37"))
  same <- c("id", "created_by", "created_at", "element_id", "element_type", "text")
  expect_identical(new[1, same], old[1, same])
  status <- c("created_at", "element_id", "params_STATUS_NEW", "params_STATUS_OLD")
  expect_identical(new[2, status], old[2, status])
  expect_identical(new$params_MAIN_USER_ID_OLD[[3]], "7001002")
  expect_identical(unlist(new[4, c("params_tags1", "params_tags2")], use.names = FALSE),
                   c("\u043e\u043f\u0442", "\u0441\u0440\u043e\u0447\u043d\u043e"))
})

test_that("chats name their channel, their talk and its contact", {
  chats <- AmoNotes(
    serve_v4("events?page=1&" = "events_list.chats.json"), "lead", note_type = "chat"
  )
  expect_identical(chats$event_type, "incoming_chat_message")
  expect_identical(chats$params_origin, "telegram")
  expect_identical(chats$params_talk_id, "38")
  expect_identical(chats$linked_talk_contact_id, "5200102")
})

test_that("cards are those of the contract, over both APIs", {
  linked <- list(
    leads = "contacts", contacts = c("leads", "customers"),
    companies = c("leads", "contacts", "customers"), customers = "contacts"
  )
  for (name in names(readers)) {
    file <- sprintf("%s-list.json", name)
    old <- readers[[name]](do.call(serve_v2, stats::setNames(list(file), name)))
    expected <- oracle_cards(records(file), name, linked[[name]], zone)
    expect_contract(old, expected)
    page <- stats::setNames(sprintf("%s_list.json", name), paste0(name, "?page=1&"))
    new <- readers[[name]](serve_v4(page))
    expect_both(old, new, c("company_name", "custom_field_is_system", "period_id"))
  }
})

test_that("fields of every type have rows", {
  leads <- AmoLeads(serve_v4("leads?page=1&" = "leads_list.field_types.json"))
  values <- leads$linked_custom_fields
  expect_identical(unique(values$custom_field_id), 450021:450030)
  of <- function(field) values[values$custom_field_id == field, ]
  expect_identical(of(450021)$custom_field_value, c("4001", "525001", "4002", "525002"))
  expect_identical(
    of(450026)$custom_field_value_subtype,
    c("sku", "unit_price", "quantity", "discount.type", "discount.value", "external_uid",
      "sku", "unit_price", "product_id")
  )
  expect_identical(of(450029)$custom_field_value, "1234.56")
  expect_identical(of(450030)$custom_field_value_id, 810077L)
})

#' All texts and numbers below a value, but for members that are no data
scalars_of <- function(value, hidden) {
  if (!is.list(value)) {
    return(as.character(value))
  }
  value[hidden] <- NULL
  unlist(lapply(value, scalars_of, hidden))
}

#' Each value of these records is in the tables
#'
#' @param written values that are written in another way
expect_values <- function(tables, records, hidden = "_links", written = character()) {
  texts <- function(column) {
    if (inherits(column, "POSIXct")) column <- as.numeric(column)
    if (!is.numeric(column)) {
      return(as.character(column))
    }
    format(column, scientific = FALSE, trim = TRUE, drop0trailing = TRUE)
  }
  held <- unlist(lapply(tables, lapply, texts))
  values <- scalars_of(records, hidden)
  expect_gt(length(values), 20)
  expect_identical(setdiff(values, c(held, written)), character())
}

test_that("catalogs and their elements hold their values", {
  auth <- serve_v4(
    "catalogs?page=1&" = "catalogs_list.json",
    "catalogs/4001/elements?page=1&" = "catalog_elements_list.products.json",
    "catalogs/4005/elements?page=1&" = "catalog_elements_list.invoices.json"
  )
  listed <- function(name) oracle_json(read_text(fixture("v4", name)))$`_embedded`
  catalogs <- AmoCatalogs(auth)
  expect_values(list(catalogs), listed("catalogs_list.json")$catalogs)
  expect_identical(catalogs$sdk_widget_code, c(NA, NA, "77"))
  # The type of a field is that of its values; a time is written as the account's clock.
  hidden <- c("_links", "field_type")
  products <- AmoCatalogElements(auth, 4001)
  expect_values(products, listed("catalog_elements_list.products.json")$elements, hidden)
  expect_identical(products$catalog_elements$is_deleted, c(NA, FALSE, FALSE))
  prices <- products$linked_custom_fields
  prices <- prices[prices$custom_field_code %in% c("PRICE", "WHOLESALE"), ]
  expect_identical(prices$custom_field_value, c("12", "99.50", "80"))
  invoices <- AmoCatalogElements(auth, 4005)
  expect_values(
    invoices, listed("catalog_elements_list.invoices.json")$elements, hidden,
    written = "1609459200"
  )
  expect_identical(invoices$catalog_elements$invoice_link, c("https://pay.gavan.example/rq1", NA))
  expect_identical(is.na(invoices$catalog_elements$warning_message), c(FALSE, TRUE))
  fields <- invoices$linked_custom_fields
  of <- function(code) fields[fields$custom_field_code == code, ]
  expect_identical(of("BILL_PAYMENT_DATE")$custom_field_value, "2021-01-01 05:00:00")
  expect_identical(of("BILL_STATUS")$custom_field_value_code, c("paid", "created"))
  lines <- of("ITEMS")
  expect_identical(
    lines$custom_field_value_idx[lines$custom_field_value_subtype == "total_sum"], 1:2
  )
  # The second line has no number in the catalog.
  expect_identical(lines$custom_field_value_idx[lines$custom_field_value_subtype == "sku"], 1L)
})

test_that("links hold their values, and the prices of elements", {
  auth <- serve_v4(
    "leads/links?page=1&" = "links_list.json",
    "catalogs/4001/elements?page=1&" = "catalog_elements_list.products.json",
    "catalogs/4005/elements?page=1&" = "catalog_elements_list.invoices.json"
  )
  links <- AmoLinks(auth, "lead", c(5100101, 5100102))
  listed <- oracle_json(read_text(fixture("v4", "links_list.json")))$`_embedded`$links
  expect_values(list(links), listed, c("entity_type", "to_entity_type"))
  expect_identical(
    links$to_entity_type,
    rep(c("catalog_element", "contact", "company", "catalog_element"), c(3, 2, 1, 1))
  )
  expect_identical(links$quantity, c(1, 2.5, 1, NA, NA, NA, 3))
  expect_identical(links$main_contact, c(NA, NA, NA, TRUE, FALSE, NA, NA))
  expect_identical(links$price, c(12, 80, NA, NA, NA, NA, NA))
  expect_identical(links$updated_by, rep(c(NA, 7001002L), c(6, 1)))
})

test_that("an old contact has its columns although it lacks members", {
  page <- sprintf("[%s]", read_text(fixture("v2", "contacts-item-old.json")))
  contacts <- AmoContacts(AmoSandbox(notes = 0, items = list(contacts = page)))$contacts
  for (column in c("first_name", "last_name")) expect_identical(contacts[[column]], NA_character_)
  expect_identical(contacts$updated_by, NA_integer_)
})

test_that("tasks are those of the contract, over both APIs", {
  old <- AmoTasks(serve_v2(tasks = "tasks-list.json"))
  expect_identical(old, oracle_tasks(records("tasks-list.json"), zone))
  new <- AmoTasks(serve_v4("tasks?page=1&" = "tasks_list.json"))
  expect_both(old, new, "result_id")
})

test_that("the result of a task is read in each of its forms, as a column and as a note", {
  auth <- serve_v4("tasks?" = "task_forms.json", "events?page=1&" = "events_list.results.json")
  results <- c(
    "\u0433\u043e\u0442\u043e\u0432\u044b\u0439 \u0442\u0435\u043a\u0441\u0442",
    "\u0438\u0437 \u0441\u043f\u0438\u0441\u043a\u0430", NA, "\u0441 id", "", NA, NA
  )
  tasks <- AmoTasks(auth)
  expect_identical(tasks$result_text, results)
  expect_identical(tasks$result_id, c(NA, NA, NA, 77L, NA, NA, NA))
  notes <- AmoNotes(auth, "task")
  expect_identical(notes$text, results[c(1, 2, 4)])
  expect_identical(notes$id, c(9300011L, 9300012L, 9300014L))
})

test_that("transactions are those of the contract, over both APIs", {
  old <- AmoCustomersTransactions(serve_v2(transactions = "transactions-list.json"))
  expect_identical(old, oracle_transactions(records("transactions-list.json"), zone))
  page <- c("customers/transactions?page=1&" = "customers_transactions_list.json")
  expect_both(old, AmoCustomersTransactions(serve_v4(page)))
})

test_that("incoming leads are those of the contract, over both APIs", {
  old <- AmoIncomingLeads(serve_v2(incoming_leads = "incoming_leads-list.json"))
  expect_identical(old, oracle_incoming_leads(records("incoming_leads-list.json"), zone))
  new <- AmoIncomingLeads(serve_v4("leads/unsorted?page=1&" = "leads_unsorted_list.json"))
  expect_both(old, new)
})

test_that("the parts of an account are those of the contract, over both APIs", {
  for (name in c("account-with-all.json", "account-with-all-old.json")) {
    account <- oracle_json(read_text(fixture("v2", name)))
    auth <- serve_v2(account = name)
    expect_identical(AmoUsers(auth), oracle_users(account))
    expect_identical(AmoTaskTypes(auth), oracle_task_types(account))
    expect_identical(AmoPipelinesStatuses(auth), oracle_statuses(account))
    expect_contract(AmoGroups(auth), oracle_groups(account))
    fields <- Filter(length, account$`_embedded`$custom_fields)
    names(fields) <- paste0("custom_fields_", names(fields))
    expect_contract(AmoCustomFields(auth), lapply(fields, oracle_fields))
  }
})

test_that("both APIs give the same parts of an account", {
  old <- serve_v2()
  fields <- sprintf("custom_fields_list.%s.json", c("contacts", "leads", "companies"))
  names(fields) <- paste0(c("contacts", "leads", "companies"), "/custom_fields?page=1&")
  new <- serve_v4(
    "users?" = "users_list.json", "leads/pipelines" = "leads_pipelines_list.json", fields
  )
  users <- AmoUsers(new)
  expect_both(AmoUsers(old), users[users$id != 7001003, ], "last_name")
  # Rights that are not shown.
  expect_identical(users$is_active, c(TRUE, TRUE, NA))
  expect_identical(AmoGroups(new), AmoGroups(old))
  expect_both(AmoTaskTypes(old), AmoTaskTypes(new))
  by_id <- function(table) {
    table <- table[order(table$pipeline_id, table$status_id), ]
    row.names(table) <- NULL
    table
  }
  expect_identical(by_id(AmoPipelinesStatuses(new)), by_id(AmoPipelinesStatuses(old)))
  fields <- AmoCustomFields(new)
  # A type that v2 did not have has no number.
  leads <- fields$custom_fields_leads$custom_fields
  expect_identical(leads$field_type[leads$type == "chained_list"], NA_integer_)
  fields$custom_fields_leads$custom_fields <- leads[leads$type != "chained_list", ]
  expect_both(AmoCustomFields(old), fields, c("is_editable", "is_required", "is_visible"))
})

#' Columns of events that have a value
told <- function(events) {
  events[vapply(events, function(column) !all(is.na(column)), NA)]
}

test_that("events tell what they hold, each value in its column", {
  auth <- serve_v4("events?page=1&" = "events_list.lead.json")
  events <- AmoEvents(auth)
  expect_identical(attr(events$created_at, "tzone"), zone)
  moved <- told(events[events$id == "01gavan0000000000000000005", ])
  expect_identical(as.list(moved), list(
    id = "01gavan0000000000000000005", type = "lead_status_changed",
    type_label = "Lead moved to another stage",
    type_label_ru = with(AmoEventTypes(), label_ru[type == "lead_status_changed"]),
    entity_type = "lead", entity_id = 5100101L, created_by = 7001001L,
    created_at = .POSIXct(1609459220, zone), after_status_id = 142L, before_status_id = 6200103L,
    after_pipeline_id = 6100101L, before_pipeline_id = 6100101L, account_id = 31000777L
  ))
  added <- events[events$type == "lead_added", ]
  expect_identical(added$after_note_id, 9000001L)
  assigned <- events[events$type == "entity_responsible_changed", ]
  expect_identical(assigned$before_responsible_user_id, 7001002L)
})

#' What AmoEvents() tells of an event with the values of a fixture
told_of <- function(name) {
  values <- read_text(fixture("v4", sprintf("events_value.%s.json", name)))
  event <- sub("^\\{", "{\"id\":\"01e\",\"type\":\"x\",\"created_at\":1,", values)
  page <- sprintf("{\"_embedded\":{\"events\":[%s]}}", event)
  auth <- AmoSandbox(
    notes = 0, access = "token", v2 = FALSE,
    faults = list(
      answer("/api/v4/account", "v4", "account_with_everything.json"),
      list(path = "/api/v4/events?page=1&", nth = c(1, Inf), action = "body", body = page)
    )
  )
  row <- told(AmoEvents(auth))
  as.list(row[setdiff(names(row), c("id", "type", "created_at"))])
}

test_that("recorded values of events have the types of their columns", {
  expect_identical(told_of("custom_field_value_changed"), list(
    after_field_id = 6700101L, before_field_id = 6700101L,
    after_field_value = "dock@gavan.example", before_field_value = "pier@gavan.example",
    after_field_type = 8L, after_enum_id = 6800101L, after_field_id2 = 6700101L,
    after_field_type2 = 8L, after_enum_id2 = 6800102L, after_field_value2 = "office@gavan.example",
    before_field_type = 8L, before_enum_id = 6800101L
  ))
  expect_identical(told_of("empty"), `names<-`(list(), character()))
  expect_identical(told_of("linked"), list(after_entity_type = "lead", after_entity_id = 5100101L))
  expect_identical(told_of("nps_rate_added"), list(after_nps_rate = 9L))
  expect_identical(told_of("transaction_added"), list(after_transaction_id = 6900101L))
  expect_identical(told_of("task_type_changed"),
                   list(after_task_type_id = 6300102L, before_task_type_id = 6300101L))
  expect_identical(told_of("task_deadline_changed"), list(
    after_task_deadline = .POSIXct(1609545600, zone),
    before_task_deadline = .POSIXct(1609459200, zone)
  ))
  named <- told_of("sale_and_name")
  expect_identical(named[1:2], list(after_sale = 250000L, before_sale = 180000L))
  expect_type(named$before_name, "character")
})

test_that("both APIs give the same account", {
  old <- AmoAccount(serve_v2())
  new <- AmoAccount(serve_v4())
  # The fixture of v4 is of an account that does not tell its language.
  told <- setdiff(names(old)[!vapply(old, anyNA, NA)], "language")
  expect_gt(length(told), 5)
  expect_identical(new[told], old[told])
  expect_identical(new$customers_mode, "segments")
  expect_identical(new$version, 16L)
  expect_false(new$is_helpbot_enabled)
})

test_that("lists that administrators keep have the values of their answers", {
  auth <- serve_v4(
    "leads/loss_reasons" = "loss_reasons_list.json", "leads/tags" = "tags_list.leads.json",
    "contacts/tags" = "tags_list.contacts.json", sources = "sources_list.json",
    "customers/statuses" = "customer_statuses_list.json",
    "customers/segments" = "segments_list.json", roles = "roles_list.json",
    "leads/custom_fields/groups" = "field_groups_list.leads.json"
  )
  moment <- function(seconds) .POSIXct(1609459200 + seconds, tz = zone)
  reasons <- AmoLossReasons(auth)
  expect_identical(reasons$id, c(730001L, 730002L))
  expect_identical(reasons$updated_at, moment(c(0, 60)))
  tags <- AmoTags(auth, c("lead", "contact"))
  expect_identical(tags$entity_type, c("lead", "lead", "contact"))
  expect_identical(tags$id, c(350001L, 350002L, 350001L))
  expect_identical(tags$color, c(NA, "FFDC7F", NA))
  sources <- AmoSources(auth)
  expect_identical(sources$default, c(TRUE, FALSE))
  expect_identical(sources$services_type, c(NA, "whatsapp"))
  expect_identical(sources$services_params_waba, c(NA, TRUE))
  expect_identical(AmoCustomerStatuses(auth)$type, c(4L, 0L))
  segments <- AmoSegments(auth)
  expect_identical(segments$customers_count, c(3L, 0L))
  prices <- grep("available_products_price_types", names(segments), value = TRUE)
  expect_identical(segments[[prices[[1]]]], c(450041L, NA))
  expect_false(any(grepl("custom_fields", names(segments))))
  roles <- AmoRoles(auth)
  expect_identical(roles$rights_leads_edit, c("G", "D"))
  expect_identical(roles$rights_mail_access, c(TRUE, FALSE))
  expect_false(any(grepl("status_rights", names(roles))))
  groups <- AmoFieldGroups(auth, "lead")
  expect_identical(groups$id, c("default", "leads_900001", "statistic"))
  expect_identical(groups$is_predefined, c(TRUE, FALSE, TRUE))
})

test_that("talks and the summary of incoming leads have the values of their answers", {
  auth <- serve_v4(
    talks = "talks_list.json", "leads/unsorted/summary" = "leads_unsorted_summary.json"
  )
  talks <- AmoTalks(auth)
  expect_identical(talks$id, c(38L, 39L))
  expect_identical(talks$entity_type, c("lead", NA))
  expect_identical(talks$missed_at, .POSIXct(c(1609462830, NA), tz = zone))
  expect_identical(talks$is_read, c(FALSE, TRUE))
  expect_identical(as.list(AmoIncomingSummary(auth)), list(
    pipeline_id = NA_integer_, total = 9L, accepted = 4L, declined = 2L,
    average_sort_time = 15600L, sip = 2L, mail = 1L, forms = 5L, chats = 1L
  ))
})

test_that("log-ins are told from refusals", {
  for (name in c("auth-success.json", "auth-success-several.json")) {
    auth <- AmoSandbox(notes = 0, faults = list(answer("auth.php", "v2", name)))
    expect_true(AmoAuth(auth_list = auth, verbose = FALSE))
  }
  auth <- AmoSandbox(notes = 0, faults = list(answer("auth.php", "v2", "auth-failure.json")))
  refused <- AmoAuth(auth_list = auth, verbose = FALSE)
  expect_match(refused, "^Auth error. Error code: 110. ")
})
