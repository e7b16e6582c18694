//! Bodies that do not come as they should.

use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::HeaderValue;
use axum::http::header::CONTENT_LENGTH;
use axum::http::response::Parts;
use axum::response::Response;
use futures_util::stream::{self, StreamExt};

/// The same reply with a body that stops half way.
pub async fn cut(response: Response) -> Response {
    let (parts, whole) = announced(response).await;
    let half = whole.slice(..whole.len() / 2);
    let failure = async {
        // The server sends what it holds while it waits for more. Failing at
        // once would throw the first half away.
        tokio::task::yield_now().await;
        Err(io::Error::from(io::ErrorKind::ConnectionAborted))
    };
    let body = stream::iter([Ok(half)]).chain(stream::once(failure));
    Response::from_parts(parts, Body::from_stream(body))
}

/// The same reply, a byte at a time with a pause before each.
pub async fn drip(response: Response, pause: Duration) -> Response {
    let (parts, whole) = announced(response).await;
    let bytes = (0..whole.len()).map(move |at| whole.slice(at..=at));
    let body = stream::iter(bytes).then(move |byte| async move {
        tokio::time::sleep(pause).await;
        io::Result::Ok(byte)
    });
    Response::from_parts(parts, Body::from_stream(body))
}

/// The same reply with one text for another in its body.
pub async fn replace(response: Response, text: &str, by: &str) -> Response {
    let (mut parts, whole) = announced(response).await;
    let body = String::from_utf8_lossy(&whole).replace(text, by);
    parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    Response::from_parts(parts, Body::from(body))
}

/// The head of a reply, which says how long its body is, and the body.
async fn announced(response: Response) -> (Parts, Bytes) {
    let (mut parts, body) = response.into_parts();
    let whole = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(whole.len()));
    (parts, whole)
}
