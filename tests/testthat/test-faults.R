# AmoNotes() over real HTTP on an account where things go wrong.

whole <- AmoNotes(AmoSandbox(notes = c(lead = 450)), "lead", limit = 100)

#' An account of 450 leads' notes with these faults
spoilt <- function(...) AmoSandbox(notes = c(lead = 450), faults = list(...))

read_spoilt <- function(...) AmoNotes(spoilt(...), "lead", limit = 100)

# Requests for the third page, or for any other rows that one of it is among.
third_page <- list(path = "/api/v2/notes", holding = c(250, 250))
always <- c(1, Inf)
lasting_fault <- function(...) c(third_page, list(nth = always, ...))
html <- "<html><h1>Service is down</h1></html>"

start_job <- function(auth) {
  spec <- list(
    what = "notes", type = "lead", limit = 100, id = NULL, element_id = NULL, note_type = NULL,
    if_modified_since = NULL
  )
  rust_query_start(c(connection_spec(call_auth(NULL, NULL, NULL, auth)), spec))
}

# The third page never comes: many tries with waits between them, which all
# run at the same time.
lasting <- lapply(
  list(
    "502" = list(status = 502, body = html), close = list(action = "close"),
    cut = list(action = "cut"), body = list(action = "body", body = html),
    empty = list(action = "empty")
  ),
  function(fault) {
    auth <- spoilt(do.call(lasting_fault, fault))
    list(auth = auth, job = start_job(auth))
  }
)

#' What AmoNotes() does after its job has started
finish_lasting <- function(name) {
  run_tables(lasting[[name]]$job, "lead notes", function(tables) tables[[1]])
}

test_that("what passes leaves no trace in the table", {
  passing <- list(
    list(status = 429, headers = c("Retry-After" = "0"), nth = 1:2),
    list(status = 500), list(status = 502, body = html), list(status = 503), list(status = 504),
    list(action = "empty"), list(action = "empty", nth = 1:2),
    list(action = "short", rows = 0), list(action = "short", rows = 3),
    list(action = "body", body = html), list(action = "body", body = "{\"_embedded\":{"),
    list(action = "cut"), list(action = "close"), list(action = "delay", seconds = 0.1),
    list(action = "expire")
  )
  for (fault in passing) {
    expect_identical(read_spoilt(c(third_page, fault)), whole, info = deparse(fault))
  }
})

test_that("several faults at once leave no trace either", {
  expect_identical(
    read_spoilt(
      list(path = "auth.php", status = 503),
      list(path = "/account", action = "close"),
      list(path = "/notes", holding = c(50, 50), action = "short", rows = 1),
      list(path = "/notes", holding = c(150, 150), action = "empty"),
      list(path = "/notes", holding = c(250, 250), action = "cut"),
      list(path = "/notes", holding = c(350, 350), action = "expire"),
      list(path = "/notes", holding = c(450, 450), action = "short", rows = 10)
    ),
    whole
  )
})

test_that("a login that ends is renewed once for all pages", {
  auth <- spoilt(c(third_page, action = "expire"))
  expect_identical(AmoNotes(auth, "lead", limit = 100), whole)
  expect_identical(sum(sandbox_requests(auth)$path == "/private/api/auth.php"), 2L)
})

test_that("of a list that moves while it is read every row that stays comes once", {
  # The first seven rows go, or are not there at first.
  stay <- whole$id[-(1:7)]
  for (action in c("remove", "insert")) {
    for (row in c(50, 150, 250, 440)) {
      fault <- list(path = "/notes", holding = c(row, row), action = action, rows = 7)
      notes <- read_spoilt(fault)
      expect_identical(anyDuplicated(notes$id), 0L, info = paste(action, row))
      expect_true(all(notes$id %in% whole$id), info = paste(action, row))
      expect_true(all(stay %in% notes$id), info = paste(action, row))
    }
  }
})

test_that("429 that does not end is a rate limit", {
  error <- expect_error(
    read_spoilt(lasting_fault(status = 429, headers = c("Retry-After" = "0"))),
    "options(amocrm.rate = 3)", fixed = TRUE, class = "amocrm_error_rate_limited"
  )
  expect_identical(error$status, 429L)
  expect_gte(nrow(error$partial), 100)
})

test_that("a wait that is too long is told of in the error", {
  auth <- spoilt(lasting_fault(status = 429, headers = c("Retry-After" = "300")))
  error <- expect_error(AmoNotes(auth, "lead", limit = 100), "asks to wait 300 s",
                        class = "amocrm_error_rate_limited")
  expect_identical(error$retry_after, 300)
})

test_that("a server that stays broken is told of with its status and its words", {
  error <- expect_error(
    finish_lasting("502"),
    "Service is down", class = "amocrm_error_http"
  )
  expect_identical(error$status, 502L)
  expect_identical(error$endpoint, "GET /api/v2/notes")
})

test_that("pages that the server is too slow for are asked for in halves", {
  auth <- spoilt(list(path = "limit_rows=100&", nth = always, status = 504))
  expect_identical(AmoNotes(auth, "lead", limit = 100), whole)
})

test_that("a server that hangs up every time is a network error", {
  for (action in c("close", "cut")) {
    error <- expect_error(finish_lasting(action), "after 6 tries",
                          class = "amocrm_error_network")
    expect_null(error$status, info = action)
    expect_gte(nrow(error$partial), 100)
  }
})

test_that("an answer that stays unreadable is a parse error", {
  error <- expect_error(
    finish_lasting("body"),
    "lead notes from row 195", class = "amocrm_error_parse"
  )
  expect_identical(error$status, 200L)
})

test_that("an error names the request for amoCRM's support, in its message and as a field", {
  refusal <- list(path = "/notes", status = 402, headers = c("X-Request-Id" = "ab12"))
  error <- expect_error(read_spoilt(refusal), "request id: ab12", class = "amocrm_error_http")
  expect_identical(error$request_id, "ab12")
})

test_that("a block is met with one request and no more", {
  auth <- spoilt(lasting_fault(status = 403, body = html))
  expect_error(AmoNotes(auth, "lead", limit = 100), "Don't retry right away",
               class = "amocrm_error_blocked")
  expect_identical(sum(sandbox_requests(auth)$status == 403), 1L)
})

test_that("a right that is missing is no block", {
  detail <- "\u043d\u0435\u0442 \u043f\u0440\u0430\u0432"
  problem <- sprintf('{"title":"Forbidden","status":403,"detail":"%s"}', detail)
  auth <- spoilt(lasting_fault(status = 403, body = problem))
  error <- expect_error(AmoNotes(auth, "lead", limit = 100), "has no permission",
                        class = "amocrm_error_forbidden")
  expect_match(conditionMessage(error), detail, fixed = TRUE)
  expect_identical(sum(sandbox_requests(auth)$status == 403), 1L)
})

test_that("a server that says nothing has changed is told from one that redirects", {
  auth <- spoilt(lasting_fault(status = 304))
  expect_error(AmoNotes(auth, "lead", limit = 100), "nothing has changed",
               class = "amocrm_error_http")
})

test_that("a list of several pages without ids is no table with rows twice", {
  faults <- list(list(path = "limit", action = "no_id", nth = always))
  for (read in list(
    function() AmoNotes(AmoSandbox(notes = c(lead = 300), faults = faults), "lead", limit = 100),
    function() AmoTasks(AmoSandbox(notes = 0, tasks = 300, faults = faults), limit = 100)
  )) {
    expect_error(read(), class = "amocrm_error_incomplete")
  }
})

test_that("nothing has changed since a time is an answer to who asks for changes", {
  auth <- spoilt(list(path = "/api/v2/notes", nth = always, status = 304))
  expect_warning(notes <- AmoNotes(auth, "lead", if_modified_since = "2019-06-01"),
                 class = "amocrm_warning_zero_rows")
  expect_identical(dim(notes), c(0L, 13L))
})

test_that("statuses that no repetition mends come at once with advice", {
  advised <- c("402" = "subscription", "404" = "Check `domain`", "426" = "administrator")
  for (status in names(advised)) {
    auth <- spoilt(lasting_fault(status = as.numeric(status)))
    error <- expect_error(AmoNotes(auth, "lead", limit = 100), advised[[status]],
                          class = "amocrm_error_http")
    expect_identical(error$status, as.integer(status))
    expect_identical(sum(sandbox_requests(auth)$status == as.integer(status)), 1L)
  }
})

test_that("a redirect is not followed", {
  elsewhere <- AmoSandbox(notes = 1)
  expect_error(
    read_spoilt(lasting_fault(action = "redirect",
                              to = paste0(elsewhere$domain, "/api/v2/notes"))),
    "credentials are not sent there", class = "amocrm_error_http"
  )
  expect_identical(nrow(sandbox_requests(elsewhere)), 0L)
})

test_that("a page that stays empty is named, and the others are kept", {
  error <- expect_error(finish_lasting("empty"), class = "amocrm_error_incomplete")
  # It is the last one that was asked for, or not.
  expect_match(error$pages, "^lead notes(, rows [0-9]+ to [0-9]+| from row [0-9]+)$")
  expect_match(conditionMessage(error), error$pages, fixed = TRUE)
  place <- as.numeric(regmatches(error$pages, gregexpr("[0-9]+", error$pages))[[1]])
  missing <- which(!whole$id %in% error$partial$id)
  expect_true(250 %in% missing)
  expect_true(all(missing >= place[[1]] & missing <= c(place, Inf)[[2]]))
  expect_true(all(error$partial$id %in% whole$id))
})

test_that("rows that came before the account's zone was known have their times in UTC", {
  # The rows come while the answer that tells the zone is on its way.
  auth <- spoilt(
    list(path = "/api/v2/account", action = "delay", seconds = 1),
    list(path = "/api/v2/account", status = 402)
  )
  error <- expect_error(AmoNotes(auth, "lead", limit = 100), class = "amocrm_error_http")
  partial <- error$partial
  expect_identical(attr(partial$created_at, "tzone"), "UTC")
  expect_identical(as.numeric(partial$created_at), as.numeric(whole$created_at))
  expect_identical(attr(whole$created_at, "tzone"), "Europe/Moscow")
})

test_that("on demand the rows that came are the result, with a warning", {
  withr::local_options(amocrm.on_error = "partial")
  warning <- expect_warning(
    notes <- read_spoilt(list(path = "/notes", holding = c(440, 440), nth = always, status = 404)),
    class = "amocrm_warning_partial"
  )
  expect_gte(nrow(notes), 100)
  expect_true(all(notes$id %in% whole$id[1:400]))
  expect_identical(warning$partial, notes)
  expect_identical(warning$status, 404L)
})

test_that("Ctrl-C works while a wait that the server asked for lasts", {
  skip_on_os("windows")
  auth <- spoilt(lasting_fault(status = 429, headers = c("Retry-After" = "30")))
  display <- show_nothing()
  display$update <- function(state) {
    if (state$pause_left > 0) tools::pskill(Sys.getpid(), tools::SIGINT)
  }
  stopped <- tryCatch(
    run_job(start_job(auth), display, function(result) result$tables$lead), interrupt = identity
  )
  expect_s3_class(stopped, c("amocrm_interrupt", "interrupt", "condition"), exact = TRUE)
  expect_gte(nrow(stopped$partial), 100)
  expect_true(all(stopped$partial$id %in% whole$id[-(198:291)]))
})

test_that("a fault that makes no sense is an input error that names it", {
  refused <- list(
    "must be a list of lists" = list(path = "/", status = 502),
    "element 2: `path` is missing" = list(list(path = "/", status = 500), list(status = 502)),
    "needs a `status`, or an `action`" = list(list(path = "/")),
    '"empty", "short"' = list(list(path = "/", action = "explode")),
    "`rows` is missing" = list(list(path = "/", action = "short")),
    '`rows` has no meaning for "empty"' = list(list(path = "/", action = "empty", rows = 1)),
    "`rows` must be a whole number" = list(list(path = "/", action = "short", rows = 1.5)),
    "`seconds` must be a single number" = list(list(path = "/", action = "delay", seconds = -1)),
    "`status` must be from 200 to 599" = list(list(path = "/", status = 99)),
    "`path` must be a single string" = list(list(path = NA, action = "cut")),
    "`to` must be a single string" = list(list(path = "/", action = "redirect", to = 1)),
    "`headers` must be named" = list(list(path = "/", status = 429, headers = "30")),
    "`nth` must have an end" = list(list(path = "/", action = "insert", rows = 1, nth = always))
  )
  for (nth in list(0, 1.5, c(1, 3), 3:1, Inf, "first", NA, integer(), c(-1, Inf))) {
    refused <- c(refused, list("`nth` must be" = list(list(path = "/", action = "cut", nth = nth))))
  }
  for (number in seq_along(refused)) {
    expect_error(AmoSandbox(notes = 1, faults = refused[[number]]), names(refused)[[number]],
                 fixed = TRUE, class = "amocrm_error_input")
  }
})

test_that("options(amocrm.rate) says how many requests go out in a second", {
  withr::local_options(amocrm.rate = 8)
  auth <- AmoSandbox(notes = c(lead = 450))
  AmoNotes(auth, "lead", limit = 25)
  sent <- sandbox_requests(auth)$at_ms
  expect_gt(length(sent), 18)
  in_a_second <- vapply(sent, function(from) sum(sent >= from & sent < from + 950), 0L)
  expect_lte(max(in_a_second), 8)
})

test_that("options(amocrm.timeout) says how long the server may be silent", {
  withr::local_options(amocrm.timeout = 0.2, amocrm.verbose = TRUE)
  auth <- spoilt(c(third_page, action = "delay", seconds = 60))
  lines <- capture_messages(notes <- AmoNotes(auth, "lead", limit = 100))
  expect_identical(notes, whole)
  expect_match(lines, "timed out", all = FALSE)
})

test_that("an HTML page in place of JSON is called so, with what it usually is", {
  for (body in c("<html><body>Blocked</body></html>", "\n<!DOCTYPE html>")) {
    auth <- AmoSandbox(notes = c(lead = 5), faults = list(
      list(path = "/api/v2/notes", nth = always, action = "body", body = body)
    ))
    error <- expect_error(AmoNotes(auth, "lead"), class = "amocrm_error_parse")
    expect_match(conditionMessage(error), paste(
      "^GET /api/v2/notes: the server answered with an HTML page instead of JSON",
      "[(]lead notes from row [0-9]+[)]\n.*captcha.*`domain`"
    ))
  }
  auth <- AmoSandbox(notes = c(lead = 5), faults = list(
    list(path = "/api/v2/notes", nth = always, action = "body", body = "oops")
  ))
  error <- expect_error(AmoNotes(auth, "lead"), "not valid JSON", class = "amocrm_error_parse")
  expect_no_match(conditionMessage(error), "HTML")
  expect_match(error$detail, "^expected value at line 1 column 1")
})

test_that("pages of fewer than 20 rows that have numbers are told of as such", {
  auth <- AmoSandbox(notes = 0, leads = 60, access = "token", v2 = FALSE, faults = list(
    list(path = "/api/v4/leads", nth = always, action = "cap", rows = 13)
  ))
  error <- expect_error(AmoLeads(auth, limit = 20), class = "amocrm_error_incomplete")
  expect_match(conditionMessage(error), "sends fewer than 20 rows per page, and no `limit` helps")
  expect_match(conditionMessage(error), "use API v2", fixed = TRUE)
  error <- list(kind = "incomplete", endpoint = "GET /x", pages = "leads, rows 1 to 20")
  expect_identical(advice(error), "Try again later.")
  error <- list(
    kind = "incomplete", endpoint = "GET /api/v2/incoming_leads", pages = "incoming leads, page 2"
  )
  expect_match(advice(error), "no `limit` helps: ask amoCRM's support.$")
})
