test_that("random changes are told, row by row, and come from the seed", {
  lived <- function(...) AmoSandboxChange(AmoSandbox(notes = 50), ...)
  changed <- lived(n = 60, seed = 3)
  expect_identical(names(changed), c("change", "type", "id", "at"))
  expect_identical(nrow(changed), 60L)
  expect_true(all(changed$change %in% sandbox_changes))
  expect_true(all(changed$type %in% sandbox_types))
  expect_false(is.unsorted(changed$at))
  expect_identical(attr(changed$at, "tzone"), "Europe/Moscow")
  expect_identical(lived(n = 60, seed = 3), changed)
  expect_false(identical(lived(n = 60, seed = 4), changed))
  expect_identical(nrow(lived()), 50L)
})

test_that("what happens shows in the tables, over both APIs", {
  for (v2 in c(TRUE, FALSE)) {
    auth <- AmoSandbox(notes = 0, leads = 40, access = "token", v2 = v2)
    leads <- function() AmoLeads(auth)$leads
    before <- leads()
    new <- AmoSandboxChange(auth, "create", "lead", n = 2)
    expect_setequal(leads()$id, c(before$id, new$id))
    moved <- AmoSandboxChange(auth, "move", "lead", id = new$id[[1]])
    after <- leads()
    expect_identical(as.numeric(max(after$updated_at)), as.numeric(moved$at))
    changes <- AmoNotes(auth, "lead", note_type = 3, element_id = new$id[[1]])
    expect_identical(as.numeric(changes$params_STATUS_NEW), as.numeric(
      after$status_id[after$id == new$id[[1]]]
    ))
    AmoSandboxChange(auth, "trash", "lead", id = new$id[[1]])
    AmoSandboxChange(auth, "delete", "lead", id = new$id[[2]])
    AmoSandboxChange(auth, "merge", "lead", id = before$id[1:3])
    expect_setequal(leads()$id, before$id[-(2:3)])
    AmoSandboxChange(auth, "restore", "lead")
    expect_setequal(leads()$id, c(before$id[-(2:3)], new$id[[1]]))
  }
})

test_that("what belongs to records comes and goes, and waiting leads are decided on", {
  auth <- AmoSandbox(notes = 20, access = "token")
  ids <- function(rows) as.numeric(rows$id)
  tasks <- function() ids(AmoTasks(auth))
  task <- AmoSandboxChange(auth, "create", "task")$id
  expect_true(task %in% tasks())
  AmoSandboxChange(auth, "delete", "task", id = task)
  expect_false(task %in% tasks())
  bought <- AmoSandboxChange(auth, "create", "transaction")$id
  expect_true(bought %in% ids(AmoCustomersTransactions(auth)))
  waiting <- nrow(AmoIncomingLeads(auth))
  came <- AmoSandboxChange(auth, "create", "incoming_lead", n = 2)$id
  expect_identical(nrow(AmoIncomingLeads(auth)), waiting + 2L)
  AmoSandboxChange(auth, "accept", "incoming_lead", id = came[[1]])
  AmoSandboxChange(auth, "decline", "incoming_lead", id = came[[2]])
  expect_identical(nrow(AmoIncomingLeads(auth)), waiting)
  expect_identical(came %in% ids(AmoLeads(auth)$leads), c(TRUE, FALSE))
  for (type in c("talk", "element", "note")) {
    expect_identical(AmoSandboxChange(auth, "create", type)$type, type)
  }
})

test_that("things happen in the middle of a list that is read", {
  fault <- list(path = "limit_offset", nth = 2, action = "change", rows = 300)
  auth <- AmoSandbox(notes = c(lead = 700), faults = list(fault))
  still <- AmoNotes(AmoSandbox(notes = c(lead = 700)), "lead")
  notes <- AmoNotes(auth, "lead")
  expect_false(anyDuplicated(notes$id) > 0)
  expect_gt(length(setdiff(notes$id, still$id)), 0)
})

test_that("an id that is there twice changes twice", {
  auth <- AmoSandbox(notes = 0, leads = 3)
  id <- AmoLeads(auth)$leads$id
  changed <- AmoSandboxChange(auth, "note", id = id[c(1, 2, 1)])
  expect_equal(changed$id, id[c(1, 2, 1)])
  expect_false(is.unsorted(changed$at))
})

test_that("a merge of given records needs two different ones", {
  auth <- AmoSandbox(notes = 0, leads = 3)
  before <- AmoLeads(auth)$leads
  for (id in list(before$id[[1]], before$id[c(1, 1)], before$id[c(1, 2, 2)])) {
    expect_error(
      AmoSandboxChange(auth, "merge", id = id),
      "`id` must be two or more different ids to merge, or NULL", class = "amocrm_error_input"
    )
  }
  expect_identical(AmoLeads(auth)$leads, before)
  expect_identical(nrow(AmoSandboxChange(auth, "merge")), 1L)
})

test_that("changes that are not possible are input errors which say why", {
  auth <- AmoSandbox(notes = 0, leads = 3)
  expect_wrong <- function(..., message) {
    expect_error(AmoSandboxChange(...), message, class = "amocrm_error_input", fixed = TRUE)
  }
  expect_wrong(
    auth, "move", id = 5,
    message = "`change` \"move\" is not possible for the lead with `id` 5"
  )
  of_changes <- '`change` must be one of "random", "create"'
  expect_wrong(auth, "explode", message = of_changes)
  expect_wrong(auth, c("move", "trash"), message = "not 2 values")
  expect_wrong(auth, NULL, message = "not NULL")
  expect_error(AmoSandboxChange(), "`auth_list`", class = "amocrm_error_input")
  of_types <- '`type` must be one of "lead", "contact", "company", "customer", '
  expect_wrong(auth, "move", type = "deal", message = of_types)
  expect_wrong(auth, "move", type = NULL, message = "not NULL")
  expect_identical(nrow(AmoSandboxChange(auth, "move", type = "task")), 0L)
  expect_wrong(auth, "create", id = 5, message = "`id`")
  for (n in list(-1, 1.5, Inf, NA, 1:2, "1")) {
    expect_wrong(auth, n = n, message = "`n` must be a single whole number, 0 or greater")
    expect_wrong(auth, seed = n, message = "`seed` must be a single whole number, 0 or greater")
  }
  expect_wrong(AmoAuthList(domain = "a", access_token = "b"), message = "AmoSandbox()")
  expect_identical(nrow(AmoSandboxChange(auth, "trash", n = 5)), 3L)
})
