//! `GET /api/v2/notes`.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use serde::Serialize;
use serde_json::value::RawValue;

use super::Links;
use super::filter::Filter;
use super::note::NoteView;
use crate::app::App;
use crate::fault::RowCap;
use crate::query::Query;
use crate::reply::{self, RowCount};
use crate::rows::Rows;

#[derive(Serialize)]
struct Page<'a> {
    _links: Links,
    _embedded: Embedded<'a>,
}

#[derive(Serialize)]
struct Embedded<'a> {
    items: Vec<Item<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Item<'a> {
    Generated(Box<NoteView>),
    Recorded(&'a RawValue),
}

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
    let query = Query::parse(request.uri().query().unwrap_or_default().as_bytes());
    let Some(filter) = Filter::read(&query, request.headers()) else {
        return type_required();
    };
    let Some(rows) = app.rows.get(&filter.kind) else {
        return type_required();
    };
    let mut indices = filter.select(&app.account, rows, &app.presence.now());
    if indices.is_empty() {
        return reply::empty(StatusCode::NO_CONTENT);
    }
    if let Some(RowCap(most)) = request.extensions().get() {
        indices.truncate(usize::try_from(*most).unwrap_or(usize::MAX));
    }
    let page = Page {
        _links: Links::echo("/api/v2/notes", request.uri()),
        _embedded: Embedded { items: items(&app, rows, &indices) },
    };
    let mut response = reply::json(StatusCode::OK, reply::HAL, &page);
    response.extensions_mut().insert(RowCount(indices.len() as u64));
    add_headers(&mut response);
    response
}

fn items<'a>(app: &App, rows: &'a Rows, indices: &[u64]) -> Vec<Item<'a>> {
    match rows {
        Rows::Generated(kind, _) => {
            let notes = indices.iter().map(|index| app.account.note(*kind, *index));
            notes.map(|note| Item::Generated(Box::new(NoteView::of(note)))).collect()
        }
        Rows::Recorded(rows) => {
            let positions = indices.iter().filter_map(|index| usize::try_from(*index).ok());
            let rows = positions.filter_map(|index| rows.get(index));
            rows.map(|row| Item::Recorded(&row.json)).collect()
        }
    }
}

fn add_headers(response: &mut Response) {
    let time = HeaderValue::from(reply::server_time());
    response.headers_mut().insert(HeaderName::from_static("runtime-timestamp"), time);
}

fn type_required() -> Response {
    let response = FailureText {
        error: "Не указан или неизвестен тип примечаний (type)",
        error_code: "221",
        server_time: reply::server_time(),
    };
    reply::json(StatusCode::BAD_REQUEST, "application/json; charset=utf-8", &Failure { response })
}
