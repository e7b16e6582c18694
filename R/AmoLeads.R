#' Leads with their custom fields, tags and contacts
#'
#' Reads the leads (deals) of an account, all of them or those that match the
#' filters. Values of which a lead can have several, such as tags, are in tables
#' of their own, which join the leads by `id`; see the guide "tables" ([amocrm-package]
#' says where the guides are).
#'
#' Filters of API v4 are a paid feature; an account without it ignores them
#' silently. The package therefore filters the rows again in R, so that the result
#' is the same. If the whole list has to be read for that, there is a warning of
#' class `amocrm_warning_no_filters`.
#'
#' If the first argument is a list, it is the `auth_list`. The next positional
#' arguments are then `limit`, `flatten`, `id` and so on.
#'
#' @inheritParams AmoAuth
#' @param limit rows per request, a whole number from 1 to 500. A request for
#'   fewer rows is answered faster, which helps when the server is slow. Pages
#'   overlap by some rows, so at least 2 rows are requested over API v2 and 20
#'   over v4. API v4 returns up to 250.
#' @param flatten `TRUE` joins all tables into one: a lead then has a row for each
#'   combination of its values, tags and contacts.
#' @param id ids of leads, as numbers or text.
#' @param query text that the server searches for in all fields.
#' @param responsible_user_id ids of the responsible users.
#' @param with_with additional data to request, separated by commas or as a
#'   vector: `is_price_modified_by_robot`, `loss_reason_name`,
#'   `catalog_elements` (a table of its own), `source` (columns `source_id` and
#'   `source_name`, over API v4 only), `only_deleted`. The names of both APIs are
#'   accepted. Other data become columns if the server sends them; a warning of
#'   class `amocrm_warning_unknown_with` names those that the API is not known to
#'   support.
#' @param status ids of statuses, see [AmoPipelinesStatuses()].
#' @param date_create_from,date_create_to,date_modify_from,date_modify_to only
#'   leads created or last modified between these times:
#'   `"2019-06-01 12:30:00"`, `"2019-06-01"` (midnight) or a Date in the
#'   account's time zone, or a POSIXct, read as for [AmoEvents()].
#' @param tasks `1`: only leads without tasks; `2`: only leads with open tasks.
#' @param active `TRUE` or `1`: only leads that are not closed. `FALSE` is the same
#'   as `NULL`: all leads. Closed leads have the statuses 142 and 143.
#'
#' @return A list of data.frames:
#'   \describe{
#'     \item{`leads`}{a row for each lead: `id`, `name`,
#'       `responsible_user_id`, `created_by`, `created_at`, `updated_at`,
#'       `account_id`, `pipeline_id`, `status_id`, `updated_by`, `is_deleted`,
#'       `main_contact`, `group_id`, `closed_at`, `closest_task_at`,
#'       `is_price_modified_by_robot`, `sale`, `loss_reason_id`, `pipeline`,
#'       `company_id`, `company_name`, `loss_reason_name`, and further columns
#'       that the server sends, in order of first appearance. Ids, counts and
#'       `sale` are integer (double if a value is too large or has a fraction),
#'       `is_...` logical, `..._at` POSIXct in the account's time zone, the rest
#'       character. In accounts with minor units (cents) `sale` includes them and
#'       is double; `price_with_minor_units` is then the same. API v4 does not
#'       return `company_name`, which is `NA`: merge with [AmoCompanies()] by
#'       `company_id`}
#'     \item{`linked_custom_fields`}{a row for each value: `id` of the lead,
#'       `custom_field_id`, `custom_field_name`, `custom_field_is_system`
#'       (logical, `NA` over API v4), `custom_field_value_id` (of the option of a
#'       list, integer), `custom_field_value` (character; a ticked checkbox is
#'       `1`), `custom_field_value_subtype` (part of the value: addresses, company
#'       details, files and chained lists have a row for each part)}
#'     \item{`linked_tags`}{`id`, `tag_id`, `tag_name`, `tag_idx` (1, 2 ...
#'       within the lead)}
#'     \item{`linked_contacts`}{`id`, `contact_id`, `contact_idx`}
#'     \item{`linked_catalog_elements`}{if requested: `id`,
#'       `catalog_element_id`, `catalog_id`, `quantity`, `price_id`}
#'   }
#'   With `flatten = TRUE`, one data.frame. Tables without rows have all their
#'   columns; if the main table has none, there is a warning of class
#'   `amocrm_warning_zero_rows`.
#'
#' @section Conditions:
#' See [amocrm-package]. The field `partial` holds the tables with the rows
#' received before the error.
#' @examples
#' auth <- AmoSandbox(leads = 200)
#' sales <- AmoLeads(auth_list = auth)
#' head(sales$leads)
#' head(sales$linked_custom_fields)
#'
#' # Open leads that have a task
#' open <- AmoLeads(auth, active = TRUE, tasks = 2)
#' @export
AmoLeads <- function(email = NULL, apikey = NULL, domain = NULL, auth_list = NULL, limit = 500,
                     flatten = FALSE, id = NULL, query = NULL, responsible_user_id = NULL,
                     with_with = "is_price_modified_by_robot,loss_reason_name", status = NULL,
                     date_create_from = NULL, date_create_to = NULL, date_modify_from = NULL,
                     date_modify_to = NULL, tasks = NULL, active = NULL) {
  with_auth_list(email, apikey, domain, auth_list, function(auth) {
    read_entity("leads", auth, limit, flatten, list(
      id = check_ids(id, "id"),
      query = check_text(query, "query"),
      responsible_user_id = check_ids(responsible_user_id, "responsible_user_id"),
      with = check_words(with_with, "with_with"),
      status = check_ids(status, "status"),
      created_from = check_time(date_create_from, "date_create_from"),
      created_to = check_time(date_create_to, "date_create_to"),
      updated_from = check_time(date_modify_from, "date_modify_from"),
      updated_to = check_time(date_modify_to, "date_modify_to"),
      tasks = check_one_of(tasks, c(1, 2), "tasks"),
      active = check_optional_flag(active, "active")
    ))
  })
}
