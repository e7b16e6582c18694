# AmoFunnel() on stays written by hand, beside a plain loop, and on a sandbox.

#' Stays in one pipeline, or those named. The name of a stage is its number in the pipeline
written <- function(lead_id, status_id, days = NA, pipeline_id = 1, entered_at = seq_along(lead_id),
                    pipelines = two_pipelines) {
  at <- match(paste(pipeline_id, status_id), paste(pipelines$pipeline_id, pipelines$status_id))
  pipeline <- match(pipeline_id, pipelines$pipeline_id)
  structure(data.frame(
    lead_id = lead_id, pipeline_id = pipeline_id,
    pipeline_name = pipelines$pipeline_name[pipeline], status_id = status_id,
    status_name = pipelines$status_name[at], entered_at = .POSIXct(entered_at, tz = "UTC"),
    seconds = days * 86400, pipeline_sort = pipelines$pipeline_sort[pipeline],
    status_sort = pipelines$status_sort[at]
  ), class = c("amocrm_stages", "data.frame"), pipelines = pipelines)
}

two_pipelines <- data.frame(
  pipeline_id = rep(c(2, 1), each = 5), pipeline_name = rep(c("second", "first"), each = 5),
  pipeline_sort = rep(c(20L, 10L), each = 5),
  status_id = c(142, 143, 23, 22, 21, 142, 143, 13, 12, 11),
  status_name = rep(c("won", "lost", "c", "b", "a"), 2),
  status_sort = rep(c(10000L, 11000L, 30L, 20L, 10L), 2)
)

test_that("leads, shares, fates and days are those worked out by hand", {
  funnel <- AmoFunnel(written(
    # Won step by step; lost after b; skips to c; back from c to a; lost at once.
    lead_id = c(1, 1, 1, 1, 2, 2, 2, 3, 4, 4, 5),
    status_id = c(11, 12, 13, 142, 11, 12, 143, 13, 13, 11, 143),
    days = c(1, 2, 4, NA, 3, 6, NA, NA, 1, NA, NA)
  ))
  expect_s3_class(funnel, c("amocrm_funnel", "data.frame"), exact = TRUE)
  expect_equal(as.data.frame(unclass(funnel[1:4, ])), data.frame(
    pipeline_id = 1, pipeline_name = "first", status_id = c(11, 12, 13, 142),
    status_name = c("a", "b", "c", "won"), reached = c(5L, 4L, 3L, 1L),
    share = c(1, 0.8, 0.6, 0.2), step = c(NA, 4 / 5, 3 / 4, 1 / 3), won = rep(1L, 4),
    lost = c(2L, 1L, 0L, 0L), median_days = c(2, 4, 2.5, NA), p90_days = c(2.8, 5.6, 3.7, NA)
  ))
})

test_that("pipelines and stages without leads have rows, in their order", {
  funnel <- AmoFunnel(written(1, 11))
  expect_identical(funnel$pipeline_id, rep(c(1, 2), each = 4))
  expect_identical(funnel$status_id, c(11, 12, 13, 142, 21, 22, 23, 142))
  expect_identical(funnel$reached, c(1L, rep(0L, 7)))
  expect_identical(funnel$share, c(1, 0, 0, 0, rep(NA, 4)))
  expect_identical(funnel$step, c(NA, 0, NA, NA, rep(NA, 4)))
})

test_that("leads are won from any stage, reopened, and counted in each of their pipelines", {
  funnel <- AmoFunnel(written(
    # Won from the first stage; lost and reopened; won and then lost; on to another pipeline.
    lead_id = c(1, 1, 2, 2, 2, 3, 3, 4, 4),
    status_id = c(11, 142, 12, 143, 11, 142, 143, 11, 22),
    pipeline_id = c(1, 1, 1, 1, 1, 1, 1, 1, 2)
  ))
  first <- funnel[funnel$pipeline_id == 1, ]
  expect_identical(first$reached, c(4L, 3L, 2L, 2L))
  expect_identical(first$won, c(1L, 1L, 1L, 1L))
  expect_identical(first$lost, c(1L, 1L, 1L, 1L))
  expect_identical(funnel$reached[funnel$pipeline_id == 2], c(1L, 1L, 0L, 0L))
})

test_that("deleted stages and pipelines come last, with those that were in them", {
  funnel <- AmoFunnel(written(
    lead_id = c(1, 1, 2, 3, 3), status_id = c(99, 12, 99, 31, 143),
    pipeline_id = c(1, 1, 1, 3, 3), days = c(2, NA, NA, 5, NA)
  ))
  expect_identical(funnel$status_id, c(11, 12, 13, 142, 99, 21, 22, 23, 142, 31))
  deleted <- funnel[c(5, 10), ]
  expect_identical(deleted$pipeline_name, c("first", NA))
  expect_identical(deleted$status_name, c(NA_character_, NA))
  expect_identical(deleted$reached, c(2L, 1L))
  expect_identical(deleted$share, c(1, 1))
  expect_identical(deleted$step, c(NA_real_, NA))
  expect_identical(deleted$lost, c(0L, 1L))
  expect_identical(deleted$median_days, c(2, 5))
  expect_identical(funnel$reached[1:4], c(2L, 1L, 0L, 0L))
})

test_that("the order of rows does not matter", {
  stages <- written(c(1, 1, 1, 2), c(11, 13, 143, 12), days = c(1, 2, NA, NA))
  expect_identical(AmoFunnel(stages[c(4, 3, 2, 1), ]), AmoFunnel(stages))
})

#' The counts of one stage, lead by lead
oracle_counts <- function(stays, pipeline, status) {
  open <- if (pipeline == 1) c(11, 12, 13, 142) else c(21, 22, 23, 142)
  counts <- c(0L, 0L, 0L)
  for (lead in unique(stays$lead_id)) {
    own <- stays[stays$lead_id == lead & stays$pipeline_id == pipeline, ]
    if (nrow(own) == 0) next
    came <- any(match(own$status_id, open) >= match(status, open), na.rm = TRUE) ||
      status == open[1]
    last <- own$status_id[order(own$entered_at)][nrow(own)]
    counts <- counts + came * c(1L, last == 142, last == 143)
  }
  counts
}

test_that("counts are those that a loop over leads finds", {
  for (seed in 1:60) {
    withr::local_seed(seed)
    n <- sample(1:30, 1)
    place <- sample(nrow(two_pipelines), n, TRUE)
    stages <- written(
      sample(8, n, TRUE), two_pipelines$status_id[place],
      pipeline_id = two_pipelines$pipeline_id[place], entered_at = sample(100, n)
    )
    funnel <- AmoFunnel(stages)
    for (row in seq_len(nrow(funnel))) {
      expect_equal(
        unlist(funnel[row, c("reached", "won", "lost")], use.names = FALSE),
        oracle_counts(stages, funnel$pipeline_id[row], funnel$status_id[row]), info = seed
      )
    }
  }
})

auth <- AmoSandbox(notes = c(lead = 300), leads = 60, access = "token")
stages <- AmoStages(auth)

#' The rows of each value are the funnel of its stays
expect_groups <- function(funnel, values) {
  name <- names(funnel)[[1]]
  expect_identical(unique(funnel[[name]]), sort(unique(values), na.last = TRUE))
  for (value in unique(values)) {
    own <- funnel[funnel[[name]] %in% value, -1]
    rownames(own) <- NULL
    expect_identical(own, AmoFunnel(stages[values %in% value, ]), info = value)
  }
}

test_that("values to compare are columns, vectors by id and tables by id", {
  manager <- stages$responsible_user_name
  expect_groups(AmoFunnel(stages, by = "responsible_user_name"), manager)
  stages$month <- format(stages$created_at, "%Y-%m")
  expect_identical(unique(AmoFunnel(stages, "month")$month), sort(unique(stages$month)))
  ids <- unique(stages$lead_id)
  kind <- stats::setNames(rep_len(c("a", "b", NA), length(ids)), ids)
  expected <- kind[as.character(stages$lead_id)]
  expect_groups(AmoFunnel(stages, by = kind), unname(expected))
  table <- data.frame(id = ids, kind = unname(kind))
  expect_groups(AmoFunnel(stages, by = table), unname(expected))
  expect_identical(names(AmoFunnel(stages, by = table))[1], "kind")
  # Without a row there is no value.
  expect_groups(AmoFunnel(stages, by = table[!is.na(table$kind), ]), unname(expected))
})

test_that("a lead with several values counts for each, once", {
  ids <- unique(stages$lead_id)
  table <- data.frame(id = c(ids, ids, ids[1]), kind = rep(c("a", "b", "b"), c(60, 60, 1)))
  funnel <- AmoFunnel(stages, by = table)
  expect_groups(funnel[funnel$kind == "a", ], rep("a", nrow(stages)))
  expect_identical(funnel$reached[funnel$kind == "a"], funnel$reached[funnel$kind == "b"])
  expect_identical(funnel$median_days[funnel$kind == "a"], funnel$median_days[funnel$kind == "b"])
})

test_that("ids that R would write as 1e+05 are found", {
  funnel <- AmoFunnel(written(100000, 11), by = data.frame(id = 1e5, kind = "a"))
  expect_identical(unique(funnel$kind), "a")
})

test_that("the funnel of a sandbox has all its leads, won and lost", {
  leads <- AmoLeads(auth)$leads
  funnel <- AmoFunnel(stages)
  first <- funnel[!duplicated(funnel$pipeline_id), ]
  at <- match(first$pipeline_id, unique(leads$pipeline_id))
  count <- function(which) tabulate(match(leads$pipeline_id[which], unique(leads$pipeline_id)))[at]
  expect_identical(first$reached, count(TRUE))
  expect_identical(first$won, count(leads$status_id == 142))
  expect_identical(first$lost, count(leads$status_id == 143))
})

test_that("what is no table of stays, and unknown values, are input errors", {
  stays <- written(1, 11)
  stays$many <- list(1:2)
  expect_error(AmoFunnel(stays, by = "many"), "lists", class = "amocrm_error_input")
  expect_error(AmoFunnel(AmoLeads(auth)$leads), "AmoStages", class = "amocrm_error_input")
  expect_error(AmoFunnel(stages, by = "moon"), "moon", class = "amocrm_error_input")
  expect_error(AmoFunnel(stages, by = 1:3), "by", class = "amocrm_error_input")
  expect_error(AmoFunnel(stages, by = c(a = 1)), "by", class = "amocrm_error_input")
  expect_error(AmoFunnel(stages, by = "status_name"), "by", class = "amocrm_error_input")
})

test_that("a first stay without a beginning is not the last one", {
  funnel <- AmoFunnel(written(
    lead_id = c(1, 1, 2, 2), status_id = c(11, 142, 12, 143), entered_at = c(NA, 5, NA, 6)
  ))
  expect_identical(funnel$won[1:4], rep(1L, 4))
  expect_identical(funnel$lost[1:4], c(1L, 1L, 0L, 0L))
})

test_that("leads of several accounts may have the same ids", {
  stays <- written(lead_id = c(1, 1), status_id = c(142, 11))
  stays$account_id <- c(7, 8)
  funnel <- AmoFunnel(stays)
  expect_identical(c(funnel$reached[[1]], funnel$won[[1]]), c(2L, 1L))
})
