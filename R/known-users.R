# Names of users in tables that are worth having without them.

#' The users of an account or a copy, none with a warning if they can't be read
#' @return data.frame of `id` and `name`
#' @noRd
known_users <- function(auth, prefix) {
  tryCatch(read_dictionary(auth, "users", prefix)[c("id", "name")],
    amocrm_error_forbidden = users_unknown, amocrm_error_input = users_unknown
  )
}

users_unknown <- function(error) {
  warn("unknown_ids", gettextf(
    "names of users are NA, since their list can't be read: %s", first_line(error)
  ))
  data.frame(id = integer(), name = character())
}
