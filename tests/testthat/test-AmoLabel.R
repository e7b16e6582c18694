# Names beside ids, from an account, from a copy, and from what users made of the tables.

forget_dictionaries <- function() {
  rm(list = ls(kept_dictionaries), envir = kept_dictionaries)
}

accounts <- list(
  v2 = AmoSandbox(notes = 200), v4 = AmoSandbox(notes = 200, access = "token", v2 = FALSE)
)

# Hand-written lists: two pipelines with the same two system stages, named differently.
statuses <- data.frame(
  pipeline_id = c(10L, 10L, 10L, 20L, 20L), pipeline_name = c("A", "A", "A", "B", "B"),
  pipeline_sort = c(1L, 1L, 1L, 2L, 2L), pipeline_is_main = c(TRUE, TRUE, TRUE, FALSE, FALSE),
  status_id = c(143L, 142L, 101L, 142L, 201L),
  status_name = c("A lost", "A won", "A new", "B won", "B new"),
  status_sort = c(11000L, 10000L, 10L, 10000L, 10L),
  status_is_editable = c(FALSE, FALSE, TRUE, FALSE, TRUE)
)

#' A copy that has these lists only
copy_of <- function(..., conn = withr::local_tempdir(.local_envir = parent.frame())) {
  sink <- open_sink(conn, "mark", "")
  lists <- list(...)
  visit <- list(account = 5, zone = "UTC", run = list(deleted = "mark"))
  for (name in names(lists)) {
    sink$state(5)
    sink$stage(name, sync_streams()[[name]]$key, owned(lists[[name]], visit))
    sink$commit(5, name, list(
      state = list(cursor = 1, swept = NA_real_, zone = "UTC"), log = log_row(
        visit, name, Sys.time(), "whole"
      )
    ))
  }
  sink$close()
  conn
}

users <- data.frame(id = c(7, 3000000000), name = c("Ann", "Bob"), last_name = c(NA, "Lee"))

test_that("a stage has the name that it has in its pipeline", {
  copy <- copy_of(pipelines = statuses)
  leads <- data.frame(
    id = 1:5, pipeline_id = c(20, 10, 10, 20, NA), status_id = c(142, 142, 143, 201, 101)
  )
  labelled <- AmoLabel(leads, copy)
  expect_identical(labelled, data.frame(
    id = 1:5, pipeline_id = c(20, 10, 10, 20, NA), pipeline_name = c("B", "A", "A", "B", NA),
    status_id = c(142, 142, 143, 201, 101),
    status_name = c("B won", "A won", "A lost", "B new", "A new")
  ))
})

test_that("without a pipeline a stage has a name if only one is possible", {
  copy <- copy_of(pipelines = statuses)
  warning <- expect_warning(
    labelled <- AmoLabel(data.frame(status_id = c(142, 143, 201)), copy),
    class = "amocrm_warning_unknown_ids"
  )
  expect_identical(labelled$status_name, c(NA, "A lost", "B new"))
  expect_identical(warning$ids, list(status_id = 142))
})

test_that("ids match whatever their type is", {
  copy <- copy_of(users = users)
  big <- structure(c(7, 3e9) * 2^-1074, class = "integer64")
  for (ids in list(c(7, 3e9), c("7", "3000000000"), factor(c("7", "3000000000")), big)) {
    table <- data.frame(id = 1:2)
    table$responsible_user_id <- ids
    labelled <- AmoLabel(table, copy)
    expect_identical(labelled$responsible_user_name, c("Ann", "Bob Lee"))
    expect_identical(labelled$responsible_user_id, ids)
  }
  expect_identical(AmoLabel(data.frame(created_by = 7L), copy)$created_by_name, "Ann")
})

test_that("what has no name is NA and told once for all tables of a list", {
  copy <- copy_of(users = users)
  tables <- list(
    a = data.frame(responsible_user_id = c(7, 8, NA, 8), created_by = c(0, 9, 10, 11)),
    b = list(c = data.frame(created_by = c("9", "12")), d = NULL, e = "text")
  )
  warnings <- capture_warnings(labelled <- AmoLabel(tables, copy, language = "en"))
  expect_identical(warnings, paste(
    "ids without a name, such as those of deleted users or stages:",
    "responsible_user_id (1): 8; created_by (4): 9, 10, 11, ..."
  ))
  expect_identical(labelled$a, data.frame(
    responsible_user_id = c(7, 8, NA, 8), responsible_user_name = c("Ann", NA, NA, NA),
    created_by = c(0, 9, 10, 11), created_by_name = c("robot", NA, NA, NA)
  ))
  expect_identical(labelled$b, list(
    c = data.frame(created_by = c("9", "12"), created_by_name = NA_character_), d = NULL, e = "text"
  ))
})

test_that("a second call changes nothing, and names that are not known any more stay", {
  copy <- copy_of(users = users, pipelines = statuses)
  leads <- data.frame(
    status_id = c(101, 1), responsible_user_name = c("Old", "Gone"), id = 1:2,
    responsible_user_id = c(7, 9), pipeline_id = 10
  )
  once <- suppressWarnings(AmoLabel(leads, copy))
  expect_named(once, c(
    "status_id", "status_name", "id", "responsible_user_id", "responsible_user_name",
    "pipeline_id", "pipeline_name"
  ))
  expect_identical(once$responsible_user_name, c("Ann", "Gone"))
  expect_identical(suppressWarnings(AmoLabel(once, copy)), once)
})

test_that("classes and attributes of tables stay, and tables without rows get their columns", {
  skip_if_not_installed("dplyr")
  copy <- copy_of(users = users)
  grouped <- dplyr::group_by(dplyr::tibble(x = c(2, 1, 2), created_by = c(0, 7, 7)), x)
  labelled <- AmoLabel(grouped, copy, language = "ru")
  expect_s3_class(labelled, "grouped_df")
  expect_identical(dplyr::group_data(labelled), dplyr::group_data(grouped))
  expect_identical(labelled$created_by_name, c("\u0440\u043e\u0431\u043e\u0442", "Ann", "Ann"))
  empty <- AmoLabel(data.frame(id = integer(), created_by = integer()), copy)
  expect_identical(
    empty, data.frame(id = integer(), created_by = integer(), created_by_name = character())
  )
  plain <- data.frame(id = 1:2, x = c("a", "b"))
  expect_identical(AmoLabel(plain, copy), plain)
})

test_that("a copy of several accounts has the names of each", {
  rows <- data.frame(account_id = c(1, 2), id = c(3, 3), name = c("Mail", "Visit"))
  read <- function(name) if (name == "task_types") rows
  tasks <- data.frame(account_id = c(2L, 1L), task_type = c(3L, 3L))
  labelled <- label_table(tasks, name_source(read, "en"))
  expect_identical(labelled$task_type_name, c("Visit", "Mail"))
})

test_that("all ids of an account's tables have the names of its lists, over both APIs", {
  expect_names <- function(table, id, name, known, key = known$id) {
    expect_identical(table[[name]], known$name[match(table[[id]], key)], info = name)
  }
  for (api in names(accounts)) {
    auth <- accounts[[api]]
    leads <- AmoLeads(auth)
    labelled <- AmoLabel(leads, auth, language = "en")
    main <- labelled$leads
    expect_identical(labelled[-1], leads[-1])
    expect_identical(main[setdiff(names(leads$leads), "loss_reason_name")],
                     leads$leads[setdiff(names(leads$leads), "loss_reason_name")])
    users <- rbind(AmoUsers(auth)[c("id", "name")], data.frame(id = 0, name = "robot"))
    expect_names(main, "responsible_user_id", "responsible_user_name", users)
    expect_names(main, "created_by", "created_by_name", users)
    expect_names(main, "updated_by", "updated_by_name", users)
    expect_names(main, "group_id", "group_name", AmoGroups(auth))
    stages <- AmoPipelinesStatuses(auth)
    key <- function(table) paste(table$pipeline_id, table$status_id)
    at <- match(key(main), key(stages))
    expect_identical(main$pipeline_name, stages$pipeline_name[at])
    expect_identical(main$status_name, stages$status_name[at])
    expect_false(anyNA(main$status_name))
    # The server has told them.
    expect_identical(main$loss_reason_name, leads$leads$loss_reason_name)
    expect_gt(sum(!is.na(main$loss_reason_name)), 0)
    beside <- c("responsible_user", "pipeline", "status", "loss_reason")
    places <- match(paste0(beside, "_id"), names(main))
    expect_identical(names(main)[places + 1], paste0(beside, "_name"))
    tasks <- AmoLabel(AmoTasks(auth), auth)
    expect_names(tasks, "task_type", "task_type_name", AmoTaskTypes(auth))
  }
})

test_that("notes have the names of stages, types and ends of calls, text or typed", {
  endings <- c("1" = "left a message", "2" = "call back later", "3" = "not there", "4" = "talked",
               "5" = "wrong number", "6" = "no answer", "7" = "busy")
  for (auth in accounts) {
    stages <- AmoPipelinesStatuses(auth)
    key <- paste(stages$pipeline_id, stages$status_id)
    types <- AmoNoteTypes()
    for (typed in c(FALSE, TRUE)) {
      notes <- suppressWarnings(
        AmoLabel(AmoNotes(auth, "lead", typed = typed), auth, language = "en")
      )
      expect_identical(notes$note_type_name, types$label[match(notes$note_type, types$code)])
      moves <- notes[notes$note_type == 3, ]
      for (end in c("OLD", "NEW")) {
        column <- function(name) moves[[sprintf("params_%s_%s", name, end)]]
        at <- match(paste(column("PIPELINE_ID"), column("STATUS")), key)
        expect_false(anyNA(at))
        expect_identical(moves[[sprintf("params_STATUS_%s_name", end)]], stages$status_name[at])
        expect_identical(
          moves[[sprintf("params_PIPELINE_ID_%s_name", end)]], stages$pipeline_name[at]
        )
      }
      calls <- notes[!is.na(notes$params_call_status), ]
      expect_gt(nrow(calls), 10)
      expect_identical(
        calls$params_call_status_name, unname(endings[as.character(calls$params_call_status)])
      )
    }
  }
})

test_that("customers have their own statuses, in tables and in events", {
  auth <- accounts$v4
  statuses <- AmoCustomerStatuses(auth)
  customers <- AmoLabel(AmoCustomers(auth)$customers, auth)
  expect_identical(
    customers$status_name, statuses$name[match(customers$status_id, statuses$id)]
  )
  expect_false(anyNA(customers$status_name))
  events <- data.frame(
    entity_type = c("customer", "lead"), after_status_id = c(statuses$id[2], 142L),
    after_pipeline_id = c(NA, AmoPipelinesStatuses(auth)$pipeline_id[1])
  )
  won <- AmoPipelinesStatuses(auth)
  won <- won$status_name[won$pipeline_id == events$after_pipeline_id[2] & won$status_id == 142]
  expect_identical(AmoLabel(events, auth)$after_status_name, c(statuses$name[2], won))
})

test_that("labels are in the language that is asked for, or that of the session", {
  table <- data.frame(note_type = "10", params_call_status = 4, created_by = 0)
  english <- c("Incoming call", "talked", "robot")
  russian <- AmoNoteTypes()$label_ru[AmoNoteTypes()$code == 10]
  named <- function(...) {
    labelled <- AmoLabel(table, accounts$v2, ...)
    unlist(unname(labelled[grep("_name$", names(labelled))]))
  }
  expect_setequal(named(language = "en"), english)
  expect_true(all(grepl("^[\u0410-\u044f]", named(language = "ru"))))
  expect_true(russian %in% named(language = "ru"))
  expect_identical(named(), named(language = if (is_russian()) "ru" else "en"))
})

test_that("only lists that are needed are read, once, and again after 5 minutes", {
  forget_dictionaries()
  withr::defer(forget_dictionaries())
  auth <- AmoSandbox(access = "token", v2 = FALSE, notes = 0)
  withr::local_options(amocrm.api = "v4")
  asked <- function() sum(sandbox_requests(auth)$path == "/api/v4/users")
  table <- data.frame(created_by = AmoUsers(auth)$id)
  before <- nrow(sandbox_requests(auth))
  expect_identical(AmoLabel(table, auth)$created_by_name, AmoUsers(auth)$name)
  after <- sandbox_requests(auth)[-seq_len(before), ]
  expect_identical(unique(after$path), "/api/v4/users")
  known <- asked()
  AmoLabel(list(table, table), auth)
  expect_identical(asked(), known)
  # Nothing is asked for ids that are none.
  AmoLabel(data.frame(loss_reason_id = c(0, NA)), auth)
  expect_false(any(grepl("loss_reasons", sandbox_requests(auth)$path)))
  for (key in ls(kept_dictionaries)) {
    expect_no_match(key, auth$access_token, fixed = TRUE)
    kept <- kept_dictionaries[[key]]
    kept$at <- kept$at - dictionary_life - 1
    kept_dictionaries[[key]] <- kept
  }
  AmoLabel(table, auth)
  expect_gt(asked(), known)
})

test_that("lists that are out of reach leave names empty and are told with the reason", {
  auth <- AmoSandbox(access = "token", v2 = FALSE, notes = 0, admin = FALSE)
  leads <- AmoLeads(auth)$leads
  warning <- expect_warning(
    labelled <- AmoLabel(leads, auth, language = "en"), class = "amocrm_warning_unknown_ids"
  )
  expect_match(conditionMessage(warning), "the list of users could not be read: HTTP 403")
  expect_setequal(labelled$responsible_user_name, NA)
  expect_false(anyNA(labelled$status_name))
  moves <- data.frame(params_LOSS_REASON_ID = c("0", "9127301"))
  warning <- expect_warning(AmoLabel(moves, accounts$v2), class = "amocrm_warning_unknown_ids")
  expect_match(conditionMessage(warning), "loss_reasons could not be read: only API v4")
})

test_that("other errors of the account are errors", {
  auth <- AmoSandbox(notes = 0, access = "token", v2 = FALSE, faults = list(
    list(path = "/api/v4/users", nth = c(1, Inf), status = 401)
  ))
  expect_error(AmoLabel(data.frame(created_by = 5), auth), class = "amocrm_error_auth")
})

test_that("tables of a copy get the names that it has, with those of deleted users", {
  copy <- withr::local_tempdir()
  auth <- AmoSandbox(access = "token", notes = 0)
  AmoSync(auth, copy, tables = c("leads", "users", "pipelines", "groups", "loss_reasons"))
  leads <- AmoRead(copy, "leads")
  expect_identical(AmoLabel(leads, copy), AmoLabel(leads, auth))
  gone <- users
  gone$id <- c(7, 8)
  rows <- copy_of(users = gone)
  sink <- open_sink(rows, "mark", "")
  sink$state(5)
  sink$commit(5, "users", list(
    state = list(cursor = 2, swept = NA_real_, zone = "UTC"),
    gone = data.frame(id = 8, deleted_at = .POSIXct(10, tz = "UTC")),
    log = log_row(list(account = 5), "users", Sys.time(), "whole")
  ))
  sink$close()
  expect_false(all(is.na(AmoRead(rows, "users")$deleted_at)))
  expect_identical(AmoLabel(data.frame(created_by = 8), rows)$created_by_name, "Bob Lee")
})

test_that("a database gives names, also with a prefix and of collected tables", {
  skip_if_not_installed("RSQLite")
  skip_if_not_installed("dbplyr")
  db <- DBI::dbConnect(RSQLite::SQLite(), ":memory:")
  withr::defer(DBI::dbDisconnect(db))
  auth <- AmoSandbox(access = "token", notes = 0)
  AmoSync(auth, db, tables = c("leads", "users", "pipelines", "groups"), prefix = "crm_")
  lazy <- dplyr::tbl(db, "crm_leads")
  expect_error(AmoLabel(lazy, db, prefix = "crm_"), "tbl_", class = "amocrm_error_input")
  some <- dplyr::collect(dplyr::select(lazy, id, responsible_user_id, pipeline_id, status_id))
  labelled <- AmoLabel(some, db, prefix = "crm_")
  expect_s3_class(labelled, "tbl_df")
  stages <- AmoPipelinesStatuses(auth)
  at <- match(paste(some$pipeline_id, some$status_id), paste(stages$pipeline_id, stages$status_id))
  expect_identical(labelled$status_name, stages$status_name[at])
})

test_that("what is no table, no account and no copy is refused", {
  expect_error(AmoLabel("leads", accounts$v2), "`x`", class = "amocrm_error_input")
  expect_error(AmoLabel(data.frame(), 5), class = "amocrm_error_input")
  expect_error(
    AmoLabel(data.frame(), withr::local_tempdir()), "`auth`", class = "amocrm_error_input"
  )
  expect_error(
    AmoLabel(data.frame(), accounts$v2, language = "de"), "`language`", class = "amocrm_error_input"
  )
})
