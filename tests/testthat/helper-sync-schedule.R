# Schedules of AmoSync(): an account that changes between runs and during them, runs that are
# killed or meet errors, and at the end a copy that is what the functions read.

sync_harms <- c("none", "time", "step", "commit", "during")

#' What a seed stands for
sync_schedule <- function(seed) {
  withr::local_seed(seed)
  sinks <- c("folder", if (requireNamespace("RSQLite", quietly = TRUE)) "sqlite")
  runs <- sample(2:4, 1)
  list(
    seed = seed,
    sink = sinks[[seed %% length(sinks) + 1]],
    tables = sort(sample(c("leads", "contacts", "companies", "customers", "tasks", "events",
                           "notes", "transactions", "talks"), 3)),
    deleted = sample(c("mark", "remove"), 1),
    batch = sample(c(60, 300, 50000), 1),
    # Merged and deleted records are seen by a sweep only.
    gentle = seed %% 3 == 0,
    faults = sample(c("none", "server"), 1),
    runs = lapply(seq_len(runs), function(run) {
      list(harm = sample(sync_harms, 1, prob = c(1, 2, 3, 2, 2)), n = sample(60, 1),
           seconds = stats::runif(1, 0.05, 2.5), changes = sample(c(0, 3, 20, 60), 1),
           sweep = sample(c(0, 7, Inf), 1, prob = c(1, 3, 1)))
    })
  )
}

#' Some answers that a server in trouble gives; all are over when the copy is compared
sync_faults <- function(schedule) {
  if (schedule$faults == "none") {
    return(list())
  }
  rule <- function(path, ...) list(path = path, ...)
  list(
    rule("/api/v4/", status = 502, share = 0.05, seed = schedule$seed),
    rule("/api/v4/", action = "cut", share = 0.03, seed = schedule$seed + 1),
    rule("/api/v4/", action = "empty", nth = 20:21),
    rule("/api/v4/", status = 418, nth = 5 + schedule$seed %% 30)
  )
}

schedule_account <- function(schedule) {
  AmoSandbox(
    access = "token", v2 = FALSE, now = Sys.time(), leads = 600, contacts = 300, companies = 80,
    customers = 40, tasks = 300, transactions = 60, notes = c(lead = 150, contact = 150),
    latency = 0.01, seed = schedule$seed, faults = sync_faults(schedule)
  )
}

#' Where the copy is: a folder, or the file of a database
with_schedule_copy <- function(schedule, place, use) {
  if (schedule$sink == "folder") {
    return(use(place))
  }
  conn <- DBI::dbConnect(RSQLite::SQLite(), paste0(place, ".sqlite"))
  on.exit(DBI::dbDisconnect(conn))
  use(conn)
}

#' Makes a process die at the n-th call of what reaches the copy, or in the middle of a commit
arm <- function(schedule, run) {
  set <- function(name, value) utils::assignInNamespace(name, value, "amocrm")
  die <- function() tools::pskill(Sys.getpid(), 9)
  die_soon <- function() {
    system(sprintf("sleep %.4f; kill -9 %d", stats::runif(1, 0, 0.02), Sys.getpid()), wait = FALSE)
  }
  set("batch_rows", schedule$batch)
  set("poll_interval", 5L)
  step <- if (schedule$sink == "folder") "store_call" else "dbi_run"
  commits <- if (schedule$sink == "folder") c("folder_commit", "folder_keep") else "dbi_transaction"
  if (run$harm == "step") {
    left <- run$n
    usual <- get(step, asNamespace("amocrm"))
    set(step, function(...) {
      left <<- left - 1
      if (left == 0) die()
      usual(...)
    })
  } else if (run$harm == "commit") {
    left <- 1 + run$n %% 6
    for (name in commits) {
      local({
        usual <- get(name, asNamespace("amocrm"))
        set(name, function(...) {
          left <<- left - 1
          if (left == 0) die_soon()
          usual(...)
        })
      })
    }
  }
}

schedule_run <- function(schedule, auth, place, sweep) {
  with_schedule_copy(schedule, place, function(to) {
    AmoSync(auth, to, tables = schedule$tables, deleted = schedule$deleted, sweep = sweep)
  })
}

#' One run in a process of its own. "killed", "failed" or "ended"
harmed_run <- function(schedule, run, auth, place) {
  child <- parallel::mcparallel({
    arm(schedule, run)
    tryCatch(
      {
        schedule_run(schedule, auth, place, run$sweep)
        "ended"
      },
      amocrm_error = function(error) "failed",
      error = function(error) paste("broken:", conditionMessage(error))
    )
  })
  if (run$harm == "time") {
    Sys.sleep(run$seconds)
    tools::pskill(child$pid, 9)
  }
  if (run$harm == "during") {
    for (time in 1:4) {
      Sys.sleep(run$seconds / 4)
      change_account(schedule, auth, 5, schedule$seed * 1000 + time)
    }
  }
  outcome <- suppressWarnings(parallel::mccollect(child))[[1]]
  if (is.null(outcome)) {
    "killed"
  } else if (inherits(outcome, "try-error")) {
    paste("broken:", outcome)
  } else {
    outcome
  }
}

change_account <- function(schedule, auth, n, seed) {
  if (n == 0) {
    return()
  }
  if (!schedule$gentle) {
    AmoSandboxChange(auth, n = n, seed = seed)
    return()
  }
  withr::local_seed(seed)
  changes <- c("create", "update", "move", "assign", "trash", "restore", "task")
  for (change in sample(changes, n, TRUE)) {
    # There may be nothing to restore.
    AmoSandboxChange(auth, change, "lead", n = 1, seed = sample(1e6, 1))
  }
}

#' The living rows of tables of a copy
schedule_rows <- function(schedule, place) {
  with_schedule_copy(schedule, place, function(to) {
    tables <- copy_reader(to, "")$tables()
    rows <- lapply(stats::setNames(nm = tables), AmoRead, to = to)
    lapply(rows, function(rows) {
      if (!is.null(rows$deleted_at)) {
        rows <- rows[is.na(rows$deleted_at), setdiff(names(rows), "deleted_at")]
      }
      # What is worked out from other records may be out of date until a sweep.
      stale <- c("closest_task_at", "main_contact", "main_contact_id", "ltv", "purchases_count",
                 "average_check")
      if (schedule$gentle) rows <- rows[setdiff(names(rows), stale)]
      sorted(rows[sort(names(rows))])
    })
  })
}

#' Runs until nothing is left of the faults. TRUE, or why no run ends
quiet_run <- function(schedule, auth, place, sweep) {
  for (try in 1:4) {
    done <- tryCatch(
      {
        log <- schedule_run(schedule, auth, place, sweep)
        # A first read that went on is no sweep.
        if (anyDuplicated(log$table) > 0) "once more" else TRUE
      },
      amocrm_error = function(error) conditionMessage(error)
    )
    if (isTRUE(done)) break
  }
  done
}

#' What differs between a copy and a new one
schedule_differences <- function(schedule, auth, place) {
  fresh <- tempfile()
  on.exit(unlink(paste0(fresh, c("", ".sqlite")), recursive = TRUE))
  plain <- utils::modifyList(schedule, list(deleted = "remove"))
  stopifnot(isTRUE(quiet_run(plain, auth, fresh, 7)))
  ours <- schedule_rows(schedule, place)
  theirs <- schedule_rows(schedule, fresh)
  tables <- names(theirs)
  # Links may have been made at their other end.
  if (schedule$gentle) {
    linked <- "_(leads|contacts|companies|customers)$"
    tables <- grep(linked, tables, value = TRUE, invert = TRUE)
  }
  found <- lapply(tables, function(table) {
    one <- ours[[table]]
    other <- theirs[[table]]
    if (is.null(one)) {
      return(paste(table, "is not there"))
    }
    # A column that only deleted rows had is empty.
    gone <- setdiff(names(one), names(other))
    if (!all(vapply(one[gone], function(column) all(is.na(column)), NA))) {
      return(paste(table, "has other columns:", toString(gone)))
    }
    one <- sorted(one[names(other)])
    if (!identical(row_keys(one), row_keys(other))) {
      extra <- setdiff(row_keys(one), row_keys(other))
      lacks <- setdiff(row_keys(other), row_keys(one))
      return(sprintf("%s: %d rows instead of %d; %d too many, %d missing, such as\n%s\n%s", table,
                     nrow(one), nrow(other), length(extra), length(lacks),
                     toString(utils::head(extra, 1)), toString(utils::head(lacks, 1))))
    }
    if (!identical(lapply(one, class), lapply(other, class))) paste(table, "has other types")
  })
  unlist(found)
}

#' Plays a schedule
#' @return list of the outcomes of its runs, and of what is wrong with the copy
play_schedule <- function(schedule) {
  withr::local_options(amocrm.quiet = TRUE, amocrm.rate = Inf, amocrm.shared_rate = FALSE,
                       amocrm.zero_rows = "silent")
  place <- tempfile("copy")
  on.exit(unlink(paste0(place, c("", ".sqlite", ".sqlite-journal")), recursive = TRUE))
  auth <- schedule_account(schedule)
  outcomes <- character()
  for (at in seq_along(schedule$runs)) {
    run <- schedule$runs[[at]]
    outcomes <- c(outcomes, harmed_run(schedule, run, auth, place))
    change_account(schedule, auth, run$changes, schedule$seed * 100 + at)
  }
  done <- quiet_run(schedule, auth, place, if (schedule$gentle) Inf else 0)
  wrong <- if (isTRUE(done)) {
    schedule_differences(schedule, auth, place)
  } else {
    paste("no run ends:", done)
  }
  list(outcomes = outcomes, wrong = c(wrong, grep("^broken", outcomes, value = TRUE)))
}

#' Plays schedules, several at the same time
#' @return list by seed
play_schedules <- function(seeds, jobs = 4) {
  play <- function(seed) {
    tryCatch(play_schedule(sync_schedule(seed)),
      error = function(error) list(outcomes = "", wrong = conditionMessage(error))
    )
  }
  played <- parallel::mclapply(seeds, play, mc.cores = jobs, mc.preschedule = FALSE)
  stats::setNames(played, seeds)
}
