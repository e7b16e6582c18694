#' @rdname AmoContacts
#' @export
AmoCompanies <- function(email = NULL, apikey = NULL, domain = NULL, auth_list = NULL,
                         limit = 500, flatten = FALSE, id = NULL, query = NULL,
                         responsible_user_id = NULL) {
  with_auth_list(email, apikey, domain, auth_list, function(auth) {
    read_entity("companies", auth, limit, flatten, contact_filters(id, query, responsible_user_id))
  })
}
