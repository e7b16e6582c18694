#' A copy of an account that stays true
#'
#' @export
AmoSync <- function(auth, to = "amocrm-data", tables = NULL, from = NULL, lookback = 3600,
                    deleted = "mark", sweep = 7, prefix = "") {
  accounts <- sync_accounts(auth)
  run <- list(
    streams = chosen_streams(tables),
    from = check_since(from),
    lookback = check_number(lookback, "lookback"),
    deleted = check_one_choice(deleted, c("mark", "remove"), "deleted"),
    sweep = check_sweep(sweep)
  )
  sink <- open_sink(to, run$deleted, check_prefix(prefix))
  on.exit(sink$close())
  log <- do.call(rbind, lapply(accounts, sync_account, sink = sink, run = run))
  rownames(log) <- NULL
  if (!is_quiet()) print(log[setdiff(names(log), c("started", "error"))], row.names = FALSE)
  abort_failed(log)
  invisible(log)
}

#' One auth_list, or several
#' @noRd
sync_accounts <- function(auth) {
  is_one <- inherits(auth, "amocrm_auth_list") || any(names(auth) %in% credential_pieces)
  if (!is.list(auth) || length(auth) == 0) {
    abort_input("auth", gettext(
      "`auth` must be a list created by AmoAuthList(), or a list of several"
    ))
  }
  if (is_one) list(auth) else auth
}

chosen_streams <- function(tables) {
  streams <- sync_streams()
  if (is.null(tables)) streams else streams[check_choices(tables, names(streams), "tables")]
}

check_since <- function(from) {
  if (is.null(from)) {
    return(NULL)
  }
  seconds <- suppressWarnings(as.double(as.POSIXct(from)))
  if (length(seconds) != 1 || is.na(seconds)) {
    abort_input("from", gettextf("`from` must be a time, not %s", shown_value(from)))
  }
  seconds
}

check_sweep <- function(sweep) {
  if (!is.numeric(sweep) || length(sweep) != 1 || is.na(sweep) || sweep < 0) {
    abort_input("sweep", gettextf(
      "`sweep` must be a number of days, 0 or Inf, not %s", shown_value(sweep)
    ))
  }
  sweep
}

check_prefix <- function(prefix) {
  if (!is_one_text(prefix)) abort_input("prefix", gettext("`prefix` must be a single string"))
  prefix
}

#' An error at the end if tables have failed: a scheduled script must not pass
#' @noRd
abort_failed <- function(log) {
  failed <- log[!is.na(log$error) & log$mode == "failed", ]
  if (nrow(failed) == 0) {
    return(invisible())
  }
  abort("sync", paste(c(
    gettextf("these tables of the copy are as before: %s", toString(unique(failed$table))),
    unique(failed$error)
  ), collapse = "\n"), fields = list(log = log))
}
