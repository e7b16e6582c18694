#' Users, groups, types of tasks and stages of an account
#'
#' Small tables that tell what the ids in other tables mean.
#'
#' Over API v4 the columns of v2 come first. What v4 does not tell is `NA`:
#' `last_name` of users, and the flags of users whose rights it does not show.
#' Stages then stand in the order in which a pipeline shows them, rather than by
#' id. Users over API v4 need the token of an administrator.
#'
#' A list in the first place is the `auth_list`: `AmoUsers(auth)`.
#'
#' @inheritParams AmoAuth
#'
#' @return A data.frame, rows in the order in which the server gives them.
#'   Without rows it has its columns all the same.
#'
#'   `AmoUsers()`: a row for each user who is paid for.
#'   \describe{
#'     \item{`id`, `group_id`}{integer; double when ids exceed 2147483647}
#'     \item{`name`, `last_name`, `login`, `language`, `phone_number`}{character,
#'       `NA` where there is none}
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
#' Those of [amocrm-package]. `AmoUsers()` over API v4 with a token that is not
#' an administrator's ends in `amocrm_error_forbidden`.
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
