test_that("server text comes through harmlessly", {
  hostile <- paste0("%s %d %n {x} {{ \\ \u041f ", strrep("y", 1e6))
  error <- tryCatch(
    abort_from_rust(list(kind = "http", status = 500L, endpoint = "GET /x", detail = hostile)),
    error = identity
  )
  expect_s3_class(error, "amocrm_error_http")
  expect_match(conditionMessage(error), hostile, fixed = TRUE)
})

test_that("every kind has a headline, and those that the user can mend have advice", {
  error <- list(message = "m", endpoint = "GET /x", detail = "d", code = "110", status = 404L,
                tries = 6, pages = c("p1", "p2"))
  for (kind in c("input", "auth", "forbidden", "blocked", "rate_limited", "http", "timeout",
                 "network", "parse", "incomplete", "system")) {
    error$kind <- kind
    expect_true(nzchar(headline(error)))
    if (!kind %in% c("input", "system")) expect_true(nzchar(advice(error)))
  }
})

test_that("a smaller limit is advised only where the server was too slow for a list", {
  say <- function(kind, endpoint, status = 504L, takes_limit = TRUE) {
    advised <- advice(list(
      kind = kind, endpoint = endpoint, status = status, takes_limit = takes_limit
    ))
    grepl("`limit`", advised, fixed = TRUE)
  }
  for (endpoint in c("GET /api/v2/notes", "GET /api/v4/leads", "GET /api/v4/events",
                     "GET /api/v4/leads/unsorted", "GET /api/v4/customers/7/transactions",
                     "GET /api/v4/talks")) {
    expect_true(say("timeout", endpoint), info = endpoint)
    expect_true(say("http", endpoint), info = endpoint)
    expect_false(say("http", endpoint, status = 502L), info = endpoint)
    expect_false(say("timeout", endpoint, takes_limit = FALSE), info = endpoint)
    for (kind in c("parse", "incomplete", "network")) expect_false(say(kind, endpoint), info = kind)
  }
  for (endpoint in c("GET /api/v2/account", "GET /api/v4/users", "GET /api/v4/leads/pipelines",
                     "GET /api/v4/leads/custom_fields", "POST /private/api/auth.php",
                     "POST /oauth2/access_token")) {
    expect_false(say("timeout", endpoint), info = endpoint)
    expect_false(say("http", endpoint), info = endpoint)
  }
})

test_that("where nobody has asked for API v2, what can't be read is advised to come from v4", {
  withr::local_options(amocrm.api = NULL)
  error <- list(kind = "parse", endpoint = "GET /api/v2/leads")
  expect_match(advice(error), 'options(amocrm.api = "v4")', fixed = TRUE)
  options(amocrm.api = "v2")
  expect_no_match(advice(error), "amocrm.api")
  options(amocrm.api = "auto")
  error$endpoint <- "GET /api/v4/leads"
  expect_no_match(advice(error), "amocrm.api")
})

test_that("a certificate that is not trusted is told of with what to do", {
  error <- list(kind = "network", code = "certificate", endpoint = "GET /x",
                detail = "invalid peer certificate: Expired")
  expect_identical(
    headline(error),
    "GET /x: the server's certificate is not trusted, nothing was sent: it has expired"
  )
  expect_match(advice(error), "SSL_CERT_FILE")
})

test_that("an error counts one try and two tries", {
  error <- list(kind = "timeout", endpoint = "GET /x", detail = "60", tries = 1)
  expect_identical(headline(error), "GET /x: no answer within 60 s, after 1 try")
  error$tries <- 2
  expect_identical(headline(error), "GET /x: no answer within 60 s, after 2 tries")
  error$code <- "unfinished"
  expect_identical(
    headline(error), "GET /x: the answer was not complete within 60 s, after 2 tries"
  )
})

test_that("an error has the promised fields, NULL where there is nothing", {
  error <- tryCatch(abort("input", "m"), amocrm_error = identity)
  expect_true(all(c("message", "call") %in% names(error)))
  expect_null(error$status)
  expect_null(error$partial)
})

test_that("options(amocrm.zero_rows) says what a table without rows brings", {
  auth <- AmoSandbox(notes = c(lead = 3), tasks = 0)
  withr::local_options(amocrm.quiet = FALSE)
  none <- function(option) {
    withr::local_options(amocrm.zero_rows = option)
    shown <- list()
    keep <- function(condition) {
      shown <<- c(shown, list(condition))
      invokeRestart(if (inherits(condition, "message")) "muffleMessage" else "muffleWarning")
    }
    withCallingHandlers(AmoNotes(auth, "contact"), message = keep, warning = keep)
    Filter(function(condition) grepl("Oops", conditionMessage(condition)), shown)
  }
  expect_s3_class(none(NULL)[[1]], "amocrm_warning_zero_rows")
  expect_s3_class(none("warning")[[1]], "amocrm_warning_zero_rows")
  expect_s3_class(none("message")[[1]], "message")
  expect_identical(conditionMessage(none("message")[[1]]),
                   "Oops... seems that you've requested zero rows\n")
  expect_length(none("silent"), 0)
  before <- nrow(sandbox_requests(auth))
  expect_error(none("never"), "amocrm.zero_rows", class = "amocrm_error_input")
  withr::local_options(amocrm.on_error = "never")
  expect_error(AmoNotes(auth, "lead"), "amocrm.on_error", class = "amocrm_error_input")
  expect_identical(nrow(sandbox_requests(auth)), before)
  withr::local_options(amocrm.on_error = NULL, amocrm.zero_rows = "message")
  said <- capture_messages(AmoNotes(auth, c("lead", "contact")))
  expect_match(said, "zero rows: contact_notes", all = FALSE)
  expect_silent(suppressMessages(AmoTasks(auth)))
})

test_that("places are in the words of Rust, in English", {
  for (place in c(
    "lead notes, rows 501 to 1000", "company events, page 2", "custom fields of leads, page 1",
    "task notes by id", "customers 77", "tasks: no new rows for 300 s", "the account"
  )) {
    said <- sub("custom fields: ", "custom fields of ", sub(", id", "", place_text(place)))
    expect_identical(said, place)
  }
  expect_identical(place_text("leads from row 7"), "leads from row 7")
})

test_that("causes that systems word differently are one, and others are shown as they are", {
  for (cause in c("Connection refused (os error 111)", "Connection refused (os error 61)",
                  "No connection could be made (os error 10061)")) {
    expect_identical(cause_text(cause), "the server refuses the connection")
  }
  for (cause in c("connection closed before message completed",
                  "end of file before message length reached",
                  "Connection reset by peer (os error 104)")) {
    expect_match(cause_text(cause), "^the server closed the connection")
  }
  expect_identical(
    cause_text("invalid type: null, expected u64 at line 1 column 9 (at _embedded.items[3].id)"),
    "a value has another type than expected (at _embedded.items[3].id)"
  )
  expect_identical(cause_text("the moon is full"), "the moon is full")
  expect_null(cause_text(NULL))
})

test_that("causes are recognised in Windows of any language, by their numbers", {
  causes <- c(
    "10061" = "the server refuses the connection", "10060" = "the request timed out",
    "10051" = "the network is unreachable", "11001" = "the server's name is not found",
    "10053" = "the server closed the connection before the answer was complete",
    "2" = "there is no such file or folder", "112" = "the disk is full"
  )
  for (number in names(causes)) {
    said <- sprintf("\u042d\u0442\u043e. (os error %s)", number)
    expect_identical(cause_text(said), causes[[number]])
  }
})

test_that("a number that differs between systems is read as that of this one", {
  in_use <- "The file is being used by another process. (os error 32)"
  denied <- "Access. (os error 5)"
  expect_match(cause_text(in_use, is_windows = TRUE), "^another program has the file open")
  expect_identical(cause_text(denied, is_windows = TRUE), "permission denied")
  expect_match(cause_text(in_use, is_windows = FALSE), "^the server closed the connection")
  expect_identical(cause_text(denied, is_windows = FALSE), denied)
})

test_that("the help lists every class of errors and warnings", {
  code <- unlist(lapply(list.files(source_path("R"), "[.]R$", full.names = TRUE), readLines))
  rd <- paste(readLines(source_path("man", "amocrm-package.Rd")), collapse = "\n")
  calls <- regmatches(code, regexpr("\\bwarn[(]\"[a-z_]+", code))
  told <- c(sub(".*\"", "", calls), names_of_switch(tell), names_of_switch(tell_of_job))
  expect_gt(length(told), 11)
  for (kind in told) expect_match(rd, paste0("amocrm_warning_", kind), fixed = TRUE)
  kinds <- names_of_switch(headline)
  expect_gt(length(kinds), 10)
  for (kind in kinds) expect_match(rd, paste0("amocrm_error_", kind), fixed = TRUE)
})

test_that("only calls that have a `limit` are told of it", {
  late <- list(list(action = "delay", seconds = 5, path = "/api/v4/events", nth = always))
  auth <- AmoSandbox(access = "token", v2 = FALSE, notes = 50, faults = late)
  withr::local_options(amocrm.timeout = 0.1)
  message_of <- function(code) {
    conditionMessage(expect_error(code, class = "amocrm_error_timeout"))
  }
  # Both ask for events.
  expect_no_match(message_of(AmoEvents(auth)), "`limit`", fixed = TRUE)
  expect_match(
    message_of(AmoNotes(auth_list = auth, type = "lead", note_type = 3)), "`limit`", fixed = TRUE
  )
})

test_that("API v2 is no way out where only API v4 has a list", {
  capped <- list(list(action = "cap", nth = always, path = "/api/v4/", rows = 13))
  auth <- AmoSandbox(access = "token", v2 = FALSE, faults = capped)
  message_of <- function(code) {
    error <- expect_error(code, class = "amocrm_error_incomplete")
    expect_match(error$pages, ", page [0-9]+$", all = FALSE)
    conditionMessage(error)
  }
  expect_no_match(message_of(AmoGet(auth, "leads")), "API v2", fixed = TRUE)
  expect_match(message_of(AmoLeads(auth_list = auth)), "API v2", fixed = TRUE)
})

test_that("an account that takes no keys is told from one that is not there", {
  auth <- AmoSandbox(v2 = FALSE)
  error <- expect_error(AmoNotes(auth_list = auth), class = "amocrm_error_http")
  expect_match(conditionMessage(error), "access_token", fixed = TRUE)
})
