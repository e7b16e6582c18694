# Pictures of a funnel: bars by what became of the leads, or with `by` the shares of each
# value.

#' @export
plot.amocrm_funnel <- function(x, pipeline = NULL, ...) {
  old <- graphics::par("mai")
  on.exit(graphics::par(mai = old))
  rows <- one_pipeline(x, pipeline, x$reached)
  if (is.null(funnel_by(x))) draw_bars(rows) else draw_shares(rows)
  invisible(x)
}

#' The rows of one pipeline: the chosen one, or that of the largest number
#' @noRd
one_pipeline <- function(x, pipeline, numbers) {
  x <- as.data.frame(x)
  if (nrow(x) == 0) abort_input("x", gettext("there are no stages to plot"))
  ids <- if (is.null(pipeline)) x$pipeline_id[which.max(numbers)] else check_pipeline(pipeline, x)
  x[x$pipeline_id %in% ids[[1]], ]
}

#' The name of the column of `by`, which comes first; NULL without
#' @noRd
funnel_by <- function(funnel) if (names(funnel)[[1]] != "pipeline_id") names(funnel)[[1]]

#' A name, or the id of what has none any more
#' @noRd
name_or_id <- function(name, id) ifelse(is.na(name), id_digits(id), name)

fate_names <- function() {
  c(won = gettext("won"), open = gettext("open"), lost = gettext("lost"))
}

draw_bars <- function(funnel) {
  fates <- fate_names()
  reached <- funnel$reached
  plot_rows(
    name_or_id(funnel$status_name, funnel$status_id), c(0, max(1, reached)),
    gettext("leads that reached the stage"), pipeline_title(funnel),
    values = trimws(sprintf("%d  %s", reached, percent(funnel$share))),
    keys = stats::setNames(plot_colours[names(fates)], fates)
  )
  ends <- cbind(0, funnel$won, reached - funnel$lost, reached)
  at <- seq_along(reached)
  for (fate in seq_along(fates)) {
    graphics::rect(
      ends[, fate], at - 0.38, ends[, fate + 1], at + 0.38,
      col = plot_colours[[names(fates)[fate]]], border = NA
    )
  }
}

draw_shares <- function(funnel) {
  value <- group_texts(funnel[[1]])
  groups <- unique(value)
  colours <- group_colours(length(groups))
  stages <- funnel[value == groups[[1]], ]
  plot_rows(
    name_or_id(stages$status_name, stages$status_id), c(-2, 102), gettext("percent of the leads"),
    pipeline_title(funnel), keys = stats::setNames(colours, groups)
  )
  graphics::abline(h = seq_len(nrow(stages)), col = "grey90")
  for (group in seq_along(groups)) {
    share <- 100 * funnel$share[value == groups[[group]]]
    graphics::points(share, seq_along(share), type = "o", pch = 19, col = colours[[group]])
  }
}

group_texts <- function(values) ifelse(is.na(values), "NA", as.character(values))

pipeline_title <- function(x) name_or_id(x$pipeline_name[[1]], x$pipeline_id[[1]])

#' Shares as texts; none for an unknown one
#' @noRd
percent <- function(share) ifelse(is.na(share), "", sprintf("%.0f %%", 100 * share))

#' @exportS3Method ggplot2::autoplot
autoplot.amocrm_funnel <- function(object, ...) {
  by <- funnel_by(object)
  shown <- stage_factors(as.data.frame(object))
  if (is.null(by)) {
    ggplot_bars(shown)
  } else {
    shown$value <- factor(group_texts(shown[[by]]), unique(group_texts(shown[[by]])))
    ggplot_shares(shown)
  }
}

ggplot_bars <- function(funnel) {
  fates <- fate_names()
  counts <- cbind(
    won = funnel$won, open = funnel$reached - funnel$won - funnel$lost, lost = funnel$lost
  )
  bars <- data.frame(
    funnel[rep(seq_len(nrow(funnel)), length(fates)), ],
    fate = factor(rep(fates, each = nrow(funnel)), rev(fates)), leads = as.vector(counts)
  )
  ggplot_rows(bars) +
    ggplot2::geom_col(ggplot2::aes(.data$leads, .data$stage, fill = .data$fate), width = 0.75) +
    ggplot2::scale_fill_manual(
      values = stats::setNames(plot_colours[names(fates)], fates), breaks = unname(fates)
    ) +
    ggplot2::labs(x = gettext("leads that reached the stage"), y = NULL, fill = NULL)
}

ggplot_shares <- function(funnel) {
  ggplot_rows(funnel) +
    ggplot2::aes(
      100 * .data$share, .data$stage, colour = .data$value, group = .data$value
    ) +
    ggplot2::geom_path(na.rm = TRUE) +
    ggplot2::geom_point(na.rm = TRUE) +
    # More columns, or longer lines, have no room on a telephone.
    ggplot2::scale_colour_discrete(
      labels = function(names) two_lines(names, 20), guide = ggplot2::guide_legend(ncol = 2)
    ) +
    ggplot2::labs(x = gettext("percent of the leads"), y = NULL, colour = NULL)
}
