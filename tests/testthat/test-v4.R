# The same account through both APIs, column by column (vignette "v2-v4").

account <- AmoSandbox(notes = 3000, access = "token")

read_with <- function(api, ...) {
  withr::local_options(amocrm.api = api)
  AmoNotes(account, ...)
}

# Types that v4 keeps as events, those of them without the id of a note, and
# those that it keeps nowhere.
event_types <- c("1", "2", "3", "12", "13", "14", "17", "22", "26", "27")
types_without_id <- c("3", "14", "17", "26", "27")
lost_types <- c("6", "7", "8", "9")
texts_known <- c("1", "2", "4", "5", "12", "13", "22", "25", "34", "102", "103")

#' Columns of v2 that v4 can't know, for a type
unknown_columns <- function(type) {
  c(
    if (type %in% event_types) c("responsible_user_id", "group_id"),
    if (type %in% types_without_id) "id",
    if (!type %in% texts_known) "text",
    switch(type,
      "3" = c("params_TEXT", "params_LOSS_REASON_ID"),
      "10" = ,
      "11" = c("params_FROM", "params_from", "params_text", "params_extinfo_ext",
               "params_extinfo_queue"),
      "15" = "params_version"
    )
  )
}

#' What tells notes apart in both APIs
note_key <- function(notes) {
  paste(notes$element_id, as.numeric(notes$created_at), notes$created_by, notes$element_type)
}

#' SMS written by some integrations have other names in v2
same_sms_names <- function(notes) {
  for (name in c("text", "phone")) {
    upper <- paste0("params_", toupper(name))
    lower <- paste0("params_", name)
    notes[[lower]] <- ifelse(is.na(notes[[lower]]), notes[[upper]], notes[[lower]])
    notes[[upper]] <- NULL
  }
  notes
}

#' Rows of one type, from both APIs, in the same order
both <- function(v2, v4, type) {
  old <- v2[v2$note_type == type, ]
  new <- v4[v4$note_type == type, ]
  expect_identical(nrow(new), nrow(old), info = type)
  list(old = old, new = new[match(note_key(old), note_key(new)), ])
}

expect_same_type <- function(v2, v4, type) {
  rows <- both(v2, v4, type)
  if (type %in% c("102", "103")) rows <- lapply(rows, same_sms_names)
  unknown <- unknown_columns(type)
  # Events don't change, and v2's notes of them hardly do.
  moment <- if (type %in% event_types) "updated_at"
  for (column in setdiff(names(rows$old), c(unknown, moment))) {
    if (all(is.na(rows$old[[column]]))) next
    expect_identical(rows$new[[column]], rows$old[[column]], info = paste(type, column))
  }
  for (column in intersect(unknown, names(rows$new))) {
    expect_true(all(is.na(rows$new[[column]])), info = paste(type, column))
  }
  if (type %in% event_types) {
    expect_identical(rows$new$updated_at, rows$new$created_at, info = type)
    expect_match(rows$new$event_id, "^[0-9a-z]{26}$")
    expect_false(anyNA(rows$new$event_type), info = type)
  }
}

for (kind in c("lead", "contact", "company", "customer", "task")) {
  test_that(paste("notes of a", kind, "are equal in every column that v4 can know"), {
    v2 <- read_with("v2", kind)
    v4 <- read_with("v4", kind)
    expect_identical(names(v4)[1:13], base_columns)
    expect_identical(utils::tail(names(v4), 2), c("event_type", "event_id"))
    expect_identical(lapply(v4[base_columns], class), lapply(v2[base_columns], class))
    types <- setdiff(unique(v2$note_type), lost_types)
    expect_setequal(unique(v4$note_type), types)
    for (type in types) expect_same_type(v2, v4, type)
  })
}

test_that("each type alone gives the same rows as among all", {
  all <- read_with("v4", "lead")
  for (type in unique(all$note_type)) {
    alone <- read_with("v4", "lead", note_type = type)
    expect_identical(note_key(alone), note_key(all[all$note_type == type, ]), info = type)
  }
})

test_that("a type that v4 keeps nowhere gives no rows and a warning that says so", {
  for (type in c(6, 7, 8, 9, 99, 104, 777)) {
    expect_warning(
      expect_warning(notes <- read_with("v4", "lead", note_type = type), "zero rows"),
      paste("no notes of type", type),
      class = "amocrm_warning_no_source"
    )
    expect_identical(names(notes), base_columns)
  }
})

test_that("rows are ordered by time, then id", {
  notes <- read_with("v4", "lead")
  expect_identical(order(notes$created_at, notes$id), seq_len(nrow(notes)))
})

test_that("filters select the same rows in both APIs", {
  v2 <- read_with("v2", "lead")
  some <- unique(v2$element_id)[1:15]
  since <- sort(v2$created_at)[[2500]]
  kept <- v2[!v2$note_type %in% lost_types, ]
  of_some <- kept[kept$element_id %in% some, ]
  expect_warning(found <- read_with("v4", "lead", element_id = some),
                 class = "amocrm_warning_no_chats")
  expect_setequal(note_key(found), note_key(of_some[of_some$note_type != "17", ]))
  expect_setequal(
    note_key(read_with("v4", "lead", element_id = some, note_type = 17)),
    note_key(of_some[of_some$note_type == "17", ])
  )
  contacts <- read_with("v2", "contact")
  writers <- unique(contacts$element_id[contacts$note_type == "17"])[1:12]
  expect_setequal(
    note_key(read_with("v4", "contact", element_id = writers)),
    note_key(contacts[contacts$element_id %in% writers & !contacts$note_type %in% lost_types, ])
  )
  notes <- kept[!kept$note_type %in% event_types, ]
  types <- unique(notes$note_type)
  expect_setequal(
    read_with("v4", "lead", note_type = types, if_modified_since = since)$id,
    notes$id[notes$updated_at >= since]
  )
  expect_setequal(
    note_key(read_with("v4", "lead", note_type = 3, if_modified_since = format(since))),
    note_key(kept[kept$note_type == "3" & kept$created_at >= since, ])
  )
})

test_that("ids find notes, and those that only events name", {
  v2 <- read_with("v2", "lead")
  calls <- v2$id[v2$note_type == "10"][1:5]
  created <- v2$id[v2$note_type == "1"][1:5]
  expect_identical(read_with("v4", "lead", id = calls)$id, calls)
  expect_setequal(read_with("v4", "lead", id = c(calls, created), note_type = 4)$id,
                  c(calls, created))
  results <- read_with("v2", "task")[1:3, ]
  found <- read_with("v4", "task", id = results$id)
  expect_identical(found$text, results$text)
})

test_that("a small limit makes no difference", {
  expect_identical(
    read_with("v4", "lead", note_type = 3, limit = 30),
    read_with("v4", "lead", note_type = 3)
  )
})

test_that("all four kinds come in one call", {
  notes <- AmoNotes(AmoSandbox(notes = 50, access = "token", v2 = FALSE), all = TRUE)
  expect_named(notes, c("contact_notes", "lead_notes", "company_notes", "task_notes"))
  expect_true(all(vapply(notes, nrow, 0L) > 0))
})

test_that("chat messages have their messenger, their talk, their contact and their direction", {
  chats <- read_with("v4", "lead", note_type = 17)
  expect_setequal(
    chats$event_type, c("incoming_chat_message", "outgoing_chat_message")
  )
  expect_true(all(chats$params_origin %in% c(
    "telegram", "com.amocrm.amocrmwa", "instagram_business"
  )))
  expect_match(chats$params_talk_id, "^[0-9]+$")
  expect_match(chats$linked_talk_contact_id, "^[0-9]+$")
  moves <- read_with("v4", "lead", note_type = 3)
  expect_identical(unique(moves$event_type), "lead_status_changed")
  expect_false(any(grepl("entity|lead_status", names(moves))))
})

test_that("what an event tells besides has columns, also for an entity in the plural", {
  auth <- AmoSandbox(notes = 0, access = "token", v2 = FALSE, faults = list(list(
    path = "/api/v4/events", nth = c(1, Inf), action = "body", body = paste0(
      '{"_embedded":{"events":[{"id":"e","type":"lead_status_changed","entity_id":5,',
      '"entity_type":"leads","created_at":1,',
      '"value_after":[{"lead_status":{"id":142,"name":"won"}}],',
      '"value_before":[{"lead_status":{"id":7,"name":"new"}}],',
      '"_embedded":{"entity":{"id":5,"name":"a lead"}}}]}}'
    )
  )))
  notes <- AmoNotes(auth, "lead", note_type = 3)
  expect_identical(notes$element_type, "lead")
  expect_identical(as.list(notes[14:20]), list(
    params_STATUS_NEW = "142", params_STATUS_OLD = "7", params_lead_status_name = "won",
    params_old_lead_status_name = "new", params_entity_name = "a lead",
    event_type = "lead_status_changed", event_id = "e"
  ))
})

test_that("several telephones of a call have v2's names, numbered", {
  auth <- AmoSandbox(notes = 0, access = "token", v2 = FALSE, faults = list(list(
    path = "/api/v4/contacts/notes", nth = c(1, Inf), action = "body", body = paste0(
      '{"_embedded":{"notes":[{"id":1,"entity_id":5,"created_at":1,"updated_at":1,',
      '"note_type":"call_in","params":{"uniq":["a","b"],"phone":["+1"],"link":{"id":"z"}}}]}}'
    )
  )))
  expect_identical(as.list(AmoNotes(auth, "contact", note_type = 10)[14:17]), list(
    params_UNIQ1 = "a", params_UNIQ2 = "b", params_PHONE = "+1", params_LINK_id = "z"
  ))
})

test_that("an account of Kommo has no customers, and its created leads an English text", {
  kommo <- AmoSandbox(notes = 50, access = "token", v2 = FALSE, kommo = TRUE)
  expect_warning(
    expect_warning(notes <- AmoNotes(kommo, c("lead", "customer")), "zero rows"),
    "no customers",
    class = "amocrm_warning_no_customers"
  )
  expect_identical(nrow(notes$customer_notes), 0L)
  expect_warning(
    expect_warning(alone <- AmoNotes(kommo, "customer"), "zero rows"),
    class = "amocrm_warning_no_customers"
  )
  expect_identical(names(alone), base_columns)
})

test_that("the zone comes from the account", {
  omsk <- AmoSandbox(notes = 10, access = "token", v2 = FALSE, timezone = "Asia/Omsk")
  expect_identical(attr(AmoNotes(omsk, "lead")$created_at, "tzone"), "Asia/Omsk")
})

test_that("the summary says which API was used", {
  withr::local_options(amocrm.quiet = FALSE)
  expect_message(AmoNotes(account, "lead"), "(API v2)", fixed = TRUE)
  expect_message(
    AmoNotes(AmoSandbox(notes = 10, access = "token", v2 = FALSE), "lead"), "(API v4)",
    fixed = TRUE
  )
})

test_that("API v4 takes no API key, and an unknown API is an input error", {
  withr::local_options(amocrm.api = "v4")
  expect_error(AmoNotes(AmoSandbox(notes = 1)), "access_token", class = "amocrm_error_input")
  withr::local_options(amocrm.api = "v3")
  expect_error(AmoNotes(account), "amocrm.api", class = "amocrm_error_input")
})
