# Other processes load the package from where this one has it.
start_process <- function(code, folder) {
  script <- tempfile(fileext = ".R")
  writeLines(c(sprintf(".libPaths(%s)", paste(deparse(.libPaths()), collapse = "")), code), script)
  env <- c(paste0("R_USER_CACHE_DIR=", folder), "_R_CHECK_PACKAGE_NAME_=")
  out <- tempfile()
  file.create(out)
  system2(file.path(R.home("bin"), "Rscript"), c("--vanilla", shQuote(script)), env = env,
          stdout = out, stderr = out, wait = FALSE)
  out
}

#' The most requests that arrived in any second
most_in_a_second <- function(at_ms) {
  max(vapply(at_ms, function(start) sum(at_ms >= start & at_ms < start + 1000), 0L))
}

test_that("three processes at once stay within seven requests in any second", {
  skip_on_os("windows")
  folder <- withr::local_tempdir()
  auth <- AmoSandbox(notes = c(lead = 800), latency = 0.05)
  code <- c(
    "library(amocrm)", "options(amocrm.quiet = TRUE)",
    sprintf('auth <- AmoAuthList("%s", "%s", "%s")', auth$email, auth$apikey, auth$domain),
    'cat(nrow(AmoNotes(auth, "lead", limit = 100)), "rows")'
  )
  outs <- vapply(1:3, function(n) start_process(code, folder), "")
  said <- function(out) paste(readLines(out, warn = FALSE), collapse = "\n")
  # They end by themselves; how fast is not for a test to say.
  for (look in 1:1000) {
    if (all(grepl("rows|Error", vapply(outs, said, "")))) break
    Sys.sleep(0.1)
  }
  expect_identical(unname(vapply(outs, said, "")), rep("800 rows", 3))
  log <- sandbox_requests(auth)
  expect_true(all(log$status %in% c(200, 204)))
  expect_gt(nrow(log), 30)
  expect_identical(most_in_a_second(log$at_ms), 7L)
  # A file for the account, which tells nothing of it.
  file <- list.files(folder, recursive = TRUE, full.names = TRUE)
  expect_length(file, 1)
  expect_match(basename(file), "^rate-[0-9a-f]{16}$")
  expect_lt(file.size(file), 1000)
  expect_match(readLines(file), "^[0-9a-f]+-[0-9a-f]+ [0-9]+$")
})

test_that("a file that can't be had is told once, and the call works", {
  folder <- withr::local_tempfile(lines = "no folder")
  withr::local_envvar(R_USER_CACHE_DIR = folder, "_R_CHECK_PACKAGE_NAME_" = "")
  withr::local_options(amocrm.rate = 7, amocrm.shared_rate = NULL)
  auth <- AmoSandbox(notes = 1)
  expect_warning(AmoGroups(auth), "not shared with other R processes: ",
                 class = "amocrm_warning_unshared_rate")
  expect_no_warning(AmoGroups(auth))
  withr::local_options(amocrm.shared_rate = FALSE)
  expect_no_warning(AmoGroups(AmoSandbox(notes = 1)))
  withr::local_options(amocrm.shared_rate = "yes")
  expect_error(AmoGroups(auth), "must be TRUE or FALSE", class = "amocrm_error_input")
})

test_that("a fast rate, which only a sandbox has, leaves no file", {
  folder <- withr::local_tempdir()
  withr::local_envvar(R_USER_CACHE_DIR = folder, "_R_CHECK_PACKAGE_NAME_" = "")
  withr::local_options(amocrm.shared_rate = TRUE)
  for (rate in list(7, 3)) {
    withr::local_options(amocrm.rate = rate)
    AmoGroups(AmoSandbox(notes = 1))
  }
  expect_length(list.files(folder, recursive = TRUE), 2)
  for (rate in list(8, Inf)) {
    withr::local_options(amocrm.rate = rate)
    AmoGroups(AmoSandbox(notes = 1))
  }
  expect_length(list.files(folder, recursive = TRUE), 2)
})
