# The ends of a span of time on the days when an account's clocks are put back or forward.

#' Moments each half hour for two days around the noon of a day in UTC
around <- function(day, zone) {
  noon <- as.double(as.POSIXct(paste(day, "12:00:00"), tz = "UTC"))
  .POSIXct(noon + seq(-86400, 86400, by = 1800), zone)
}

#' What a clock shows
wall <- function(moments) format(moments, "%Y-%m-%d %H:%M:%S")

with_times <- function(json, moments) {
  sprintf(json, seq_along(moments), as.double(moments)) |> paste(collapse = ",")
}

#' Makes an account that lists a record at each of some moments
served <- function(list, json) {
  function(moments) {
    rows <- with_times(json, moments)
    AmoSandbox(
      notes = 0, access = "token", v2 = FALSE, timezone = attr(moments, "tzone"),
      faults = list(list(
        path = paste0("/api/v4/", list), nth = c(1, Inf), action = "body",
        body = sprintf('{"_embedded":{"%s":[%s]}}', list, rows)
      ))
    )
  }
}

with_events <- served("events", paste0(
  '{"id":"e%d","type":"lead_added","entity_type":"lead","entity_id":1,"created_at":%.0f}'
))

# On each day, a time that comes twice or not at all, and what the latter means: the moment
# when the clock goes on.
changes <- list(
  list("America/Santiago", "2025-04-05", "23:30:00"),
  list("America/Santiago", "2025-04-05", "23:00:00"),
  list("America/Santiago", "2025-09-07", "00:00:00", "01:00:00"),
  list("America/Santiago", "2025-09-07", "00:30:00", "01:00:00"),
  list("Europe/Berlin", "2025-10-26", "02:30:00"),
  list("Europe/Berlin", "2025-03-30", "02:30:00", "03:00:00"),
  list("Australia/Lord_Howe", "2025-04-06", "01:30:00"),
  list("Australia/Lord_Howe", "2025-10-05", "02:15:00", "02:30:00"),
  list("Europe/Moscow", "2025-04-05", "23:30:00")
)

#' Reads with ends on the day of each change: found are all from the first moment at which
#' the clock shows the first time, or a later one, to the last one for the last time
#'
#' @param account makes an account of moments
#' @param read gives the moments of an account between two ends
expect_between <- function(account, read, changes) {
  for (change in changes) {
    moments <- around(change[[2]], change[[1]])
    auth <- account(moments)
    day <- paste(change[[2]], "")
    time <- paste0(day, change[[3]])
    means <- paste0(day, change[[length(change)]])
    last <- paste0(day, "23:59:59")
    before <- format(as.Date(change[[2]]) - 1)
    for (ends in list(c(before, time, before, means), c(time, last, means, last))) {
      found <- read(auth, ends[[1]], ends[[2]])
      first_one <- which(wall(moments) >= ends[[3]])[[1]]
      last_one <- max(which(wall(moments) <= ends[[4]]))
      expected <- moments[first_one:last_one]
      expect_identical(wall(found), wall(expected), info = toString(c(change[[1]], ends)))
      expect_identical(as.double(found), as.double(expected))
    }
  }
}

test_that("a time on the clock is the right moment, as the first one and as the last", {
  expect_between(identity, function(moments, from, to) {
    end <- function(time, ...) {
      in_account(check_time(time, "from"), attr(moments, "tzone"), ...)
    }
    moments[moments >= end(from) & moments <= end(to, is_last = TRUE)]
  }, changes)
  end <- in_account("2011-12-30 12:00:00", "Pacific/Apia")
  expect_identical(format(.POSIXct(end, "UTC")), "2011-12-30 10:00:00")
})

# An hour that is there twice, and one that is not.
few <- changes[c(2, 3)]

test_that("events are those at which the account's clock shows a time between both ends", {
  expect_between(with_events, function(auth, from, to) {
    AmoEvents(auth, from = from, to = to)$created_at
  }, few)
})

test_that("so are calls", {
  with_calls <- function(moments) {
    json <- paste0(
      '{"id":%d,"note_type":10,"element_id":7,"element_type":1,"account_id":1,',
      '"responsible_user_id":1,"created_by":0,"updated_at":1766800000,"created_at":%.0f}'
    )
    calls <- list(contact = sprintf("[%s]", with_times(json, moments)))
    AmoSandbox(notes = 0, items = calls, timezone = attr(moments, "tzone"))
  }
  expect_between(with_calls, function(auth, from, to) {
    AmoCalls(auth, from = from, to = to)$created_at
  }, few)
})

test_that("so are leads and tasks by the time of their creation", {
  json <- '{"id":%d,"created_at":%.0f,"updated_at":1766800000,"account_id":1}'
  expect_between(served("leads", json), function(auth, from, to) {
    expect_warning(
      leads <- AmoLeads(auth_list = auth, date_create_from = from, date_create_to = to)$leads,
      class = "amocrm_warning_no_filters"
    )
    leads$created_at
  }, few)
  expect_between(served("tasks", json), function(auth, from, to) {
    AmoTasks(auth, date_create_from = from, date_create_to = to)$created_at
  }, few)
})

test_that("stays touch such a time that ended then or later, and began then or before", {
  with_moves <- function(moments) {
    at <- as.double(moments)
    ids <- seq_along(at)
    hand_made(
      a_lead(ids, at[[1]] - 1, contacted), a_move(ids, ids, at, incoming, contacted), "v2",
      timezone = attr(moments, "tzone")
    )
  }
  expect_between(with_moves, function(auth, from, to) {
    stages <- AmoStages(auth, from = from, to = to)
    both <- stages$lead_id[duplicated(stages$lead_id)]
    stages$left_at[stages$lead_id %in% both & !is.na(stages$left_at)]
  }, few)
})

test_that("a span within hours that the clock skips has what happened when it went on", {
  moments <- around("2025-03-30", "Europe/Berlin")
  auth <- with_events(moments)
  found <- AmoEvents(auth, from = "2025-03-30 02:15:00", to = "2025-03-30 02:45:00")
  expect_identical(wall(found$created_at), "2025-03-30 03:00:00")
})

test_that("a POSIXct is a moment, whatever a clock shows", {
  moments <- around("2025-10-26", "Europe/Berlin")
  auth <- with_events(moments)
  twice <- moments[wall(moments) == "2025-10-26 02:30:00"]
  for (moment in as.list(twice)) {
    expect_identical(AmoEvents(auth, from = moment, to = moment)$created_at, moment)
  }
})
