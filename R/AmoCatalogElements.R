#' Elements of catalogs: products, invoices and others
#'
#' Reads what is in one or more catalogs, with the values of custom fields: the
#' price and the number of a product, the status and the lines of an invoice. What
#' belongs to which lead is in [AmoLinks()]. Only API v4 has catalogs.
#'
#' The result is the whole list, or an error that says which rows are missing and
#' holds the others, as with [AmoNotes()].
#'
#' @inheritParams AmoCatalogs
#' @param catalog_id ids of catalogs from [AmoCatalogs()]. Catalogs that don't
#'   exist have no elements; of them a warning tells if nothing was found.
#' @param id ids of elements, as numbers or text. Ids that don't exist give no
#'   rows.
#' @param query text that the server searches for in the name and in all fields.
#' @param with_with additional data to request, separated by commas or as a
#'   vector: `invoice_link`, the address of the invoice's page for the client;
#'   `supplier_field_values`, the details of the supplier in the field of an
#'   invoice, beside its id. A warning of class `amocrm_warning_unknown_with`
#'   names others.
#' @param flatten `TRUE` joins both tables into one: an element then has a row for
#'   each of its values.
#'
#' @return A list of data.frames:
#'   \describe{
#'     \item{`catalog_elements`}{a row for each element, in the server's order,
#'       catalog by catalog: `id`, `catalog_id`, `name`, `created_by`,
#'       `updated_by`, `created_at`, `updated_at`, `is_deleted`, `account_id`,
#'       `invoice_link` (`NA` unless requested, and for anything but invoices),
#'       `warning_message` (of an invoice whose sums amoCRM has corrected, else
#'       `NA`), and further columns that the server sends. Ids are integer (double
#'       if a value is too large), `is_deleted` is logical, `created_at` and
#'       `updated_at` are POSIXct in the account's time zone, the rest is
#'       character}
#'     \item{`linked_custom_fields`}{a row for each value, with the columns of
#'       [AmoLeads()]: `id` of the element, `custom_field_id`,
#'       `custom_field_name`, `custom_field_is_system` (always `NA`),
#'       `custom_field_value_id` (of the option of a list), `custom_field_value`
#'       (character, with all its digits), `custom_field_value_subtype`. Last come
#'       `custom_field_code` (such as `PRICE`, `SKU`, `BILL_STATUS`: the same in
#'       every language and account, `NA` for fields that the account has made),
#'       `custom_field_value_code` (such as `paid`) and `custom_field_value_idx`
#'       (1, 2 ... within the field). Values with parts have a row for each part,
#'       which `custom_field_value_subtype` names: a line of an invoice has
#'       `sku`, `description`, `unit_price`, `quantity`, `discount.value`,
#'       `total_sum` and others, all with the same `custom_field_value_idx`}
#'   }
#'   With `flatten = TRUE`, one data.frame. Tables without rows have all their
#'   columns; if the main table has none, there is a warning of class
#'   `amocrm_warning_zero_rows`.
#'
#'   Sums are in the account's currency, with minor units (cents) if there are
#'   some: `as.numeric(custom_field_value)`.
#'
#' @section Conditions:
#' See [amocrm-package]. The field `partial` holds the tables with the rows
#' received before the error. An API key, or `options(amocrm.api = "v2")`, is an
#' `amocrm_error_input`. `amocrm_error_forbidden` means that the user who made the
#' token has no access to catalogs.
#' @examples
#' auth <- AmoSandbox(access = "token")
#' catalogs <- AmoCatalogs(auth)
#'
#' # Products and their prices
#' products <- AmoCatalogElements(auth, catalogs$id[catalogs$type == "products"])
#' fields <- products$linked_custom_fields
#' prices <- fields[fields$custom_field_code %in% "PRICE", ]
#' goods <- products$catalog_elements
#' goods$price <- as.numeric(prices$custom_field_value[match(goods$id, prices$id)])
#' head(goods[c("id", "name", "price")])
#'
#' # Invoices by status
#' invoices <- AmoCatalogElements(auth, catalogs$id[catalogs$type == "invoices"])
#' fields <- invoices$linked_custom_fields
#' table(fields$custom_field_value_code[fields$custom_field_code %in% "BILL_STATUS"])
#' @export
AmoCatalogElements <- function(auth_list, catalog_id, id = NULL, query = NULL, with_with = NULL,
                               flatten = FALSE) {
  if (missing(auth_list)) auth_list <- NULL
  if (missing(catalog_id)) catalog_id <- NULL
  with_token_auth(auth_list, function(auth) {
    with <- check_words(with_with, "with_with")
    read_elements(auth, flatten, list(
      catalog_id = check_needed_ids(catalog_id, "catalog_id"),
      id = check_any_ids(id, "id"),
      query = check_text(query, "query"),
      with = with
    ))
  })
}

#' Reads elements of catalogs and their custom fields
#'
#' @param arguments the checked arguments
#' @noRd
read_elements <- function(auth, flatten, arguments) {
  flatten <- check_flag(flatten, "flatten")
  label <- gettext("elements of catalogs")
  tables <- read_query("catalog_elements", label, auth, arguments, identity, main_rows)
  unknown <- setdiff(arguments$with, c("invoice_link", "supplier_field_values"))
  if (length(unknown) > 0) {
    tell(sprintf("unknown_with:%s (API v4)", paste(unknown, collapse = ", ")))
  }
  if (nrow(tables[[1]]) == 0) warn_of_catalogs(auth, arguments$catalog_id)
  warn_if_empty(tables[[1]])
  if (flatten) join_linked(tables) else tables
}

#' Warns of catalogs that are not in the account: their elements are none, as those of an
#' empty catalog
#' @noRd
warn_of_catalogs <- function(auth, ids) {
  if (length(ids) == 0) {
    return(invisible())
  }
  catalogs <- read_table("catalogs", gettext("catalogs"), auth)
  unknown <- setdiff(ids, format(catalogs$id, scientific = FALSE, trim = TRUE))
  if (length(unknown) > 0) {
    warn("unknown_catalog", gettextf(
      "the account has no catalog %s (see AmoCatalogs() for names and ids)",
      paste(unknown, collapse = ", ")
    ))
  }
}
