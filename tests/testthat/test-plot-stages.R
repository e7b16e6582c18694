# Pictures of stays and funnels. That they are good to look at has to be seen.

stages <- AmoStages(AmoSandbox(notes = c(lead = 300), leads = 60, access = "token"))
english <- c(
  "Incoming", "First contact", "Talks", "They decide",
  "Agreement with the lawyers of the customer on all of the many details", "Won", "Lost"
)
sorts <- c(10L, 20L, 30L, 40L, 50L, 10000L, 11000L)
renamed <- function(table) {
  table$pipeline_name <- c("Second", "Sales")[1 + (table$pipeline_id == sales)]
  table$status_name <- english[match(table$status_sort, sorts)]
  table
}
stages <- renamed(stages)
attr(stages, "pipelines") <- renamed(attr(stages, "pipelines"))
funnel <- AmoFunnel(stages)
managers <- AmoFunnel(stages, by = "responsible_user_id")
main <- funnel[funnel$pipeline_id == sales, ]

#' The texts of a picture, after a look that it leaves the parameters as they were
texts_of <- function(x, ..., width = 7) {
  file <- withr::local_tempfile(fileext = ".pdf")
  grDevices::pdf(file, width, 4, compress = FALSE, useKerning = FALSE, useDingbats = FALSE)
  open <- grDevices::dev.cur()
  withr::defer(if (open %in% grDevices::dev.list()) grDevices::dev.off(open))
  before <- graphics::par(no.readonly = TRUE)[c("mai", "mfrow", "cex", "las", "xpd")]
  expect_invisible(plot(x, ...))
  expect_identical(graphics::par(no.readonly = TRUE)[names(before)], before)
  grDevices::dev.off(open)
  lines <- readLines(file, warn = FALSE)
  sub("^.* Tm [(](.*)[)] Tj$", "\\1", grep(" Tj$", lines, value = TRUE))
}

expect_shown <- function(expected, texts) expect_identical(setdiff(expected, texts), character())

narrow <- 390 / 96

test_that("bars name the pipeline, its stages, counts and fates, on any width", {
  counts <- sprintf("%d  %.0f %%", main$reached, 100 * main$share)
  for (width in c(narrow, 9)) {
    texts <- texts_of(funnel, width = width)
    expect_shown(c("Sales", "Incoming", "won", "open", "lost", counts), texts)
    expect_shown("leads that reached the stage", texts)
  }
})

test_that("names that are too long are cut to their room", {
  whole <- english[[5]]
  longest <- function(width) {
    parts <- Filter(function(text) grepl("gree", text), texts_of(funnel, width = width))
    max(nchar(parts))
  }
  expect_lt(longest(narrow), longest(9))
  expect_lt(longest(9), nchar(whole))
  expect_false(any(texts_of(funnel, width = narrow) == whole))
})

test_that("the pipeline with the most leads is shown, or the one that is named", {
  leads <- tapply(funnel$reached, funnel$pipeline_name, max)
  expect_identical(names(which.max(leads)), "Sales")
  expect_shown("Sales", texts_of(funnel))
  expect_shown("Second", texts_of(funnel, pipeline = "Second"))
  expect_false("Sales" %in% texts_of(funnel, pipeline = "Second"))
  expect_shown("Second", texts_of(stages, pipeline = repeats))
  grDevices::pdf(NULL)
  withr::defer(grDevices::dev.off())
  expect_error(plot(funnel, pipeline = "None"), "None", class = "amocrm_error_input")
})

test_that("with `by` each value is in the key, also without a name", {
  values <- managers$responsible_user_id
  expect_shown(as.character(unique(values)), texts_of(managers, width = narrow))
  unknown <- AmoFunnel(stages, by = data.frame(id = stages$lead_id[1:9], kind = "one"))
  expect_shown(c("one", "NA"), texts_of(unknown))
})

test_that("boxes have the median days of each open stage beside them", {
  texts <- texts_of(stages)
  open <- main[main$status_id != 142, ]
  expect_shown(sprintf("%.1f", open$median_days[!is.na(open$median_days)]), texts)
  expect_shown(c("Sales", "days in the stage"), texts)
  expect_false("Won" %in% texts)
})

test_that("deleted stages are shown by their ids", {
  nameless <- stages
  nameless[nameless$status_id == talks, c("status_name", "status_sort")] <- NA
  attr(nameless, "pipelines") <- NULL
  expect_shown(format(talks), texts_of(AmoFunnel(nameless)))
  expect_shown(format(talks), texts_of(nameless))
})

test_that("tables with few or no stays can be drawn, or say that there are none", {
  expect_shown("0", texts_of(AmoFunnel(stages[0, ])))
  lasting <- which(is.na(stages$left_at) & !stages$status_id %in% c(142, 143))[[1]]
  expect_shown("days in the stage", texts_of(stages[lasting, ]))
  grDevices::pdf(NULL)
  withr::defer(grDevices::dev.off())
  expect_error(plot(stages[stages$status_id == 142, ]), class = "amocrm_error_input")
})

test_that("pictures stand side by side", {
  grDevices::pdf(NULL)
  withr::defer(grDevices::dev.off())
  withr::local_par(list(mfrow = c(1, 2)))
  plot(funnel)
  plot(stages)
  expect_identical(graphics::par("mfg"), c(1L, 2L, 1L, 2L))
})

test_that("autoplot() has the numbers of the table in a panel for each pipeline", {
  skip_if_not_installed("ggplot2")
  bars <- ggplot2::layer_data(ggplot2::autoplot(funnel))
  expect_equal(sum(bars$xmax - bars$xmin), sum(funnel$reached))
  expect_length(unique(bars$PANEL), 2)
  shares <- ggplot2::layer_data(ggplot2::autoplot(managers), 2)
  expect_setequal(shares$x, 100 * managers$share)
  expect_length(unique(shares$colour), length(unique(managers$responsible_user_id)))
  boxes <- ggplot2::layer_data(ggplot2::autoplot(stages))
  medians <- funnel$median_days[funnel$status_id != 142]
  expect_equal(sort(boxes$xmiddle), sort(medians))
})

test_that("pictures speak Russian where R does", {
  withr::local_language("ru")
  skip_if(!is_russian(), "no translations in this locale")
  expect_identical(fate_names()[["won"]], "\u0432\u044b\u0438\u0433\u0440\u0430\u043d\u044b")
})
