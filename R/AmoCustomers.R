#' Customers with their linked tables
#'
#' Reads the customers (repeat buyers) of an account. Values of which a record can
#' have several, such as tags, are in tables of their own, which join the main
#' table by `id`; see the guide "tables" ([amocrm-package] says where the guides are). For
#' filters over API v4 see [AmoLeads()].
#'
#' If the first argument is a list, it is the `auth_list`. The next positional
#' arguments are then `limit`, `flatten`, `id` and so on.
#'
#' @inheritParams AmoLeads
#' @param flatten `TRUE` joins all tables into one.
#' @param id ids of customers, as numbers or text.
#' @param main_user ids of the responsible users.
#' @param date_type which date `date_from` and `date_to` filter: `"create"` or
#'   `"modify"`.
#' @param date_from,date_to only customers created or last modified between these
#'   days, inclusive: `"2019-06-01"`, a Date or a POSIXct. Only the day counts, in
#'   the account's time zone.
#' @param next_date_from,next_date_to only customers whose next purchase is due
#'   between these days.
#' @param with_with additional data to request, separated by commas or as a
#'   vector: `segments` (over API v4 only; columns `segments_id1`,
#'   `segments_id2` ...), `catalog_elements`. Other names as in [AmoLeads()].
#'
#' @return A list of data.frames:
#'   \describe{
#'     \item{`customers`}{a row for each: `id`, `name`,
#'       `responsible_user_id`, `created_by`, `created_at`, `updated_at`,
#'       `account_id`, `updated_by`, `is_deleted`, `main_contact`,
#'       `next_price`, `closest_task_at`, `period_id`, `periodicity`,
#'       `next_date` (POSIXct), `company_id`, `company_name`, and further columns
#'       that the server sends. Types, sums and `company_name` as in [AmoLeads()]}
#'     \item{`linked_custom_fields`, `linked_tags`, `linked_contacts`}{as in
#'       [AmoLeads()]}
#'     \item{`linked_catalog_elements`}{as in [AmoLeads()], if requested}
#'   }
#'   With `flatten = TRUE`, one data.frame. Tables without rows have all their
#'   columns; if the main table has none, there is a warning of class
#'   `amocrm_warning_zero_rows`.
#'
#' @section Conditions:
#' See [amocrm-package]. The field `partial` holds the tables with the rows
#' received before the error. If customers are disabled in the account or not
#' included in its plan, and on Kommo, the tables have no rows, with the warning
#' `amocrm_warning_no_customers`.
#' @examples
#' auth <- AmoSandbox(customers = 30)
#' regulars <- AmoCustomers(auth_list = auth)
#' head(regulars$customers)
#' @export
AmoCustomers <- function(email = NULL, apikey = NULL, domain = NULL, auth_list = NULL,
                         limit = 500, flatten = FALSE, id = NULL, query = NULL,
                         main_user = NULL, date_type = NULL, date_from = NULL, date_to = NULL,
                         next_date_from = NULL, next_date_to = NULL, with_with = NULL) {
  with_auth_list(email, apikey, domain, auth_list, function(auth) {
    read_entity("customers", auth, limit, flatten, c(
      list(
        id = check_ids(id, "id"),
        query = check_text(query, "query"),
        responsible_user_id = check_ids(main_user, "main_user"),
        with = check_words(with_with, "with_with"),
        next_from = check_time(next_date_from, "next_date_from"),
        next_to = check_time(next_date_to, "next_date_to")
      ),
      named_dates(date_type, check_time(date_from, "date_from"), check_time(date_to, "date_to"))
    ))
  })
}

#' Both dates, with the names that Rust expects
#' @noRd
named_dates <- function(date_type, from, to) {
  dates <- list(from, to)
  stats::setNames(dates, paste0(dated(date_type, dates), c("_from", "_to")))
}

#' Which dates are filtered: "created" or "updated"
#' @noRd
dated <- function(date_type, dates) {
  if (is.null(date_type)) {
    if (any(lengths(dates) > 0)) {
      abort_input("date_type", gettext(
        '`date_type` must be "create" or "modify" when `date_from` or `date_to` is given'
      ))
    }
    date_type <- "create"
  }
  date_type <- check_choices(date_type, c("create", "modify"), "date_type")
  switch(date_type[[1]], create = "created", modify = "updated")
}
