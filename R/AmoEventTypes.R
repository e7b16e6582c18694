#' Types of events
#'
#' What the types in the column `type` of [AmoEvents()] mean, and which of its
#' columns they fill.
#'
#' amoCRM adds types from time to time, so the package's list can't be complete.
#' `AmoEventTypes(auth)` reads the types of an account: also new ones, and
#' `custom_field_<id>_value_changed` for each custom field.
#'
#' @param auth_list `NULL` for the types that the package knows: nothing is read.
#'   Or credentials from [AmoAuthList()], to read the types of their account. As in
#'   [AmoEvents()] they need a token.
#'
#' @return A data.frame with a row for each type and the columns, all character:
#'   \describe{
#'     \item{`type`}{the type, as in [AmoEvents()]}
#'     \item{`label`, `label_ru`}{what it means, in English and in Russian; for types
#'       that the package does not know, the account's words}
#'     \item{`after`, `before`}{the columns of [AmoEvents()] that such events can
#'       fill, separated by commas: `""` if there are none, `NA` if it is not
#'       documented}
#'   }
#'   The types of an account are in the server's order.
#'
#' @section Conditions:
#' Without credentials none. With credentials see [amocrm-package]:
#' `amocrm_error_input` for an API key.
#' @examples
#' types <- AmoEventTypes()
#' types[types$type == "lead_status_changed", ]
#'
#' # The types of an account, with those of its custom fields
#' auth <- AmoSandbox(access = "token")
#' of_account <- AmoEventTypes(auth)
#' setdiff(of_account$type, types$type)
#' @export
AmoEventTypes <- function(auth_list = NULL) {
  if (is.null(auth_list)) {
    return(known_event_types())
  }
  with_token_auth(auth_list, function(auth) {
    labels <- function(language) {
      read_table("event_types", gettext("types of events"), auth, list(language = language))
    }
    english <- labels("en")
    russian <- labels("ru")
    types <- describe_event_types(english$type)
    # The account knows what its fields are called.
    own <- is.na(types$label) | is_field_type(types$type)
    types$label[own] <- english$label[own]
    types$label_ru[own] <- russian$label[match(types$type[own], russian$type)]
    types
  })
}

#' The types in inst/event-types.csv
#' @noRd
known_event_types <- function() {
  file <- system.file("event-types.csv", package = "amocrm")
  utils::read.csv(file, encoding = "UTF-8", colClasses = "character")
}

#' What is known of some types, NA where nothing is
#' @noRd
describe_event_types <- function(types) {
  known <- known_event_types()
  general <- ifelse(is_field_type(types), "custom_field_value_changed", types)
  described <- known[match(general, known$type), ]
  described$type <- types
  rownames(described) <- NULL
  described
}

#' Which types are those of the changes of one custom field
#' @noRd
is_field_type <- function(types) grepl("^custom_field_[0-9]+_value_changed$", types)
