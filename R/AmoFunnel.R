#' How many leads reached each stage
#'
#' Counts the leads of [AmoStages()] in each pipeline, stage by stage: how many came so
#' far, what became of them, and how long they stayed.
#'
#' A lead reached a stage if it was in it, or in a later stage of the same pipeline, at
#' any time: so leads that skip a stage, or went back, count. Leads that were lost in a
#' pipeline, and of which no other stage is known, reached its first stage. The first
#' row of a pipeline therefore has all leads that ever were in it.
#'
#' @param stages a table by [AmoStages()], or some of its rows.
#' @param by what to compare: the name of a column of `stages`, such as
#'   `"responsible_user_name"`; or the values of leads, as a vector whose names are their
#'   ids, or as a data.frame whose first two columns are the ids and the values. A lead
#'   with several values counts for each of them, one without any for `NA`. Where a
#'   column has different values for the stays of one lead, such as `"moved_by_name"`,
#'   each value has its stays.
#'
#' @return A data.frame of class `amocrm_funnel` with a row for each stage, in the order
#'   of pipelines and stages. Stages that have been deleted come last. There is no row
#'   for 143, lost.
#'   \describe{
#'     \item{the column of `by`}{if given: its value, and all rows for each}
#'     \item{`pipeline_id`, `pipeline_name`, `status_id`, `status_name`}{the stage}
#'     \item{`reached`}{integer: leads that reached it; for a deleted stage, those that
#'       were in it}
#'     \item{`share`}{double: of all leads of the pipeline, from 0 to 1}
#'     \item{`step`}{double: of the leads that reached the stage before; `NA` for the
#'       first and for deleted stages}
#'     \item{`won`, `lost`}{integer: those of `reached` whose last stay in this pipeline is
#'       142, won, or 143, lost. The others are open, or in another pipeline. The
#'       difference of `lost` of two rows is what was lost between them}
#'     \item{`median_days`, `p90_days`}{double: days that half, or 90 %, of the stays in
#'       the stage did not exceed. Stays that last, and those whose times are not known
#'       exactly, do not count; a lead that came back has several}
#'   }
#'   `plot()` shows one pipeline, `plot(funnel, pipeline = "Sales")`, without `by` as
#'   bars, with `by` as the shares of each value. Without `pipeline` it is the one with
#'   the most leads. `ggplot2::autoplot()` shows all pipelines.
#' @section Conditions:
#' `amocrm_error_input`.
#' @seealso The guide "funnel"; [amocrm-package] says where the guides are.
#' @examples
#' auth <- AmoSandbox(notes = c(lead = 2000), leads = 400, access = "token")
#' stages <- AmoStages(auth)
#' funnel <- AmoFunnel(stages)
#' funnel[c("pipeline_name", "status_name", "reached", "share", "median_days")]
#' plot(funnel)
#'
#' # Managers, and months of creation
#' head(AmoFunnel(stages, by = "responsible_user_name"))
#' stages$month <- format(stages$created_at, "%Y-%m")
#' recent <- stages[stages$created_at > Sys.time() - 180 * 24 * 3600, ]
#' plot(AmoFunnel(recent, by = "month"))
#'
#' # A custom field
#' fields <- AmoLeads(auth)$linked_custom_fields
#' fields <- fields[fields$custom_field_id == fields$custom_field_id[[1]], ]
#' by_value <- AmoFunnel(stages, by = fields[c("id", "custom_field_value")])
#' @export
AmoFunnel <- function(stages, by = NULL) {
  if (missing(stages)) stages <- NULL
  check_stages(stages)
  rows <- as.data.frame(stages)
  places <- funnel_places(rbind(attr(stages, "pipelines"), rows[stage_columns]))
  funnel <- if (is.null(by)) {
    count_funnel(rows, places)
  } else {
    count_groups(rows, places, stage_groups(rows, by))
  }
  structure(funnel, class = c("amocrm_funnel", "data.frame"))
}

check_stages <- function(stages) {
  needed <- c("lead_id", "entered_at", "seconds", stage_columns)
  if (!is.data.frame(stages) || !all(needed %in% names(stages))) {
    abort_input("stages", gettextf(
      "`stages` must be a table by AmoStages(), not %s", shown_value(stages)
    ))
  }
}

# The stages that end a lead, in every pipeline.
won_status <- 142
lost_status <- 143

#' The rows of a funnel: stages in the order of pipelines, deleted ones last
#' @return data.frame of stages with `rank` in the pipeline, `NA` for deleted ones
#' @noRd
funnel_places <- function(stages) {
  is_first <- seq_len(nrow(stages)) == stage_place(stages$pipeline_id, stages$status_id, stages)
  stages <- stages[is_first & stages$status_id != lost_status, ]
  stages <- stages[order(
    stages$pipeline_sort, stages$pipeline_id, stages$status_sort, stages$status_id
  ), ]
  rownames(stages) <- NULL
  stages$rank <- as.integer(stats::ave(stages$status_id, stages$pipeline_id, FUN = seq_along))
  stages$rank[is.na(stages$status_sort)] <- NA
  stages
}

#' The funnel of stays, with a row for each of `places`
#' @noRd
count_funnel <- function(stays, places) {
  at <- stage_place(stays$pipeline_id, stays$status_id, places)
  leads <- leads_in_pipelines(stays, places$rank[at])
  counts <- vapply(seq_len(nrow(places)), function(place) {
    rank <- places$rank[place]
    rows <- if (is.na(rank)) {
      unique(leads$of_stay[which(at == place)])
    } else {
      which(leads$pipeline_id == places$pipeline_id[place] & leads$deepest >= rank)
    }
    last <- leads$last_status[rows]
    c(length(rows), sum(last == won_status), sum(last == lost_status))
  }, integer(3))
  reached <- counts[1, ]
  pipeline <- match(places$pipeline_id, places$pipeline_id)
  all <- tabulate(match(leads$pipeline_id, places$pipeline_id), nrow(places))[pipeline]
  before <- c(NA, reached[-nrow(places)])
  before[is.na(places$rank) | places$rank == 1] <- NA
  days <- split(stays$seconds / day_seconds, factor(at, seq_len(nrow(places))))
  days_of <- function(share) {
    unname(vapply(days, stats::quantile, 0, probs = share, na.rm = TRUE, names = FALSE))
  }
  data.frame(
    places[c("pipeline_id", "pipeline_name", "status_id", "status_name")],
    reached = reached, share = ratio(reached, all), step = ratio(reached, before),
    won = counts[2, ], lost = counts[3, ], median_days = days_of(0.5), p90_days = days_of(0.9)
  )
}

ratio <- function(x, of) ifelse(of > 0, x / of, NA_real_)

#' How far each lead came in each pipeline that it was in
#'
#' @param rank of the stages of the stays, NA for deleted ones and for lost
#' @return list of vectors, one value for each lead in each pipeline: `pipeline_id`,
#'   `deepest`, a rank, and `last_status`; and of `of_stay`, the place of each stay's
#'   lead in them
#' @noRd
leads_in_pipelines <- function(stays, rank) {
  # One number for both: the pipelines are few.
  pipelines <- unique(stays$pipeline_id)
  lead <- account_keys(stays$account_id, stays$lead_id)
  pair <- match(lead, lead) * (length(pipelines) + 1) + match(stays$pipeline_id, pipelines)
  # When a lead came to its first stage may be unknown.
  by_time <- order(pair, stays$entered_at, na.last = FALSE, method = "radix")
  last <- by_time[!duplicated(pair[by_time], fromLast = TRUE)]
  rank[is.na(rank)] <- 1
  by_rank <- order(pair, rank, method = "radix")
  furthest <- by_rank[!duplicated(pair[by_rank], fromLast = TRUE)]
  list(
    pipeline_id = stays$pipeline_id[last], deepest = rank[furthest],
    last_status = stays$status_id[last], of_stay = match(pair, pair[last])
  )
}

#' One funnel for each value, under each other
#' @param groups by stage_groups()
#' @noRd
count_groups <- function(stays, places, groups) {
  values <- sort(unique(groups$value), na.last = TRUE)
  of_row <- match(groups$value, values)
  funnels <- lapply(seq_along(values), function(at) {
    count_funnel(stays[groups$row[of_row == at], ], places)
  })
  funnel <- do.call(rbind, funnels)
  if (groups$name %in% names(funnel)) {
    abort_input("by", gettextf(
      "`by` can't be called \"%s\": a funnel has such a column already", groups$name
    ))
  }
  value <- rep(values, each = nrow(places))
  cbind(stats::setNames(data.frame(value), groups$name), funnel)
}

#' The values to compare, for the rows of stays
#' @return list of `name`, the column's, and of `row` and `value`, which belong together
#' @noRd
stage_groups <- function(stays, by) {
  if (is_one_text(by) && is.null(names(by))) {
    if (!by %in% names(stays)) {
      abort_input("by", gettextf(
        "`stages` has no column \"%s\"; there are %s", by, quoted(names(stays))
      ))
    }
    if (!is.atomic(stays[[by]])) {
      abort_input("by", gettextf("`stages` has lists in the column \"%s\"", by))
    }
    return(list(name = by, row = seq_len(nrow(stays)), value = stays[[by]]))
  }
  if (is.data.frame(by) && length(by) >= 2) {
    name <- names(by)[[2]]
    values <- data.frame(id = by[[1]], value = by[[2]])
  } else if (is.atomic(by) && !is.null(names(by))) {
    name <- "by"
    values <- data.frame(id = names(by), value = unname(by))
  } else {
    abort_input("by", join(
      gettext("`by` must be the name of a column of `stages`,"),
      gettext("a vector whose names are ids of leads, or a data.frame of ids and values")
    ))
  }
  values$id <- as.double(check_each_id(values$id, "by"))
  rows <- data.frame(id = as.double(stays$lead_id), row = seq_len(nrow(stays)))
  joined <- left_join_by_id(rows, unique(values))
  list(name = name, row = joined$row, value = joined$value)
}
