//! What was asked of the sandbox.

use std::sync::Mutex;
use std::time::Duration;

use axum::http::header::{HeaderMap, IF_MODIFIED_SINCE, USER_AGENT};
use axum::http::request::Parts;

use super::auth;
use crate::api::query;
use crate::sync::lock;

/// One request, as the log keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Arrival, in milliseconds since the sandbox started.
    pub at_ms: u64,
    /// `GET`, `POST` …
    pub method: String,
    /// The path without the query.
    pub path: String,
    /// The query as sent, values of credentials replaced by `REDACTED`.
    pub query: String,
    /// HTTP status of the reply; 0 while there is none, and for good when the
    /// connection was closed without one.
    pub status: u16,
    /// The header of that name, as sent.
    pub if_modified_since: Option<String>,
    /// The header of that name, as sent.
    pub user_agent: Option<String>,
    /// Whether a session cookie came along, valid or not.
    pub cookie: bool,
    /// Whether a bearer token came along, valid or not.
    pub bearer: bool,
    /// Rows in the reply.
    pub rows: u64,
}

/// The requests so far, in order of arrival.
#[derive(Default)]
pub struct Log(Mutex<Vec<Request>>);

impl Log {
    /// Notes an arrival, `at` after the start; gives the entry's number.
    pub fn arrived(&self, at: Duration, parts: &Parts) -> usize {
        let mut entries = lock(&self.0);
        entries.push(entry(at, parts));
        entries.len() - 1
    }

    /// Notes how request `number` was answered.
    pub fn answered(&self, number: usize, status: u16, rows: u64) {
        if let Some(entry) = lock(&self.0).get_mut(number) {
            entry.status = status;
            entry.rows = rows;
        }
    }

    /// A copy of all entries.
    pub fn entries(&self) -> Vec<Request> {
        lock(&self.0).clone()
    }
}

fn entry(at: Duration, parts: &Parts) -> Request {
    Request {
        at_ms: u64::try_from(at.as_millis()).unwrap_or(u64::MAX),
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: query::redact(parts.uri.query().unwrap_or_default()),
        status: 0,
        if_modified_since: header(&parts.headers, &IF_MODIFIED_SINCE),
        user_agent: header(&parts.headers, &USER_AGENT),
        cookie: auth::session_cookie(&parts.headers).is_some(),
        bearer: auth::bearer(&parts.headers).is_some(),
        rows: 0,
    }
}

fn header(headers: &HeaderMap, name: &axum::http::HeaderName) -> Option<String> {
    let value = headers.get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}
