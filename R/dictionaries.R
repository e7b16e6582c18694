# The small lists of an account by which ids get their names. They are read once and kept
# for 5 minutes, since many tables need them.

# Seconds that the lists of an account are kept.
dictionary_life <- 300

kept_dictionaries <- new.env(parent = emptyenv())

#' One of the small lists
#'
#' @param auth credentials, or a copy made by AmoSync(): a folder or a DBI connection
#' @param name `"users"`, `"groups"`, `"pipelines"`, `"statuses"`, `"loss_reasons"`,
#'   `"task_types"`, `"customer_statuses"`, `"segments"`, `"note_types"` or
#'   `"call_statuses"`
#' @param prefix of the copy's tables in a database
#' @return a data.frame with `id` and `name`, and what else the list has. `statuses` are
#'   in the order of the funnel, told apart by `pipeline_id` and `status_id`, and have
#'   `status_type`: `"incoming"`, `"open"`, `"won"` or `"lost"`. What a copy knows to be
#'   deleted is in it, with `deleted_at`; with several accounts so is `account_id`
#' @noRd
read_dictionary <- function(auth, name, prefix = "") dictionary_reader(auth, prefix)(name)

#' A function that reads a list by name, after `auth` has been checked
#' @noRd
dictionary_reader <- function(auth, prefix = "") {
  read <- if (is_copy(auth)) copy_lists(auth, prefix) else account_lists(auth)
  function(name) {
    switch(name,
      note_types = note_type_names(),
      call_statuses = call_status_names(),
      users = user_names(read("users")),
      statuses = ordered_statuses(read("pipelines")),
      pipelines = pipeline_names(ordered_statuses(read("pipelines"))),
      read(name)
    )
  }
}

is_copy <- function(auth) inherits(auth, "DBIConnection") || is_one_text(auth)

# --- Where the lists are ---------------------------------------------------------

#' The lists of a copy. They are on this computer, and each AmoSync() may change them, so
#' they are not kept
#' @noRd
copy_lists <- function(to, prefix) {
  copy <- copy_reader(to, prefix)
  if (length(copy$tables()) == 0) {
    abort_input("auth", join(
      gettext("`auth` must be a list created by AmoAuthList(), or a copy:"), no_copy_text(copy)
    ))
  }
  function(name) AmoRead(to, name, prefix)
}

#' The lists of an account, read at most every 5 minutes
#' @noRd
account_lists <- function(auth) {
  check_auth_list(auth)
  if (is.data.frame(auth)) auth <- as.list(auth)
  access <- call_auth(NULL, NULL, NULL, auth)
  # No secret is in it.
  account <- paste(
    access$domain, access$auth_method, option_choice("amocrm.api", c("auto", "v2", "v4"))
  )
  function(name) {
    key <- paste(account, name)
    kept <- kept_dictionaries[[key]]
    if (!is.null(kept) && seconds_now() - kept$at < dictionary_life) {
      return(kept$rows)
    }
    rows <- read_whole_list(auth, name)
    kept_dictionaries[[key]] <- list(at = seconds_now(), rows = rows)
    rows
  }
}

seconds_now <- function() as.double(Sys.time())

#' A list of an account, or an error: a part of it would give wrong names
#' @noRd
read_whole_list <- function(auth, name) {
  old <- options(amocrm.on_error = "stop")
  on.exit(options(old))
  switch(name,
    users = AmoUsers(auth_list = auth),
    groups = AmoGroups(auth_list = auth),
    pipelines = AmoPipelinesStatuses(auth_list = auth),
    task_types = AmoTaskTypes(auth_list = auth),
    loss_reasons = AmoLossReasons(auth),
    customer_statuses = AmoCustomerStatuses(auth),
    segments = AmoSegments(auth)
  )
}

# --- How they are shown ----------------------------------------------------------

note_type_names <- function() {
  types <- AmoNoteTypes()
  data.frame(id = types$code, types[c("name", "label", "label_ru", "kind")])
}

#' How a call ended, the same in every account
#' @noRd
call_status_names <- function() {
  file <- system.file("call-statuses.csv", package = "amocrm")
  utils::read.csv(file, encoding = "UTF-8")
}

#' API v2 may keep the last name apart
#' @noRd
user_names <- function(users) {
  has_last <- !is.na(users$last_name) & nzchar(users$last_name)
  users$name[has_last] <- paste(users$name, users$last_name)[has_last]
  users
}

#' Stages in the order of the funnel
#' @noRd
ordered_statuses <- function(statuses) {
  statuses <- statuses[order(statuses$pipeline_sort, statuses$pipeline_id,
                             statuses$status_sort, statuses$status_id), ]
  statuses$status_type <- ifelse(statuses$status_is_editable %in% FALSE, "incoming", "open")
  statuses$status_type[statuses$status_id == 142] <- "won"
  statuses$status_type[statuses$status_id == 143] <- "lost"
  statuses$id <- statuses$status_id
  statuses$name <- statuses$status_name
  rownames(statuses) <- NULL
  statuses
}

#' Pipelines in their order
#' @noRd
pipeline_names <- function(statuses) {
  key <- statuses[intersect(c("account_id", "pipeline_id"), names(statuses))]
  first <- statuses[!duplicated(key), ]
  data.frame(
    key[!duplicated(key), , drop = FALSE], id = first$pipeline_id, name = first$pipeline_name,
    sort = first$pipeline_sort, is_main = first$pipeline_is_main, row.names = NULL
  )
}

# --- Ids -------------------------------------------------------------------------

#' Ids of any type as numbers; NA for what is none
#' @noRd
id_numbers <- function(ids) {
  if (inherits(ids, "integer64")) {
    integer64_numbers(ids)
  } else if (is.numeric(ids)) {
    ids
  } else {
    decimals(ids)
  }
}

#' The rows of a list that have these ids
#'
#' @param ids,known lists of columns that tell rows apart together, as numbers
#' @noRd
match_ids <- function(ids, known) {
  if (length(known) == 1) {
    return(match(ids[[1]], known[[1]], incomparables = NA))
  }
  code <- function(columns) {
    Reduce(function(code, at) {
      code * length(known[[at]]) + match(columns[[at]], known[[at]], incomparables = NA)
    }, seq_along(known), 0)
  }
  match(code(ids), code(known), incomparables = NA)
}
