# Copies of accounts that change, by runs that are killed or meet errors. tools/soak.R plays
# more of them.

test_that("whatever happens to its runs, a copy is what the functions read in the end", {
  skip_on_cran()
  skip_on_os("windows")
  played <- play_schedules(1:20)
  outcomes <- unlist(lapply(played, `[[`, "outcomes"))
  expect_true(all(c("killed", "ended") %in% outcomes))
  wrong <- Filter(function(one) length(one$wrong) > 0, played)
  expect_identical(lapply(wrong, `[[`, "wrong"), structure(list(), names = character()))
})
