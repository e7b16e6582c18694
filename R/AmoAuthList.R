#' Access to an account
#'
#' Puts together what the other functions need to reach an amoCRM account:
#' pass the result as their `auth_list`. Nothing is sent.
#'
#' @param email e-mail of the user, one text. `NULL` takes the environment
#'   variable `AMOCRM_EMAIL`.
#' @param apikey the user's API key, one text. `NULL` takes `AMOCRM_APIKEY`.
#'   amoCRM stopped handing out API keys in July 2020; a key works as long as
#'   its user's password stays the same.
#' @param domain the account: its subdomain (`"mycompany"` means
#'   mycompany.amocrm.ru) or its full host in amocrm.ru, amocrm.com or
#'   kommo.com, without `https://`, port or path. `NULL` takes `AMOCRM_DOMAIN`.
#'   Credentials are sent to no other place; `http://127.0.0.1:<port>` is
#'   accepted for a sandbox.
#'
#' @return A list with the elements `email`, `apikey` and `domain`, of class
#'   `amocrm_auth_list`: printing it hides the key.
#'
#' @section Conditions:
#' `amocrm_error_input` when something is missing or `domain` is no account.
#'
#' @seealso [AmoAuth()] to try it, [AmoSandbox()] for an account that needs
#'   none.
#' @examples
#' auth <- AmoAuthList("me@example.com", "0123456789abcdef", "mycompany")
#' auth
#' auth$email
#' @export
AmoAuthList <- function(email = NULL, apikey = NULL, domain = NULL) {
  new_auth_list(resolve_auth(email, apikey, domain, NULL))
}

new_auth_list <- function(fields) {
  structure(fields[c("email", "apikey", "domain")], class = "amocrm_auth_list")
}

#' The credentials to use, checked
#'
#' @return list(email, apikey, domain)
#' @noRd
resolve_auth <- function(email, apikey, domain, auth_list) {
  if (is.list(auth_list)) {
    email <- auth_list[["email"]]
    apikey <- auth_list[["apikey"]]
    domain <- auth_list[["domain"]]
  } else if (!is.null(auth_list)) {
    abort_input("auth_list", gettext("`auth_list` must be a list made by AmoAuthList()"))
  }
  auth <- list(
    email = credential(email, "email", "AMOCRM_EMAIL"),
    apikey = credential(apikey, "apikey", "AMOCRM_APIKEY"),
    domain = credential(domain, "domain", "AMOCRM_DOMAIN")
  )
  checked <- rust_check_domain(auth$domain)
  if (!is.null(checked$error)) abort_from_rust(checked$error)
  auth
}

#' One text, given or from the environment
#' @noRd
credential <- function(value, argument, variable) {
  if (is.null(value)) {
    value <- Sys.getenv(variable)
    if (!nzchar(value)) {
      abort_input(argument, gettextf(
        "`%s` is missing: give it, or an `auth_list`, or set the environment variable %s",
        argument, variable
      ))
    }
  }
  if (!is.character(value) || length(value) != 1 || is.na(value) || !nzchar(value)) {
    abort_input(argument, gettextf("`%s` must be one text that is not empty", argument))
  }
  enc2utf8(value)
}

#' @export
format.amocrm_auth_list <- function(x, ...) {
  shown <- lapply(unclass(x), function(field) {
    if (is.character(field) && length(field) == 1) field else class(field)[[1]]
  })
  secret <- intersect(names(shown), "apikey")
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
