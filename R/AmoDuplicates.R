#' Contacts that are there several times
#'
#' Finds contacts that share a phone number or an email address, also through others: if
#' the first and the second share a number, and the second and the third an address, all
#' three are one group. Nothing is changed in the account.
#'
#' Phone numbers are the same if their digits are: `"+7 (912) 345-67-89"`,
#' `"8 912 345-67-89, ext. 5"` and `"79123456789"` are one number. An 8 at the beginning of
#' 11 digits is +7, unless there is a plus before it; numbers of other countries stay as
#' they are. What has less than 7 digits is not compared. Capital letters and spaces make
#' no difference in email addresses. If a value has several numbers or addresses, separated
#' by a comma or a semicolon, each is compared.
#'
#' The tables of contacts don't have the codes of fields (`PHONE`, `EMAIL`); `fields` has
#' them. Without it the fields are known by the names that amoCRM gives them, or by their
#' values, each of which has a kind, such as work or mobile.
#'
#' @param contacts the list of tables that [AmoContacts()] returns, or a list of the same
#'   tables from [AmoRead()]: `list(contacts = , contacts_custom_fields = )`. That of
#'   [AmoCompanies()] will do, too.
#' @param fields definitions of the fields: what [AmoCustomFields()] returns, as for
#'   [AmoWide()].
#'
#' @return A data.frame with a row for each contact that shares something, ordered by
#'   `group` and `created_at`. It has no rows, and there is no warning, if there are no
#'   duplicates:
#'   \describe{
#'     \item{`group`}{integer: the number of the group. They are in the order of their
#'       first contacts}
#'     \item{`id`, `name`}{of the contact}
#'     \item{`kind`}{character: what it shares, `"phone"`, `"email"` or `"phone, email"`}
#'     \item{`shared`}{character: the numbers and addresses that it shares, as they are
#'       compared, separated by commas}
#'     \item{`responsible_user_id`}{id of the responsible user}
#'     \item{`created_at`}{POSIXct in the account's time zone: the first of a group is the
#'       oldest}
#'   }
#' @section Conditions:
#' `amocrm_error_input` if the tables are not there.
#' @examples
#' auth <- AmoSandbox(contacts = 2000, notes = 0)
#' people <- AmoContacts(auth)
#' twice <- AmoDuplicates(people)
#' head(twice)
#'
#' # How large are the groups?
#' table(table(twice$group))
#' @export
AmoDuplicates <- function(contacts, fields = NULL) {
  if (missing(contacts)) contacts <- NULL
  check_contacts(contacts)
  cards <- card_tables(contacts)
  people <- living(cards$main)
  rows <- contact_fields(
    living(cards$linked$linked_custom_fields), field_definitions(fields, cards$name)
  )
  values <- shared_values(contact_values(rows, people))
  people$group <- connected(values$person, match(values$key, unique(values$key)), nrow(people))
  with_others <- sort(unique(values$person))
  people <- people[with_others, ]
  people$kind <- texts_of_each(values$kind, values$person)
  people$shared <- texts_of_each(values$value, values$person)
  people <- people[order(people$group, people$created_at, people$id), ]
  data.frame(
    group = match(people$group, unique(people$group)),
    people[c("id", "name", "kind", "shared", "responsible_user_id", "created_at")],
    row.names = NULL
  )
}

check_contacts <- function(contacts) {
  is_good <- is.list(contacts) && !is.data.frame(contacts) &&
    all(vapply(contacts, is.data.frame, NA)) &&
    any(c("contacts", "companies") %in% names(contacts))
  if (!is_good) {
    abort_input("contacts", gettextf(
      "`contacts` must be the list of tables that AmoContacts() returns, not %s",
      shown_value(contacts)
    ))
  }
  if (!any(endsWith(names(contacts), "_custom_fields"))) {
    abort_input("contacts", gettext(
      "`contacts` lacks the table of custom fields, which holds phones and emails"
    ))
  }
}

#' The rows of a copy that are not deleted
#' @noRd
living <- function(rows) if (is.null(rows$deleted_at)) rows else rows[is.na(rows$deleted_at), ]

#' The numbers and addresses of contacts, as they are compared
#'
#' @param fields values of custom fields, by contact_fields()
#' @param people data.frame of contacts
#' @return data.frame of `person`, a row of `people`, `kind`, `value`, and `key`, which tells
#'   values of several accounts apart
#' @noRd
contact_values <- function(fields, people) {
  parts <- strsplit(as.character(fields$custom_field_value), "[,;\n]")
  row <- rep(seq_along(parts), lengths(parts))
  parts <- as.character(unlist(parts))
  is_email <- grepl("@", parts, fixed = TRUE)
  values <- data.frame(
    person = places_of(fields, people)[row],
    kind = ifelse(is_email, "email", "phone"),
    value = ifelse(is_email, email_keys(parts), phone_keys(parts))
  )
  values$key <- if (is.null(fields$account_id)) {
    values$value
  } else {
    key_texts(list(fields$account_id[row], values$value))
  }
  values[!is.na(values$person) & !is.na(values$value), ]
}

# What amoCRM calls the fields in its languages.
contact_field_names <- c(
  "\u0442\u0435\u043b\u0435\u0444\u043e\u043d", "phone", "telefone", "tel\u00e9fono",
  "email", "e-mail"
)

#' The rows of the fields for phone numbers and email addresses
#'
#' Values of these fields have a kind. What tells them from choices of a list: the values
#' of one kind differ.
#' @param known definitions of the fields, which may be none
#' @noRd
contact_fields <- function(fields, known) {
  if (nrow(known) > 0) {
    ids <- known$id[known$code %in% c("PHONE", "EMAIL")]
    return(fields[fields$custom_field_id %in% ids, ])
  }
  kind <- fields$custom_field_value_id
  differs <- !is.na(kind) & !duplicated(paste(kind, fields$custom_field_value))
  with_kinds <- fields$custom_field_id[differs][duplicated(kind[differs])]
  is_named <- tolower(fields$custom_field_name) %in% contact_field_names
  fields[is_named | fields$custom_field_id %in% with_kinds, ]
}

#' The values that several contacts have
#' @noRd
shared_values <- function(values) {
  values <- values[!duplicated(paste(values$person, values$key)), ]
  values[values$key %in% values$key[duplicated(values$key)], ]
}

#' The different texts of each contact in one, in the order of the contacts
#' @noRd
texts_of_each <- function(texts, person) {
  is_new <- !duplicated(paste(person, texts))
  as.character(tapply(texts[is_new], person[is_new], paste, collapse = ", "))
}
