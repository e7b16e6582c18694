library(testthat)
library(amocrm)

# Most tests read accounts on this computer and wait as one waits for a server: half an hour,
# two at a time. Where NOT_CRAN is not set, those run that take a minute or two.
quick <- "^(AmoColumns|AmoDuplicates|AmoNoteTypes|AmoNotes|AmoWide|build|flatten|signatures|stays)$"
test_check("amocrm", filter = if (!nzchar(Sys.getenv("NOT_CRAN"))) quick)
