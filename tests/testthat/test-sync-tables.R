# Which tables are copied, and what a run costs.

#' The requests of an expression, as the sandbox has them
requests_of <- function(auth, code) {
  before <- nrow(sandbox_requests(auth))
  force(code)
  log <- sandbox_requests(auth)
  log[seq_len(nrow(log)) > before, ]
}

all_kinds <- c("lead", "contact", "company", "customer")

#' What the functions give of the tables that seldom change
seldom_tables <- function(auth) {
  fields <- AmoCustomFields(auth)
  kinds <- c(leads = "lead", contacts = "contact", companies = "company", customers = "customer")
  of_all <- function(part) {
    rows <- lapply(names(kinds), function(entity) {
      of_entity <- fields[[paste0("custom_fields_", entity)]][[part]]
      if (!is.null(of_entity)) cbind(entity_type = rep(kinds[[entity]], nrow(of_entity)), of_entity)
    })
    do.call(rbind, rows)
  }
  list(
    groups = AmoGroups(auth), roles = AmoRoles(auth), task_types = AmoTaskTypes(auth),
    tags = AmoTags(auth, all_kinds), field_groups = AmoFieldGroups(auth, all_kinds),
    custom_fields = of_all("custom_fields"), custom_fields_enum = of_all("custom_fields_enum"),
    catalogs = AmoCatalogs(auth), sources = AmoSources(auth), segments = AmoSegments(auth),
    customer_statuses = AmoCustomerStatuses(auth)
  )
}

test_that("a copy has what seldom changes, as the functions give it", {
  auth <- sandbox_to_copy()
  expected <- seldom_tables(auth)
  seldom <- names(Filter(function(stream) stream$seldom, sync_streams()))
  expect_setequal(c(names(expected), "catalog_elements"), seldom)
  for (copy in new_copies()) {
    use_copy(copy, function(to) {
      AmoSync(auth, to, tables = seldom)
      for (table in names(expected)) {
        rows <- expected[[table]]
        expect_gt(nrow(rows), 0)
        columns <- setdiff(names(rows), "account_id")
        expect_identical(copy_texts(to, table, columns), row_keys(rows[columns]), info = table)
      }
      expect_true_copy(auth, to, "catalog_elements")
      again <- AmoSync(auth, to, tables = seldom)
      expect_identical(unique(again$mode), "unchanged")
    })
  }
})

test_that("leads and customers have the elements of catalogs that are linked to them", {
  auth <- sandbox_to_copy(leads = 100)
  to <- new_folder()
  AmoSync(auth, to, tables = "leads")
  elements <- AmoLeads(auth, with_with = "catalog_elements")$linked_catalog_elements
  expect_gt(nrow(elements), 0)
  expect_identical(copy_texts(to, "leads_catalog_elements", names(elements)), row_keys(elements))
})

test_that("a run where nothing happened reads no table that seldom changes", {
  auth <- sandbox_to_copy(leads = 100)
  to <- new_folder()
  first <- AmoSync(auth, to)
  expect_setequal(first$table, names(sync_streams()))
  requests <- requests_of(auth, log <- AmoSync(auth, to))
  expect_identical(unique(log$mode), "unchanged")
  # The one that tells which account it is belongs to no table.
  expect_equal(sum(log$requests), nrow(requests) - 1)
  expect_false(any(grepl("/(tags|custom_fields|sources|roles|elements)", requests$path)))
})

test_that("500 changed leads take at most six requests for leads", {
  for (copy in new_copies()) {
    auth <- sandbox_to_copy(leads = 2000)
    use_copy(copy, function(to) {
      AmoSync(auth, to, tables = "leads")
      AmoSandboxChange(auth, "update", id = AmoRead(to, "leads")$id[1:500])
      requests <- requests_of(auth, log <- AmoSync(auth, to, tables = "leads", lookback = 60))
      expect_equal(log$updated, 500)
      expect_lte(sum(requests$path == "/api/v4/leads"), 6)
    })
  }
})

test_that("the requests for deletions have a label of their own, and are counted", {
  auth <- sandbox_to_copy()
  to <- new_folder()
  AmoSync(auth, to, tables = c("contacts", "tasks"))
  labels <- character()
  shown <- show_progress
  utils::assignInNamespace("show_progress", function(label, ...) {
    labels <<- c(labels, label)
    shown(label, ...)
  }, "amocrm")
  withr::defer(utils::assignInNamespace("show_progress", shown, "amocrm"))
  requests <- requests_of(auth, log <- AmoSync(auth, to, tables = c("contacts", "tasks")))
  expect_true("deletions" %in% labels)
  expect_false("events" %in% labels)
  # The first table counts those for deletions.
  expect_equal(log$requests[[1]] - 1, sum(requests$path == "/api/v4/events"))
  expect_identical(log$requests[[2]], 1)
})

#' Makes these streams the only ones until a test ends
only_streams <- function(names, env = parent.frame()) {
  all <- sync_streams
  withr::defer(utils::assignInNamespace("sync_streams", all, "amocrm"), envir = env)
  utils::assignInNamespace("sync_streams", function() all()[names], "amocrm")
}

test_that("what seldom changes waits for a sweep, unless it is asked for by name", {
  seldom <- c("tags", "catalog_elements")
  tables <- c("leads", "talks", seldom)
  only_streams(tables)
  auth <- sandbox_to_copy(leads = 20)
  to <- new_folder()
  first <- AmoSync(auth, to)
  expect_setequal(first$table, tables)
  AmoSandboxChange(auth, "update", "element", n = 3)
  AmoSandboxChange(auth, "update", "talk", n = 3)
  before <- AmoRead(to, "catalog_elements")
  log <- AmoSync(auth, to)
  expect_setequal(log$table, setdiff(tables, seldom))
  expect_identical(AmoRead(to, "catalog_elements"), before)
  expect_gt(log$updated[log$table == "talks"], 0)
  expect_true_copy(auth, to, "talks")

  log <- AmoSync(auth, to, tables = "catalog_elements")
  expect_gt(log$updated, 0)
  expect_true_copy(auth, to, "catalog_elements")
  AmoSandboxChange(auth, "delete", "element", n = 2)
  AmoSandboxChange(auth, "create", "element", n = 2)
  swept <- AmoSync(auth, to, sweep = 0)
  expect_setequal(swept$table, tables)
  expect_gt(swept$deleted[swept$table == "catalog_elements"], 0)
  expect_true_copy(auth, to, "catalog_elements")
})

test_that("rows that a late list lacks do not count as deleted", {
  for (action in list(list(action = "short", rows = 2), list(action = "empty"))) {
    late <- c(list(path = "/api/v4/users", nth = 3), action)
    auth <- sandbox_to_copy(faults = list(late))
    to <- new_folder()
    AmoSync(auth, to, tables = "users")
    expect_equal(sum(sandbox_requests(auth)$path == "/api/v4/users"), 2)
    log <- AmoSync(auth, to, tables = "users")
    expect_gt(log$requests, 2)
    expect_equal(log$deleted, 0)
    expect_equal(log$read, nrow(AmoUsers(auth)))
    expect_true(all(is.na(AmoRead(to, "users")$deleted_at)))
  }
})

test_that("a row whose linked rows alone have changed counts as changed", {
  fields <- data.frame(id = c(1, 1, 2, 3), value = c("a", "b", "c", "d"))
  copied <- cbind(account_id = 7, fields, deleted_at = .POSIXct(NA_real_, tz = "UTC"))
  changed <- function(rows, ids = 1:4) changed_ids(rows, copied, ids)
  expect_length(changed(fields[c(2, 1, 3, 4), ]), 0)
  expect_identical(changed(fields[-2, ]), 1)
  expect_setequal(changed(rbind(fields[1:3, ], data.frame(id = 4, value = "e"))), c(3, 4))
  expect_identical(changed(rbind(fields, fields[4, ])), 3)
  # A batch has some of the rows only.
  expect_length(changed(fields[3:4, ], ids = 2:3), 0)
  expect_identical(changed_ids(fields, NULL, 1:3), 1:3)
})

test_that("the log of a copy that is not there is an error, not an empty table", {
  to <- new_folder()
  expect_error(AmoSyncLog(to), "there is no copy by AmoSync() in", fixed = TRUE,
               class = "amocrm_error_input")
})
