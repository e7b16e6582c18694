#' Change a sandbox account
#'
#' Creates, changes, merges and deletes records in an account of [AmoSandbox()], with
#' the events and notes that amoCRM writes: leads, contacts, companies, customers and
#' what belongs to them. Use it to try scripts that read an account repeatedly.
#'
#' The account's current time is `now` of [AmoSandbox()] at first. Each change moves
#' it forward by up to two seconds.
#'
#' @param auth_list the list returned by [AmoSandbox()].
#' @param change what happens:
#'   \describe{
#'     \item{`"random"`}{any of the following, to records of any type}
#'     \item{`"create"`}{a new record, linked to others: a transaction with its
#'       customer, a task or a note with a lead, contact or company}
#'     \item{`"update"`}{its name, price, tags or a custom field change; a task gets
#'       more time, a talk another message}
#'     \item{`"move"`}{a lead moves to another status}
#'     \item{`"assign"`}{it gets another responsible user}
#'     \item{`"note"`}{it gets a note}
#'     \item{`"task"`, `"done"`}{it gets a task, or its next task is completed}
#'     \item{`"accept"`, `"decline"`}{an incoming lead becomes a lead, or does not}
#'     \item{`"trash"`, `"restore"`}{it moves to the trash, or comes back. Customers
#'       can't be restored}
#'     \item{`"merge"`}{another record, with its notes, tasks and links, is merged
#'       into it}
#'     \item{`"delete"`}{it is deleted for good, with its notes, tasks and
#'       transactions. Incoming leads and talks can't be deleted}
#'   }
#' @param type `"lead"`, `"contact"`, `"company"`, `"customer"`, `"task"`, `"note"`,
#'   `"transaction"`, `"incoming_lead"`, `"talk"` or `"element"` (of a catalog: a
#'   product). Only the first four can move to other users, to the trash and the like.
#'   Ignored for random changes.
#' @param id ids of the records to change, one after the other; `NULL` for random
#'   records. An id that is there twice changes twice. With `"merge"` the others are
#'   merged into the first. An incoming lead is told by the id that it will have as a
#'   lead.
#' @param n number of changes, if `id` is not given.
#' @param seed whole number: the same seed makes the same changes, as long as
#'   nothing else has changed before.
#'
#' @return A data frame with one row per change: `change`, `type`, `id` and `at`,
#'   the time. It has fewer than `n` rows if there are not enough records.
#' @section Conditions:
#' `amocrm_error_input`, also for an `id` that can't be changed like this. The ids
#' before it have changed by then.
#' @seealso The fault `action = "change"` of [AmoSandbox()] makes changes while a
#'   list is being read.
#' @examples
#' auth <- AmoSandbox(notes = 0)
#' AmoSandboxChange(auth, n = 5)
#' lead <- AmoSandboxChange(auth, "create", "lead")
#' AmoSandboxChange(auth, "move", "lead", id = lead$id)
#' @export
AmoSandboxChange <- function(auth_list, change = "random", type = "lead", id = NULL,
                             n = if (identical(change, "random")) 50 else 1, seed = 1) {
  sandbox <- if (!missing(auth_list)) attr(auth_list, "sandbox")
  if (is.null(sandbox)) {
    abort_input("auth_list", gettext("`auth_list` must be the list returned by AmoSandbox()"))
  }
  changes <- c("random", sandbox_changes)
  spec <- list(
    change = check_choice(change, changes, "change"),
    type = check_choice(type, sandbox_types, "type"),
    id = as.numeric(check_each_id(id, "id")),
    n = check_count(n, "n"),
    seed = check_count(seed, "seed")
  )
  if (length(spec$id) > 0 && spec$change %in% c("random", "create")) {
    abort_input("id", gettextf("`id` can't be used with \"%s\"", spec$change))
  }
  if (spec$change == "merge") check_merged(spec$id)
  changed <- rust_sandbox_change(sandbox, spec)
  if (!is.null(changed$error)) abort_from_rust(changed$error)
  if (!is.null(changed$refused)) {
    abort_input("id", gettextf(
      "`change` \"%s\" is not possible for the %s with `id` %s",
      spec$change, spec$type, changed$refused
    ))
  }
  data.frame(
    change = changed$change, type = changed$kind, id = changed$id,
    at = .POSIXct(changed$at, tz = attr(sandbox, "timezone"))
  )
}

sandbox_changes <- c(
  "create", "update", "move", "assign", "note", "task", "done", "trash", "restore", "merge",
  "delete", "accept", "decline"
)
sandbox_types <- c(
  "lead", "contact", "company", "customer", "task", "note", "transaction", "incoming_lead",
  "talk", "element"
)

#' Two or more different records, or none for random ones
#' @noRd
check_merged <- function(id) {
  if (length(id) == 1 || anyDuplicated(id) > 0) {
    abort_input("id", gettext("`id` must be two or more different ids to merge, or NULL"))
  }
}
