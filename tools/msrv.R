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

#' A text of tools/msrv-ru.txt, nothing where its letters can't be shown
in_russian <- function(key, value) {
  lines <- readLines("tools/msrv-ru.txt", encoding = "UTF-8")
  line <- sub("^[a-z]+: ", "", lines[startsWith(lines, paste0(key, ":"))])
  if (!grepl("<U+", enc2native(line), fixed = TRUE)) strwrap(sprintf(line, value), 72)
}

#' Ends the installation with lines that stand out: what is wrong, in English and
#' Russian, and what to do
stop_with <- function(english, russian, remedy) {
  rule <- strrep("-", 72)
  stop(paste(c("", rule, english, russian, remedy, rule), collapse = "\n"), call. = FALSE)
}

stop_without_rust <- function(found, wanted) {
  found <- if (length(found) > 0) paste0("Found: ", toString(found), ".") else "None was found."
  stop_with(
    c(
      paste0("amocrm is built with Rust ", wanted, " or newer. ", found),
      "Install it, start R again, and install amocrm again:"
    ),
    in_russian("rust", wanted),
    c(
      "  Debian 12:     apt install cargo-web rustc-web",
      "  Debian 13:     apt install cargo rustc",
      "  Linux, macOS:  https://rustup.rs",
      "  Windows:       https://rustup.rs, then",
      "                 rustup target add x86_64-pc-windows-gnu"
    )
  )
}

#' What Rust must build for: what R is built for
#'
#' R on Windows is built by MinGW's gcc. On a Mac with an Apple processor R may be one for
#' Intel, or Rust.
#'
#' @return "" or nothing for what Rust builds for anyway
rust_target <- function(system, arch, host) {
  switch(system,
    Windows = "x86_64-pc-windows-gnu",
    Darwin = setdiff(paste0(arch, "-apple-darwin"), host),
    ""
  )
}

stop_on_arm <- function(arch) {
  stop_with(
    c(
      paste0("amocrm does not support R for Windows on ARM (", arch, ") yet, for which"),
      "Rust would have to build for aarch64-pc-windows-gnullvm. R for 64-bit Intel and",
      "AMD runs on ARM as well, and so does amocrm in it:"
    ),
    in_russian("arm", arch),
    "  https://cran.r-project.org/bin/windows/base"
  )
}

#' Ends the installation if Rust lacks its library for a target
check_target <- function(target, sysroot) {
  if (!dir.exists(file.path(sysroot, "lib", "rustlib", target))) {
    stop_with(
      "Rust is there, but not its library for this R. Run this in a terminal:",
      in_russian("target", target),
      paste("  rustup target add", target)
    )
  }
}

#' What Rust must build for, once it is known that it can
find_target <- function(system = Sys.info()[["sysname"]], arch = R.version$arch) {
  if (system == "Windows" && arch != "x86_64") stop_on_arm(arch)
  about <- system2("rustc", "-vV", stdout = TRUE)
  host <- sub("^host: ", "", grep("^host: ", about, value = TRUE))
  target <- c(rust_target(system, arch, host), "")[[1]]
  if (nzchar(target)) {
    check_target(target, system2("rustc", c("--print", "sysroot"), stdout = TRUE))
  }
  target
}

#' Finds Rust and prints its version
#'
#' @return `folder`, which must go first on the PATH, "" when the PATH will do; `target`
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
      return(list(folder = folder, target = find_target()))
    }
    found <- unique(c(found, lines))
  }
  stop_without_rust(found, wanted)
}
