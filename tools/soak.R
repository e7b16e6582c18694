# Rscript tools/soak.R N [seed]: AmoNotes() on N accounts where random things
# go wrong. Failures are printed with the schedule that shows them; a tally
# ends it. Exit status 1 when anything failed.
library(amocrm)

file <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
source(file.path(dirname(file), "..", "tests", "testthat", "helper-soak.R"))

arguments <- suppressWarnings(as.numeric(commandArgs(trailingOnly = TRUE)))
if (!length(arguments) %in% 1:2 || anyNA(arguments)) {
  stop("usage: Rscript tools/soak.R N [seed]")
}
first <- if (length(arguments) == 2) arguments[[2]] else 1
outcomes <- soak_run(seq(first, length.out = arguments[[1]]), function(text) cat(text, "\n\n"))

failed <- startsWith(outcomes, "FAILED")
tally <- table(ifelse(failed, "FAILED", outcomes))
cat(sprintf("%6d %s\n", tally, names(tally)), sep = "")
quit(status = if (any(failed)) 1 else 0)
