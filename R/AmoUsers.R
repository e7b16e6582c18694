#' Users, groups, types of tasks and stages of an account
#'
#' Small tables with the meaning of the ids in other tables.
#'
#' Over API v4 the columns of v2 come first. `last_name` of users is `NA`, and so
#' are the flags of users whose permissions v4 does not return. Stages are in the
#' order of the pipeline rather than by id. Over API v4 only the token of an
#' administrator can read users.
#'
#' If the first argument is a list, it is the `auth_list`: `AmoUsers(auth)`.
#'
#' @inheritParams AmoAuth
#'
#' @return A data.frame with rows in the server's order. A table without rows has
#'   all its columns, too.
#'
#'   `AmoUsers()`: a row for each paid user.
#'   \describe{
#'     \item{`id`, `group_id`}{integer; double when ids exceed 2147483647}
#'     \item{`name`, `last_name`, `login`, `language`, `phone_number`}{character,
#'       `NA` if there is none}
#'     \item{`is_active`, `is_free`, `is_admin`}{logical}
#'     \item{`role_id`, `role_name`, `group_name`}{integer, character and
#'       character, over API v4 only}
#'   }
#'   `AmoGroups()`: a row for each group of users.
#'   \describe{
#'     \item{`id`}{integer}
#'     \item{`name`}{character}
#'   }
#'   `AmoTaskTypes()`: a row for each type of tasks.
#'   \describe{
#'     \item{`id`}{integer}
#'     \item{`name`}{character}
#'     \item{`code`}{character, over API v4 only}
#'   }
#'   `AmoPipelinesStatuses()`: a row for each stage of each pipeline.
#'   \describe{
#'     \item{`pipeline_id`, `pipeline_sort`, `status_id`, `status_sort`}{integer}
#'     \item{`pipeline_name`, `status_name`}{character}
#'     \item{`pipeline_is_main`, `status_is_editable`}{logical}
#'   }
#'
#' @section Conditions:
#' See [amocrm-package]. `AmoUsers()` over API v4 fails with
#' `amocrm_error_forbidden` if the token is not an administrator's.
#' @examples
#' auth <- AmoSandbox()
#'
#' AmoUsers(auth)
#' AmoGroups(auth)
#' AmoTaskTypes(auth)
#' AmoPipelinesStatuses(auth)
#'
#' # Tasks with the names of their users
#' tasks <- merge(AmoTasks(auth), AmoUsers(auth), by.x = "responsible_user_id", by.y = "id")
#' head(tasks[c("name", "complete_till_at", "text")])
#' @export
AmoUsers <- function(email = NULL, apikey = NULL, domain = NULL, auth_list = NULL) {
  with_auth_list(email, apikey, domain, auth_list, function(auth) {
    read_table("users", gettext("users"), auth)
  })
}
