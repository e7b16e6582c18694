#' Authorise an OAuth integration
#'
#' Guides you through giving an OAuth integration access to an account: opens
#' amoCRM's page in the browser, asks for the resulting address or code, exchanges
#' it for tokens and stores them. Works in an interactive session. A long-lived
#' token needs none of this, see [AmoAuthList()].
#'
#' @inheritParams AmoAuthList
#' @param domain the account; `NULL` takes it from the address that you paste.
#'
#' @return A list like that of [AmoAuthList()], without the code, which works only
#'   once.
#'
#' @inheritSection AmoAuthList The token file
#'
#' @section Conditions:
#' `amocrm_error_input` when the session is not interactive or the pasted text has
#' no code, `amocrm_error_auth` when amoCRM does not accept the code,
#' `amocrm_error_system` when the token file can't be used.
#' @examples
#' if (interactive()) {
#'   auth <- AmoAuthorize(
#'     client_id = "2a3b...", client_secret = "...", redirect_uri = "https://example.com/oauth"
#'   )
#' }
#' @export
AmoAuthorize <- function(client_id = NULL, client_secret = NULL, redirect_uri = NULL,
                         domain = NULL, token_file = NULL) {
  check_spelt_out("token_file", names(sys.call()))
  if (!interactive()) {
    abort_input("code", join(gettext(
      "AmoAuthorize() works in an interactive session only;",
      "in a script, give AmoAuthList() a `code`, or a `token_file` that already has tokens"
    )))
  }
  integration <- list(
    client_id = client_id, client_secret = client_secret, redirect_uri = redirect_uri,
    domain = domain, token_file = token_file
  )
  authorize(integration, browse = utils::browseURL, ask = readline)
}

#' @param browse function of an address
#' @param ask function of a prompt, gives the answer
#' @noRd
authorize <- function(integration, browse, ask) {
  client_id <- credential(integration$client_id, "client_id")
  if (!is.null(integration$domain)) integration$domain <- check_domain(integration$domain)
  state <- random_state()
  address <- consent_address(client_id, state, integration$domain)
  steps <- c(
    gettextf("1. In the browser, choose the account and allow access.\n   %s", address),
    gettext(
      "2. The browser then opens the integration's redirect URI. Copy that address, or the code",
      "   on the integration's tab Keys and scopes, and paste it here within 20 minutes."
    )
  )
  message(paste(steps, collapse = "\n"))
  browse(address)
  pasted <- read_pasted(ask(gettext("Address or code: ")), state)
  integration$code <- pasted$code
  if (is.null(integration$domain) && !is.null(pasted$domain)) integration$domain <- pasted$domain
  auth <- new_auth_list(resolve_auth(integration))
  login <- log_in(call_auth(NULL, NULL, NULL, auth))
  if (!is.null(login$error)) abort_from_rust(login$error)
  tell_of_login(login)
  auth$code <- NULL
  auth
}

#' amoCRM's page that asks for consent (docs/api-v4.md, OAuth)
#' @noRd
consent_address <- function(client_id, state, domain) {
  is_kommo <- !is.null(domain) && grepl("\\.(kommo|amocrm)\\.com$", domain)
  sprintf(
    "https://www.%s/oauth?client_id=%s&state=%s&mode=popup",
    if (is_kommo) "kommo.com" else "amocrm.ru",
    utils::URLencode(client_id, reserved = TRUE), state
  )
}

#' Identifies the request in the answer. Does not change the random seed.
#' @noRd
random_state <- function() basename(tempfile("amocrm"))

#' The code in what the user pasted
#'
#' @return list(code, domain), domain is NULL if the address does not have it
#' @noRd
read_pasted <- function(pasted, state) {
  pasted <- trimws(pasted)
  if (!grepl("[?&=]", pasted)) {
    if (!nzchar(pasted)) abort_input("code", gettext("nothing was pasted"))
    return(list(code = pasted, domain = NULL))
  }
  values <- query_values(pasted)
  if (!is.null(values$error)) {
    abort_input("code", gettext("access was denied in the browser"))
  }
  if (is.null(values$code)) {
    abort_input("code", gettext("the pasted address has no code"))
  }
  if (!is.null(values$state) && values$state != state) {
    abort_input("code", gettext("the pasted address belongs to another request: try again"))
  }
  list(code = values$code, domain = values$referer)
}

query_values <- function(address) {
  query <- sub("#.*$", "", sub("^[^?]*\\?", "", address))
  pairs <- strsplit(strsplit(query, "&", fixed = TRUE)[[1]], "=", fixed = TRUE)
  values <- lapply(pairs, function(pair) utils::URLdecode(paste(pair[-1], collapse = "=")))
  stats::setNames(values, vapply(pairs, `[[`, "", 1))
}
