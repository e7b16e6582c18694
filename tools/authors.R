# Writes inst/AUTHORS and LICENSE.note: who wrote the crates that the package is
# built from, and under which licences they come.
#
#   Rscript tools/authors.R           after a change of src/rust/Cargo.lock
#   Rscript tools/authors.R --check   fails when they are not up to date
#
# Run from the package's top folder. Needs cargo and jsonlite.

#' What a program prints
lines_of <- function(command, arguments) {
  lines <- system2(command, arguments, stdout = TRUE)
  if (!is.null(attr(lines, "status"))) stop(command, " failed", call. = FALSE)
  Encoding(lines) <- "UTF-8"
  lines
}

#' What cargo tells about the crates that are built, sorted by name and version
built_crates <- function() {
  built <- lines_of("sh", "tools/crates.sh")
  metadata <- lines_of(
    "cargo", "metadata --locked --format-version 1 --manifest-path src/rust/Cargo.toml"
  )
  crates <- jsonlite::fromJSON(metadata, simplifyVector = FALSE)$packages
  names(crates) <- vapply(crates, function(crate) paste(crate$name, crate$version), "")
  unname(crates[built])
}

#' Replaces the letters of Latin-1, so that these files need no encoding
as_ascii <- function(text) {
  text <- chartr(
    paste0(
      "\u00c0\u00c1\u00c2\u00c3\u00c4\u00c5\u00c7\u00c8\u00c9\u00ca\u00cb\u00d1\u00d6\u00d8\u00dc",
      "\u00e0\u00e1\u00e2\u00e3\u00e4\u00e5\u00e7\u00e8\u00e9\u00ea\u00eb\u00ed\u00f1\u00f3\u00f6",
      "\u00f8\u00fc"
    ),
    "AAAAAACEEEENOOUaaaaaaceeeeinooou", text
  )
  if (any(is.na(iconv(text, "UTF-8", "ASCII")))) {
    stop("no ASCII letters for: ", toString(text), call. = FALSE)
  }
  text
}

#' The names of a crate's authors, without their addresses
#'
#' Newer crates name none: cargo has given up the field.
authors_of <- function(crate) {
  names <- trimws(sub("<[^>]*>", "", unlist(crate$authors)))
  names <- names[nzchar(names)]
  if (length(names) == 0) paste("the authors of the crate", crate$name) else toString(names)
}

licence_of <- function(crate) {
  if (!is.null(crate$license)) return(gsub("/", " OR ", crate$license, fixed = TRUE))
  if (!is.null(crate$license_file)) return(paste("see its file", crate$license_file))
  stop(crate$name, " tells no licence", call. = FALSE)
}

page_of <- function(crate) {
  page <- c(crate$repository, crate$homepage)
  if (length(page) > 0) page[[1]] else paste0("https://crates.io/crates/", crate$name)
}

#' One entry: a crate, and indented lines about it
entry <- function(crate, ...) {
  about <- strwrap(as_ascii(c(...)), width = 90, indent = 2, exdent = 4)
  c("", paste(crate$name, crate$version), about)
}

crates <- built_crates()
files <- list(
  "inst/AUTHORS" = c(
    "The library inside amocrm is built from these Rust crates. Their licences are in the",
    "file LICENSE.note of the source package.",
    unlist(lapply(crates, function(crate) entry(crate, authors_of(crate), page_of(crate))))
  ),
  "LICENSE.note" = c(
    "amocrm comes under the MIT licence: see LICENSE. The library inside it is built from",
    "these Rust crates, each under its own licence. Their authors are in inst/AUTHORS.",
    unlist(lapply(crates, function(crate) entry(crate, licence_of(crate))))
  )
)

if ("--check" %in% commandArgs(TRUE)) {
  is_current <- mapply(
    function(file, lines) file.exists(file) && identical(readLines(file), lines),
    names(files), files
  )
  if (!all(is_current)) {
    stop("run Rscript tools/authors.R: not up to date is ", toString(names(files)[!is_current]),
      call. = FALSE
    )
  }
} else {
  for (file in names(files)) writeLines(files[[file]], file)
}
