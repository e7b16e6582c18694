#' Types of notes
#'
#' @return A data.frame with a row for each type and the columns
#'   \describe{
#'     \item{`code`}{integer: the code in the column `note_type` of [AmoNotes()],
#'       where it is text}
#'     \item{`name`}{character: the name in API v4}
#'     \item{`label`, `label_ru`}{character: description in English and in
#'       Russian}
#'     \item{`kind`}{character: `"note"` if people and integrations write it,
#'       `"event"` if amoCRM does}
#'   }
#'   amoCRM has not published a full list: accounts can have other codes, which
#'   [AmoNotes()] returns as they are.
#' @examples
#' AmoNoteTypes()
#' @export
AmoNoteTypes <- function() {
  as.data.frame(rust_note_types(), stringsAsFactors = FALSE)
}
