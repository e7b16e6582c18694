# AmoEvents() and AmoEventTypes() on sandboxes. What single values become is in
# src/rust/client/src/endpoints/events/rows.rs, recorded shapes in test-fixtures.R.

account <- function(...) AmoSandbox(..., access = "token", v2 = FALSE)
auth <- account(notes = 200)
events <- AmoEvents(auth)

base_events <- c(
  "id", "type", "type_label", "type_label_ru", "entity_type", "entity_id", "created_by",
  "created_at",
  paste0(c("after_", "before_"), rep(c(
    "status_id", "pipeline_id", "sale", "responsible_user_id", "field_id", "field_value", "tag",
    "entity_type", "entity_id", "note_id", "talk_id"
  ), each = 2)),
  "account_id"
)

same_events <- function(found, expected) {
  expect_gt(nrow(expected), 0)
  expect_identical(found$id, expected$id)
  filled <- intersect(names(found), names(expected))
  expect_identical(found[filled], `rownames<-`(expected[filled], NULL))
}

test_that("every event is a row, in order of time and id, with the base columns first", {
  expect_s3_class(events, "data.frame", exact = TRUE)
  expect_identical(names(events)[seq_along(base_events)], base_events)
  expect_identical(order(events$created_at, events$id, method = "radix"), seq_len(nrow(events)))
  expect_identical(anyDuplicated(events$id), 0L)
  expect_gt(nrow(events), 1000)
  expect_setequal(events$entity_type, c("lead", "contact", "company", "customer", "task"))
})

test_that("ids and sums are numbers, moments POSIXct of the account's zone, the rest text", {
  types <- vapply(events, function(column) class(column)[[1]], "")
  explained <- AmoColumns("events")
  expect_identical(explained$column[seq_along(base_events)], base_events)
  known <- intersect(explained$column, names(events))
  expect_identical(unname(types[known]), explained$type[match(known, explained$column)])
  unknown <- setdiff(names(events), known)
  expect_match(unknown, "_tag[2-9]$")
  expect_identical(attr(events$created_at, "tzone"), "Europe/Moscow")
})

test_that("a table without rows has the base columns with their types, and a warning", {
  expect_warning(
    none <- AmoEvents(auth, from = "2030-01-01"), "zero rows",
    class = "amocrm_warning_zero_rows"
  )
  expect_identical(none, events[0, base_events])
})

test_that("labels are in both languages and follow the type", {
  types <- AmoEventTypes()
  place <- match(events$type, types$type)
  expect_false(anyNA(place))
  expect_identical(events$type_label, types$label[place])
  expect_identical(events$type_label_ru, types$label_ru[place])
})

test_that("changes of a lead are told with what was there before and after", {
  own <- account(notes = 0)
  lead <- AmoLeads(own)$leads[1, ]
  moved <- AmoSandboxChange(own, "move", "lead", id = lead$id)
  assigned <- AmoSandboxChange(own, "assign", "lead", id = lead$id)
  trashed <- AmoSandboxChange(own, "trash", "lead", id = lead$id)
  type <- c("lead_status_changed", "entity_responsible_changed", "lead_deleted")
  told <- AmoEvents(own, entity = "lead", type = type)
  expect_setequal(told$type, type)
  # All of them happened within a second.
  told <- told[match(type, told$type), ]
  expect_identical(told$entity_id, rep(lead$id, 3))
  expect_identical(as.numeric(told$created_at), as.numeric(c(moved$at, assigned$at, trashed$at)))
  expect_identical(told$before_status_id, c(lead$status_id, NA, NA))
  expect_identical(told$before_pipeline_id, c(lead$pipeline_id, NA, NA))
  expect_identical(told$before_responsible_user_id, c(NA, lead$responsible_user_id, NA))
  expect_false(is.na(told$after_status_id[[1]]))
  expect_false(told$after_responsible_user_id[[2]] == lead$responsible_user_id)
})

test_that("events that notes show name these notes", {
  notes <- AmoNotes(auth, "lead", note_type = "call_in")
  calls <- AmoEvents(auth, type = "incoming_call", entity = "lead")
  expect_setequal(calls$after_note_id, notes$id)
  expect_identical(notes$element_id[match(calls$after_note_id, notes$id)],
                   as.character(calls$entity_id))
})

test_that("filters give the rows that match", {
  type <- c("lead_added", "outgoing_call")
  same_events(AmoEvents(auth, type = type), events[events$type %in% type, ])
  user <- events$created_by[events$created_by > 0][[1]]
  same_events(AmoEvents(auth, created_by = user), events[events$created_by == user, ])
  same_events(AmoEvents(auth, created_by = c(0, user)),
              events[events$created_by %in% c(0, user), ])
  from <- events$created_at[[300]]
  to <- events$created_at[[500]]
  within <- events$created_at >= from & events$created_at <= to
  same_events(AmoEvents(auth, from = from, to = to), events[within, ])
  same_events(AmoEvents(auth, from = format(from), to = format(to)), events[within, ])
  for (entity in list("task", "lead", c("company", "customer"))) {
    same_events(AmoEvents(auth, entity = entity), events[events$entity_type %in% entity, ])
  }
  ids <- events$id[c(5, 200, 90)]
  same_events(AmoEvents(auth, id = rev(ids)), events[c(5, 90, 200), ])
  none <- suppressWarnings(AmoEvents(auth, id = c(ids, "01nowhere"), type = "horoscope"))
  expect_identical(nrow(none), 0L)
})

test_that("any number of entities can be asked for, messages of single leads only by type", {
  is_chat <- grepl("_chat_message$", events$type)
  of_leads <- events[events$entity_type == "lead", ]
  ids <- unique(of_leads$entity_id)
  expect_warning(
    found <- AmoEvents(auth, entity = "lead", entity_id = ids), "chat messages",
    class = "amocrm_warning_no_chats"
  )
  same_events(found, events[events$entity_type == "lead" & !is_chat, ])
  tasks <- events[events$entity_type == "task", ]
  expect_gt(length(unique(tasks$entity_id)), 100)
  same_events(AmoEvents(auth, entity = "task", entity_id = unique(tasks$entity_id)), tasks)
  chats <- events[is_chat & events$entity_type == "lead", ]
  one <- chats$entity_id[chats$type == "incoming_chat_message"][[1]]
  same_events(
    AmoEvents(auth, entity = "lead", entity_id = one, type = "incoming_chat_message"),
    chats[chats$entity_id == one & chats$type == "incoming_chat_message", ]
  )
  contact <- chats$linked_talk_contact_id[[1]]
  expect_silent(found <- AmoEvents(auth, entity = "contact", entity_id = contact))
  expect_true(all(chats$id[chats$linked_talk_contact_id == contact] %in% found$id))
})

test_that("events are found by what was there before and after", {
  moves <- events[events$type == "lead_status_changed", ]
  won <- moves$after_status_id == 142
  same_events(AmoEvents(auth, value_after = list(status_id = 142)), moves[won, ])
  pipeline <- moves$after_pipeline_id[won][[1]]
  of_pipeline <- moves$after_pipeline_id == pipeline
  same_events(AmoEvents(auth, value_after = list(pipeline_id = pipeline)), moves[of_pipeline, ])
  same_events(
    AmoEvents(auth, value_after = list(status_id = c(142, 143), pipeline_id = pipeline)),
    moves[of_pipeline & moves$after_status_id %in% 142:143, ]
  )
  first <- moves[1, ]
  same_events(
    AmoEvents(auth,
              value_before = list(status_id = first$before_status_id),
              value_after = list(status_id = first$after_status_id)),
    moves[moves$before_status_id == first$before_status_id &
            moves$after_status_id == first$after_status_id, ]
  )
  assigned <- events[events$type == "entity_responsible_changed", ]
  user <- assigned$after_responsible_user_id[[1]]
  same_events(AmoEvents(auth, value_after = list(responsible_user_id = user)),
              assigned[assigned$after_responsible_user_id == user, ])
  prices <- events[events$type == "sale_field_changed", ]
  price <- prices$after_sale[[1]]
  same_events(AmoEvents(auth, type = "sale_field_changed", value_after = list(value = price)),
              prices[prices$after_sale == price, ])
  big <- structure(price * 2^-1074, class = "integer64")
  same_events(AmoEvents(auth, type = "sale_field_changed", value_after = list(value = big)),
              prices[prices$after_sale == price, ])
  # Few fields have choices.
  many <- account(notes = 1000)
  changes <- AmoEvents(many, type = "custom_field_value_changed")
  chosen <- changes[!is.na(changes$after_enum_id), ]
  type <- sprintf("custom_field_%d_value_changed", chosen$after_field_id[[1]])
  same_events(AmoEvents(many, type = type, value_after = list(enum_id = chosen$after_enum_id[[1]])),
              chosen[chosen$after_enum_id == chosen$after_enum_id[[1]], ])
})

test_that("the type of a single field gives its changes beside other types", {
  changes <- events[events$type == "custom_field_value_changed", ]
  field <- changes$after_field_id[[1]]
  type <- c(sprintf("custom_field_%d_value_changed", field), "lead_added")
  same_events(
    AmoEvents(auth, type = type),
    events[events$type == "lead_added" |
             (events$type == "custom_field_value_changed" & events$after_field_id %in% field), ]
  )
})

test_that("what can't be right is an input error before anything is sent", {
  before <- nrow(sandbox_requests(auth))
  refused <- function(argument, pattern, ...) {
    error <- expect_error(AmoEvents(auth, ...), pattern, class = "amocrm_error_input")
    expect_identical(error$argument, argument)
  }
  refused("type", "element 2 is \"Lead added\"", type = c("lead_added", "Lead added"))
  refused("type", "AmoEventTypes", type = 1)
  refused("entity", "\"catalog_<id>\", or NULL, not \"leads\"", entity = "leads")
  refused("entity_id", "exactly one `entity`", entity_id = 5)
  refused("entity_id", "exactly one", entity = c("lead", "task"), entity_id = 5)
  refused("entity_id", "whole numbers", entity = "lead", entity_id = "five")
  refused("created_by", "AmoUsers", created_by = "Anna")
  refused("from", "must be a time", from = "yesterday")
  refused("id", "as text", id = 5)
  refused("value_after", "named list", value_after = 142)
  refused("value_after", "named list", value_after = list(142))
  refused("value_after", "named list", value_after = list(stage = 142))
  refused("value_before", "named list", value_before = list(status_id = 1, value = 2))
  refused("value_after$status_id", "whole numbers", value_after = list(status_id = "won"))
  refused("value_after", "one `pipeline_id`",
          value_after = list(status_id = 1:3, pipeline_id = 1:2))
  refused("value_after", "\"lead_status_changed\"", type = "lead_added",
          value_after = list(status_id = 142))
  refused("value_after", "exactly one `type`", type = c("lead_added", "lead_status_changed"),
          value_after = list(status_id = 142))
  refused("value_before", "\"custom_field_<id>_value_changed\"", value_before = list(enum_id = 5))
  refused("value_before", "\"sale_field_changed\"", value_before = list(value = 5))
  refused("value_before$value", "single number or text", type = "sale_field_changed",
          value_before = list(value = 1:2))
  refused("value_after$value", "single number or text", type = "sale_field_changed",
          value_after = list(value = Inf))
  refused("value_after", "\"entity_responsible_changed\"", value_before = list(status_id = 142),
          value_after = list(responsible_user_id = 5))
  refused("value_after", paste(
    "`value_before` with `responsible_user_id` and `value_after` with `status_id` belong to",
    "events of different types: \"entity_responsible_changed\" and \"lead_status_changed\","
  ), value_after = list(status_id = 142), value_before = list(responsible_user_id = 5))
  expect_identical(nrow(sandbox_requests(auth)), before)
})

test_that("a type that is not known is requested, with a warning", {
  withr::local_options(amocrm.zero_rows = "silent")
  expect_warning(AmoEvents(auth, type = c("lead_added", "horoscope")), "horoscope$",
                 class = "amocrm_warning_unknown_type")
  expect_silent(AmoEvents(auth, type = "custom_field_7_value_changed"))
})

test_that("API v2 has no events", {
  expect_error(AmoEvents(AmoSandbox()), "only API v4", class = "amocrm_error_input")
  expect_error(AmoEventTypes(AmoSandbox()), "only API v4", class = "amocrm_error_input")
  withr::local_options(amocrm.api = "v2")
  expect_error(AmoEvents(auth), "amocrm.api", class = "amocrm_error_input")
})

test_that("an account without customers has no events of them, and a token may lack rights", {
  kommo <- AmoSandbox(notes = 20, access = "token", v2 = FALSE, kommo = TRUE)
  withr::local_options(amocrm.zero_rows = "silent")
  expect_warning(none <- AmoEvents(kommo, entity = "customer"),
                 class = "amocrm_warning_no_customers")
  expect_identical(nrow(none), 0L)
  problem <- "{\"title\":\"Forbidden\",\"status\":403,\"detail\":\"Not enough rights\"}"
  refusal <- list(path = "/events", nth = c(1, Inf), status = 403, body = problem,
                  headers = c("Content-Type" = "application/problem+json"))
  forbidden <- account(notes = 20, faults = list(refusal))
  expect_error(AmoEvents(forbidden), class = "amocrm_error_forbidden")
})

test_that("rows received before an error are in the error, with their labels", {
  gone <- list(path = "/events?page=4&", nth = c(1, Inf), status = 401)
  broken <- account(notes = 200, faults = list(gone))
  error <- expect_error(AmoEvents(broken), class = "amocrm_error")
  expect_gt(nrow(error$partial), 100)
  same_events(error$partial, events[events$id %in% error$partial$id, ])
})

test_that("a changing account neither loses nor doubles events", {
  change <- list(path = "/events?page=", action = "change", rows = 10, nth = 2:6)
  living <- account(notes = 200, faults = list(change))
  found <- AmoEvents(living)
  expect_identical(setdiff(events$id, found$id), character())
  expect_identical(anyDuplicated(found$id), 0L)
  later <- AmoEvents(living)
  expect_gt(nrow(later), nrow(events))
  expect_identical(setdiff(found$id, later$id), character())
})

test_that("the types are labelled in both languages, and tell columns that events fill", {
  types <- AmoEventTypes()
  expect_named(types, c("type", "label", "label_ru", "after", "before"))
  expect_identical(AmoColumns("event_types")$column, names(types))
  expect_gt(nrow(types), 70)
  expect_identical(anyDuplicated(types$type), 0L)
  expect_true(all(nzchar(types$label)) && !any(grepl("[\u0400-\u04ff]", types$label)))
  expect_true(all(grepl("[\u0430-\u044f]", types$label_ru)))
  named <- unlist(strsplit(stats::na.omit(c(types$after, types$before)), ", "))
  expect_true(all(named %in% AmoColumns("events")$column))
  for (side in c("after", "before")) {
    columns <- grep(paste0("^", side, "_.*[a-z]$"), names(events), value = TRUE)
    for (type in unique(events$type)) {
      rows <- events[events$type == type, columns]
      filled <- names(rows)[vapply(rows, function(column) !all(is.na(column)), NA)]
      possible <- strsplit(types[[side]][types$type == type], ", ")[[1]]
      expect_identical(setdiff(filled, possible), character(), info = type)
    }
  }
})

test_that("the types of an account have its words for what the package does not know", {
  types <- AmoEventTypes(auth)
  known <- AmoEventTypes()
  expect_named(types, names(known))
  expect_identical(anyNA(types$label) || anyNA(types$label_ru), FALSE)
  both <- intersect(types$type, known$type)
  expect_identical(`rownames<-`(types[match(both, types$type), ], NULL),
                   `rownames<-`(known[match(both, known$type), ], NULL))
  field <- grep("^custom_field_[0-9]+_value_changed$", types$type)
  expect_gt(length(field), 5)
  general <- known[known$type == "custom_field_value_changed", ]
  expect_identical(unique(types$after[field]), general$after)
  expect_true(all(types$label_ru[field] != general$label_ru))
  body <- paste0("{\"_embedded\":{\"events_types\":[",
                 "{\"key\":\"horoscope\",\"type\":7,\"lang\":\"Stars\"}]}}")
  new <- list(path = "/events/types", nth = c(1, Inf), action = "body", body = body)
  found <- AmoEventTypes(account(faults = list(new)))
  expect_identical(found, data.frame(
    type = "horoscope", label = "Stars", label_ru = "Stars", after = NA_character_,
    before = NA_character_
  ))
})

test_that("an event that does not tell its time comes last", {
  event <- paste0('{"id":"%s","type":"lead_added","entity_id":1,"entity_type":"lead",',
                  '"created_by":0,"created_at":%s}')
  rows <- sprintf(event, c("a", "b", "c"), c("null", "1700000000", "1700000001"))
  body <- sprintf('{"_page":1,"_embedded":{"events":[%s]}}', paste(rows, collapse = ","))
  found <- AmoEvents(account(faults = list(
    list(path = "/events?", nth = c(1, Inf), action = "body", body = body)
  )))
  expect_identical(found$id, c("b", "c", "a"))
  expect_identical(is.na(found$created_at), c(FALSE, FALSE, TRUE))
})

test_that("no ids have no events, and a time can't end before it begins", {
  asked <- nrow(sandbox_requests(auth))
  for (read in list(
    function() AmoEvents(auth, id = character()),
    function() AmoEvents(auth, type = character()),
    function() AmoEvents(auth, created_by = integer()),
    function() AmoEvents(auth, entity = "lead", entity_id = integer())
  )) {
    told <- testthat::capture_warnings(none <- read())
    expect_length(told, 1)
    expect_identical(dim(none), c(0L, length(base_events)))
    expect_s3_class(none$created_at, "POSIXct")
  }
  expect_error(AmoEvents(auth, from = "2026-01-02", to = "2026-01-01"), "must not be later",
               class = "amocrm_error_input")
  expect_identical(nrow(sandbox_requests(auth)), asked)
})

test_that("a member that is called like a label is beside it", {
  event <- data.frame(id = "a", type = "lead_added", type_label = "x", entity_id = 5L)
  labelled <- label_events(event)
  expect_identical(names(labelled), c(
    "id", "type", "type_label", "type_label_ru", "type_label_1", "entity_id"
  ))
  expect_identical(labelled$type_label_1, "x")
})
