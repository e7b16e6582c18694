# Writes src/Makevars (or src/Makevars.win) from its template. Run by
# configure from the package's top folder.

source("tools/msrv.R")

is_set <- function(variable) nzchar(Sys.getenv(variable))
is_windows <- .Platform$OS.type == "windows"

# A source package for CRAN brings its crates along, and is built offline and
# without writing outside its folder. In a checkout cargo fetches them.
vendored <- file.exists("src/rust/vendor.tar.xz")

# AMOCRM_CARGO_TARGET_DIR keeps what cargo builds, so that tests, install and
# check don't each begin from nothing.
target_dir <- Sys.getenv("AMOCRM_CARGO_TARGET_DIR", "./rust/target")
keep_target <- is_set("AMOCRM_CARGO_TARGET_DIR") || is_set("NOT_CRAN")

# What Rust's libraries need from the system, and what keeps the library
# small: only R_init_amocrm() has to be seen from outside.
link_flags <- function() {
  switch(Sys.info()[["sysname"]],
    Darwin = paste(
      "-framework Security -framework CoreFoundation -framework SystemConfiguration",
      "-Wl,-dead_strip -Wl,-x"
    ),
    Linux = "-Wl,--gc-sections -Wl,--exclude-libs,ALL -Wl,-S -Wl,-x",
    ""
  )
}

profile <- if (is_set("DEBUG")) "debug" else "release"
target <- if (is_windows) "x86_64-pc-windows-gnu" else ""

values <- c(
  TARGET_DIR = target_dir,
  LIBDIR = paste(c(target_dir, target[nzchar(target)], profile), collapse = "/"),
  PROFILE = if (profile == "release") "--release" else "",
  TARGET = if (nzchar(target)) paste0("--target=", target) else "",
  VENDOR = if (vendored) "vendor" else "",
  OFFLINE = if (vendored) "--offline" else "",
  CARGO_HOME = if (vendored) "export CARGO_HOME=$(CURDIR)/.cargo &&" else "",
  LINK = link_flags(),
  CLEAN = if (keep_target) "" else "rust_clean"
)

template <- if (is_windows) "src/Makevars.win.in" else "src/Makevars.in"
lines <- readLines(template)
for (name in names(values)) {
  lines <- gsub(paste0("@", name, "@"), values[[name]], lines, fixed = TRUE)
}
writeLines(lines, sub("\\.in$", "", template))
