auth <- AmoSandbox(notes = 10)

expect_input_error <- function(call, pattern) {
  before <- nrow(sandbox_requests(auth))
  error <- expect_error(call, pattern, class = "amocrm_error_input")
  expect_s3_class(
    error, c("amocrm_error_input", "amocrm_error", "error", "condition"),
    exact = TRUE
  )
  expect_identical(nrow(sandbox_requests(auth)), before)
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

test_that("a limit that is no whole number from 1 is an input error", {
  for (limit in list(0, -1, 2.5, NA, NULL, "10", c(1, 2), Inf)) {
    expect_input_error(AmoNotes(auth_list = auth, limit = limit), "`limit`")
  }
})

test_that("a time that can't be read is an input error", {
  bad <- list("yesterday", "2019-13-01", "2019-02-30", "01.06.2019", NA, "", 20190601,
              "2019-06-01 25:00:00", c("2019-06-01", "2019-06-02"), as.Date(NA))
  for (time in bad) {
    expect_input_error(AmoNotes(auth_list = auth, if_modified_since = time), "`if_modified_since`")
  }
})

test_that("all must be TRUE or FALSE", {
  for (all in list(NA, "yes", NULL, c(TRUE, FALSE))) {
    expect_input_error(AmoNotes(auth_list = auth, all = all), "`all`")
  }
})

test_that("missing credentials are an input error that names the environment variable", {
  withr::local_envvar(no_credentials)
  expect_input_error(AmoNotes(email = "me@example.com"), "AMOCRM_APIKEY")
  expect_input_error(AmoNotes(auth_list = list(email = "a", apikey = "b")), "AMOCRM_DOMAIN")
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

test_that("credentials with a line break or another control character are input errors", {
  for (bad in c("abc\n", "a\rbc", "\033abc", "abc\177", "a\tbc")) {
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
