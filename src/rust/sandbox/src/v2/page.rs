//! A page of rows, as every list of API v2 sends it.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use serde::Serialize;
use serde_json::value::RawValue;

use super::Links;
use crate::query::Query;
use crate::reply::{self, RowCap, RowCount};

#[derive(Serialize)]
struct Page<T> {
    _links: Links,
    _embedded: Embedded<T>,
}

#[derive(Serialize)]
struct Embedded<T> {
    items: T,
}

/// The parameters of a request.
pub fn query(request: &Request) -> Query {
    Query::parse(request.uri().query().unwrap_or_default().as_bytes())
}

/// Answers with rows of the list at `path`, or 204 when there are none.
pub fn answer<T: Serialize>(request: &Request, path: &str, mut rows: Vec<T>) -> Response {
    if rows.is_empty() {
        return reply::empty(StatusCode::NO_CONTENT);
    }
    if let Some(RowCap(most)) = request.extensions().get() {
        rows.truncate(usize::try_from(*most).unwrap_or(usize::MAX));
    }
    let count = rows.len() as u64;
    whole(request, path, rows, count)
}

/// Answers with these rows, however they were found.
pub fn list_page(request: &Request, rows: Vec<&RawValue>) -> Response {
    answer(request, request.uri().path(), rows)
}

/// Answers with `items`, which hold so many rows.
pub fn whole<T: Serialize>(request: &Request, path: &str, items: T, count: u64) -> Response {
    let page = Page { _links: Links::echo(path, request.uri()), _embedded: Embedded { items } };
    let mut response = reply::json(StatusCode::OK, reply::HAL, &page);
    response.extensions_mut().insert(RowCount(count));
    let time = HeaderValue::from(reply::server_time());
    response.headers_mut().insert(HeaderName::from_static("runtime-timestamp"), time);
    response
}
