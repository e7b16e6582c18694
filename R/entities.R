# What AmoLeads(), AmoContacts(), AmoCompanies() and AmoCustomers() share.

#' Reads the records of an entity and what is linked to them
#'
#' @param entity `"leads"`, `"contacts"`, `"companies"`, `"customers"`
#' @param filters list of the checked arguments that the function has
#' @return list of data.frames, or one of them when `flatten`
#' @noRd
read_entity <- function(entity, auth, limit, flatten, filters) {
  flatten <- check_flag(flatten, "flatten")
  filters$active <- isTRUE(filters$active)
  spec <- c(
    connection_spec(auth),
    list(what = "entity", entity = entity, limit = check_limit(limit, 500)),
    filters
  )
  tables <- run_query(spec, entity_label(entity), identity, main_rows)
  warn_if_empty(tables[[1]])
  if (flatten) join_linked(tables) else tables
}

#' The filters of contacts and companies
#' @noRd
contact_filters <- function(id, query, responsible_user_id) {
  list(
    id = check_ids(id, "id"),
    query = check_text(query, "query"),
    responsible_user_id = check_ids(responsible_user_id, "responsible_user_id")
  )
}

entity_label <- function(entity) {
  switch(entity,
    leads = gettext("leads"), contacts = gettext("contacts"),
    companies = gettext("companies"), customers = gettext("customers")
  )
}

#' The main table with a row for each combination of linked rows
#'
#' Left joins by `id` with each table that has rows, in their order.
#' @noRd
join_linked <- function(tables) {
  linked <- Filter(function(table) nrow(table) > 0, tables[-1])
  Reduce(left_join_by_id, linked, tables[[1]])
}

#' As dplyr::left_join(x, y, by = "id")
#' @noRd
left_join_by_id <- function(x, y) {
  # Rows of y, grouped by the position of their id in the unique ids of x.
  ids <- unique(x$id)
  place <- match(y$id, ids)
  order <- order(place, na.last = NA)
  count <- tabulate(place, length(ids))
  first <- cumsum(count) - count
  at <- match(x$id, ids)
  times <- pmax(count[at], 1L)
  rows <- rep(seq_along(at), times)
  within <- sequence(times)
  from <- first[at][rows] + within
  from[rep(count[at] == 0, times)] <- NA
  joined <- c(
    lapply(x, function(column) column[rows]),
    lapply(y[names(y) != "id"], function(column) column[order][from])
  )
  structure(joined, row.names = .set_row_names(length(rows)), class = "data.frame")
}
