//! Replies that several parts of the service give.

use std::time::{SystemTime, UNIX_EPOCH};

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::api::json;
use crate::data::random;

/// The media type of a page of rows.
pub const HAL: &str = "application/hal+json";
/// The media type of an error of the newer kind.
pub const PROBLEM: &str = "application/problem+json";

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

#[derive(Serialize)]
struct Problem<'a> {
    #[serde(rename = "type")]
    about: &'a str,
    title: &'a str,
    detail: &'a str,
    status: u16,
}

/// A reply with a JSON body and the given media type.
pub fn json<T: Serialize>(status: StatusCode, media_type: &'static str, value: &T) -> Response {
    encoded(status, media_type, json::encode(value))
}

/// The same in the spelling of API v4, which escapes neither `/` nor letters.
pub fn plain_json<T: Serialize>(
    status: StatusCode,
    media_type: &'static str,
    value: &T,
) -> Response {
    encoded(status, media_type, serde_json::to_vec(value))
}

/// A reply with a ready body.
pub fn text(status: StatusCode, media_type: &'static str, body: impl Into<Body>) -> Response {
    (status, [(CONTENT_TYPE, media_type)], body.into()).into_response()
}

/// A reply of status only, zero bytes long.
pub fn empty(status: StatusCode) -> Response {
    status.into_response()
}

/// The service's newer kind of error: a problem object.
pub fn problem(status: StatusCode, title: &str, detail: &str) -> Response {
    let about = "https://www.amocrm.ru/developers/";
    json(status, PROBLEM, &Problem { about, title, detail, status: status.as_u16() })
}

/// The answer to a path that the service does not have.
pub async fn page_not_found() -> Response {
    problem(StatusCode::NOT_FOUND, "Not Found", "Page not found")
}

/// Gives the reply the number that support asks for, unless it has one.
pub fn add_request_id(response: &mut Response) {
    if let Ok(id) = HeaderValue::try_from(random::secret()) {
        response.headers_mut().entry(REQUEST_ID).or_insert(id);
    }
}

/// Seconds since 1970, now.
pub fn server_time() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |time| time.as_secs())
}

fn encoded(
    status: StatusCode,
    media_type: &'static str,
    body: serde_json::Result<Vec<u8>>,
) -> Response {
    match body {
        Ok(bytes) => text(status, media_type, bytes),
        Err(error) => text(StatusCode::INTERNAL_SERVER_ERROR, "text/plain", error.to_string()),
    }
}
