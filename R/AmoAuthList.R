#' Access to an account
#'
#' Collects what the other functions need to log in to an amoCRM or Kommo
#' account: pass the result as their `auth_list`. Nothing is sent. There are
#' three ways to log in:
#' * a long-lived token: `domain` and `access_token`. This is the simplest way. An
#'   administrator makes it in the account: Settings > Integrations > menu ... > Create
#'   integration > External integration, then the integration's tab Keys and scopes >
#'   Generate long-lived token.
#' * an OAuth integration: `domain`, `client_id`, `client_secret`,
#'   `redirect_uri`, and a `code` the first time (see [AmoAuthorize()]).
#' * an API key: `domain`, `email` and `apikey`. amoCRM has issued no API keys
#'   since July 2020. An old key works until its user's password changes.
#'
#' The guide "auth" shows each way step by step; [amocrm-package] says where the guides
#' are.
#'
#' White space, quotes and a leading `Bearer` that were copied with a value are
#' removed.
#'
#' Missing arguments are taken from the environment variables `AMOCRM_EMAIL`,
#' `AMOCRM_APIKEY`, `AMOCRM_DOMAIN`, `AMOCRM_ACCESS_TOKEN`, `AMOCRM_CLIENT_ID`,
#' `AMOCRM_CLIENT_SECRET`, `AMOCRM_REDIRECT_URI`, `AMOCRM_CODE` and
#' `AMOCRM_TOKEN_FILE`.
#'
#' @param email email of the user, a string.
#' @param apikey the user's API key, a string.
#' @param domain the account: its subdomain (`"mycompany"` means
#'   mycompany.amocrm.ru), its full host in amocrm.ru, amocrm.com or kommo.com,
#'   or its address in the browser, from which the host is taken. Credentials are
#'   sent to no other host; `http://127.0.0.1:<port>` is accepted for a sandbox.
#' @param access_token a long-lived token of an integration.
#' @param client_id,client_secret,redirect_uri id, secret key and redirect URI
#'   of an OAuth integration, exactly as in its settings.
#' @param code an authorization code, which works once and for 20 minutes. It
#'   is exchanged for tokens when `token_file` has none, or when these have
#'   expired.
#' @param token_file the file that stores the tokens of an OAuth integration.
#'   They are renewed before they expire (an access token after a day, a refresh
#'   token after three months without use). The default is a file in
#'   `tools::R_user_dir("amocrm", "cache")`; you are asked before it is first
#'   written.
#'
#' @return A list of class `amocrm_auth_list` with the credentials. `print()`,
#'   `str()`, `dput()` and tracebacks don't show its secrets, nor those of parts
#'   and copies; `$` and `[[` return them as text.
#'
#' @section The token file:
#' Only you can read it (mode 0600). If other users can read an existing file,
#' their permission is removed, with the warning
#' `amocrm_warning_tokens_tightened`. A link, a file of another user and a file in
#' a folder that others can write to are refused. A folder like `/tmp`, where
#' users can't replace each other's files, is accepted.
#'
#' Several R processes can share the file. They take turns to renew the tokens: a
#' process waits for another for up to 3 minutes, and says for which one.
#'
#' A refresh token works once, so the new pair must not get lost. Disk space for
#' it is reserved before it is requested, and neither Ctrl-C nor an error stops a
#' call before the pair is written, for up to 70 seconds (or 10 seconds more than
#' the option `amocrm.timeout`). A pair that can't be written is kept in the
#' session, with the warning `amocrm_warning_tokens_unsaved`, and the next call
#' tries to write it again. The pair is lost if the process is killed at this
#' moment, or if the server's answer does not arrive: authorise again with
#' [AmoAuthorize()].
#'
#' @section Conditions:
#' `amocrm_error_input` when a credential is missing or malformed.
#'
#' @seealso [AmoAuth()] to check the credentials, [AmoSandbox()] to work without
#'   an account.
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
  check_spelt_out("token_file", names(sys.call()))
  given <- list(
    email = email, apikey = apikey, domain = domain, access_token = access_token,
    client_id = client_id, client_secret = client_secret, redirect_uri = redirect_uri,
    code = code, token_file = token_file
  )
  new_auth_list(resolve_auth(given))
}

new_auth_list <- function(fields) {
  as_auth_list(fields[names(fields) != "auth_method"])
}

secret_fields <- c("apikey", "access_token", "client_secret", "code")

# --- The class ----------------------------------------------------------------
# Secrets are stored in environments, whose content print(), str(), dput() and
# tracebacks don't show; `$` and `[[` return it. saveRDS() and parallel workers
# keep environments.

#' A list that hides its secrets
#' @noRd
as_auth_list <- function(fields, sandbox = NULL) {
  secret <- names(fields) %in% secret_fields & vapply(fields, is.character, NA)
  fields[secret] <- lapply(fields[secret], new_secret)
  structure(fields, class = "amocrm_auth_list", sandbox = sandbox)
}

new_secret <- function(text) {
  structure(list2env(list(text = text), parent = emptyenv()), class = "amocrm_secret")
}

#' The text of a secret; other values unchanged
#' @noRd
reveal <- function(value) if (inherits(value, "amocrm_secret")) get("text", value) else value

#' @export
`$.amocrm_auth_list` <- function(x, name) reveal(unclass(x)[[name, exact = FALSE]])

#' @export
`[[.amocrm_auth_list` <- function(x, i, ...) reveal(unclass(x)[[i, ...]])

#' @export
`[.amocrm_auth_list` <- function(x, i) as_auth_list(unclass(x)[i])

#' @export
`$<-.amocrm_auth_list` <- function(x, name, value) {
  x[[name]] <- value
  x
}

#' @export
`[[<-.amocrm_auth_list` <- function(x, i, value) {
  fields <- unclass(x)
  fields[[i]] <- value
  as_auth_list(fields, attr(x, "sandbox"))
}

#' @export
`[<-.amocrm_auth_list` <- function(x, i, value) {
  fields <- unclass(x)
  fields[i] <- value
  as_auth_list(fields, attr(x, "sandbox"))
}

#' @export
c.amocrm_auth_list <- function(...) {
  pieces <- lapply(list(...), function(piece) if (is.list(piece)) unclass(piece) else piece)
  as_auth_list(do.call(c, pieces), attr(..1, "sandbox"))
}

#' @export
format.amocrm_auth_list <- function(x, ...) {
  shown <- lapply(unclass(x), function(field) {
    if (is.character(field) && length(field) == 1) field else class(field)[[1]]
  })
  # A token may have been passed as another argument.
  secret <- names(shown) %in% secret_fields | looks_secret(unlist(shown))
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

#' @export
format.amocrm_secret <- function(x, ...) "<hidden>"

#' @export
print.amocrm_secret <- function(x, ...) {
  cat(format(x), "\n", sep = "")
  invisible(x)
}

#' @export
str.amocrm_secret <- function(object, ...) {
  cat("", format(object), "\n")
  invisible(object)
}
