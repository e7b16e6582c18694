#' Try to log in
#'
#' Logs in with an email and an API key, or tries a token. The other functions
#' log in by themselves: this one only checks whether it works.
#'
#' @param email,apikey,domain email, API key and account, see [AmoAuthList()].
#' @param auth_list a list created by [AmoAuthList()], or any list with the same
#'   elements. It takes precedence over the three arguments, and can also be the
#'   first argument. Unnamed arguments are then those that follow `auth_list`.
#' @param verbose `TRUE` shows the outcome in a message, with advice if it failed.
#'
#' @return `TRUE`, or the text `Auth error. Error code: <code>. <text>` with
#'   amoCRM's own code and text when it refuses the credentials. The text is in
#'   English in every language, for scripts that compare it.
#'
#' @section Conditions:
#' `amocrm_error_input`, and those of the network and the server (see
#' [amocrm-package]), but not `amocrm_error_auth`, which is returned as text.
#' @examples
#' auth <- AmoSandbox(notes = 10)
#' AmoAuth(auth_list = auth)
#'
#' auth$apikey <- "wrong"
#' AmoAuth(auth_list = auth)
#' @export
AmoAuth <- function(email = NULL, apikey = NULL, domain = NULL, auth_list = NULL,
                    verbose = TRUE) {
  with_auth_list(email, apikey, domain, auth_list, function(auth) {
    verbose <- check_flag(verbose, "verbose")
    login <- log_in(auth)
    if (is.null(login$error)) {
      if (verbose) tell_of_login(login)
      return(TRUE)
    }
    if (verbose) inform(error_text(login$error))
    # The text of amocrm 0.1.0, in English for scripts that compare it.
    paste0("Auth error. Error code: ", login$error$code, ". ", login$error$detail)
  })
}

#' Tries the credentials: gives the account's `name`, or the `error` of a server
#' that does not accept them
#' @noRd
log_in <- function(auth) {
  login <- run_job(rust_login_start(connection_spec(auth)), show_nothing())
  if (!is.null(login$error) && login$error$kind != "auth") abort_from_rust(login$error)
  login
}

tell_of_login <- function(login) inform(gettextf("Logged in to the account %s", login$name))
