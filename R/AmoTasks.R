#' Tasks of an account
#'
#' Reads all tasks, or those that the filters let through.
#'
#' Pages are read as those of [AmoNotes()] are: the answer is the whole table,
#' or an error that says which rows are missing and carries the others.
#'
#' Over API v4 the columns of v2 come first. `result_id` is mostly `NA` there,
#' and `duration` and `updated_by` come last. API v4 has no filters for
#' `date_create_from`, `date_create_to` and `created_by`: all tasks that the
#' other filters let through are read then.
#'
#' A list in the first place is the `auth_list`; the arguments that follow it by
#' position are then `limit`, `id` and so on.
#'
#' @inheritParams AmoNotes
#' @param id id of a task, or a vector of them, as numbers or text. Ids that
#'   don't exist give no rows.
#' @param type what the tasks are about: one or more of `"contact"`, `"lead"`,
#'   `"company"` and `"customer"`.
#' @param element_id id of the contact, lead ... that the tasks are about, or a
#'   vector of them.
#' @param responsible_user_id id of the user whose tasks they are, or a vector
#'   of them; see [AmoUsers()].
#' @param date_create_from,date_create_to only tasks set at or after, at or
#'   before this moment: `"2019-06-01 12:30:00"`, `"2019-06-01"` or a Date, which
#'   mean midnight, in the time zone of the account, or a POSIXct.
#' @param date_modify_from,date_modify_to the same of the last change.
#' @param status `0` for open tasks, `1` for those that are done.
#' @param created_by id of the user who set the tasks, or a vector of them; `0`
#'   stands for robots.
#' @param task_type id of a type of [AmoTaskTypes()], or a vector of them.
#'
#' @return A data.frame with a row for each task, in the order in which the
#'   server gives them (by time of creation when there are several `element_id`
#'   or `type`). Columns stand in the order in which the server gives them,
#'   among them:
#'   \describe{
#'     \item{`id`}{integer; double when ids exceed 2147483647}
#'     \item{`responsible_user_id`, `created_by`, `account_id`, `group_id`,
#'       `element_id`, `task_type`}{integer, likewise}
#'     \item{`created_at`, `updated_at`, `complete_till_at`}{POSIXct in the time
#'       zone of the account}
#'     \item{`element_type`}{character: `"contact"`, `"lead"`, `"company"`,
#'       `"customer"`, or `"0"` for a task about nothing}
#'     \item{`is_completed`}{logical}
#'     \item{`text`}{character}
#'     \item{`result_id`, `result_text`}{integer and character: id and text of
#'       what was written down when the task was done, `NA` where nothing was}
#'   }
#'   Without rows it has these columns, and a warning of class
#'   `amocrm_warning_zero_rows` says so.
#'
#' @section Conditions:
#' Those of [amocrm-package]. The field `partial` holds the rows that had
#' arrived, in the same form as the result.
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
