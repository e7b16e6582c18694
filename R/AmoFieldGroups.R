#' @rdname AmoLossReasons
#' @export
AmoFieldGroups <- function(auth_list = NULL, type = c("lead", "contact", "company")) {
  with_token_auth(auth_list, function(auth) {
    read_table("field_groups", gettext("groups of custom fields"), auth, list(
      type = check_choices(type, c("lead", "contact", "company", "customer"), "type")
    ))
  })
}
