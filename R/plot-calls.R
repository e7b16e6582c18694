# Pictures of calls: how many there are at which hour of which day of the week.

#' @export
plot.amocrm_calls <- function(x, ...) {
  old <- graphics::par("mai")
  on.exit(graphics::par(mai = old))
  counts <- calls_by_hour(x)
  most <- max(counts)
  steps <- unique(round(most * c(0, 0.5, 1)))
  plot_rows(
    rownames(counts), c(0, 24), hour_title(x), gettext("calls by hour and day of the week"),
    values = rowSums(counts), keys = stats::setNames(count_colours(steps, most), steps),
    at = seq(0, 24, 3)
  )
  day <- row(counts)
  hour <- col(counts)
  graphics::rect(
    hour - 1, day - 0.5, hour, day + 0.5, col = count_colours(counts, most), border = "white"
  )
  write_counts(counts, hour - 0.5, day)
  invisible(x)
}

#' Writes the numbers into their squares where there is room
#' @noRd
write_counts <- function(counts, x, y) {
  size <- 0.7
  has_room <- graphics::strwidth(max(counts), cex = size) < 0.75 &&
    abs(graphics::strheight("0", cex = size)) < 0.7
  shown <- counts > 0
  if (has_room && any(shown)) {
    graphics::text(
      x[shown], y[shown], counts[shown], cex = size,
      col = ifelse(counts[shown] > max(counts) / 2, "white", "grey20")
    )
  }
}

#' Calls by day, from Monday on, and hour of the account's clock
#' @return matrix of 7 rows, named by the days, and 24 columns
#' @noRd
calls_by_hour <- function(calls) {
  if (!inherits(calls$created_at, "POSIXct")) {
    abort_input("x", gettext("`x` must be a table by AmoCalls() with the column `created_at`"))
  }
  time <- as.POSIXlt(calls$created_at)
  # In POSIXlt the week begins on Sunday.
  day <- factor((time$wday + 6) %% 7, 0:6, day_names())
  unclass(table(day, hour = factor(time$hour, 0:23)))
}

day_names <- function() {
  c(
    gettext("Mon"), gettext("Tue"), gettext("Wed"), gettext("Thu"), gettext("Fri"),
    gettext("Sat"), gettext("Sun")
  )
}

#' What the hours are, with the account's zone
#' @noRd
hour_title <- function(calls) {
  zone <- attr(calls$created_at, "tzone")
  if (length(zone) == 0 || !nzchar(zone[[1]])) zone <- Sys.timezone()
  gettextf("hour (%s)", zone[[1]])
}

few_colour <- "#F1F4F8"
many_colour <- "#1F4E79"

#' Colours of numbers up to `most`
#' @noRd
count_colours <- function(counts, most) {
  shades <- grDevices::colorRamp(c(few_colour, many_colour))
  grDevices::rgb(shades(as.vector(counts) / max(most, 1)), maxColorValue = 255)
}

#' @exportS3Method ggplot2::autoplot
autoplot.amocrm_calls <- function(object, ...) {
  counts <- calls_by_hour(object)
  shown <- data.frame(
    day = factor(rownames(counts)[row(counts)], rownames(counts)),
    hour = as.vector(col(counts)) - 0.5, calls = as.vector(counts)
  )
  ggplot2::ggplot(shown, ggplot2::aes(.data$hour, .data$day, fill = .data$calls)) +
    ggplot2::geom_tile(colour = "white") +
    ggplot2::scale_fill_gradient(low = few_colour, high = many_colour) +
    ggplot2::scale_x_continuous(breaks = seq(0, 24, 3), expand = c(0, 0)) +
    ggplot2::scale_y_discrete(limits = rev) +
    ggplot2::labs(x = hour_title(object), y = NULL, fill = gettext("calls")) +
    ggplot2::theme_minimal() +
    ggplot2::theme(
      panel.grid = ggplot2::element_blank(), legend.position = "top",
      # Room for the half of the last hour's number.
      plot.margin = ggplot2::margin(6, 12, 6, 6)
    )
}
