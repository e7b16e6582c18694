# The oracle is base R's unlist() over what jsonlite makes of the same JSON.

pick <- function(x) x[[sample.int(length(x), 1)]]

random_name <- function() {
  pick(c(
    "a", "b", "a", "text", "TEXT", "a.b", "x y", "with_underscore", "1", "A.B.C",
    "\u0438\u043c\u044f", "q\\\"uote", "emoji\\ud83d\\ude00", ""
  ))
}

random_scalar <- function() {
  pick(list(
    "null", "true", "false", "0", "-1", "2147483647", "2147483648", "9007199254740991",
    "-9007199254740991", "123456789012", "1.5", "100000", "1e5", "0.1", "-0.000001",
    "123456.789", "3.14159265358979", "1e15", "\"\"", "\"NA\"", "\"true\"",
    "\"\u041f\u0440\u0438\u0432\u0435\u0442\"", "\"\\\"\\\\ \\n\\t\"", "\"\\ud835\\udcb3\"",
    sprintf("%d", sample.int(.Machine$integer.max, 1)),
    format(stats::runif(1, -1e6, 1e6), digits = 17)
  ))
}

random_json <- function(depth) {
  switch(if (depth == 0) "scalar" else pick(c("scalar", "scalar", "array", "object")),
    scalar = random_scalar(),
    array = paste0("[", paste(random_values(depth), collapse = ","), "]"),
    object = random_object(depth)
  )
}

random_values <- function(depth) {
  replicate(sample.int(4, 1) - 1, random_json(depth - 1))
}

random_object <- function(depth) {
  values <- random_values(depth)
  if (length(values) == 0) {
    return("{}")
  }
  names <- replicate(length(values), random_name())
  paste0("{", paste0("\"", names, "\":", values, collapse = ","), "}")
}

random_note <- function(id) {
  members <- replicate(3, sprintf("\"%s\":%s", random_name(), random_json(3)))
  # A text makes unlist() give texts, as in every real note.
  fixed <- sprintf("\"id\":%d,\"attachment\":\"\"", id)
  links <- "\"_links\":{\"self\":{\"href\":\"/x\"}}"
  paste0("{", paste(c(fixed, members, links), collapse = ","), "}")
}

#' vctrs' repair of names, for the names that occur here
unique_names <- function(names) {
  repeated <- names == "" | names %in% names[duplicated(names)]
  names[repeated] <- paste0(names, "...", seq_along(names))[repeated]
  names
}

expected_leaves <- function(json) {
  note <- jsonlite::fromJSON(json, simplifyVector = FALSE)
  leaves <- unlist(note[names(note) != "_links"])
  names(leaves) <- gsub(".", "_", unique_names(names(leaves)), fixed = TRUE)
  leaves
}

test_that("2000 random notes have the names and texts of unlist(fromJSON())", {
  skip_if_not_installed("jsonlite")
  withr::local_options(scipen = 999)
  withr::local_seed(20190601)
  json <- vapply(seq_len(2000), random_note, "")
  notes <- AmoNotes(auth_list = serve_notes(json), type = "lead")
  expect_identical(notes$id, seq_len(2000))
  notes$id <- as.character(notes$id)
  cells <- as.matrix(notes)
  for (row in seq_along(json)) {
    expected <- expected_leaves(json[[row]])
    found <- cells[row, !is.na(cells[row, ])]
    pairs <- function(x) sort(paste(enc2utf8(names(x)), enc2utf8(unname(x)), sep = "="))
    if (!identical(pairs(found), pairs(expected))) {
      expect_identical(pairs(found), pairs(expected), info = json[[row]])
    }
  }
  expect_gt(ncol(notes), 100)
})

test_that("columns stand in the order of their first appearance", {
  notes <- AmoNotes(auth_list = serve_notes(c(
    "{\"id\":1,\"b\":\"x\"}", "{\"id\":2,\"a\":{\"c\":1,\"d\":[1,2]},\"b\":\"y\"}"
  )), type = "lead")
  expect_named(notes, c("id", "b", "a_c", "a_d1", "a_d2"))
  expect_identical(notes$a_d2, c(NA, "2"))
})

test_that("two paths of one name are two columns, named as make.unique() does it", {
  skip_if_not_installed("jsonlite")
  both <- "{\"id\":1,\"params\":{\"a\":{\"b\":1},\"a_b\":2},\"params_a_b_1\":3}"
  notes <- AmoNotes(auth_list = serve_notes(both), type = "lead")
  leaves <- unlist(jsonlite::fromJSON(both, simplifyVector = FALSE))
  # Names without dots come first: they stay as they are.
  leaves <- leaves[order(grepl(".", names(leaves), fixed = TRUE))]
  names(leaves) <- make.unique(gsub(".", "_", names(leaves), fixed = TRUE), sep = "_")
  expect_setequal(names(notes), names(leaves))
  expect_equal(unlist(lapply(notes, as.numeric))[names(leaves)], leaves)
  nested <- "{\"id\":2,\"params\":{\"x\":1}}"
  apart <- AmoNotes(auth_list = serve_notes(c(nested, "{\"id\":3,\"params_x\":2}")), type = "lead")
  expect_identical(apart$params_x, c(NA, "2"))
  expect_identical(apart$params_x_1, c("1", NA))
})

test_that("a number that no double holds costs nothing but itself", {
  notes <- AmoNotes(
    auth_list = serve_notes(c("{\"id\":1,\"params\":{\"x\":1e400,\"y\":2}}", "{\"id\":2}")),
    type = "lead"
  )
  expect_identical(notes$id, 1:2)
  expect_identical(notes$params_x, c("1e400", NA))
  expect_identical(notes$params_y, c("2", NA))
})

test_that("the text NA is not a missing value", {
  notes <- AmoNotes(
    auth_list = serve_notes("{\"id\":1,\"text\":\"NA\",\"empty\":\"\",\"null\":null}"),
    type = "lead"
  )
  expect_false(is.na(notes$text))
  expect_named(notes, c("id", "text", "empty"))
})

test_that("whole numbers beyond 2^53 keep their digits", {
  notes <- AmoNotes(
    auth_list = serve_notes("{\"id\":1,\"x\":9007199254740993,\"y\":-9223372036854775808}"),
    type = "lead"
  )
  expect_identical(notes$x, "9007199254740993")
  expect_identical(notes$y, "-9223372036854775808")
})

test_that("texts come as UTF-8 whatever the locale", {
  notes <- AmoNotes(
    auth_list = serve_notes("{\"id\":1,\"text\":\"\\u041f\\u0440\\u0438\"}"), type = "lead"
  )
  expect_identical(Encoding(notes$text), "UTF-8")
  expect_identical(utf8ToInt(notes$text), c(1055L, 1088L, 1080L))
})
