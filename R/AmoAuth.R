#' Try to log in
#'
#' Logs in with e-mail and API key, or tries a token. The other functions do so
#' by themselves: this one only tells whether it works.
#'
#' @param email,apikey,domain e-mail, API key and account, see [AmoAuthList()].
#' @param auth_list a list made by [AmoAuthList()], or any list with the same
#'   elements; wins over the three arguments. A list in the first place is taken
#'   for it, too. Unnamed arguments beside it are those that follow it.
#' @param verbose `TRUE` says how it went in a message, and what to do where it
#'   did not work.
#'
#' @return `TRUE`, or the text `Auth error. Error code: <code>. <text>` with
#'   amoCRM's own code and text when it refuses the credentials. The text is in
#'   English in every language, for scripts that compare it.
#'
#' @section Conditions:
#' `amocrm_error_input`, and those of the network and the server (see
#' [amocrm-package]), but no `amocrm_error_auth`: that is the text.
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
