#' amocrm: read amoCRM and Kommo accounts into data frames
#'
#' Downloads notes, calls, stage changes and other records of an amoCRM
#' (abroad: Kommo) account. Scripts written for amocrm 0.1.0 keep working: the
#' same calls, columns, types and order.
#'
#' Start with [AmoSandbox()], an account that needs none, and [AmoNotes()].
#'
#' @section Options:
#' \describe{
#'   \item{`amocrm.quiet`}{`TRUE` silences progress and summary lines.}
#'   \item{`amocrm.rate`}{Requests per second, 7 by default, which is what
#'     amoCRM allows, 0.01 at least. Lower it when other programs use the same
#'     account. More than 7 has an effect on a sandbox only, where `Inf` is no
#'     limit.}
#'   \item{`amocrm.api`}{`"auto"`, `"v2"` or `"v4"`: the API to use. `"auto"`
#'     takes v2 where it has the account, whose rows the tables are shaped after, else
#'     v4; see `vignette("v2-v4")`.}
#'   \item{`amocrm.on_error`}{`"stop"`, the default, or `"partial"`: when
#'     something fails after rows have come, give these with a warning of class
#'     `amocrm_warning_partial` instead of an error.}
#'   \item{`amocrm.zero_rows`}{What a table without rows brings: `"warning"`, the
#'     default, `"message"`, which suits jobs in which this is usual, or
#'     `"silent"`.}
#'   \item{`amocrm.verbose`}{`TRUE` shows each request in a message: method,
#'     path, page, status, time, and why it is repeated. Nothing secret.}
#'   \item{`amocrm.timeout`}{Seconds that the server may be silent, 60 by
#'     default, from 0.1 to 3600. A whole answer may take three times as long.}
#' }
#'
#' @section How long a call can take:
#' As long as new rows come, a call goes on: a request takes 0.14 s at 7 a
#' second, so that 100,000 rows over API v2 take half a minute. Otherwise it
#' ends: when a place of a list was tried 6 times, or when no new row came for
#' 5 minutes, whatever the server does. The error then carries what had come.
#' A list has 50,000,000 rows at most.
#'
#' @section Environment variables:
#' `AMOCRM_DOMAIN`, `AMOCRM_ACCESS_TOKEN` and others (see [AmoAuthList()])
#' stand in for arguments that are not given. `HTTPS_PROXY` and `NO_PROXY` name a proxy,
#' `SSL_CERT_FILE` a file of certificates to trust.
#'
#' @section Conditions:
#' Every error inherits from `amocrm_error` and carries the fields `status`
#' (the HTTP status), `endpoint` (method and path), `request_id` (to quote to
#' amoCRM's support) and `partial` (the rows that had arrived), each `NULL`
#' where there is none. The classes are
#' \describe{
#'   \item{`amocrm_error_input`}{An argument is wrong; nothing was sent.}
#'   \item{`amocrm_error_auth`}{The server does not accept the credentials.}
#'   \item{`amocrm_error_forbidden`}{403 that says so: this user or token lacks
#'     a right.}
#'   \item{`amocrm_error_blocked`}{Any other 403: the account or the address is
#'     blocked.}
#'   \item{`amocrm_error_rate_limited`}{429 that did not end; the field
#'     `retry_after` has the seconds that the server asked to wait, if it did.}
#'   \item{`amocrm_error_http`}{Any other HTTP status that is not success.}
#'   \item{`amocrm_error_timeout`}{No answer in time.}
#'   \item{`amocrm_error_network`}{The server can't be reached or hung up, or
#'     its certificate is not trusted.}
#'   \item{`amocrm_error_parse`}{An answer is not what it should be.}
#'   \item{`amocrm_error_incomplete`}{Pages are missing although everything was
#'     tried.}
#'   \item{`amocrm_error_too_wide`}{A table has more than 3,000 columns.}
#'   \item{`amocrm_error_system`}{This computer refused something.}
#' }
#' Warnings inherit from `amocrm_warning`; what the server sent that is not in
#' the tables is told by `amocrm_warning_unreadable_values` and
#' `amocrm_warning_broken_texts`, another time zone by `amocrm_warning_zone`.
#'
#' Esc or Ctrl-C signals `amocrm_interrupt`, which inherits from `interrupt`
#' and carries `partial` too. At the prompt [AmoLast()] gives these rows after
#' either.
#'
#' @keywords internal
#' @useDynLib amocrm, .registration = TRUE
"_PACKAGE"
