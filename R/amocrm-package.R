#' amocrm: read amoCRM and Kommo accounts into data frames
#'
#' Downloads notes, calls, stage changes and other records of an amoCRM
#' (abroad: Kommo) account. Scripts written for amocrm 0.1.0 keep working: the
#' same calls, columns, types and order.
#'
#' Start with [AmoSandbox()], which needs no account, and [AmoNotes()].
#'
#' @section Guides:
#' `vignette(package = "amocrm")` lists the guides that are installed, and
#' `vignette("amocrm", "amocrm")` opens the first one. If there are none, the package was
#' installed without them: `remotes::install_local("<folder>", build_vignettes = TRUE)`
#' installs them, too, with the folder of the sources. There they are texts in `vignettes`.
#'
#' @section Printing:
#' Tables are plain data.frames, as in amocrm 0.1.0. R prints a data.frame whole, up to
#' `getOption("max.print")` values, when it is typed without a name: look at `head()`,
#' `str()` or `View()` instead, or set `options(max.print = 1000)`.
#'
#' @section Options:
#' \describe{
#'   \item{`amocrm.quiet`}{`TRUE` silences progress and summary lines.}
#'   \item{`amocrm.rate`}{Requests per second. The default, 7, is amoCRM's limit;
#'     the minimum is 0.01. Lower it when other programs use the same account. More
#'     than 7 works with a sandbox only, where `Inf` means no limit.}
#'   \item{`amocrm.shared_rate`}{`TRUE`, the default: all R processes of a user on this
#'     computer that use the same account and integration (with an API key: the same
#'     email) keep within 7 requests per second together. When their last requests were
#'     sent is in a file of less than a kilobyte in
#'     `tools::R_user_dir("amocrm", "cache")`, which tells nothing else; files that were
#'     not used for a day are removed. `FALSE`: each process counts its own requests.}
#'   \item{`amocrm.api`}{The API to use: `"auto"`, `"v2"` or `"v4"`. `"auto"` uses
#'     v2 if the account answers it, otherwise v4; see the guide "v2-v4".}
#'   \item{`amocrm.on_error`}{`"stop"`, the default, or `"partial"`: if a call
#'     fails after some rows were received, return these with a warning of class
#'     `amocrm_warning_partial` instead of an error.}
#'   \item{`amocrm.zero_rows`}{How to tell that a table has no rows: with a
#'     `"warning"`, the default, a `"message"`, or not at all (`"silent"`).}
#'   \item{`amocrm.verbose`}{`TRUE` shows each request in a message: method,
#'     path, page, status, time, and why it is repeated. It shows no secrets.}
#'   \item{`amocrm.timeout`}{Seconds to wait for the server, from 0.1 to 3,600; 60
#'     by default. A whole answer can take three times as long.}
#' }
#'
#' @section How long a call can take:
#' A call continues as long as new rows arrive. At 7 requests per second, 100,000
#' rows over API v2 take half a minute. It stops when a part of a list was
#' requested 6 times in vain, or when no new row arrived for 5 minutes. The error
#' then holds the rows received. A list can have up to 50,000,000 rows.
#'
#' @section Environment variables:
#' `AMOCRM_DOMAIN`, `AMOCRM_ACCESS_TOKEN` and others (see [AmoAuthList()])
#' replace missing arguments. `HTTPS_PROXY` and `NO_PROXY` set a proxy,
#' `SSL_CERT_FILE` a file with trusted certificates.
#'
#' @section Errors:
#' Every error inherits from `amocrm_error` and has the fields `status` (the
#' HTTP status), `endpoint` (method and path), `request_id` (for amoCRM's
#' support), `partial` (the rows received before the error) and, where there is
#' one, `detail` (the words of the server, of the system or of a library, as they
#' came). A field without a value is `NULL`. The classes:
#' \describe{
#'   \item{`amocrm_error_input`}{An argument or an option is wrong; nothing was
#'     sent (unless it is `member` of [AmoGet()]). The field `argument` names it.}
#'   \item{`amocrm_error_auth`}{The server does not accept the credentials. The
#'     field `code` is amoCRM's own.}
#'   \item{`amocrm_error_forbidden`}{HTTP 403: the user or the token lacks a
#'     permission.}
#'   \item{`amocrm_error_blocked`}{HTTP 403 for any other reason: the account or
#'     the IP address is blocked.}
#'   \item{`amocrm_error_rate_limited`}{HTTP 429, after several tries. The field
#'     `retry_after` is the number of seconds that the server asks to wait.}
#'   \item{`amocrm_error_http`}{Any other HTTP status that is not a success.}
#'   \item{`amocrm_error_timeout`}{No answer in time.}
#'   \item{`amocrm_error_network`}{The server can't be reached, closes the
#'     connection, or has a certificate that is not trusted.}
#'   \item{`amocrm_error_parse`}{The answer can't be read, such as an HTML page
#'     instead of JSON.}
#'   \item{`amocrm_error_incomplete`}{Some rows are missing after all tries. The
#'     field `pages` says which.}
#'   \item{`amocrm_error_too_wide`}{A table has more than 3,000 columns.}
#'   \item{`amocrm_error_sync`}{[AmoSync()] could not bring some tables up to date. The
#'     field `log` says which.}
#'   \item{`amocrm_error_system`}{This computer refuses something, such as the
#'     token file.}
#' }
#'
#' @section Warnings:
#' Every warning inherits from `amocrm_warning`. The classes:
#' \describe{
#'   \item{`amocrm_warning_zero_rows`}{The table has no rows.}
#'   \item{`amocrm_warning_partial`}{The table is incomplete, see
#'     `amocrm.on_error`. It has the fields `partial`, `status`, `endpoint` and
#'     `pages`.}
#'   \item{`amocrm_warning_limit`}{`limit` is above 500 (250 for [AmoGet()]), which is
#'     used.}
#'   \item{`amocrm_warning_no_filters`}{API v4 has no filters in this account: the
#'     whole list was read and filtered here.}
#'   \item{`amocrm_warning_no_customers`}{The account has no customers, or does not use
#'     them by period or by segment.}
#'   \item{`amocrm_warning_no_source`}{API v4 has no notes of a type.}
#'   \item{`amocrm_warning_no_chats`}{API v4 can't find the chat messages of one
#'     contact, lead and so on.}
#'   \item{`amocrm_warning_unknown_type`}{[AmoEventTypes()] does not list a type of
#'     events.}
#'   \item{`amocrm_warning_unknown_catalog`}{The account has no such catalog.}
#'   \item{`amocrm_warning_unknown_with`}{`with_with` has a name that amoCRM is
#'     not known to have.}
#'   \item{`amocrm_warning_no_users`}{[AmoStages()] has no names of users, since the token
#'     may not list them.}
#'   \item{`amocrm_warning_unknown_ids`}{[AmoLabel()] has no name for some ids, such as
#'     those of deleted users. The field `ids` has them by column.}
#'   \item{`amocrm_warning_unreadable_values`}{Values that can't be converted to
#'     the type of their column are `NA`.}
#'   \item{`amocrm_warning_broken_texts`}{Texts with invalid characters have
#'     U+FFFD in their place.}
#'   \item{`amocrm_warning_zone`}{R does not know the account's time zone: times
#'     are in another one.}
#'   \item{`amocrm_warning_unshared_rate`}{The file of `amocrm.shared_rate` can't be used,
#'     or another process keeps it locked: this process counts its own requests only
#'     from now on. Told once.}
#'   \item{`amocrm_warning_tokens_tightened`}{Other users could read the token
#'     file. They can't any more.}
#'   \item{`amocrm_warning_tokens_unsaved`}{New tokens could not be written to
#'     the token file.}
#' }
#'
#' @section Interrupts:
#' Esc or Ctrl-C signals the condition `amocrm_interrupt`, which inherits from
#' `interrupt` and has the field `partial`, too. In an interactive session,
#' [AmoLast()] returns the rows received before an error or an interrupt.
#'
#' @keywords internal
#' @useDynLib amocrm, .registration = TRUE
"_PACKAGE"
