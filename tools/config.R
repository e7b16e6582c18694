# Writes src/Makevars (or src/Makevars.win) from its template. Run by
# configure from the package's top folder.

source("tools/msrv.R")

is_set <- function(variable) nzchar(Sys.getenv(variable))
is_windows <- .Platform$OS.type == "windows"
is_mac <- Sys.info()[["sysname"]] == "Darwin"

#' A make line that exports a variable
export <- function(name, value) sprintf('export %s="%s" &&', name, value)

rust <- find_rust()
rust_folder <- rust$folder
if (is_windows) {
  # As the shell of Rtools writes it: /c/Users, not C:\Users.
  rust_folder <- sub("^([A-Za-z]):", "/\\1", gsub("\\", "/", rust_folder, fixed = TRUE))
}

# A source package for CRAN brings its crates along (tools/vendor.sh), and is built
# offline and without writing outside its folder. In a checkout cargo fetches them.
vendored <- file.exists("src/rust/vendor.tar.xz")
message(if (vendored) {
  "building offline, from the crates in src/rust/vendor.tar.xz"
} else {
  "cargo fetches the crates of src/rust/Cargo.lock from crates.io"
})
offline <- "--offline --config rust/vendor-config.toml"

# AMOCRM_CARGO_TARGET_DIR, an absolute path, keeps what cargo builds, so that
# tests, install and check don't each begin from nothing.
target_dir <- Sys.getenv("AMOCRM_CARGO_TARGET_DIR", "./rust/target")
keep_target <- is_set("AMOCRM_CARGO_TARGET_DIR") || is_set("NOT_CRAN")

profile <- if (isTRUE(as.logical(Sys.getenv("DEBUG")))) "debug" else "release"
target <- rust$target

#' What Rust's libraries need from the system, and what keeps the library small:
#' only R_init_amocrm() has to be seen from outside, and the debug information of
#' Rust's standard library is half of the size
link_flags <- function(profile) {
  small <- if (profile == "release") {
    switch(Sys.info()[["sysname"]],
      Darwin = "-Wl,-dead_strip -Wl,-S -Wl,-x",
      Linux = "-Wl,--gc-sections -Wl,--exclude-libs,ALL -Wl,-S -Wl,-x",
      Windows = "-Wl,-S"
    )
  }
  system <- if (is_mac) {
    "-framework Security -framework CoreFoundation -framework SystemConfiguration"
  }
  paste(c(system, small), collapse = " ")
}

values <- c(
  TARGET_DIR = target_dir,
  LIBDIR = paste(c(target_dir, target[nzchar(target)], profile), collapse = "/"),
  PROFILE = if (profile == "release") "--release" else "",
  TARGET = if (nzchar(target)) paste0("--target=", target) else "",
  PATH = if (nzchar(rust_folder)) export("PATH", paste0(rust_folder, ":$(PATH)")) else "",
  VENDOR = if (vendored) "vendor" else "",
  OFFLINE = if (vendored) offline else "",
  CARGO_HOME = if (vendored) export("CARGO_HOME", "$(CURDIR)/.cargo") else "",
  DEPLOYMENT = if (is_mac) {
    export("MACOSX_DEPLOYMENT_TARGET", "$${MACOSX_DEPLOYMENT_TARGET:-11.0}")
  } else {
    ""
  },
  LINK = link_flags(profile),
  CLEAN = if (keep_target) "" else "rust_clean"
)

template <- if (is_windows) "src/Makevars.win.in" else "src/Makevars.in"
lines <- readLines(template)
for (name in names(values)) {
  lines <- gsub(paste0("@", name, "@"), values[[name]], lines, fixed = TRUE)
}
writeLines(lines, sub("\\.in$", "", template))
