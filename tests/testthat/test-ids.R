# Ids in any form: integer or double, as text, with zeros in front.

large <- c(1e5, 1e6, 2e8, 5e9)

test_that("ids are the same digits in any form", {
  expect_identical(id_digits(c("007", "0", "00", " 12 ", "1e+05", "5e+09")),
                   c("7", "0", "0", "12", "100000", "5000000000"))
  expect_identical(id_digits(as.character(large)), id_digits(large))
  expect_identical(id_digits(factor("007")), "7")
  expect_identical(id_digits(c("1e5", "x01", "-01", "0.5")), c("1e5", "x01", "-01", "0.5"))
})

test_that("rows are told apart by integers and doubles alike", {
  for (ids in list(1e5, 1e6, c(1e5, 1e6), 99999:100001)) {
    whole <- as.integer(ids)
    expect_identical(key_texts(list(1, as.double(ids))), key_texts(list(1L, whole)))
    expect_identical(
      match_ids(list(whole, whole), list(as.double(ids), as.double(ids))), seq_along(ids)
    )
  }
  expect_identical(anyDuplicated(key_texts(list(large, rev(large)))), 0L)
})

test_that("events of an entity or a user are found by ids with zeros in front", {
  auth <- AmoSandbox(notes = 200, access = "token", v2 = FALSE)
  lead <- AmoEvents(auth, type = "lead_added")$entity_id[[1]]
  read <- function(id) AmoEvents(auth, type = "lead_added", entity = "lead", entity_id = id)
  expect_identical(nrow(read(lead)), 1L)
  expect_identical(read(paste0("0", lead)), read(lead))
  robot <- AmoEvents(auth, created_by = 0)
  expect_gt(nrow(robot), 1)
  expect_identical(AmoEvents(auth, created_by = "00"), robot)
  won <- AmoEvents(auth, value_after = list(status_id = 142))
  expect_identical(AmoEvents(auth, value_after = list(status_id = "0142")), won)
  expect_identical(check_event_entity(c("catalog_012", "catalog_12", "lead")),
                   c("catalog_12", "lead"))
  expect_identical(check_event_type("custom_field_070_value_changed"),
                   "custom_field_70_value_changed")
  pipelines <- AmoPipelinesStatuses(auth)
  expect_identical(check_pipeline(paste0("0", pipelines$pipeline_id[[1]]), pipelines),
                   pipelines$pipeline_id[[1]])
})

test_that("a contact of an account is the one of its fields, whatever the type of its id", {
  people <- data.frame(
    account_id = c(1, 5e9, 1e5), id = large[1:3], name = c("a", "b", "c"),
    responsible_user_id = 5L, created_at = .POSIXct(1:3, "UTC")
  )
  fields <- data.frame(
    account_id = c(1L, 100000L), id = c(100000L, 200000000L), custom_field_id = 9L,
    custom_field_name = "Phone", custom_field_value_id = 1L,
    custom_field_value = c("+79123456789", "+79123456788")
  )
  fields <- rbind(fields, transform(fields, custom_field_value = "+79123456780"))
  expect_identical(contact_values(fields, people)$person, c(1L, 3L, 1L, 3L))
})

test_that("a price belongs to its element, whatever the type of its id", {
  for (id in c(1e5, 1e6, 5e9)) {
    links <- data.frame(
      to_entity_id = c(id, 5e9 + 1), to_entity_type = "catalog_element", price_id = c(3e5, NA)
    )
    fields <- data.frame(
      id = c(id, id, 5e9 + 1), custom_field_id = c(300000L, 300001L, 300000L),
      custom_field_code = c(NA, "PRICE", "PRICE"), custom_field_value = c("1", "2", "3")
    )
    if (id < 2e9) fields$id[3] <- 7
    if (id < 2e9) fields$id <- as.integer(fields$id)
    expect_identical(price_texts(links, fields)[[1]], "1", info = id)
  }
})

test_that("a lead that was read is not taken for one of which only events are left", {
  events <- data.frame(
    account_id = 1e5, entity_id = c(1e5, 5e9), type = "lead_added", created_by = 0,
    created_at = .POSIXct(1:2, "UTC")
  )
  leads <- data.frame(account_id = 100000L, id = 100000L)
  expect_identical(vanished_leads(events, leads, Inf)$id, 5e9)
})

test_that("moves of one moment are put in a chain, whatever the types of their stages", {
  moves <- data.frame(
    lead = 1L, at = c(1, 1), pipeline_before = 100000L, pipeline_after = 1e5,
    status_before = c(200000L, 100000L), status_after = c(3e5, 2e5)
  )
  # The second one comes first.
  expect_identical(in_chains(moves)$status_after, c(2e5, 3e5))
})

test_that("numbers are decimal", {
  expect_identical(
    decimals(c("12", "-1.5", "+.5", "5.", "1e3", " 7 ")), c(12, -1.5, 0.5, 5, 1000, 7)
  )
  expect_identical(
    decimals(c("0x10", "1L", "Inf", "1e999", "", NA, "1 2")), rep(NA_real_, 7)
  )
  expect_identical(id_numbers(c("16", "0x10")), c(16, NA))
  expect_identical(read_values(c("16", "0x10"), "number", "UTC"), c(16, NA))
})
