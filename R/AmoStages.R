#' How long leads stayed in which stage
#'
#' Makes a table of the moves of leads through the pipelines: one row for each stay of a
#' lead in a stage, with when it came, when it left, and who moved it there.
#'
#' With a token the moves are read with [AmoEvents()], with an API key, or with
#' `options(amocrm.api = "v2")`, with [AmoNotes()]; the leads with [AmoLeads()]. All of
#' them are read, also for a short time, since a stay may have begun long before. A copy
#' that [AmoSync()] keeps answers at once.
#'
#' A lead begins in the stage that its first move left, or in its present one if it has
#' never moved, when it was created. Each move begins a stay; a move to the same stage is
#' none. Moves in the same second keep their order.
#'
#' The history can have gaps, since amoCRM does not say how far back events go: a lead
#' leaves another stage than the one it last came to, or is in another one today. The
#' move that is missing gets the latest time that it can have: that of the next move, or
#' of the last change of the lead. The stays that it ends and begins have no `seconds`, and
#' the latter has no `moved_by`.
#'
#' @param auth credentials from [AmoAuthList()], or a copy by [AmoSync()]: a folder or a
#'   DBI connection. The copy needs the tables `"leads"`, `"pipelines"`, `"users"`, and
#'   `"events"` or `"notes"`.
#' @param from,to only stays that touch this time: those that began before or at `to` and
#'   did not end before `from`. `"2019-06-01 12:30:00"`, `"2019-06-01"` (midnight) or a
#'   Date in the account's time zone, or a POSIXct, read as for [AmoEvents()].
#' @param pipeline names or ids of pipelines, see [AmoPipelinesStatuses()]; `NULL` for
#'   all.
#' @param deleted `TRUE`: also leads that are deleted. With events, also those that were
#'   deleted for good or merged into others, as far as events tell of them: API v4 does not
#'   tell the stage of a deleted lead that has never moved, so that only a copy or API v2
#'   has it. Their last stay ends when they were deleted or, over API v2, last changed.
#' @param prefix of the tables of a copy in a database, as for [AmoSync()].
#'
#' @return A data.frame of class `amocrm_stages` with a row for each stay, ordered by
#'   lead and time. Ids are integer, or double when they exceed 2147483647; times are
#'   POSIXct in the account's time zone:
#'   \describe{
#'     \item{`lead_id`}{id of the lead}
#'     \item{`pipeline_id`, `pipeline_name`, `status_id`, `status_name`}{the stage. Names
#'       are `NA` if it has been deleted, but for copies that knew it. Status 142 is won,
#'       143 is lost}
#'     \item{`entered_at`, `left_at`}{when it came and left; `left_at` is `NA` while the
#'       stay lasts}
#'     \item{`seconds`}{double: from `entered_at` to `left_at`; `NA` while the stay lasts
#'       and where one of them is not known exactly}
#'     \item{`moved_by`, `moved_by_name`}{the user who moved the lead into the stage, for
#'       the first stage who created it. 0 is a robot or an integration; the name is then
#'       `NA`, as it is for users who are gone}
#'     \item{`responsible_user_id`, `responsible_user_name`}{who is responsible for the
#'       lead today}
#'     \item{`created_at`}{when the lead was created}
#'     \item{`is_deleted`}{logical}
#'     \item{`pipeline_sort`, `status_sort`}{integer: the order of pipelines, and of
#'       stages in them}
#'     \item{`account_id`}{id of the account}
#'   }
#'   A table without rows has these columns, too, and comes with a warning of class
#'   `amocrm_warning_zero_rows`.
#'
#'   `plot()` shows the days in each stage of a pipeline as boxes, from finished stays:
#'   `plot(stages, pipeline = "Sales")`. Without `pipeline` it is the one with the most
#'   leads. `ggplot2::autoplot()` shows all pipelines.
#' @section Conditions:
#' See [amocrm-package]. `amocrm_error_input` if the copy lacks a table, or if there is
#' no such pipeline. If the token must not list the users, their names are `NA`, with the
#' warning `amocrm_warning_no_users`.
#' @seealso [AmoFunnel()] counts the leads that reached each stage;
#'   the guide "funnel" ([amocrm-package] says where the guides are).
#' @examples
#' auth <- AmoSandbox(notes = c(lead = 2000), leads = 400, access = "token")
#' stages <- AmoStages(auth)
#' head(stages)
#' plot(stages)
#'
#' # Leads that are in a stage for more than 90 days
#' is_open <- is.na(stages$left_at) & !stages$status_id %in% c(142, 143)
#' waits <- difftime(Sys.time(), stages$entered_at, units = "days")
#' head(stages[is_open & waits > 90, c("lead_id", "status_name", "entered_at")])
#' @export
AmoStages <- function(auth, from = NULL, to = NULL, pipeline = NULL, deleted = FALSE,
                      prefix = "") {
  if (missing(auth)) auth <- NULL
  from <- check_time(from, "from")
  to <- check_time(to, "to")
  deleted <- check_flag(deleted, "deleted")
  names <- names_of_stages(auth, prefix)
  chosen <- check_pipeline(pipeline, names$pipelines)
  history <- stage_history(auth, deleted, prefix)
  stages <- named_stays(history, names)
  zone <- attr(stages$entered_at, "tzone")
  is_in_time <- touches(stages, in_account(from, zone), in_account(to, zone, is_last = TRUE))
  stages <- stages[is_in_time & (is.null(chosen) | stages$pipeline_id %in% chosen), ]
  rownames(stages) <- NULL
  warn_if_empty(stages)
  # Stages that no lead was in belong to a funnel, too. A copy has deleted ones.
  is_there <- is.null(chosen) | names$pipelines$pipeline_id %in% chosen
  if (is_copy(auth)) is_there <- is_there & is.na(names$pipelines$deleted_at)
  structure(
    stages, class = c("amocrm_stages", "data.frame"),
    pipelines = names$pipelines[is_there, stage_columns]
  )
}

# What tells a stage and its place.
stage_columns <- c(
  "pipeline_id", "pipeline_name", "pipeline_sort", "status_id", "status_name", "status_sort"
)

#' Ids of pipelines by their names or ids; NULL stays NULL
#' @noRd
check_pipeline <- function(pipeline, pipelines) {
  if (is.null(pipeline)) {
    return(NULL)
  }
  ids <- pipelines$pipeline_id[match(as.character(pipeline), pipelines$pipeline_name)]
  by_id <- pipelines$pipeline_id[match(id_digits(pipeline), id_digits(pipelines$pipeline_id))]
  ids[is.na(ids)] <- by_id[is.na(ids)]
  if (length(ids) == 0 || anyNA(ids)) {
    listed <- paste0('"', unique(pipelines$pipeline_name), '"', collapse = ", ")
    abort_input("pipeline", paste0(
      gettextf("`%s` must be names or ids of pipelines of the account", "pipeline"),
      bad_element(pipeline, which(is.na(ids))), ": ", listed
    ))
  }
  unique(ids)
}

#' Which stays touch a range of seconds
#' @noRd
touches <- function(stages, from, to) {
  check_span(from, to)
  if (is.null(from)) from <- -Inf
  if (is.null(to)) to <- Inf
  !(stages$entered_at > to) %in% TRUE & !(stages$left_at < from) %in% TRUE
}

#' The stays of all leads with what belongs to them
#'
#' Leads of several accounts may have the same ids.
#' @noRd
named_stays <- function(history, names) {
  leads <- history$leads
  zone <- attr(leads$created_at, "tzone")
  accounts <- unique(leads$account_id)
  # Without leads there are no stays, of any account.
  if (length(accounts) == 0) accounts <- NA
  stays <- do.call(rbind, lapply(accounts, function(account) {
    rows <- which(leads$account_id %in% account)
    own <- as.list(leads[rows, ])
    own$created_at <- as.double(own$created_at)
    stays <- stays_of(own, history$moves[history$moves$account_id %in% account, ])
    stays$lead <- rows[stays$lead]
    stays
  }))
  moment <- function(seconds) .POSIXct(seconds, tz = zone)
  own <- leads[stays$lead, ]
  at <- stage_place(stays$pipeline_id, stays$status_id, names$pipelines)
  pipeline <- match(stays$pipeline_id, names$pipelines$pipeline_id)
  user_name <- function(id) names$users$name[match(id, names$users$id)]
  data.frame(
    lead_id = own$id, pipeline_id = stays$pipeline_id,
    pipeline_name = names$pipelines$pipeline_name[pipeline],
    status_id = stays$status_id, status_name = names$pipelines$status_name[at],
    entered_at = moment(stays$entered_at), left_at = moment(stays$left_at),
    seconds = stays$seconds, moved_by = stays$moved_by,
    moved_by_name = user_name(stays$moved_by),
    responsible_user_id = own$responsible_user_id,
    responsible_user_name = user_name(own$responsible_user_id),
    created_at = own$created_at, is_deleted = own$is_deleted,
    pipeline_sort = names$pipelines$pipeline_sort[pipeline],
    status_sort = names$pipelines$status_sort[at], account_id = own$account_id
  )
}

#' The rows of stages in a table of pipelines and statuses
#' @noRd
stage_place <- function(pipeline_id, status_id, pipelines) {
  known <- unique(pipelines$pipeline_id)
  # One number for both, as pasting takes long.
  key <- function(pipeline, status) match(pipeline, known) * 1e12 + status
  match(key(pipeline_id, status_id), key(pipelines$pipeline_id, pipelines$status_id),
        incomparables = NA)
}

#' What the ids of stages and users mean
#' @noRd
names_of_stages <- function(auth, prefix) {
  read <- dictionary_reader(auth, prefix)
  list(pipelines = read("statuses"), users = tryCatch(
    read("users"),
    amocrm_error_forbidden = function(error) {
      warn("no_users", join(
        gettext("The names of users are missing."),
        gettext("Only the token of an account administrator can list the users.")
      ))
      data.frame(id = integer(), name = character())
    }
  ))
}
