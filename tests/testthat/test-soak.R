# Most of their time goes by waiting to try again.

test_that("whatever goes wrong, the table is whole or the error has a class", {
  skip_on_cran()
  failures <- character()
  soak_run(1:100, function(text) failures <<- c(failures, text))
  expect_identical(failures, character())
})

test_that("the same holds for every function that reads lists", {
  skip_on_cran()
  for (name in setdiff(names(soak_functions), "AmoNotes")) {
    failures <- character()
    soak_run(1:12, function(text) failures <<- c(failures, text), name)
    expect_identical(failures, character(), info = name)
  }
})
