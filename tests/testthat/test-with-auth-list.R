auth <- AmoSandbox(notes = 60)
lead <- AmoNotes(auth_list = auth, type = "lead")
element <- lead$element_id[[1]]
some <- AmoNotes(auth_list = auth, type = "lead", element_id = element, note_type = 3)

test_that("unnamed arguments beside an auth_list by name follow in the function's own order", {
  expect_identical(unique(lead$element_type), "lead")
  expect_identical(AmoNotes(auth_list = auth, "lead"), lead)
  expect_identical(AmoNotes("lead", auth_list = auth), lead)
  expect_identical(AmoNotes("lead", element, 3, auth_list = auth), some)
  expect_identical(AmoNotes(auth = auth, "lead", ele = element, 3), some)
  expect_identical(AmoNotes("lead", , 3, auth_list = auth),
                   AmoNotes(auth_list = auth, type = "lead", note_type = 3))
  expect_identical(do.call(AmoNotes, list("lead", auth_list = auth)), lead)
  wrapper <- function(...) AmoNotes(...)
  expect_identical(wrapper("lead", auth_list = auth), lead)
  each <- lapply(c("lead", "contact"), AmoNotes, auth_list = auth)
  expect_identical(vapply(each, function(notes) notes$element_type[[1]], ""),
                   c("lead", "contact"))
  expect_identical(AmoLeads(50, TRUE, auth_list = auth), AmoLeads(auth, 50, TRUE))
  expect_message(AmoAuth(FALSE, auth_list = auth), NA)
})

test_that("every function takes the list in the first place and by name", {
  functions <- list(
    AmoNotes, AmoLeads, AmoContacts, AmoCompanies, AmoCustomers, AmoCustomersTransactions,
    AmoTasks, AmoIncomingLeads, AmoUsers, AmoGroups, AmoTaskTypes, AmoPipelinesStatuses,
    AmoCustomFields, AmoAuth
  )
  for (fn in functions) {
    by_place <- fn(auth)
    expect_false(is.null(by_place))
    expect_identical(fn(auth_list = auth), by_place)
    expect_error(fn(auth, auth_list = auth), class = "amocrm_error_input")
  }
  expect_output(AmoSitrep(auth), "API v2")
})

test_that("an unnamed argument is evaluated once", {
  count <- 0
  type <- function() {
    count <<- count + 1
    "lead"
  }
  expect_identical(AmoNotes(type(), auth_list = auth), lead)
  expect_identical(count, 1)
})

test_that("without an auth_list e-mail, key and domain come first, whatever its name says", {
  contact <- AmoNotes(auth_list = auth)
  expect_identical(AmoNotes(auth$email, auth$apikey, auth$domain, auth_list = NULL), contact)
  expect_identical(AmoNotes(auth$email, auth$apikey, auth$domain), contact)
})

test_that("an e-mail that is none is an input error that asks for the argument's name", {
  before <- nrow(sandbox_requests(auth))
  refused <- function(call, pattern) {
    error <- expect_error(call, pattern, fixed = TRUE, class = "amocrm_error_input")
    expect_identical(error$argument, "email")
  }
  refused(AmoNotes("lead"), '`type = "lead"`')
  refused(AmoNotes(email = "lead", auth_list = auth), '`type = "lead"`')
  refused(AmoNotes("lead", NULL, NULL, auth), '`type = "lead"`')
  refused(AmoTasks("company"), '`type = "company"`')
  refused(AmoNotes(666), "`auth_list`, `type`, `element_id`")
  refused(AmoLeads("lead"), "`auth_list`, `limit`, `flatten`")
  refused(AmoUsers("me"), "`auth_list`")
  token <- paste0("eyJ0eXAi", "OiJKV1Qi", "LCJhbGci", "OiJSUzI1")
  error <- expect_error(AmoNotes(token), class = "amocrm_error_input")
  expect_false(grepl("eyJ0eXAi", conditionMessage(error), fixed = TRUE))
  expect_identical(nrow(sandbox_requests(auth)), before)
})

test_that("what is no access is told from what is", {
  users <- AmoUsers(auth)
  withr::local_envvar(AMOCRM_DOMAIN = auth$domain, AMOCRM_ACCESS_TOKEN = "t.o.k")
  before <- nrow(sandbox_requests(auth))
  expect_error(AmoNotes(users, "lead"), "AmoAuthList(), not a data.frame",
               fixed = TRUE, class = "amocrm_error_input")
  expect_error(AmoNotes("lead", auth_list = users), "not a data.frame",
               class = "amocrm_error_input")
  expect_error(AmoUsers(list(1, "x")), "not a list without names",
               class = "amocrm_error_input")
  expect_error(AmoUsers(list(a = 1, `s3cret-s3cret-s3cret-s3cret` = 2)),
               'not a list with the names "a", a long string', class = "amocrm_error_input")
  expect_error(AmoUsers(auth, auth), "takes only the auth_list",
               class = "amocrm_error_input")
  expect_error(AmoNotes(auth, auth), "`type` must be .*not an object of class",
               class = "amocrm_error_input")
  expect_error(AmoAuth(auth, TRUE, 1), "at most 1 argument", class = "amocrm_error_input")
  expect_identical(nrow(sandbox_requests(auth)), before)
})

test_that("a table of one row with the names of the credentials is an access", {
  row <- data.frame(email = auth$email, apikey = auth$apikey, domain = auth$domain)
  expect_identical(AmoNotes(row, "lead"), lead)
})
