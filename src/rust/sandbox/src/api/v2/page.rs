//! A page of rows, as every list of API v2 sends it.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;

use super::echo;
use crate::api::rows::{self, RowCount};
use crate::api::{Json, object, reply};

/// Answers with rows of the list at `path`, or 204 when there are none.
pub fn answer(request: &Request, path: &str, rows: Vec<Json>) -> Response {
    rows::answer(request, "items", rows, |rows| {
        let count = rows.len() as u64;
        whole(request, path, rows.into(), count)
    })
}

/// Answers with these rows, however they were found.
pub fn list_page(request: &Request, rows: Vec<Json>) -> Response {
    answer(request, request.uri().path(), rows)
}

/// Answers with `items`, which hold so many rows.
pub fn whole(request: &Request, path: &str, items: Json, count: u64) -> Response {
    let page = object! {
        "_links": echo(path, request.uri()), "_embedded": object! { "items": items },
    };
    let mut response = reply::json(StatusCode::OK, reply::HAL, &page);
    response.extensions_mut().insert(RowCount(count));
    let time = HeaderValue::from(reply::server_time());
    response.headers_mut().insert(HeaderName::from_static("runtime-timestamp"), time);
    response
}
