# Translates texts of Rust: places in lists, and causes of failures. The fields
# `pages` and `detail` of conditions keep the original.

# Input errors, exactly as in Rust.
# nolint start: line_length_linter.
rust_input_texts <- function() {
  gettext(
    "`domain` must be the account's subdomain (\"mycompany\"), its full host (\"mycompany.amocrm.ru\", \"mycompany.amocrm.com\", \"mycompany.kommo.com\") or its address in the browser (\"https://mycompany.amocrm.ru/\")",
    "API v4 takes no API key: give AmoAuthList() an `access_token`",
    "this sandbox has ended: start another with AmoSandbox()",
    "`path` must be a path of the account's own API v4, such as \"webhooks\", \"leads/pipelines/11/statuses\" or \"/api/v4/leads\", without `?`: parameters belong in `query`",
    "names in `query` must be made of letters, digits, `_`, `-` and brackets",
    "`query` can't have a `page`: all pages of a list are read",
    "`limit` must be a whole number",
    "`from` must not be later than `to`",
    "`query` is too long for one request: ask for less at once"
  )
}
# nolint end

#' An input error of Rust
#' @noRd
input_text <- function(message) {
  choices <- captured("^`member` must be one of (.*)$", message)
  if (is.null(choices)) gettext(message) else gettextf("`member` must be one of %s", choices)
}

#' What the groups of a pattern match in a text, or NULL if there is no match
#' @noRd
captured <- function(pattern, text) {
  found <- regmatches(text, regexec(pattern, text, perl = TRUE))[[1]]
  if (length(found) > 0) found[-1]
}

#' A place in a list, such as "lead notes, rows 501 to 1000"
#' @noRd
place_text <- function(place) {
  rows <- captured("^(.+), rows ([0-9]+) to ([0-9]+)$", place)
  from <- captured("^(.+) from row ([0-9]+)$", place)
  page <- captured("^(.+), page ([0-9]+)$", place)
  by_id <- captured("^(.+) by id$", place)
  one <- captured("^([a-z]+) ([0-9]+)$", place)
  stalled <- captured("^(.+): no new rows for ([0-9]+) s$", place)
  if (!is.null(rows)) {
    gettextf("%s, rows %s to %s", list_name(rows[[1]]), rows[[2]], rows[[3]])
  } else if (!is.null(from)) {
    gettextf("%s from row %s", list_name(from[[1]]), from[[2]])
  } else if (!is.null(page)) {
    gettextf("%s, page %s", list_name(page[[1]]), page[[2]])
  } else if (!is.null(by_id)) {
    gettextf("%s by id", list_name(by_id))
  } else if (!is.null(one)) {
    gettextf("%s, id %s", list_name(one[[1]]), one[[2]])
  } else if (!is.null(stalled)) {
    gettextf("%s: no new rows for %s s", list_name(stalled[[1]]), stalled[[2]])
  } else {
    list_name(place)
  }
}

#' Several places as one text
#' @noRd
place_texts <- function(places) paste(vapply(places, place_text, ""), collapse = "; ")

#' What a list holds
#' @noRd
list_name <- function(name) {
  about <- captured("^(contact|lead|company|task|customer) (notes|events)$", name)
  fields <- captured("^custom fields of ([a-z]+)$", name)
  if (!is.null(about)) {
    switch(about[[2]],
      notes = notes_label(about[[1]]), events = gettextf("%s events", note_kind_names()[about[[1]]])
    )
  } else if (!is.null(fields)) {
    gettextf("custom fields: %s", list_name(fields))
  } else {
    switch(name,
      leads = , contacts = , companies = , customers = entity_label(name),
      tasks = gettext("tasks"), transactions = gettext("transactions"), users = gettext("users"),
      groups = gettext("groups"), pipelines = gettext("pipelines"),
      "incoming leads" = gettext("incoming leads"), "types of tasks" = gettext("types of tasks"),
      talks = gettext("talks"), tags = gettext("tags"), sources = gettext("sources"),
      roles = gettext("roles"), "loss reasons" = gettext("loss reasons"),
      "statuses of customers" = gettext("statuses of customers"),
      "segments of customers" = gettext("segments of customers"),
      "groups of custom fields" = gettext("groups of custom fields"),
      "summary of incoming leads" = gettext("summary of incoming leads"),
      "custom fields" = gettext("custom fields"), "results of tasks" = gettext("results of tasks"),
      events = gettext("events"), "types of events" = gettext("types of events"),
      catalogs = gettext("catalogs"), "elements of catalogs" = gettext("elements of catalogs"),
      links = gettext("links"),
      "the account" = gettext("the account"), "the log-in" = gettext("the login"),
      "the tokens" = gettext("the tokens"), name
    )
  }
}

#' Why there is no answer, or an invalid one
#'
#' Rules recognise the messages of the system and of libraries. A message without
#' a rule is shown as it is.
#' @noRd
cause_text <- function(cause, is_windows = .Platform$OS.type == "windows") {
  if (is.null(cause)) {
    return(NULL)
  }
  at <- captured("^(.*) [(]at (.*)[)]$", cause)
  host <- captured("^the server redirects to (.*); credentials are not sent there$", cause)
  megabytes <- captured("^the answer is larger than ([0-9]+) MB$", cause)
  refused <- captured("^(can't [^:]*): (.*)$", cause)
  if (!is.null(at)) {
    where <- if (at[[2]] != "the top level") gettextf("(at %s)", at[[2]])
    join(cause_text(at[[1]]), where)
  } else if (!is.null(host)) {
    gettextf("the server redirects to %s; credentials are not sent there", host)
  } else if (!is.null(megabytes)) {
    gettextf("the answer is larger than %s MB", megabytes)
  } else if (!is.null(refused)) {
    sentence(cause_text(refused[[1]]), refused[[2]])
  } else {
    rules <- c(if (is_windows) windows_cause_rules(), cause_rules())
    known <- vapply(names(rules), grepl, NA, cause, ignore.case = TRUE)
    c(rules[known], cause)[[1]]
  }
}

# Numbers that mean something else on other systems.
windows_cause_rules <- function() {
  c(
    "os error (32|33|1224)\\b" = gettext(
      "another program has the file open: close it there, and try again"
    ),
    "os error 5\\b" = gettext("permission denied")
  )
}

# Patterns and their meaning; the first match counts. Error numbers are those of
# Linux, macOS and Windows, whose messages may be in the user's language.
cause_rules <- function() {
  c(
    "peer certificate.*not.?yet" = gettext("it is not valid yet"),
    "peer certificate.*expired" = gettext("it has expired"),
    "peer certificate.*valid.?for.?name" = gettext("it belongs to another server"),
    "peer certificate.*(issuer|EndEntity)" = gettext("its issuer is not known to this computer"),
    "peer certificate.*revoked" = gettext("it has been revoked"),
    "refused|os error (111|61|10061)\\b" = gettext("the server refuses the connection"),
    "lookup|dns error|no such host|os error 1100[1-4]\\b" = gettext(
      "the server's name is not found"
    ),
    "timed out|deadline|os error (110|60|10060)\\b" = gettext("the request timed out"),
    "connection closed|reset|end of file|broken pipe|os error (104|54|10053|10054|32)\\b" = gettext(
      "the server closed the connection before the answer was complete"
    ),
    "unreachable|no route to host|os error (101|113|51|65|10051|10065)\\b" = gettext(
      "the network is unreachable"
    ),
    "permission denied|access is denied|os error 13\\b" = gettext("permission denied"),
    "no space left|not enough space|os error (28|112)\\b" = gettext("the disk is full"),
    "read-only file system|os error (30|19)\\b" = gettext("the disk is read-only"),
    "no such file|cannot find the|os error [23]\\b" = gettext("there is no such file or folder"),
    "tunnel|proxy" = gettext("the proxy does not pass the request on"),
    "^an HTML page$" = gettext("an HTML page instead of JSON"),
    "^EOF while parsing" = gettext("the JSON ends too early"),
    "^invalid type|^invalid value|^missing field|out of range|where an object was|no list of" =
      gettext("a value has another type than expected"),
    "no _embedded|no such member" = gettext("the list is not in it"),
    "^`[^`]*` is not a" = gettext("a number is not whole, or too large"),
    "at line [0-9]+ column [0-9]+$" = gettext("it is not valid JSON"),
    "^the server redirects elsewhere" = gettext(
      "the server redirects elsewhere; credentials are not sent there"
    ),
    "nothing has changed" = gettext(
      "the server says that nothing has changed, but sends no rows"
    ),
    "^there are no tokens yet" = gettext("there are no tokens yet and no `code` was given"),
    "^the answer holds no tokens" = gettext("the answer holds no tokens"),
    "^another process keeps the file locked" = gettext("another process keeps a file locked"),
    "^the file or its folder is not" = gettext("a file or its folder is not yours alone"),
    "^an internal error" = gettext("an internal error of amocrm"),
    "^can't start threads" = gettext("can't start threads"),
    "^can't use the copy" = gettext("can't use the copy"),
    "^can't set up HTTPS" = gettext("can't set up HTTPS"),
    "^can't use the certificates" = gettext(
      "can't use the certificates that SSL_CERT_FILE names"
    ),
    "^the job " = gettext("the call has ended already")
  )
}

#' A line of the log of requests
#' @noRd
log_text <- function(line) {
  again <- captured("^(.*): try ([0-9]+) failed [(](.*)[)], again in ([0-9.]+) s$", line)
  answer <- captured("^(.*): ([0-9]{3}), ([0-9]+) bytes, ([0-9]+) ms$", line)
  failure <- captured("^((?:GET|POST) [^:]*): (.*), ([0-9]+) ms$", line)
  more <- captured("^(.*): ([0-9]+) rows where ([0-9]+) were asked for$", line)
  if (!is.null(again)) {
    gettextf(
      "%s: try %s failed (%s), again in %s s",
      again[[1]], again[[2]], wait_reason(again[[3]]), number_text(as.numeric(again[[4]]), 1)
    )
  } else if (!is.null(answer)) {
    gettextf("%s: %s, %s bytes, %s ms", answer[[1]], answer[[2]], answer[[3]], answer[[4]])
  } else if (!is.null(failure)) {
    gettextf("%s: %s, %s ms", failure[[1]], cause_text(failure[[2]]), failure[[3]])
  } else if (!is.null(more)) {
    gettextf("%s: %s rows where %s were asked for", place_text(more[[1]]), more[[2]], more[[3]])
  } else {
    line
  }
}

#' Why a request is repeated, as `<path or place>: <cause>` or `HTTP 502`
#' @noRd
wait_reason <- function(reason) {
  parts <- captured("^([^:]*): (.*)$", reason)
  if (is.null(parts)) reason else paste0(place_text(parts[[1]]), ": ", cause_text(parts[[2]]))
}
