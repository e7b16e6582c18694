//! The address under which the client knows us, for links.

use axum::http::HeaderMap;
use axum::http::header::HOST;

/// Scheme and host as the request named them. The real service links to the
/// account's own host; here that would lead out of this computer.
pub fn of(headers: &HeaderMap) -> String {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    format!("http://{}", host.unwrap_or("127.0.0.1"))
}
