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
  expect_identical(soak_failures(1:10, "mixed", "AmoNotes"), character())
})

test_that("the same holds for every function that reads lists", {
  skip_on_cran()
  for (name in setdiff(names(soak_functions), "AmoNotes")) {
    expect_identical(soak_failures(1, "mixed", name), character(), info = name)
  }
})

#' What fails of these modes, each with a seed of its own
mode_failures <- function(modes) soak_failures(seq_along(modes), modes)

test_that("lists of servers that leave out, cut or repeat rows come whole or not at all", {
  skip_on_cran()
  modes <- c(
    "plain", "empty", "empty_for_a_while", "short_first", "short_some", "gap_first", "gap_some",
    "skip_some", "view_for_a_while", "view_late", "last_some", "next", "repeat", "repeat_no_id",
    "longer", "cap", "cap_next", "shuffle"
  )
  expect_identical(mode_failures(modes), character())
})

test_that("lists that move while they are read come whole or not at all", {
  skip_on_cran()
  modes <- c(
    "add_end", "add_front", "grow_end", "delete_front", "delete_anywhere", "churn",
    "churn_bursts", "shrink"
  )
  expect_identical(mode_failures(modes), character())
})

test_that("servers that refuse or do not answer end a call in time", {
  skip_on_cran()
  modes <- c(
    "refuse_size", "refuse_from", "refuse_some", "forbid_from", "html_some", "rate_mostly",
    "rate_some", "stall_from", "stall_some", "stall_for_a_while"
  )
  expect_identical(mode_failures(modes), character())
})
