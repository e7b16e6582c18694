#' Names beside ids
#'
#' Adds a column with the name to each id of a user, stage, pipeline, group, loss reason
#' and so on, right after it. What the names are is read once from the account, only
#' the lists that are needed, and kept for 5 minutes.
#'
#' | id | name | from |
#' |---|---|---|
#' | `responsible_user_id` | `responsible_user_name` | [AmoUsers()] |
#' | `created_by`, `updated_by` | `created_by_name` ... | [AmoUsers()]; 0 is `"robot"` |
#' | `pipeline_id`, `status_id` | `pipeline_name`, `status_name` | [AmoPipelinesStatuses()] |
#' | `status_id` of customers | `status_name` | [AmoCustomerStatuses()] |
#' | `group_id` | `group_name` | [AmoGroups()] |
#' | `loss_reason_id` | `loss_reason_name` | [AmoLossReasons()]; 0 is none, `NA` |
#' | `task_type` | `task_type_name` | [AmoTaskTypes()] |
#' | `note_type` | `note_type_name` | [AmoNoteTypes()] |
#' | `params_call_status` | `params_call_status_name` | how a call ended |
#' | `params_STATUS_OLD`, `params_PIPELINE_ID_NEW` ... | `params_STATUS_OLD_name` ... | as above |
#' | `after_status_id`, `before_pipeline_id` ... | `after_status_name` ... | as above |
#'
#' Two stages, 142 (won) and 143 (lost), are in every pipeline, each with its own name
#' there. So a stage is looked up together with its pipeline, if the table has that. By
#' the id alone it is looked up where only one name is possible.
#'
#' Ids match whatever their type is: integer, double, integer64 or character. A name
#' column that is there already gets the new names and keeps those that are not known any
#' more. Calling the function twice gives the same as once.
#'
#' @param x a table of this package, or a list of tables such as [AmoLeads()] and
#'   `AmoNotes(all = TRUE)` return. Also tables from [AmoRead()], and tables of a
#'   database after `dplyr::collect()`.
#' @param auth an `auth_list` from [AmoAuthList()], or a copy made by [AmoSync()]: its
#'   folder or DBI connection. A copy also knows the names of what has been deleted since.
#' @param language `"en"` or `"ru"`: language of the names that are not the account's own,
#'   which are those of note types, of ends of calls and of the robot. `NULL`: that of the
#'   R session.
#' @param prefix beginning of the names of all tables, if the copy in a database has one.
#'
#' @return `x` with further columns, all character. Rows, their order, other columns, the
#'   structure of lists and the class stay as they are.
#'
#' @section Conditions:
#' See [amocrm-package]. If ids have no name, such as those of users and stages that were
#' deleted, the name is `NA`, and there is one warning of class
#' `amocrm_warning_unknown_ids` for the whole call. Its field `ids` is a list of these ids
#' by column. The same warning says which lists could not be read: only the token of an
#' administrator can read users over API v4, and loss reasons need a token.
#' @seealso [AmoWide()] for custom fields.
#' @examples
#' auth <- AmoSandbox(notes = 200, access = "token")
#'
#' leads <- AmoLabel(AmoLeads(auth), auth)
#' head(leads$leads[c("name", "responsible_user_name", "pipeline_name", "status_name")])
#'
#' moves <- AmoLabel(AmoNotes(auth, "lead", note_type = 3), auth)
#' head(moves[c("created_at", "params_STATUS_OLD_name", "params_STATUS_NEW_name")])
#' @export
AmoLabel <- function(x, auth, language = NULL, prefix = "") {
  if (!is.data.frame(x) && (!is.list(x) || is.object(x))) {
    abort_input("x", gettextf(
      "`x` must be a table of this package or a list of them, not %s", shown_value(x)
    ))
  }
  language <- check_one_choice(language, c("en", "ru"), "language")
  if (is.null(language)) language <- if (is_russian()) "ru" else "en"
  names <- name_source(dictionary_reader(auth, prefix), language)
  labelled <- label_each(x, names)
  names$tell()
  labelled
}

# Which columns have ids, and of what. The letters of params are as the APIs have them.
id_columns <- c(
  users = paste0(
    "^((after|before)_)?(responsible_user_id|created_by|updated_by|current_user_id)$",
    "|^params_MAIN_USER_ID_(OLD|NEW)$"
  ),
  pipelines = "^((after|before)_)?pipeline_id$|^params_PIPELINE_ID_(OLD|NEW)$",
  statuses = "^((after|before)_)?status_id$|^params_STATUS_(OLD|NEW)$",
  groups = "^group_id$",
  loss_reasons = "^loss_reason_id$|^params_LOSS_REASON_ID$",
  task_types = "^task_type$|^(after|before)_task_type_id$",
  note_types = "^note_type$",
  call_statuses = "^params_call_status$"
)

# --- Tables ----------------------------------------------------------------------

label_each <- function(x, names) {
  if (is.data.frame(x)) {
    label_table(x, names)
  } else if (is.list(x) && !is.object(x)) {
    x[] <- lapply(x, label_each, names)
    x
  } else {
    x
  }
}

label_table <- function(table, names) {
  columns <- as.list(table)
  for (kind in names(id_columns)) {
    for (column in grep(id_columns[[kind]], names(table), value = TRUE)) {
      columns <- name_after(columns, column, names_of(table, column, kind, names))
    }
  }
  with_columns(table, columns)
}

#' A table with other columns; class and other attributes stay
#' @noRd
with_columns <- function(table, columns) {
  kept <- attributes(table)
  kept$names <- names(columns)
  attributes(columns) <- kept
  columns
}

#' Puts names after the column of their ids. Old ones stay where there is no new one
#' @noRd
name_after <- function(columns, column, named) {
  to <- name_column(column)
  old <- columns[[to]]
  if (!is.null(old)) named[is.na(named)] <- as.character(old)[is.na(named)]
  columns[[to]] <- NULL
  append(columns, stats::setNames(list(named), to), match(column, names(columns)))
}

name_column <- function(column) paste0(sub("_id$", "", column), "_name")

# --- Names of the ids of a column -------------------------------------------------

names_of <- function(table, column, kind, names) {
  ids <- id_numbers(table[[column]])
  named <- if (kind == "statuses") {
    look_up_stages(table, column, ids, names)
  } else {
    look_up_names(list(id = ids), table, kind, names)
  }
  if (kind == "users") named[ids %in% 0] <- names$robot
  # What has a name from an earlier time is not unknown.
  old <- table[[name_column(column)]]
  is_unknown <- is.na(named) & !is.na(ids) & ids != 0
  if (!is.null(old)) is_unknown <- is_unknown & is.na(old)
  names$miss(column, ids[is_unknown])
  named
}

#' The names of ids that a list has
#'
#' @param ids named list of what tells its rows apart
#' @param kind name of the list, which is read if there is an id to look up
#' @noRd
look_up_names <- function(ids, table, kind, names, narrow = identity) {
  # There is a group 0.
  if (!any(!is.na(ids$id) & (ids$id != 0 | kind == "groups"))) {
    return(rep(NA_character_, length(ids$id)))
  }
  known <- narrow(names$get(kind))
  if (length(unique(known$account_id)) > 1) ids$account_id <- table[["account_id"]]
  known$name[match_ids(lapply(ids, id_numbers), lapply(known[names(ids)], id_numbers))]
}

#' Names of stages, together with the pipeline or, where that is not known, without
#' @noRd
look_up_stages <- function(table, column, ids, names) {
  pipeline <- table[[sub("STATUS", "PIPELINE_ID", sub("status", "pipeline", column))]]
  pipeline <- if (is.null(pipeline)) rep(NA_real_, length(ids)) else id_numbers(pipeline)
  is_customer <- are_customers(table)
  only <- function(rows) replace(ids, !rows, NA)
  first_of(
    look_up_names(list(id = only(is_customer)), table, "customer_statuses", names),
    look_up_names(
      list(id = only(!is_customer & !is.na(pipeline)), pipeline_id = pipeline), table,
      "statuses", names
    ),
    look_up_names(
      list(id = only(!is_customer & is.na(pipeline))), table, "statuses", names, unambiguous
    )
  )
}

#' Which rows are about customers, whose statuses are others
#' @noRd
are_customers <- function(table) {
  type <- intersect(c("entity_type", "element_type"), names(table))
  if (length(type) == 0) {
    rep("next_price" %in% names(table), nrow(table))
  } else {
    table[[type[[1]]]] %in% "customer"
  }
}

#' Stages whose name does not depend on the pipeline
#' @noRd
unambiguous <- function(statuses) {
  pairs <- unique(statuses[c("id", "name")])
  pairs[!pairs$id %in% pairs$id[duplicated(pairs$id)], ]
}

first_of <- function(...) {
  Reduce(function(x, y) ifelse(is.na(x), y, x), list(...))
}

# --- The lists of names ----------------------------------------------------------

# In place of a list that can't be read.
no_names <- data.frame(id = numeric(), pipeline_id = numeric(), name = character())

#' The lists, each read once when it is needed, and what was missing in them
#'
#' @param read function of the name of a list
#' @noRd
name_source <- function(read, language) {
  # Credentials are checked even if no list is needed.
  force(read)
  lists <- list()
  problems <- character()
  unknown <- list()
  label <- if (language == "ru") "label_ru" else "label"
  get <- function(kind) {
    if (is.null(lists[[kind]])) {
      rows <- tryCatch(read(kind), amocrm_error = function(error) {
        if (!is_refused(error)) stop(error)
        problems[[kind]] <<- first_line(error)
        no_names
      })
      # What is not the account's own has a name in each language.
      if (!is.null(rows[[label]])) rows$name <- rows[[label]]
      lists[[kind]] <<- rows
    }
    lists[[kind]]
  }
  list(
    get = get,
    robot = if (language == "ru") "\u0440\u043e\u0431\u043e\u0442" else "robot",
    miss = function(column, ids) {
      if (length(ids) > 0) unknown[[column]] <<- unique(as.double(c(unknown[[column]], ids)))
    },
    tell = function() if (length(unknown) > 0) warn_of_unknown(unknown, problems)
  )
}

warn_of_unknown <- function(unknown, problems) {
  shown <- vapply(unknown, function(ids) {
    toString(c(sprintf("%.0f", utils::head(ids, 3)), if (length(ids) > 3) "..."))
  }, "")
  text <- gettextf(
    "ids without a name, such as those of deleted users or stages: %s",
    paste0(names(unknown), " (", lengths(unknown), "): ", shown, collapse = "; ")
  )
  unread <- gettextf("the list of %s could not be read: %s", names(problems), problems)
  warn("unknown_ids", paste(c(text, unread), collapse = "\n"), fields = list(ids = unknown))
}
