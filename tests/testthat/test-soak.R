test_that("whatever goes wrong, the table is whole or the error has a class", {
  failures <- character()
  soak_run(1:100, function(text) failures <<- c(failures, text))
  expect_identical(failures, character())
})
