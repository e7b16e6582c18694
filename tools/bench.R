# Rscript tools/bench.R: what AmoNotes() and AmoLeads() cost beside ways of
# reading the same rows with httr and jsonlite, and what AmoEvents() costs. All
# read one account on this computer.
#
# Rscript tools/bench.R WAY: one of the ways only, such as AmoEvents. Writes no
# files. With the WAY AmoStages: what it makes of moves, beside the same with dplyr.
#
# Rscript tools/bench.R AmoWide: what AmoWide() costs beside tidyr::pivot_wider(), both
# from the tables that AmoLeads() gives.
#
# The account runs in this process; each reading is done by an R process of its
# own, so that what it takes is its own. Of several readings the one with the
# least CPU counts: what else runs on the computer only adds to it.
#
# Prints a table; writes vignettes/bench.csv and man/figures/bench.png.
# Linux only, for /proc. Takes some minutes on a quiet computer.

# Records of a page.
limit <- 500

# The ways to read --------------------------------------------------------------

read_amonotes <- function(access) {
  amocrm::AmoNotes(auth_list = amocrm::AmoAuthList(
    domain = access$domain, access_token = access$token
  ), type = "lead", limit = limit)
}

read_amoleads <- function(access) {
  amocrm::AmoLeads(auth_list = amocrm::AmoAuthList(
    domain = access$domain, access_token = access$token
  ), limit = limit)
}

read_amoevents <- function(access) {
  amocrm::AmoEvents(amocrm::AmoAuthList(
    domain = access$domain, access_token = access$token
  ))
}

#' The notes of four kinds of elements
read_all_kinds <- function(access) {
  amocrm::AmoNotes(auth_list = amocrm::AmoAuthList(
    domain = access$domain, access_token = access$token
  ), limit = limit, all = TRUE)
}

#' What one would write today for leads: pages unnested, joined at the end
read_unnested <- function(access) {
  pages <- each_page(access, "leads", function(text) {
    items <- jsonlite::fromJSON(text)[["_embedded"]]$items
    unnested <- function(column) {
      # What is empty is `{}` or `[]`.
      some <- vapply(column, is.data.frame, NA)
      tidyr::unnest(dplyr::tibble(id = items$id[some], linked = column[some]), "linked",
                    names_sep = "_")
    }
    fields <- unnested(items$custom_fields)
    fields$linked_values <- lapply(fields$linked_values, function(values) {
      values[] <- lapply(values, as.character)
      values
    })
    is_nested <- vapply(items, is.list, NA)
    list(
      leads = items[!is_nested],
      fields = tidyr::unnest(fields, "linked_values", names_sep = "_"),
      tags = unnested(items$tags),
      contacts = tidyr::unnest_longer(
        dplyr::tibble(
          id = items$id,
          contact_id = if (is.data.frame(items$contacts)) {
            items$contacts$id
          } else {
            lapply(items$contacts, `[[`, "id")
          }
        ),
        "contact_id"
      )
    )
  })
  lapply(stats::setNames(nm = names(pages[[1]])), function(name) {
    dplyr::bind_rows(lapply(pages, `[[`, name))
  })
}

#' What one would write today: data frames of pages, joined at the end. Where
#' a note has no `params` they are `[]`, so that they stay lists in one column.
read_simplified <- function(access) {
  dplyr::bind_rows(each_page(access, "notes", function(text) {
    items <- jsonlite::fromJSON(text, flatten = TRUE)[["_embedded"]]$items
    # A column may be numbers on one page and texts on the other.
    items[] <- lapply(items, function(column) {
      if (is.list(column)) column else as.character(column)
    })
    items
  }))
}

#' How amocrm 0.1.0 made its rows: each note by itself
read_by_row <- function(access) {
  dplyr::bind_rows(each_page(access, "notes", function(text) {
    items <- jsonlite::fromJSON(text, simplifyVector = FALSE)[["_embedded"]]$items
    dplyr::bind_rows(lapply(items, function(item) {
      dplyr::bind_rows(unlist(item[setdiff(names(item), "_links")]))
    }))
  }))
}

ways <- list(
  AmoNotes = read_amonotes, simplified = read_simplified, by_row = read_by_row,
  AmoLeads = read_amoleads, unnested = read_unnested, all_kinds = read_all_kinds,
  AmoEvents = read_amoevents
)

labels <- c(
  AmoNotes = "AmoNotes()", simplified = "fromJSON(flatten = TRUE), bind_rows()",
  by_row = "unlist() and bind_rows() for each note",
  AmoLeads = "AmoLeads()", unnested = "fromJSON(), unnest(), bind_rows() of leads",
  all_kinds = "AmoNotes(all = TRUE)", AmoEvents = "AmoEvents()"
)

#' What `read` makes of each page, one after the other
each_page <- function(access, list, read) {
  pages <- list()
  repeat {
    # As R writes numbers, the page at 100000 would be at 1e+05.
    offset <- format(limit * length(pages), scientific = FALSE)
    answer <- httr::GET(
      access$domain,
      path = paste0("api/v2/", list),
      query = list(type = "lead", limit_rows = limit, limit_offset = offset),
      httr::add_headers(Authorization = paste("Bearer", access$token))
    )
    if (httr::status_code(answer) == 204) break
    httr::stop_for_status(answer)
    pages[[length(pages) + 1]] <- read(httr::content(answer, "text", encoding = "UTF-8"))
  }
  pages
}

# From long to wide -------------------------------------------------------------

#' What one would write today: a column for each field and part, several values joined,
#' then types
wide_tidyr <- function(tables, fields) {
  values <- tables$linked_custom_fields
  part <- values$custom_field_value_subtype
  values$column <- ifelse(
    is.na(part), values$custom_field_name, paste0(values$custom_field_name, "_", part)
  )
  wide <- tidyr::pivot_wider(
    values[c("id", "column", "custom_field_value")],
    names_from = "column", values_from = "custom_field_value",
    values_fn = function(texts) paste(texts, collapse = "; ")
  )
  of_type <- function(codes) intersect(fields$name[fields$field_type %in% codes], names(wide))
  wide[of_type(2)] <- lapply(wide[of_type(2)], as.numeric)
  wide[of_type(3)] <- lapply(wide[of_type(3)], function(text) text == "1")
  wide[of_type(c(6, 14))] <- lapply(wide[of_type(c(6, 14))], as.Date)
  dplyr::left_join(tables$leads, wide, by = "id")
}

#' Both ways on one set of leads, by turns; the least CPU of each counts
measure_wide <- function(leads = 1e5, times = 3) {
  options(amocrm.rate = Inf, amocrm.quiet = TRUE, amocrm.shared_rate = FALSE)
  auth <- amocrm::AmoSandbox(notes = 0, leads = leads, access = "token")
  tables <- amocrm::AmoLeads(auth)
  fields <- amocrm::AmoCustomFields(auth)$custom_fields_leads$custom_fields
  wide <- list(
    AmoWide = function() amocrm::AmoWide(tables, fields = fields),
    tidyr = function() wide_tidyr(tables, fields)
  )
  made <- lapply(wide, function(make) make())
  same <- setdiff(names(made$tidyr), names(tables$leads))
  stopifnot(all.equal(
    as.list(made$AmoWide[same]), as.list(made$tidyr[same]), check.attributes = FALSE
  ))
  cpu <- replicate(times, vapply(wide, function(make) {
    invisible(gc())
    sum(system.time(make())[c("user.self", "sys.self")])
  }, 0))
  least <- apply(cpu, 1, min)
  cat(sprintf(
    "%s leads, %s values: AmoWide() %.2f s of CPU, pivot_wider() %.2f s, %.0f times as much\n",
    number(nrow(tables$leads)), number(nrow(tables$linked_custom_fields)),
    least[["AmoWide"]], least[["tidyr"]], least[["tidyr"]] / least[["AmoWide"]]
  ))
}

# One reading, in a process of its own ------------------------------------------

#' Kilobytes that /proc tells of this process
memory <- function(name) {
  line <- grep(paste0("^", name, ":"), readLines("/proc/self/status"), value = TRUE)
  as.numeric(gsub("\\D", "", line))
}

#' The tables with a row for each record: of several, the linked ones are none
main <- function(result) {
  if (is.data.frame(result)) return(list(result))
  result[!grepl("^linked_", names(result)) & !names(result) %in% c("fields", "tags", "contacts")]
}

#' Takes the measure of one reading, and prints it as numbers
measure <- function(way, domain, token, rate) {
  options(amocrm.rate = as.numeric(rate), amocrm.quiet = TRUE)
  for (package in c("amocrm", "httr", "jsonlite", "dplyr", "tidyr")) loadNamespace(package)
  access <- list(domain = domain, token = token)
  if (is.finite(as.numeric(rate))) {
    # At the limit it is the pages that count: the first call finds out which
    # API answers and what the time zone is.
    suppressWarnings(amocrm::AmoNotes(
      auth_list = amocrm::AmoAuthList(domain = domain, access_token = token), id = 1
    ))
    Sys.sleep(1.1)
  }
  invisible(gc())
  # The peak begins anew.
  cat("5", file = "/proc/self/clear_refs")
  memory_before <- memory("VmHWM")
  before <- proc.time()
  table <- ways[[way]](access)
  taken <- proc.time() - before
  cat(
    sum(taken[c("user.self", "sys.self")]), taken[["elapsed"]],
    (memory("VmHWM") - memory_before) / 1024, object.size(table) / 1024^2,
    sum(vapply(main(table), nrow, 0L)), max(vapply(main(table), ncol, 0L)), "\n"
  )
}

measured <- c("cpu_s", "wall_s", "peak_mb", "table_mb", "table_rows", "table_columns")

#' A reading by a new R process, as a data frame of one row
reading <- function(way, sandbox, rate) {
  seen <- nrow(amocrm:::sandbox_requests(sandbox))
  script <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
  said <- system2(
    file.path(R.home("bin"), "Rscript"),
    shQuote(c(script, way, sandbox$domain, sandbox$access_token, rate)),
    stdout = TRUE
  )
  values <- as.numeric(strsplit(tail(said, 1), " ")[[1]])
  requests <- amocrm:::sandbox_requests(sandbox)
  requests <- requests[seq_len(nrow(requests)) > seen, ]
  # Not the call before.
  is_page <- grepl("limit_offset|page=", requests$query) & !grepl("&id=", requests$query)
  data.frame(
    as.list(stats::setNames(values, measured)),
    requests = nrow(requests),
    page_requests = sum(is_page),
    refused = sum(requests$status == 429)
  )
}

# The plan ----------------------------------------------------------------------

plan <- rbind(
  expand.grid(way = "AmoNotes", notes = c(1e3, 1e4, 4e4, 1e5, 2e5, 5e5), times = 15),
  expand.grid(way = "simplified", notes = c(1e3, 1e4, 4e4, 5e5), times = 2),
  expand.grid(way = "by_row", notes = c(1e3, 1e4), times = 2)
)
plan <- data.frame(plan, list = "notes", latency_s = 0, rate = Inf)
leads <- data.frame(
  way = c("AmoLeads", "unnested"), notes = 1e5, times = c(3, 1), list = "leads", latency_s = 0,
  rate = Inf
)
# Pages begin with the last three rows of the one before: 40 full ones.
slow <- data.frame(
  way = c("AmoNotes", "simplified", "all_kinds"),
  notes = c(40, 40, 4 * 10) * (limit - 3) + c(3, 3, 12), times = 1,
  list = c("notes", "notes", "four lists of notes"), latency_s = 0.3, rate = 7
)
# About a million: how many events come with notes is a matter of the seed.
events <- data.frame(
  way = "AmoEvents", notes = 1e6, times = 1, list = "events", latency_s = 0, rate = Inf
)
plan <- rbind(plan, leads, slow, events)

#' How many notes of each kind the account has
notes_of <- function(line) {
  switch(line$list,
    leads = 0,
    notes = c(lead = line$notes),
    # Of nine notes ten events come.
    events = line$notes * 0.9 / 5,
    stats::setNames(rep(line$notes / 4, 4), c("contact", "lead", "company", "task"))
  )
}

#' The account that a line of the plan reads
account_of <- function(line) {
  amocrm::AmoSandbox(
    notes = notes_of(line),
    leads = if (line$list == "leads") line$notes else 1, contacts = line$notes %/% 2,
    companies = line$notes %/% 5, latency = line$latency_s, access = "token",
    rate = if (is.finite(line$rate)) line$rate else 0
  )
}

#' All readings of the plan. They take turns, so that what else happens on the
#' computer meets all of them.
run_plan <- function(plan) {
  lines <- split(plan, seq_len(nrow(plan)))
  accounts <- lapply(lines, account_of)
  readings <- vector("list", length(lines))
  for (time in seq_len(max(plan$times))) {
    for (place in which(plan$times >= time)) {
      line <- lines[[place]]
      message(time, ": ", line$way, ", ", number(line$notes), " ", line$list)
      one <- reading(as.character(line$way), accounts[[place]], line$rate)
      stopifnot(one$table_rows == line$notes || line$list == "events")
      readings[[place]] <- rbind(readings[[place]], one)
    }
  }
  least <- lapply(readings, function(read) read[which.min(read$cpu_s), ])
  results <- cbind(do.call(rbind, lines), do.call(rbind, least))
  results$notes <- results$table_rows
  results
}

number <- function(x) {
  format(x, big.mark = ",", scientific = FALSE, drop0trailing = TRUE, trim = TRUE)
}

# What comes out ----------------------------------------------------------------

machine <- function() {
  cpu <- grep("^model name", readLines("/proc/cpuinfo"), value = TRUE)
  data.frame(
    date = format(Sys.Date()),
    cpu = sub(".*: *", "", cpu[[1]]),
    cores = length(cpu),
    r = as.character(getRversion()),
    amocrm = as.character(utils::packageVersion("amocrm"))
  )
}

show_results <- function(results) {
  shown <- data.frame(
    way = labels[as.character(results$way)],
    rows = number(results$notes),
    latency = results$latency_s,
    cpu_s = round(results$cpu_s, 3),
    us_a_note = round(results$cpu_s / results$notes * 1e6, 1),
    wall_s = round(results$wall_s, 2),
    peak_mb = round(results$peak_mb, 1),
    table_mb = round(results$table_mb, 1),
    columns = results$table_columns,
    requests = results$requests,
    pages = results$page_requests,
    refused = results$refused
  )
  print(shown, row.names = FALSE, right = TRUE)
}

#' How many times the CPU of AmoNotes() the others take for 40,000 notes
show_ratios <- function(results) {
  free <- results[results$latency_s == 0 & results$list == "notes", ]
  cpu <- function(way, notes) free$cpu_s[free$way == way & free$notes == notes]
  ours <- cpu("AmoNotes", 4e4)
  cat(sprintf(
    "\n40,000 notes, CPU beside AmoNotes(): %.0f times with %s,\n%.0f times with %s\n",
    cpu("simplified", 4e4) / ours, labels[["simplified"]],
    4 * cpu("by_row", 1e4) / ours, labels[["by_row"]]
  ))
  leads <- results[results$list == "leads", ]
  cat(sprintf(
    "100,000 leads with fields, tags and contacts: %.0f times with %s\n",
    leads$cpu_s[leads$way == "unnested"] / leads$cpu_s[leads$way == "AmoLeads"],
    labels[["unnested"]]
  ))
  cat("(the latter measured on 10,000 notes and taken 4 times: its cost a note is no less)\n")
  cat(sprintf(
    "500,000 notes take %.1f times the CPU of 40,000, which is 12.5 times as many\n",
    cpu("AmoNotes", 5e5) / ours
  ))
}

#' What is read at the limit beside the time that its requests take there
show_limit <- function(results) {
  slow <- results[results$latency_s > 0 & results$way != "simplified", ]
  cat(sprintf(
    "%s at %g requests a second, %g s each: %.2f s for %g page requests, which is %.3f times %s\n",
    labels[as.character(slow$way)], slow$rate, slow$latency_s, slow$wall_s, slow$page_requests,
    (slow$wall_s - slow$latency_s) / (slow$page_requests / slow$rate),
    "pages / rate + one answer"
  ), sep = "")
}

draw <- function(results, file) {
  free <- results[results$latency_s == 0 & results$list == "notes", ]
  grDevices::png(file, width = 1200, height = 800, res = 150)
  on.exit(grDevices::dev.off())
  colours <- c(AmoNotes = "#0b6e4f", simplified = "#c98a00", by_row = "#b03a2e")
  graphics::par(mar = c(4.2, 4.6, 1, 1), las = 1)
  graphics::plot(
    free$notes, free$cpu_s,
    log = "xy", type = "n", axes = FALSE, xlab = "notes", ylab = "CPU, s"
  )
  ticks <- 10^(3:5)
  graphics::axis(1, ticks, number(ticks))
  ticks <- 10^(-2:3)
  graphics::axis(2, ticks, number(ticks))
  graphics::box()
  shown <- c("AmoNotes", "simplified", "by_row")
  for (way in shown) {
    points <- free[free$way == way, c("notes", "cpu_s")]
    graphics::lines(points, type = "b", pch = 19, lwd = 2, col = colours[[way]])
  }
  graphics::legend("topleft", labels[shown], col = colours, pch = 19, lwd = 2, bty = "n")
}

# Stays of leads in stages ------------------------------------------------------

#' Leads that go from stage to stage: all of their moves are known
made_up_history <- function(n_leads, n_moves) {
  set.seed(1)
  lead <- sort(c(seq_len(n_leads), sample(n_leads, n_moves, TRUE)))
  is_first <- !duplicated(lead)
  at <- 1.6e9 + seq_along(lead) * 60
  stage <- 33187420 + sample(6, length(lead), TRUE)
  # The last row of each lead is where it is today.
  moved <- which(!is_first)
  moves <- data.frame(
    lead_id = lead[moved], at = at[moved], by = 1L, pipeline_before = 1L,
    status_before = stage[moved - 1], pipeline_after = 1L, status_after = stage[moved]
  )
  leads <- data.frame(
    id = seq_len(n_leads), created_at = at[is_first], created_by = 1L, updated_at = 2e9,
    pipeline_id = 1L, status_id = stage[!duplicated(lead, fromLast = TRUE)],
    ended_at = NA_real_
  )
  list(leads = leads, moves = moves[sample(nrow(moves)), ])
}

#' What one would write today
stays_with_dplyr <- function(leads, moves) {
  moves <- dplyr::filter(moves, .data$status_before != .data$status_after)
  moves <- dplyr::arrange(moves, .data$lead_id, .data$at)
  first <- dplyr::slice_head(dplyr::group_by(moves, .data$lead_id), n = 1)
  first <- dplyr::left_join(
    leads, dplyr::select(first, "lead_id", "status_before"), by = c("id" = "lead_id")
  )
  first <- dplyr::transmute(
    first, lead_id = .data$id, status_id = dplyr::coalesce(.data$status_before, .data$status_id),
    entered_at = .data$created_at
  )
  rest <- dplyr::transmute(
    moves, .data$lead_id, status_id = .data$status_after, entered_at = .data$at
  )
  stays <- dplyr::arrange(dplyr::bind_rows(first, rest), .data$lead_id, .data$entered_at)
  stays <- dplyr::group_by(stays, .data$lead_id)
  stays <- dplyr::mutate(stays, left_at = dplyr::lead(.data$entered_at))
  dplyr::mutate(dplyr::ungroup(stays), seconds = .data$left_at - .data$entered_at)
}

#' 100,000 leads with 500,000 moves, by the package and with dplyr
compare_stages <- function() {
  history <- made_up_history(1e5, 5e5)
  cpu <- function(way) {
    least <- Inf
    for (time in 1:3) {
      taken <- system.time(stays <- way(history$leads, history$moves), gcFirst = TRUE)
      least <- min(least, sum(taken[c("user.self", "sys.self")]))
    }
    list(seconds = least, stays = stays)
  }
  ours <- cpu(amocrm:::stays_of)
  dplyr <- cpu(stays_with_dplyr)
  stopifnot(
    identical(history$leads$id[ours$stays$lead], dplyr$stays$lead_id),
    all.equal(ours$stays$status_id, dplyr$stays$status_id),
    all.equal(ours$stays$seconds, dplyr$stays$seconds)
  )
  cat(sprintf(
    "%s stays of 100,000 leads: %.2f s of CPU; with dplyr %.2f s, %.0f times as much\n",
    number(nrow(ours$stays)), ours$seconds, dplyr$seconds, dplyr$seconds / ours$seconds
  ))
}

arguments <- commandArgs(trailingOnly = TRUE)
if (length(arguments) == 4) {
  do.call(measure, as.list(arguments))
} else if (identical(arguments, "AmoWide")) {
  print(machine(), row.names = FALSE)
  measure_wide()
} else if (identical(arguments, "AmoStages")) {
  compare_stages()
} else if (length(arguments) == 1) {
  results <- run_plan(plan[plan$way == arguments, ])
  print(machine(), row.names = FALSE)
  show_results(results)
} else {
  results <- run_plan(plan)
  cat("\n")
  print(machine(), row.names = FALSE)
  cat("\n")
  show_results(results)
  show_ratios(results)
  show_limit(results)
  compare_stages()
  results <- results[setdiff(names(results), c("table_rows", "times"))]
  utils::write.csv(cbind(machine(), results), "vignettes/bench.csv", row.names = FALSE)
  draw(results, "man/figures/bench.png")
}
