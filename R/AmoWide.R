#' Cards with a column for each custom field
#'
#' Makes one table of the tables of leads, contacts, companies, customers or elements of
#' catalogs: a row for each card, its own columns first, then one for each custom field,
#' then how many tags, contacts and so on it has.
#'
#' A field has the type that amoCRM gives it, if `fields` says which: numbers and prices
#' are double, checkboxes logical, dates and birthdays Date, dates with a time POSIXct in
#' the account's time zone, everything else character. Of a field that `fields` does not
#' have, the values tell: it is Date or POSIXct if all of them are written as times, double
#' if all are plain numbers, else character. So give `fields` in scripts that run again
#' and again: the columns and their types are then the same whatever the values.
#'
#' A field of which some card has several values is character, with the values in their
#' order and `sep` between them. Parts of addresses, firms (legal entities), items of
#' invoices, chained lists and files are character, each in a column of its own, such as
#' `Address_city`.
#'
#' An unticked checkbox that was never touched has no value, so it is `NA` rather than
#' `FALSE`.
#'
#' @param x a list as [AmoLeads()], [AmoContacts()], [AmoCompanies()], [AmoCustomers()] or
#'   [AmoCatalogElements()] return it, or a list of the same tables from [AmoRead()]:
#'   `list(leads = , leads_custom_fields = , leads_tags = )`.
#' @param names what columns are named by: `"name"`, `"id"`, or `"code"`, which is the
#'   same in every account (`PHONE`). A field without the name or code has its id. Equal
#'   names, also those of columns that the table has anyway, get `_<id>` behind them.
#' @param fields definitions of the fields: what [AmoCustomFields()] returns, one of its
#'   tables `custom_fields`, or another data.frame with `id`, `name`, `code` and `type` or
#'   `field_type`, such as `AmoGet(auth, "catalogs/1001/custom_fields")`. Every field has
#'   a column then, in this order, also without values; only fields with parts need a
#'   value for that.
#' @param sep text between several values; `NULL` for list columns.
#'
#' @return A data.frame of the same class as the main table. First all rows and columns
#'   of the main table, in their order; then the custom fields; then `linked_tags`,
#'   `linked_contacts` and so on: integer, how many rows these tables have for the card.
#'   `linked_companies` is 1 or 0 where a card has a column `company_id`.
#'
#' @section Conditions:
#' See [amocrm-package]. A value that does not fit the type of its field is `NA`, with a
#' warning of class `amocrm_warning_unreadable_values`.
#' @seealso [AmoLabel()] for names of users and stages.
#' @examples
#' auth <- AmoSandbox()
#'
#' leads <- AmoWide(AmoLeads(auth), fields = AmoCustomFields(auth))
#' str(leads[23:30])
#'
#' people <- AmoWide(AmoContacts(auth), names = "code", fields = AmoCustomFields(auth))
#' head(people[c("name", "PHONE", "EMAIL", "linked_leads")])
#' @export
AmoWide <- function(x, names = c("name", "id", "code"), fields = NULL, sep = "; ") {
  if (missing(x)) x <- NULL
  cards <- card_tables(x)
  fields_of_cards <- cards$linked$linked_custom_fields
  if (!is.null(fields_of_cards)) {
    check_columns(fields_of_cards, value_columns, "linked_custom_fields")
  }
  names <- check_choice(names[1], c("name", "id", "code"), "names")
  sep <- check_text(sep, "sep")
  values <- field_values(cards, field_definitions(fields, cards$name))
  counts <- linked_counts(cards)
  columns <- field_columns(values)
  columns$name <- column_names(columns, names, c(names(cards$main), names(counts)))
  made <- lapply(seq_len(nrow(columns)), make_column, columns, values, cards, sep)
  tell_unreadable(made, sprintf("%s$%s", cards$name, columns$name))
  fields <- stats::setNames(lapply(made, `[[`, "column"), columns$name)
  # A card may be there twice, as after a join.
  first <- places_of(cards$main, cards$main)
  first <- ifelse(is.na(first), seq_along(first), first)
  added <- lapply(c(fields, counts), function(column) column[first])
  with_columns(cards$main, c(as.list(cards$main), added))
}

# --- The tables -------------------------------------------------------------------

card_kinds <- c("leads", "contacts", "companies", "customers", "catalog_elements")

# What has to be known of a value of a custom field.
value_columns <- c(
  "id", "custom_field_id", "custom_field_name", "custom_field_value", "custom_field_value_id",
  "custom_field_value_subtype"
)

check_columns <- function(rows, columns, table) {
  missing <- setdiff(columns, names(rows))
  if (length(missing) > 0) {
    abort_input("x", gettextf("`%s` of `x` lacks the column \"%s\"", table, missing[[1]]))
  }
}

#' The main table, and the linked ones by their names in AmoLeads()
#' @return list of `name`, `main`, `linked`, and the time `zone` of the account
#' @noRd
card_tables <- function(x) {
  name <- if (is.list(x) && !is.data.frame(x)) intersect(card_kinds, names(x))
  if (length(name) != 1 || !all(vapply(x, is.data.frame, NA))) {
    abort_input("x", gettextf(
      "`x` must be a list of tables as AmoLeads() returns it, with exactly one of %s",
      paste0("`", card_kinds, "`", collapse = ", ")
    ))
  }
  main <- x[[name]]
  linked <- x[names(x) != name]
  names(linked) <- sub(paste0("^", name, "_"), "linked_", names(linked))
  check_columns(main, "id", name)
  for (table in names(linked)) check_columns(linked[[table]], "id", table)
  times <- Filter(function(column) inherits(column, "POSIXct"), main)
  zone <- if (length(times) > 0) attr(times[[1]], "tzone")
  list(name = name, main = main, linked = linked, zone = if (is.null(zone)) "UTC" else zone)
}

#' The rows of the main table that those of a linked one belong to
#' @noRd
places_of <- function(linked, main) {
  keys <- c("id", if (length(unique(main[["account_id"]])) > 1) "account_id")
  match_ids(lapply(linked[keys], id_numbers), lapply(main[keys], id_numbers))
}

#' How many linked rows each card has
#' @noRd
linked_counts <- function(cards) {
  linked <- cards$linked[names(cards$linked) != "linked_custom_fields"]
  cards_count <- nrow(cards$main)
  counts <- lapply(linked, function(table) {
    tabulate(places_of(table, cards$main), cards_count)
  })
  if (is.null(counts$linked_companies) && !is.null(cards$main[["company_id"]])) {
    counts$linked_companies <- as.integer(!is.na(cards$main[["company_id"]]))
  }
  counts
}

# --- What is known of fields ------------------------------------------------------

# v2's codes of types, in v4's words.
field_types <- c(
  "text", "numeric", "checkbox", "select", "multiselect", "date", "url", "multitext", "textarea",
  "radiobutton", "streetaddress", NA, "smart_address", "birthday", "legal_entity", "items",
  "org_legal_name"
)

# What becomes of types; all others are text. `parts` have a column for each part, and
# `texts` and `items` can have several values.
type_kinds <- c(
  numeric = "number", price = "number", monetary = "number", checkbox = "flag", date = "date",
  birthday = "date", date_time = "time", multiselect = "texts", multitext = "texts",
  items = "items", smart_address = "parts", legal_entity = "parts", chained_list = "parts",
  linked_entity = "parts", file = "parts", payer = "parts", supplier = "parts"
)

no_fields <- data.frame(
  id = numeric(), name = character(), code = character(), kind = character()
)

#' Definitions as a data.frame of `id`, `name`, `code` and `kind`
#' @noRd
field_definitions <- function(fields, entity) {
  if (is.list(fields) && !is.data.frame(fields)) {
    of_entity <- fields[[paste0("custom_fields_", entity)]]
    # Without it the account has no such fields.
    fields <- if (is.null(of_entity)) fields$custom_fields else of_entity$custom_fields
  }
  if (is.null(fields)) {
    return(no_fields)
  }
  has <- function(columns) columns %in% names(fields)
  if (!all(has(c("id", "name"))) || !any(has(c("type", "field_type")))) {
    abort_input("fields", gettext("`fields` must be what AmoCustomFields() returns, or NULL"))
  }
  # Those of a copy are of all kinds of records, and of all accounts.
  if (has("entity_type")) fields <- fields[fields$entity_type %in% entity_kind(entity), ]
  fields <- fields[!duplicated(fields$id), ]
  column <- function(name) if (has(name)) fields[[name]] else rep(NA, nrow(fields))
  by_code <- field_types[match(id_numbers(column("field_type")), seq_along(field_types))]
  kind <- type_kinds[first_of(as.character(column("type")), by_code)]
  data.frame(
    id = id_numbers(fields$id), name = as.character(fields$name),
    code = as.character(column("code")), kind = unname(first_of(kind, "text"))
  )
}

#' "lead" for the table `leads`
#' @noRd
entity_kind <- function(table) sub("ie$", "y", sub("s$", "", table))

#' The values that cards have, and their fields: those that are defined, then others
#' @noRd
field_values <- function(cards, known) {
  # `$` of tibbles warns of columns that are not there.
  rows <- as.list(cards$linked$linked_custom_fields)
  place <- places_of(rows, cards$main)
  keep <- which(!is.na(place) & !is.na(rows$custom_field_value))
  id <- id_numbers(rows$custom_field_id)[keep]
  new <- keep[!duplicated(id) & !id %in% known$id]
  code <- rows$custom_field_code
  others <- data.frame(
    id = id_numbers(rows$custom_field_id[new]), name = as.character(rows$custom_field_name[new]),
    code = if (is.null(code)) rep(NA_character_, length(new)) else code[new],
    kind = rep(NA_character_, length(new))
  )
  fields <- rbind(known, others)
  part <- as.character(rows$custom_field_value_subtype[keep])
  list(
    fields = fields, place = place[keep], field = match(id, fields$id),
    part = replace(part, !nzchar(part), NA), text = as.character(rows$custom_field_value[keep]),
    has_option = !is.na(rows$custom_field_value_id[keep])
  )
}

#' A row for each column: its field, the part, and which values it has
#' @noRd
field_columns <- function(values) {
  fields <- values$fields
  parts <- unique(values$part[!is.na(values$part)])
  base <- length(parts) + 1L
  pairs <- data.frame(
    field = rep(seq_len(nrow(fields)), each = base),
    part = rep(c(NA_character_, parts), nrow(fields))
  )
  pairs$rows <- split_by(
    seq_along(values$field),
    (values$field - 1L) * base + match(values$part, parts, nomatch = 0L) + 1L, nrow(pairs)
  )
  has_values <- lengths(pairs$rows) > 0
  # Which parts a field has only its values tell.
  is_empty <- !fields$kind %in% c("parts", "items") & !seq_len(nrow(fields)) %in% values$field
  pairs <- pairs[has_values | (is.na(pairs$part) & is_empty[pairs$field]), ]
  cbind(fields[pairs$field, ], pairs)
}

#' Values by the number of their group, of which there are `count`
#' @noRd
split_by <- function(values, group, count) {
  unname(split(values, structure(group, levels = seq_len(count), class = "factor")))
}

#' Names of columns. Fields whose name is not the only one have their id behind it
#'
#' @param by `"name"`, `"id"` or `"code"`
#' @param taken names of other columns
#' @noRd
column_names <- function(columns, by, taken) {
  label <- columns[[by]]
  lacks <- is.na(label) | !nzchar(label)
  label <- as.character(label)
  label[lacks] <- sprintf("%.0f", columns$id[lacks])
  whole <- function(label) {
    ifelse(is.na(columns$part), label, paste0(label, "_", columns$part))
  }
  names <- whole(label)
  is_double <- names %in% c(taken, names[duplicated(names)])
  told_apart <- columns$id %in% columns$id[is_double]
  label[told_apart] <- sprintf("%s_%.0f", label, columns$id)[told_apart]
  make.unique(c(taken, whole(label)), sep = "_")[-seq_along(taken)]
}

# --- Columns ---------------------------------------------------------------------

#' A column of all cards, and its values that don't fit
#' @noRd
make_column <- function(at, columns, values, cards, sep) {
  rows <- columns$rows[[at]]
  place <- values$place[rows]
  text <- values$text[rows]
  kind <- columns$kind[[at]]
  if (!is.na(columns$part[[at]])) {
    kind <- if (kind %in% "items") "items" else "text"
  } else if (is.na(kind)) {
    kind <- guess_kind(text, values$has_option[rows])
  }
  cards_count <- nrow(cards$main)
  from <- rep(NA_integer_, cards_count)
  from[place] <- seq_along(place)
  has_several <- kind %in% c("texts", "items") || sum(!is.na(from)) < length(place)
  read <- if (has_several && !is.null(sep)) text else read_values(text, kind, cards$zone)
  column <- if (!has_several) {
    read[from]
  } else if (is.null(sep)) {
    split_by(read, place, cards_count)
  } else {
    join_values(read, place, cards_count, sep)
  }
  list(column = column, unread = text[is.na(read) & nzchar(text)])
}

#' Several values of a card as one text
#' @noRd
join_values <- function(text, place, cards_count, sep) {
  joined <- rep(NA_character_, cards_count)
  rest <- duplicated(place)
  joined[place[!rest]] <- text[!rest]
  # The second value of all cards, the third one ...
  while (any(rest)) {
    text <- text[rest]
    place <- place[rest]
    rest <- duplicated(place)
    at <- place[!rest]
    joined[at] <- paste(joined[at], text[!rest], sep = sep)
  }
  joined
}

#' What the values of a field without a definition are
#' @noRd
guess_kind <- function(text, has_option) {
  text <- unique(text)
  day <- "^[0-9]{4}-[0-9]{2}-[0-9]{2} "
  if (length(text) == 0 || any(has_option)) {
    "text"
  } else if (all(grepl(paste0(day, "00:00:00$"), text))) {
    "date"
  } else if (all(grepl(paste0(day, "[0-9]{2}:[0-9]{2}:[0-9]{2}$"), text))) {
    "time"
  } else if (all(grepl("^-?(0|[1-9][0-9]*)([.][0-9]+)?$", text) & nchar(text) < 16)) {
    # Numbers with zeros in front or more digits are codes.
    "number"
  } else {
    "text"
  }
}

#' Texts as values of a kind; NA for what is none
#' @noRd
read_values <- function(text, kind, zone) {
  if (!kind %in% c("number", "flag", "date", "time")) {
    return(text)
  }
  each <- unique(text)
  read <- switch(kind,
    number = decimals(each),
    flag = c(TRUE, TRUE, FALSE, FALSE)[match(tolower(each), c("1", "true", "0", "false"))],
    date = as.Date(substr(each, 1, 10), "%Y-%m-%d"),
    # Days without a time begin at midnight.
    time = as.POSIXct(strptime(paste(each, "00:00:00"), "%Y-%m-%d %H:%M:%S", tz = zone))
  )
  read[match(text, each)]
}

#' Warns of values that don't fit the type of their field
#' @noRd
tell_unreadable <- function(made, names) {
  unread <- lapply(made, `[[`, "unread")
  names(unread) <- names
  unread <- unread[lengths(unread) > 0]
  examples <- vapply(unread, function(texts) {
    toString(encodeString(utils::head(unique(substr(texts, 1, 40)), 3), quote = '"'))
  }, "")
  if (length(unread) > 0) {
    about <- paste0(names(unread), " (", lengths(unread), "): ", examples, collapse = "; ")
    tell(paste0("unreadable_values:", about))
  }
}
