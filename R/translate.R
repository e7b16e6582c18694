# The package's words in the user's language. tools/po.R collects the constants
# in gettext(), gettextf() and ngettext() for the translators. Each has to stand
# in one line, so that a longer text is several of them, one a sentence or clause.

#' base::gettext() with the package's translations
#'
#' By itself it guesses from the calls around it whose translations to take, and
#' finds none where a function of base calls it, as vapply() may.
#' @noRd
gettext <- function(...) base::gettext(..., domain = "R-amocrm")

#' base::gettextf() likewise
#' @noRd
gettextf <- function(fmt, ...) sprintf(gettext(fmt), ...)

#' base::ngettext() likewise: the form of a text that goes with a number
#' @noRd
ngettext <- function(n, msg1, msg2) base::ngettext(n, msg1, msg2, domain = "R-amocrm")

#' Sentences or clauses as one text
#' @noRd
join <- function(...) paste(c(...), collapse = " ")

#' Whether texts come out in Russian, the only translation so far
#' @noRd
is_russian <- function() gettext("interrupted") != "interrupted"
