//! The fields of a posted form, in any of the three encodings.

use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header::CONTENT_TYPE;
use serde_json::{Map, Value};

use crate::api::query::Query;

/// Reads the body as JSON, multipart or urlencoded, whichever it is. A body
/// that is none of them has no fields.
pub async fn read(request: Request) -> Query {
    if is_multipart(&request) {
        return read_multipart(request).await.unwrap_or_default();
    }
    let body = Bytes::from_request(request, &()).await.unwrap_or_default();
    // Some clients post JSON under the name of a form, so look at the text.
    if body.trim_ascii_start().starts_with(b"{") { read_json(&body) } else { Query::parse(&body) }
}

fn is_multipart(request: &Request) -> bool {
    let media_type = request.headers().get(CONTENT_TYPE);
    media_type.is_some_and(|value| value.as_bytes().starts_with(b"multipart/"))
}

async fn read_multipart(request: Request) -> Option<Query> {
    let mut multipart = Multipart::from_request(request, &()).await.ok()?;
    let mut fields = Vec::new();
    while let Some(field) = multipart.next_field().await.ok()? {
        let name = field.name().unwrap_or_default().to_owned();
        fields.push((name, field.text().await.ok()?));
    }
    Some(fields.into_iter().collect())
}

fn read_json(body: &[u8]) -> Query {
    let fields: Map<String, Value> = serde_json::from_slice(body).unwrap_or_default();
    fields.into_iter().filter_map(text_field).collect()
}

fn text_field((name, value): (String, Value)) -> Option<(String, String)> {
    match value {
        Value::String(text) => Some((name, text)),
        _ => None,
    }
}
