#' Tasks of an account
#'
#' Reads all tasks, or those that match the filters.
#'
#' The result is the whole table, or an error that says which rows are missing
#' and holds the others, as with [AmoNotes()].
#'
#' Over API v4 the columns of v2 come first. `result_id` is mostly `NA`, and
#' `duration` and `updated_by` come last. API v4 can't filter by
#' `date_create_from`, `date_create_to` and `created_by`: all tasks that match the
#' other filters are read, and filtered in R.
#'
#' If the first argument is a list, it is the `auth_list`. The next positional
#' arguments are then `limit`, `id` and so on.
#'
#' @inheritParams AmoNotes
#' @param id ids of tasks, as numbers or text. Ids that don't exist give no rows.
#' @param type what the tasks belong to: one or more of `"contact"`, `"lead"`,
#'   `"company"` and `"customer"`.
#' @param element_id ids of the contacts, leads and so on that the tasks belong
#'   to.
#' @param responsible_user_id ids of the responsible users, see [AmoUsers()].
#' @param date_create_from,date_create_to only tasks created between these times,
#'   inclusive: `"2019-06-01 12:30:00"`, `"2019-06-01"` (midnight) or a Date in the
#'   account's time zone, or a POSIXct, read as for [AmoEvents()].
#' @param date_modify_from,date_modify_to only tasks last modified between these
#'   times.
#' @param status `0` for open tasks, `1` for completed tasks.
#' @param created_by ids of the users who created the tasks; `0` is a robot.
#' @param task_type ids of types from [AmoTaskTypes()].
#'
#' @return A data.frame with a row for each task, in the server's order (by
#'   creation time for several `element_id` or `type`). Columns are in the server's
#'   order, among them:
#'   \describe{
#'     \item{`id`}{integer; double if ids exceed 2147483647}
#'     \item{`responsible_user_id`, `created_by`, `account_id`, `group_id`,
#'       `element_id`, `task_type`}{as `id`}
#'     \item{`created_at`, `updated_at`, `complete_till_at`}{POSIXct in the
#'       account's time zone}
#'     \item{`element_type`}{character: `"contact"`, `"lead"`, `"company"`,
#'       `"customer"`, or `"0"` for a task that belongs to none of them}
#'     \item{`is_completed`}{logical}
#'     \item{`text`}{character}
#'     \item{`result_id`, `result_text`}{integer and character: id and text of
#'       the result, `NA` if there is none}
#'   }
#'   A table without rows has these columns, too, and comes with a warning of
#'   class `amocrm_warning_zero_rows`.
#'
#' @section Conditions:
#' See [amocrm-package]. The field `partial` holds the rows received before the
#' error.
#' @examples
#' auth <- AmoSandbox(notes = 100)
#'
#' tasks <- AmoTasks(auth_list = auth)
#' head(tasks)
#'
#' # Open tasks about leads that are overdue
#' open <- AmoTasks(auth, type = "lead", status = 0)
#' open[open$complete_till_at < Sys.time(), c("text", "complete_till_at")]
#' @export
AmoTasks <- function(email = NULL, apikey = NULL, domain = NULL, auth_list = NULL,
                     limit = 500, id = NULL, type = NULL, element_id = NULL,
                     responsible_user_id = NULL, date_create_from = NULL,
                     date_create_to = NULL, date_modify_from = NULL, date_modify_to = NULL,
                     status = NULL, created_by = NULL, task_type = NULL) {
  with_auth_list(email, apikey, domain, auth_list, function(auth) {
    kinds <- c("contact", "lead", "company", "customer")
    read_list("tasks", gettext("tasks"), auth, list(
      limit = check_limit(limit, 500),
      id = check_ids(id, "id"),
      type = check_optional_choices(type, kinds, "type"),
      element_id = check_ids(element_id, "element_id"),
      responsible_user_id = check_ids(responsible_user_id, "responsible_user_id"),
      date_create_from = check_time(date_create_from, "date_create_from"),
      date_create_to = check_time(date_create_to, "date_create_to"),
      date_modify_from = check_time(date_modify_from, "date_modify_from"),
      date_modify_to = check_time(date_modify_to, "date_modify_to"),
      status = check_status(status),
      created_by = check_ids(created_by, "created_by"),
      task_type = check_ids(task_type, "task_type")
    ))
  })
}
