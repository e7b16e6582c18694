#' Events of an account
#'
#' Reads everything that amoCRM recorded: who moved which lead from where to where,
#' which price, name, field or responsible user changed from what to what, what was
#' created, linked, deleted, restored or merged, which tags were added or removed,
#' calls, messages and results of tasks. [AmoEventTypes()] lists the types.
#'
#' The data come from `GET /api/v4/events`, which API v2 does not have: the
#' credentials need a token (see [AmoAuthList()]). How far back events go is not
#' documented by amoCRM; `min(events$created_at)` shows it for your account.
#'
#' Events never change. Up to the moment of the call (or `to`) a long list is read in
#' windows of time that overlap by a second, and each event is kept once, so that new
#' events don't disturb the reading. The result is the whole table, or an error that
#' says which rows are missing and holds the others, as with [AmoNotes()].
#'
#' [AmoNotes()] shows some of the events as notes, with the columns of API v2;
#' `after_note_id` is the `id` of such a note.
#'
#' @section Messages in chats:
#' amoCRM files messages under the contact who writes, even if they belong to a lead.
#' With `entity = "lead"` and no `entity_id` the messages of leads are found all the
#' same. With `entity_id` of leads, companies or customers they are left out, with a
#' warning of class `amocrm_warning_no_chats`, unless `type` asks for
#' `"incoming_chat_message"` or `"outgoing_chat_message"`: then all messages of the
#' account (from `from` to `to`) are read and filtered in R. With `entity_id` of
#' contacts their messages come, also those about a lead.
#'
#' @section Values:
#' `value_before` and `value_after` are named lists that say what was there before or
#' after. The ids may be vectors: one of them. amoCRM can do this for one type of
#' events at a time:
#' \describe{
#'   \item{`list(status_id = , pipeline_id = )`, or one of both}{for `type =
#'     "lead_status_changed"`, the default here, or `"customer_status_changed"`
#'     (`status_id` only). Several `status_id` need one `pipeline_id`, or one for
#'     each.}
#'   \item{`list(responsible_user_id = )`}{for `type =
#'     "entity_responsible_changed"`, the default here}
#'   \item{`list(enum_id = )`}{choices of a custom field, for `type =
#'     "custom_field_<id>_value_changed"` with the field's id; see
#'     [AmoCustomFields()]}
#'   \item{`list(value = )`}{a single number or text, for `type =
#'     "sale_field_changed"`, `"name_field_changed"`, `"ltv_field_changed"`,
#'     `"nps_rate_added"`, `"custom_field_value_changed"` or that of one field}
#' }
#'
#' @param auth_list credentials from [AmoAuthList()] with a token. `NULL` takes the
#'   environment variables.
#' @param type types of events from [AmoEventTypes()], such as
#'   `"lead_status_changed"`. Types that it does not list are requested, too, with a
#'   warning.
#' @param entity what the events are about: one or more of `"lead"`, `"contact"`,
#'   `"company"`, `"customer"`, `"task"` and, for elements of a catalog,
#'   `"catalog_<id of the catalog>"`.
#' @param entity_id ids of the leads, contacts and so on, of one `entity`. Any number; for
#'   no ids the table is empty.
#' @param created_by ids of the users who caused the events, see [AmoUsers()]; `0` is
#'   amoCRM itself: a robot or an integration.
#' @param from,to only events between these times, inclusive: `"2019-06-01
#'   12:30:00"`, `"2019-06-01"` (midnight) or a Date in the account's time zone, or a
#'   POSIXct. A time that the clock shows twice, when it is put back, is the first one in
#'   `from` and the second one in `to`; a time that it skips is the moment when it is put
#'   forward.
#' @param id ids of events, as text. The other arguments then filter the result, but
#'   for `enum_id` and `value`.
#' @param value_before,value_after only events with these values, see below.
#'
#' @return A data.frame with a row for each event, ordered by `created_at` and `id`. An
#'   event without a time stands last, and is in no span of `from` and `to`. These columns
#'   are always there; ids are integer, or double when they exceed 2147483647:
#'   \describe{
#'     \item{`id`}{character: id of the event}
#'     \item{`type`}{character: see [AmoEventTypes()]}
#'     \item{`type_label`, `type_label_ru`}{character: what the type means, in English
#'       and in Russian; `NA` for types that [AmoEventTypes()] does not list}
#'     \item{`entity_type`, `entity_id`}{character and integer: what it happened to}
#'     \item{`created_by`}{integer: id of the user who did it, 0 for amoCRM itself}
#'     \item{`created_at`}{POSIXct in the account's time zone}
#'     \item{`after_status_id`, `before_status_id`, `after_pipeline_id`,
#'       `before_pipeline_id`}{integer: the stage after and before; of customers the
#'       status}
#'     \item{`after_sale`, `before_sale`}{integer, or double if there are fractions:
#'       the price of a lead, in the account's currency}
#'     \item{`after_responsible_user_id`, `before_responsible_user_id`}{integer}
#'     \item{`after_field_id`, `before_field_id`, `after_field_value`,
#'       `before_field_value`}{integer and character: id and value of a custom field}
#'     \item{`after_tag`, `before_tag`}{character: names of tags that were added,
#'       removed}
#'     \item{`after_entity_type`, `before_entity_type`, `after_entity_id`,
#'       `before_entity_id`}{character and integer: what it was linked to, unlinked
#'       from}
#'     \item{`after_note_id`, `before_note_id`}{integer: id of the note that tells
#'       more, see [AmoNotes()]}
#'     \item{`after_talk_id`, `before_talk_id`}{integer: id of the conversation that a
#'       message belongs to}
#'     \item{`account_id`}{integer}
#'   }
#'   Whatever else events tell follows if some event tells it, named by its path:
#'   `after_name`, `after_enum_id`, `after_task_text`, `after_task_deadline`
#'   (POSIXct), `after_message_id`, `linked_talk_contact_id` and so on. If an event has
#'   several values, such as two tags, the second one is in `after_tag2`, the third in
#'   `after_tag3`. What one value has several times has `_2`, `_3`, as in
#'   `after_message_attachments_type_2`. A table without rows has these columns, too, and comes with a
#'   warning of class `amocrm_warning_zero_rows`.
#'
#' @section Conditions:
#' See [amocrm-package]. The field `partial` holds the rows received before the
#' error. `amocrm_error_input` for an API key, for `options(amocrm.api = "v2")` and for a
#' `from` that is later than `to`. If the account has no customers, as on Kommo,
#' `entity = "customer"` gives no rows, with the warning `amocrm_warning_no_customers`.
#' `amocrm_warning_unknown_type` names types that [AmoEventTypes()] does not list.
#' @seealso The guide "events" ([amocrm-package] says where the guides are): discounts,
#'   moves, deletions, reaction times and links.
#' @examples
#' auth <- AmoSandbox(notes = 200, access = "token")
#'
#' events <- AmoEvents(auth)
#' table(events$type_label)
#'
#' # Changes of prices: from what to what
#' prices <- AmoEvents(auth, type = "sale_field_changed")
#' prices$difference <- prices$after_sale - prices$before_sale
#' prices[c("created_at", "entity_id", "before_sale", "after_sale", "difference")]
#'
#' # Who moved leads, from which stage to which
#' moves <- AmoEvents(auth, type = "lead_status_changed")
#' stages <- AmoPipelinesStatuses(auth)
#' name_of <- function(pipeline, status) {
#'   stages$status_name[match(
#'     paste(pipeline, status), paste(stages$pipeline_id, stages$status_id)
#'   )]
#' }
#' users <- AmoUsers(auth)
#' data.frame(
#'   at = moves$created_at, lead = moves$entity_id,
#'   from = name_of(moves$before_pipeline_id, moves$before_status_id),
#'   to = name_of(moves$after_pipeline_id, moves$after_status_id),
#'   by = users$name[match(moves$created_by, users$id)]
#' )
#'
#' # Leads that were won (142 is the stage of that in every pipeline)
#' AmoEvents(auth, value_after = list(status_id = 142))[c("created_at", "entity_id")]
#'
#' # What was deleted, and by whom
#' trashed <- AmoLeads(auth)$leads$id[1:2]
#' AmoSandboxChange(auth, "trash", "lead", id = trashed)
#' deleted <- AmoEvents(auth, type = c("lead_deleted", "contact_deleted", "task_deleted"))
#' deleted[c("created_at", "type_label", "entity_id", "created_by")]
#' @export
AmoEvents <- function(auth_list = NULL, type = NULL, entity = NULL, entity_id = NULL,
                      created_by = NULL, from = NULL, to = NULL, id = NULL,
                      value_before = NULL, value_after = NULL) {
  with_token_auth(auth_list, function(auth) {
    type <- check_event_type(type)
    entity <- check_event_entity(entity)
    entity_id <- check_any_ids(entity_id, "entity_id")
    if (!is.null(entity_id) && length(entity) != 1) {
      abort_input("entity_id", gettext("`entity_id` needs exactly one `entity`, such as \"lead\""))
    }
    before <- check_event_values(value_before, "value_before")
    after <- check_event_values(value_after, "value_after")
    arguments <- c(
      list(
        type = event_type_of_values(type, entity, before, after),
        entity = entity,
        entity_id = entity_id,
        created_by = check_any_ids(created_by, "created_by"),
        from = check_time(from, "from"),
        to = check_time(to, "to"),
        id = check_event_id(id)
      ),
      stats::setNames(before, sprintf("before_%s", names(before))),
      stats::setNames(after, sprintf("after_%s", names(after)))
    )
    warn_of_event_types(type)
    if (is.null(id)) warn_of_chats(arguments$type, entity, entity_id)
    read_list("events", gettext("events"), auth, arguments, shape = label_events)
  })
}

#' The table with the labels of the types behind the types
#' @noRd
label_events <- function(events) {
  types <- unique(events$type)
  described <- describe_event_types(types)[match(events$type, types), c("label", "label_ru")]
  names(described) <- c("type_label", "type_label_ru")
  at <- match("type", names(events))
  columns <- append(as.list(events), as.list(described), at)
  # What the server calls like a label goes beside.
  labels <- at + seq_along(described)
  own <- make.unique(c(names(described), names(columns)[-labels]), sep = "_")
  names(columns)[-labels] <- own[-seq_along(described)]
  structure(columns, class = "data.frame", row.names = .set_row_names(nrow(events)))
}

#' Messages of single leads can't be found among those of the leads
#' @noRd
warn_of_chats <- function(type, entity, entity_id) {
  has_chats <- isTRUE(entity %in% c("lead", "company", "customer"))
  if (length(entity_id) > 0 && has_chats && is.null(type)) {
    warn("no_chats", join(gettext(
      "API v4 can't find the chat messages of one lead or company: they are left out.",
      "Request them with `type`, which reads all chats of the account"
    )))
  }
}
