# A list as `auth_list` replaces email, key and domain. Unnamed arguments are then
# the next ones in the function's order: AmoNotes(auth, "lead", 666),
# AmoNotes("lead", 666, auth_list = auth).

#' Calls `read` with the credentials of the calling function
#'
#' @param email,apikey,domain,auth_list the arguments of the calling function
#' @param read function of the credentials that returns the result. It gets them
#'   as a promise, so it can catch errors in them.
#' @param order names of the arguments that can be unnamed after an auth_list
#' @noRd
with_auth_list <- function(email, apikey, domain, auth_list, read,
                           order = arguments_after_auth(fn)) {
  fn <- sys.function(sys.parent())
  frame <- parent.frame(2)
  arguments <- call_arguments(sys.call(sys.parent()), names(formals(fn)), frame)
  # Checked first, since is.list(email) evaluates the unnamed argument.
  if (all(c("auth_list", "") %in% names(arguments)) && !is.null(auth_list)) {
    call_with_auth_list(auth_list, arguments, order, fn, frame)
  } else if (is.list(email)) {
    call_with_auth_list(email, arguments[-first_argument(arguments)], order, fn, frame)
  } else {
    read(checked_auth(email, apikey, domain, auth_list, order))
  }
}

#' The arguments of a function that follow `auth_list`, in their order
#' @noRd
arguments_after_auth <- function(fn) {
  arguments <- names(formals(fn))
  arguments[-seq_len(match("auth_list", arguments))]
}

#' Calls a function again, with a list as `auth_list` and all arguments named
#'
#' @param arguments the other arguments, unevaluated
#' @param frame where the function was called from
#' @noRd
call_with_auth_list <- function(auth_list, arguments, order, fn, frame) {
  arguments$auth_list <- NULL
  free <- setdiff(order, names(arguments))
  unnamed <- which(names(arguments) == "")
  if (length(unnamed) > length(free)) abort_unnamed(order)
  names(arguments)[unnamed] <- free[seq_along(unnamed)]
  # Passed by name, not by value, since tracebacks show calls.
  here <- new.env(parent = frame)
  here$.amocrm_auth_list <- auth_list
  here$.amocrm_function <- fn
  arguments$auth_list <- quote(.amocrm_auth_list)
  eval(as.call(c(quote(.amocrm_function), arguments)), here)
}

abort_unnamed <- function(order) {
  abort_input("auth_list", if (length(order) == 0) {
    gettext("this function takes only the auth_list by position")
  } else {
    count <- length(order)
    sprintf(ngettext(
      count, "at most %d argument can follow the auth_list by position: %s",
      "at most %d arguments can follow the auth_list by position: %s"
    ), count, paste(order, collapse = ", "))
  })
}

#' The position of the argument that became `email`
#' @noRd
first_argument <- function(arguments) {
  named <- which(names(arguments) == "email")
  if (length(named) > 0) named else which(names(arguments) == "")[[1]]
}

#' The arguments of a call, unevaluated and with full names
#'
#' @param formals names of the function's arguments
#' @param frame where it was called from
#' @noRd
call_arguments <- function(call, formals, frame) {
  arguments <- expand_dots(as.list(call)[-1], frame)
  full <- formals[pmatch(names(arguments), formals, duplicates.ok = TRUE)]
  names(arguments) <- ifelse(is.na(full), names(arguments), full)
  arguments
}

#' Replaces `...` in a call's arguments by `..1`, `..2`, with their names
#' @noRd
expand_dots <- function(arguments, frame) {
  if (is.null(names(arguments))) {
    names(arguments) <- rep("", length(arguments))
  }
  dots <- which(vapply(arguments, identical, NA, quote(...)))
  if (length(dots) == 0) {
    return(arguments)
  }
  count <- eval(quote(...length()), frame)
  expanded <- lapply(sprintf("..%d", seq_len(count)), as.name)
  # They can belong to an outer function, as in lapply(x, function(i) f(...)).
  given <- eval(quote((function(...) names(substitute(list(...))))(...)), frame)[-1]
  names(expanded) <- if (is.null(given)) rep("", count) else given
  append(arguments[-dots], expanded, after = dots - 1)
}

#' The credentials, after a check of their form
#' @noRd
checked_auth <- function(email, apikey, domain, auth_list, order) {
  check_email(email, order)
  check_auth_list(auth_list)
  if (is.data.frame(auth_list)) auth_list <- as.list(auth_list)
  call_auth(email, apikey, domain, auth_list)
}

#' Refuses a value that became `email` by its position
#' @noRd
check_email <- function(email, order) {
  if (is.null(email) || (is_one_text(email) && grepl("@", email, fixed = TRUE))) {
    return(invisible())
  }
  meant <- if ("type" %in% order && is_one_text(email) && email %in% note_kinds) {
    sprintf('`type = "%s"`', email)
  } else {
    paste0("`", c("auth_list", order), "`", collapse = ", ")
  }
  abort_input("email", gettextf(
    "`email` must be an email address: name the argument you mean, %s", meant
  ))
}

#' Refuses a list without credentials, such as a table
#' @noRd
check_auth_list <- function(auth_list) {
  if (!is.list(auth_list) || length(auth_list) == 0) {
    return(invisible())
  }
  one_row <- !is.data.frame(auth_list) || nrow(auth_list) == 1
  if (!one_row || !any(names(auth_list) %in% credential_pieces)) {
    abort_input("auth_list", gettextf(
      "`auth_list` must be a list created by AmoAuthList(), not %s", shown_list(auth_list)
    ))
  }
}

#' What a list holds, by its names
#' @noRd
shown_list <- function(list) {
  if (is.data.frame(list)) {
    gettext("a data.frame")
  } else if (is.null(names(list))) {
    gettext("a list without names")
  } else {
    names <- vapply(utils::head(names(list), 5), shown_value, "")
    gettextf("a list with the names %s", paste(names, collapse = ", "))
  }
}
