test_that("the columns have the types that scripts rely on", {
  notes <- AmoNotes(auth_list = AmoSandbox(notes = 300), type = "lead")
  expect_s3_class(notes, "data.frame", exact = TRUE)
  expect_identical(attr(notes, "row.names"), 1:300)
  expect_identical(names(notes)[1:13], base_columns)
  expect_type(notes$id, "integer")
  for (column in c("created_at", "updated_at")) {
    expect_identical(class(notes[[column]]), c("POSIXct", "POSIXt"))
    expect_type(notes[[column]], "double")
    expect_identical(attr(notes[[column]], "tzone"), "Europe/Moscow")
  }
  others <- setdiff(names(notes), c("id", "created_at", "updated_at"))
  expect_true(all(vapply(notes[others], is.character, NA)))
  expect_setequal(notes$is_editable, c("TRUE", "FALSE"))
})

test_that("element types are named, and others stay numbers", {
  auth <- AmoSandbox(notes = 5)
  kinds <- c("contact", "lead", "company", "task")
  found <- vapply(kinds, function(kind) {
    unique(AmoNotes(auth_list = auth, type = kind)$element_type)
  }, "")
  expect_identical(unname(found), c("contact", "lead", "company", "4"))
  notes <- AmoNotes(auth_list = serve_notes("{\"id\":1,\"element_type\":12}"), type = "lead")
  expect_identical(notes$element_type, "customer")
})

test_that("contact is the type when none is given", {
  auth <- AmoSandbox(notes = c(contact = 3))
  expect_identical(unique(AmoNotes(auth_list = auth)$element_type), "contact")
})

test_that("row counts around the limit come whole", {
  for (limit in c(1, 97, 250, 500)) {
    for (rows in unique(c(0, 1, limit - 1, limit, limit + 1, 3 * limit))) {
      auth <- AmoSandbox(notes = rows)
      notes <- suppressWarnings(
        AmoNotes(auth_list = auth, type = "lead", limit = limit),
        classes = "amocrm_warning_zero_rows"
      )
      expect_identical(nrow(notes), as.integer(rows), info = paste(rows, "rows by", limit))
      expect_identical(anyDuplicated(notes$id), 0L)
    }
  }
})

test_that("a list in the first place is the auth_list, the rest follows in its own order", {
  auth <- AmoSandbox(notes = 200)
  notes <- AmoNotes(auth_list = auth, type = "lead")
  element <- notes$element_id[[1]]
  expected <- AmoNotes(auth_list = auth, type = "lead", element_id = element, note_type = 3)
  expect_identical(AmoNotes(auth, "lead", element, 3), expected)
  expect_identical(AmoNotes(auth, "lead", note_type = 3, element), expected)
  expect_identical(do.call(AmoNotes, list(auth, "lead", element, 3)), expected)
  wrapper <- function(...) AmoNotes(...)
  expect_identical(wrapper(auth, "lead", element, note_type = 3), expected)
  inner <- function(...) lapply(1, function(i) AmoNotes(auth, "lead", ...))[[1]]
  expect_identical(inner(note_type = 3, element_id = element), expected)
  expect_named(
    AmoNotes(auth, "lead", NULL, NULL, NULL, TRUE),
    c("contact_notes", "lead_notes", "company_notes", "task_notes")
  )
  expect_error(
    AmoNotes(auth, "lead", NULL, NULL, NULL, TRUE, FALSE, 8), "at most 6",
    class = "amocrm_error_input"
  )
})

test_that("the list in the first place is evaluated once", {
  count <- 0
  make <- function() {
    count <<- count + 1
    AmoSandbox(notes = 5)
  }
  expect_identical(nrow(AmoNotes(make(), "lead")), 5L)
  expect_identical(count, 1)
})

test_that("e-mail, key and domain work by position", {
  auth <- AmoSandbox(notes = 7)
  expect_identical(
    AmoNotes(auth$email, auth$apikey, auth$domain),
    AmoNotes(auth_list = auth, type = "contact")
  )
})

test_that("a list built by hand is accepted and wins over the three arguments", {
  auth <- AmoSandbox(notes = 7)
  by_hand <- list(email = auth$email, apikey = auth$apikey, domain = auth$domain)
  notes <- AmoNotes("nobody@example.com", "wrong", "nowhere", by_hand)
  expect_identical(nrow(notes), 7L)
})

test_that("filters select the same rows as on the whole table", {
  auth <- AmoSandbox(notes = 400)
  whole <- AmoNotes(auth_list = auth, type = "lead")
  same <- function(notes, rows) expect_identical(notes$id, whole$id[rows])
  same(AmoNotes(auth, "lead", note_type = 10), whole$note_type == "10")
  same(AmoNotes(auth, "lead", note_type = "call_in"), whole$note_type == "10")
  two <- c("3", "25")
  same(
    AmoNotes(auth, "lead", note_type = two),
    order(whole$created_at, whole$id)[whole$note_type[order(whole$created_at, whole$id)] %in% two]
  )
  element <- whole$element_id[[1]]
  same(AmoNotes(auth, "lead", element), whole$element_id == element)
  since <- sort(whole$updated_at)[[300]]
  same(AmoNotes(auth, "lead", if_modified_since = since), whole$updated_at >= since)
  same(
    AmoNotes(auth, "lead", if_modified_since = format(since)), whole$updated_at >= since
  )
})

test_that("ids are read over several requests and leave out the other filters", {
  auth <- AmoSandbox(notes = 450)
  whole <- AmoNotes(auth_list = auth, type = "lead")
  before <- nrow(notes_requests(auth))
  notes <- AmoNotes(auth_list = auth, type = "lead", id = whole$id, note_type = 3,
                    element_id = 1, if_modified_since = "2030-01-01")
  expect_identical(notes, whole)
  expect_identical(nrow(notes_requests(auth)) - before, 3L)
  expect_identical(AmoNotes(auth, "lead", id = as.character(whole$id[5:6]))$id, whole$id[5:6])
  expect_identical(AmoNotes(auth, "lead", id = c(whole$id[[1]], 1))$id, whole$id[[1]])
})

test_that("a large id goes out in full digits", {
  auth <- AmoSandbox(notes = 10)
  expect_warning(AmoNotes(auth_list = auth, type = "lead", element_id = 1e15))
  expect_match(notes_requests(auth)$query[[1]], "element_id=1000000000000000&", fixed = TRUE)
})

test_that("a note type that nobody knows is passed on", {
  auth <- AmoSandbox(notes = 10)
  expect_warning(AmoNotes(auth_list = auth, type = "lead", note_type = 777))
  expect_match(notes_requests(auth)$query[[1]], "note_type=777", fixed = TRUE)
})

test_that("messages are conditions: a summary that can be silenced", {
  auth <- AmoSandbox(notes = 5)
  withr::local_options(amocrm.quiet = FALSE)
  expect_message(AmoNotes(auth_list = auth, type = "lead"), "lead notes: 5 rows in 1 page, ",
                 fixed = TRUE)
  expect_silent(suppressMessages(AmoNotes(auth_list = auth, type = "lead")))
  withr::local_options(amocrm.quiet = TRUE)
  expect_silent(AmoNotes(auth_list = auth, type = "lead"))
})

test_that("a list of tables is a plain one, which binds to one table", {
  notes <- AmoNotes(auth_list = AmoSandbox(notes = 3), c("contact", "lead"))
  expect_null(attributes(notes)$class)
  skip_if_not_installed("dplyr")
  bound <- dplyr::bind_rows(notes, .id = "table")
  expect_identical(dim(bound), c(6L, length(unique(unlist(lapply(notes, names)))) + 1L))
  expect_identical(bound$table, rep(c("contact_notes", "lead_notes"), each = 3))
  expect_identical(bound$element_type, rep(c("contact", "lead"), each = 3))
})

test_that("factors are their texts", {
  auth <- AmoSandbox(notes = 60)
  calls <- AmoNotes(auth, "lead", note_type = c("call_in", "call_out"))
  expect_gt(nrow(calls), 0)
  expect_identical(AmoNotes(auth, factor("lead"), note_type = factor(c("call_in", "11"))), calls)
  ids <- calls$element_id[1:2]
  expect_identical(AmoNotes(auth, "lead", factor(ids)), AmoNotes(auth, "lead", ids))
})

test_that("ids of the class integer64 are whole numbers, with or without bit64", {
  auth <- AmoSandbox(notes = 60)
  lead <- AmoNotes(auth, "lead")
  # As bit64 makes them: the bits of a 64-bit integer in place of a double's.
  integer64 <- function(low, high = 0L) {
    bits <- writeBin(as.integer(rbind(low, high)), raw(), endian = "little")
    structure(readBin(bits, "double", length(low), endian = "little"), class = "integer64")
  }
  expect_identical(AmoNotes(auth, "lead", id = integer64(lead$id[2:3]))$id, lead$id[2:3])
  expect_identical(check_ids(integer64(c(5L, -1L, NA), c(1L, 0L, 0L)), "id"),
                   c("4294967301", "4294967295", "2147483648"))
  expect_error(check_ids(integer64(c(1L, 0L), c(0L, NA)), "id"), "element 2",
               class = "amocrm_error_input")
  expect_error(check_ids(integer64(-5L, -1L), "id"), "not -5", class = "amocrm_error_input")
  # 2^53 - 1 and 2^53 + 1
  expect_identical(check_ids(integer64(-1L, 2097151L), "id"), "9007199254740991")
  expect_error(check_ids(integer64(1L, 2097152L), "id"), class = "amocrm_error_input")
})
