# Rscript tools/engines.R FOLDER: makes a copy of a sandbox in FOLDER/data, changed
# once so that files of several ages are in it, and writes what AmoRead() finds to
# FOLDER/expected.csv: month, leads, and the sum of their budgets.

folder <- commandArgs(trailingOnly = TRUE)[[1]]
options(amocrm.quiet = TRUE, amocrm.rate = Inf)
library(amocrm)

auth <- AmoSandbox(access = "token", leads = 3000, notes = 3000)
copy <- file.path(folder, "data")
AmoSync(auth, copy, tables = c("leads", "users"))
invisible(AmoSandboxChange(auth, n = 200))
AmoSync(auth, copy, tables = c("leads", "users"))

leads <- AmoRead(copy, "leads")
leads <- leads[is.na(leads$deleted_at), ]
month <- format(leads$created_at, "%Y-%m-01", tz = "UTC")
sums <- rowsum(cbind(leads = 1, sale = ifelse(is.na(leads$sale), 0, leads$sale)), month)
expected <- data.frame(month = rownames(sums), sums, row.names = NULL)
utils::write.csv(expected, file.path(folder, "expected.csv"), row.names = FALSE, quote = FALSE)

# A text that only UTF-8 has, to be found by all.
busiest <- names(sort(table(leads$responsible_user_id), decreasing = TRUE))[[1]]
users <- AmoRead(copy, "users")
name <- enc2utf8(users$name[users$id == busiest])
writeLines(name, file.path(folder, "name.txt"), useBytes = TRUE)
