//! A page of rows, as every list of API v2 sends it.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;

use super::echo;
use crate::api::reply::{self, AllRows, ListRows, RowCap, RowCount};
use crate::api::{Json, object};

/// Answers with rows of the list at `path`, or 204 when there are none.
pub fn answer(request: &Request, path: &str, mut rows: Vec<Json>) -> Response {
    if rows.is_empty() {
        return reply::empty(StatusCode::NO_CONTENT);
    }
    if request.extensions().get::<AllRows>().is_some() {
        let mut response = reply::empty(StatusCode::OK);
        response.extensions_mut().insert(ListRows { name: "items".to_owned(), items: rows });
        return response;
    }
    if let Some(RowCap(most)) = request.extensions().get() {
        rows.truncate(usize::try_from(*most).unwrap_or(usize::MAX));
    }
    let count = rows.len() as u64;
    whole(request, path, rows.into(), count)
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
