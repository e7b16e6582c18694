# `AmoNotes(auth_list, "lead", 666)`: a list in the first place is the
# auth_list, and the arguments that follow by position then have an order of
# their own (contract, section 1).

#' Repeats the caller's call with the first argument as `auth_list`
#'
#' @param auth_list the list, already evaluated
#' @param order names of the arguments that follow it by position
#' @param call the call to repeat
#' @param fn the function that was called
#' @param frame where it was called from
#' @noRd
call_with_auth_list <- function(auth_list, order, call, fn, frame) {
  arguments <- expand_dots(as.list(call)[-1], frame)
  arguments <- arguments[-first_argument(arguments)]
  free <- setdiff(order, names(arguments))
  unnamed <- which(names(arguments) == "")
  if (length(unnamed) > length(free)) {
    abort_input("auth_list", gettextf(
      "after the auth_list at most %d arguments can go by position: %s",
      length(order), paste(order, collapse = ", ")
    ))
  }
  names(arguments)[unnamed] <- free[seq_along(unnamed)]
  # The list goes in by name, not by value: a traceback shows calls.
  here <- new.env(parent = frame)
  here$.amocrm_auth_list <- auth_list
  here$.amocrm_function <- fn
  arguments$auth_list <- quote(.amocrm_auth_list)
  eval(as.call(c(quote(.amocrm_function), arguments)), here)
}

#' The place of the argument that became `email`
#' @noRd
first_argument <- function(arguments) {
  named <- which(names(arguments) == "email")
  if (length(named) > 0) named else which(names(arguments) == "")[[1]]
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
  # They may be those of a function around, as in lapply(x, function(i) f(...)).
  given <- eval(quote((function(...) names(substitute(list(...))))(...)), frame)[-1]
  names(expanded) <- if (is.null(given)) rep("", count) else given
  append(arguments[-dots], expanded, after = dots - 1)
}
