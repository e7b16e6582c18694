test_that("what is configured and what answers is listed, with nothing secret", {
  withr::local_envvar(HTTPS_PROXY = "http://me:pass@proxy.example:3128", SSL_CERT_FILE = "/none")
  for (access in c("key", "token", "oauth")) {
    withr::local_options(amocrm.api = NULL)
    auth <- AmoSandbox(notes = 1, access = access)
    printed <- paste(capture.output(about <- AmoSitrep(auth)), collapse = "\n")
    expect_s3_class(about, "amocrm_sitrep")
    expect_match(about$answer, "^API v[24]$")
    expect_identical(about$zone, "Europe/Moscow")
    expect_identical(about$account, auth$domain)
    expect_match(about$proxy, "http://...@proxy.example:3128", fixed = TRUE)
    expect_match(about$certificates, "not found")
    pieces <- unlist(auth[c("apikey", "access_token", "client_secret", "code")])
    for (secret in c(pieces, "pass@")) {
      expect_false(grepl(secret, printed, fixed = TRUE), info = access)
    }
  }
})

test_that("a token tells when it expires", {
  auth <- AmoSandbox(notes = 1, access = "token")
  capture.output(about <- AmoSitrep(auth))
  expect_match(about$token, "^expires 20[0-9]{2}-[0-9]{2}-[0-9]{2} ")
})

test_that("what does not work is told, not an error", {
  auth <- AmoSandbox(notes = 1)
  auth$apikey <- "wrong"
  capture.output(about <- AmoSitrep(auth))
  expect_match(about$answer, "110")
  withr::local_envvar(AMOCRM_EMAIL = NA, AMOCRM_APIKEY = NA, AMOCRM_DOMAIN = NA)
  capture.output(about <- AmoSitrep())
  expect_match(about$account, "access_token")
})
