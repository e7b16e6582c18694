#' Contacts and companies with what belongs to them
#'
#' Reads the contacts or the companies of an account. What one has several of is
#' in tables of its own, which join the main table by `id`; see
#' `vignette("tables")`. On filters over API v4 see [AmoLeads()].
#'
#' A list in the first place is the `auth_list`, and the arguments that follow
#' it by position are then `limit`, `flatten`, `id`, `query` and
#' `responsible_user_id`.
#'
#' @inheritParams AmoLeads
#' @param flatten `TRUE` joins all tables to one.
#' @param id ids of contacts or companies, as numbers or text.
#'
#' @return A list of data.frames:
#'   \describe{
#'     \item{`contacts` or `companies`}{a row for each: `id`, `name`,
#'       `first_name` and `last_name` (contacts only), `responsible_user_id`,
#'       `created_by`, `created_at`, `updated_at`, `account_id`, `updated_by`,
#'       `group_id`, `closest_task_at`, `company_id` and `company_name`
#'       (contacts only), and what else the server sends. Types as in
#'       [AmoLeads()]}
#'     \item{`linked_custom_fields`, `linked_tags`}{as in [AmoLeads()]}
#'     \item{`linked_leads`}{`id`, `lead_id`, `lead_idx`}
#'     \item{`linked_contacts`}{companies only: `id`, `contact_id`,
#'       `contact_idx`}
#'     \item{`linked_customers`}{`id`, `customer_id`, `customer_idx`}
#'   }
#'   With `flatten = TRUE` one data.frame. Without rows the tables have their
#'   columns all the same, and a warning of class `amocrm_warning_zero_rows`
#'   says so.
#'
#' @section Conditions:
#' Those of [amocrm-package]. The field `partial` holds the tables of what had
#' arrived.
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
