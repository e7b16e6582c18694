#' Custom fields of an account
#'
#' The fields that contacts, leads, companies and customers have, and the
#' choices of those that are lists.
#'
#' Over API v4 the columns of v2 come first, and `type`, the name that v4 has
#' for the type, comes last. `is_editable`, `is_required` and `is_visible` are
#' `NA` where v4 does not tell them, and `field_type` is `NA` for types that v2
#' did not have.
#'
#' A list in the first place is the `auth_list`: `AmoCustomFields(auth)`.
#'
#' @inheritParams AmoAuth
#'
#' @return A list with the elements `custom_fields_contacts`,
#'   `custom_fields_leads`, `custom_fields_companies` and
#'   `custom_fields_customers`, those of them for which the account has fields.
#'   Each is a list of two data.frames, rows in the order in which the server
#'   gives them.
#'
#'   `custom_fields`: a row for each field.
#'   \describe{
#'     \item{`id`}{integer; double when ids exceed 2147483647}
#'     \item{`name`, `code`}{character, `NA` where there is none}
#'     \item{`field_type`}{integer: 1 text, 2 number, 3 checkbox, 4 list, 5
#'       list of which several may be chosen, 6 date, 7 link, 8 several texts
#'       (phones, e-mails), 9 long text, 10 radio buttons, 11 short address, 13
#'       address, 14 birthday, 15 legal entity}
#'     \item{`sort`}{integer}
#'     \item{`is_multiple`, `is_system`, `is_editable`, `is_required`,
#'       `is_deletable`, `is_visible`}{logical}
#'   }
#'   `custom_fields_enum`: a row for each choice of each field, no rows when no
#'   field has choices.
#'   \describe{
#'     \item{`id`, `name`}{of the field}
#'     \item{`enum_id`, `enum_name`}{character: id and text of the choice}
#'   }
#'
#' @section Conditions:
#' Those of [amocrm-package].
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
    run_tables(rust_query_start(spec), gettext("custom fields"), fields_by_entity)
  })
}

#' The tables of each kind of card: Rust gives its fields, then its choices
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
