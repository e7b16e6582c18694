#' Custom fields of an account
#'
#' The custom fields of contacts, leads, companies and customers, and the options
#' of list fields.
#'
#' Over API v4 the columns of v2 come first. The last column is `type`, v4's name
#' of the type. `is_editable`, `is_required` and `is_visible` are `NA` if v4 does
#' not return them, and `field_type` is `NA` for types that v2 does not have.
#'
#' If the first argument is a list, it is the `auth_list`: `AmoCustomFields(auth)`.
#'
#' @inheritParams AmoAuth
#'
#' @return A list with the elements `custom_fields_contacts`,
#'   `custom_fields_leads`, `custom_fields_companies` and
#'   `custom_fields_customers`, as far as the account has such fields. Each is a
#'   list of two data.frames, with rows in the server's order.
#'
#'   `custom_fields`: a row for each field.
#'   \describe{
#'     \item{`id`}{integer; double when ids exceed 2147483647}
#'     \item{`name`, `code`}{character, `NA` if there is none}
#'     \item{`field_type`}{integer: 1 text, 2 number, 3 checkbox, 4 list, 5
#'       multiple choice list, 6 date, 7 link, 8 several texts (phones, emails), 9
#'       long text, 10 radio buttons, 11 short address, 13 address, 14 birthday, 15
#'       legal entity}
#'     \item{`sort`}{integer}
#'     \item{`is_multiple`, `is_system`, `is_editable`, `is_required`,
#'       `is_deletable`, `is_visible`}{logical}
#'   }
#'   `custom_fields_enum`: a row for each option of each field, no rows if no
#'   field has options.
#'   \describe{
#'     \item{`id`, `name`}{of the field}
#'     \item{`enum_id`, `enum_name`}{character: id and text of the option}
#'   }
#'
#' @section Conditions:
#' See [amocrm-package].
#' @examples
#' auth <- AmoSandbox()
#'
#' fields <- AmoCustomFields(auth)
#' names(fields)
#' fields$custom_fields_leads$custom_fields
#' fields$custom_fields_leads$custom_fields_enum
#' @export
AmoCustomFields <- function(email = NULL, apikey = NULL, domain = NULL, auth_list = NULL) {
  with_auth_list(email, apikey, domain, auth_list, function(auth) {
    spec <- c(connection_spec(auth), list(what = "custom_fields"))
    run_query(spec, gettext("custom fields"), fields_by_entity)
  })
}

#' The tables by entity: Rust returns the fields of each, then their options
#' @noRd
fields_by_entity <- function(tables) {
  entities <- grep("_enum$", names(tables), value = TRUE, invert = TRUE)
  lapply(stats::setNames(nm = entities), function(entity) {
    list(
      custom_fields = tables[[entity]],
      custom_fields_enum = tables[[paste0(entity, "_enum")]]
    )
  })
}
