# Pictures of stays: the days in each stage as boxes.

#' @export
plot.amocrm_stages <- function(x, pipeline = NULL, ...) {
  old <- graphics::par("mai")
  on.exit(graphics::par(mai = old))
  leads <- table(leads_in_pipelines(x, rep(1, nrow(x)))$pipeline_id)
  open <- open_stays(x)
  open <- one_pipeline(open, pipeline, leads[as.character(open$pipeline_id)])
  draw_boxes(stage_factors(open))
  invisible(x)
}

#' Stays in stages that don't end a lead
#' @noRd
open_stays <- function(x) x[!x$status_id %in% c(won_status, lost_status), ]

#' Stays with their stages as factors, in the order of pipelines and stages
#' @noRd
stage_factors <- function(x) {
  title <- name_or_id(x$pipeline_name, x$pipeline_id)
  key <- key_texts(x[c("pipeline_id", "status_id")])
  in_order <- if (is.null(x$status_sort)) {
    seq_along(key)
  } else {
    order(x$pipeline_sort, x$pipeline_id, x$status_sort, x$status_id)
  }
  x$pipeline <- factor(title, unique(title[in_order]))
  x$stage <- factor(key, unique(key[in_order]))
  x
}

#' The names of stages by the levels of stage_factors()
#' @noRd
stage_labels <- function(x) {
  at <- match(levels(x$stage), x$stage)
  name_or_id(x$status_name[at], x$status_id[at])
}

draw_boxes <- function(stays) {
  boxes <- box_stats(stays)
  middle <- boxes$stats[3, ]
  plot_rows(
    stage_labels(stays), c(0, longest_box(boxes)), gettext("days in the stage"),
    pipeline_title(stays), values = ifelse(is.na(middle), "", sprintf("%.1f", middle))
  )
  # bxp() warns where there is no box at all.
  if (all(is.na(middle))) {
    return(invisible())
  }
  graphics::bxp(
    boxes, add = TRUE, horizontal = TRUE, axes = FALSE, outline = FALSE, boxwex = 0.7, lty = 1,
    boxfill = "#DCE6F2", border = "#34557A", staplewex = 0
  )
}

box_stats <- function(stays) {
  graphics::boxplot(split(stays$seconds / day_seconds, stays$stage), plot = FALSE)
}

#' Where the longest whisker ends: outliers would make the rest small
#' @noRd
longest_box <- function(boxes) max(1, boxes$stats, na.rm = TRUE)

#' @exportS3Method ggplot2::autoplot
autoplot.amocrm_stages <- function(object, ...) {
  shown <- stage_factors(open_stays(as.data.frame(object)))
  shown$days <- shown$seconds / day_seconds
  ggplot_rows(shown) +
    ggplot2::coord_cartesian(xlim = c(0, longest_box(box_stats(shown)))) +
    ggplot2::geom_boxplot(
      ggplot2::aes(.data$days, .data$stage), na.rm = TRUE, outlier.shape = NA, fill = "#DCE6F2",
      colour = "#34557A"
    ) +
    ggplot2::labs(x = gettext("days in the stage"), y = NULL)
}

#' A plot of rows by stage, a panel for each pipeline
#' @noRd
ggplot_rows <- function(x) {
  names <- stats::setNames(stage_labels(x), levels(x$stage))
  ggplot2::ggplot(x) +
    ggplot2::facet_wrap("pipeline", ncol = 1, scales = "free_y") +
    ggplot2::scale_y_discrete(limits = rev, labels = function(keys) two_lines(names[keys], 24)) +
    ggplot2::theme_minimal() +
    ggplot2::theme(
      panel.grid.major.y = ggplot2::element_blank(), legend.position = "top",
      legend.justification = "right",
      strip.text = ggplot2::element_text(hjust = 0, face = "bold")
    )
}

#' Texts in up to two lines of so many characters
#' @noRd
two_lines <- function(texts, width) {
  vapply(strwrap(texts, width, simplify = FALSE), function(lines) {
    if (length(lines) > 2) lines <- c(lines[[1]], paste0(lines[[2]], "..."))
    paste(lines, collapse = "\n")
  }, "")
}
