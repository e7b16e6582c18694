#' @rdname AmoUsers
#' @export
AmoGroups <- function(email = NULL, apikey = NULL, domain = NULL, auth_list = NULL) {
  with_auth_list(email, apikey, domain, auth_list, function(auth) {
    read_table("groups", gettext("groups"), auth)
  })
}
