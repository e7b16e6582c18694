#' A display that does something once pages have come
do_after <- function(pages, act) {
  display <- show_nothing()
  display$update <- function(state) if (state$pages >= pages) act()
  display
}

#' A display that raises an interrupt, as Ctrl-C does, once pages have come
interrupt_after <- function(pages) {
  do_after(pages, function() tools::pskill(Sys.getpid(), tools::SIGINT))
}

#' The function that runs jobs, with another display
run_tables_with <- function(display) {
  run <- run_tables
  environment(run) <- list2env(
    list(show_progress = function(label) display), parent = environment(run)
  )
  run
}

start_notes <- function(auth) {
  spec <- list(
    what = "notes", type = "lead", limit = 100, id = NULL, element_id = NULL, note_type = NULL,
    if_modified_since = NULL
  )
  rust_query_start(c(connection_spec(call_auth(NULL, NULL, NULL, auth)), spec))
}

test_that("an interrupt carries the rows that had come, and the next call works", {
  skip_on_os("windows")
  auth <- AmoSandbox(notes = 40000, latency = 0.02)
  stopped <- tryCatch(
    run_job(start_notes(auth), interrupt_after(3), function(result) result$tables$lead),
    interrupt = identity
  )
  expect_s3_class(stopped, c("amocrm_interrupt", "interrupt", "condition"), exact = TRUE)
  expect_s3_class(stopped$partial, "data.frame")
  # Pages of a hundred rows, each of which begins with the last three of another.
  expect_gte(nrow(stopped$partial), 294)
  expect_lt(nrow(stopped$partial), 40000)
  some <- AmoNotes(auth_list = auth, id = stopped$partial$id[1:3], type = "lead")
  expect_identical(nrow(some), 3L)
})

test_that("after Ctrl-C at the prompt a message says where the rows are", {
  skip_on_os("windows")
  auth <- AmoSandbox(notes = 40000, latency = 0.02)
  withr::local_options(amocrm.quiet = FALSE)
  run <- run_tables_with(interrupt_after(3))
  # What R has at the prompt.
  outcome <- NULL
  said <- capture_messages(outcome <- withRestarts(
    run(start_notes(auth), "lead notes", function(tables) tables[[1]]),
    abort = function() "back at the prompt"
  ))
  expect_identical(outcome, "back at the prompt")
  rows <- nrow(AmoLast())
  expect_gte(rows, 294)
  expect_lt(rows, 40000)
  kept <- sprintf("AmoLast() returns what was received: %s.\n", rows_text(rows))
  expect_identical(said, kept)
})

test_that("whatever ends a call early, the rows that had come are there", {
  reach_time_limit <- function() {
    withr::defer(setTimeLimit())
    setTimeLimit(elapsed = 1e-6)
    repeat Sys.sleep(0.001)
  }
  fail <- function() stop("a handler fails")
  for (end in list(reach_time_limit, fail)) {
    run <- run_tables_with(do_after(3, end))
    expect_error(
      run(start_notes(AmoSandbox(notes = 40000, latency = 0.02)), "lead notes",
          function(tables) tables[[1]]),
      "time limit|handler"
    )
    expect_s3_class(AmoLast(), "data.frame")
    expect_gte(nrow(AmoLast()), 294)
    expect_lt(nrow(AmoLast()), 40000)
  }
})

test_that("an interrupted call leaves no thread behind", {
  skip_if_not(dir.exists("/proc/self/task"), "threads can't be counted here")
  workers <- function() {
    names <- lapply(Sys.glob("/proc/self/task/*/comm"), function(file) {
      tryCatch(readLines(file), error = function(e) "", warning = function(w) "")
    })
    sum(unlist(names) == "amocrm")
  }
  auth <- AmoSandbox(notes = 40000, latency = 0.02)
  tryCatch(run_job(start_notes(auth), interrupt_after(1)), interrupt = identity)
  # They end by themselves; how fast is not for a test to say.
  for (look in 1:500) {
    if (workers() == 0) break
    Sys.sleep(0.01)
  }
  expect_identical(workers(), 0L)
})

test_that("it works in a forked child after it worked in the parent", {
  skip_on_os("windows")
  auth <- AmoSandbox(notes = 120)
  whole <- AmoNotes(auth_list = auth, type = "lead")
  children <- parallel::mclapply(1:2, function(n) AmoNotes(auth_list = auth, type = "lead"),
                                 mc.cores = 2)
  expect_identical(children, list(whole, whole))
})

test_that("what is garbage in a forked child does not end it", {
  skip_on_os("windows")
  auth <- AmoSandbox(notes = 30)
  job <- start_notes(auth)
  rm(auth, job)
  children <- parallel::mclapply(1:2, function(n) is.matrix(gc()), mc.cores = 2)
  expect_identical(children, list(TRUE, TRUE))
})

test_that("an error carries the rows that had come", {
  broken <- sprintf("{\"id\":%d%s}", 1:151, c(rep("", 150), ",\"params\":\"whole\""))
  cut <- list(path = "/notes", nth = c(1, Inf), action = "replace", text = "whole\"", by = "whole")
  auth <- serve_notes(broken, faults = list(cut))
  error <- expect_error(AmoNotes(auth_list = auth, type = "lead", limit = 100),
                        "items[53]", fixed = TRUE, class = "amocrm_error_parse")
  expect_identical(error$partial$id, 1:100)
  expect_identical(error$endpoint, "GET /api/v2/notes")
})

test_that("a job that R has saved and read back is gone, not a crash", {
  auth <- AmoSandbox(notes = 1)
  job <- unserialize(serialize(start_notes(auth)$job, NULL))
  expect_identical(rust_job_poll(job, 1L)$error$kind, "system")
  expect_error(sandbox_requests(unserialize(serialize(auth, NULL))), class = "amocrm_error_input")
})
