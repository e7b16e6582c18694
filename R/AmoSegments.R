#' @rdname AmoLossReasons
#' @export
AmoSegments <- function(auth_list = NULL) {
  with_token_auth(auth_list, function(auth) {
    read_table("segments", gettext("segments of customers"), auth)
  })
}
