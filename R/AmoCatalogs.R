#' Catalogs: products, invoices and other lists
#'
#' Reads the catalogs of an account. amoCRM keeps products, invoices, suppliers
#' and the lists that an account makes for itself in catalogs; their elements are
#' in [AmoCatalogElements()]. Only API v4 has them.
#'
#' @param auth_list a list created by [AmoAuthList()] with a token, or `NULL` to
#'   take the environment variables.
#'
#' @return A data.frame with a row for each catalog, in the server's order:
#'   \describe{
#'     \item{`id`}{integer; double if ids exceed 2147483647}
#'     \item{`name`}{character}
#'     \item{`created_by`, `updated_by`, `account_id`}{as `id`: users, see
#'       [AmoUsers()], and the account}
#'     \item{`created_at`, `updated_at`}{POSIXct in the account's time zone}
#'     \item{`sort`}{integer: the place among the catalogs}
#'     \item{`type`}{character: `"products"`, `"invoices"`, `"suppliers"` or
#'       `"regular"`. An account has one catalog of products and one of invoices
#'       at most}
#'     \item{`can_add_elements`, `can_show_in_cards`, `can_link_multiple`,
#'       `can_be_deleted`}{logical: whether users can add elements, whether leads
#'       have a tab with the catalog, whether an element can be linked to several
#'       leads, and whether users can delete the catalog}
#'     \item{`sdk_widget_code`}{character: the widget that manages the catalog,
#'       `NA` if there is none}
#'   }
#'   Further columns that the server sends come last. A table without rows has
#'   these columns, too.
#'
#' @section Conditions:
#' See [amocrm-package]. An API key, or `options(amocrm.api = "v2")`, is an
#' `amocrm_error_input`: API v2 has no catalogs. `amocrm_error_forbidden` means
#' that the user who made the token has no access to catalogs.
#' @examples
#' auth <- AmoSandbox(access = "token")
#'
#' catalogs <- AmoCatalogs(auth)
#' catalogs[c("id", "name", "type")]
#' @export
AmoCatalogs <- function(auth_list = NULL) {
  with_token_auth(auth_list, function(auth) {
    read_table("catalogs", gettext("catalogs"), auth)
  })
}
