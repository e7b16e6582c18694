test_that("the columns of the tables are explained in both languages", {
  columns <- AmoColumns()
  expect_named(columns, c("table", "column", "type", "meaning", "meaning_ru"))
  for (text in columns) expect_true(all(nzchar(text)))
  expect_true(all(grepl("[\u0430-\u044f]", columns$meaning_ru)))
  expect_identical(anyDuplicated(columns[c("table", "column")]), 0L)
  expect_error(AmoColumns("note"), "linked_tags", class = "amocrm_error_input")
})

test_that("columns and types are those of the tables", {
  auth <- AmoSandbox(notes = c(lead = 300))
  tables <- c(
    list(notes = AmoNotes(auth, "lead")), AmoLeads(auth), AmoContacts(auth)["contacts"],
    AmoCompanies(auth)[c("companies", "linked_leads", "linked_customers")],
    AmoCustomers(auth)["customers"],
    list(
      tasks = AmoTasks(auth), transactions = AmoCustomersTransactions(auth),
      incoming_leads = AmoIncomingLeads(auth), users = AmoUsers(auth), groups = AmoGroups(auth),
      task_types = AmoTaskTypes(auth), pipelines_statuses = AmoPipelinesStatuses(auth)
    ),
    AmoCustomFields(auth)$custom_fields_leads
  )
  token <- AmoSandbox(notes = c(lead = 300), access = "token")
  tables <- c(tables, list(
    account = AmoAccount(token), talks = AmoTalks(token),
    incoming_summary = AmoIncomingSummary(token), loss_reasons = AmoLossReasons(token),
    tags = AmoTags(token), sources = AmoSources(token),
    customer_statuses = AmoCustomerStatuses(token), segments = AmoSegments(token),
    roles = AmoRoles(token), field_groups = AmoFieldGroups(token)
  ))
  stages <- AmoStages(token)
  tables <- c(tables, list(stages = stages, funnel = AmoFunnel(stages)))
  people <- AmoContacts(AmoSandbox(contacts = 2000, notes = 0))
  tables <- c(tables, list(
    calls = AmoCalls(token), hygiene = AmoHygiene(token), duplicates = AmoDuplicates(people)
  ))
  for (name in names(tables)) {
    explained <- AmoColumns(name)
    explained <- explained[!grepl("^event_(type|id)$|[.]{3}$", explained$column), ]
    # test-AmoCatalogElements.R looks at these.
    explained <- explained[!grepl("in AmoCatalogElements[(][)] only", explained$meaning), ]
    types <- vapply(tables[[name]], function(column) class(column)[[1]], "")
    shown <- types[!grepl("^(params|incoming_lead_info|available_products)_", names(types))]
    expect_setequal(explained$column, names(shown))
    expect_identical(unname(types[explained$column]), explained$type, info = name)
  }
})
