# What `sh tools/demo.sh` shows.
library(amocrm)
options(width = 100)

title <- function(...) cat("\n## ", ..., "\n\n", sep = "")

title("An account on this computer, with 1650 notes")
auth <- AmoSandbox(
  notes = c(lead = 1200, contact = 300, company = 100, task = 50), seed = 1, latency = 0.1
)
print(auth)

title('AmoNotes(auth_list = auth, type = "lead"): all notes of leads')
notes <- AmoNotes(auth_list = auth, type = "lead")
print(head(notes[c("id", "created_at", "element_id", "element_type", "note_type", "text")], 8))
cat("...", nrow(notes), "rows,", ncol(notes), "columns\n")

title("The types of the first columns")
str(notes[1:16], vec.len = 1)

title('AmoNotes(auth, "lead", note_type = 3): moves between stages')
moves <- AmoNotes(auth, "lead", note_type = 3)
print(head(moves[c("id", "created_at", "element_id", "params_STATUS_OLD", "params_STATUS_NEW")]))

title("AmoNotes(auth, all = TRUE): all four kinds in one call")
print(vapply(AmoNotes(auth, all = TRUE), dim, c(rows = 0L, columns = 0L)))

title("AmoNoteTypes()")
print(head(AmoNoteTypes(), 12))
