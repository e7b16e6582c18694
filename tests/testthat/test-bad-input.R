auth <- AmoSandbox(notes = 10)

expect_input_error <- function(call, pattern) {
  before <- nrow(sandbox_requests(auth))
  error <- expect_error(call, pattern, class = "amocrm_error_input")
  expect_s3_class(
    error, c("amocrm_error_input", "amocrm_error", "error", "condition"),
    exact = TRUE
  )
  expect_identical(nrow(sandbox_requests(auth)), before)
  invisible(error)
}

test_that("an unknown type is an input error that lists the choices", {
  expect_input_error(
    AmoNotes(auth_list = auth, type = "leads"),
    "\"contact\", \"lead\", \"company\", \"task\", \"customer\""
  )
  expect_input_error(AmoNotes(auth_list = auth, type = NULL), "`type`")
  expect_input_error(AmoNotes(auth_list = auth, type = 2), "`type`")
})

test_that("an id that is no whole number is an input error", {
  for (id in list("abc", 1.5, NA, -1, character(), numeric(), TRUE, list(1), Inf, "1e5")) {
    expect_input_error(AmoNotes(auth_list = auth, id = id), "`id`")
    expect_input_error(AmoNotes(auth_list = auth, element_id = id), "`element_id`")
  }
  expect_input_error(AmoNotes(auth_list = auth, note_type = "call_up"), "`note_type`")
})

test_that("a value that is wrong is named, with its place among several", {
  ids <- c("1", "2", "three", "4", "five")
  expect_input_error(AmoNotes(auth, "lead", ids), 'element 3 is "three"$')
  expect_input_error(AmoNotes(auth, "lead", c(1, 2, -3)), "`element_id` .*element 3 is -3$")
  expect_input_error(AmoNotes(auth, "lead", c("5", NA)), "`element_id` .*element 2 is NA$")
  expect_input_error(AmoNotes(auth, factor(NA)), "`type` .*not NA$")
  expect_input_error(AmoNotes(auth, "lead", c(1, NA)), "element 2 is NA$")
  expect_input_error(AmoNotes(auth, "lead", "abc"), ', not "abc"$')
  expect_input_error(AmoNotes(auth, "lead", list(1)), 'not an object of class "list"$')
  expect_input_error(AmoNotes(auth, c("lead", "leeds")), 'element 2 is "leeds"')
  expect_input_error(AmoTasks(auth, status = c(0, 2)), "element 2 is 2$")
  expect_input_error(AmoIncomingLeads(auth, categories = "fax"), 'not "fax"')
  expect_input_error(AmoIncomingLeads(auth, order_by_key = "id"), 'not "id"')
  expect_input_error(AmoNotes(auth, "lead", limit = "10"), 'not "10"')
  key <- paste0("0123456789abcdef", "0123456789abcdef01234567")
  expect_input_error(AmoNotes(auth, "lead", key), "not a long string")
})

test_that("a name where an id is due points to where the ids are", {
  name <- "\u041f\u0435\u0440\u0435\u0433\u043e\u0432\u043e\u0440\u044b"
  expect_input_error(AmoLeads(auth, status = name), "AmoPipelinesStatuses()")
  expect_input_error(AmoIncomingLeads(auth, pipeline_id = name), "AmoPipelinesStatuses()")
  expect_input_error(AmoLeads(auth, responsible_user_id = name), "AmoUsers()")
  expect_input_error(AmoCustomers(auth, main_user = name), "AmoUsers()")
  expect_input_error(AmoTasks(auth, created_by = name), "AmoUsers()")
  expect_input_error(AmoTasks(auth, task_type = name), "AmoTaskTypes()")
})

test_that("a note type that has no such name lists the names", {
  error <- expect_input_error(
    AmoNotes(auth, "lead", note_type = c("call_in", "calls")),
    '^`note_type` must be codes or names from AmoNoteTypes\\(\\), but element 2 is "calls": '
  )
  for (name in AmoNoteTypes()$name) expect_match(conditionMessage(error), name, fixed = TRUE)
  expect_input_error(AmoNotes(auth, "lead", note_type = factor("calls")), 'not "calls"')
  expect_input_error(AmoNotes(auth, "lead", note_type = -1), "AmoNoteTypes()")
})

test_that("what is neither TRUE nor FALSE is told so", {
  expect_input_error(AmoLeads(auth, active = "yes"), 'TRUE or FALSE, or NULL, not "yes"')
  for (active in list(NA, 2, c(TRUE, FALSE))) {
    expect_input_error(AmoLeads(auth, active = active), "`active` must be TRUE or FALSE")
  }
  expect_input_error(AmoLeads(auth, flatten = "yes"), 'must be TRUE or FALSE, not "yes"')
})

test_that("a limit that is no whole number from 1 is an input error", {
  for (limit in list(0, -1, 2.5, NA, NULL, "10", c(1, 2), Inf)) {
    expect_input_error(AmoNotes(auth_list = auth, limit = limit), "`limit`")
  }
})

test_that("a number of the class integer64 counts as what it is in every argument", {
  # bit64 keeps the 64 bits of an integer where a double has its own.
  integer64 <- function(number) {
    halves <- writeBin(as.integer(c(number %% 2^32, number %/% 2^32)), raw(), endian = "little")
    structure(readBin(halves, "double", 1, endian = "little"), class = "integer64")
  }
  few <- AmoSandbox(notes = integer64(3), leads = integer64(5), seed = integer64(7))
  expect_identical(nrow(AmoNotes(few, "lead", limit = integer64(2))), 3L)
  limits <- sandbox_requests(few)$query
  expect_match(limits, "limit_rows=2&", all = FALSE)
  leads <- AmoLeads(few, tasks = integer64(2), active = integer64(1))$leads
  expect_identical(leads, AmoLeads(few, tasks = 2, active = TRUE)$leads)
  withr::with_options(
    list(amocrm.timeout = integer64(30)), expect_identical(connection_spec(list())$timeout, 30)
  )
  fault <- list(path = "/x", status = integer64(502), nth = integer64(2), every = integer64(3))
  expect_identical(
    check_faults(list(fault))[[1]][c("status", "nth", "every")],
    list(status = 502, nth = c(2, 2), every = 3)
  )
  expect_input_error(AmoNotes(auth, "lead", limit = integer64(0)), "not 0$")
  expect_input_error(AmoLeads(auth, tasks = integer64(3)), "not 3$")
  expect_input_error(AmoLeads(auth, active = integer64(2)), "not 2$")
})

test_that("a factor, a time or a time difference is no number", {
  difference <- as.difftime(1, units = "secs")
  for (bad in list(factor(10), as.Date("1970-01-02"), .POSIXct(1), difference)) {
    expect_input_error(AmoNotes(auth, "lead", limit = bad), "`limit`")
    expect_input_error(AmoLeads(auth, tasks = bad), "`tasks`")
    expect_input_error(AmoLeads(auth, active = bad), "`active`")
    expect_input_error(AmoSandbox(notes = bad), "`notes`")
    expect_input_error(AmoSandbox(leads = bad), "`leads`")
    fault <- function(...) AmoSandbox(faults = list(list(path = "/", ...)))
    expect_input_error(fault(status = bad), "`status`")
    expect_input_error(fault(status = 500, nth = bad), "`nth`")
    expect_input_error(fault(status = 500, every = bad), "`every`")
    withr::with_options(
      list(amocrm.rate = bad), expect_input_error(AmoNotes(auth, "lead"), "amocrm.rate")
    )
  }
})

test_that("a time that can't be read is an input error", {
  bad <- list("yesterday", "2019-13-01", "2019-02-30", "01.06.2019", NA, "", 20190601,
              "2019-06-01 25:00:00", c("2019-06-01", "2019-06-02"), as.Date(NA))
  for (time in bad) {
    expect_input_error(AmoNotes(auth_list = auth, if_modified_since = time), "`if_modified_since`")
  }
})

test_that("a time before 1970 or after 2100 is an input error in every argument", {
  readers <- list(
    function(time) AmoNotes(auth, "lead", if_modified_since = time),
    function(time) AmoLeads(auth, date_create_from = time),
    function(time) AmoLeads(auth, date_modify_to = time),
    function(time) AmoCustomers(auth, date_type = "create", date_to = time),
    function(time) AmoCustomers(auth, next_date_from = time),
    function(time) AmoTasks(auth, date_modify_from = time)
  )
  far <- list(
    list(.POSIXct(1.6e12), "year 52671 .*divide"),
    list(.POSIXct(1e15), "from 1970 to 2100.*divide"),
    list(.POSIXct(Inf), "from 1970 to 2100"), list(.POSIXct(-1e10), "year 1653 "),
    list(as.POSIXlt(.POSIXct(1.6e12)), "divide"), list(as.Date(1e6, "1970-01-01"), "year 4707 "),
    list("0019-06-01", "year 19 "), list("2101-01-01", "year 2101 "),
    list(1.6e12, "not 1600000000000 .*milliseconds"), list(1.6e9, "seconds since 1970"),
    list(1600000000L, "POSIXct"), list(TRUE, "not TRUE"), list(data.frame(x = 1), "data.frame")
  )
  for (read in readers) {
    for (case in far) expect_input_error(read(case[[1]]), case[[2]])
  }
})

test_that("the times from 1970 to 2100 are good", {
  good <- list("1970-01-01", as.Date("1970-01-01"), .POSIXct(0), "2100-12-31 23:59:59",
               as.POSIXct("1970-01-01", tz = "Asia/Vladivostok"), factor("2019-06-01"))
  for (time in good) expect_type(check_time(time, "time"), "character")
})

test_that("all must be TRUE or FALSE", {
  for (all in list(NA, "yes", NULL, c(TRUE, FALSE))) {
    expect_input_error(AmoNotes(auth_list = auth, all = all), "`all`")
  }
})

test_that("missing credentials are an input error that names the environment variable", {
  withr::local_envvar(no_credentials)
  expect_input_error(AmoNotes(email = "me@example.com"), "AMOCRM_APIKEY")
  expect_input_error(AmoNotes(auth_list = list(email = "a@b.c", apikey = "b")), "AMOCRM_DOMAIN")
  expect_input_error(AmoNotes(auth_list = "me@example.com"), "auth_list")
})

test_that("without any credentials the error tells of the token, which new accounts use", {
  withr::local_envvar(no_credentials)
  expect_input_error(AmoNotes(), "AMOCRM_ACCESS_TOKEN")
  expect_input_error(AmoAuthList(domain = "mycompany"), "AMOCRM_ACCESS_TOKEN")
  withr::local_envvar(AMOCRM_APIKEY = "key")
  expect_input_error(AmoNotes(), "AMOCRM_EMAIL")
})

test_that("credentials go to no foreign host", {
  for (domain in c("example.com", "sub.example.com", "sub.amocrm.ru/path", "me@sub.amocrm.ru",
                   "sub.amocrm.ru:8080", "http://sub.amocrm.ru", "http://192.0.2.1:80")) {
    expect_input_error(AmoNotes("me@example.com", "key", domain), "`domain`")
    expect_input_error(AmoAuthList("me@example.com", "key", domain), "`domain`")
  }
})

test_that("options that make no sense are input errors", {
  for (rate in list(0, -1, "fast", NA, c(1, 2), 1e-300, NaN)) {
    withr::with_options(
      list(amocrm.rate = rate),
      expect_input_error(AmoNotes(auth_list = auth), "amocrm.rate = \\) must be .* 0.01 to Inf")
    )
  }
  for (timeout in list(0, 1e300, Inf, -5, 1e-9, "1")) {
    withr::with_options(
      list(amocrm.timeout = timeout),
      expect_input_error(AmoNotes(auth_list = auth), "amocrm.timeout = \\) must be .* 0.1 to 3600")
    )
  }
})

test_that("credentials with a space or a control character inside are input errors", {
  for (bad in c("ab\nc", "a\rbc", "\033abc", "abc\177", "a\tbc", "ab c")) {
    for (call in list(
      quote(AmoAuthList(domain = "mycompany", access_token = bad)),
      quote(AmoAuthList("me@example.com", bad, "mycompany")),
      quote(AmoNotes(list(email = "me@example.com", apikey = bad, domain = auth$domain), "lead")),
      quote(AmoAuthList(domain = "mycompany", client_id = "id", client_secret = bad,
                        redirect_uri = "https://example.com"))
    )) {
      expect_input_error(eval(call), "control character")
    }
  }
  # What does not come through AmoAuthList() is looked at again before it is sent.
  auth$apikey <- "abc\u0085def"
  expect_input_error(AmoNotes(auth, "lead"), "`apikey`")
})

test_that("a wrong key is an auth error with the server's code and text", {
  wrong <- auth
  wrong$apikey <- "wrong-key-of-mine"
  error <- expect_error(AmoNotes(auth_list = wrong), "Error code: 110",
                        class = "amocrm_error_auth")
  expect_identical(error$status, 401L)
  expect_identical(error$code, "110")
  expect_identical(error$endpoint, "POST /private/api/auth.php")
  expect_null(conditionCall(error))
  shown <- c(conditionMessage(error), format(error), capture.output(str(unclass(error))))
  expect_false(any(grepl("wrong-key-of-mine", shown, fixed = TRUE)))
})

test_that("a server that is not there is a network error", {
  gone <- AmoSandbox(notes = 1)
  sandbox_stop(gone)
  error <- expect_error(AmoNotes(auth_list = gone), "no answer", class = "amocrm_error_network")
  expect_match(conditionMessage(error), "HTTPS_PROXY")
})

test_that("an account on this computer needs no certificates", {
  nowhere <- withr::local_tempdir()
  withr::local_envvar(SSL_CERT_FILE = file.path(nowhere, "none"), SSL_CERT_DIR = nowhere)
  expect_identical(nrow(AmoNotes(AmoSandbox(notes = 2), "lead")), 2L)
})

test_that("an account is read through the proxy that HTTPS_PROXY names, a sandbox is not", {
  # It opens no tunnel, but notes that one was asked for.
  proxy <- AmoSandbox(notes = 1)
  withr::local_envvar(HTTPS_PROXY = proxy$domain, HTTP_PROXY = "http://127.0.0.1:1", NO_PROXY = "")
  auth <- AmoAuthList(domain = "mycompany", access_token = "abc.def.ghi")
  expect_error(AmoNotes(auth, "lead"), class = "amocrm_error_network")
  expect_true(all(sandbox_requests(proxy)$method == "CONNECT"))
  expect_gte(nrow(sandbox_requests(proxy)), 1)
  expect_identical(nrow(AmoNotes(AmoSandbox(notes = 2), "lead")), 2L)
})
