# What the contract promises (src/rust/docs/contract.md), said again in base R and
# jsonlite: pages in, tables out. It shares no code with the package.

#' The records of a page of API v2, in their order
oracle_records <- function(page) {
  unname(oracle_json(page)$`_embedded`$items)
}

oracle_json <- function(json) {
  jsonlite::fromJSON(json, simplifyVector = FALSE, bigint_as_char = TRUE)
}

#' A record as names and texts (Flattening a record)
oracle_leaves <- function(record) {
  withr::local_options(scipen = 999)
  # A text makes unlist() give texts.
  leaves <- unlist(c(record[!names(record) %in% c("_links", "_embedded")], ""))
  leaves <- leaves[-length(leaves)]
  names(leaves) <- gsub(".", "_", oracle_unique(names(leaves)), fixed = TRUE)
  as.list(leaves)
}

#' vctrs' repair of names, for the names that occur here
oracle_unique <- function(names) {
  repeated <- names == "" | names %in% names[duplicated(names)]
  names[repeated] <- paste0(names, "...", seq_along(names))[repeated]
  names
}

#' Rows, each a list of cells, bound by their names as dplyr::bind_rows() does
oracle_bind <- function(rows) {
  columns <- unique(unlist(lapply(rows, names)))
  cells <- lapply(columns, function(column) {
    cells <- lapply(rows, function(row) if (is.null(row[[column]])) NA else row[[column]])
    unlist(cells, use.names = FALSE)
  })
  structure(stats::setNames(cells, columns), class = "data.frame", row.names = seq_along(rows))
}

oracle_times <- function(table, columns, zone) {
  for (column in intersect(columns, names(table))) {
    seconds <- as.numeric(table[[column]])
    if (column %in% c("closed_at", "closest_task_at")) seconds[which(seconds <= 0)] <- NA
    table[[column]] <- .POSIXct(seconds, zone)
  }
  table
}

#' Ids are integers where all fit
oracle_ids <- function(ids) {
  ids <- as.numeric(ids)
  if (all(is.na(ids) | ids <= .Machine$integer.max)) as.integer(ids) else ids
}

oracle_element_type <- function(types) {
  named <- c("1" = "contact", "2" = "lead", "3" = "company", "12" = "customer")
  types <- as.character(types)
  ifelse(types %in% names(named), unname(named[types]), types)
}

oracle_notes <- function(records, zone) {
  table <- oracle_bind(lapply(records, oracle_leaves))
  table$id <- oracle_ids(table$id)
  table$element_type <- oracle_element_type(table$element_type)
  oracle_times(table, c("created_at", "updated_at"), zone)
}

oracle_tasks <- function(records, zone) {
  rows <- lapply(records, function(task) {
    c(
      oracle_cells(task[names(task) != "result"]),
      list(result_id = task$result$id, result_text = task$result$text)
    )
  })
  table <- oracle_bind(rows)
  table$element_type <- oracle_element_type(table$element_type)
  oracle_times(table, c("complete_till_at", "created_at", "updated_at"), zone)
}

#' The members of a record that are one value
oracle_cells <- function(record) {
  record[vapply(record, function(value) !is.list(value) && !is.null(value), NA)]
}

# --- Cards (Entities) -------------------------------------------------------------

#' The tables of cards
#'
#' @param linked the members that become tables besides custom fields and tags,
#'   such as `contacts`
oracle_cards <- function(records, entity, linked, zone) {
  rows <- lapply(records, function(card) {
    for (member in c("main_contact", "pipeline")) card[[member]] <- card[[member]]$id
    company <- list(company_id = card$company$id, company_name = card$company$name)
    c(oracle_cells(card), if ("company" %in% names(card)) company)
  })
  times <- c("created_at", "updated_at", "closed_at", "closest_task_at", "next_date")
  tables <- list(
    oracle_times(oracle_bind(rows), times, zone),
    linked_custom_fields = oracle_linked(records, oracle_values),
    linked_tags = oracle_linked(records, oracle_tags)
  )
  names(tables)[[1]] <- entity
  for (member in linked) {
    tables[[paste0("linked_", member)]] <- oracle_linked(records, function(card) {
      oracle_links(card, member)
    })
  }
  tables
}

#' What `read` gives of each card, below one another
oracle_linked <- function(records, read) {
  oracle_bind(unlist(lapply(records, read), recursive = FALSE))
}

oracle_values <- function(card) {
  rows <- lapply(card$custom_fields, function(field) {
    values <- lapply(field$values, function(value) {
      parts <- if (is.list(value$value)) Filter(Negate(is.null), value$value)
      subtypes <- if (is.null(parts)) list(value$subtype) else as.list(names(parts))
      Map(function(text, subtype) {
        list(
          id = card$id, custom_field_id = field$id, custom_field_name = field$name,
          custom_field_is_system = field$is_system,
          custom_field_value_id = as.integer(value$enum)[1],
          custom_field_value = as.character(text),
          custom_field_value_subtype = if (is.null(subtype)) NA_character_ else subtype
        )
      }, if (is.null(parts)) list(value$value) else unname(parts), subtypes)
    })
    unlist(values, recursive = FALSE)
  })
  unlist(rows, recursive = FALSE)
}

oracle_tags <- function(card) {
  lapply(seq_along(card$tags), function(place) {
    tag <- card$tags[[place]]
    list(id = card$id, tag_id = tag$id, tag_name = tag$name, tag_idx = place)
  })
}

oracle_links <- function(card, member) {
  one <- sub("s$", "", member)
  ids <- card[[member]]$id
  lapply(seq_along(ids), function(place) {
    row <- list(id = card$id, ids[[place]], place)
    stats::setNames(row, c("id", paste0(one, c("_id", "_idx"))))
  })
}

# --- Plain tables -----------------------------------------------------------------

oracle_transactions <- function(records, zone) {
  rows <- lapply(records, function(record) {
    record$customer <- NULL
    oracle_leaves(record)
  })
  table <- oracle_bind(rows)
  table$customer_id <- vapply(records, function(record) as.character(record$customer$id), "")
  table$comment[table$comment == ""] <- NA
  oracle_times(table, grep("_at$", names(table), value = TRUE), zone)
}

oracle_incoming_leads <- function(records, zone) {
  rows <- lapply(records, function(record) {
    record$incoming_entities <- NULL
    oracle_leaves(record)
  })
  table <- oracle_bind(rows)
  oracle_times(table, grep("^created_at$|send_at$|_date$", names(table), value = TRUE), zone)
}

oracle_users <- function(account) {
  table <- oracle_bind(lapply(unname(account$`_embedded`$users), oracle_cells))
  table[] <- lapply(table, function(column) {
    if (is.character(column)) column[column == ""] <- NA
    column
  })
  table
}

oracle_groups <- function(account) {
  oracle_bind(lapply(account$`_embedded`$groups, function(group) group[c("id", "name")]))
}

oracle_task_types <- function(account) {
  oracle_bind(lapply(unname(account$`_embedded`$task_types), function(type) {
    type[setdiff(names(type), c("color", "icon_id"))]
  }))
}

oracle_statuses <- function(account) {
  rows <- lapply(account$`_embedded`$pipelines, function(pipeline) {
    lapply(pipeline$statuses, function(status) {
      # Old answers have Y or N.
      is_editable <- if (is.null(status$editable)) status$is_editable else status$editable == "Y"
      list(
        pipeline_id = pipeline$id, pipeline_name = pipeline$name, pipeline_sort = pipeline$sort,
        pipeline_is_main = pipeline$is_main, status_id = status$id, status_name = status$name,
        status_sort = status$sort, status_is_editable = is_editable
      )
    })
  })
  oracle_bind(unlist(unname(rows), recursive = FALSE))
}

#' The tables of custom fields of one entity
oracle_fields <- function(fields) {
  table <- oracle_bind(lapply(unname(fields), oracle_cells))
  if ("code" %in% names(table)) table$code[table$code == ""] <- NA
  choices <- lapply(fields, function(field) {
    enums <- field$enums
    # Old answers have a list of ids and values.
    if (is.null(names(enums))) {
      enums <- stats::setNames(lapply(enums, `[[`, "value"), vapply(enums, `[[`, 0L, "id"))
    }
    Map(function(id, name) {
      list(id = field$id, name = field$name, enum_id = id, enum_name = name)
    }, names(enums), enums)
  })
  choices <- unlist(unname(choices), recursive = FALSE)
  list(custom_fields = table, custom_fields_enum = oracle_bind(choices))
}
