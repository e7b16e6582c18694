test_that("the table of the recorded page is the one amocrm 0.1.0 made", {
  auth <- AmoSandbox(items = list(lead = recorded("golden", "notes-lead.json")))
  expected <- readRDS(recorded("golden", "notes-lead.rds"))
  for (limit in c(7, 120, 500)) {
    notes <- AmoNotes(auth_list = auth, type = "lead", limit = limit)
    expect_identical(notes, expected)
    expect_identical(attributes(notes), attributes(expected))
  }
})
