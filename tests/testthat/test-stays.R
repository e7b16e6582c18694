# What stays_of() makes of moves, beside a plain loop that follows each lead.

#' The stays of leads, one lead and one move after the other
oracle_stays <- function(leads, moves) {
  rows <- list()
  for (lead in seq_along(leads$id)) {
    own <- moves[moves$lead_id == leads$id[lead], ]
    own <- own[order(own$at), ]
    same <- own$pipeline_before == own$pipeline_after & own$status_before == own$status_after
    own <- in_some_chain(own[!same, ])
    stays <- list()
    enter <- function(pipeline, status, at, known, by) {
      last <- length(stays)
      if (last > 0) {
        stays[[last]]$left_at <<- at
        if (known && stays[[last]]$known) stays[[last]]$seconds <<- at - stays[[last]]$entered_at
      }
      stays[[last + 1]] <<- list(
        lead = lead, pipeline_id = pipeline, status_id = status, entered_at = at,
        left_at = NA_real_, seconds = NA_real_, moved_by = by, known = known
      )
    }
    is_at <- function(pipeline, status) {
      here <- stays[[length(stays)]]
      here$pipeline_id == pipeline && here$status_id == status
    }
    if (nrow(own) == 0) {
      enter(leads$pipeline_id[lead], leads$status_id[lead], leads$created_at[lead], TRUE,
            leads$created_by[lead])
    } else {
      first <- own$at[1]
      enter(own$pipeline_before[1], own$status_before[1], min(leads$created_at[lead], first),
            leads$created_at[lead] <= first, leads$created_by[lead])
    }
    for (move in seq_len(nrow(own))) {
      one <- own[move, ]
      if (!is_at(one$pipeline_before, one$status_before)) {
        enter(one$pipeline_before, one$status_before, one$at, FALSE, NA)
      }
      enter(one$pipeline_after, one$status_after, one$at, TRUE, one$by)
    }
    is_here <- is_at(leads$pipeline_id[lead], leads$status_id[lead])
    if (!is_here && !any(own$at > leads$updated_at[lead])) {
      enter(leads$pipeline_id[lead], leads$status_id[lead],
            max(leads$updated_at[lead], own$at), FALSE, NA)
    }
    if (!is.na(leads$ended_at[lead])) {
      last <- length(stays)
      stays[[last]]$left_at <- max(leads$ended_at[lead], stays[[last]]$entered_at)
      if (stays[[last]]$known) {
        stays[[last]]$seconds <- stays[[last]]$left_at - stays[[last]]$entered_at
      }
    }
    rows <- c(rows, lapply(stays, as.data.frame))
  }
  stays <- do.call(rbind, rows)
  stays$known <- NULL
  stays
}

#' Moves at one time in the first of all orders that makes a chain, if any does
in_some_chain <- function(own) {
  before <- paste(own$pipeline_before, own$status_before)
  after <- paste(own$pipeline_after, own$status_after)
  order <- seq_along(before)
  for (rows in split(order, own$at)) {
    led_to <- after[order[rows[1] - 1]]
    fits <- function(some) {
      from <- c(if (rows[1] == 1) before[some[1]] else led_to, after[some])
      all(before[some] == from[seq_along(some)])
    }
    good <- Filter(fits, permutations(rows))
    if (length(good) > 0) order[rows] <- good[[1]]
  }
  own[order, ]
}

permutations <- function(x) {
  if (length(x) < 2) {
    return(list(x))
  }
  unlist(lapply(seq_along(x), function(first) {
    lapply(permutations(x[-first]), function(rest) c(x[first], rest))
  }), recursive = FALSE)
}

#' Leads and moves in a few seconds, so that all sorts of them meet
random_history <- function(seed) {
  withr::local_seed(seed)
  n <- sample(1:6, 1)
  leads <- data.frame(
    id = sample(1000, n), created_at = sample(0:20, n, TRUE) + 0, created_by = sample(0:3, n, TRUE),
    updated_at = sample(0:40, n, TRUE) + 0, pipeline_id = sample(2, n, TRUE),
    status_id = sample(3, n, TRUE), ended_at = ifelse(runif(n) < 0.2, sample(10:60, n, TRUE), NA)
  )
  m <- sample(0:25, 1)
  moves <- data.frame(
    lead_id = sample(c(leads$id, 2000), m, TRUE), at = sample(0:30, m, TRUE) + 0,
    by = sample(0:3, m, TRUE), pipeline_before = sample(2, m, TRUE),
    status_before = sample(3, m, TRUE), pipeline_after = sample(2, m, TRUE),
    status_after = sample(3, m, TRUE)
  )
  # Most histories have no gaps.
  if (seed %% 3 > 0) {
    for (id in leads$id) {
      own <- which(moves$lead_id == id)
      own <- own[order(moves$at[own])]
      for (at in seq_along(own)[-1]) {
        moves$pipeline_before[own[at]] <- moves$pipeline_after[own[at - 1]]
        moves$status_before[own[at]] <- moves$status_after[own[at - 1]]
      }
      if (seed %% 3 == 2 && length(own) > 0) {
        last <- moves[own[length(own)], ]
        leads[leads$id == id, c("pipeline_id", "status_id")] <-
          last[c("pipeline_after", "status_after")]
      }
    }
  }
  list(leads = leads, moves = moves)
}

test_that("stays are those that a loop over leads finds", {
  for (seed in 1:200) {
    history <- random_history(seed)
    expect_equal(
      stays_of(history$leads, history$moves), oracle_stays(history$leads, history$moves),
      info = seed
    )
  }
})

test_that("stays of a lead follow each other without holes, and only the last one lasts", {
  for (seed in 201:250) {
    history <- random_history(seed)
    stays <- stays_of(history$leads, history$moves)
    expect_setequal(stays$lead, seq_along(history$leads$id))
    for (own in split(stays, stays$lead)) {
      expect_identical(own$left_at[-nrow(own)], own$entered_at[-1], info = seed)
      expect_false(is.unsorted(own$entered_at), info = seed)
    }
    known <- !is.na(stays$seconds)
    expect_identical(stays$seconds[known], (stays$left_at - stays$entered_at)[known])
    expect_true(all(stays$seconds >= 0, na.rm = TRUE))
  }
})

#' One lead, created at 100 in stage 1 and now in `status`
one_lead <- function(status = 1L, ...) {
  lead <- data.frame(
    id = 7L, created_at = 100, created_by = 5L, updated_at = 1000, pipeline_id = 1L,
    status_id = status, ended_at = NA_real_
  )
  utils::modifyList(lead, list(...))
}

#' Its moves
moves <- function(at, before, after, pipeline_after = 1L, pipeline_before = 1L) {
  n <- length(at)
  data.frame(
    lead_id = rep(7L, n), at = at, by = rep(9L, n), pipeline_before = rep_len(pipeline_before, n),
    status_before = before, pipeline_after = rep_len(pipeline_after, n), status_after = after
  )
}
no_moves <- moves(numeric(), integer(), integer())

test_that("a lead that has not moved has one stay, from its creation on", {
  expect_identical(stays_of(one_lead(), no_moves), data.frame(
    lead = 1L, pipeline_id = 1L, status_id = 1L, entered_at = 100, left_at = NA_real_,
    seconds = NA_real_, moved_by = 5L
  ))
})

test_that("moves back and between pipelines are stays, moves to the same stage are none", {
  stays <- stays_of(one_lead(1L), moves(
    c(110, 120, 130, 150), c(1L, 2L, 2L, 3L), c(2L, 2L, 3L, 1L), c(1L, 1L, 2L, 1L),
    c(1L, 1L, 1L, 2L)
  ))
  expect_identical(stays$status_id, c(1L, 2L, 3L, 1L))
  expect_identical(stays$pipeline_id, c(1L, 1L, 2L, 1L))
  expect_identical(stays$seconds, c(10, 20, 20, NA))
  expect_identical(stays$moved_by, c(5L, 9L, 9L, 9L))
})

test_that("moves that name no pipeline were in that of the lead", {
  stays <- stays_of(one_lead(2L), moves(110, 1L, 2L, NA_integer_, NA_integer_))
  expect_identical(stays$pipeline_id, c(1L, 1L))
  expect_identical(stays$seconds, c(10, NA))
})

test_that("moves in one second keep their order", {
  stays <- stays_of(one_lead(3L), moves(c(110, 110), c(1L, 2L), c(2L, 3L)))
  expect_identical(stays$status_id, 1:3)
  expect_identical(stays$seconds, c(10, 0, NA))
})

test_that("a history that begins late begins in the stage that the first move left", {
  stays <- stays_of(one_lead(5L), moves(500, 4L, 5L))
  expect_identical(stays$status_id, 4:5)
  expect_identical(stays$seconds, c(400, NA))
})

test_that("a missing move gets the time of the next one, and what it cuts has no length", {
  stays <- stays_of(one_lead(4L), moves(c(110, 150), c(1L, 3L), c(2L, 4L)))
  expect_identical(stays$status_id, 1:4)
  expect_identical(stays$entered_at, c(100, 110, 150, 150))
  expect_identical(stays$seconds, c(10, NA, NA, NA))
  expect_identical(stays$moved_by, c(5L, 9L, NA, 9L))
})

test_that("a missing last move gets the time of the lead's last change", {
  stays <- stays_of(one_lead(6L), moves(110, 1L, 2L))
  expect_identical(stays$status_id, c(1L, 2L, 6L))
  expect_identical(stays$entered_at, c(100, 110, 1000))
  expect_identical(stays$seconds, c(10, NA, NA))
})

test_that("a move that is younger than the lead's row is the last one", {
  stays <- stays_of(one_lead(1L, updated_at = 105), moves(110, 1L, 2L))
  expect_identical(stays$status_id, 1:2)
})

test_that("a deleted lead leaves its last stage", {
  stays <- stays_of(one_lead(2L, ended_at = 300), moves(110, 1L, 2L))
  expect_identical(stays$left_at, c(110, 300))
  expect_identical(stays$seconds, c(10, 190))
})

test_that("a time of creation after the first move is not believed", {
  stays <- stays_of(one_lead(2L, created_at = 200), moves(110, 1L, 2L))
  expect_identical(stays$entered_at, c(110, 110))
  expect_identical(stays$seconds, c(NA_real_, NA))
})

test_that("leads of which no stage is known have no stays", {
  gone <- one_lead(NA_integer_, pipeline_id = NA_integer_, created_at = NA_real_,
                   updated_at = NA_real_)
  expect_identical(nrow(stays_of(gone, no_moves)), 0L)
  expect_identical(stays_of(gone, moves(110, 1L, 2L))$status_id, 1:2)
  expect_identical(nrow(stays_of(one_lead()[0, ], no_moves)), 0L)
})

test_that("moves of one lead in one moment follow each other", {
  shuffled <- moves(c(200, 200, 200, 300), c(3L, 1L, 2L, 4L), c(4L, 2L, 3L, 5L))
  stays <- stays_of(one_lead(5L), shuffled)
  expect_identical(stays$status_id, 1:5)
  expect_identical(stays$seconds, c(100, 0, 0, 100, NA))
})

test_that("moves of one moment that make no chain stay in their order", {
  apart <- moves(c(200, 200), c(3L, 1L), c(4L, 2L))
  expect_identical(stays_of(one_lead(2L), apart)$status_id, c(3L, 4L, 1L, 2L))
})
