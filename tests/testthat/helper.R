# A sandbox is on this computer: no speed limit, no progress lines. No file stays
# behind.
options(amocrm.rate = Inf, amocrm.shared_rate = FALSE, amocrm.quiet = TRUE)

#' A sandbox of a fixed day, so that its data are the same on every day
AmoSandbox <- function(..., now = "2025-12-29") amocrm::AmoSandbox(..., now = now)

base_columns <- c(
  "id", "responsible_user_id", "created_by", "created_at", "updated_at", "account_id",
  "group_id", "is_editable", "element_id", "element_type", "attachment", "note_type", "text"
)

#' A sandbox that serves these notes of leads, each a JSON text
serve_notes <- function(notes, ...) {
  AmoSandbox(notes = 0, items = list(lead = paste0("[", paste(notes, collapse = ","), "]")), ...)
}

#' The requests for notes that a sandbox has received
notes_requests <- function(auth) {
  log <- sandbox_requests(auth)
  log[log$path == "/api/v2/notes", ]
}

#' Path of a fixture of the package's own, which is always there
fixture <- function(...) {
  path <- testthat::test_path("..", "fixtures", ...)
  if (!file.exists(path)) stop("There is no fixture ", path)
  path
}

#' Path of recorded data, which does not belong to the package
recorded <- function(...) {
  folder <- Sys.getenv("AMOCRM_TEST_DATA")
  testthat::skip_if(folder == "", "needs outside data (AMOCRM_TEST_DATA)")
  path <- file.path(folder, ...)
  if (!file.exists(path)) stop("There is no ", path)
  path
}

#' A file of UTF-8 as one text
read_text <- function(path) {
  paste(readLines(path, encoding = "UTF-8", warn = FALSE), collapse = "\n")
}

no_credentials <- c(
  AMOCRM_EMAIL = NA, AMOCRM_APIKEY = NA, AMOCRM_DOMAIN = NA, AMOCRM_ACCESS_TOKEN = NA,
  AMOCRM_CLIENT_ID = NA
)

#' Path of something in the package's source. During R CMD check that is beside
#' the installed package
source_path <- function(...) {
  roots <- c(test_path("..", ".."), test_path("..", "..", "00_pkg_src", "amocrm"))
  path <- file.path(roots, ...)
  path <- path[file.exists(path)]
  skip_if(length(path) == 0, "the source is not here")
  path[[1]]
}

#' The names that the calls of switch() in a function tell apart
names_of_switch <- function(fn) {
  found <- character()
  look <- function(call) {
    if (!is.call(call)) return()
    if (identical(call[[1]], quote(switch))) found <<- c(found, names(call)[-(1:2)])
    lapply(as.list(call), look)
  }
  look(body(fn))
  setdiff(found, "")
}
