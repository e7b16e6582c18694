#' @rdname AmoLossReasons
#' @export
AmoRoles <- function(auth_list = NULL) {
  with_token_auth(auth_list, function(auth) {
    read_table("roles", gettext("roles"), auth)
  })
}
