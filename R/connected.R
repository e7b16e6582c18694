# Groups of what is connected, directly or through others.

#' The group of each of `n` members
#'
#' Each member points to one of its group, at first to itself. In each round every group
#' joins the first group with which it shares something, so the number of groups that have
#' others to join halves at least.
#'
#' @param member,thing numbers from 1: which member has which thing
#' @return for each member the first member of its group
#' @noRd
connected <- function(member, thing, n) {
  group <- seq_len(n)
  repeat {
    first <- least(group[member], thing, max(0, thing))
    joined <- pmin(group, least(first[thing], group[member], n))
    while (!identical(joined[joined], joined)) joined <- joined[joined]
    if (identical(joined[group], group)) {
      return(group)
    }
    group <- joined[group]
  }
}

#' The least of the values of each place from 1 to n, n + 1 where there is none
#' @noRd
least <- function(values, place, n) {
  result <- rep(.Machine$integer.max, n)
  downwards <- order(values, decreasing = TRUE, method = "radix")
  # Of several assignments the last one stays.
  result[place[downwards]] <- values[downwards]
  result
}
