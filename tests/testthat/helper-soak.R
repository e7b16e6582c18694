# Servers that lie, lag, stall, refuse or never end, on the functions that read
# lists: what comes must be whole, or an error with a class, in time. Used by
# test-soak.R and by tools/soak.R.

# Rows of each list on each account, and seconds that a call may take. Requests
# have a second.
soak_rows <- 300
soak_seconds <- 60

# What reads a list, and from where (API v2, API v4). Lists without a path for a key are
# those that only API v4 has. `leads` is how many leads the account has, `late` a column
# that is read after the rows, which the rows that an error carries may lack.
soak_functions <- list(
  AmoNotes = list(
    read = function(auth, limit) AmoNotes(auth, "lead", limit = limit),
    paths = list(key = "/notes?", token = c("/notes?", "/events?"))
  ),
  AmoLeads = list(read = AmoLeads, paths = list(key = "/leads?", token = "/leads?")),
  AmoContacts = list(read = AmoContacts, paths = list(key = "/contacts?", token = "/contacts?")),
  AmoCompanies = list(
    read = AmoCompanies, paths = list(key = "/companies?", token = "/companies?")
  ),
  AmoCustomers = list(
    read = AmoCustomers, paths = list(key = "/customers?", token = "/customers?")
  ),
  AmoTasks = list(read = AmoTasks, paths = list(key = "/tasks?", token = "/tasks?")),
  AmoCustomersTransactions = list(
    read = AmoCustomersTransactions,
    paths = list(key = "/transactions?", token = "/transactions?")
  ),
  AmoIncomingLeads = list(
    read = AmoIncomingLeads, paths = list(key = "/incoming_leads?", token = "/unsorted?")
  ),
  AmoEvents = list(read = function(auth, limit) AmoEvents(auth), paths = list(token = "/events?")),
  # Talks are told of by messages, which few notes are.
  AmoTalks = list(read = AmoTalks, paths = list(token = "/talks?"), notes = c(contact = 6000)),
  AmoLossReasons = list(
    read = function(auth, limit) AmoLossReasons(auth), paths = list(token = "/loss_reasons?"),
    is_short = TRUE
  ),
  AmoTags = list(
    read = function(auth, limit) AmoTags(auth, "lead"), paths = list(token = "/tags?"),
    is_short = TRUE
  ),
  AmoSegments = list(
    read = function(auth, limit) AmoSegments(auth), paths = list(token = "/segments?"),
    is_short = TRUE
  ),
  AmoRoles = list(
    read = function(auth, limit) AmoRoles(auth), paths = list(token = "/roles?"), is_short = TRUE
  ),
  AmoGet_leads = list(
    read = function(auth, limit) AmoGet(auth, "leads", list(limit = min(limit, 250))),
    paths = list(token = "/leads?")
  ),
  AmoGet_events = list(
    read = function(auth, limit) AmoGet(auth, "events", list(limit = min(limit, 100))),
    paths = list(token = "/events?")
  ),
  # Invoices, of which one in six leads has one.
  AmoCatalogElements = list(
    read = function(auth, limit) {
      with_token_auth(auth, function(auth) {
        read_elements(auth, FALSE, list(catalog_id = "7317", limit = limit))
      })
    },
    paths = list(token = "/elements?"), leads = 6 * soak_rows
  ),
  # Leads have three links each, more or less.
  AmoLinks = list(
    read = function(auth, limit, leads) {
      with_token_auth(auth, function(auth) {
        read_links(auth, list(type = "leads", entity_id = id_digits(leads), limit = limit))
      })
    },
    paths = list(token = "/links?"), needs_leads = TRUE, late = "price"
  )
)

# Requests, counted from 1.
always <- c(1, Inf)
soak_from <- function(first) c(sample(first, 1), Inf)

# What a server does, by name: faults without a path, drawn at random for a
# limit and for how far full pages are from one another. Nobody can know better
# when a list ends at once within a page, so that it does at a full one. No
# answer comes within thirty seconds where it stalls.
soak_modes <- list(
  plain = function(...) list(),
  stall_from = function(...) soak_later(1:8, action = "delay", seconds = 30),
  stall_some = function(...) soak_some(list(action = "delay", seconds = 30), 0.2),
  stall_rows = function(...) {
    list(list(action = "delay", seconds = 30, nth = always, holding = soak_from(2:250)))
  },
  stall_row = function(...) {
    row <- sample(2:soak_rows, 1)
    list(list(action = "delay", seconds = 30, nth = always, holding = c(row, row)))
  },
  stall_for_a_while = function(...) {
    soak_while(list(action = "delay", seconds = 30), sample(c(0, 0.05), 1), 2)
  },
  stall_size = function(limit, ...) {
    list(list(action = "delay", seconds = 30, nth = always, over = sample(limit, 1)))
  },
  drip_one = function(...) list(list(action = "drip", seconds = 0.2, nth = sample(4, 1))),
  drip = function(...) soak_always(action = "drip", seconds = 0.5),
  refuse_size = function(limit, ...) {
    list(list(status = 504, nth = always, over = sample(c(5, 10, 15, limit - 1), 1)))
  },
  refuse_from = function(...) soak_later(1:8, status = 504),
  refuse_some = function(...) soak_some(list(status = sample(500:504, 1)), 0.3),
  forbid_from = function(...) {
    problem <- "{\"title\":\"Forbidden\",\"status\":403,\"detail\":\"Not enough rights\"}"
    soak_later(1:4, status = 403, body = problem,
               headers = c("Content-Type" = "application/problem+json"))
  },
  html_some = function(...) {
    page <- list(status = 200, body = "<html></html>", headers = c("Content-Type" = "text/html"))
    soak_some(page, 0.3)
  },
  rate_from = function(...) soak_later(1:8, status = 429, headers = c("Retry-After" = "1")),
  rate_mostly = function(...) {
    list(list(action = "spare", nth = always, every = 6),
         list(status = 429, nth = always, headers = c("Retry-After" = "0")))
  },
  rate_some = function(...) soak_some(list(status = 429, headers = c("Retry-After" = "0")), 0.3),
  empty = function(...) soak_always(action = "empty"),
  empty_list = function(...) {
    list(list(action = "short", rows = 0, nth = always), list(action = "next", nth = always))
  },
  empty_first = function(...) list(list(action = "empty", nth = 1, each_page = TRUE)),
  empty_every = function(...) list(list(action = "empty", nth = always, every = 2)),
  empty_mostly = function(...) {
    list(list(action = "spare", nth = always, every = 3), list(action = "empty", nth = always))
  },
  empty_some = function(...) soak_some(list(action = "empty"), 0.3),
  empty_for_a_while = function(...) {
    soak_while(list(action = "empty"), 0, sample(c(0.1, 0.4), 1))
  },
  short_first = function(limit, ...) list(list(action = "short", rows = limit - sample(4, 1))),
  short_some = function(limit, ...) soak_some(list(action = "short", rows = sample(limit, 1)), 0.3),
  gap_first = function(...) list(list(action = "gap", rows = sample(4, 1))),
  gap_some = function(...) soak_some(list(action = "gap", rows = sample(4, 1)), 0.3),
  skip_some = function(...) soak_some(list(action = "skip", rows = 3), 0.3),
  view_for_a_while = function(limit, step) {
    rows <- limit + step * sample(0:2, 1)
    soak_while(list(action = "view", rows = rows), 0, sample(c(0.2, 0.5), 1))
  },
  view_late = function(limit, step) {
    first <- limit + step * sample(0:2, 1)
    list(list(action = "view", rows = first, nth = always, holding = c(first + 1, Inf),
              during = c(0, 0.5)))
  },
  last_some = function(...) soak_some(list(action = "last"), 0.3),
  `next` = function(...) soak_always(action = "next"),
  `repeat` = function(...) soak_always(action = "repeat"),
  repeat_no_id = function(...) {
    list(list(action = "repeat", nth = always), list(action = "no_id", nth = always))
  },
  shuffle = function(...) soak_always(action = "shuffle"),
  shuffle_repeat = function(...) {
    list(list(action = "shuffle", nth = always), list(action = "repeat", nth = always))
  },
  ties = function(...) soak_always(action = "shuffle", rows = sample(3:30, 1)),
  reverse = function(...) soak_always(action = "reverse"),
  double = function(...) soak_always(action = "double"),
  longer = function(limit, ...) soak_always(action = "longer", rows = sample(limit, 1)),
  cap = function(limit, ...) soak_always(action = "cap", rows = sample(3:limit, 1)),
  cap_next = function(limit, ...) c(soak_modes$cap(limit), soak_modes$`next`(limit)),
  cap_delete = function(limit, ...) c(soak_modes$cap(limit), soak_change("delete", "front")),
  new = function(...) soak_always(action = "new"),
  new_few = function(...) {
    list(list(action = "new", nth = always), list(action = "short", rows = 3, nth = always))
  },
  add_end = function(...) soak_change("add", "end"),
  add_front = function(...) soak_change("add", "front"),
  add_anywhere = function(...) soak_change("add", "anywhere"),
  grow_end = function(...) soak_always(action = "grow", rows = 60, at = "end"),
  grow_front = function(...) soak_always(action = "grow", rows = 60, at = "front"),
  delete_front = function(...) soak_change("delete", "front"),
  delete_anywhere = function(...) soak_change("delete", "anywhere"),
  move_front = function(...) soak_change("move", "front"),
  move_end = function(...) soak_change("move", "end"),
  churn = function(...) {
    c(soak_change("add", "anywhere", 0.5), soak_change("delete", "anywhere", 0.5))
  },
  churn_bursts = function(...) {
    burst <- function(action) {
      soak_some(list(action = action, rows = sample(40, 1), at = "anywhere"), 0.1)
    }
    c(burst("add"), burst("delete"))
  },
  shrink = function(...) {
    soak_later(2:6, action = "keep", rows = sample(soak_rows, 1))
  },
  mixed = function(...) NULL
)

# What a client can see through, so that an error is one error too many.
soak_harmless <- c("plain", "short_first", "gap_first", "empty_first", "drip_one")

# Where no row is ever shown, a table without rows is whole.
soak_unseen <- c("empty", "empty_list")

# A list of one page has no neighbours that show which rows are missing.
soak_unseen_if_short <- c("double", "gap_some")

# Rows without ids can't be told apart, so that those an error carries are not judged.
soak_unnamed <- "repeat_no_id"

# Where rows are shown in the same second, their times are not those that they
# have without faults. A change is told by an event, whose time both are.
soak_tied <- "ties"

# Modes that cost waits come less often.
soak_slow <- "^(stall|drip|refuse|rate|new|add|grow|empty)"

soak_seed <- function() sample(1e6, 1)

#' A fault of all requests
soak_always <- function(...) list(list(..., nth = always))

#' A fault of all requests from one of the first ones on
soak_later <- function(first, ...) list(list(..., nth = soak_from(first)))

#' A fault of some requests, at random
soak_some <- function(fault, share) {
  list(c(fault, list(nth = always, share = share, seed = soak_seed())))
}

#' A fault for some seconds
soak_while <- function(fault, begin, seconds) {
  list(c(fault, list(nth = always, during = c(begin, begin + seconds))))
}

#' A list that changes with each request
soak_change <- function(action, at, share = 1) {
  soak_some(list(action = action, rows = sample(5, 1), at = at), share)
}

#' A schedule; the same seed makes the same one. What is not given is drawn; of
#' several modes the seed picks one.
soak_schedule <- function(seed, mode = NULL, name = NULL, access = NULL) {
  withr::local_seed(seed)
  weights <- ifelse(grepl(soak_slow, names(soak_modes)), 1, 4)
  drawn <- list(sample(names(soak_modes), 1, prob = weights), sample(names(soak_functions), 1),
                sample(c("key", "token"), 1))
  mode <- if (is.null(mode)) drawn[[1]] else mode[[seed %% length(mode) + 1]]
  if (is.null(name)) name <- drawn[[2]]
  if (is.null(access)) access <- drawn[[3]]
  if (!access %in% names(soak_functions[[name]]$paths)) access <- "token"
  limit <- sample(c(20, 37, 50), 1)
  paths <- soak_functions[[name]]$paths[[access]]
  faults <- if (mode == "mixed") {
    soak_mixture(limit, access, paths)
  } else {
    path <- paths[[sample(length(paths), 1)]]
    step <- if (access == "key") limit - 2 else limit
    lapply(soak_modes[[mode]](limit, step), function(fault) c(list(path = path), fault))
  }
  list(mode = mode, name = name, seed = seed, limit = limit, access = access,
       account = sample(3, 1), faults = faults)
}

# --- Several faults, each of some pages ----------------------------------------

#' Faults that a client can see through, or has to give up on
soak_mixture <- function(limit, access, paths) {
  repeat {
    faults <- lapply(seq_len(sample(4, 1)), function(number) soak_fault(limit, paths))
    if (soak_is_fair(faults, access)) {
      return(faults)
    }
  }
}

#' A random fault
soak_fault <- function(limit, paths) {
  c(soak_place(limit, paths), soak_pick(soak_nths), soak_pick(soak_actions())[[1]])
}

#' One of `choices`, which are named by their weights
soak_pick <- function(choices) {
  choices[[sample(length(choices), 1, prob = as.numeric(names(choices)))]]
}

# Which requests: mostly the first ones, some time later, hardly ever all.
soak_nths <- list(
  "12" = list(), "3" = list(nth = 1:2), "2" = list(nth = 2), "2" = list(nth = 3:4),
  "0.3" = list(nth = always)
)

#' What happens, those that cost a wait less often
soak_actions <- function() {
  list(
    "3" = list(list(status = 429, headers = c("Retry-After" = "0"))),
    "1" = list(list(status = sample(c(500, 502, 503), 1), body = "<html>")),
    "1" = list(list(status = 504)),
    "3" = list(list(action = "empty")),
    "3" = list(list(action = "short", rows = sample(0:30, 1))),
    "1" = list(list(action = "body", body = sample(c("<html>", "{\"_embedded\":{", "[]"), 1))),
    "1" = list(list(action = "cut")),
    "1" = list(list(action = "close")),
    "2" = list(list(action = "delay", seconds = 0.05)),
    "2" = list(list(action = "expire")),
    "2" = list(list(action = sample(c("delete", "add"), 1), rows = sample(20, 1), at = "front")),
    "0.5" = list(list(status = sample(c(400, 402, 403, 404, 426), 1))),
    "0.3" = list(list(action = "redirect", to = "https://elsewhere.example/"))
  )
}

#' One page, any page, or what comes before the pages
soak_place <- function(limit, paths) {
  row <- sample(soak_rows + limit, 1)
  list_path <- sample(paths, 1)
  soak_pick(list(
    "7" = list(path = list_path, holding = c(row, row)), "2" = list(path = list_path),
    "1" = list(path = sample(c("auth.php", "/account"), 1))
  ))
}

#' Whether the server tells the truth often enough for a client to find it
#'
#' What comes empty twice is the end of a list, and API v4 may make pages as
#' short as it likes: no client can know better.
soak_is_fair <- function(faults, access) {
  lies <- Filter(function(fault) isTRUE(fault$action %in% c("empty", "short")), faults)
  once <- vapply(lies, function(fault) length(fault$nth) < 2, NA)
  short <- vapply(lies, function(fault) fault$action == "short", NA)
  length(lies) < 2 && all(once) && (access == "key" || !any(short))
}

# --- Running and judging --------------------------------------------------------

soak_account <- function(schedule, faults = schedule$faults) {
  notes <- soak_functions[[schedule$name]]$notes
  leads <- soak_functions[[schedule$name]]$leads
  amocrm::AmoSandbox(
    notes = if (is.null(notes)) c(lead = soak_rows) else notes,
    leads = if (is.null(leads)) soak_rows else leads,
    contacts = soak_rows, companies = soak_rows,
    customers = soak_rows, tasks = soak_rows, transactions = soak_rows, unsorted = soak_rows,
    seed = schedule$account, access = schedule$access,
    v2 = schedule$access == "key", faults = faults, now = "2025-12-29"
  )
}

#' What the function of a schedule gives on an account: its table with a row for
#' each record, or an error
soak_read <- function(schedule, auth) {
  read <- soak_reader(schedule)
  setTimeLimit(elapsed = soak_seconds, transient = TRUE)
  on.exit(setTimeLimit())
  tryCatch(soak_table(suppressWarnings(read(auth, limit = schedule$limit))), error = identity)
}

#' The function of a schedule, which takes credentials and `limit`
soak_reader <- function(schedule) {
  of <- soak_functions[[schedule$name]]
  if (is.null(of$needs_leads)) {
    return(of$read)
  }
  leads <- soak_leads(schedule)
  function(auth, limit) of$read(auth, limit, leads)
}

#' The ids of the first third of the leads of an account
soak_leads <- function(schedule) {
  key <- paste("leads", schedule$account)
  if (is.null(soak_known[[key]])) {
    auth <- soak_account(schedule, list())
    on.exit(sandbox_stop(auth))
    soak_known[[key]] <- utils::head(AmoLeads(auth)$leads$id, soak_rows / 3)
  }
  soak_known[[key]]
}

soak_table <- function(result) if (is.data.frame(result)) result else result[[1]]

# Tables without faults, by function, account and access.
soak_known <- new.env()

soak_undisturbed <- function(schedule) {
  key <- paste(schedule$name, schedule$account, schedule$access)
  if (is.null(soak_known[[key]])) {
    schedule$limit <- 500
    # A busy computer may take longer than a schedule allows.
    withr::local_options(amocrm.timeout = 60)
    whole <- soak_read(schedule, soak_account(schedule, list()))
    if (inherits(whole, "error")) stop(whole)
    soak_known[[key]] <- whole
  }
  whole <- soak_known[[key]]
  times <- if (schedule$mode %in% soak_tied) c("created_at", "updated_at")
  whole[setdiff(names(whole), times)]
}

#' The ids of records as texts, those of events before those of notes, and of links
#' both ends
soak_ids <- function(table) {
  if ("to_entity_id" %in% names(table)) {
    kinds <- sub("y$", "ie", table$to_entity_type)
    return(sprintf("%.0f-%ss-%.0f", table$entity_id, kinds, table$to_entity_id))
  }
  ids <- table$uid
  if (is.null(ids)) ids <- table$id
  # A table without rows may have no columns.
  if (is.null(ids)) ids <- character()
  if (!is.character(ids)) ids <- format(ids, scientific = FALSE, trim = TRUE)
  events <- table$event_id
  if (is.null(events)) ids else ifelse(is.na(events), ids, events)
}

#' Rows as texts. What came before the zone was known has its times in UTC:
#' moments are compared.
soak_texts <- function(table, columns) {
  texts <- lapply(columns, function(column) {
    values <- table[[column]]
    if (is.null(values)) rep(NA, nrow(table)) else as.character(as.vector(values))
  })
  do.call(paste, c(texts, sep = "\r"))
}

#' What is wrong with rows: a text, or nothing
#'
#' @param gone ids of rows that need not be there
soak_faults_of <- function(table, whole, gone) {
  ids <- soak_ids(table)
  known <- match(ids, soak_ids(whole))
  numbers <- suppressWarnings(as.numeric(sub("^[0-9]+-[a-z_]+-", "", ids)))
  new <- grepl("^NEW", ids) | numbers >= 9e8 & !is.na(numbers)
  same <- soak_texts(table, names(whole)) == soak_texts(whole, names(whole))[known]
  counts <- c(
    lost = length(setdiff(soak_ids(whole), c(ids, gone))), repeated = sum(duplicated(ids)),
    wrong = sum(!same, na.rm = TRUE), "made up" = sum(is.na(known) & !new)
  )
  counts <- counts[counts > 0]
  if (length(counts) > 0) paste(counts, names(counts), collapse = ", ")
}

#' What becomes of a schedule: "whole", the class of an error, or a text that
#' begins with "FAILED"
soak_outcome <- function(schedule, auth = soak_account(schedule)) {
  on.exit(sandbox_stop(auth))
  result <- soak_read(schedule, auth)
  whole <- soak_undisturbed(schedule)
  if (inherits(result, "error")) {
    return(soak_judge_error(result, schedule, whole))
  }
  if (nrow(result) == 0 && soak_is_empty(auth, schedule)) {
    return("empty by every answer")
  }
  is_short <- isTRUE(soak_functions[[schedule$name]]$is_short)
  modes <- c(soak_unseen, if (is_short) soak_unseen_if_short)
  unseen <- if (schedule$mode %in% modes) soak_ids(whole)
  wrong <- soak_faults_of(result, whole, c(sandbox_gone_rows(auth), unseen))
  if (is.null(wrong)) "whole" else paste("FAILED: of the rows are", wrong)
}

#' Whether the server said each of three times that there are no rows: nobody can know better,
#' and a warning tells of it
soak_is_empty <- function(auth, schedule) {
  path <- soak_functions[[schedule$name]]$paths[[schedule$access]]
  log <- sandbox_requests(auth)
  is_of_list <- Reduce(`|`, lapply(sub("[?]$", "", path), endsWith, x = log$path))
  sum(is_of_list) >= 3 && all(log$rows[is_of_list] == 0)
}

soak_judge_error <- function(error, schedule, whole) {
  class <- class(error)[[1]]
  unexpected <- c(
    "amocrm_error_input", "amocrm_error_system",
    if (!soak_may_lock_out(schedule)) "amocrm_error_auth"
  )
  if (!inherits(error, "amocrm_error") || inherits(error, unexpected) ||
        schedule$mode %in% soak_harmless) {
    return(paste("FAILED with", class, conditionMessage(error)))
  }
  if (!is.null(error$partial) && !schedule$mode %in% soak_unnamed) {
    whole <- whole[setdiff(names(whole), soak_functions[[schedule$name]]$late)]
    wrong <- soak_faults_of(soak_table(error$partial), whole, soak_ids(whole))
    if (!is.null(wrong)) {
      return(paste0("FAILED: of the rows that ", class, " carries are ", wrong))
    }
  }
  class
}

#' Whether the server refuses what it has just let in, or a token that can't
#' be renewed
soak_may_lock_out <- function(schedule) {
  expires <- Filter(function(fault) identical(fault$action, "expire"), schedule$faults)
  at_login <- vapply(expires, function(fault) fault$path == "auth.php", NA)
  picks <- sum(vapply(expires, function(fault) max(1, length(fault$nth)), 0))
  any(at_login) || picks > if (schedule$access == "key") 1 else 0
}

#' A schedule as R code
soak_code <- function(schedule) {
  paste(deparse(schedule, width.cutoff = 90L), collapse = "\n")
}

#' Runs many schedules; gives a table with the mode and the outcome of each
#'
#' @param tell called with the text of each failure
soak_run <- function(seeds, tell, ...) {
  withr::local_options(amocrm.rate = Inf, amocrm.quiet = TRUE, amocrm.timeout = 1)
  run <- function(seed) {
    schedule <- soak_schedule(seed, ...)
    outcome <- soak_outcome(schedule)
    if (startsWith(outcome, "FAILED")) tell(paste0(outcome, "\n", soak_code(schedule)))
    data.frame(mode = schedule$mode, outcome = outcome)
  }
  do.call(rbind, lapply(seeds, run))
}
