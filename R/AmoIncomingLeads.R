#' Incoming leads
#'
#' Leads that came in by phone, email, web form or chat, and that nobody has
#' accepted yet.
#'
#' The result is the whole table, or an error that says which rows are missing
#' and holds the others, as with [AmoNotes()].
#'
#' Over API v4 columns and values have the names of v2. Columns that v2 does not
#' have come last: `incoming_lead_info_visitor_uid`, `source_uid` and
#' `account_id`.
#'
#' If the first argument is a list, it is the `auth_list`. The next positional
#' arguments are then `limit`, `categories` and so on.
#'
#' @inheritParams AmoTasks
#' @param categories sources: one or more of `"sip"` (calls), `"mail"`, `"forms"`
#'   and `"chats"`.
#' @param order_by_key `"created_at"`, also the default if `order_by_value` is
#'   given.
#' @param order_by_value `"asc"` (oldest first, the default if `order_by_key` is
#'   given) or `"desc"`.
#' @param pipeline_id ids of pipelines. The rows of several pipelines come one
#'   pipeline after the other.
#' @inheritParams AmoNotes
#'
#' @return A data.frame with a row for each incoming lead. Without
#'   `order_by_key` rows are in the server's order, newest first. Columns are in
#'   the order of their first appearance:
#'   \describe{
#'     \item{`category`}{character: `"sip"`, `"mail"`, `"form"` or `"chat"`}
#'     \item{`uid`, `source_name`, `pipeline_id`}{character}
#'     \item{`created_at`}{POSIXct in the time zone of the account}
#'     \item{`incoming_lead_info_...`}{details of the call, email, form or chat:
#'       character, except for columns that end in `send_at` or `_date`, which
#'       are POSIXct}
#'   }
#'   With `typed = TRUE` `pipeline_id`, `account_id` and `incoming_lead_info_duration`
#'   (seconds) are double.
#'   A table without rows has the first five of these columns, and comes with a
#'   warning of class `amocrm_warning_zero_rows`.
#'
#' @section Conditions:
#' See [amocrm-package]. The field `partial` holds the rows received before the
#' error.
#' @examples
#' auth <- AmoSandbox()
#'
#' leads <- AmoIncomingLeads(auth)
#' table(leads$category)
#'
#' # Calls and forms, the oldest first
#' some <- AmoIncomingLeads(auth, categories = c("sip", "forms"), order_by_value = "asc")
#' head(some[c("category", "created_at", "source_name")])
#' @export
AmoIncomingLeads <- function(email = NULL, apikey = NULL, domain = NULL, auth_list = NULL,
                             limit = 500, categories = NULL, order_by_key = NULL,
                             order_by_value = NULL, pipeline_id = NULL, typed = FALSE) {
  with_auth_list(email, apikey, domain, auth_list, function(auth) {
    ways <- c("sip", "mail", "forms", "chats")
    read_list("incoming_leads", gettext("incoming leads"), auth, list(
      limit = check_limit(limit, 500),
      categories = check_optional_choices(categories, ways, "categories"),
      order = check_order(order_by_key, order_by_value),
      pipeline_id = check_ids(pipeline_id, "pipeline_id"),
      typed = check_flag(typed, "typed")
    ))
  })
}
