test_that("right credentials give TRUE, wrong ones the text of amocrm 0.1.0", {
  auth <- AmoSandbox(notes = 1)
  expect_true(AmoAuth(auth_list = auth))
  expect_true(AmoAuth(auth))
  expect_true(AmoAuth(auth$email, auth$apikey, auth$domain))
  wrong <- AmoAuth(auth$email, "wrong", auth$domain)
  expect_match(wrong, "^Auth error\\. Error code: 110\\. .+")
})

test_that("verbose says it in a message", {
  auth <- AmoSandbox(notes = 1)
  withr::local_options(amocrm.quiet = FALSE)
  expect_message(AmoAuth(auth_list = auth), "Logged in")
  expect_message(AmoAuth(auth$email, "wrong", auth$domain), "Error code: 110")
  expect_silent(AmoAuth(auth_list = auth, verbose = FALSE))
  expect_silent(AmoAuth(auth, FALSE))
})

test_that("a server that is not there is an error, not a text", {
  gone <- AmoSandbox(notes = 1)
  sandbox_stop(gone)
  expect_error(AmoAuth(auth_list = gone), class = "amocrm_error_network")
})

test_that("verbose says what to do about wrong credentials, as the other functions do", {
  withr::local_options(amocrm.quiet = FALSE, amocrm.api = "v4")
  auth <- AmoSandbox(notes = 1, access = "token")
  auth$access_token <- "wrong"
  said <- capture_messages(result <- AmoAuth(auth))
  expect_match(result, "^Auth error\\. Error code: 401\\. [^\n]+$")
  for (advice in c("make a new `access_token`", "expired", "mycompany.kommo.com")) {
    expect_match(said, advice, fixed = TRUE)
  }
  error <- expect_error(AmoNotes(auth, "lead"), class = "amocrm_error_auth")
  expect_true(startsWith(conditionMessage(error), trimws(said)))
})
