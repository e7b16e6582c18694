# AmoDuplicates() on contacts written by hand.

#' @param values named by the ids of their contacts
people_with <- function(values, field = "Phone", kind = 1, ids = NULL) {
  ids <- if (is.null(ids)) unique(as.integer(names(values))) else ids
  list(
    contacts = data.frame(
      id = ids, name = sprintf("contact %d", ids), responsible_user_id = 5L,
      created_at = as.POSIXct("2025-01-01", tz = "Europe/Moscow") - ids
    ),
    linked_custom_fields = data.frame(
      id = as.integer(names(values)), custom_field_id = 9L, custom_field_name = field,
      custom_field_value_id = kind, custom_field_value = unname(values)
    )
  )
}

test_that("8 and +7, brackets, spaces and extensions make no difference", {
  keys <- phone_keys(c(
    "+7 (912) 345-67-89", "8 912 345 67 89", "79123456789", "8(912)345-67-89 \u0434\u043e\u0431. 5",
    "+7 912 345-67-89 ext. 12", "8-912-345-67-89 #3",
    # In front of a number such words are no extension.
    "#79123456789", "Ext office +79123456789", "\u0432\u043d\u0443\u043a +79123456789"
  ))
  expect_identical(unique(keys), "79123456789")
})

test_that("numbers of other countries stay as they are", {
  expect_identical(
    phone_keys(c("+84 912 345 678", "+375 29 123-45-67", "+1 (800) 123-4567", "+81 3 1234 5678")),
    c("84912345678", "375291234567", "18001234567", "81312345678")
  )
})

test_that("what is too short, empty or no address is not compared", {
  expect_identical(phone_keys(c("101", "", "+7", "-", NA)), rep(NA_character_, 5))
  expect_identical(email_keys(c("none", "", "a@", NA)), rep(NA_character_, 4))
  none <- AmoDuplicates(people_with(c("1" = "101", "2" = "101", "3" = "", "4" = "")))
  expect_identical(nrow(none), 0L)
  expect_named(none, c(
    "group", "id", "name", "kind", "shared", "responsible_user_id", "created_at"
  ))
  expect_type(none$kind, "character")
})

test_that("who shares a phone and who shares an email are one group", {
  phones <- people_with(c("1" = "8 912 345-67-89", "2" = "+79123456789", "3" = "+7 495 000-00-00"))
  emails <- people_with(c("2" = " Anna@X.ru", "3" = "anna@x.RU ", "4" = "boris@x.ru"), "Email", 2)
  people <- phones
  people$contacts <- people_with(setNames(rep("", 4), 1:4))$contacts
  people$linked_custom_fields <- rbind(phones$linked_custom_fields, emails$linked_custom_fields)
  twice <- AmoDuplicates(people)
  expect_identical(twice$group, c(1L, 1L, 1L))
  # The oldest first.
  expect_identical(twice$id, 3:1)
  expect_identical(twice$kind, c("email", "phone, email", "phone"))
  expect_identical(twice$shared, c("anna@x.ru", "79123456789, anna@x.ru", "79123456789"))
})

test_that("groups without anything in common stay apart", {
  twice <- AmoDuplicates(people_with(c(
    "1" = "+70000000001", "2" = "+70000000002", "3" = "+70000000001", "4" = "+70000000002",
    "5" = "+70000000003"
  )))
  expect_identical(twice$group, c(1L, 1L, 2L, 2L))
  expect_identical(twice$id, c(3L, 1L, 4L, 2L))
})

test_that("each of several numbers is compared, and one contact's own repetition is none", {
  people <- people_with(c(
    "1" = "+7 912 345-67-89; 8 (495) 765-43-21", "2" = "84957654321", "3" = "+7 111 111-11-11",
    "3" = "8 (111) 111-11-11"
  ))
  expect_identical(AmoDuplicates(people)$id, 2:1)
  expect_identical(unique(AmoDuplicates(people)$shared), "74957654321")
})

test_that("fields of other names are known by their kinds, choices of a list are not", {
  values <- c("1" = "+7 912 345-67-89", "2" = "+7 912 345-67-89", "3" = "+7 495 111-22-33")
  renamed <- people_with(values, "Mobile")
  expect_identical(AmoDuplicates(renamed)$id, 2:1)
  # Each choice has an id of its own.
  choices <- people_with(values, "Line", kind = c(1, 1, 2))
  expect_identical(nrow(AmoDuplicates(choices)), 0L)
  # Codes, where they are given, decide.
  coded <- function(code) data.frame(id = 9L, name = "Line", code = code, type = "multitext")
  expect_identical(AmoDuplicates(choices, coded("PHONE"))$id, 2:1)
  expect_identical(nrow(AmoDuplicates(renamed, coded("OTHER"))), 0L)
})

test_that("groups are right in whatever way they are connected", {
  # A long chain in random order, a star, and singles.
  withr::local_seed(1)
  places <- sample(300)
  member <- c(places[1:99], places[2:100], 100 + 1:100, 100 + 1:100)
  thing <- c(1:99, 1:99, rep(100, 100), 101:200)
  group <- connected(member, thing, 300)
  chain <- places[1:100]
  star <- 101:200
  joined <- length(intersect(chain, star)) > 0
  expect_identical(length(unique(group[chain])), 1L)
  expect_identical(length(unique(group[star])), 1L)
  expect_identical(group[chain][[1]] == group[star][[1]], joined)
  alone <- setdiff(1:300, member)
  expect_identical(group[alone], as.integer(alone))
})

test_that("both APIs and copies give the same groups, and deleted contacts are in none", {
  auth <- AmoSandbox(contacts = 600, notes = 0, access = "token", now = Sys.time())
  both <- through_both(auth, function(auth) {
    people <- AmoContacts(auth)
    found <- AmoDuplicates(people)
    expect_identical(AmoDuplicates(people, AmoCustomFields(auth)), found)
    found
  })
  expect_gt(nrow(both$v2), 0)
  expect_identical(both$v4, both$v2)
  copy <- withr::local_tempdir()
  copied <- function() {
    AmoSync(auth, copy, tables = "contacts")
    AmoDuplicates(list(
      contacts = AmoRead(copy, "contacts"),
      contacts_custom_fields = AmoRead(copy, "contacts_custom_fields")
    ))
  }
  expect_identical(copied(), both$v2)
  first <- both$v2$id[both$v2$group == 1]
  AmoSandboxChange(auth, "trash", "contact", id = first[-1])
  expect_false(any(first %in% copied()$id))
  expect_identical(copied(), AmoDuplicates(AmoContacts(auth)))
})

test_that("contacts of two accounts are no duplicates", {
  people <- people_with(c("1" = "+79123456789", "2" = "+79123456789"))
  people$contacts$account_id <- c(1, 2)
  people$linked_custom_fields$account_id <- c(1, 2)
  expect_identical(nrow(AmoDuplicates(people)), 0L)
})

test_that("something else than the tables of contacts is an error", {
  for (wrong in list(NULL, 1, data.frame(), list(), list(leads = data.frame()))) {
    expect_error(AmoDuplicates(wrong), "AmoContacts", class = "amocrm_error_input")
  }
})

test_that("contacts without their custom fields are refused by name", {
  contacts <- list(contacts = data.frame(id = 1))
  expect_error(AmoDuplicates(contacts), "custom fields", class = "amocrm_error_input")
})
