# AmoStages() on sandboxes and copies. What moves come to is in test-stays.R.

account <- function(...) AmoSandbox(notes = c(lead = 300), leads = 60, ..., access = "token")
auth <- account()
stages <- AmoStages(auth)

as_plain <- function(stages) {
  attr(stages, "pipelines") <- NULL
  class(stages) <- "data.frame"
  stages
}

test_that("both APIs, keys and copies give the same table", {
  withr::with_options(
    list(amocrm.api = "v2"), expect_identical(AmoStages(auth)$seconds, stages$seconds)
  )
  expect_identical(as_plain(AmoStages(account(v2 = FALSE))), as_plain(stages))
  key <- AmoSandbox(notes = c(lead = 300), leads = 60)
  expect_identical(as_plain(AmoStages(key)), as_plain(stages))
  copy <- withr::local_tempdir()
  AmoSync(auth, copy, tables = c("leads", "events", "users", "pipelines"))
  expect_identical(as_plain(AmoStages(copy)), as_plain(stages))
  expect_identical(AmoFunnel(AmoStages(copy)), AmoFunnel(stages))
})

test_that("a copy of several accounts keeps their leads apart", {
  other <- account(seed = 2, account_id = 5)
  copy <- withr::local_tempdir()
  AmoSync(list(auth, other), copy, tables = c("leads", "events", "users", "pipelines"))
  both <- AmoStages(copy)
  expect_true(any(stages$lead_id %in% AmoLeads(other)$leads$id))
  expect_identical(both$seconds[both$account_id == 28614203], stages$seconds)
  expect_identical(both$seconds[both$account_id == 5], AmoStages(other)$seconds)
})

test_that("a copy in a database gives the table, also from notes", {
  skip_if_not_installed("RSQLite")
  for (moves in c("events", "notes")) {
    db <- DBI::dbConnect(RSQLite::SQLite(), ":memory:")
    AmoSync(auth, db, tables = c("leads", moves, "users", "pipelines"), prefix = "crm_")
    expect_identical(as_plain(AmoStages(db, prefix = "crm_")), as_plain(stages))
    expect_error(AmoStages(db), class = "amocrm_error_input")
    DBI::dbDisconnect(db)
  }
})

test_that("the columns have their names and types, in the account's zone", {
  types <- vapply(stages, function(column) class(column)[[1]], "")
  expect_identical(types, c(
    lead_id = "integer", pipeline_id = "integer", pipeline_name = "character",
    status_id = "integer", status_name = "character", entered_at = "POSIXct",
    left_at = "POSIXct", seconds = "numeric", moved_by = "integer", moved_by_name = "character",
    responsible_user_id = "integer", responsible_user_name = "character",
    created_at = "POSIXct", is_deleted = "logical", pipeline_sort = "integer",
    status_sort = "integer", account_id = "integer"
  ))
  expect_identical(attr(stages$entered_at, "tzone"), "Europe/Moscow")
  expect_identical(order(stages$lead_id, stages$entered_at), seq_len(nrow(stages)))
})

test_that("leads end where they are, and each move that the account tells of is a stay", {
  leads <- AmoLeads(auth)$leads
  last <- stages[!duplicated(stages$lead_id, fromLast = TRUE), ]
  expect_identical(last$lead_id, leads$id)
  expect_identical(last$status_id, leads$status_id)
  expect_identical(last$responsible_user_id, leads$responsible_user_id)
  first <- stages[!duplicated(stages$lead_id), ]
  expect_identical(first$entered_at, leads$created_at)
  expect_identical(first$moved_by, leads$created_by)
  moves <- AmoEvents(auth, type = "lead_status_changed")
  expect_identical(nrow(stages), nrow(leads) + nrow(moves))
  expect_setequal(
    paste(moves$entity_id, moves$created_at, moves$after_status_id, moves$created_by),
    with(stages[duplicated(stages$lead_id), ], paste(lead_id, entered_at, status_id, moved_by))
  )
  # Nothing is missing in a sandbox.
  expect_identical(is.na(stages$seconds), is.na(stages$left_at))
})

test_that("names are those of the account, and NA for robots", {
  statuses <- AmoPipelinesStatuses(auth)
  at <- match(
    paste(stages$pipeline_id, stages$status_id), paste(statuses$pipeline_id, statuses$status_id)
  )
  expect_identical(stages$status_name, statuses$status_name[at])
  expect_identical(stages$pipeline_name, statuses$pipeline_name[at])
  users <- AmoUsers(auth)
  expect_identical(stages$moved_by_name, users$name[match(stages$moved_by, users$id)])
  expect_true(anyNA(stages$moved_by_name[stages$moved_by == 0]))
  expect_false(anyNA(stages$moved_by_name[stages$moved_by > 0]))
})

test_that("stages that are deleted and users who are gone have no names, but their ids", {
  replaced <- function(path, text) {
    list(path = path, nth = c(1, Inf), action = "replace", text = text, by = "1")
  }
  for (v2 in c(TRUE, FALSE)) {
    auth <- account(v2 = v2, faults = list(
      replaced("pipelines", format(talks)), replaced("users", "6790112")
    ))
    withr::local_options(amocrm.api = if (v2) "v2" else "v4")
    gone <- AmoStages(auth)
    is_gone <- stages$status_id == talks
    expect_true(any(is_gone))
    expect_identical(gone$status_id, stages$status_id)
    expect_identical(is.na(gone$status_name), is_gone)
    expect_false(anyNA(gone$pipeline_name))
    expect_identical(is.na(gone$moved_by_name), stages$moved_by %in% c(0, 6790112))
  }
})

test_that("a token that must not list the users gives a table without their names", {
  expect_warning(nameless <- AmoStages(account(admin = FALSE, v2 = FALSE)),
                 class = "amocrm_warning_no_users")
  expect_identical(nameless$moved_by, stages$moved_by)
  expect_true(all(is.na(nameless$moved_by_name)))
})

test_that("leads of a hand-made account stay as long as worked out by hand", {
  # In the night of 26 October 2025 Berlin's clocks go from 03:00 back to 02:00.
  at <- function(text) as.double(as.POSIXct(text, tz = "UTC"))
  leads <- rbind(
    a_lead(1, at("2025-10-25 23:30:00"), contacted), a_lead(2, at("2025-10-01 10:00:00"), talks),
    a_lead(3, at("2025-10-02 10:00:00"), 142, repeats)
  )
  moves <- rbind(
    # 01:30, twice 02:30, and back again.
    a_move(1, 1, at("2025-10-26 00:30:00"), contacted, talks),
    a_move(2, 1, at("2025-10-26 01:30:00"), talks, contacted),
    # Two moves in one second.
    a_move(3, 2, at("2025-10-01 10:00:07"), incoming, contacted),
    a_move(4, 2, at("2025-10-01 10:00:07"), contacted, talks, by = 77),
    # To another pipeline, where it is won.
    a_move(5, 3, at("2025-10-03 10:00:00"), contacted, 142, pipeline_after = repeats)
  )
  for (api in c("v2", "v4")) {
    stages <- AmoStages(hand_made(leads, moves, api, timezone = "Europe/Berlin"))
    expect_equal(stages$lead_id, c(1, 1, 1, 2, 2, 2, 3, 3))
    expect_equal(stages$status_id, c(
      contacted, talks, contacted, incoming, contacted, talks, contacted, 142
    ))
    expect_equal(stages$pipeline_id, rep(c(sales, repeats), c(7, 1)))
    expect_identical(stages$seconds, c(3600, 3600, NA, 7, 0, NA, 86400, NA))
    expect_identical(
      format(stages$entered_at[1:3], "%H:%M %Z"), c("01:30 CEST", "02:30 CEST", "02:30 CET")
    )
    expect_equal(stages$moved_by, c(0, 6102417, 6102417, 0, 6102417, 77, 0, 6102417))
    expect_identical(stages$moved_by_name[6], NA_character_)
  }
})

test_that("moves of a sandbox's leads by name become stays", {
  for (v2 in c(TRUE, FALSE)) {
    auth <- account(v2 = v2)
    withr::local_options(amocrm.api = if (v2) "v2" else "v4")
    lead <- stages$lead_id[[1]]
    before <- AmoStages(auth)
    moved <- AmoSandboxChange(auth, "move", "lead", id = c(lead, lead))
    after <- AmoStages(auth)
    own <- utils::tail(after[after$lead_id == lead, ], 2)
    expect_equal(as.double(own$entered_at), as.double(moved$at))
    expect_equal(own$seconds[1], as.double(diff(moved$at), units = "secs"))
    expect_equal(own$status_id[2], AmoLeads(auth, id = lead)$leads$status_id)
    expect_identical(nrow(after), nrow(before) + 2L)
  }
})

test_that("stays that touch the time and the pipeline are chosen", {
  # Sandboxes are as long ago as `now`.
  from <- as.POSIXct("2025-11-01", tz = "Europe/Moscow")
  to <- as.POSIXct("2025-12-01", tz = "Europe/Moscow")
  all <- as_plain(stages)
  rows <- function(keep) `rownames<-`(all[keep, ], NULL)
  until <- ifelse(is.na(all$left_at), Inf, as.double(all$left_at))
  expected <- rows(all$entered_at <= to & until >= as.double(from))
  expect_identical(as_plain(AmoStages(auth, from = "2025-11-01", to = "2025-12-01")), expected)
  expect_identical(as_plain(AmoStages(auth, from, to)), expected)
  expect_gt(nrow(expected), 0)
  expect_lt(nrow(expected), nrow(all))
  second <- rows(all$pipeline_id == repeats)
  for (choice in list(repeats, format(repeats), second$pipeline_name[[1]])) {
    expect_identical(as_plain(AmoStages(auth, pipeline = choice)), second)
  }
  expect_identical(unique(AmoFunnel(AmoStages(auth, pipeline = repeats))$pipeline_id),
                   as.integer(repeats))
})

test_that("deleted leads come by choice, and leave their last stage", {
  for (v2 in c(TRUE, FALSE)) {
    auth <- account(v2 = v2)
    withr::local_options(amocrm.api = if (v2) "v2" else "v4")
    lead <- utils::tail(stages$lead_id, 1)
    whole <- AmoStages(auth)
    deleted <- AmoSandboxChange(auth, "trash", "lead", id = lead)
    expect_identical(as_plain(AmoStages(auth)), as_plain(whole[whole$lead_id != lead, ]))
    with_them <- AmoStages(auth, deleted = TRUE)
    expect_identical(with_them$lead_id[with_them$is_deleted], rep(lead, sum(whole$lead_id == lead)))
    expect_identical(with_them$status_id, whole$status_id)
    expect_equal(as.double(utils::tail(with_them$left_at, 1)), as.double(deleted$at))
    AmoSandboxChange(auth, "restore", "lead", id = lead)
    expect_identical(AmoStages(auth, deleted = TRUE)$left_at, whole$left_at)
    again <- AmoSandboxChange(auth, "trash", "lead", id = lead)
    left_at <- utils::tail(AmoStages(auth, deleted = TRUE)$left_at, 1)
    expect_equal(as.double(left_at), as.double(again$at))
  }
})

test_that("leads that are gone for good are known from their events", {
  auth <- account(v2 = FALSE)
  ids <- utils::tail(unique(stages$lead_id), 3)
  AmoSandboxChange(auth, "delete", "lead", id = ids[1])
  AmoSandboxChange(auth, "merge", "lead", id = ids[2:3])
  withr::local_options(amocrm.zero_rows = "silent")
  after <- AmoStages(auth, deleted = TRUE)
  gone <- after[after$is_deleted, ]
  expect_setequal(gone$lead_id, ids[c(1, 3)])
  expected <- stages[stages$lead_id %in% ids[c(1, 3)], ]
  expect_identical(gone$status_id, expected$status_id)
  expect_identical(gone$entered_at, expected$entered_at)
})

test_that("copies know deleted leads", {
  withr::local_options(amocrm.quiet = TRUE)
  auth <- account(now = Sys.time())
  copy <- withr::local_tempdir()
  tables <- c("leads", "events", "users", "pipelines")
  AmoSync(auth, copy, tables = tables)
  whole <- AmoStages(copy)
  lead <- utils::tail(whole$lead_id, 1)
  deleted <- AmoSandboxChange(auth, "trash", "lead", id = lead)
  AmoSync(auth, copy, tables = tables)
  expect_false(lead %in% AmoStages(copy)$lead_id)
  with_them <- AmoStages(copy, deleted = TRUE)
  expect_identical(with_them$status_id, whole$status_id)
  expect_equal(as.double(utils::tail(with_them$left_at, 1)), as.double(deleted$at))
})

test_that("a copy without moves, an unknown pipeline and wrong times are input errors", {
  copy <- withr::local_tempdir()
  AmoSync(auth, copy, tables = c("leads", "pipelines", "users"))
  expect_error(AmoStages(copy), "\"events\"", class = "amocrm_error_input")
  expect_error(AmoStages(file.path(copy, "none")), class = "amocrm_error_input")
  expect_error(AmoStages(auth, pipeline = "None"), "\u041f\u0440\u043e\u0434\u0430\u0436\u0438",
               class = "amocrm_error_input")
  expect_error(AmoStages(auth, from = "soon"), "from", class = "amocrm_error_input")
  expect_error(AmoStages(auth, from = "2025-02-01", to = "2025-01-01"), "later",
               class = "amocrm_error_input")
  expect_error(AmoStages(auth, deleted = NA), "deleted", class = "amocrm_error_input")
})

test_that("a table without rows has all columns, and a warning", {
  expect_warning(none <- AmoStages(AmoSandbox(notes = 0, leads = 0)),
                 class = "amocrm_warning_zero_rows")
  expect_identical(lapply(none, class), lapply(stages, class))
  expect_identical(sum(AmoFunnel(none)$reached), 0L)
})

test_that("the table stays one in the hands of base R and dplyr", {
  expect_s3_class(stages, c("amocrm_stages", "data.frame"), exact = TRUE)
  expect_s3_class(stages[1:3, ], "amocrm_stages")
  halves <- rbind(stages[1:10, ], stages[-(1:10), ])
  expect_identical(as_plain(halves), as_plain(stages))
  expect_identical(AmoFunnel(halves), AmoFunnel(stages))
  file <- withr::local_tempfile()
  saveRDS(stages, file)
  expect_identical(readRDS(file), stages)
  skip_if_not_installed("dplyr")
  won <- dplyr::mutate(dplyr::filter(stages, .data$status_id == 142), is_won = TRUE)
  expect_identical(won$lead_id, stages$lead_id[stages$status_id == 142])
  expect_identical(AmoFunnel(dplyr::as_tibble(stages)), AmoFunnel(stages))
  expect_identical(AmoFunnel(dplyr::bind_rows(stages[1:10, ], stages[-(1:10), ])),
                   AmoFunnel(stages))
})

test_that("a lead in the trash that never moved is told by a copy", {
  withr::local_options(amocrm.quiet = TRUE)
  auth <- AmoSandbox(access = "token", v2 = FALSE, now = Sys.time(), leads = 40,
                     notes = c(lead = 60))
  copy <- withr::local_tempdir()
  tables <- c("leads", "events", "users", "pipelines")
  AmoSync(auth, copy, tables = tables)
  before <- AmoStages(auth)
  never <- before$lead_id[!before$lead_id %in% before$lead_id[duplicated(before$lead_id)]][1:3]
  deleted <- AmoSandboxChange(auth, "trash", "lead", id = never)
  AmoSync(auth, copy, tables = tables)
  found <- AmoStages(copy, deleted = TRUE)
  expect_identical(found$lead_id, before$lead_id)
  ours <- found[found$lead_id %in% never, ]
  expect_identical(ours$is_deleted, rep(TRUE, 3))
  expect_equal(as.double(ours$left_at), as.double(deleted$at)[match(ours$lead_id, deleted$id)])
  rest <- AmoStages(auth, deleted = TRUE)
  expect_identical(as.list(rest), as.list(found[!found$lead_id %in% never, ]))
})
