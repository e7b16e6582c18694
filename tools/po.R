# Regenerates po/R-amocrm.pot from the texts in R/*.R, updates the translations
# po/R-<language>.po and compiles them to inst/po. Fails when a text is not
# translated: edit the .po file and run it again.
#
#   Rscript tools/po.R
#
# Run from the package's top folder, with the programs of GNU gettext at hand.

programs <- c("msgmerge", "msgfmt", "msgattrib")
missing <- programs[!nzchar(Sys.which(programs))]
if (length(missing) > 0) stop("GNU gettext is not installed: ", toString(missing), call. = FALSE)

# A text that changed is to be translated anew, not guessed from the old one.
tools::update_pkg_po(".", mergeOpts = "--backup=none --no-fuzzy-matching")
# It is English with other quotes, and mistakes apostrophes for them.
unlink(file.path("inst", "po", "en@quot"), recursive = TRUE)

#' The entries of a .po file that have a flaw, as lines
entries <- function(file, flaw) {
  found <- system2("msgattrib", c("--no-obsolete", flaw, shQuote(file)), stdout = TRUE)
  if (!is.null(attr(found, "status"))) stop("msgattrib failed on ", file, call. = FALSE)
  found
}

for (file in list.files("po", pattern = "^R-.*\\.po$", full.names = TRUE)) {
  # Texts that are gone.
  system2("msgattrib", c("--no-obsolete", "-o", shQuote(file), shQuote(file)))
  unfinished <- c(entries(file, "--untranslated"), entries(file, "--only-fuzzy"))
  if (length(unfinished) > 0) {
    writeLines(unfinished)
    stop(file, " is not complete", call. = FALSE)
  }
  if (nrow(tools::checkPoFile(file, strictPlural = TRUE)) > 0) {
    stop(file, ": a translation has other placeholders than its text", call. = FALSE)
  }
}
