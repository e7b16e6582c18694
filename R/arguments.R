# Checks of arguments. Each gives the value in the form Rust expects, or an
# input error; nothing has been sent by then.

#' Rows a request: whole, 1 or more; more than `most` is `most` with a warning
#' @noRd
check_limit <- function(limit, most) {
  if (!is_whole(limit) || length(limit) != 1 || limit < 1) {
    abort_input("limit", gettextf("`limit` must be one whole number from 1 to %d", most))
  }
  if (limit > most) {
    warn("limit", gettextf("`limit` can be %d at most: %d is used", most, most))
  }
  min(limit, most)
}

#' Ids: whole numbers, or their text; NULL stays NULL. Gives distinct digits
#' @noRd
check_ids <- function(ids, argument) {
  if (is.null(ids)) {
    return(NULL)
  }
  digits <- if (is_whole(ids)) {
    # as.character() would write 100000 as 1e+05.
    sprintf("%.0f", ids)
  } else if (is.character(ids) || is.factor(ids)) {
    trimws(as.character(ids))
  }
  if (length(digits) == 0 || anyNA(digits) || !all(grepl("^[0-9]{1,18}$", digits))) {
    abort_input(argument, gettextf("`%s` must be one or more whole numbers, or NULL", argument))
  }
  unique(digits)
}

#' Note types: codes or names of AmoNoteTypes(); NULL stays NULL. Gives codes
#' @noRd
check_note_type <- function(note_type) {
  types <- AmoNoteTypes()
  if (is.character(note_type)) {
    named <- match(note_type, types$name)
    note_type[!is.na(named)] <- types$code[named[!is.na(named)]]
  }
  check_ids(note_type, "note_type")
}

#' One or more of `choices`
#' @noRd
check_choices <- function(values, choices, argument) {
  if (!is.character(values) || length(values) == 0 || !all(values %in% choices)) {
    listed <- paste0('"', choices, '"', collapse = ", ")
    abort_input(argument, gettextf("`%s` must be one or more of %s", argument, listed))
  }
  unique(values)
}

#' One text, or NULL
#' @noRd
check_text <- function(text, argument) {
  if (!is.null(text) && !(is.character(text) && length(text) == 1 && !is.na(text))) {
    abort_input(argument, gettextf("`%s` must be one text, or NULL", argument))
  }
  if (!is.null(text)) enc2utf8(text)
}

#' Words, separated by commas or as a vector; NULL for none
#' @noRd
check_words <- function(words, argument) {
  if (!is.null(words) && (!is.character(words) || anyNA(words))) {
    abort_input(argument, gettextf("`%s` must be text, or NULL", argument))
  }
  words <- trimws(unlist(strsplit(as.character(words), ",", fixed = TRUE)))
  words[nzchar(words)]
}

#' One of some numbers, TRUE being 1; NULL stays NULL. Gives digits
#' @noRd
check_one_of <- function(number, numbers, argument) {
  if (is.null(number)) {
    return(NULL)
  }
  if (length(number) != 1 || !(is.numeric(number) || is.logical(number)) || !number %in% numbers) {
    listed <- paste(numbers, collapse = ", ")
    abort_input(argument, gettextf("`%s` must be one of %s, or NULL", argument, listed))
  }
  sprintf("%d", as.integer(number))
}

#' One or more of `choices`; NULL stays NULL
#' @noRd
check_optional_choices <- function(values, choices, argument) {
  if (!is.null(values)) check_choices(values, choices, argument)
}

#' Whether tasks are done: 0, 1, or both; NULL stays NULL
#' @noRd
check_status <- function(status) {
  if (is.logical(status)) status <- as.numeric(status)
  digits <- check_ids(status, "status")
  if (!all(digits %in% c("0", "1"))) {
    abort_input("status", gettext("`status` must be 0 for open tasks or 1 for those that are done"))
  }
  digits
}

#' The direction of an order by time of creation; NULL leaves it to the server
#' @noRd
check_order <- function(key, value) {
  check_one_choice(key, "created_at", "order_by_key")
  check_one_choice(value, c("asc", "desc"), "order_by_value")
  if (is.null(value) && !is.null(key)) "asc" else value
}

#' One of `choices`, or NULL
#' @noRd
check_one_choice <- function(value, choices, argument) {
  if (!is.null(value) && !(is.character(value) && length(value) == 1 && value %in% choices)) {
    listed <- paste0('"', choices, '"', collapse = ", ")
    abort_input(argument, gettextf("`%s` must be one of %s, or NULL", argument, listed))
  }
  value
}

#' @noRd
check_flag <- function(flag, argument) {
  if (!is.logical(flag) || length(flag) != 1 || is.na(flag)) {
    abort_input(argument, gettextf("`%s` must be TRUE or FALSE", argument))
  }
  flag
}

#' A moment; NULL stays NULL
#'
#' Gives `@<seconds since 1970>` for a POSIXct, which says what moment it is,
#' and `YYYY-mm-dd HH:MM:SS` for text and Date, which are read in the
#' account's time zone, known to Rust only.
#' @noRd
check_time <- function(time, argument) {
  if (is.null(time)) {
    return(NULL)
  }
  text <- if (length(time) != 1 || is.na(time)) {
    NA
  } else if (inherits(time, "POSIXt")) {
    sprintf("@%.0f", floor(as.numeric(as.POSIXct(time))))
  } else if (inherits(time, "Date")) {
    paste(format(time, "%Y-%m-%d"), "00:00:00")
  } else if (is.character(time)) {
    wall_clock(time)
  } else {
    NA
  }
  if (is.na(text)) {
    abort_input(argument, gettextf(
      '`%s` must be a time such as "2019-06-01" or "2019-06-01 12:30:00", a Date or a POSIXct',
      argument
    ))
  }
  text
}

#' A text as `YYYY-mm-dd HH:MM:SS`, or NA
#' @noRd
wall_clock <- function(text) {
  text <- sub("T", " ", trimws(text), fixed = TRUE)
  complete <- if (grepl("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", text)) {
    paste(text, "00:00:00")
  } else if (grepl("^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}$", text)) {
    paste0(text, ":00")
  } else if (grepl("^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$", text)) {
    text
  } else {
    return(NA)
  }
  format(strptime(complete, "%Y-%m-%d %H:%M:%S", tz = "UTC"), "%Y-%m-%d %H:%M:%S")
}

#' Whether all are whole numbers that a double holds exactly
#' @noRd
is_whole <- function(x) {
  is.numeric(x) && !inherits(x, c("Date", "POSIXt", "integer64")) &&
    all(is.finite(x)) && all(x == floor(x)) && all(abs(x) <= 2^53)
}

#' A text from an option, one of `choices`, of which the first is the default
#' @noRd
option_choice <- function(name, choices) {
  value <- getOption(name, choices[[1]])
  if (!is.character(value) || length(value) != 1 || !value %in% choices) {
    listed <- paste0('"', choices, '"', collapse = ", ")
    abort_input(name, gettextf("options(%s = ) must be one of %s", name, listed))
  }
  value
}

#' TRUE or FALSE from an option, FALSE by default
#' @noRd
option_flag <- function(name) {
  value <- getOption(name, FALSE)
  if (!is.logical(value) || length(value) != 1 || is.na(value)) {
    abort_input(name, gettextf("options(%s = ) must be TRUE or FALSE", name))
  }
  value
}

#' A number from an option
#' @noRd
option_number <- function(name, default, from, to) {
  value <- getOption(name, default)
  good <- is.numeric(value) && length(value) == 1 && !is.na(value) && value >= from && value <= to
  if (!good) {
    abort_input(name, gettextf("options(%s = ) must be one number from %s to %s", name, from, to))
  }
  as.numeric(value)
}
