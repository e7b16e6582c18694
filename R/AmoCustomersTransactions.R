#' What customers bought
#'
#' Reads all transactions of customers, or those of some customers.
#'
#' Pages are read as those of [AmoNotes()] are: the answer is the whole table,
#' or an error that says which rows are missing and carries the others.
#'
#' Over API v4 the columns and their order are the same: what v2 calls `date` is
#' `completed_at` there.
#'
#' A list in the first place is the `auth_list`; the arguments that follow it by
#' position are then `limit`, `id` and `customer_id`.
#'
#' @inheritParams AmoTasks
#' @param id id of a transaction, or a vector of them, as numbers or text. Ids
#'   that don't exist give no rows.
#' @param customer_id id of the customer, or a vector of them. Customers that
#'   don't exist give no rows.
#'
#' @return A data.frame with a row for each transaction, in the order in which
#'   the server gives them (by time of creation when there are several
#'   `customer_id`):
#'   \describe{
#'     \item{`created_at`, `updated_at`}{POSIXct in the time zone of the
#'       account}
#'     \item{all others}{character: `id`, `created_by`, `account_id`, `updated_by`,
#'       `is_deleted` (`"TRUE"` or `"FALSE"`), `comment` (`NA` where it is
#'       empty), `price` (with its minor units where the account has them),
#'       `date` (seconds since 1970) and `customer_id`}
#'   }
#'   Without rows it has these columns, and a warning of class
#'   `amocrm_warning_zero_rows` says so.
#'
#' @section Conditions:
#' Those of [amocrm-package]. The field `partial` holds the rows that had
#' arrived, in the same form as the result. An account without customers, such
#' as one of Kommo, has no rows: warning `amocrm_warning_no_customers`.
#' @examples
#' auth <- AmoSandbox()
#'
#' transactions <- AmoCustomersTransactions(auth)
#' tapply(as.numeric(transactions$price), transactions$customer_id, sum)
#'
#' AmoCustomersTransactions(auth, customer_id = transactions$customer_id[1:2])
#' @export
AmoCustomersTransactions <- function(email = NULL, apikey = NULL, domain = NULL,
                                     auth_list = NULL, limit = 500, id = NULL,
                                     customer_id = NULL) {
  with_auth_list(email, apikey, domain, auth_list, function(auth) {
    read_list("transactions", gettext("transactions"), auth, list(
      limit = check_limit(limit, 500),
      id = check_ids(id, "id"),
      customer_id = check_ids(customer_id, "customer_id")
    ))
  })
}
