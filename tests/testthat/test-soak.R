# Most of their time goes by waiting to try again. tools/soak.R plays many more.

#' What fails of these schedules
soak_failures <- function(seeds, ...) {
  failures <- character()
  soak_run(seeds, function(text) failures <<- c(failures, text), ...)
  failures
}

test_that("whatever goes wrong, the table is whole or the error has a class", {
  skip_on_cran()
  expect_identical(soak_failures(1:60, "mixed", "AmoNotes"), character())
})

test_that("the same holds for every function that reads lists", {
  skip_on_cran()
  for (name in setdiff(names(soak_functions), "AmoNotes")) {
    expect_identical(soak_failures(1:8, "mixed", name), character(), info = name)
  }
})
