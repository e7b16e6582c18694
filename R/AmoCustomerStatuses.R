#' @rdname AmoLossReasons
#' @export
AmoCustomerStatuses <- function(auth_list = NULL) {
  with_token_auth(auth_list, function(auth) {
    read_table("customer_statuses", gettext("statuses of customers"), auth)
  })
}
