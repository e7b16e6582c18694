#' @rdname AmoLossReasons
#' @export
AmoSources <- function(auth_list = NULL) {
  with_token_auth(auth_list, function(auth) {
    read_table("sources", gettext("sources"), auth)
  })
}
