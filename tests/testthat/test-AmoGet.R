account <- AmoSandbox(notes = 50, leads = 120, access = "token")

requests_to <- function(auth, end) {
  log <- sandbox_requests(auth)
  log[endsWith(log$path, end), ]
}

#' An account whose server gives this body to all requests with `path`
account_with <- function(path, body) {
  fault <- list(path = path, action = "body", body = body, nth = c(1, Inf))
  AmoSandbox(notes = 0, access = "token", faults = list(fault))
}

test_that("a list that is not paged is a table, in one request", {
  hooks <- AmoGet(account, "webhooks")
  expect_identical(nrow(hooks), 2L)
  expect_type(hooks$id, "integer")
  expect_type(hooks$destination, "character")
  expect_type(hooks$disabled, "logical")
  expect_true(all(c("settings1", "settings2") %in% names(hooks)))
  expect_identical(nrow(requests_to(account, "/webhooks")), 1L)
})

test_that("times are in the account's time zone, and 0 is none", {
  leads <- AmoGet(account, "leads", list(limit = 50, order = list(id = "asc")))
  cards <- AmoLeads(account)$leads
  expect_identical(leads$id, cards$id)
  expect_identical(leads$created_at, cards$created_at)
  expect_identical(attr(leads$updated_at, "tzone"), attr(cards$updated_at, "tzone"))
  body <- '{"id":1,"sent_at":1700000000,"closed_at":0,"read_at":"never","p":{"seen_at":5}}'
  record <- AmoGet(account_with("/things/1", body), "things/1")
  expect_s3_class(record$sent_at, "POSIXct")
  expect_identical(as.numeric(record$sent_at), 1700000000)
  expect_s3_class(record$closed_at, "POSIXct")
  expect_identical(is.na(record$closed_at), TRUE)
  expect_identical(record$read_at, "never")
  expect_identical(as.numeric(record$p_seen_at), 5)
})

test_that("pipelines, statuses and events are those of the other functions", {
  known <- AmoPipelinesStatuses(account)
  pipelines <- AmoGet(account, "leads/pipelines")
  expect_setequal(pipelines$id, known$pipeline_id)
  path <- paste0("leads/pipelines/", pipelines$id[[1]], "/statuses")
  statuses <- AmoGet(account, path)
  expect_identical(statuses$pipeline_id, rep(pipelines$id[[1]], nrow(statuses)))
  expect_true(all(statuses$id %in% known$status_id))
  events <- AmoGet(account, "events")
  expect_identical(anyDuplicated(events$id), 0L)
  expect_gt(nrow(events), 100)
  one <- AmoGet(account, paste0("events/", events$id[[1]]))
  expect_identical(one$id, events$id[[1]])
})

test_that("a path of one record is a table of one row", {
  whole <- AmoGet(account, "account")
  expect_identical(nrow(whole), 1L)
  expect_identical(whole$subdomain, "sandbox")
  lead <- AmoLeads(account)$leads$id[[1]]
  expect_identical(AmoGet(account, paste0("leads/", lead))$id, lead)
})

test_that("paths are relative to the API, or addresses of the account", {
  whole <- AmoGet(account, "leads/tags")
  domain <- unclass(account)$domain
  expect_match(domain, "^http://127")
  address <- paste0(domain, "/api/v4/leads/tags?limit=20")
  expect_identical(AmoGet(account, factor("leads/tags"), NULL), whole)
  for (path in c("/leads/tags", "leads/tags/", "/api/v4/leads/tags", address)) {
    expect_identical(AmoGet(account, path), whole, info = path)
  }
})

test_that("anything else is refused before a byte is sent", {
  auth <- AmoSandbox(notes = 0, access = "token")
  domain <- unclass(auth)$domain
  for (path in c(
    "", "/", "//evil.example/api/v4/leads", "https://evil.example/api/v4/leads",
    "http://127.0.0.1:1/api/v4/leads", paste0(domain, "@evil.example/api/v4/leads"),
    paste0(domain, "/api/v2/leads"), paste0(domain, "/leads"), paste0(domain, "/api/v4/../v2"),
    "../v2/leads", "leads/../../../oauth2/access_token", "%2e%2e/v2/leads", "leads%2fnotes",
    "leads\\..", "leads//notes", "leads?page=2", "leads#x", "leads\r\nHost: x", "leads ",
    "/oauth2/access_token", "oauth2/access_token", "/api/v2/leads", "/ajax/v1/x", "private/api",
    "\u043b\u0438\u0434\u044b", "leads/\u202e", strrep("a", 400)
  )) {
    expect_error(AmoGet(auth, path), "`path`", class = "amocrm_error_input", info = path)
  }
  for (path in list(NULL, NA, NA_character_, 1, c("a", "b"), list("leads"), character())) {
    expect_error(AmoGet(auth, path), "`path`", class = "amocrm_error_input")
  }
  for (query in list(
    1, "a=b", list(1), list(a = 1, 2), c(a = 1), list(page = 2), list("page[]" = 1:2),
    list(" page" = 2), list(limit = 0), list(limit = 1:2),
    list(limit = NULL, page = 3), list(a = NA), list(a = c(1, NA)), list(a = Inf),
    list(a = NULL, NULL, 3), stats::setNames(list(1), NA),
    list(a = Sys.Date()), list(a = sum), list(a = 1i), list(a = integer()), list(a = list()),
    list(filter = list(id = list())), list(a = new.env()),
    list(a = data.frame(b = 1)), list("a b" = 1), list("a&page" = 2),
    list(a = list("]&page=3[" = 1)),
    list(filter = list(id = 1:2000)), data.frame(a = 1)
  )) {
    expect_error(AmoGet(auth, "leads", query), class = "amocrm_error_input")
  }
  expect_error(AmoGet(auth, "leads", list(limit = "all")), "not \"all\"")
  expect_error(AmoGet(auth, "leads", member = 1), "`member`", class = "amocrm_error_input")
  expect_identical(nrow(sandbox_requests(auth)), 0L)
})

test_that("a refused path is not shown, since it may hold a token", {
  error <- tryCatch(
    AmoGet(account, "https://evil.example/api/v4/leads?access_token=s3cret"), error = identity
  )
  expect_no_match(conditionMessage(error), "s3cret|evil")
  expect_identical(error$argument, "path")
})

test_that("parameters are sent as the API writes them", {
  sent <- function(...) {
    query <- query_parameters(list(...))
    paste0(names(query), "=", query, recycle0 = TRUE)
  }
  moment <- as.POSIXct("2025-10-01", tz = "UTC")
  expect_identical(sent(), character())
  expect_identical(query_parameters(NULL), character())
  expect_identical(
    sent(a = NULL, b = TRUE, c = 1.5, d = 1e15), c("b=1", "c=1.5", "d=1000000000000000")
  )
  expect_identical(sent(with = c("contacts", "tags")), "with=contacts,tags")
  expect_identical(sent(`filter[id]` = 1:2), c("filter[id][]=1", "filter[id][]=2"))
  expect_identical(sent(`filter[id][]` = 1:2), c("filter[id][]=1", "filter[id][]=2"))
  expect_identical(sent(filter = list(id = 7, x = NULL)), "filter[id]=7")
  expect_identical(
    sent(filter = list(created_at = list(from = moment, to = as.POSIXlt(moment)))),
    c("filter[created_at][from]=1759276800", "filter[created_at][to]=1759276800")
  )
  expect_identical(sent(a = c(from = 1, to = 2)), c("a[from]=1", "a[to]=2"))
  expect_identical(
    sent(filter = list(statuses = list(list(p = 1, s = 142), list(p = 2, s = 143)))),
    c("filter[statuses][0][p]=1", "filter[statuses][0][s]=142", "filter[statuses][1][p]=2",
      "filter[statuses][1][s]=143")
  )
  expect_identical(sent(query = factor("x&y")), "query=x&y")
})

test_that("filters reach the server", {
  events <- AmoGet(account, "events")
  since <- sort(events$created_at)[[nrow(events) %/% 2]]
  query <- list(filter = list(created_at = list(from = since)))
  expect_setequal(AmoGet(account, "events", query)$id, events$id[events$created_at >= since])
  tasks <- AmoGet(account, "tasks")
  some <- AmoGet(account, "tasks", list(filter = list(id = tasks$id[1:3])))
  expect_setequal(some$id, tasks$id[1:3])
})

test_that("limit is the number of rows per request", {
  auth <- AmoSandbox(notes = 0, leads = 120, access = "token")
  expect_identical(nrow(AmoGet(auth, "leads", list(limit = 50))), 120L)
  expect_true(all(grepl("limit=(50|[2-4][0-9])(&|$)", requests_to(auth, "/leads")$query)))
  address <- paste0(unclass(auth)$domain, "/api/v4/leads?limit=500")
  for (read in list(
    function() AmoGet(auth, "leads", list(limit = 500)), function() AmoGet(auth, address)
  )) {
    expect_warning(rows <- read(), "than 250: 250 is used", class = "amocrm_warning_limit")
    expect_identical(nrow(rows), 120L)
  }
  expect_warning(AmoGet(account, "events", list(limit = 250)), "100 is used",
                 class = "amocrm_warning_limit")
  expect_error(AmoGet(auth, address, list(limit = 5)), "once", class = "amocrm_error_input")
})

test_that("values without names are rows of the column value", {
  for (body in c('["a","b"]', '{"_embedded":{"items":["a","b"]}}',
                 '{"_page":1,"_embedded":{"items":["a","b"]}}')) {
    expect_identical(AmoGet(account_with("/things", body), "things"),
                     data.frame(value = c("a", "b")), info = body)
  }
  expect_identical(AmoGet(account_with("/things", "[1,null,3]"), "things")$value, c(1L, NA, 3L))
  own <- account_with("/things", '{"sizes":[1.5,2],"n":1}')
  expect_identical(AmoGet(own, "things")$sizes2, 2L)
  expect_identical(AmoGet(own, "things", member = "sizes")$value, c(1.5, 2))
  expect_error(AmoGet(account_with("/things", '{"n":1}'), "things", member = "n"), "no lists",
               class = "amocrm_error_input")
})

test_that("an id is the same whether it is a number or a text", {
  body <- '{"_page":1,"_embedded":{"items":[{"id":1,"n":1},{"id":"1","n":2},{"id":"x"}]}}'
  expect_identical(AmoGet(account_with("/things", body), "things")$id, c("1", "x"))
})

test_that("NUL is an invalid character as others are", {
  body <- '{"_embedded":{"items":[{"id":1,"x":"a\\u0000b"},{"id":2,"x":"c\\ud800"},{"id":3}]}}'
  expect_warning(found <- AmoGet(account_with("/things", body), "things"), ": 2$",
                 class = "amocrm_warning_broken_texts")
  expect_identical(found$x, c("a\ufffdb", "c\ufffd", NA))
})

test_that("of several lists one has to be named", {
  with <- list(with = "users_groups,task_types")
  expect_identical(
    AmoGet(account, "account", with, member = "users_groups")$name, AmoGroups(account)$name
  )
  expect_error(
    AmoGet(account, "account", with, member = "groups"), "\"users_groups\", \"task_types\"",
    class = "amocrm_error_input"
  )
  two <- account_with("/things", '{"_embedded":{"a":[{"id":1}],"things":[{"id":2}]}}')
  expect_identical(AmoGet(two, "things")$id, 2L)
  expect_identical(AmoGet(two, "things", member = "a")$id, 1L)
})

test_that("a path that there is not is told", {
  error <- tryCatch(AmoGet(account, "nothing/here"), error = identity)
  expect_s3_class(error, "amocrm_error_http")
  expect_identical(error$status, 404L)
  expect_match(conditionMessage(error), "no such list or record")
})

test_that("what is not there has no rows, and is warned about", {
  expect_warning(
    none <- AmoGet(account, "leads", list(query = "nobody has this name")),
    class = "amocrm_warning_zero_rows"
  )
  expect_identical(dim(none), c(0L, 0L))
})

test_that("a missing right and a missing module have their conditions", {
  guest <- AmoSandbox(notes = 0, access = "token", admin = FALSE)
  expect_error(AmoGet(guest, "webhooks"), class = "amocrm_error_forbidden")
  expect_error(AmoGet(guest, "users"), class = "amocrm_error_forbidden")
  kommo <- AmoSandbox(notes = 0, access = "token", kommo = TRUE)
  expect_warning(
    suppressWarnings(AmoGet(kommo, "customers"), classes = "amocrm_warning_zero_rows"),
    class = "amocrm_warning_no_customers"
  )
})

test_that("only a token and API v4 do", {
  expect_error(AmoGet(AmoSandbox(notes = 0), "leads"), class = "amocrm_error_input")
  withr::local_options(amocrm.api = "v2")
  expect_error(AmoGet(account, "leads"), class = "amocrm_error_input")
})

test_that("an error carries the rows received", {
  fault <- list(path = "/leads", holding = c(100, 100), status = 402)
  auth <- AmoSandbox(notes = 0, leads = 120, access = "token", faults = list(fault))
  error <- tryCatch(AmoGet(auth, "leads", list(limit = 50)), error = identity)
  expect_s3_class(error, "amocrm_error_http")
  expect_gt(nrow(error$partial), 0)
  expect_identical(AmoLast(), error$partial)
})

test_that("nested lists have numbered names, as in other tables", {
  record <- '{"id":1,"xs":[1,2],"o":{"a":{"b":true}},"l":[{"k":"x"},{"k":"y"}],"e":[],"n":null,
    "_links":{"self":{"href":"x"}},
    "_embedded":{"tags":[{"id":7,"_links":{"self":{"href":"x"}}}],"none":[]}}'
  table <- AmoGet(account_with("/things/1", record), "things/1")
  expect_identical(table, data.frame(
    id = 1L, xs1 = 1L, xs2 = 2L, o_a_b = TRUE, l_k___5 = "x", l_k___6 = "y",
    `_embedded_tags_id` = 7L, check.names = FALSE
  ))
})

test_that("what is not given is told", {
  expect_error(AmoGet(account), "`path`", class = "amocrm_error_input")
  expect_error(AmoSync(), "`auth`", class = "amocrm_error_input")
  expect_error(AmoRead(), "`to`", class = "amocrm_error_input")
  expect_error(AmoSyncLog(), "`to`", class = "amocrm_error_input")
  expect_error(AmoDuplicates(), "`contacts`", class = "amocrm_error_input")
  expect_error(AmoFunnel(), "`stages`", class = "amocrm_error_input")
  expect_error(AmoWide(), "`x`", class = "amocrm_error_input")
  expect_error(AmoLabel(), "`x`", class = "amocrm_error_input")
  expect_error(AmoLabel(data.frame()), class = "amocrm_error_input")
})

test_that("large numbers of a query are sent as they are, or not at all", {
  expect_identical(query_parameters(list(a = 1e16)), c(a = "10000000000000000"))
  expect_identical(query_parameters(list(a = c(1.5, 2))), c("a[]" = "1.5", "a[]" = "2"))
  long <- structure(5e-308, class = "integer64")
  expect_error(query_parameters(list(a = long)), "`query`", class = "amocrm_error_input")
  expect_identical(query_parameters(list(with = list("a", "b"))), c(with = "a,b"))
})

test_that("a page is no record, whatever it tells besides", {
  body <- paste0('{"_page":1,"total":3,"_links":{"self":{"href":"x"}},',
                 '"_embedded":{"items":[{"id":1},{"id":2}]}}')
  expect_identical(AmoGet(account_with("/things", body), "things")$id, 1:2)
})
