#' Let something happen in a sandbox
#'
#' Changes the account of [AmoSandbox()]: leads, contacts, companies and customers
#' come and go, get other names, stages and users, are merged and deleted, each
#' time with the events and notes that amoCRM writes. For trying out what reads an
#' account again and again.
#'
#' The sandbox's present is `now` of [AmoSandbox()] at first. Changes move it on
#' by up to two seconds each.
#'
#' @param auth_list what [AmoSandbox()] has returned, as a whole.
#' @param change what happens:
#'   \describe{
#'     \item{`"random"`}{any of the following, to entities of any type}
#'     \item{`"create"`}{a new one, linked to others}
#'     \item{`"update"`}{its name, its price, a tag or a custom field changes}
#'     \item{`"move"`}{a lead goes to another stage}
#'     \item{`"assign"`}{it goes to another user}
#'     \item{`"note"`}{somebody writes a note about it}
#'     \item{`"task"`, `"done"`}{somebody sets a task about it, or completes the
#'       next of its tasks}
#'     \item{`"trash"`, `"restore"`}{it goes into the trash, or comes back from
#'       there. Customers do not come back}
#'     \item{`"merge"`}{another one becomes a part of it, with all that belongs to
#'       the other}
#'     \item{`"delete"`}{it is gone for good, with its notes, tasks and purchases}
#'   }
#' @param type `"lead"`, `"contact"`, `"company"` or `"customer"`. Of no meaning for
#'   random changes.
#' @param id ids of those to which it happens, one after the other; `NULL` leaves
#'   it to chance. Of those that are merged the first one stays.
#' @param n how many changes, where `id` is not given.
#' @param seed whole number: the same seed brings the same changes, if nothing else
#'   has happened before.
#'
#' @return A data frame with a row for each change: `change`, `type`, `id` and
#'   `at`, the time. It has fewer than `n` rows if there are not as many to which
#'   it can happen.
#' @section Conditions:
#' `amocrm_error_input`, also for an `id` to which it can't happen. Those before it
#' have changed then.
#' @seealso The fault `action = "change"` of [AmoSandbox()], by which things happen
#'   in the middle of a list that is read.
#' @examples
#' auth <- AmoSandbox(notes = 0)
#' AmoSandboxChange(auth, n = 5)
#' lead <- AmoSandboxChange(auth, "create", "lead")
#' AmoSandboxChange(auth, "move", "lead", id = lead$id)
#' @export
AmoSandboxChange <- function(auth_list, change = "random", type = "lead", id = NULL,
                             n = if (identical(change, "random")) 50 else 1, seed = 1) {
  sandbox <- attr(auth_list, "sandbox")
  if (is.null(sandbox)) {
    abort_input("auth_list", gettext("`auth_list` must be what AmoSandbox() has returned"))
  }
  changes <- c("random", sandbox_changes)
  spec <- list(
    change = check_one_choice(change, changes, "change"),
    type = check_one_choice(type, c("lead", "contact", "company", "customer"), "type"),
    id = as.numeric(check_ids(id, "id")),
    n = check_number(n, "n"),
    seed = check_number(seed, "seed")
  )
  if (length(spec$id) > 0 && spec$change %in% c("random", "create")) {
    abort_input("id", gettextf('`id` has no meaning for "%s"', spec$change))
  }
  changed <- rust_sandbox_change(sandbox, spec)
  if (!is.null(changed$error)) abort_from_rust(changed$error)
  if (!is.null(changed$refused)) {
    abort_input("id", gettextf(
      '"%s" can\'t happen to the %s with the `id` %s', spec$change, spec$type, changed$refused
    ))
  }
  data.frame(
    change = changed$change, type = changed$kind, id = changed$id,
    at = .POSIXct(changed$at, tz = "UTC")
  )
}

sandbox_changes <- c(
  "create", "update", "move", "assign", "note", "task", "done", "trash", "restore", "merge",
  "delete"
)

#' Exactly one of `choices`
#' @noRd
check_one_choice <- function(value, choices, argument) {
  value <- check_choices(value, choices, argument)
  if (length(value) > 1) abort_input(argument, gettextf("`%s` must be one text", argument))
  value
}
