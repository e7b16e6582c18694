#' What is linked with what
#'
#' Reads the links of leads, contacts, companies or customers: their contacts and
#' companies, and the products and invoices in them, with quantity and price. Only
#' API v4 has such a list.
#'
#' The result is the whole list, or an error that says which rows are missing and
#' holds the others, as with [AmoNotes()]. Ids that have no links are requested a
#' second time, so that none are lost if the server accepts only some ids in one
#' request.
#'
#' A link holds no price, but the id of the field that does (`price_id`). `price`
#' is what that field of the product, or its field `PRICE` if the link names none,
#' holds at the time of the call. It is therefore not what the product cost when
#' the lead was won: that is in the lines of its invoice, see
#' [AmoCatalogElements()]. The products that links lead to are read for it, up to
#' 200 in a request; with a `to_type` other than `"catalog_element"` they are not.
#'
#' @inheritParams AmoCatalogs
#' @param type what the ids belong to: `"lead"`, `"contact"`, `"company"` or
#'   `"customer"`.
#' @param id ids of these leads, contacts and so on, as numbers or text, in any
#'   number. Ids that don't exist give no rows, no ids an empty table.
#' @param to_type only links to these: one or more of `"lead"`, `"contact"`,
#'   `"company"`, `"customer"`, `"catalog_element"`; `NULL` for all. All links are
#'   read and filtered in R, since API v4 has no such filter.
#'
#' @return A data.frame with a row for each link, in the server's order:
#'   \describe{
#'     \item{`entity_id`, `entity_type`}{integer (double if ids exceed
#'       2147483647) and character: one of `id`, and `type`}
#'     \item{`to_entity_id`, `to_entity_type`}{the same for the other end:
#'       `"lead"`, `"contact"`, `"company"`, `"customer"` or
#'       `"catalog_element"`}
#'     \item{`main_contact`}{logical: whether the contact is the main one of the
#'       lead or customer; `NA` for other links}
#'     \item{`catalog_id`}{integer: the catalog of the element, see
#'       [AmoCatalogs()]; this and all that follow are `NA` for other links}
#'     \item{`quantity`}{integer, double if one has a fraction}
#'     \item{`price_id`}{integer: the custom field that holds the price, `NA` for
#'       the usual one}
#'     \item{`price`}{double: price of one, in the account's currency, with minor
#'       units (cents) if there are some; `NA` if the element has no price, is
#'       deleted or is an invoice}
#'   }
#'   Further columns that the server sends come last. A table without rows has
#'   these columns, too, and comes with a warning of class
#'   `amocrm_warning_zero_rows`.
#'
#' @section Conditions:
#' See [amocrm-package]. The field `partial` holds the rows received before the
#' error. An API key, or `options(amocrm.api = "v2")`, is an `amocrm_error_input`.
#' `amocrm_error_forbidden` means that the user who made the token has no access
#' to catalogs, or to such entities; links to people come without access to
#' catalogs if `to_type` names them. If the account has no customers, as on Kommo,
#' the table of `type = "customer"` has no rows, with the warning
#' `amocrm_warning_no_customers`. Prices that are no numbers are `NA`, with the
#' warning `amocrm_warning_unreadable_values`.
#' @examples
#' auth <- AmoSandbox(access = "token")
#' leads <- AmoLeads(auth)$leads
#' won <- leads$id[leads$status_id == 142]
#'
#' links <- AmoLinks(auth, "lead", won)
#' head(links)
#'
#' # What was sold
#' sold <- links[!is.na(links$price), ]
#' sum(sold$quantity * sold$price)
#' @export
AmoLinks <- function(auth_list, type, id, to_type = NULL) {
  if (missing(auth_list)) auth_list <- NULL
  if (missing(type)) type <- NULL
  if (missing(id)) id <- NULL
  with_token_auth(auth_list, function(auth) {
    plural <- c(
      lead = "leads", contact = "contacts", company = "companies", customer = "customers"
    )
    type <- check_choice(type, names(plural), "type")
    read_links(auth, list(
      type = plural[[type]],
      entity_id = check_needed_ids(id, "id"),
      to_type = check_optional_choices(to_type, c(names(plural), "catalog_element"), "to_type")
    ))
  })
}

#' Reads links and the prices of the elements among them
#'
#' @param arguments the checked arguments
#' @noRd
read_links <- function(auth, arguments) {
  texts <- NULL
  shape <- function(tables) {
    links <- links_to(tables[[1]], arguments$to_type)
    texts <<- price_texts(links, tables[[2]])
    links$price <- decimals(texts)
    links
  }
  count <- function(tables) nrow(links_to(tables[[1]], arguments$to_type))
  links <- read_query("links", gettext("links"), auth, arguments, shape, count)
  warn_of_prices(texts[is.na(links$price) & !is.na(texts)])
  warn_if_empty(links)
  links
}

#' Only the links to these types; NULL is all
#' @noRd
links_to <- function(links, types) {
  if (is.null(types)) {
    return(links)
  }
  links <- links[links$to_entity_type %in% types, ]
  rownames(links) <- NULL
  links
}

#' The price of each element as text, NA for other links
#'
#' @param fields custom fields of the elements
#' @noRd
price_texts <- function(links, fields) {
  usual <- fields[fields$custom_field_code %in% "PRICE", ]
  named <- match_ids(
    list(links$to_entity_id, links$price_id), list(fields$id, fields$custom_field_id)
  )
  texts <- ifelse(
    is.na(links$price_id),
    usual$custom_field_value[match(links$to_entity_id, usual$id)],
    fields$custom_field_value[named]
  )
  texts[!links$to_entity_type %in% "catalog_element"] <- NA
  texts
}

#' Warns of texts that are no prices
#' @noRd
warn_of_prices <- function(texts) {
  if (length(texts) == 0) {
    return(invisible())
  }
  examples <- paste0('"', utils::head(unique(texts), 3), '"', collapse = ", ")
  tell(sprintf("unreadable_values:links$price (%d): %s", length(texts), examples))
}
