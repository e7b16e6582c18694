#' The known types of notes
#'
#' @return A data.frame with a row for each type and the columns
#'   \describe{
#'     \item{`code`}{integer: the number that the column `note_type` of
#'       [AmoNotes()] holds, there as text}
#'     \item{`name`}{character: the name, as API v4 writes it}
#'     \item{`label`, `label_ru`}{character: what it is, in English and in
#'       Russian}
#'     \item{`kind`}{character: `"note"` for what people and integrations
#'       write, `"event"` for what the system records}
#'   }
#'   amoCRM never published a full list: accounts may hold other codes, which
#'   [AmoNotes()] passes through.
#' @examples
#' AmoNoteTypes()
#' @export
AmoNoteTypes <- function() {
  as.data.frame(rust_note_types(), stringsAsFactors = FALSE)
}
