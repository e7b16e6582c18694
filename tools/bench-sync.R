# Rscript tools/bench-sync.R: what AmoSync() costs beside reading the same tables
# into R, and what its folder weighs beside CSV.
#
# Rscript tools/bench-sync.R NOTES: the same, but of as many notes for the peak of
# memory in place of 5,000,000.
#
# The account runs in this process; each step is done by an R process of its own.
# Writes only to a temporary folder. Linux only, for /proc. Takes some minutes on a
# quiet computer, and 6 GB for the account with 5,000,000 notes.

tables <- c("leads", "notes", "events")

# Steps, each of which runs in a process of its own ------------------------------

read_tables <- function(auth, to) {
  amocrm::AmoLeads(auth_list = auth)
  amocrm::AmoNotes(auth_list = auth, type = "lead", limit = 500)
  amocrm::AmoEvents(auth)
}

sync_tables <- function(auth, to) {
  print(amocrm::AmoSync(auth, to, tables = tables)[c("table", "mode", "requests")])
}

sync_notes <- function(auth, to) amocrm::AmoSync(auth, to, tables = "notes", sweep = Inf)

read_copy <- function(auth, to) amocrm::AmoRead(to, "notes")

write_csv <- function(auth, to) {
  for (table in c("leads", "notes")) {
    utils::write.csv(amocrm::AmoRead(to, table), paste0(to, "-", table, ".csv"), row.names = FALSE)
  }
}

read_csv <- function(auth, to) utils::read.csv(paste0(to, "-notes.csv"))

steps <- list(
  read = read_tables, sync = sync_tables, notes = sync_notes, copy = read_copy,
  write_csv = write_csv, read_csv = read_csv
)

memory <- function(name) {
  line <- grep(name, readLines("/proc/self/status"), value = TRUE)
  as.numeric(gsub("[^0-9]", "", line)) / 1024
}

#' Takes the measure of one step, and prints it as numbers
measure <- function(step, domain, token, to) {
  options(amocrm.rate = Inf, amocrm.quiet = TRUE, amocrm.api = "v4")
  auth <- amocrm::AmoAuthList(domain = domain, access_token = token)
  invisible(gc())
  cat("5", file = "/proc/self/clear_refs")
  memory_before <- memory("VmHWM")
  before <- proc.time()
  steps[[step]](auth, to)
  taken <- proc.time() - before
  cat(
    sum(taken[c("user.self", "sys.self")]), taken[["elapsed"]], memory("VmHWM"),
    memory("VmHWM") - memory_before, "\n"
  )
}

# The runs ------------------------------------------------------------------------

script <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))

run <- function(step, sandbox, to) {
  seen <- nrow(amocrm:::sandbox_requests(sandbox))
  said <- system2(
    file.path(R.home("bin"), "Rscript"),
    shQuote(c(script, step, sandbox$domain, sandbox$access_token, to)), stdout = TRUE
  )
  values <- as.numeric(strsplit(tail(said, 1), " ")[[1]])
  paths <- amocrm:::sandbox_requests(sandbox)$path
  paths <- paths[seq_along(paths) > seen]
  list(cpu = values[[1]], wall = values[[2]], peak = values[[3]], more = values[[4]], paths = paths)
}

#' The size of files in MB
size <- function(paths) sum(file.size(list.files(paths, recursive = TRUE, full.names = TRUE))) / 1e6

say <- function(...) cat(sprintf(...), "\n", sep = "")

compare <- function() {
  sandbox <- amocrm::AmoSandbox(access = "token", v2 = FALSE, leads = 1e5, contacts = 3e4,
                                notes = c(lead = 2e5))
  to <- tempfile("copy")
  read <- run("read", sandbox, to)
  first <- run("sync", sandbox, to)
  say("first read: %.1f s of CPU, %.1f s; into R: %.1f s of CPU, %.1f s: %.2f times the CPU",
      first$cpu, first$wall, read$cpu, read$wall, first$cpu / read$cpu)
  again <- run("sync", sandbox, to)
  say("unchanged: %d requests, %.2f s, %.1f %% of the whole read's time",
      length(again$paths), again$wall, 100 * again$wall / first$wall)
  amocrm::AmoSandboxChange(sandbox, "update", "lead", n = 500)
  changed <- run("sync", sandbox, to)
  say("500 leads changed: %d requests for leads, %d in all, %.2f s",
      sum(changed$paths == "/api/v4/leads"), length(changed$paths), changed$wall)
  run("write_csv", sandbox, to)
  csv <- sum(file.size(paste0(to, "-", c("leads", "notes"), ".csv"))) / 1e6
  say("folder: %.1f MB, %.0f %% of the same rows as CSV (%.1f MB)",
      size(file.path(to, c("leads", "notes"))),
      100 * size(file.path(to, c("leads", "notes"))) / csv, csv)
  copy <- run("copy", sandbox, to)
  text <- run("read_csv", sandbox, to)
  say("notes: AmoRead() %.2f s, read.csv() %.2f s: %.1f times", copy$wall, text$wall,
      text$wall / copy$wall)
}

peak <- function(notes) {
  sandbox <- amocrm::AmoSandbox(access = "token", v2 = FALSE, leads = 1e5, notes = c(lead = notes))
  first <- run("notes", sandbox, tempfile("copy"))
  say("%s notes: %.0f MB at most, %.0f MB more than before, %.0f s",
      format(notes, big.mark = ",", scientific = FALSE), first$peak, first$more, first$wall)
}

arguments <- commandArgs(trailingOnly = TRUE)
if (length(arguments) == 4) {
  do.call(measure, as.list(arguments))
} else {
  cat(R.version.string, "; ", parallel::detectCores(), " cores\n", sep = "")
  compare()
  peak(if (length(arguments) == 1) as.numeric(arguments) else 5e6)
}
