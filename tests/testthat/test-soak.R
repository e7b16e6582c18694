# Most of their time goes by waiting to try again, so that two run at a time.
# tools/soak.R plays many more.

#' What fails of these schedules
soak_failures <- function(seeds, ...) {
  play <- function(seed) {
    failures <- character()
    soak_run(seed, function(text) failures <<- c(failures, text), ...)
    failures
  }
  cores <- if (.Platform$OS.type == "windows") 1 else 2
  played <- parallel::mclapply(seeds, play, mc.cores = cores, mc.preschedule = FALSE)
  expect_true(all(vapply(played, is.character, NA)))
  as.character(unlist(played))
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
