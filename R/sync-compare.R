# Lists that do not tell what has changed: AmoSync() compares them with the copy.

#' The rows of a table of the copy that are not deleted; NULL if there is none
#' @noRd
old_rows <- function(visit, table) {
  rows <- visit$sink$read(table)
  if (is.null(rows)) {
    return(NULL)
  }
  alive <- if (is.null(rows$deleted_at)) TRUE else is.na(rows$deleted_at)
  rows[rows$account_id == visit$account & alive, ]
}

#' Which rows the copy has as they are, with all that is linked to them
#'
#' @param linked tables by their names in the copy
#' @param old the rows of the copy
#' @noRd
unchanged <- function(visit, name, rows, linked, old) {
  key <- visit$run$streams[[name]]$key
  same <- same_rows(owned(rows, visit), old, key)
  for (table in names(linked)) {
    changed <- changed_ids(owned(linked[[table]], visit), old_rows(visit, table), rows$id)
    same <- same & !rows$id %in% changed
  }
  same
}

same_rows <- function(rows, old, key) {
  if (!all(names(rows) %in% names(old))) {
    return(rep(FALSE, nrow(rows)))
  }
  at <- match(key_texts(rows[key]), key_texts(old[key]))
  same <- key_texts(rows) == key_texts(old[at, names(rows)])
  # What the server does not tell any more goes from the copy, too.
  more <- old[at, setdiff(names(old), names(rows)), drop = FALSE]
  !is.na(at) & same & rowSums(!is.na(more)) == 0
}

#' Those of some ids whose linked rows are not those of the copy
#' @noRd
changed_ids <- function(rows, old, ids) {
  if (!all(names(rows) %in% names(old))) {
    return(ids)
  }
  old <- old[old$id %in% ids, ]
  # The same rows are as many in both: one more or less is a change of its id.
  texts <- list(key_texts(rows), key_texts(old[names(rows)]))
  counts <- lapply(texts, function(text) table(factor(text, unique(unlist(texts)))))
  differs <- names(which(counts[[1]] != counts[[2]]))
  unique(c(rows$id[texts[[1]] %in% differs], old$id[texts[[2]] %in% differs]))
}

#' Rows as texts that can be compared
#' @noRd
key_texts <- function(keys) do.call(paste, c(lapply(keys, column_text, zone = ""), sep = "\r"))
