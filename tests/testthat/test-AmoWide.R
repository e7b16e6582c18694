# One row a card: hand-made cards whose columns are known, and the long tables as an oracle.

#' The cards of an account that serves this JSON array of leads over API v4
cards_of_v4 <- function(cards, zone = "Europe/Moscow") {
  body <- function(path, text) list(path = path, nth = c(1, Inf), action = "body", body = text)
  AmoLeads(AmoSandbox(
    notes = 0, leads = 0, contacts = 0, companies = 0, customers = 0, access = "token", v2 = FALSE,
    timezone = zone,
    faults = list(body("/api/v4/leads?page=1&", sprintf('{"_embedded":{"leads":%s}}', cards)))
  ))
}

#' The same over API v2
cards_of_v2 <- function(cards, zone = "Europe/Moscow") {
  AmoLeads(AmoSandbox(notes = 0, items = list(leads = cards), timezone = zone))
}

#' A list as AmoLeads() returns it: cards 1, 2 ... and rows of id, field, value, part
cards <- function(number, ..., extra = data.frame(id = seq_len(number))) {
  rows <- data.frame(..., stringsAsFactors = FALSE)
  none <- function(name) if (is.null(rows[[name]])) rep(NA, nrow(rows)) else rows[[name]]
  list(leads = extra, linked_custom_fields = data.frame(
    id = rows$id, custom_field_id = rows$field,
    custom_field_name = if (is.null(rows$name)) sprintf("f%s", rows$field) else rows$name,
    custom_field_value_id = as.integer(none("option")), custom_field_value = rows$value,
    custom_field_value_subtype = as.character(none("part"))
  ))
}

defined <- function(id, type, name = paste0("f", id), code = NA_character_) {
  data.frame(id = id, name = name, code = code, type = type)
}

test_that("each field is a column of its type, by v4's words and by v2's codes", {
  x <- cards(
    3, id = c(2, 2, 2, 1, 3, 2), field = 1:6,
    value = c(
      "12.5", "1", "2020-04-17 00:00:00", "2020-04-17 13:30:00", "007", "1990-05-01 00:00:00"
    ),
    extra = data.frame(id = 1:3, created_at = .POSIXct(0, tz = "Asia/Omsk"))
  )
  words <- defined(1:6, c("numeric", "checkbox", "date", "date_time", "text", "birthday"))
  codes <- data.frame(
    id = 1:6, name = words$name, code = NA, field_type = c(2L, 3L, 6L, NA, 1L, 14L),
    type = c(NA, NA, NA, "date_time", NA, NA)
  )
  for (fields in list(words, codes)) {
    wide <- AmoWide(x, fields = fields)
    expect_s3_class(wide, "data.frame", exact = TRUE)
    expect_named(wide, c("id", "created_at", paste0("f", 1:6)))
    expect_identical(wide$f1, c(NA, 12.5, NA))
    expect_identical(wide$f2, c(NA, TRUE, NA))
    expect_identical(wide$f3, as.Date(c(NA, "2020-04-17", NA)))
    expect_identical(
      wide$f4, as.POSIXct(c("2020-04-17 13:30:00", NA, NA), tz = "Asia/Omsk")
    )
    expect_identical(wide$f5, c(NA, NA, "007"))
    expect_identical(wide$f6, as.Date(c(NA, "1990-05-01", NA)))
  }
})

test_that("without definitions the values tell the type, and codes of digits stay text", {
  x <- cards(
    2, id = rep(1:2, 8), field = rep(1:8, each = 2), value = c(
      "12.5", "-3", "007", "12", "1234567890123456", "1", "2020-04-17 00:00:00",
      "2020-04-18 00:00:00", "2020-04-17 00:00:00", "2020-04-18 10:00:00", "1", "yes",
      "2019", "2020", "+7916", "1"
    ), option = c(rep(NA, 12), 5, 6, NA, NA)
  )
  wide <- AmoWide(x)
  expect_identical(wide$f1, c(12.5, -3))
  expect_identical(wide$f2, c("007", "12"))
  expect_identical(wide$f3, c("1234567890123456", "1"))
  expect_identical(wide$f4, as.Date(c("2020-04-17", "2020-04-18")))
  expect_identical(
    wide$f5, as.POSIXct(c("2020-04-17 00:00:00", "2020-04-18 10:00:00"), tz = "UTC")
  )
  expect_identical(wide$f6, c("1", "yes"))
  expect_identical(wide$f7, c("2019", "2020"))
  expect_identical(wide$f8, c("+7916", "1"))
})

test_that("checkboxes are logical in every form that servers write", {
  x <- cards(6, id = 1:5, field = 1, value = c("1", "0", "TRUE", "false", ""))
  expect_no_warning(wide <- AmoWide(x, fields = defined(1, "checkbox")))
  expect_identical(wide$f1, c(TRUE, FALSE, TRUE, FALSE, NA, NA))
})

test_that("what does not fit its type is NA and told with its column", {
  x <- cards(
    3, id = c(1, 2, 3, 1), field = c(1, 1, 1, 2), value = c("12 500,50", "5", "Inf", "2020-02-30")
  )
  warning <- expect_warning(
    wide <- AmoWide(x, fields = defined(1:2, c("numeric", "date"), c("Sum", "Day"))),
    class = "amocrm_warning_unreadable_values"
  )
  expect_match(
    conditionMessage(warning), 'leads$Sum (2): "12 500,50", "Inf"; leads$Day (1): "2020-02-30"',
    fixed = TRUE
  )
  expect_identical(wide$Sum, c(NA, 5, NA))
  expect_identical(wide$Day, as.Date(c(NA, NA, NA)))
})

test_that("several values are joined in their order, or are a list", {
  x <- cards(
    4, id = c(3, 1, 3, 1, 3, 4), field = c(1, 1, 1, 1, 1, 2),
    value = c("a", "x", "b", "y", "c", "1")
  )
  expect_identical(AmoWide(x)$f1, c("x; y", NA, "a; b; c", NA))
  expect_identical(AmoWide(x, sep = "|")$f1, c("x|y", NA, "a|b|c", NA))
  listed <- AmoWide(x, sep = NULL)
  expect_identical(listed$f1, list(c("x", "y"), character(), c("a", "b", "c"), character()))
  expect_identical(listed$f2, c(NA, NA, NA, 1))
  # Of a type with several values the column is a list in any case.
  one <- cards(2, id = 1, field = 1, value = "a")
  expect_identical(
    AmoWide(one, fields = defined(1, "multiselect"), sep = NULL)$f1, list("a", character())
  )
  dates <- cards(
    1, id = c(1, 1), field = 1, value = c("2020-01-02 00:00:00", "2020-01-03 00:00:00")
  )
  expect_identical(AmoWide(dates, sep = NULL)$f1, list(as.Date(c("2020-01-02", "2020-01-03"))))
  expect_identical(AmoWide(dates)$f1, "2020-01-02 00:00:00; 2020-01-03 00:00:00")
})

test_that("parts of a value have columns of their own, as text", {
  x <- cards(
    2, id = c(1, 1, 2, 2, 2), field = c(1, 1, 1, 2, 2), name = c(rep("Firm", 3), rep("Lines", 2)),
    value = c("Ltd", "0123", "Inc", "7", "8"), part = c("name", "vat_id", "name", "sku", "sku")
  )
  wide <- AmoWide(x, fields = defined(1:2, c("legal_entity", "items"), c("Firm", "Lines")))
  expect_identical(wide, data.frame(
    id = 1:2, Firm_name = c("Ltd", "Inc"), Firm_vat_id = c("0123", NA), Lines_sku = c(NA, "7; 8")
  ))
  expect_identical(AmoWide(x), wide)
})

test_that("equal names are told apart by id, whatever else has the name", {
  x <- cards(
    1, id = 1, field = c(11, 12, 13, 14, 15, 15),
    name = c("Source", "Source", "id", "linked_tags", "Address", "Address"),
    value = c("a", "b", "c", "d", "e", "f"), part = c(NA, NA, NA, NA, "city", NA)
  )
  x$linked_tags <- data.frame(id = c(1, 1), tag_id = 1:2)
  expect_identical(AmoWide(x), data.frame(
    id = 1L, Source_11 = "a", Source_12 = "b", id_13 = "c", linked_tags_14 = "d", Address = "f",
    Address_city = "e", linked_tags = 2L
  ))
  x$linked_custom_fields$custom_field_name[5:6] <- "Source_11"
  expect_false(anyDuplicated(names(AmoWide(x))) > 0)
})

test_that("columns are named by name, id or code, and by id without these", {
  x <- cards(1, id = 1, field = c(1, 2, 3), name = c("Phone", NA, ""), value = c("a", "b", "c"))
  fields <- defined(1, "text", "Telephone", "PHONE")
  expect_named(AmoWide(x), c("id", "Phone", "2", "3"))
  expect_named(AmoWide(x, fields = fields), c("id", "Telephone", "2", "3"))
  expect_named(AmoWide(x, "id"), c("id", "1", "2", "3"))
  expect_named(AmoWide(x, "code", fields), c("id", "PHONE", "2", "3"))
  x$linked_custom_fields$custom_field_code <- c("PHONE", NA, "THIRD")
  expect_named(AmoWide(x, names = "code"), c("id", "PHONE", "2", "THIRD"))
})

test_that("defined fields have a column without values, in the order of the definitions", {
  x <- cards(2, id = 1, field = c(9, 2), value = c("z", "1"))
  fields <- defined(c(3, 2, 1), c("date", "numeric", "smart_address"))
  expect_identical(AmoWide(x, fields = fields), data.frame(
    id = 1:2, f3 = as.Date(c(NA, NA)), f2 = c(1, NA), f9 = c("z", NA)
  ))
  nothing <- cards(0, id = numeric(), field = numeric(), value = character())
  expect_identical(AmoWide(nothing, fields = fields), data.frame(
    id = integer(), f3 = as.Date(character()), f2 = numeric()
  ))
  expect_identical(AmoWide(nothing), data.frame(id = integer()))
})

test_that("rows and their order stay, and each linked table is counted", {
  main <- data.frame(id = c(5, 3, 4), name = c("e", "c", "d"), company_id = c(1, NA, 2))
  x <- cards(3, id = c(3, 4, 9), field = 1, value = c("c", "d", "lost"), extra = main)
  x$linked_contacts <- data.frame(id = c(4, 4, 5, 9), contact_id = 1:4)
  x$linked_catalog_elements <- data.frame(id = numeric(), catalog_element_id = numeric())
  expect_identical(AmoWide(x), data.frame(
    main, f1 = c(NA, "c", "d"), linked_contacts = c(1L, 0L, 2L),
    linked_catalog_elements = c(0L, 0L, 0L), linked_companies = c(1L, 0L, 1L)
  ))
})

test_that("dates of a night when the clocks change are those of the account's calendar", {
  # Berlin: no 02:30 on 2025-03-30, two on 2025-10-26. Sao Paulo: no midnight on 2018-11-04.
  days <- c("2025-03-30", "2025-10-26", "2018-11-04")
  seconds <- as.numeric(as.POSIXct(days, tz = "Europe/Berlin"))
  values <- function(format, value) {
    cards <- sprintf(format, seq_along(days), value)
    paste0("[", paste(cards, collapse = ","), "]")
  }
  new <- values(paste0(
    '{"id":%d,"created_at":1700000000,"custom_fields_values":[{"field_id":7,"field_name":"Day",',
    '"field_type":"date","values":[{"value":%.0f}]}]}'
  ), seconds)
  old <- values(paste0(
    '{"id":%d,"created_at":1700000000,"custom_fields":[{"id":7,"name":"Day","is_system":false,',
    '"values":[{"value":"%s 00:00:00"}]}]}'
  ), days)
  fields <- defined(7, "date", "Day")
  expect_identical(
    AmoWide(cards_of_v4(new, "Europe/Berlin"), fields = fields)$Day, as.Date(days)
  )
  for (zone in c("Europe/Berlin", "America/Sao_Paulo")) {
    expect_identical(AmoWide(cards_of_v2(old, zone), fields = fields)$Day, as.Date(days))
  }
  moments <- gsub("00:00:00", "01:59:00", old)
  moments <- AmoWide(
    cards_of_v2(moments, "Europe/Berlin"), fields = defined(7, "date_time", "Day")
  )$Day
  expect_identical(attr(moments, "tzone"), "Europe/Berlin")
  expect_identical(format(moments), paste(days, "01:59:00"))
  expect_identical(as.numeric(moments)[1:2], c(1743296340, 1761436740))
})

# --- Accounts ---------------------------------------------------------------------

#' What a column of AmoWide() must be, from the long table, card by card
long_values <- function(tables, field, part) {
  rows <- tables$linked_custom_fields
  rows <- rows[rows$custom_field_id == field & !is.na(rows$custom_field_value), ]
  rows <- rows[if (is.na(part)) is.na(rows$custom_field_value_subtype)
               else rows$custom_field_value_subtype %in% part, ]
  lapply(tables[[1]]$id, function(id) rows$custom_field_value[rows$id == id])
}

#' Values of a column as the long table writes them
written <- function(column) {
  text <- if (is.logical(column)) {
    as.character(as.integer(column))
  } else if (inherits(column, "Date")) {
    format(column, "%Y-%m-%d 00:00:00")
  } else if (is.numeric(column)) {
    sprintf("%.15g", column)
  } else {
    column
  }
  text[is.na(column)] <- NA
  text
}

#' Expects a wide table to say what the long one does, and nothing else
expect_wide <- function(tables, ..., fields = NULL) {
  wide <- AmoWide(tables, names = "id", fields = fields, ...)
  main <- tables[[1]]
  expect_identical(wide[names(main)], main)
  rows <- tables$linked_custom_fields
  columns <- c("custom_field_id", "custom_field_value_subtype")
  pairs <- unique(rows[!is.na(rows$custom_field_value), columns])
  expect_gt(nrow(pairs), 3)
  seen <- names(main)
  for (at in seq_len(nrow(pairs))) {
    field <- pairs$custom_field_id[at]
    part <- pairs$custom_field_value_subtype[at]
    name <- paste0(field, if (!is.na(part)) paste0("_", part))
    values <- long_values(tables, field, part)
    joined <- vapply(values, function(value) {
      if (length(value) == 0) NA_character_ else paste(value, collapse = "; ")
    }, "")
    expect_identical(written(wide[[name]]), joined, info = name)
    seen <- c(seen, name)
  }
  others <- setdiff(names(wide), seen)
  counted <- setdiff(names(tables), c(names(tables)[1], "linked_custom_fields"))
  defined <- if (is.null(fields)) character() else sprintf("%.0f", fields$id)
  expect_identical(setdiff(others, defined), union(counted, intersect("linked_companies", others)))
  for (name in counted) {
    expect_identical(wide[[name]], vapply(main$id, function(id) sum(tables[[name]]$id == id), 0L))
  }
}

test_that("the wide table says what the long tables say, over both APIs", {
  accounts <- list(
    AmoSandbox(notes = 0), AmoSandbox(notes = 0, access = "token", v2 = FALSE, seed = 2)
  )
  for (auth in accounts) {
    definitions <- AmoCustomFields(auth)
    for (entity in c("leads", "contacts", "companies")) {
      tables <- readers[[entity]](auth)
      expect_wide(tables)
      expect_wide(tables, fields = definitions[[paste0("custom_fields_", entity)]]$custom_fields)
      expect_identical(
        AmoWide(tables, fields = definitions),
        AmoWide(tables, fields = definitions[[paste0("custom_fields_", entity)]])
      )
    }
  }
})

test_that("both APIs give the same columns of fields", {
  account <- AmoSandbox(notes = 0, access = "token")
  both <- through_both(account, function(auth) {
    AmoWide(AmoLeads(auth), fields = AmoCustomFields(auth))
  })
  fields <- setdiff(names(both$v2), names(AmoLeads(account)$leads))
  expect_gt(length(fields), 15)
  expect_identical(both$v4[fields], both$v2[fields])
  kinds <- vapply(both$v2[fields], function(column) class(column)[[1]], "")
  expect_true(all(c("numeric", "logical", "Date", "character") %in% kinds))
})

test_that("elements of catalogs get their fields, with definitions from AmoGet()", {
  auth <- AmoSandbox(notes = 0, access = "token")
  catalogs <- AmoCatalogs(auth)
  invoices <- catalogs$id[catalogs$type == "invoices"]
  tables <- AmoCatalogElements(auth, invoices)
  expect_wide(tables)
  fields <- AmoGet(auth, sprintf("catalogs/%.0f/custom_fields", invoices))
  wide <- AmoWide(tables, names = "code", fields = fields)
  rows <- tables$linked_custom_fields
  total <- rows[rows$custom_field_code %in% "BILL_PRICE", ]
  expect_identical(
    wide$BILL_PRICE, as.numeric(total$custom_field_value[match(wide$id, total$id)])
  )
  expect_type(wide$ITEMS_quantity, "character")
})

test_that("tables of a copy are made wide as those of the account", {
  auth <- AmoSandbox(notes = 0, access = "token")
  copy <- withr::local_tempdir()
  AmoSync(auth, copy, tables = "leads")
  tables <- AmoLeads(auth)
  linked <- c("leads_custom_fields", "leads_tags", "leads_contacts")
  copied <- sapply(c("leads", linked), AmoRead, to = copy, simplify = FALSE)
  wide <- AmoWide(tables)
  ours <- AmoWide(copied)
  ours <- ours[match(wide$id, ours$id), ]
  fields <- setdiff(names(wide), names(tables$leads))
  expect_setequal(setdiff(names(ours), names(copied$leads)), fields)
  for (field in fields) expect_identical(ours[[field]], wide[[field]], info = field)
})

test_that("rows of equal ids belong to their account", {
  x <- cards(0, id = c(1, 1), field = 1, value = c("of 8", "of 7"),
             extra = data.frame(account_id = c(7, 8), id = 1))
  x$linked_custom_fields$account_id <- c(8L, 7L)
  expect_identical(AmoWide(x)$f1, c("of 7", "of 8"))
})

test_that("cards that are there twice have the same values twice", {
  x <- AmoLeads(auth_list = AmoSandbox(notes = 0, leads = 20))
  once <- AmoWide(x, "id")
  x$leads <- rbind(x$leads, x$leads[3:1, ])
  x$linked_custom_fields$custom_field_value <- factor(x$linked_custom_fields$custom_field_value)
  twice <- AmoWide(x, "id")
  expect_identical(as.list(twice), as.list(once[c(seq_len(20), 3:1), ]))
})

test_that("tibbles stay tibbles, and ids match whatever their type is", {
  skip_if_not_installed("dplyr")
  x <- cards(2, id = c("2", "1"), field = "1", value = c("b", "a"))
  x <- lapply(x, dplyr::as_tibble)
  expect_no_warning(wide <- AmoWide(x))
  expect_s3_class(wide, "tbl_df")
  expect_identical(wide$f1, c("a", "b"))
})

test_that("tables that lack a column are refused by its name", {
  x <- AmoLeads(auth_list = AmoSandbox(notes = 0, leads = 20))
  for (table in names(x)) {
    for (column in intersect(names(x[[table]]), if (table == "linked_custom_fields") {
      value_columns
    } else {
      "id"
    })) {
      lacking <- x
      lacking[[table]][[column]] <- NULL
      expect_error(AmoWide(lacking), sprintf("`%s` of `x` lacks the column \"%s\"", table, column),
                   class = "amocrm_error_input", fixed = TRUE)
    }
  }
})

test_that("what are no cards, or no definitions, is refused", {
  x <- cards(1, id = 1, field = 1, value = "a")
  for (wrong in list(x$leads, list(), x["linked_custom_fields"], list(leads = 1), "leads",
                     c(x, list(contacts = x$leads)))) {
    expect_error(AmoWide(wrong), "`x`", class = "amocrm_error_input")
  }
  expect_error(AmoWide(x, fields = "numeric"), "`fields`", class = "amocrm_error_input")
  expect_error(AmoWide(x, fields = data.frame(id = 1)), "`fields`", class = "amocrm_error_input")
  expect_error(AmoWide(x, names = "title"), "`names`", class = "amocrm_error_input")
  expect_error(AmoWide(x, sep = 1), "`sep`", class = "amocrm_error_input")
})

test_that("the custom fields of a copy serve as definitions, those of other records do not", {
  withr::local_options(amocrm.quiet = TRUE)
  auth <- AmoSandbox(access = "token", notes = 0, leads = 20, contacts = 20)
  copy <- withr::local_tempdir()
  AmoSync(auth, copy, tables = "custom_fields")
  known <- AmoRead(copy, "custom_fields")
  for (cards in list(AmoLeads(auth), AmoContacts(auth), AmoCompanies(auth))) {
    expected <- AmoWide(cards, "code", fields = AmoCustomFields(auth))
    expect_identical(AmoWide(cards, "code", fields = known), expected)
    # Two accounts may have the same fields.
    expect_identical(AmoWide(cards, "code", fields = rbind(known, known)), expected)
  }
})
