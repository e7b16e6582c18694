# Rscript tools/soak.R N [seed [function]]: AmoNotes(), or another function that
# reads lists, on N accounts where random things go wrong. Failures are printed
# with the schedule that shows them; a tally ends it. Exit status 1 when anything
# failed.
library(amocrm)

file <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
source(file.path(dirname(file), "..", "tests", "testthat", "helper-soak.R"))

arguments <- commandArgs(trailingOnly = TRUE)
numbers <- suppressWarnings(as.numeric(arguments[seq_len(min(2, length(arguments)))]))
name <- if (length(arguments) > 2) arguments[[3]] else "AmoNotes"
if (!length(arguments) %in% 1:3 || anyNA(numbers) || !name %in% names(soak_functions)) {
  stop("usage: Rscript tools/soak.R N [seed [function]]")
}
first <- if (length(numbers) == 2) numbers[[2]] else 1
seeds <- seq(first, length.out = numbers[[1]])
outcomes <- soak_run(seeds, function(text) cat(text, "\n\n"), name)

failed <- startsWith(outcomes, "FAILED")
tally <- table(ifelse(failed, "FAILED", outcomes))
cat(sprintf("%6d %s\n", tally, names(tally)), sep = "")
quit(status = if (any(failed)) 1 else 0)
