//! Errors as API v4 spells them.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::site;
use crate::app::App;
use crate::reply;

#[derive(Serialize)]
struct Problem<'a> {
    #[serde(rename = "validation-errors", skip_serializing_if = "Option::is_none")]
    errors: Option<[Errors; 1]>,
    title: &'a str,
    #[serde(rename = "type")]
    about: String,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
}

#[derive(Serialize)]
struct Errors {
    request_id: &'static str,
    errors: [Invalid; 1],
}

/// A parameter that makes no sense.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Invalid {
    code: &'static str,
    /// The parameter, dots for brackets.
    path: String,
    detail: &'static str,
}

impl Invalid {
    /// The parameter is not what it should be, such as a number.
    pub fn shape(path: impl Into<String>, detail: &'static str) -> Self {
        Self { code: "InvalidType", path: path.into(), detail }
    }

    /// The parameter is none of the things it can be.
    pub fn choice(path: impl Into<String>) -> Self {
        let detail = "The value you selected is not a valid choice.";
        Self { code: "NotSupportedChoice", path: path.into(), detail }
    }

    /// The parameter goes beyond what is allowed.
    pub fn excess(path: impl Into<String>, detail: &'static str) -> Self {
        Self { code: "TooHighError", path: path.into(), detail }
    }
}

impl IntoResponse for Invalid {
    fn into_response(self) -> Response {
        let errors = Some([Errors { request_id: "0", errors: [self] }]);
        let detail = "Request validation failed";
        reply(&Problem { errors, ..problem(StatusCode::BAD_REQUEST, "Bad Request", detail) })
    }
}

/// What strangers get.
pub fn unauthorized(app: &App) -> Response {
    let detail = if app.kommo {
        "Invalid user name or password"
    } else {
        "Неверный логин или пароль"
    };
    reply(&problem(StatusCode::UNAUTHORIZED, "Unauthorized", detail))
}

/// What those get who may not look at something.
pub fn forbidden() -> Response {
    let title = "Forbidden";
    reply(&problem(StatusCode::FORBIDDEN, title, title))
}

/// What Kommo says when there are too many requests.
pub fn too_many(wait_seconds: u64) -> Response {
    let detail =
        "You have sent too many requests in a given amount of time. Please try again later.";
    let retry_after = Some(wait_seconds);
    let status = StatusCode::TOO_MANY_REQUESTS;
    reply(&Problem { retry_after, ..problem(status, "Too Many Requests", detail) })
}

/// The answer to a path that there isn't.
pub async fn not_found(request: Request) -> Response {
    no_page(&request)
}

/// The same where a path can only be told to be wrong by reading it.
pub fn no_page(request: &Request) -> Response {
    let site = site::of(request.headers());
    let detail = format!("Cannot {} {site}{}", request.method(), request.uri().path());
    reply(&problem(StatusCode::NOT_FOUND, "Not Found", &detail))
}

/// The answer to a method that the path does not have.
pub async fn wrong_method() -> Response {
    let title = "Method Not Allowed";
    reply(&problem(StatusCode::METHOD_NOT_ALLOWED, title, title))
}

fn problem<'a>(status: StatusCode, title: &'a str, detail: &'a str) -> Problem<'a> {
    let about = format!("https://httpstatus.es/{}", status.as_u16());
    Problem { errors: None, title, about, status: status.as_u16(), detail, retry_after: None }
}

fn reply(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::BAD_REQUEST);
    reply::plain_json(status, reply::PROBLEM, problem)
}
