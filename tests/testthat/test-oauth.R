bought <- function(auth) {
  log <- sandbox_requests(auth)
  log$status[log$path == "/oauth2/access_token"]
}

test_that("what is given says which way to log in is meant", {
  withr::local_envvar(no_credentials)
  expect_named(AmoAuthList(domain = "sub", access_token = "t"), c("domain", "access_token"))
  expect_named(
    AmoAuthList(domain = "sub", client_id = "i", client_secret = "s", redirect_uri = "https://r"),
    c("domain", "client_id", "client_secret", "redirect_uri")
  )
  expect_error(AmoAuthList(domain = "sub", client_id = "i"), "client_secret",
               class = "amocrm_error_input")
  withr::local_envvar(AMOCRM_DOMAIN = "sub", AMOCRM_ACCESS_TOKEN = "envtoken")
  expect_identical(AmoAuthList()$access_token, "envtoken")
  expect_identical(AmoAuthList("me@example.com", "key")$apikey, "key")
})

test_that("nothing secret is shown", {
  auth <- AmoAuthList(domain = "sub", client_id = "i", client_secret = "s3cret1",
                      redirect_uri = "https://r", code = "s3cret2")
  token <- AmoAuthList(domain = "sub", access_token = "s3cret3")
  shown <- capture.output(print(auth), str(auth), print(token), str(token))
  expect_false(any(grepl("s3cret", c(shown, format(auth), format(token)))))
})

test_that("tokens and codes work as the environment gives them", {
  sandbox <- AmoSandbox(notes = 5, access = "token")
  withr::local_envvar(
    AMOCRM_DOMAIN = sandbox$domain, AMOCRM_ACCESS_TOKEN = sandbox$access_token
  )
  expect_identical(nrow(AmoNotes(type = "lead")), 5L)
})

test_that("AmoAuth() tries tokens, too", {
  auth <- AmoSandbox(notes = 1, access = "token")
  expect_true(AmoAuth(auth))
  sandbox_expire(auth, "tokens")
  expect_match(AmoAuth(auth), "^Auth error\\. Error code: 401\\. ")
  expect_true(AmoAuth(AmoSandbox(notes = 1, access = "oauth")))
})

test_that("an ended token is an error that says what to do, and does not show it", {
  auth <- AmoSandbox(notes = 1, access = "token", v2 = FALSE)
  sandbox_expire(auth, "tokens")
  error <- expect_error(AmoNotes(auth), "make a new `access_token`", class = "amocrm_error_auth")
  shown <- c(conditionMessage(error), capture.output(str(unclass(error))))
  expect_false(any(grepl(auth$access_token, shown, fixed = TRUE)))
})

test_that("spent tokens are an error that says how to authorise again", {
  auth <- AmoSandbox(notes = 1, access = "oauth", v2 = FALSE)
  auth$code <- "spent"
  expect_error(AmoNotes(auth), "AmoAuthorize", class = "amocrm_error_auth")
})

test_that("the code is used once, and the file is for the user's eyes only", {
  auth <- AmoSandbox(notes = 5, access = "oauth", v2 = FALSE)
  for (n in 1:3) AmoNotes(auth, "lead", note_type = c(1, 4, 10, 11))
  expect_identical(bought(auth), 200)
  skip_on_os("windows")
  expect_identical(format(file.info(auth$token_file)$mode), "600")
})

test_that("a file that others could read is tightened with a warning, once", {
  skip_on_os("windows")
  auth <- AmoSandbox(notes = 5, access = "oauth", v2 = FALSE)
  expect_true(AmoAuth(auth))
  Sys.chmod(auth$token_file, "644")
  # As the next session starts: tokens are looked for in the file.
  sandbox_expire(auth, "access_tokens")
  expect_warning(expect_true(AmoAuth(auth)), "only you", class = "amocrm_warning_tokens_tightened")
  expect_identical(format(file.info(auth$token_file)$mode), "600")
  sandbox_expire(auth, "access_tokens")
  expect_silent(AmoAuth(auth, verbose = FALSE))
})

test_that("a file that is opened to others while its tokens are in memory is tightened, too", {
  skip_on_os("windows")
  auth <- AmoSandbox(notes = 5, access = "oauth", v2 = FALSE)
  expect_true(AmoAuth(auth))
  Sys.chmod(auth$token_file, "644")
  expect_warning(AmoNotes(auth, "lead"), "only you", class = "amocrm_warning_tokens_tightened")
  expect_identical(format(file.info(auth$token_file)$mode), "600")
  expect_silent(AmoAuth(auth, verbose = FALSE))
  expect_identical(bought(auth), 200)
})

test_that("a token file that can't be used is an error that says why, and nothing is bought", {
  skip_on_os("windows")
  folder <- withr::local_tempdir()
  error_with <- function(file) {
    auth <- AmoSandbox(notes = 1, access = "oauth", v2 = FALSE)
    auth$token_file <- file
    error <- expect_error(AmoNotes(auth, "lead"), class = "amocrm_error_system")
    expect_identical(bought(auth), numeric())
    conditionMessage(error)
  }
  file.symlink("/etc/hosts", file.path(folder, "link"))
  expect_match(error_with(file.path(folder, "link")), "a link or not a regular file")
  dir.create(file.path(folder, "a.new"))
  expect_match(error_with(file.path(folder, "a")), "token file .*/a[.]new: it is a link or not a r")
  writeLines("{}", file.path(folder, "b"))
  Sys.chmod(file.path(folder, "b"), "600")
  expect_match(error_with(file.path(folder, "b")), "does not contain tokens")
  Sys.chmod(folder, "777", use_umask = FALSE)
  expect_match(error_with(file.path(folder, "c")), "other users can write to its folder")
})

test_that("tokens that can't be written are told of, and written as soon as that works", {
  skip_on_os("windows")
  auth <- AmoSandbox(
    notes = 1, access = "oauth", v2 = FALSE,
    faults = list(list(path = "/oauth2/", action = "delay", seconds = 0.5))
  )
  spec <- c(connection_spec(call_auth(NULL, NULL, NULL, auth)), what = "connection")
  job <- rust_query_start(spec)$job
  while (length(bought(auth)) == 0) rust_job_poll(job, 10L)
  dir.create(auth$token_file)
  while (!rust_job_poll(job, 10L)$done) NULL
  told <- rust_job_finish(job)$job_notices
  expect_length(told, 1)
  expect_warning(tell_of_job(told[[1]]), "call AmoAuth", class = "amocrm_warning_tokens_unsaved")
  expect_true(AmoAuth(auth))
  unlink(auth$token_file, recursive = TRUE)
  expect_true(AmoAuth(auth))
  expect_true(file.exists(auth$token_file))
  sandbox_expire(auth, "access_tokens")
  expect_true(AmoAuth(auth))
  expect_identical(bought(auth), c(200, 200))
})

test_that("an interrupt while tokens are bought loses none", {
  auth <- AmoSandbox(
    notes = 1, access = "oauth", v2 = FALSE,
    faults = list(list(path = "/oauth2/", action = "delay", seconds = 0.3))
  )
  spec <- c(connection_spec(call_auth(NULL, NULL, NULL, auth)), what = "connection")
  job <- rust_query_start(spec)$job
  while (length(bought(auth)) == 0) rust_job_poll(job, 10L)
  # What run_job() does after Ctrl-C.
  rust_job_finish(job)
  expect_true(file.exists(auth$token_file))
  expect_true(AmoAuth(auth))
  expect_identical(bought(auth), 200)
})

test_that("no file is written by default unless the user has agreed", {
  cache <- withr::local_tempdir()
  withr::local_envvar(R_USER_CACHE_DIR = cache)
  auth <- AmoSandbox(notes = 5, access = "oauth", v2 = FALSE)
  auth$token_file <- NULL
  expect_error(AmoNotes(auth), "token_file", class = "amocrm_error_input")
  expect_identical(list.files(cache, recursive = TRUE), character())
  pieces <- resolve_auth(auth)
  file <- agreed_token_file(pieces, ask = function(file) TRUE)
  expect_true(startsWith(file, tools::R_user_dir("amocrm", "cache")))
  # Agreed once, not asked again.
  expect_identical(agreed_token_file(pieces, ask = function(file) stop("asked again")), file)
  expect_true(AmoAuth(auth))
  skip_on_os("windows")
  expect_identical(format(file.info(dirname(file))$mode), "700")
})

test_that("the path of a token file reaches Rust in UTF-8", {
  path <- iconv("m\u00fcller.json", "UTF-8", "latin1")
  expect_identical(Encoding(path), "latin1")
  given <- agreed_token_file(list(token_file = path))
  expect_identical(charToRaw(given), charToRaw("m\u00fcller.json"))
})

test_that("two processes that refresh at once never lose a token, 50 times", {
  skip_on_os("windows")
  auth <- AmoSandbox(notes = 1, access = "oauth", v2 = FALSE)
  expect_true(AmoAuth(auth))
  for (round in 1:50) {
    sandbox_expire(auth, "access_tokens")
    both <- parallel::mclapply(1:2, function(n) AmoAuth(auth), mc.cores = 2)
    expect_identical(both, list(TRUE, TRUE), info = paste("round", round))
  }
  # One purchase with the code and one in each round, none refused.
  expect_identical(bought(auth), rep(200, 51))
})

test_that("a process that is killed between refresh and use leaves a pair that works", {
  skip_on_os("windows")
  auth <- AmoSandbox(notes = 1, access = "oauth", v2 = FALSE, latency = 0.5)
  expect_true(AmoAuth(auth))
  sandbox_expire(auth, "access_tokens")
  child <- parallel::mcparallel(AmoAuth(auth))
  # Killed while its first request with the new pair is on the way.
  repeat {
    log <- sandbox_requests(auth)
    on_the_way <- utils::tail(log, 1)
    if (sum(log$path == "/oauth2/access_token") == 2 && on_the_way$path == "/api/v4/account" &&
          on_the_way$status == 0) {
      break
    }
    Sys.sleep(0.01)
  }
  tools::pskill(child$pid, tools::SIGKILL)
  suppressWarnings(parallel::mccollect(child))
  expect_true(AmoAuth(auth))
  expect_identical(bought(auth), c(200, 200))
})

test_that("AmoAuthorize() takes the address of the browser, or the code", {
  auth <- AmoSandbox(notes = 1, access = "oauth")
  integration <- unclass(auth)[c("client_id", "client_secret", "redirect_uri", "domain")]
  integration$token_file <- tempfile()
  opened <- NULL
  answer <- function(prompt) {
    state <- sub(".*state=([^&]+).*", "\\1", opened)
    sprintf("%s?code=%s&state=%s&referer=%s", auth$redirect_uri, auth$code, state, "sub.amocrm.ru")
  }
  suppressMessages(
    result <- authorize(integration, browse = function(url) opened <<- url, ask = answer)
  )
  expect_match(opened, "https://www.amocrm.ru/oauth?client_id=", fixed = TRUE)
  expect_null(result$code)
  expect_true(AmoAuth(result))
})

test_that("what is pasted is read with care", {
  expect_identical(read_pasted(" abc ", "s"), list(code = "abc", domain = NULL))
  expect_identical(
    read_pasted("https://r/?code=a%2Fb&state=s&referer=x.kommo.com#top", "s"),
    list(code = "a/b", domain = "x.kommo.com")
  )
  for (pasted in c("", "https://r/?error=access_denied", "https://r/?code=a&state=other",
                   "https://r/?x=1")) {
    expect_error(read_pasted(pasted, "s"), class = "amocrm_error_input")
  }
  expect_match(consent_address("a b", "s", "x.kommo.com"), "https://www.kommo.com/oauth",
               fixed = TRUE)
})

test_that("AmoAuthorize() needs a person", {
  skip_if(interactive())
  expect_error(AmoAuthorize("i", "s", "https://r"), class = "amocrm_error_input")
})
