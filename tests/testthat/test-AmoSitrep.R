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
    pieces <- unlist(lapply(secret_fields, function(piece) auth[[piece]]))
    for (secret in c(pieces, "pass@")) {
      expect_false(grepl(secret, printed, fixed = TRUE), info = access)
    }
  }
})

test_that("nothing that stands before a proxy's host is shown", {
  for (host in c("h", "h:1", "h:1/")) {
    for (scheme in c("", "http://", "socks5h://")) {
      for (user in c("user:pw@", "u:pw@ss@", "u:p/w@", "u:p://w@", "pw@", ":@pw@")) {
        withr::local_envvar(https_proxy = paste0(scheme, user, host))
        expect_true(paste0("https_proxy=", scheme, "...@", host) %in% proxies())
        expect_false(any(grepl("pw|ss|p/w|//w", sub("socks5h", "", proxies()))))
      }
      withr::local_envvar(https_proxy = paste0(scheme, host))
      expect_true(paste0("https_proxy=", scheme, host) %in% proxies())
    }
  }
})

test_that("of options only known ones are shown, with valid values", {
  secret <- strrep("q1w2", 10)
  withr::local_options(stats::setNames(list(secret), paste0("amocrm.", secret)))
  withr::local_options(
    amocrm.token = secret, amocrm.api = "v4", amocrm.rate = 3, amocrm.verbose = secret,
    amocrm.zero_rows = c(secret, secret)
  )
  printed <- paste(capture.output(about <- AmoSitrep(domain = "-")), collapse = "\n")
  expect_no_match(printed, secret, fixed = TRUE)
  expect_match(about$options, "amocrm.api = v4; ", fixed = TRUE)
  expect_match(about$options, "amocrm.rate = 3; ", fixed = TRUE)
  expect_match(about$options, "amocrm.verbose = (not a valid value)", fixed = TRUE)
  expect_no_match(about$options, "amocrm.token", fixed = TRUE)
  help <- readLines(source_path("man", "amocrm-package.Rd"))
  item <- "^ *\\\\item[{]\\\\code[{](amocrm[.][a-z_]+)[}][}].*"
  expect_setequal(known_options, sub(item, "\\1", grep(item, help, value = TRUE)))
})

test_that("every element is there, whatever is known", {
  auth <- AmoSandbox(notes = 1, access = "token")
  capture.output(whole <- AmoSitrep(auth))
  auth$access_token <- "wrong"
  capture.output(refused <- AmoSitrep(auth))
  auth$domain <- "-"
  printed <- capture.output(nowhere <- AmoSitrep(auth))
  for (about in list(refused, nowhere)) {
    expect_named(about, names(whole))
    expect_true(all(vapply(about, function(x) is.character(x) && length(x) == 1, NA)))
    expect_identical(about$zone, NA_character_)
  }
  expect_no_match(printed, "\\bNA\\b")
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

test_that("a token that is not accepted is told with what to do", {
  auth <- AmoSandbox(notes = 1, access = "token")
  auth$access_token <- "wrong"
  printed <- capture.output(about <- AmoSitrep(auth))
  expect_match(about$answer, "^Auth error[^\n]+\n.*make a new `access_token`")
  # Lines that go on are as far in as the texts.
  expect_match(printed, "^ {14}Check `domain`", all = FALSE)
})

test_that("the help names every element", {
  rd <- paste(readLines(source_path("man", "AmoSitrep.Rd")), collapse = "\n")
  capture.output(about <- AmoSitrep(AmoSandbox(notes = 1, access = "token")))
  for (element in names(about)) expect_match(rd, sprintf("\\code{%s}", element), fixed = TRUE)
})
