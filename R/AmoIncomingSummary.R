#' How many incoming leads there were
#'
#' The server's own count of incoming leads: how many came, how many were accepted and
#' declined, and how long that took. [AmoIncomingLeads()] lists those that still wait.
#'
#' Only API v4 has this table, so it needs a token, see [AmoAuthList()].
#'
#' @inheritParams AmoLossReasons
#' @param from,to only leads that came between these times, inclusive:
#'   `"2024-06-01 12:30:00"`, `"2024-06-01"` (midnight) or a Date in the account's time
#'   zone, or a POSIXct, read as for [AmoEvents()]. The server counts, so R can't check the
#'   bounds again.
#' @param pipeline_id ids of pipelines, see [AmoPipelinesStatuses()]: a row for each.
#'   `NULL`: one row for all together; no ids give an empty table.
#'
#' @return A data.frame with one row, or a row for each `pipeline_id` in their order.
#'   All columns are integer and always there:
#'   \describe{
#'     \item{`pipeline_id`}{the pipeline; `NA` for all}
#'     \item{`total`}{leads in all}
#'     \item{`accepted`, `declined`}{leads that a user accepted, or declined}
#'     \item{`average_sort_time`}{seconds until a user did so, on average}
#'     \item{`sip`, `mail`, `forms`, `chats`}{leads that came by phone, email, web form
#'       and chat}
#'   }
#'   Further categories that the server counts come last.
#'
#' @section Conditions:
#' See [amocrm-package]. `amocrm_error_input` without a token, or if `from` is later than
#' `to`.
#' @examples
#' auth <- AmoSandbox(access = "token")
#'
#' AmoIncomingSummary(auth)
#'
#' # Each pipeline in one year
#' pipelines <- unique(AmoPipelinesStatuses(auth)$pipeline_id)
#' AmoIncomingSummary(auth, from = "2025-01-01", to = "2025-12-31 23:59:59",
#'                    pipeline_id = pipelines)
#' @export
AmoIncomingSummary <- function(auth_list = NULL, from = NULL, to = NULL, pipeline_id = NULL) {
  with_token_auth(auth_list, function(auth) {
    read_table("incoming_summary", gettext("summary of incoming leads"), auth, list(
      from = check_time(from, "from"),
      to = check_time(to, "to"),
      pipeline_id = check_any_ids(pipeline_id, "pipeline_id")
    ))
  })
}
