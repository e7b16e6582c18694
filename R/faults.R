# Faults of a sandbox: checks the user's list, which Rust reads then.

# The elements that each action needs besides `path`, and those it may have.
fault_needs <- list(
  status = "status", empty = NULL, short = "rows", body = "body", cut = NULL, close = NULL,
  delay = "seconds", expire = NULL, redirect = "to", remove = "rows", insert = "rows",
  change = "rows", drip = "seconds", lose = NULL, replace = c("text", "by"), spare = NULL,
  add = c("rows", "at"), grow = c("rows", "at"), delete = c("rows", "at"),
  move = c("rows", "at"), keep = "rows", shuffle = NULL, skip = "rows", view = "rows",
  `repeat` = NULL, cap = "rows", longer = "rows", gap = "rows", double = NULL, reverse = NULL,
  no_id = NULL, new = NULL, `next` = NULL, last = NULL
)
fault_may <- list(status = c("body", "headers"), shuffle = "rows")

# Further conditions on requests, with their defaults.
fault_when <- list(
  share = 1, seed = 0, every = 1, each_page = FALSE, during = c(0, Inf), over = 0,
  holding = c(1, Inf)
)

#' All faults, each as a list
#' @noRd
check_faults <- function(faults) {
  if (!is.list(faults) || !all(vapply(faults, is.list, NA))) {
    abort_input("faults", gettext(
      '`faults` must be a list of lists, such as list(list(path = "/notes", status = 502))'
    ))
  }
  Map(check_fault, faults, seq_along(faults))
}

#' One fault with all of its conditions
#' @noRd
check_fault <- function(fault, number) {
  refuse <- function(message) {
    abort_input("faults", paste0(gettextf("`faults`, element %d: ", number), message))
  }
  action <- fault_action(fault, refuse)
  check_fault_names(fault, action, refuse)
  nth <- fault_range(fault$nth, refuse)
  if (action == "insert" && nth[[2]] == Inf) {
    refuse(gettext('`nth` must have an end for "insert"'))
  }
  for (name in intersect(c("path", "body", "to", "text", "by", "at"), names(fault))) {
    fault[[name]] <- fault_text(fault[[name]], name, refuse)
  }
  for (name in intersect(c("status", "rows", "seconds"), names(fault))) {
    fault[[name]] <- fault_number(fault[[name]], name, action, refuse)
  }
  if (!is.null(fault$at) && !fault$at %in% c("front", "end", "anywhere")) {
    refuse(gettext('`at` must be "front", "end" or "anywhere"'))
  }
  fault$headers <- fault_headers(fault$headers, refuse)
  conditions <- fault_conditions(fault, refuse)
  fault[c("action", "nth", names(conditions))] <- c(list(action, nth), conditions)
  fault
}

#' The conditions, each of the length of its default
#' @noRd
fault_conditions <- function(fault, refuse) {
  given <- fault[intersect(names(fault_when), names(fault))]
  for (name in names(given)) {
    value <- if (is.logical(given[[name]])) as.double(given[[name]]) else as_numbers(given[[name]])
    wanted <- length(fault_when[[name]])
    given[[name]] <- value
    if (length(value) == wanted && isTRUE(all(value >= 0)) && !is.unsorted(value)) next
    if (wanted == 1) refuse(gettextf("`%s` must be a single number, 0 or greater", name))
    refuse(gettextf("`%s` must be two increasing numbers, 0 or greater", name))
  }
  lapply(utils::modifyList(fault_when, given), as.numeric)
}

#' @noRd
fault_action <- function(fault, refuse) {
  action <- if (is.null(fault$action) && !is.null(fault$status)) "status" else fault$action
  known <- names(fault_needs)
  if (!is.character(action) || length(action) != 1 || !action %in% known) {
    listed <- paste0('"', setdiff(known, "status"), '"', collapse = ", ")
    refuse(gettextf("it needs a `status`, or an `action`, one of %s", listed))
  }
  action
}

#' Refuses missing and unknown elements
#' @noRd
check_fault_names <- function(fault, action, refuse) {
  needs <- c("path", fault_needs[[action]])
  missing <- setdiff(needs, names(fault))
  if (length(missing) > 0) refuse(gettextf("`%s` is missing", missing[[1]]))
  unknown <- setdiff(
    names(fault), c(needs, fault_may[[action]], "nth", "action", names(fault_when))
  )
  if (length(unknown) > 0) refuse(gettextf('`%s` has no meaning for "%s"', unknown[[1]], action))
}

#' First and last request, counted from 1
#' @noRd
fault_range <- function(nth, refuse) {
  nth <- if (is.null(nth)) 1 else as_numbers(nth)
  without_end <- length(nth) == 2 && nth[[2]] %in% Inf
  counted <- if (without_end) nth[[1]] else nth
  good <- length(counted) > 0 && all(whole(counted))
  if (!good || counted[[1]] < 1 || any(diff(counted) != 1)) {
    refuse(gettext("`nth` must be a whole number from 1, several such as 2:4, or c(2, Inf)"))
  }
  c(counted[[1]], nth[[length(nth)]])
}

#' The status, the rows or the seconds
#' @noRd
fault_number <- function(value, name, action, refuse) {
  value <- as_numbers(value)
  if (!is_count(value)) refuse(gettextf("`%s` must be a single number, 0 or greater", name))
  if (name == "rows" && action != "grow" && !whole(value)) {
    refuse(gettext("`rows` must be a whole number"))
  }
  if (name == "status" && !value %in% 200:599) refuse(gettext("`status` must be from 200 to 599"))
  value
}

#' A single string
#' @noRd
fault_text <- function(text, name, refuse) {
  if (!is.character(text) || length(text) != 1 || is.na(text)) {
    refuse(gettextf("`%s` must be a single string", name))
  }
  enc2utf8(text)
}

#' Headers as a list of strings
#' @noRd
fault_headers <- function(headers, refuse) {
  headers <- unlist(headers)
  named <- !is.null(names(headers)) && all(grepl("^[A-Za-z0-9-]+$", names(headers)))
  if (length(headers) > 0 && (!named || anyNA(headers) || any(grepl("[^ -~]", headers)))) {
    refuse(gettext('`headers` must be named strings such as c("Retry-After" = "1")'))
  }
  stats::setNames(as.list(as.character(headers)), names(headers))
}
