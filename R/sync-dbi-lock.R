# One run at a time in a database.

# Seconds without a sign of life after which a run counts as dead.
lock_patience <- 600

#' Takes the copy for this run, or says who has it
#' @noRd
dbi_lock <- function(db) {
  me <- sprintf("%s, process %d", Sys.info()[["nodename"]], Sys.getpid())
  now <- function() as.double(Sys.time())
  dbi_transaction(db, function() {
    held <- dbi_query(db, "SELECT * FROM %s", own(db, "lock"))
    alive <- held$beat_at > now() - lock_patience & !vapply(held$owner, is_dead, NA)
    if (any(alive)) abort_locked(held$owner[alive][[1]])
    dbi_run(db, "DELETE FROM %s", own(db, "lock"))
    insert_own(db, "lock", list(me, now()))
  })
  mine <- sql_value(db, me)
  list(
    beat = function() {
      dbi_run(db, "UPDATE %s SET beat_at = %s WHERE owner = %s", own(db, "lock"),
              sql_value(db, now()), mine)
    },
    release = function() dbi_run(db, "DELETE FROM %s WHERE owner = %s", own(db, "lock"), mine)
  )
}

#' Whether a run is known to have ended: its process on this computer is gone, or is
#' this one
#' @noRd
is_dead <- function(owner) {
  here <- paste0(Sys.info()[["nodename"]], ", process ")
  if (!startsWith(owner, here)) {
    return(FALSE)
  }
  process <- as.integer(sub(here, "", owner, fixed = TRUE))
  # Signal 0 asks whether a process exists; Windows has no such signal. Those of others
  # refuse it.
  process == Sys.getpid() || (.Platform$OS.type == "unix" && !tools::pskill(process, 0) &&
    !is_of_others(process))
}

is_of_others <- function(process) {
  if (dir.exists("/proc/self")) {
    return(dir.exists(file.path("/proc", process)))
  }
  suppressWarnings(system2("ps", c("-p", process), stdout = FALSE, stderr = FALSE)) == 0
}

abort_locked <- function(owner) {
  abort("system", gettextf("another AmoSync() is at this copy: %s", owner))
}
