# Messages in the user's language. tools/po.R collects the strings in gettext(),
# gettextf() and ngettext() for translation. A string has to be on one line, so
# longer messages consist of several, one per sentence or clause.

#' base::gettext() with the package's translations
#'
#' By default it takes the translations of the calling package, and finds none if
#' the caller is a function of base R, such as vapply().
#' @noRd
gettext <- function(...) base::gettext(..., domain = "R-amocrm")

#' base::gettextf() with the package's translations
#' @noRd
gettextf <- function(fmt, ...) sprintf(gettext(fmt), ...)

#' base::ngettext() with the package's translations
#' @noRd
ngettext <- function(n, msg1, msg2) base::ngettext(n, msg1, msg2, domain = "R-amocrm")

#' Joins sentences or clauses
#' @noRd
join <- function(...) paste(c(...), collapse = " ")

#' Whether texts come out in Russian, the only translation so far
#' @noRd
is_russian <- function() gettext("interrupted") != "interrupted"
