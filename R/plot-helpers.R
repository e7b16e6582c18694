# What the pictures by base graphics have in common: rows from top to bottom, each with
# its name at the left, and a key above them.

# In ggplot2's aes() it is the rows of the plot.
utils::globalVariables(".data")

plot_colours <- c(open = "#6C8EBF", won = "#3E9B6E", lost = "#C0504D")

#' Colours that tell n groups apart
#' @noRd
group_colours <- function(n) grDevices::hcl.colors(n, "Dark 3")

#' Opens a picture of rows, whose middles are at y = 1, 2 ...
#'
#' Sets the margins: the caller restores `graphics::par("mai")`.
#' @param values texts at the right of the rows
#' @param keys named colours: what they mean
#' @param at where the axis has its ticks
#' @noRd
plot_rows <- function(labels, xlim, xlab, title, values = "", keys = character(), at = NULL) {
  # Texts can be measured in an open figure only, which need not have room for more.
  graphics::par(mai = rep(0, 4))
  graphics::plot.new()
  figure <- graphics::par("fin")
  line <- graphics::par("csi")
  key <- key_layout(names(keys), figure[[1]] - 0.3)
  top <- line * (1.8 + key$rows)
  row <- max(figure[[2]] - top - 3.2 * line, 0) / length(labels)
  two <- row > 1.8 * line * label_size
  labels <- wrap_labels(labels, 0.38 * figure[[1]], lines = if (two) 2 else 1)
  left <- max(0, label_width(labels)) + 0.15
  right <- max(0.05, label_width(values)) + 0.15
  graphics::par(mai = c(3.2 * line, left, top, right), new = TRUE)
  graphics::plot.new()
  graphics::plot.window(xlim, c(length(labels) + 0.5, 0.5), xaxs = "i", yaxs = "i")
  graphics::axis(1, at, col = NA, col.ticks = "grey60", mgp = c(2, 0.5, 0))
  graphics::title(xlab = xlab, mgp = c(1.8, 0, 0))
  size <- min(label_size, row / line)
  write <- function(x, texts, side) {
    graphics::text(x, seq_along(labels), texts, adj = c(side, 0.5), xpd = NA, cex = size)
  }
  write(xlim[[1]] - inches_wide(0.08), labels, 1)
  write(xlim[[2]] + inches_wide(right - 0.08), values, 1)
  # The title is larger than names, and bold.
  draw_heading(wrap_labels(title, 0.7 * figure[[1]], 1), keys, key$columns, left, line)
}

# The size of names beside that of other texts.
label_size <- 0.85

label_width <- function(labels) graphics::strwidth(labels, "inches", cex = label_size)

#' How a key fits into a width in inches
#' @noRd
key_layout <- function(names, width) {
  if (length(names) == 0) {
    return(list(columns = 0, rows = 0))
  }
  widest <- max(label_width(names)) + key_square
  columns <- max(1, min(length(names), floor(width / widest)))
  list(columns = columns, rows = ceiling(length(names) / columns))
}

# Inches of a square of the key with the space around it.
key_square <- 0.35

#' The title and the key, from the left edge of the figure on
#' @noRd
draw_heading <- function(title, keys, columns, left, line) {
  area <- graphics::par("usr")
  edge <- area[[1]] - inches_wide(left - 0.1)
  height <- function(lines) area[[4]] - inches_high(lines * line)
  rows <- if (columns > 0) ceiling(length(keys) / columns) else 0
  graphics::text(edge, height(rows + 1), title, adj = c(0, 0.5), font = 2, xpd = NA)
  if (rows == 0) {
    return(invisible())
  }
  at <- seq_along(keys) - 1
  widest <- max(label_width(names(keys))) + key_square
  x <- edge + inches_wide(widest * (at %% columns))
  y <- height(rows - at %/% columns - 0.3)
  graphics::points(x + inches_wide(0.07), y, pch = 15, col = keys, xpd = NA)
  graphics::text(
    x + inches_wide(0.18), y, names(keys), adj = c(0, 0.5), xpd = NA, cex = label_size
  )
}

#' Inches in the units of an axis. That of rows runs downwards
#' @noRd
inches_wide <- function(inches) inches * diff(graphics::par("usr")[1:2]) / graphics::par("pin")[[1]]
inches_high <- function(inches) {
  inches * abs(diff(graphics::par("usr")[3:4])) / graphics::par("pin")[[2]]
}

#' Texts in lines of a width in inches, with dots for what has no room
#' @noRd
wrap_labels <- function(labels, width, lines = 2) {
  fits <- function(text) label_width(text) <= width
  cut <- function(text) {
    kept <- nchar(text)
    while (kept > 1 && !fits(paste0(substr(text, 1, kept), "..."))) kept <- kept - 1
    paste0(trimws(substr(text, 1, kept)), "...")
  }
  vapply(as.character(labels), function(label) {
    words <- strsplit(label, " ", fixed = TRUE)[[1]]
    wrapped <- character()
    while (length(words) > 0 && length(wrapped) < lines) {
      starts <- vapply(seq_along(words), function(n) paste(words[1:n], collapse = " "), "")
      is_last <- length(wrapped) == lines - 1
      # A word that is too long by itself is cut.
      n <- if (is_last) length(words) else max(1, which(fits(starts)))
      wrapped <- c(wrapped, if (fits(starts[[n]])) starts[[n]] else cut(starts[[n]]))
      words <- words[-seq_len(n)]
    }
    paste(wrapped, collapse = "\n")
  }, "", USE.NAMES = FALSE)
}
