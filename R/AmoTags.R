#' @rdname AmoLossReasons
#' @export
AmoTags <- function(auth_list = NULL, type = c("lead", "contact", "company"), id = NULL,
                    name = NULL) {
  with_token_auth(auth_list, function(auth) {
    read_table("tags", gettext("tags"), auth, list(
      type = check_choices(type, c("lead", "contact", "company", "customer"), "type"),
      id = check_any_ids(id, "id"),
      name = check_texts(name, "name")
    ))
  })
}
