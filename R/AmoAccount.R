#' The account
#'
#' What an account says of itself: names, currency, country, time zone, and which of
#' its modules are on.
#'
#' With a token API v4 is asked, which tells more. With an API key, or
#' `options(amocrm.api = "v2")`, what API v2 doesn't tell is `NA`.
#'
#' @param auth_list list created by [AmoAuthList()] or [AmoSandbox()]. `NULL`: the
#'   credentials are in environment variables, see [AmoAuthList()].
#'
#' @return A data.frame with one row and always these columns:
#'   \describe{
#'     \item{`id`}{integer: the account's id, `account_id` in other tables}
#'     \item{`name`, `subdomain`}{character: its name, and its part of the address}
#'     \item{`currency`, `currency_symbol`}{character: what prices are in, such as
#'       `"RUB"`; the symbol over API v4 only}
#'     \item{`country`, `language`}{character: codes such as `"RU"` and `"ru"`; the
#'       country over API v4 only}
#'     \item{`timezone`, `timezone_offset`}{character: the time zone of all times in
#'       other tables, and its present distance from UTC, such as `"+03:00"`}
#'     \item{`current_user_id`}{integer: the user whose token or key it is, see
#'       [AmoUsers()]}
#'   }
#'   Over API v4 only, otherwise `NA`:
#'   \describe{
#'     \item{`customers_mode`}{character: how customers are used: `"segments"`,
#'       `"periodicity"` (by period), `"dynamic"` (in old accounts), `"disabled"`, or
#'       `"unavailable"`}
#'     \item{`is_unsorted_on`}{logical: whether there are incoming leads, see
#'       [AmoIncomingLeads()]}
#'     \item{`is_loss_reason_enabled`}{logical: whether lost leads have reasons, see
#'       [AmoLossReasons()]}
#'     \item{`is_api_filter_enabled`}{logical: whether the server filters leads,
#'       contacts, companies and customers; otherwise they are filtered in R}
#'     \item{`is_helpbot_enabled`, `is_technical_account`}{logical: whether a bot
#'       answers usual questions; whether it is a technical account}
#'     \item{`contact_name_display_order`}{integer: `1` for the first name first, `2`
#'       for the last name first}
#'     \item{`version`}{integer: version of amoCRM}
#'     \item{`created_at`, `updated_at`}{POSIXct in the account's time zone}
#'     \item{`created_by`, `updated_by`}{integer: ids of users}
#'   }
#'
#' @section Conditions:
#' See [amocrm-package].
#' @examples
#' auth <- AmoSandbox(access = "token")
#'
#' account <- AmoAccount(auth)
#' account[c("name", "currency", "timezone")]
#'
#' # Are there customers?
#' !account$customers_mode %in% c("disabled", "unavailable")
#' @export
AmoAccount <- function(auth_list = NULL) {
  auth <- checked_auth(NULL, NULL, NULL, auth_list, "auth_list")
  read_table("account", gettext("the account"), auth)
}
