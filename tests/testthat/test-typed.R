# typed = TRUE: the same tables with types that the names of the columns tell.

typed_accounts <- list(
  v2 = AmoSandbox(notes = 500), v4 = AmoSandbox(notes = 500, access = "token", v2 = FALSE)
)
typed_readers <- list(
  notes = function(auth, ...) AmoNotes(auth, "lead", ...),
  transactions = AmoCustomersTransactions, incoming_leads = AmoIncomingLeads
)

class_of <- function(column) class(column)[[1]]

#' Which values of a typed column are what its texts say
says <- function(column, text) {
  is_number <- is.numeric(column) || inherits(column, "POSIXct")
  if (is_number) as.numeric(column) == as.numeric(text) else as.character(column) == text
}

test_that("columns have the types that AmoColumns() tells, and their values stay", {
  for (auth in typed_accounts) {
    for (name in names(typed_readers)) {
      old <- typed_readers[[name]](auth)
      new <- typed_readers[[name]](auth, typed = TRUE)
      expect_named(new, names(old))
      expect_identical(attributes(new), attributes(old))
      told <- AmoColumns(name, typed = TRUE)
      types <- told$type[match(names(new), told$column)]
      # Others are text, or times by the ends of their names.
      times <- vapply(old, inherits, NA, "POSIXct")
      types[is.na(types)] <- ifelse(times[is.na(types)], "POSIXct", "character")
      expect_identical(unname(vapply(new, class_of, "")), types, info = name)
      for (column in names(old)) {
        if (identical(class(new[[column]]), class(old[[column]]))) {
          expect_identical(new[[column]], old[[column]], info = column)
        } else {
          text <- old[[column]]
          text[!nzchar(text)] <- NA
          expect_identical(is.na(new[[column]]), is.na(text), info = column)
          expect_true(all(says(new[[column]], text), na.rm = TRUE), info = column)
        }
      }
    }
  }
})

test_that("without the argument all is text as before", {
  for (auth in typed_accounts) {
    for (name in names(typed_readers)) {
      old <- typed_readers[[name]](auth)
      expect_identical(typed_readers[[name]](auth, typed = FALSE), old)
      told <- AmoColumns(name)
      types <- vapply(old[intersect(told$column, names(old))], class_of, "")
      expect_identical(unname(types), told$type[match(names(types), told$column)])
    }
  }
})

test_that("moments are in the account's zone", {
  for (access in c("key", "token")) {
    auth <- AmoSandbox(
      notes = c(lead = 500), timezone = "Asia/Omsk", access = access, v2 = access == "key"
    )
    sold <- AmoCustomersTransactions(auth, typed = TRUE)
    letters <- AmoNotes(auth, "lead", note_type = 15, typed = TRUE)
    for (column in list(sold$date, letters$params_delivery_time)) {
      expect_s3_class(column, "POSIXct")
      expect_identical(attr(column, "tzone"), "Asia/Omsk")
      expect_gt(sum(!is.na(column)), 3)
    }
    old <- AmoCustomersTransactions(auth)
    expect_identical(as.numeric(sold$date), as.numeric(old$date))
  }
})

test_that("a value that does not fit its type is NA and told with its column", {
  auth <- serve_notes(c(
    '{"id":1,"note_type":10,"created_at":1700000000,"is_editable":true,
      "params":{"DURATION":"90","PHONE":"007","call_status":4}}',
    '{"id":2,"note_type":10,"created_at":1700000000,"is_editable":"perhaps",
      "params":{"DURATION":"1:30","PHONE":8,"call_status":"x"}}',
    '{"id":3,"note_type":10,"created_at":1700000000,"is_editable":0,
      "params":{"DURATION":"","PHONE":null}}'
  ))
  warning <- expect_warning(
    notes <- AmoNotes(auth, "lead", typed = TRUE), class = "amocrm_warning_unreadable_values"
  )
  expect_match(conditionMessage(warning), 'lead$is_editable (1): "perhaps"', fixed = TRUE)
  expect_match(conditionMessage(warning), 'lead$params_DURATION (1): "1:30"', fixed = TRUE)
  expect_identical(notes$params_DURATION, c(90, NA, NA))
  expect_identical(notes$is_editable, c(TRUE, NA, FALSE))
  expect_identical(notes$params_PHONE, c("007", "8", NA))
  expect_identical(notes$params_call_status, c("4", "x", NA))
  expect_no_warning(old <- AmoNotes(auth, "lead"))
  expect_identical(old$params_DURATION, c("90", "1:30", ""))
})

test_that("types do not depend on the values: whole, large and missing ones", {
  note <- function(id, user) {
    sprintf('{"id":%d,"created_at":1700000000,"responsible_user_id":%s,"params":{"DURATION":5}}',
            id, user)
  }
  for (user in c("5", "3000000000", "null")) {
    notes <- AmoNotes(serve_notes(note(1, user)), "lead", typed = TRUE)
    expect_type(notes$params_DURATION, "double")
    if (user != "null") expect_identical(notes$responsible_user_id, as.numeric(user))
  }
})

test_that("tables without rows are typed as others", {
  none <- list(
    notes = function(...) AmoNotes(AmoSandbox(notes = 0), "lead", ...),
    transactions = function(...) {
      AmoCustomersTransactions(AmoSandbox(notes = 0, transactions = 0), ...)
    },
    incoming_leads = function(...) AmoIncomingLeads(AmoSandbox(notes = 0, unsorted = 0), ...)
  )
  withr::local_options(amocrm.zero_rows = "silent")
  for (name in names(none)) {
    empty <- none[[name]](typed = TRUE)
    expect_identical(nrow(empty), 0L)
    expect_named(empty, names(none[[name]]()))
    told <- AmoColumns(name, typed = TRUE)
    expect_identical(
      unname(vapply(empty, class_of, "")), told$type[match(names(empty), told$column)], info = name
    )
  }
})

test_that("several kinds of notes, and filters, go with types", {
  auth <- typed_accounts$v2
  tables <- AmoNotes(auth, all = TRUE, typed = TRUE)
  expect_named(tables, paste0(c("contact", "lead", "company", "task"), "_notes"))
  for (notes in tables) expect_type(notes$element_id, "double")
  lead <- tables$lead_notes
  some <- AmoNotes(auth, "lead", element_id = lead$element_id[1], typed = TRUE)
  expect_identical(some$id, lead$id[lead$element_id == lead$element_id[1]])
  by_position <- AmoNotes(auth, "lead", NULL, 3, NULL, FALSE, TRUE)
  expect_identical(unique(by_position$note_type), "3")
  expect_type(by_position$element_id, "double")
  expect_error(AmoNotes(auth, typed = "yes"), "`typed`", class = "amocrm_error_input")
})

test_that("what had come before an error is typed, too", {
  auth <- AmoSandbox(notes = c(lead = 300), faults = list(
    list(path = "/notes", holding = c(250, Inf), nth = c(1, Inf), status = 403)
  ))
  error <- expect_error(AmoNotes(auth, "lead", limit = 100, typed = TRUE), class = "amocrm_error")
  expect_gt(nrow(error$partial), 0)
  expect_type(error$partial$element_id, "double")
})

test_that("AmoColumns() tells typed types only when asked", {
  expect_named(AmoColumns("notes", typed = TRUE), names(AmoColumns("notes")))
  expect_false("params_DURATION" %in% AmoColumns("notes")$column)
  typed <- AmoColumns(typed = TRUE)
  expect_identical(typed$type[typed$column == "params_DURATION"], "numeric")
  expect_identical(anyDuplicated(typed[c("table", "column")]), 0L)
  for (text in typed) expect_true(all(nzchar(text)))
  untouched <- !typed$table %in% names(typed_readers)
  expect_identical(
    typed$type[untouched], AmoColumns()$type[!AmoColumns()$table %in% names(typed_readers)]
  )
})
