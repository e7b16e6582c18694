#' Access to an account
#'
#' Puts together what the other functions need to reach an amoCRM or Kommo
#' account: pass the result as their `auth_list`. Nothing is sent. There are
#' three roads, see `vignette("auth")`:
#' * a long-lived token: `domain` and `access_token`. The simple one.
#' * an OAuth integration: `domain`, `client_id`, `client_secret`,
#'   `redirect_uri`, and a `code` the first time (see [AmoAuthorize()]).
#' * an API key: `domain`, `email` and `apikey`. amoCRM stopped handing out API
#'   keys in July 2020; a key works as long as its user's password stays the
#'   same.
#'
#' What is not given comes from the environment variables `AMOCRM_EMAIL`,
#' `AMOCRM_APIKEY`, `AMOCRM_DOMAIN`, `AMOCRM_ACCESS_TOKEN`, `AMOCRM_CLIENT_ID`,
#' `AMOCRM_CLIENT_SECRET`, `AMOCRM_REDIRECT_URI`, `AMOCRM_CODE` and
#' `AMOCRM_TOKEN_FILE`.
#'
#' @param email e-mail of the user, one text.
#' @param apikey the user's API key, one text.
#' @param domain the account: its subdomain (`"mycompany"` means
#'   mycompany.amocrm.ru) or its full host in amocrm.ru, amocrm.com or
#'   kommo.com, without `https://`, port or path. Credentials are sent to no
#'   other place; `http://127.0.0.1:<port>` is accepted for a sandbox.
#' @param access_token a long-lived token of an integration.
#' @param client_id,client_secret,redirect_uri id, secret key and redirect
#'   address of an OAuth integration, exactly as its settings show them.
#' @param code an authorization code, which works once and for 20 minutes. It
#'   is exchanged for tokens when there are none in `token_file`, or when those
#'   are spent.
#' @param token_file the file that the tokens of an OAuth integration live in.
#'   They are renewed there before they end (an access token after a day, a
#'   refresh token after three months without use); several R processes may
#'   share the file. By default a file under
#'   `tools::R_user_dir("amocrm", "cache")`; you are asked before it is first
#'   written. Only you may read it (mode 0600).
#'
#' @return A list with what the road needs, of class `amocrm_auth_list`:
#'   printing it hides what is secret.
#'
#' @section Conditions:
#' `amocrm_error_input` when something is missing or `domain` is no account.
#'
#' @seealso [AmoAuth()] to try it, [AmoSandbox()] for an account that needs
#'   none.
#' @examples
#' auth <- AmoAuthList(domain = "mycompany", access_token = "eyJ0eXAi...")
#' auth
#'
#' old <- AmoAuthList("me@example.com", "0123456789abcdef", "mycompany")
#' old$email
#' @export
AmoAuthList <- function(email = NULL, apikey = NULL, domain = NULL, access_token = NULL,
                        client_id = NULL, client_secret = NULL, redirect_uri = NULL,
                        code = NULL, token_file = NULL) {
  given <- list(
    email = email, apikey = apikey, domain = domain, access_token = access_token,
    client_id = client_id, client_secret = client_secret, redirect_uri = redirect_uri,
    code = code, token_file = token_file
  )
  new_auth_list(resolve_auth(given))
}

new_auth_list <- function(fields) {
  structure(fields[names(fields) != "road"], class = "amocrm_auth_list")
}

secret_fields <- c("apikey", "access_token", "client_secret", "code")

#' @export
format.amocrm_auth_list <- function(x, ...) {
  shown <- lapply(unclass(x), function(field) {
    if (is.character(field) && length(field) == 1) field else class(field)[[1]]
  })
  secret <- intersect(names(shown), secret_fields)
  shown[secret] <- "<hidden>"
  paste0(names(shown), ": ", unlist(shown))
}

#' @export
print.amocrm_auth_list <- function(x, ...) {
  cat("<amocrm access>", format(x), sep = "\n")
  invisible(x)
}

#' @importFrom utils str
#' @export
str.amocrm_auth_list <- function(object, ...) {
  cat(" amocrm access:", paste(format(object), collapse = ", "), "\n")
  invisible(object)
}
