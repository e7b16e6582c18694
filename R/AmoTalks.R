#' Talks in messengers
#'
#' A talk is what a client and the account's users write to one another, from the
#' client's first message until a user closes it. What they write is not in the API.
#'
#' Only API v4 has this table, so it needs a token, see [AmoAuthList()]. The list of
#' talks is not documented by amoCRM, though it answers; filters are applied again in R.
#'
#' The result is the whole table, or an error that says which rows are missing and
#' holds the others, as with [AmoNotes()].
#'
#' @inheritParams AmoLossReasons
#' @param id ids of talks, as numbers or text, such as those in the column
#'   `params_talk_id` of [AmoNotes()]. Ids that don't exist give no rows, no ids an empty
#'   table.
#' @param contact_id ids of the contacts who write.
#' @param entity what the talk is about: `"lead"`, `"customer"`, or both.
#' @param entity_id ids of the leads or customers that the talk is about.
#' @param only_in_work `TRUE` for talks that are not closed.
#' @param limit rows per request, from 1 to 250.
#'
#' @return A data.frame with a row for each talk, in the server's order (by creation
#'   time for several `id`, `contact_id` or `entity_id`). Always these columns:
#'   \describe{
#'     \item{`id`}{integer; double if ids exceed 2147483647}
#'     \item{`created_at`, `updated_at`}{POSIXct in the account's time zone: the first
#'       and the last message}
#'     \item{`contact_id`}{integer: the contact who writes}
#'     \item{`entity_type`, `entity_id`}{character (`"lead"` or `"customer"`) and
#'       integer: what it is about; `NA` for a contact without a lead}
#'     \item{`origin`}{character: the messenger, such as `"telegram"`}
#'     \item{`is_in_work`, `is_read`}{logical: whether it is open; whether a user has
#'       read the last message}
#'     \item{`missed_at`}{POSIXct: when the client had waited for too long; `NA` if
#'       someone answered in time}
#'     \item{`rate`}{integer: the client's mark; `0` without one}
#'     \item{`chat_id`}{character: id of the chat at the service that sends messages}
#'     \item{`account_id`}{integer}
#'   }
#'   A table without rows has these columns, too, and comes with a warning of class
#'   `amocrm_warning_zero_rows`.
#'
#' @section Conditions:
#' See [amocrm-package]. `amocrm_error_input` without a token. The field `partial`
#' holds the rows received before the error. If the account has no customers, as on Kommo,
#' `entity = "customer"` gives no rows, with the warning `amocrm_warning_no_customers`.
#' @examples
#' auth <- AmoSandbox(notes = 500, access = "token")
#'
#' talks <- AmoTalks(auth)
#' table(talks$origin)
#'
#' # Talks in which the last message is the client's. Read is not answered
#' messages <- AmoEvents(auth, type = c("incoming_chat_message", "outgoing_chat_message"))
#' last <- messages[!duplicated(messages$after_talk_id, fromLast = TRUE), ]
#' waiting <- last$after_talk_id[last$type == "incoming_chat_message"]
#' talks[talks$id %in% waiting, c("id", "entity_id", "updated_at")]
#' @export
AmoTalks <- function(auth_list = NULL, id = NULL, contact_id = NULL, entity = NULL,
                     entity_id = NULL, only_in_work = FALSE, limit = 250) {
  with_token_auth(auth_list, function(auth) {
    read_list("talks", gettext("talks"), auth, list(
      limit = check_limit(limit, 250),
      talk_id = check_any_ids(id, "id"),
      contact_id = check_any_ids(contact_id, "contact_id"),
      entity = check_optional_choices(entity, c("lead", "customer"), "entity"),
      entity_id = check_any_ids(entity_id, "entity_id"),
      only_in_work = if (check_flag(only_in_work, "only_in_work")) 1
    ))
  })
}
