# Pictures of calls. That they are good to look at has to be seen.

calls <- AmoCalls(AmoSandbox(notes = c(contact = 600)))
counts <- calls_by_hour(calls)

#' The texts of a picture
texts_of_calls <- function(x, width) {
  file <- withr::local_tempfile(fileext = ".pdf")
  grDevices::pdf(file, width, 4, compress = FALSE, useKerning = FALSE, useDingbats = FALSE)
  open <- grDevices::dev.cur()
  withr::defer(if (open %in% grDevices::dev.list()) grDevices::dev.off(open))
  before <- graphics::par(no.readonly = TRUE)[c("mai", "mfrow", "cex", "las", "xpd")]
  expect_invisible(plot(x))
  expect_identical(graphics::par(no.readonly = TRUE)[names(before)], before)
  grDevices::dev.off(open)
  lines <- readLines(file, warn = FALSE)
  sub("^.* Tm [(](.*)[)] Tj$", "\\1", grep(" Tj$", lines, value = TRUE))
}

test_that("days, their calls and the zone of the hours are told on any width", {
  for (width in c(390 / 96, 9)) {
    texts <- texts_of_calls(calls, width)
    expect_identical(setdiff(c(rownames(counts), rowSums(counts)), texts), character())
    expect_true(all(c("hour \\(Europe/Moscow\\)", "0", "24") %in% texts))
  }
})

test_that("numbers are in the squares where there is room", {
  has_more <- function(width, than) length(texts_of_calls(calls, width)) - than
  narrow <- length(texts_of_calls(calls, 390 / 96))
  expect_identical(has_more(9, narrow), sum(counts > 0))
})

test_that("an empty table has an empty picture, another table none", {
  expect_true("Mon" %in% texts_of_calls(calls[0, ], 7))
  grDevices::pdf(NULL)
  withr::defer(grDevices::dev.off())
  expect_error(plot(calls[c("id", "phone")]), "created_at", class = "amocrm_error_input")
})

test_that("autoplot() has a tile for each hour, filled by the number of calls", {
  skip_if_not_installed("ggplot2")
  picture <- ggplot2::autoplot(calls)
  expect_identical(sum(picture$data$calls), nrow(calls))
  tiles <- ggplot2::layer_data(picture)
  expect_identical(nrow(tiles), 168L)
  dark <- tiles[which(tiles$fill == many_colour), ]
  expect_identical(nrow(dark), sum(counts == max(counts)))
})

test_that("the days are Russian where R is", {
  withr::local_language("ru")
  skip_if(!is_russian(), "no translations in this locale")
  expect_identical(day_names()[[1]], "\u041f\u043d")
})
