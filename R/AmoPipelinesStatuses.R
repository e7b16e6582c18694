#' @rdname AmoUsers
#' @export
AmoPipelinesStatuses <- function(email = NULL, apikey = NULL, domain = NULL, auth_list = NULL) {
  if (is.list(email)) {
    order <- arguments_after_auth(sys.function())
    return(call_with_auth_list(email, order, sys.call(), sys.function(), parent.frame()))
  }
  read_table("pipelines", gettext("pipelines"), call_auth(email, apikey, domain, auth_list))
}
