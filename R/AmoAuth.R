#' Try to log in
#'
#' Logs in with e-mail and API key, or tries a token. The other functions do so
#' by themselves: this one only tells whether it works.
#'
#' @param email,apikey,domain e-mail, API key and account, see [AmoAuthList()].
#' @param auth_list a list made by [AmoAuthList()], or any list with the same
#'   elements; wins over the three arguments. A list in the first place is taken
#'   for it, too. Unnamed arguments beside it are those that follow it.
#' @param verbose whether to say how it went in a message.
#'
#' @return `TRUE`, or the text `Auth error. Error code: <code>. <text>` with
#'   amoCRM's own code and text when it refuses the credentials.
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
    log_in(auth, check_flag(verbose, "verbose"))
  })
}

#' Tries the credentials; TRUE, or the text of what the server says
#' @noRd
log_in <- function(auth, verbose) {
  login <- run_job(rust_login_start(connection_spec(auth)), show_nothing())
  if (identical(login$error$kind, "auth")) {
    text <- auth_error_text(login$error)
    if (verbose) inform(text)
    return(text)
  }
  if (!is.null(login$error)) abort_from_rust(login$error)
  if (verbose) inform(gettextf("Logged in to the account %s", login$name))
  TRUE
}
