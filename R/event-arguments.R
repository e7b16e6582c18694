# Checks of the arguments of AmoEvents(). See R/arguments.R.

#' Types of events; NULL stays NULL
#' @noRd
check_event_type <- function(type) {
  plain_ids_in(check_pattern(type, "type", "^[a-z0-9_]+$", gettext(
    "`type` must be types from AmoEventTypes(), such as \"lead_status_changed\", or NULL"
  )))
}

#' Kinds of what events are about; NULL stays NULL
#' @noRd
check_event_entity <- function(entity) {
  pattern <- "^(lead|contact|company|customer|task|catalog_[0-9]+)$"
  plain_ids_in(check_pattern(entity, "entity", pattern, gettextf(
    "`%s` must be one or more of %s, or NULL", "entity",
    "\"lead\", \"contact\", \"company\", \"customer\", \"task\", \"catalog_<id>\""
  )))
}

#' Words with ids in them, such as `catalog_<id>`, without zeros in front of these
#' @noRd
plain_ids_in <- function(words) {
  if (!is.null(words)) unique(sub("_0+([0-9])", "_\\1", words))
}

#' Ids of events, which are texts; NULL stays NULL
#' @noRd
check_event_id <- function(id) {
  check_pattern(id, "id", "^[0-9A-Za-z_-]{1,64}$", gettext(
    "`id` must be ids of events as text, or NULL"
  ))
}

#' Texts that match a pattern; NULL stays NULL, none ask for nothing. Returns unique texts
#'
#' @param must what the argument must be
#' @noRd
check_pattern <- function(texts, argument, pattern, must) {
  if (is.null(texts)) {
    return(NULL)
  }
  texts <- factor_text(texts)
  if (is_empty_vector(texts)) {
    return(character())
  }
  bad <- if (is.character(texts)) which(!grepl(pattern, texts)) else seq_along(texts)
  if (length(texts) == 0 || length(bad) > 0) {
    abort_input(argument, paste0(must, bad_element(texts, bad)))
  }
  unique(texts)
}

# Types that can be filtered by a value, the default first if there is one.
value_types <- list(
  status_id = c("lead_status_changed", "customer_status_changed"),
  pipeline_id = "lead_status_changed",
  responsible_user_id = "entity_responsible_changed",
  enum_id = character(),
  value = c(
    "sale_field_changed", "name_field_changed", "ltv_field_changed", "nps_rate_added",
    "custom_field_value_changed"
  )
)

#' Values of events as texts, by name; NULL becomes an empty list
#' @noRd
check_event_values <- function(values, argument) {
  if (is.null(values)) {
    return(list())
  }
  abort_values <- function() {
    abort_input(argument, join(
      gettextf("`%s` must be a named list of `status_id` and `pipeline_id`, or one of", argument),
      "`status_id`, `pipeline_id`, `responsible_user_id`, `enum_id`, `value`"
    ))
  }
  if (!is.list(values) || is.data.frame(values) || is.null(names(values))) abort_values()
  given <- names(values)
  is_stage <- setequal(given, c("status_id", "pipeline_id")) && length(given) == 2
  if (!all(given %in% names(value_types)) || (length(given) != 1 && !is_stage)) abort_values()
  texts <- lapply(stats::setNames(nm = given), function(name) {
    check_event_value(values[[name]], name, sprintf("%s$%s", argument, name))
  })
  if (is_stage) pair_stages(texts, argument) else texts
}

#' Ids, or a single number or text
#' @noRd
check_event_value <- function(value, name, argument) {
  if (name == "value") {
    number <- as_numbers(value)
    is_number <- length(number) == 1 && is.finite(number)
    text <- if (is_number) format(number, digits = 15, scientific = FALSE) else value
    if (!is_one_text(text) || is.na(value) || !nzchar(text)) {
      abort_input(argument, gettextf("`%s` must be a single number or text", argument))
    }
    return(enc2utf8(text))
  }
  digits <- if (is.null(value)) NA else id_digits(value)
  bad <- which(!is_id(digits))
  if (length(digits) == 0 || length(bad) > 0) {
    abort_ids(gettextf("`%s` must be one or more whole numbers", argument), value, bad, argument)
  }
  digits
}

#' Statuses with the pipeline of each
#' @noRd
pair_stages <- function(stages, argument) {
  counts <- lengths(stages)
  if (counts[["pipeline_id"]] != 1 && counts[["pipeline_id"]] != counts[["status_id"]]) {
    abort_input(argument, gettextf(
      "`%s` must have one `pipeline_id`, or one for each `status_id`", argument
    ))
  }
  stages$pipeline_id <- rep_len(stages$pipeline_id, counts[["status_id"]])
  stages
}

#' The type of events that values go with: amoCRM filters one type at a time
#' @noRd
event_type_of_values <- function(type, entity, before, after) {
  implied_by <- NULL
  for (side in c("before", "after")) {
    values <- if (side == "before") before else after
    argument <- paste0("value_", side)
    for (name in names(values)) {
      possible <- value_types[[name]]
      if (name %in% c("status_id", "responsible_user_id", "pipeline_id") && is.null(type)) {
        type <- if (identical(entity, "customer")) rev(possible)[[1]] else possible[[1]]
        implied_by <- c(argument, name)
      }
      is_right <- length(type) == 1 &&
        (type %in% possible || (name %in% c("enum_id", "value") && is_field_type(type)))
      if (!is_right) abort_value_type(argument, name, possible, type, implied_by)
    }
  }
  type
}

#' @param possible types of events that have such values
#' @param type,implied_by the type of events, and the argument and value that it follows from
#'   if it was not given
#' @noRd
abort_value_type <- function(argument, name, possible, type, implied_by) {
  if (name %in% c("enum_id", "value")) possible <- c(possible, "custom_field_<id>_value_changed")
  possible <- paste0('"', possible, '"', collapse = ", ")
  if (is.null(implied_by) || implied_by[[1]] == argument) {
    abort_input(argument, gettextf(
      "`%s` with `%s` needs exactly one `type`: %s", argument, name, possible
    ))
  }
  abort_input(argument, gettextf(
    "`%s` with `%s` and `%s` with `%s` belong to events of different types: \"%s\" and %s",
    implied_by[[1]], implied_by[[2]], argument, name, type, possible
  ))
}

#' Warns of types that may be misspelt
#' @noRd
warn_of_event_types <- function(type) {
  unknown <- type[is.na(describe_event_types(type)$label)]
  if (length(unknown) > 0) {
    warn("unknown_type", gettextf(
      "`type` has values that AmoEventTypes() does not list: %s", paste(unknown, collapse = ", ")
    ))
  }
}
