# Checks of arguments. Each returns the value in the form that Rust expects, or
# raises an input error before anything is sent.

#' Rows per request: a whole number from 1; `most` with a warning if it is greater
#' @noRd
check_limit <- function(limit, most) {
  rows <- check_rows(limit, most)
  if (rows > most) warn("limit", limit_text(most))
  min(rows, most)
}

#' The same without the warning
#' @noRd
check_rows <- function(limit, most) {
  rows <- as_numbers(limit)
  if (length(rows) != 1 || !whole(rows) || rows < 1) {
    abort_input("limit", gettextf(
      "`limit` must be a whole number from 1 to %d, not %s", most, shown_value(limit)
    ))
  }
  rows
}

limit_text <- function(most) {
  gettextf("`limit` can't be greater than %d: %d is used", most, most)
}

#' Numbers as doubles, integer64 by value; empty for anything else, such as text,
#' factors and times
#' @noRd
as_numbers <- function(x) {
  if (inherits(x, "integer64")) {
    integer64_numbers(x)
  } else if (is.numeric(x) && !inherits(x, c("Date", "POSIXt", "difftime"))) {
    as.double(x)
  } else {
    numeric()
  }
}

#' Ids as whole numbers or text; NULL stays NULL. Returns unique strings of digits
#' @noRd
check_ids <- function(ids, argument) unique(check_each_id(ids, argument))

#' The same, with ids that are there twice
#' @noRd
check_each_id <- function(ids, argument) {
  if (is.null(ids)) {
    return(NULL)
  }
  digits <- id_digits(ids)
  bad <- which(!is_id(digits))
  if (length(digits) == 0 || length(bad) > 0) {
    must <- gettextf("`%s` must be one or more whole numbers, or NULL", argument)
    abort_ids(must, ids, bad, argument)
  }
  digits
}

#' The same for a function that asks for nothing if there are no ids, see read_query()
#' @noRd
check_any_ids <- function(ids, argument) {
  if (is_empty_vector(ids)) character() else check_ids(ids, argument)
}

#' The same for ids that have to be given
#' @noRd
check_needed_ids <- function(ids, argument) {
  digits <- if (is.null(ids)) NA else id_digits(ids)
  bad <- which(!is_id(digits))
  if (!is_empty_vector(ids) && length(bad) > 0) {
    abort_ids(gettextf("`%s` must be one or more whole numbers", argument), ids, bad, argument)
  }
  check_any_ids(ids, argument)
}

#' @param must what the ids must be
#' @param bad places of those that are not
#' @noRd
abort_ids <- function(must, ids, bad, argument) {
  abort_input(argument, join(paste0(must, bad_element(ids, bad)), ids_are_in(argument)))
}

is_id <- function(digits) !is.na(digits) & grepl("^[0-9]{1,18}$", digits)

is_empty_vector <- function(values) is.atomic(values) && !is.null(values) && length(values) == 0

#' Ids as text; NA for numbers that are not whole
#'
#' Texts lose zeros in front, so that they are those of the APIs.
#' @noRd
id_digits <- function(ids) {
  if (is.character(ids) || is.factor(ids)) {
    texts <- trimws(as.character(ids))
    # What as.character() makes of 100000.
    short <- grep("^[0-9](\\.[0-9]+)?e\\+[0-9]+$", texts)
    texts[short] <- sprintf("%.0f", as.double(texts[short]))
    return(sub("^0+([0-9])", "\\1", texts))
  }
  numbers <- as_numbers(ids)
  if (length(numbers) == 0) {
    return(rep(NA_character_, max(1, length(ids))))
  }
  # as.character() would write 100000 as 1e+05.
  ifelse(whole(numbers), sprintf("%.0f", numbers), NA)
}

#' Numbers that texts write in decimals; NA for others, such as "0x10", which R reads, too
#' @noRd
decimals <- function(texts) {
  texts <- as.character(texts)
  is_decimal <- grepl("^\\s*[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?\\s*$", texts)
  numbers <- rep(NA_real_, length(texts))
  numbers[is_decimal] <- as.double(texts[is_decimal])
  replace(numbers, is.infinite(numbers), NA)
}

#' Values of an integer64, which stores 64-bit integers in the memory of doubles;
#' the smallest integer is NA
#' @noRd
integer64_numbers <- function(ids) {
  bits <- writeBin(as.vector(unclass(ids), "double"), raw(), endian = "little")
  halves <- matrix(readBin(bits, "integer", 2 * length(ids), endian = "little"), 2)
  low <- halves[1, ]
  # As a half of 64 bits, the bits of NA_integer_ are a normal value.
  low <- ifelse(is.na(low), 2^31, low %% 2^32)
  numbers <- halves[2, ] * 2^32 + low
  ifelse(numbers == -2^63, NA, numbers)
}

#' Where the ids of an argument can be looked up, or NULL
#' @noRd
ids_are_in <- function(argument) {
  source <- switch(argument,
    status = , pipeline_id = "AmoPipelinesStatuses()",
    responsible_user_id = , main_user = , created_by = "AmoUsers()",
    task_type = "AmoTaskTypes()", catalog_id = "AmoCatalogs()", note_type = "AmoNoteTypes()"
  )
  if (!is.null(source)) gettextf("(see %s for names and ids)", source)
}

#' Note types as codes or names from AmoNoteTypes(); NULL stays NULL. Returns codes
#' @noRd
check_note_type <- function(note_type) {
  note_type <- factor_text(note_type)
  if (is.character(note_type)) {
    types <- AmoNoteTypes()
    named <- match(note_type, types$name)
    bad <- which(is.na(named) & !grepl("^ *[0-9]+ *$", note_type))
    if (length(bad) > 0) {
      abort_input("note_type", paste0(
        gettext("`note_type` must be codes or names from AmoNoteTypes()"),
        bad_element(note_type, bad), ": ", paste(types$name, collapse = ", ")
      ))
    }
    note_type[!is.na(named)] <- types$code[named[!is.na(named)]]
  }
  check_ids(note_type, "note_type")
}

#' One or more of `choices`
#' @noRd
check_choices <- function(values, choices, argument) {
  values <- factor_text(values)
  bad <- if (is.character(values)) which(!values %in% choices) else seq_along(values)
  if (length(values) == 0 || length(bad) > 0) {
    listed <- paste0('"', choices, '"', collapse = ", ")
    abort_input(argument, paste0(
      gettextf("`%s` must be one or more of %s", argument, listed), bad_element(values, bad)
    ))
  }
  unique(values)
}

#' Factors as text
#' @noRd
factor_text <- function(values) if (is.factor(values)) as.character(values) else values

#' The end of a message that shows the wrong value
#'
#' @param values all values
#' @param bad the positions of wrong values
#' @noRd
bad_element <- function(values, bad) {
  if (!is.atomic(values) || length(values) < 2) {
    return(paste0(", ", gettextf("not %s", shown_value(values))))
  }
  first <- bad[[1]]
  paste0(", ", gettextf("but element %d is %s", first, shown_value(values[first])))
}

#' A short description of a value
#'
#' Long words are not shown: they may be a key or a token.
#' @noRd
shown_value <- function(value) {
  value <- factor_text(value)
  if (is.null(value)) {
    "NULL"
  } else if (is.data.frame(value)) {
    gettext("a data.frame")
  } else if (!is.atomic(value)) {
    gettextf("an object of class \"%s\"", class(value)[[1]])
  } else if (length(value) != 1) {
    sprintf(ngettext(length(value), "%d value", "%d values"), length(value))
  } else if (inherits(value, "integer64")) {
    format(integer64_numbers(value), digits = 15)
  } else if (is.na(value)) {
    "NA"
  } else if (!is.character(value)) {
    format(value, digits = 15, scientific = 15)
  } else if (nchar(value, "bytes") > 100 || grepl("[^[:space:]]{25}", value)) {
    gettext("a long string")
  } else {
    encodeString(value, quote = '"')
  }
}

#' A single string, or NULL
#' @noRd
check_text <- function(text, argument) {
  text <- factor_text(text)
  if (!is.null(text) && !is_one_text(text)) {
    abort_input(argument, gettextf("`%s` must be a single string, or NULL", argument))
  }
  if (!is.null(text)) enc2utf8(text)
}

is_one_text <- function(text) is.character(text) && length(text) == 1 && !is.na(text)

#' Strings; NULL stays NULL, none ask for nothing. Returns unique ones
#' @noRd
check_texts <- function(texts, argument) {
  texts <- factor_text(texts)
  if (is.null(texts)) {
    return(NULL)
  }
  if (!is.character(texts) || anyNA(texts)) {
    abort_input(argument, gettextf("`%s` must be a character vector, or NULL", argument))
  }
  unique(enc2utf8(texts))
}

#' Words, separated by commas or as a vector; NULL for none
#' @noRd
check_words <- function(words, argument) {
  words <- factor_text(words)
  if (!is.null(words) && (!is.character(words) || anyNA(words))) {
    abort_input(argument, gettextf("`%s` must be a character vector, or NULL", argument))
  }
  words <- trimws(unlist(strsplit(as.character(words), ",", fixed = TRUE)))
  words <- words[nzchar(words)]
  if (length(words) > 0) words
}

#' One of `numbers`, where TRUE is 1; NULL stays NULL. Returns digits
#' @noRd
check_one_of <- function(number, numbers, argument) {
  if (is.null(number)) {
    return(NULL)
  }
  value <- one_number(number)
  if (!value %in% numbers) {
    listed <- paste(numbers, collapse = ", ")
    abort_input(argument, gettextf(
      "`%s` must be one of %s, or NULL, not %s", argument, listed, shown_value(number)
    ))
  }
  sprintf("%.0f", value)
}

#' A single number, where TRUE is 1; NA for anything else
#' @noRd
one_number <- function(x) {
  number <- if (is.logical(x)) as.double(x) else as_numbers(x)
  if (length(number) == 1) number else NA_real_
}

#' TRUE or FALSE, or 1 or 0; NULL is FALSE
#' @noRd
check_optional_flag <- function(flag, argument) {
  if (is.null(flag)) {
    return(FALSE)
  }
  value <- one_number(flag)
  if (!value %in% c(0, 1)) {
    abort_input(argument, gettextf(
      "`%s` must be TRUE or FALSE, or NULL, not %s", argument, shown_value(flag)
    ))
  }
  value == 1
}

#' One or more of `choices`; NULL stays NULL
#' @noRd
check_optional_choices <- function(values, choices, argument) {
  if (!is.null(values)) check_choices(values, choices, argument)
}

#' Status of tasks: 0 (open), 1 (completed), or both; NULL stays NULL
#' @noRd
check_status <- function(status) {
  if (is.null(status)) {
    return(NULL)
  }
  digits <- id_digits(if (is.logical(status)) as.numeric(status) else status)
  bad <- which(!digits %in% c("0", "1"))
  if (length(digits) == 0 || length(bad) > 0) {
    abort_input("status", paste0(
      gettext("`status` must be 0 (open tasks) or 1 (completed tasks)"),
      bad_element(status, bad)
    ))
  }
  unique(digits)
}

#' The direction of sorting by creation time; NULL is the server's default
#' @noRd
check_order <- function(key, value) {
  check_one_choice(key, "created_at", "order_by_key")
  check_one_choice(value, c("asc", "desc"), "order_by_value")
  if (is.null(value) && !is.null(key)) "asc" else value
}

#' One of `choices`, or NULL
#' @noRd
check_one_choice <- function(value, choices, argument) {
  value <- factor_text(value)
  if (!is.null(value) && !(is_one_text(value) && value %in% choices)) {
    listed <- paste0('"', choices, '"', collapse = ", ")
    abort_input(argument, gettextf(
      "`%s` must be one of %s, or NULL, not %s", argument, listed, shown_value(value)
    ))
  }
  value
}

#' One of `choices`, which has to be given
#' @noRd
check_choice <- function(value, choices, argument) {
  value <- factor_text(value)
  if (!is_one_text(value) || !value %in% choices) {
    listed <- paste0('"', choices, '"', collapse = ", ")
    abort_input(argument, gettextf(
      "`%s` must be one of %s, not %s", argument, listed, shown_value(value)
    ))
  }
  value
}

#' @noRd
check_flag <- function(flag, argument) {
  if (!is.logical(flag) || length(flag) != 1 || is.na(flag)) {
    abort_input(argument, gettextf(
      "`%s` must be TRUE or FALSE, not %s", argument, shown_value(flag)
    ))
  }
  flag
}

#' A time from 1970 to 2100; NULL stays NULL
#'
#' Returns `@<seconds since 1970>` for a POSIXct, and `YYYY-mm-dd HH:MM:SS` for
#' text and Date, which are in the account's time zone. Only Rust knows it.
#' @noRd
check_time <- function(time, argument) {
  if (is.null(time)) {
    return(NULL)
  }
  time <- factor_text(time)
  given <- length(time) == 1 && !anyNA(time)
  if (given && inherits(time, "POSIXt")) {
    seconds <- as.numeric(as.POSIXct(time))
    check_seconds(seconds, argument)
    sprintf("@%.0f", floor(seconds))
  } else if (given && inherits(time, "Date")) {
    check_seconds(as.numeric(time) * day_seconds, argument)
    paste(format(time, "%Y-%m-%d"), "00:00:00")
  } else {
    text <- if (given && is.character(time)) wall_clock(time) else NA
    if (is.na(text)) abort_time(time, argument)
    check_seconds(as.numeric(as.POSIXct(text, tz = "UTC")), argument)
    text
  }
}

day_seconds <- 86400

abort_time <- function(time, argument) {
  must <- gettextf(
    '`%s` must be a time such as "2019-06-01" or "2019-06-01 12:30:00", a Date or a POSIXct',
    argument
  )
  abort_input(argument, join(
    paste0(must, ", ", gettextf("not %s", shown_value(time))),
    if (is.numeric(time)) {
      gettext("(.POSIXct() converts seconds since 1970; divide milliseconds by 1000 first)")
    }
  ))
}

#' Refuses times that can't be right, such as milliseconds used as seconds
#'
#' The day before 1970 is accepted, since 1970 begins earlier in time zones ahead
#' of UTC.
#' @noRd
check_seconds <- function(seconds, argument) {
  if (seconds >= -day_seconds && seconds < as.numeric(as.Date("2101-01-01")) * day_seconds) {
    return(invisible())
  }
  abort_input(argument, join(
    gettextf(
      "`%s` is in the year %.0f and must be from 1970 to 2100",
      argument, floor(1970 + seconds / (365.2425 * day_seconds))
    ),
    if (seconds > 1e11) {
      gettext("(these look like milliseconds since 1970: divide them by 1000)")
    }
  ))
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

#' Which numbers are whole and exact as doubles
#' @noRd
whole <- function(x) is.finite(x) & x == floor(x) & abs(x) < 2^53

#' A string from an option, one of `choices`; the first one is the default
#' @noRd
option_choice <- function(name, choices) {
  value <- getOption(name, choices[[1]])
  if (!is.character(value) || length(value) != 1 || !value %in% choices) {
    listed <- paste0('"', choices, '"', collapse = ", ")
    abort_input(name, gettextf("options(%s = ) must be one of %s", name, listed))
  }
  value
}

#' TRUE or FALSE from an option
#' @noRd
option_flag <- function(name, default = FALSE) {
  value <- getOption(name, default)
  if (!is.logical(value) || length(value) != 1 || is.na(value)) {
    abort_input(name, gettextf("options(%s = ) must be TRUE or FALSE", name))
  }
  value
}

#' A number from an option
#' @noRd
option_number <- function(name, default, from, to) {
  value <- as_numbers(getOption(name, default))
  if (length(value) != 1 || is.na(value) || value < from || value > to) {
    abort_input(name, gettextf(
      "options(%s = ) must be a single number from %s to %s", name, from, to
    ))
  }
  value
}

#' @param from,to seconds since 1970, or NULL
#' @noRd
check_span <- function(from, to) {
  if (!is.null(from) && !is.null(to) && from > to) {
    abort_input("from", gettext("`from` must not be later than `to`"))
  }
}
