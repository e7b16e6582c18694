# Functions whose lists only API v4 has. Their first argument is the credentials.

#' Calls `read` with credentials that have a token
#'
#' @param auth_list the argument of the calling function, or NULL to take the
#'   environment variables
#' @param read function of the credentials that returns the result
#' @noRd
with_token_auth <- function(auth_list, read) {
  check_auth_list(auth_list)
  if (is.data.frame(auth_list)) auth_list <- as.list(auth_list)
  auth <- call_auth(NULL, NULL, NULL, auth_list)
  if (auth$auth_method == "key") {
    abort_input("auth_list", gettext(
      "only API v4 has this table, and it takes no API key: give AmoAuthList() an `access_token`"
    ))
  }
  if (option_choice("amocrm.api", c("auto", "v2", "v4")) == "v2") {
    abort_input("amocrm.api", gettext(
      "only API v4 has this table: remove options(amocrm.api = \"v2\")"
    ))
  }
  read(c(auth, only_v4 = TRUE))
}
