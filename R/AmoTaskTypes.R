#' @rdname AmoUsers
#' @export
AmoTaskTypes <- function(email = NULL, apikey = NULL, domain = NULL, auth_list = NULL) {
  with_auth_list(email, apikey, domain, auth_list, function(auth) {
    read_table("task_types", gettext("types of tasks"), auth)
  })
}
