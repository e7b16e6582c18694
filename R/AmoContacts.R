#' Contacts and companies with their linked tables
#'
#' Reads the contacts or companies of an account. Values of which a record can
#' have several, such as tags, are in tables of their own, which join the main
#' table by `id`; see the guide "tables" ([amocrm-package] says where the guides are). For
#' filters over API v4 see [AmoLeads()].
#'
#' If the first argument is a list, it is the `auth_list`. The next positional
#' arguments are then `limit`, `flatten`, `id`, `query` and `responsible_user_id`.
#'
#' @inheritParams AmoLeads
#' @param flatten `TRUE` joins all tables into one.
#' @param id ids of contacts or companies, as numbers or text.
#'
#' @return A list of data.frames:
#'   \describe{
#'     \item{`contacts` or `companies`}{a row for each: `id`, `name`,
#'       `first_name` and `last_name` (contacts only), `responsible_user_id`,
#'       `created_by`, `created_at`, `updated_at`, `account_id`, `updated_by`,
#'       `group_id`, `closest_task_at`, `company_id` and `company_name`
#'       (contacts only), and further columns that the server sends. Types as in
#'       [AmoLeads()]}
#'     \item{`linked_custom_fields`, `linked_tags`}{as in [AmoLeads()]}
#'     \item{`linked_leads`}{`id`, `lead_id`, `lead_idx`}
#'     \item{`linked_contacts`}{companies only: `id`, `contact_id`,
#'       `contact_idx`}
#'     \item{`linked_customers`}{`id`, `customer_id`, `customer_idx`}
#'   }
#'   With `flatten = TRUE`, one data.frame. Tables without rows have all their
#'   columns; if the main table has none, there is a warning of class
#'   `amocrm_warning_zero_rows`.
#'
#' @section Conditions:
#' See [amocrm-package]. The field `partial` holds the tables with the rows
#' received before the error.
#' @examples
#' auth <- AmoSandbox(contacts = 100, companies = 50)
#' people <- AmoContacts(auth_list = auth)
#' head(people$contacts)
#'
#' firms <- AmoCompanies(auth)
#' head(firms$linked_contacts)
#' @export
AmoContacts <- function(email = NULL, apikey = NULL, domain = NULL, auth_list = NULL,
                        limit = 500, flatten = FALSE, id = NULL, query = NULL,
                        responsible_user_id = NULL) {
  with_auth_list(email, apikey, domain, auth_list, function(auth) {
    read_entity("contacts", auth, limit, flatten, contact_filters(id, query, responsible_user_id))
  })
}
