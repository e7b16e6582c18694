test_that("it is a typed table of distinct codes", {
  types <- AmoNoteTypes()
  expect_s3_class(types, "data.frame", exact = TRUE)
  expect_named(types, c("code", "name", "label", "label_ru", "kind"))
  expect_type(types$code, "integer")
  expect_identical(anyDuplicated(types$code), 0L)
  expect_setequal(types$kind, c("note", "event"))
  expect_identical(types$name[match(c(3, 10, 11), types$code)],
                   c("lead_status_changed", "call_in", "call_out"))
})
