#' Incoming leads
#'
#' Leads that came in by themselves, by telephone, mail, form or chat, and that
#' nobody has accepted yet.
#'
#' Pages are read as those of [AmoNotes()] are: the answer is the whole table,
#' or an error that says which rows are missing and carries the others.
#'
#' Over API v4 columns and values have the names of v2. What v2 does not have
#' comes last: `incoming_lead_info_visitor_uid`, `source_uid` and `account_id`.
#'
#' A list in the first place is the `auth_list`; the arguments that follow it by
#' position are then `limit`, `categories` and so on.
#'
#' @inheritParams AmoTasks
#' @param categories how they came in: one or more of `"sip"` (calls),
#'   `"mail"`, `"forms"` and `"chats"`.
#' @param order_by_key what they are ordered by: `"created_at"`, which is also
#'   meant when only `order_by_value` is given.
#' @param order_by_value `"asc"` for the oldest first, which is also meant when
#'   only `order_by_key` is given, or `"desc"`.
#' @param pipeline_id id of the pipeline where they wait, or a vector of them,
#'   whose incoming leads come one pipeline after the other.
#'
#' @return A data.frame with a row for each incoming lead. Without
#'   `order_by_key` it is in the order in which the server gives them, newest
#'   first. Columns stand in the order of their first appearance:
#'   \describe{
#'     \item{`category`}{character: `"sip"`, `"mail"`, `"form"` or `"chat"`}
#'     \item{`uid`, `source_name`, `pipeline_id`}{character}
#'     \item{`created_at`}{POSIXct in the time zone of the account}
#'     \item{`incoming_lead_info_...`}{what is known of the call, letter, form or
#'       chat: character, but for columns that end in `send_at` or `_date`, which
#'       are POSIXct}
#'   }
#'   Without rows it has the first five of these columns, and a warning of class
#'   `amocrm_warning_zero_rows` says so.
#'
#' @section Conditions:
#' Those of [amocrm-package]. The field `partial` holds the rows that had
#' arrived, in the same form as the result.
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
                             order_by_value = NULL, pipeline_id = NULL) {
  with_auth_list(email, apikey, domain, auth_list, function(auth) {
    ways <- c("sip", "mail", "forms", "chats")
    read_list("incoming_leads", gettext("incoming leads"), auth, list(
      limit = check_limit(limit, 500),
      categories = check_optional_choices(categories, ways, "categories"),
      order = check_order(order_by_key, order_by_value),
      pipeline_id = check_ids(pipeline_id, "pipeline_id")
    ))
  })
}
