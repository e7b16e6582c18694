#' Leads with their custom fields, tags and contacts
#'
#' Reads the leads (deals) of an account, all of them or those that the filters
#' let through. What a lead has several of is in tables of its own, which join
#' the leads by `id`; see `vignette("tables")`.
#'
#' Over API v4 filters are a paid option of the account, and are ignored in
#' silence where it is off. They are looked at again here, so that the result is
#' the same; where the whole list has to be read for it, a warning of class
#' `amocrm_warning_no_filters` says so.
#'
#' A list in the first place is the `auth_list`, and the arguments that follow
#' it by position are then `limit`, `flatten`, `id` and so on.
#'
#' @inheritParams AmoAuth
#' @param limit rows per request, one whole number from 1 to 500. Fewer rows
#'   make a request quicker, which helps when the server answers too slowly.
#'   Pages overlap by some rows, so that at least 2 are asked for over API v2,
#'   and 20 over v4; API v4 has 250 at most.
#' @param flatten `TRUE` joins all tables to one: a lead then has a row for each
#'   combination of its values, tags and contacts.
#' @param id ids of leads, as numbers or text.
#' @param query text that the server searches for, in any field.
#' @param responsible_user_id ids of the users in charge.
#' @param with_with what the server is to add, separated by commas or as a
#'   vector: `is_price_modified_by_robot`, `loss_reason_name`,
#'   `catalog_elements` (a table of its own), `source` (columns `source_id` and
#'   `source_name`, over API v4 only), `only_deleted`. The names of either API
#'   will do. What else is asked for comes as columns, should the server send
#'   it; a warning of class `amocrm_warning_unknown_with` names what the API is
#'   not known to have.
#' @param status ids of statuses, see [AmoPipelinesStatuses()].
#' @param date_create_from,date_create_to,date_modify_from,date_modify_to only
#'   leads created, or changed last, from this moment to that:
#'   `"2019-06-01 12:30:00"`, `"2019-06-01"` (midnight) or a Date in the time
#'   zone of the account, or a POSIXct.
#' @param tasks `1`: only leads without tasks; `2`: only those with open tasks.
#' @param active `TRUE` or `1`: only leads that are not closed.
#'
#' @return A list of data.frames:
#'   \describe{
#'     \item{`leads`}{a row for each lead: `id`, `name`,
#'       `responsible_user_id`, `created_by`, `created_at`, `updated_at`,
#'       `account_id`, `pipeline_id`, `status_id`, `updated_by`, `is_deleted`,
#'       `main_contact`, `group_id`, `closed_at`, `closest_task_at`,
#'       `is_price_modified_by_robot`, `sale`, `loss_reason_id`, `pipeline`,
#'       `company_id`, `company_name`, `loss_reason_name`, and what else the
#'       server sends, in order of first appearance. Ids, counts and `sale` are
#'       integer (double when a value is too large or has a fraction), `is_...`
#'       logical, `..._at` POSIXct in the time zone of the account, the rest
#'       character. `sale` is the sum with cents where the account counts them,
#'       and double; `price_with_minor_units` then holds the same. API v4 does
#'       not tell `company_name`, which is `NA`: merge with [AmoCompanies()] by
#'       `company_id`}
#'     \item{`linked_custom_fields`}{a row for each value: `id` of the lead,
#'       `custom_field_id`, `custom_field_name`, `custom_field_is_system`
#'       (logical, `NA` over API v4), `custom_field_value_id` (of the choice in
#'       a list, integer), `custom_field_value` (character; a ticked box is
#'       `1`), `custom_field_value_subtype` (part of an address; values with
#'       parts, such as the details of a firm, files or chained lists, have a
#'       row for each part, named here)}
#'     \item{`linked_tags`}{`id`, `tag_id`, `tag_name`, `tag_idx` (1, 2 ...
#'       within the lead)}
#'     \item{`linked_contacts`}{`id`, `contact_id`, `contact_idx`}
#'     \item{`linked_catalog_elements`}{if asked for: `id`,
#'       `catalog_element_id`, `catalog_id`, `quantity`, `price_id`}
#'   }
#'   With `flatten = TRUE` one data.frame. Without rows the tables have their
#'   columns all the same, and a warning of class `amocrm_warning_zero_rows`
#'   says so.
#'
#' @section Conditions:
#' Those of [amocrm-package]. The field `partial` holds the tables of what had
#' arrived.
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
