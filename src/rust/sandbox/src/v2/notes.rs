//! `GET /api/v2/notes`.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use super::filter::Filter;
use super::note::NoteView;
use super::page;
use crate::app::App;
use crate::recorded;
use crate::reply;
use crate::rows::Rows;

#[derive(Serialize)]
struct Failure {
    response: FailureText,
}

#[derive(Serialize)]
struct FailureText {
    error: &'static str,
    error_code: &'static str,
    server_time: u64,
}

/// Answers with a page of rows, 204 when there are none, or 400 when the type
/// is missing or unknown.
pub async fn list(State(app): State<Arc<App>>, request: Request) -> Response {
    let Some(filter) = Filter::read(&page::query(&request), request.headers()) else {
        return type_required();
    };
    let Some(rows) = app.rows.get(&filter.kind) else {
        return type_required();
    };
    let indices = filter.select(&app.account, rows, &app.presence.now());
    let path = "/api/v2/notes";
    match rows {
        Rows::Generated(kind, _) => {
            let notes = indices.into_iter().map(|index| app.account.note(*kind, index));
            page::answer(&request, path, notes.map(NoteView::of).collect())
        }
        Rows::Recorded(rows) => page::answer(&request, path, recorded::at(rows, &indices)),
    }
}

fn type_required() -> Response {
    let response = FailureText {
        error: "Не указан или неизвестен тип примечаний (type)",
        error_code: "221",
        server_time: reply::server_time(),
    };
    reply::json(StatusCode::BAD_REQUEST, "application/json; charset=utf-8", &Failure { response })
}
