#' What is left lying in an account
#'
#' Lists what a manager has to look after: tasks that are overdue, and open leads that have
#' no open task, that belong to nobody, or in which nothing has happened for some time. A
#' lead has a row for each reason.
#'
#' Leads are read with [AmoLeads()], open tasks with [AmoTasks()], names with [AmoUsers()],
#' and the notes of the last `days` with [AmoNotes()]. Leads that are deleted or closed
#' (stages 142 and 143) are left out, and so are their tasks.
#'
#' @param auth credentials from [AmoAuthList()], or a copy by [AmoSync()]: a folder or a
#'   DBI connection, with the tables `"leads"`, `"tasks"`, `"notes"` and `"users"`. A copy
#'   answers for the time of its last run.
#' @param days after so many days without a change of the lead, and without a note of the
#'   lead, its contacts or its company, a lead counts as untouched. Calls, letters and SMS
#'   are notes, too.
#' @param prefix of the tables of a copy in a database, as for [AmoSync()].
#'
#' @return A data.frame ordered by `reason`, in the order below, and by `since`, the oldest
#'   first. It has no rows, and there is no warning, if nothing is left lying. Ids are
#'   integer, or double when they exceed 2147483647:
#'   \describe{
#'     \item{`reason`}{character: `"overdue_task"`, `"no_task"`: there is no open task;
#'       `"no_contact"`: there is neither a contact nor a company; `"untouched"`}
#'     \item{`reason_label`}{character: the same in the language of the session}
#'     \item{`lead_id`}{id of the lead; `NA` for tasks that belong to something else}
#'     \item{`task_id`}{id of the overdue task, otherwise `NA`}
#'     \item{`name`}{character: the text of the task, or the name of the lead}
#'     \item{`responsible_user_id`, `responsible_user_name`}{who is responsible for the task
#'       or the lead. The name is `NA` for users who are gone}
#'     \item{`since`}{POSIXct in the account's time zone: when the task was due, or when the
#'       lead was last changed}
#'     \item{`days`}{double: whole days since then}
#'     \item{`sale`}{price of the lead; `NA` where there is none}
#'     \item{`account_id`}{id of the account}
#'   }
#' @section Conditions:
#' See [amocrm-package]. `amocrm_error_input` if the copy lacks a table. If the list of users
#' can't be read, names are `NA`, with a warning of class `amocrm_warning_unknown_ids`.
#' @examples
#' auth <- AmoSandbox(notes = c(lead = 500, contact = 500), leads = 100)
#' work <- AmoHygiene(auth)
#' table(work$reason_label, work$responsible_user_name)
#' head(work[work$reason == "overdue_task", c("name", "responsible_user_name", "days")])
#' @export
AmoHygiene <- function(auth, days = 14, prefix = "") {
  if (missing(auth)) auth <- NULL
  days <- check_number(days, "days")
  now <- Sys.time()
  since <- now - days * day_seconds
  accounts <- if (is_copy(auth)) copied_work(auth, prefix) else list(read_work(auth, since))
  rows <- do.call(rbind, lapply(accounts, function(work) hygiene_rows(work, since, now)))
  users <- known_users(auth, prefix)
  labels <- hygiene_labels()
  rows <- rows[order(match(rows$reason, names(labels)), rows$since, rows$lead_id, rows$task_id), ]
  data.frame(
    reason = rows$reason, reason_label = unname(labels[rows$reason]),
    rows[c("lead_id", "task_id", "name", "responsible_user_id")],
    responsible_user_name = users$name[match(rows$responsible_user_id, users$id)],
    since = rows$since, days = floor(as.double(difftime(now, rows$since, units = "days"))),
    sale = rows$sale, account_id = as_integers(rows$account_id), row.names = NULL
  )
}

#' The reasons in their order
#' @noRd
hygiene_labels <- function() {
  c(
    overdue_task = gettext("task is overdue"), no_task = gettext("no open task"),
    no_contact = gettext("no contact and no company"),
    untouched = gettext("untouched")
  )
}

# --- What there is to do -----------------------------------------------------------

#' @return list of the open `leads`, `contacts` with `id` of the lead and `contact_id`, the
#'   open `tasks`, and `notes` since a time with `element_type` and `element_id`
#' @noRd
read_work <- function(auth, since) {
  sales <- withCallingHandlers(
    quietly(AmoLeads(auth_list = auth, active = TRUE)),
    amocrm_warning_no_filters = function(warning) tryInvokeRestart("muffleWarning")
  )
  notes <- quietly(AmoNotes(
    auth_list = auth, type = note_owners, if_modified_since = since
  ))
  columns <- c("element_type", "element_id")
  list(
    leads = open_leads(sales$leads), contacts = sales$linked_contacts,
    tasks = quietly(AmoTasks(auth_list = auth, status = 0)),
    notes = do.call(rbind, unname(lapply(notes, `[`, columns)))
  )
}

note_owners <- c("lead", "contact", "company")

#' The same of a copy, for each of its accounts
#' @noRd
copied_work <- function(to, prefix) {
  copy <- copy_reader(to, prefix)
  read <- function(table) {
    rows <- copy$read(table)
    if (is.null(rows)) abort_no_table(table, copy)
    if (is.null(rows$deleted_at)) rows else rows[is.na(rows$deleted_at), ]
  }
  work <- list(
    leads = open_leads(read("leads")), contacts = read("leads_contacts"),
    tasks = read("tasks"), notes = read("notes")
  )
  work$tasks <- work$tasks[!work$tasks$is_completed %in% TRUE, ]
  accounts <- unique(c(work$leads$account_id, work$tasks$account_id, NA))
  lapply(accounts, function(account) {
    lapply(work, function(rows) rows[rows$account_id %in% account, ])
  })
}

open_leads <- function(leads) {
  leads[!leads$is_deleted %in% TRUE & !leads$status_id %in% c(won_status, lost_status), ]
}

# --- What is wrong with it -----------------------------------------------------------

#' The rows of one account
#'
#' @param work by read_work() or copied_work()
#' @param since leads that were touched then or later are not untouched
#' @noRd
hygiene_rows <- function(work, since, now) {
  leads <- work$leads
  of_lead <- work$tasks$element_type %in% "lead"
  has_task <- leads$id %in% work$tasks$element_id[of_lead]
  has_contact <- leads$id %in% work$contacts$id | leads$company_id %in% some(leads$company_id)
  is_late <- work$tasks$complete_till_at < now & (!of_lead | work$tasks$element_id %in% leads$id)
  rbind(
    task_rows(work$tasks[which(is_late), ], leads),
    lead_rows_for("no_task", leads[!has_task, ]),
    lead_rows_for("no_contact", leads[!has_contact, ]),
    lead_rows_for("untouched", leads[which(leads$updated_at < since & !is_touched(work, since)), ])
  )
}

#' Ids that are some, since amoCRM writes 0 for none here and there
#' @noRd
some <- function(ids) ids[!is.na(ids) & ids != 0]

#' Whether leads, their contacts or companies have notes since a time
#' @noRd
is_touched <- function(work, since) {
  notes <- work$notes
  if (!is.null(notes$updated_at)) notes <- notes[which(notes$updated_at >= since), ]
  noted <- split(as.double(notes$element_id), factor(notes$element_type, note_owners))
  contacts <- work$contacts
  work$leads$id %in% c(noted$lead, contacts$id[contacts$contact_id %in% noted$contact]) |
    work$leads$company_id %in% noted$company
}

lead_rows_for <- function(reason, leads) {
  none <- rep(NA_integer_, nrow(leads))
  data.frame(
    reason = rep(reason, nrow(leads)), lead_id = leads$id, task_id = none, name = leads$name,
    responsible_user_id = leads$responsible_user_id, since = leads$updated_at,
    sale = leads$sale, account_id = leads$account_id
  )
}

task_rows <- function(tasks, leads) {
  lead <- match(tasks$element_id, leads$id)
  lead[!tasks$element_type %in% "lead"] <- NA
  data.frame(
    reason = rep("overdue_task", nrow(tasks)), lead_id = leads$id[lead], task_id = tasks$id,
    name = tasks$text, responsible_user_id = tasks$responsible_user_id,
    since = tasks$complete_till_at, sale = leads$sale[lead], account_id = tasks$account_id
  )
}
