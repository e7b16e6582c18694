test_that("it is a plain list for old code", {
  auth <- AmoAuthList("me@example.com", "0123456789", "sub")
  expect_type(auth, "list")
  expect_named(auth, c("email", "apikey", "domain"))
  expect_identical(auth$email, "me@example.com")
  expect_identical(auth$apikey, "0123456789")
  expect_identical(auth$domain, "sub")
})

test_that("printing, formatting and str() hide the key", {
  auth <- AmoAuthList("me@example.com", "0123456789", "sub")
  shown <- c(capture.output(print(auth)), format(auth), capture.output(str(auth)),
             capture.output(auth), capture.output(str(list(auth))))
  expect_false(any(grepl("0123456789", shown, fixed = TRUE)))
  expect_true(any(grepl("me@example.com", shown, fixed = TRUE)))
})

#' All ways in which an object may come to be shown
shown_of <- function(x) {
  c(
    capture.output(print(x)), capture.output(str(x)), capture.output(dput(x)), deparse(x),
    capture.output(print(unclass(x))), capture.output(str(unclass(x))), format(x), paste(x),
    capture.output(print(unlist(x))), capture.output(print(list(x))), capture.output(str(list(x))),
    toString(x), capture.output(summary(x)), capture.output(print(as.list(x)))
  )
}

test_that("no part, copy or dump of it shows a secret", {
  # Put together, so that no call here holds it.
  secret <- paste0("s3c", "ret")
  key <- AmoAuthList("me@example.com", secret, "sub")
  oauth <- AmoAuthList(domain = "sub", client_id = "i", client_secret = secret,
                       redirect_uri = "https://r", code = secret)
  changed <- key
  changed$apikey <- secret
  changed[["code"]] <- secret
  changed["client_secret"] <- secret
  for (x in list(
    key, oauth, oauth[1:3], rev(key), head(key, 2), tail(oauth, 3), c(key, timeout = 5),
    c(key, list(access_token = secret)), c(list(a = 1), key), changed,
    utils::modifyList(key, list(apikey = secret)),
    AmoAuthList(domain = "sub", access_token = secret)
  )) {
    expect_false(any(grepl(secret, shown_of(x), fixed = TRUE)))
  }
})

test_that("parts and copies give the secret to who asks for it by name", {
  key <- AmoAuthList("me@example.com", "0123", "sub")
  for (x in list(key[2:3], rev(key), c(key, a = 1), c(key[1], key[2]),
                 utils::modifyList(key, list()), unserialize(serialize(key, NULL)))) {
    expect_s3_class(x, "amocrm_auth_list")
    expect_identical(x$apikey, "0123")
    expect_identical(x$api, "0123")
    expect_identical(x[["apikey"]], "0123")
  }
  expect_identical(key[[2]], "0123")
  expect_null(key$nothing)
  key$apikey <- NULL
  expect_named(key, c("email", "domain"))
})

test_that("no call that a traceback shows holds a secret", {
  auth <- AmoSandbox(notes = 1)
  secret <- auth$apikey
  for (arguments in list(list(auth), list(auth_list = auth), c(auth))) {
    calls <- NULL
    arguments$limit <- -1
    expect_error(withCallingHandlers(
      do.call(AmoNotes, arguments),
      error = function(e) calls <<- unlist(lapply(sys.calls(), deparse))
    ), class = "amocrm_error_input")
    expect_gt(length(calls), 0)
    expect_false(any(grepl(secret, calls, fixed = TRUE)))
  }
})

test_that("its pieces work as arguments, and it works after saving and in another process", {
  auth <- AmoSandbox(notes = 3)
  expect_identical(nrow(do.call(AmoNotes, c(auth, type = "lead"))), 3L)
  file <- withr::local_tempfile()
  saveRDS(auth, file)
  expect_true(AmoAuth(readRDS(file)))
  expect_true(AmoAuth(auth[c("email", "apikey", "domain")]))
  expect_true(AmoAuth(list(email = auth$email, apikey = auth$apikey, domain = auth$domain)))
  # As version 0.1.0 and hand-made lists have them: plain text.
  plain <- structure(
    list(email = auth$email, apikey = auth$apikey, domain = auth$domain), class = class(auth)
  )
  expect_true(AmoAuth(plain))
  skip_on_os("windows")
  expect_identical(parallel::mclapply(1, function(n) AmoAuth(auth)), list(TRUE))
})

test_that("a longer copy of a sandbox's list keeps it running", {
  longer <- c(AmoSandbox(notes = 1), timeout = 5)
  gc()
  expect_true(AmoAuth(longer))
})

test_that("hosts of the three zones are accepted", {
  for (domain in c("sub", "sub.amocrm.ru", "sub.amocrm.com", "sub.kommo.com",
                   "http://127.0.0.1:8080", "http://localhost:8080")) {
    expect_identical(AmoAuthList("me@example.com", "key", domain)$domain, domain)
  }
})

test_that("of an address the host is taken, and foreign ones are refused", {
  domain_of <- function(domain) AmoAuthList("me@example.com", "key", domain)$domain
  for (domain in c("https://sub.amocrm.ru", "https://sub.amocrm.ru/",
                   " https://sub.amocrm.ru/leads/list/?page=2#top")) {
    expect_identical(domain_of(domain), "sub.amocrm.ru")
  }
  for (domain in c("https://evil.com/", "https://evil.com/.amocrm.ru", "https://sub/",
                   "https://a@sub.amocrm.ru/", "https://sub.amocrm.ru:8443/")) {
    expect_error(domain_of(domain), "`domain`", class = "amocrm_error_input")
  }
  withr::local_envvar(AMOCRM_DOMAIN = "https://env.kommo.com/")
  expect_identical(AmoAuthList("me@example.com", "key")$domain, "env.kommo.com")
})

test_that("a token that is given as the file for tokens is told where it belongs", {
  withr::local_envvar(no_credentials)
  token <- paste("eyJ0eXAi", "eyJhdWQi", "c2ln", sep = ".")
  for (call in list(
    quote(AmoAuthList(domain = "sub", token = "abc")),
    quote(AmoAuthList(domain = "sub", tok = token)),
    quote(do.call(AmoAuthList, list(domain = "sub", token = "abc"))),
    quote(AmoAuthList(
      domain = "sub", client_id = "i", client_secret = "s", redirect_uri = "https://r",
      token_file = token
    ))
  )) {
    error <- expect_error(eval(call), "`access_token`", class = "amocrm_error_input")
    expect_match(conditionMessage(error), "file name")
    expect_false(grepl(token, conditionMessage(error), fixed = TRUE))
  }
})

test_that("what is not given comes from the environment", {
  withr::local_envvar(
    AMOCRM_EMAIL = "env@example.com", AMOCRM_APIKEY = "envkey", AMOCRM_DOMAIN = "envsub"
  )
  auth <- AmoAuthList()
  expect_identical(
    lapply(stats::setNames(nm = names(auth)), function(piece) auth[[piece]]),
    list(email = "env@example.com", apikey = "envkey", domain = "envsub")
  )
  expect_identical(AmoAuthList(domain = "other")$domain, "other")
})

test_that("what is no text is an input error", {
  for (email in list(NA_character_, "", c("a", "b"), 5)) {
    expect_error(AmoAuthList(email, "key", "sub"), "`email`", class = "amocrm_error_input")
  }
})

test_that("what was copied along with a credential is taken away", {
  token_of <- function(text) AmoAuthList(domain = "sub", access_token = text)$access_token
  for (copied in c("a.b.c\n", " \"a.b.c\" ", "'a.b.c'", "Bearer a.b.c", "bearer  a.b.c\r\n",
                   "Authorization: Bearer a.b.c", "\"Bearer a.b.c\"", "\u00aba.b.c\u00bb",
                   "\ufeffa.b.c\u00a0", "\u201ca.b.c\u201d", "\u2018a.b.c\u2019", "a.b.c,",
                   "\"a.b.c\",", "a.b.c;\n", "Bearer:a.b.c", "Bearer: a.b.c", "bearer=a.b.c",
                   "`a.b.c`", "`Bearer a.b.c`,", "Bearer `a.b.c`", "Bearer <a.b.c>",
                   "\"Authorization\": \"Bearer a.b.c\",", "Authorization=Bearer a.b.c")) {
    expect_identical(token_of(copied), "a.b.c", info = copied)
  }
  for (kept in c("bearer", "bearer.b.c", "a,b;c")) expect_identical(token_of(kept), kept)
  key <- AmoAuthList(" me@example.com\n", "\"key\"", " sub ")
  expect_identical(key$email, "me@example.com")
  expect_identical(key$apikey, "key")
  expect_identical(key$domain, "sub")
  withr::local_envvar(AMOCRM_ACCESS_TOKEN = "Bearer a.b.c")
  expect_identical(AmoAuthList(domain = "sub")$access_token, "a.b.c")
  sandbox <- AmoSandbox(notes = 1, access = "token")
  sandbox$access_token <- paste0("Bearer ", sandbox$access_token, "\n")
  expect_true(AmoAuth(sandbox))
  for (empty in c(" ", "\"\"", "\n")) {
    expect_error(token_of(empty), "non-empty", class = "amocrm_error_input")
  }
})

test_that("an e-mail without @ is an input error", {
  for (call in list(
    quote(AmoAuthList("me", "key", "sub")),
    quote(AmoAuthList("@", "key", "sub")),
    quote(AmoAuthList("me@", "key", "sub")),
    quote(AmoAuthList("@example.com", "key", "sub")),
    quote(AmoAuthList("0123456789abcdef", "me@example.com", "sub")),
    quote(AmoAuth(auth_list = list(email = "me", apikey = "key", domain = "sub"))),
    quote(AmoNotes(list(email = "me", apikey = "key", domain = "sub"), "lead"))
  )) {
    error <- expect_error(eval(call), "must be an email address", class = "amocrm_error_input")
    expect_identical(error$argument, "email")
  }
})

test_that("a token or a key in the place of the domain is refused and shown nowhere", {
  # Put together, so that no call here holds it.
  secrets <- c(
    paste("eyJ0eXAiOiJKV1Qi", "eyJhdWQiOiIyYTNi", "c2lnbmF0dXJl", sep = "."),
    paste0("eyJ0eXAi", "OiJKV1QiLCJhbGci"),
    paste0("0123456789abcdef", "0123456789abcdef", "01234567"),
    paste0("aB3dE5gH7jK9mN1p", "Q3rS5tU7vW9xY1zA"),
    strrep("qwertyuiopas", 6),
    strrep("QWERTYUIOPAS", 4),
    strrep("qWeRtYuIoPaS", 3)
  )
  for (secret in secrets) {
    for (call in list(
      quote(AmoAuthList("me@example.com", "key", secret)),
      quote(AmoAuthList(domain = secret, access_token = "mycompany")),
      quote(AmoAuth("me@example.com", "key", secret)),
      quote(AmoNotes(list(domain = secret, access_token = "t"), "lead"))
    )) {
      error <- expect_error(eval(call), "`domain`", class = "amocrm_error_input")
      expect_false(grepl(substr(secret, 1, 12), conditionMessage(error), fixed = TRUE))
    }
    auth <- AmoAuthList(domain = "sub", access_token = "t")
    auth$domain <- secret
    auth$email <- secret
    expect_error(
      AmoAuthList(domain = "sub", client_id = "i", client_secret = "s",
                  redirect_uri = "https://r", token_file = secret),
      "`token_file` is a file name, not a token: pass the token as `access_token`$",
      class = "amocrm_error_input"
    )
    sitrep <- capture.output(AmoSitrep(auth))
    shown <- c(capture.output(print(auth)), capture.output(str(auth)), format(auth), sitrep)
    expect_false(any(grepl(substr(secret, 1, 12), shown, fixed = TRUE)))
  }
  for (domain in c("stroitelnaya-kompaniya-goroda-moskvy", "new1234567890", "a1b2c3d4")) {
    expect_identical(AmoAuthList("me@example.com", "key", domain)$domain, domain)
  }
})
