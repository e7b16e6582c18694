# Finds a Rust that is new enough, and says how to get one when there is none.
# Sourced by tools/config.R from the package's top folder.

#' The oldest Rust that DESCRIPTION accepts
wanted_rust <- function() {
  requirements <- read.dcf("DESCRIPTION", fields = "SystemRequirements")[[1]]
  version <- regmatches(requirements, regexpr("rustc *\\(>= *[0-9.]+\\)", requirements))
  numeric_version(gsub("[^0-9.]", "", version))
}

#' Where Rust may be besides the PATH: in rustup's folder, and in those of
#' Ubuntu's packages with a version in their names
rust_folders <- function() {
  home <- Sys.getenv(if (.Platform$OS.type == "windows") "USERPROFILE" else "HOME")
  c(
    file.path(Sys.getenv("CARGO_HOME", file.path(home, ".cargo")), "bin"),
    Sys.glob("/usr/lib/rust-*/bin")
  )
}

#' The lines that cargo and rustc print about their versions, where they run
version_lines <- function() {
  line <- function(program) {
    if (nzchar(Sys.which(program))) {
      lines <- suppressWarnings(system2(program, "--version", stdout = TRUE, stderr = TRUE))
      if (is.null(attr(lines, "status"))) lines[[1]]
    }
  }
  unlist(lapply(c("cargo", "rustc"), line))
}

will_do <- function(lines, wanted) {
  versions <- sub("^[a-z]+ ([0-9.]+).*", "\\1", lines)
  length(lines) == 2 && isTRUE(all(numeric_version(versions, strict = FALSE) >= wanted))
}

stop_without_rust <- function(found, wanted) {
  found <- if (length(found) > 0) paste("found", paste(found, collapse = ", ")) else "found none"
  stop(paste(c(
    "",
    "------------------------------------------------------------------",
    paste0("amocrm is built with Rust ", wanted, " or newer; ", found, "."),
    "  Debian 12:            apt install cargo-web rustc-web",
    "  Debian 13:            apt install cargo rustc",
    "  other Linux, macOS:   https://rustup.rs",
    "  Windows:              https://rustup.rs, then",
    "                        rustup target add x86_64-pc-windows-gnu",
    "------------------------------------------------------------------"
  ), collapse = "\n"), call. = FALSE)
}

#' Finds Rust and prints its version
#'
#' @return the folder that must go first on the PATH, "" when the PATH will do
find_rust <- function() {
  wanted <- wanted_rust()
  path <- Sys.getenv("PATH")
  on.exit(Sys.setenv(PATH = path))
  found <- NULL
  for (folder in c("", rust_folders())) {
    Sys.setenv(PATH = paste(c(folder[nzchar(folder)], path), collapse = .Platform$path.sep))
    lines <- version_lines()
    if (will_do(lines, wanted)) {
      message("using ", paste(lines, collapse = ", "))
      return(folder)
    }
    found <- unique(c(found, lines))
  }
  stop_without_rust(found, wanted)
}
