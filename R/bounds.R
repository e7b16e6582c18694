# The ends of a span of time, as an account's clock shows them. time_zone.rs reads them in the
# same way.

#' Seconds since 1970 of a time that check_time() has read, in the account's zone
#'
#' @param is_last whether it is the last moment of a span, or the first
#' @noRd
in_account <- function(time, zone, is_last = FALSE) {
  if (is.null(time)) {
    NULL
  } else if (startsWith(time, "@")) {
    as.double(substring(time, 2))
  } else {
    moment_of(time, zone, is_last)
  }
}

#' When a clock shows a time
#'
#' A clock that is put back shows it twice; one that skips it was put forward at the moment
#' that is taken. What as.POSIXct() takes depends on the system.
#' @noRd
moment_of <- function(time, zone, is_last) {
  shown <- clock_seconds(time)
  read_clock <- function(moments) {
    clock_seconds(format(.POSIXct(moments, zone), "%Y-%m-%d %H:%M:%S"))
  }
  near <- shown + c(-1, 1) * day_seconds
  moments <- range(shown - (read_clock(near) - near))
  right <- moments[read_clock(moments) == shown]
  if (length(right) > 0) {
    return(if (is_last) max(right) else min(right))
  }
  seconds <- seq(moments[[1]], moments[[2]])
  seconds[read_clock(seconds) > shown][[1]]
}

clock_seconds <- function(texts) {
  as.double(as.POSIXct(texts, tz = "UTC", format = "%Y-%m-%d %H:%M:%S"))
}
