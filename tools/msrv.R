# Looks for a Rust that is new enough, and says how to get one when there is
# none. Run by tools/config.R from the package's top folder.

#' The oldest Rust that DESCRIPTION accepts
wanted_rust <- function() {
  requirements <- read.dcf("DESCRIPTION", fields = "SystemRequirements")[[1]]
  version <- regmatches(requirements, regexpr("rustc *\\(>= *[0-9.]+\\)", requirements))
  numeric_version(gsub("[^0-9.]", "", version))
}

#' PATH with rustup's folder at its end
path_with_cargo <- function() {
  home <- Sys.getenv(if (.Platform$OS.type == "windows") "USERPROFILE" else "HOME")
  paste(Sys.getenv("PATH"), file.path(home, ".cargo", "bin"), sep = .Platform$path.sep)
}

#' What `program --version` prints, or NULL when it does not run
version_line <- function(program) {
  if (!nzchar(Sys.which(program))) {
    return(NULL)
  }
  line <- suppressWarnings(
    tryCatch(system2(program, "--version", stdout = TRUE, stderr = TRUE), error = function(e) NULL)
  )
  if (length(line) > 0 && is.null(attr(line, "status"))) line[[1]]
}

stop_without_rust <- function(found, wanted) {
  stop(paste(c(
    "",
    "------------------------------------------------------------------",
    paste0("amocrm is built from source with Rust ", wanted, " or newer; ", found, "."),
    "  Debian 12:            apt install cargo-web rustc-web",
    "  Debian 13:            apt install cargo rustc",
    "  other Linux, macOS:   https://rustup.rs",
    "  Windows:              https://rustup.rs, then",
    "                        rustup target add x86_64-pc-windows-gnu",
    "------------------------------------------------------------------"
  ), collapse = "\n"), call. = FALSE)
}

check_rust <- function() {
  Sys.setenv(PATH = path_with_cargo())
  wanted <- wanted_rust()
  for (program in c("cargo", "rustc")) {
    line <- version_line(program)
    if (is.null(line)) {
      stop_without_rust(paste("there is no", program), wanted)
    }
    version <- regmatches(line, regexpr("[0-9]+\\.[0-9]+(\\.[0-9]+)?", line))
    if (length(version) == 0 || numeric_version(version) < wanted) {
      stop_without_rust(paste("here is", line), wanted)
    }
    message("using ", line)
  }
}

check_rust()
