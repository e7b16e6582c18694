# Phone numbers and email addresses as texts that can be compared.

# What follows such a word behind a number, in English or Russian, is an extension.
extension <- "([0-9].*?)(ext|x|#|\u0434\u043e\u0431|\u0432\u043d)[^0-9]*[0-9]*[^0-9]*$"

#' The digits of numbers, without an extension; NA for none
#' @noRd
phone_digits <- function(phones) {
  digits <- gsub("[^0-9]", "", sub(extension, "\\1", tolower(phones), perl = TRUE))
  digits[!nzchar(digits)] <- NA
  digits
}

#' Numbers as they are compared: 8 and +7 begin the same numbers of Russia and Kazakhstan
#'
#' With a plus, 8 begins numbers of other countries.
#' @return NA for what is too short to be a number that only one contact has
#' @noRd
phone_keys <- function(phones) {
  digits <- phone_digits(phones)
  has_8 <- grepl("^8[34789][0-9]{9}$", digits) & !grepl("^\\s*\\+", phones)
  digits[has_8] <- sub("8", "7", digits[has_8])
  digits[nchar(digits) < 7] <- NA
  digits
}

#' Addresses as they are compared; NA for what is none
#' @noRd
email_keys <- function(emails) {
  emails <- tolower(gsub("\\s", "", emails))
  emails[!grepl("^[^@]+@[^@]+$", emails)] <- NA
  emails
}
