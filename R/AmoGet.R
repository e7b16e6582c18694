#' Any list of API v4
#'
#' Reads a list that no other function reads, such as webhooks or widgets, as one
#' table. Speed limit, retries and checks that the table is whole are those of the
#' other functions. For what has a function of its own use that: it puts custom fields,
#' tags and links into tables of their own.
#'
#' @section Paths:
#' `path` is what amoCRM's documentation has behind `/api/v4/`:
#' `"leads/pipelines/11/statuses"`, `"/api/v4/leads"`, or the full address on the
#' account's own host, `"https://mycompany.amocrm.ru/api/v4/leads?with=contacts"`.
#' Only such an address may have `?` and parameters; otherwise they are in `query`.
#' Anything else is an error before a request is sent, since the credentials go with
#' the request: other hosts, other parts of the site, `..`, encoded characters.
#' A path of one record (`"leads/123"`, `"account"`) gives a table with one row.
#'
#' @section Parameters:
#' `query` is a named list; names are those of the API. `NULL` elements are left out,
#' `TRUE` and `FALSE` are sent as 1 and 0, POSIXct as seconds since 1970.
#'
#' | in R | sent |
#' |------|------|
#' | `list(with = c("contacts", "loss_reason"))` | `with=contacts,loss_reason` |
#' | `list(order = list(id = "asc"))` | `order[id]=asc` |
#' | `list(filter = list(id = 1:2))` | `filter[id][]=1&filter[id][]=2` |
#' | `list("filter[id]" = 1:2)` | the same |
#' | `list(filter = list(created_at = list(from = t)))` | `filter[created_at][from]=...` |
#' | `list(filter = list(x = list(list(status_id = 1))))` | `filter[x][0][status_id]=1` |
#'
#' All pages are read, so `page` is an error; `limit` is the number of rows per request:
#' 250 at most, of events 100, with a warning if it is greater. It can be in `query` or in
#' the address, not in both. One request holds about 7,500 characters, which is some 200
#' ids.
#'
#' amoCRM ignores parameters that it does not know, and filters of leads, contacts and
#' companies where the account has not paid for them, without a word. [AmoLeads()] and
#' the other functions filter again, `AmoGet()` does not.
#'
#' @section Columns:
#' A record becomes a row as in [AmoNotes()]: nested names are joined by `_`
#' (`metadata_from`), lists of several values are numbered (`settings1`, `settings2`; a
#' single one is `settings`, so that a record with one value and a record with two fill
#' different columns: this is how `unlist()` names them), and names that repeat have their
#' place in the record (`..._id___12`). A list of bare values, such as `["a", "b"]`, has a
#' row for each in the column `value`. What a record
#' embeds is there, too (`_embedded_tags_name`); links are not. A column that no record
#' has a value for is missing.
#'
#' Types are those of the JSON: whole numbers are integer (double beyond 2147483647),
#' others double, `true` and `false` logical, the rest character. Whole numbers in
#' columns named `..._at` are seconds since 1970: they become POSIXct in the account's
#' time zone, and 0 becomes `NA`.
#'
#' Leads, contacts, companies, tasks and notes are requested in the order of their ids,
#' events by time, unless `query` has an `order`: rows that change meanwhile then keep
#' their place. Other lists come in the server's order. Rows come once: records are told
#' apart by `id`, else `uid`, `uuid`, `talk_id` or `key`, and `1` is the same as `"1"`:
#' of a paged list the first record with an id is kept. Where it has none of these, of rows
#' that are equal in all columns one is kept. A list that comes in one answer keeps all rows.
#'
#' @param auth_list credentials with a token, from [AmoAuthList()] or [AmoSandbox()];
#'   `NULL` takes the environment variables. An API key is an error: only API v4 is
#'   read.
#' @param path the list, see Paths; it has to be given.
#' @param query parameters, see Parameters.
#' @param member where an answer has several lists in `_embedded`, the name of the one to
#'   read. `NULL` takes the only one, or the one named like the last part of the path.
#'
#' @return A data.frame with a row for each record. A list without records gives a table
#'   without rows and columns, and a warning of class `amocrm_warning_zero_rows`.
#'
#' @section Conditions:
#' See [amocrm-package]. The field `partial` holds the rows received before the error.
#' `amocrm_error_input` for a path or a query that must not be sent, and for a `member`
#' that is not in the answer or is needed: the message lists the choices.
#' `amocrm_warning_limit` for a `limit` that is too great, `amocrm_warning_broken_texts` for
#' texts with invalid characters.
#' `amocrm_error_http` with `status` 404 if the account has no such path,
#' `amocrm_error_forbidden` if the user may not read it.
#' @examples
#' auth <- AmoSandbox(notes = 100, access = "token")
#'
#' AmoGet(auth, "webhooks")
#'
#' # Tags of leads, and events of the last week
#' AmoGet(auth, "leads/tags", list(limit = 50))
#' week <- list(from = Sys.time() - 7 * 24 * 3600)
#' events <- AmoGet(auth, "events", list(filter = list(created_at = week)))
#' table(events$type)
#'
#' # A part of the account
#' AmoGet(auth, "account", list(with = "users_groups"), member = "users_groups")
#' @export
AmoGet <- function(auth_list, path, query = list(), member = NULL) {
  if (missing(auth_list)) auth_list <- NULL
  if (missing(path)) path <- NULL
  with_token_auth(auth_list, function(auth) {
    parameters <- query_parameters(query)
    is_limit <- names(parameters) == "limit"
    if (any(is_limit)) {
      limit <- check_rows(utils::type.convert(unname(parameters[is_limit]), as.is = TRUE), 250)
      parameters[is_limit] <- sprintf("%.0f", limit)
    }
    path <- factor_text(path)
    if (!is_one_text(path)) {
      abort_input("path", gettext("`path` must be a single string, such as \"webhooks\""))
    }
    label <- sub("[?].*", "", sub("^.*/api/v4/|^/", "", path))
    read_list("any_list", label, auth, list(
      account = auth$domain, path = enc2utf8(path), member = check_text(member, "member"),
      names = names(parameters), values = if (length(parameters) > 0) unname(parameters)
    ))
  })
}

#' Parameters of a request: texts, named as the API names them
#' @noRd
query_parameters <- function(query) {
  if (is.null(query)) query <- list()
  if (!is.list(query) || is.object(query) || (length(query) > 0 && is.null(names(query)))) {
    abort_input("query", gettextf(
      "`query` must be a named list, not %s", shown_value(query)
    ))
  }
  flat <- flatten_query(query, character())
  if (length(flat) == 0) character() else flat
}

#' @param name the name so far, one element for each level
#' @noRd
flatten_query <- function(value, name) {
  if (is.null(value)) {
    return(NULL)
  }
  if (identical(name, "with") && is.list(value) && is.null(names(value))) value <- unlist(value)
  if (!is.list(value) || is.object(value)) {
    return(query_member(value, name))
  }
  # To leave it out might ask for all rows in place of none.
  if (length(value) == 0 && length(name) > 0) abort_query(value, name)
  keys <- names(value)
  if (is.null(keys)) keys <- seq_along(value) - 1
  keys[is.na(keys)] <- ""
  parts <- Map(function(part, key) flatten_query(part, c(name, key)), unname(value), keys)
  do.call(c, parts)
}

#' The values of one parameter
#' @noRd
query_member <- function(value, name) {
  texts <- query_texts(value, name)
  keys <- names(value)
  if (identical(name, "with")) {
    return(c(with = paste(texts, collapse = ",")))
  }
  full <- parameter_name(name)
  names(texts) <- if (!is.null(keys)) {
    paste0(full, "[", keys, "]")
  } else {
    brackets <- if (length(texts) > 1 && !endsWith(full, "[]")) "[]"
    rep(paste0(full, brackets), length(texts))
  }
  texts
}

#' `filter[created_at][from]` of its parts
#' @noRd
parameter_name <- function(name) {
  paste0(name[[1]], paste0("[", name[-1], "]", recycle0 = TRUE, collapse = ""))
}

#' Values as the API writes them
#' @noRd
query_texts <- function(value, name) {
  numbers <- as_numbers(if (is.logical(value)) as.integer(value) else value)
  if (length(value) == 0 || !is.atomic(factor_text(value)) && !inherits(value, "POSIXt")) {
    abort_query(value, name)
  } else if (anyNA(value)) {
    abort_query(NA, name)
  } else if (inherits(value, "POSIXt")) {
    sprintf("%.0f", floor(as.numeric(as.POSIXct(value))))
  } else if (length(numbers) > 0) {
    # An integer64 that no double holds would be another number.
    is_lost <- inherits(value, "integer64") & abs(numbers) > 2^53
    if (!all(is.finite(numbers)) || any(is_lost)) abort_query(value, name)
    ifelse(numbers == floor(numbers), sprintf("%.0f", numbers), sprintf("%.15g", numbers))
  } else if (is.character(value) || is.factor(value)) {
    enc2utf8(as.character(value))
  } else {
    abort_query(value, name)
  }
}

#' @noRd
abort_query <- function(value, name) {
  abort_input("query", gettextf(
    "`query` must hold numbers, text, logicals and POSIXct: `%s` is %s",
    parameter_name(name), shown_value(value)
  ))
}
