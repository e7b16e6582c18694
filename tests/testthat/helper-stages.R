# Small accounts whose leads and moves are written by hand, for both APIs. Stages are
# those of every sandbox.

sales <- 3318742
repeats <- 4027915
incoming <- 33187420
contacted <- 33187423
talks <- 33187426

#' @param leads data.frame of `id`, `created_at`, `pipeline_id`, `status_id`
#' @param moves data.frame of `id`, `lead_id`, `at`, `by` and the stages, named as in
#'   stays_of(); rows are in the order of the server's list
hand_made <- function(leads, moves, api, ...) {
  if (api == "v2") {
    items <- list(leads = json_rows(lead_json(leads)), lead = json_rows(note_json(moves)))
    return(AmoSandbox(notes = 0, items = items, ...))
  }
  page <- function(name, rows) sprintf('{"_embedded":{"%s":%s}}', name, json_rows(rows))
  answer <- function(path, body) {
    list(path = path, nth = c(1, Inf), action = "body", body = body)
  }
  AmoSandbox(notes = 0, access = "token", v2 = FALSE, ..., faults = list(
    answer("/api/v4/events", page("events", event_json(moves))),
    answer("/api/v4/leads?", page("leads", lead_json(leads)))
  ))
}

json_rows <- function(rows) sprintf("[%s]", paste(rows, collapse = ","))

lead_json <- function(leads) {
  sprintf(
    paste0(
      '{"id":%.0f,"created_at":%.0f,"updated_at":1900000000,"created_by":0,',
      '"pipeline_id":%.0f,"status_id":%.0f,"responsible_user_id":6102533,"account_id":1}'
    ), leads$id, leads$created_at, leads$pipeline_id, leads$status_id
  )
}

note_json <- function(moves) {
  sprintf(
    paste0(
      '{"id":%.0f,"element_id":%.0f,"element_type":2,"note_type":3,"created_at":%.0f,',
      '"created_by":%.0f,"account_id":1,"params":{"STATUS_OLD":"%.0f","STATUS_NEW":"%.0f",',
      '"PIPELINE_ID_OLD":%.0f,"PIPELINE_ID_NEW":%.0f}}'
    ), moves$id, moves$lead_id, moves$at, moves$by, moves$status_before, moves$status_after,
    moves$pipeline_before, moves$pipeline_after
  )
}

event_json <- function(moves) {
  stage <- function(pipeline, status) {
    sprintf('[{"lead_status":{"id":%.0f,"pipeline_id":%.0f}}]', status, pipeline)
  }
  sprintf(
    paste0(
      '{"id":"01hand%.0f","type":"lead_status_changed","entity_type":"lead",',
      '"entity_id":%.0f,"created_at":%.0f,"created_by":%.0f,"account_id":1,',
      '"value_before":%s,"value_after":%s}'
    ), moves$id, moves$lead_id, moves$at, moves$by,
    stage(moves$pipeline_before, moves$status_before),
    stage(moves$pipeline_after, moves$status_after)
  )
}

#' A move within the main pipeline unless others are named
a_move <- function(id, lead_id, at, before, after, pipeline_before = sales,
                   pipeline_after = sales, by = 6102417) {
  data.frame(
    id = id, lead_id = lead_id, at = at, by = by, pipeline_before = pipeline_before,
    status_before = before, pipeline_after = pipeline_after, status_after = after
  )
}

a_lead <- function(id, created_at, status_id, pipeline_id = sales) {
  data.frame(id = id, created_at = created_at, pipeline_id = pipeline_id, status_id = status_id)
}
