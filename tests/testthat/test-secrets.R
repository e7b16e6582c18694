#' All that a call shows or hands out besides its result
shown_by <- function(call) {
  shown <- character()
  keep <- function(...) shown <<- c(shown, ...)
  withr::local_options(amocrm.verbose = TRUE, amocrm.quiet = FALSE)
  output <- capture.output(try(withCallingHandlers(
    call,
    condition = function(condition) {
      keep(
        conditionMessage(condition), format(condition), capture.output(str(unclass(condition))),
        unlist(lapply(sys.calls(), deparse))
      )
      if (inherits(condition, "message")) invokeRestart("muffleMessage")
      if (inherits(condition, "warning")) invokeRestart("muffleWarning")
    }
  ), silent = TRUE), type = "output")
  c(shown, output)
}

secrets_of <- function(auth) {
  secrets <- unlist(lapply(intersect(names(auth), secret_fields), function(piece) auth[[piece]]))
  file <- auth$token_file
  if (!is.null(file) && file.exists(file)) {
    kept <- jsonlite::fromJSON(file)
    secrets <- c(secrets, kept$access_token, kept$refresh_token)
  }
  secrets
}

expect_none_shown <- function(auth, shown) {
  expect_gt(length(shown), 0)
  for (secret in secrets_of(auth)) {
    expect_false(any(grepl(secret, shown, fixed = TRUE)))
  }
}

test_that("nothing secret is shown, verbose or not, in success and in failure", {
  skip_if_not_installed("jsonlite")
  for (access in c("key", "token", "oauth")) {
    auth <- AmoSandbox(notes = 20, access = access)
    expect_none_shown(auth, shown_by(AmoNotes(auth, "lead")))
    expect_none_shown(auth, shown_by(AmoAuth(auth_list = auth)))
    expect_none_shown(auth, shown_by(AmoNotes(auth, "lead", limit = -1)))
    expect_none_shown(auth, shown_by(AmoNotes("lead", auth_list = auth)))
    expect_none_shown(auth, shown_by(AmoNotes("lead", -1, auth_list = auth)))
    expect_none_shown(auth, shown_by(AmoUsers(auth, auth)))
    sandbox_expire(auth, "sessions")
    sandbox_expire(auth, "tokens")
    # Put together, since the calls that are looked at hold this text, too.
    auth$code <- if (access == "oauth") paste0("spent-", "code-5f2a")
    wrong <- auth
    if (access == "key") wrong$apikey <- paste0("wrong-", "key-77e1")
    expect_none_shown(wrong, shown_by(AmoNotes(wrong, "lead")))
    expect_none_shown(wrong, shown_by(AmoAuth(wrong)))
    sandbox_stop(auth)
    expect_none_shown(wrong, shown_by(print(wrong)))
    expect_none_shown(wrong, shown_by(str(wrong)))
  }
})

test_that("the verbose log names method, path, page, status and time", {
  auth <- AmoSandbox(notes = 700)
  withr::local_options(amocrm.verbose = TRUE)
  lines <- capture_messages(suppressWarnings(AmoNotes(auth, "lead", element_id = 123)))
  expect_match(lines, "^POST /private/api/auth.php\\?type=json: 200, [0-9]+ bytes, [0-9]+ ms",
               all = FALSE)
  expect_match(lines, "^GET /api/v2/notes\\?limit_rows=500&limit_offset=0&", all = FALSE)
  expect_match(lines, "element_id=...", fixed = TRUE, all = FALSE)
  expect_false(any(grepl("element_id=123", lines, fixed = TRUE)))
})
