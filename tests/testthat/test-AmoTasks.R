task_columns <- c(
  "id", "responsible_user_id", "created_by", "created_at", "updated_at", "account_id",
  "group_id", "element_type", "element_id", "is_completed", "task_type", "complete_till_at",
  "text", "result_id", "result_text"
)
task_times <- c("created_at", "updated_at", "complete_till_at")

account <- AmoSandbox(notes = 300, tasks = 700, access = "token")

expect_task_types <- function(tasks, zone = "Europe/Moscow") {
  integers <- setdiff(
    task_columns, c(task_times, "element_type", "is_completed", "text", "result_text")
  )
  for (column in integers) expect_type(tasks[[column]], "integer")
  for (column in c("element_type", "text", "result_text")) {
    expect_type(tasks[[column]], "character")
  }
  expect_type(tasks$is_completed, "logical")
  for (column in task_times) {
    expect_identical(class(tasks[[column]]), c("POSIXct", "POSIXt"))
    expect_identical(attr(tasks[[column]], "tzone"), zone)
  }
}

test_that("columns are as documented, results and types of elements by name", {
  tasks <- AmoTasks(auth_list = account)
  expect_s3_class(tasks, "data.frame", exact = TRUE)
  expect_identical(names(tasks), task_columns)
  expect_identical(nrow(tasks), 700L)
  expect_task_types(tasks)
  expect_setequal(tasks$element_type, c("0", "contact", "lead", "company", "customer"))
  expect_identical(is.na(tasks$result_id), is.na(tasks$result_text))
  expect_true(all(tasks$is_completed[!is.na(tasks$result_id)]))
})

test_that("both APIs give the same tasks", {
  both <- through_both(account, function(auth) AmoTasks(auth_list = auth, limit = 100))
  expect_same_table(both, unknown = "result_id")
  expect_identical(names(both$v4), c(task_columns, "duration", "updated_by"))
  expect_task_types(both$v4)
  expect_identical(both$v4$id, both$v2$id)
})

test_that("filters select the same rows as on the whole table, over both APIs", {
  whole <- AmoTasks(auth_list = account)
  expect_rows <- function(rows, ...) {
    both <- through_both(account, function(auth) AmoTasks(auth, ...))
    expect_gt(sum(rows), 0)
    expect_setequal(both$v2$id, whole$id[rows])
    expect_setequal(both$v4$id, whole$id[rows])
  }
  expect_rows(whole$element_type == "lead", type = "lead")
  two <- c("company", "contact")
  expect_rows(whole$element_type %in% two, type = two)
  elements <- unique(whole$element_id[whole$element_id > 0])[1:3]
  expect_rows(whole$element_id == elements[[1]], element_id = elements[[1]])
  expect_rows(whole$element_id %in% elements, element_id = elements)
  users <- unique(whole$responsible_user_id)[1:2]
  expect_rows(whole$responsible_user_id %in% users, responsible_user_id = users)
  expect_rows(!whole$is_completed, status = 0)
  expect_rows(whole$is_completed, status = TRUE)
  expect_rows(rep(TRUE, 700), status = 0:1)
  author <- whole$created_by[[1]]
  expect_rows(whole$created_by == author, created_by = author)
  expect_rows(whole$task_type %in% 1:2, task_type = 1:2)
  expect_rows(whole$task_type == 2 & !whole$is_completed, task_type = 2, status = 0)
})

test_that("spans of time are wall clock in the account's zone, both ends within", {
  whole <- AmoTasks(auth_list = account)
  ends <- sort(whole$created_at)[c(100, 300)]
  changes <- sort(whole$updated_at)[c(100, 300)]
  inside <- function(times, ends) times >= ends[[1]] & times <= ends[[2]]
  both <- through_both(account, function(auth) {
    AmoTasks(auth, date_create_from = format(ends[[1]]), date_create_to = ends[[2]])
  })
  for (tasks in both) expect_setequal(tasks$id, whole$id[inside(whole$created_at, ends)])
  both <- through_both(account, function(auth) {
    AmoTasks(auth, date_modify_from = changes[[1]], date_modify_to = format(changes[[2]]))
  })
  for (tasks in both) expect_setequal(tasks$id, whole$id[inside(whole$updated_at, changes)])
  day <- as.Date(ends[[2]], tz = "Europe/Moscow")
  midnight <- as.POSIXct(format(day), tz = "Europe/Moscow")
  both <- through_both(account, function(auth) AmoTasks(auth, date_create_from = day))
  for (tasks in both) expect_setequal(tasks$id, whole$id[whole$created_at >= midnight])
})

test_that("ids are read over several requests, and other filters hold, too", {
  whole <- AmoTasks(auth_list = account)
  both <- through_both(account, function(auth) AmoTasks(auth, id = c(whole$id[1:450], 1)))
  for (tasks in both) expect_setequal(tasks$id, whole$id[1:450])
  ids <- whole$id[1:50]
  both <- through_both(account, function(auth) AmoTasks(auth, id = ids, task_type = 1))
  for (tasks in both) expect_setequal(tasks$id, ids[whole$task_type[1:50] == 1])
})

test_that("a table without rows has all columns, typed, and a warning", {
  none <- AmoSandbox(notes = 0, tasks = 0, timezone = "Asia/Omsk", access = "token")
  for (api in c("v2", "v4")) {
    withr::local_options(amocrm.api = api)
    expect_warning(
      tasks <- AmoTasks(auth_list = none), "Oops... seems that you've requested zero rows",
      class = "amocrm_warning_zero_rows", fixed = TRUE
    )
    expect_identical(names(tasks), task_columns)
    expect_identical(nrow(tasks), 0L)
    expect_task_types(tasks, "Asia/Omsk")
    expect_warning(filtered <- AmoTasks(auth_list = account, created_by = 1))
    expect_identical(names(filtered), task_columns)
  }
})

test_that("tasks without a result have its columns all the same", {
  auth <- AmoSandbox(items = list(tasks = '[{"id":1,"result":[]},{"id":2,"result":{}}]'))
  tasks <- AmoTasks(auth_list = auth)
  expect_identical(tasks$result_id, c(NA_integer_, NA))
  expect_identical(tasks$result_text, c(NA_character_, NA))
})

test_that("ids beyond R's integers make the column double", {
  auth <- AmoSandbox(items = list(tasks = '[{"id":3000000000,"element_id":5}]'))
  tasks <- AmoTasks(auth_list = auth)
  expect_identical(tasks$id, 3e9)
  expect_identical(tasks$element_id, 5L)
})

test_that("a list in the first place is the auth_list, what follows has its usual order", {
  whole <- AmoTasks(auth_list = account)
  expect_identical(AmoTasks(account), whole)
  expect_identical(AmoTasks(account, 100, whole$id[1:3])$id, whole$id[1:3])
  expect_identical(AmoTasks(account, 100, NULL, "lead"), whole[whole$element_type == "lead", ],
                   ignore_attr = "row.names")
})

test_that("a page that comes empty or short is asked for again", {
  steady <- AmoSandbox(notes = 0, tasks = 250)
  whole <- AmoTasks(steady, 100)
  for (fault in list(list(action = "empty"), list(action = "short", rows = 3))) {
    faults <- list(c(list(path = "/tasks", holding = c(150, 150)), fault))
    auth <- AmoSandbox(notes = 0, tasks = 250, faults = faults)
    expect_identical(AmoTasks(auth, 100), whole)
    expect_gt(nrow(sandbox_requests(auth)), nrow(sandbox_requests(steady)))
  }
  v4 <- function(...) AmoSandbox(notes = 0, tasks = 250, access = "token", v2 = FALSE, ...)
  faults <- list(list(path = "/tasks", holding = c(150, 150), action = "empty"))
  expect_identical(AmoTasks(v4(faults = faults), 100), AmoTasks(v4()))
})

test_that("the number of rows may be a multiple of the limit", {
  auth <- AmoSandbox(notes = 0, tasks = 200)
  expect_identical(nrow(AmoTasks(auth, limit = 100)), 200L)
})

test_that("wrong arguments are input errors, and nothing is sent", {
  expect_error(AmoTasks(account, type = "task"), "`type`", class = "amocrm_error_input")
  expect_error(AmoTasks(account, status = 2), "`status`", class = "amocrm_error_input")
  expect_error(AmoTasks(account, date_create_from = "1.6.2019"), "`date_create_from`",
               class = "amocrm_error_input")
  expect_error(AmoTasks(account, created_by = "me"), "`created_by`", class = "amocrm_error_input")
  expect_error(AmoTasks(account, limit = 0), "`limit`", class = "amocrm_error_input")
})

test_that("tasks of many elements take no more requests than the whole list over v2", {
  withr::local_options(amocrm.api = "v2")
  whole <- AmoTasks(account)
  elements <- unique(whole$element_id[whole$element_id > 0])[1:30]
  expected <- whole[whole$element_id %in% elements & whole$element_type %in% c("lead", "contact"), ]
  expected <- expected[order(expected$created_at, expected$id), ]
  row.names(expected) <- NULL
  expect_gt(nrow(expected), 0)
  both <- function(...) AmoTasks(account, type = c("lead", "contact"), element_id = elements, ...)
  before <- nrow(sandbox_requests(account))
  expect_identical(both(), expected)
  expect_lte(nrow(sandbox_requests(account)) - before, 6)
  expect_identical(both(limit = 5), expected)
})
