#' Purchases of customers
#'
#' Reads all transactions of customers, or those of some customers.
#'
#' The result is the whole table, or an error that says which rows are missing
#' and holds the others, as with [AmoNotes()].
#'
#' Over API v4 the columns and their order are the same. `date` is `completed_at`
#' in v4.
#'
#' If the first argument is a list, it is the `auth_list`. The next positional
#' arguments are then `limit`, `id`, `customer_id` and `typed`.
#'
#' @inheritParams AmoTasks
#' @param id ids of transactions, as numbers or text. Ids that don't exist give no
#'   rows.
#' @param customer_id ids of customers. Ids that don't exist give no rows.
#' @inheritParams AmoNotes
#'
#' @return A data.frame with a row for each transaction, in the server's order (by
#'   creation time for several `customer_id`):
#'   \describe{
#'     \item{`created_at`, `updated_at`}{POSIXct in the time zone of the
#'       account}
#'     \item{all others}{character unless `typed`: `id`, `created_by`, `account_id`, `updated_by`,
#'       `is_deleted` (`"TRUE"` or `"FALSE"`), `comment` (`NA` if empty), `price`
#'       (with minor units if the account has them), `date` (seconds since 1970)
#'       and `customer_id`. With `typed = TRUE` ids and `price` are double,
#'       `is_deleted` is logical and `date` POSIXct}
#'   }
#'   A table without rows has these columns, too, and comes with a warning of
#'   class `amocrm_warning_zero_rows`.
#'
#' @section Conditions:
#' See [amocrm-package]. The field `partial` holds the rows received before the
#' error. If the account has no customers, as on Kommo, the table has no rows,
#' with the warning `amocrm_warning_no_customers`.
#' @examples
#' auth <- AmoSandbox()
#'
#' transactions <- AmoCustomersTransactions(auth, typed = TRUE)
#' tapply(transactions$price, transactions$customer_id, sum)
#'
#' AmoCustomersTransactions(auth, customer_id = transactions$customer_id[1:2])
#' @export
AmoCustomersTransactions <- function(email = NULL, apikey = NULL, domain = NULL,
                                     auth_list = NULL, limit = 500, id = NULL,
                                     customer_id = NULL, typed = FALSE) {
  with_auth_list(email, apikey, domain, auth_list, function(auth) {
    read_list("transactions", gettext("transactions"), auth, list(
      limit = check_limit(limit, 500),
      id = check_ids(id, "id"),
      customer_id = check_ids(customer_id, "customer_id"),
      typed = check_flag(typed, "typed")
    ))
  })
}
