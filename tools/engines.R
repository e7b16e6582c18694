# Rscript tools/engines.R FOLDER: makes a copy of two sandboxes in FOLDER/amocrm-data, changed
# once so that files of several ages are in it, and writes what AmoRead() finds to
# FOLDER/by_month.csv, by_manager.csv and calls.csv: the answers to inst/engines/.
#
# One account has few notes, so that its files lack columns, and its id is the shorter one: it
# comes first. The other's id is longer than R's integers.

folder <- commandArgs(trailingOnly = TRUE)[[1]]
options(amocrm.quiet = TRUE, amocrm.rate = Inf)
library(amocrm)

copy <- file.path(folder, "amocrm-data")
accounts <- list(
  AmoSandbox(access = "token", account_id = 11, leads = 100, notes = c(lead = 3),
             timezone = "Asia/Omsk"),
  AmoSandbox(access = "token", account_id = 3000000001, leads = 2000, notes = 1000, seed = 2)
)
tables <- c("leads", "users", "notes")
AmoSync(accounts, copy, tables = tables)
invisible(AmoSandboxChange(accounts[[1]], "trash", n = 5))
invisible(AmoSandboxChange(accounts[[2]], n = 200))
AmoSync(accounts, copy, tables = tables)

read <- lapply(stats::setNames(nm = tables), AmoRead, to = copy)
write <- function(rows, name) {
  file <- file(file.path(folder, paste0(name, ".csv")), "w", encoding = "UTF-8")
  on.exit(close(file))
  utils::write.csv(rows, file, row.names = FALSE, na = "")
}

leads <- read$leads
alive <- leads[is.na(leads$deleted_at), ]
stopifnot(nrow(alive) < nrow(leads), !"params_DURATION" %in% names(AmoNotes(accounts[[1]], "lead")))
by <- list(pipeline_id = alive$pipeline_id,
           month = format(alive$created_at, "%Y-%m", tz = "UTC"))
sum_of <- function(x) if (all(is.na(x))) NA_real_ else sum(as.double(x), na.rm = TRUE)
write(cbind(
  aggregate(list(leads = alive$id), by, length), sale = aggregate(alive$sale, by, sum_of)$x
), "by_month")

managers <- merge(leads[c("account_id", "responsible_user_id")],
                  read$users[c("account_id", "id", "name")],
                  by.x = c("account_id", "responsible_user_id"), by.y = c("account_id", "id"))
write(aggregate(list(leads = managers$name), managers[c("account_id", "name")], length),
      "by_manager")

write(aggregate(
  list(notes = read$notes$id, calls = read$notes$params_DURATION), read$notes["account_id"],
  function(column) sum(!is.na(column))
), "calls")
