//! Errors as API v4 spells them.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::api::app::App;
use crate::api::reply;
use crate::api::{self, Json, object};

/// A parameter that makes no sense.
#[derive(Debug, PartialEq, Eq)]
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

    /// The parameter is needed and not there.
    pub fn missing(path: impl Into<String>) -> Self {
        Self { code: "FieldMissing", path: path.into(), detail: "This field is missing." }
    }

    /// The parameter goes beyond what is allowed.
    pub fn excess(path: impl Into<String>, detail: &'static str) -> Self {
        Self { code: "TooHighError", path: path.into(), detail }
    }
}

impl IntoResponse for Invalid {
    fn into_response(self) -> Response {
        let error = object! { "code": self.code, "path": self.path, "detail": self.detail };
        let errors = vec![object! { "request_id": "0", "errors": vec![error] }];
        let detail = "Request validation failed".to_owned();
        reply(errors.into(), StatusCode::BAD_REQUEST, detail, Json::Absent)
    }
}

/// What strangers get.
pub fn unauthorized(app: &App) -> Response {
    let detail = if app.kommo {
        "Invalid user name or password"
    } else {
        "Неверный логин или пароль"
    };
    problem(StatusCode::UNAUTHORIZED, detail)
}

/// What those get who may not look at something.
pub fn forbidden() -> Response {
    problem(StatusCode::FORBIDDEN, "Forbidden")
}

/// What Kommo says when there are too many requests.
pub fn too_many(wait_seconds: u64) -> Response {
    let detail =
        "You have sent too many requests in a given amount of time. Please try again later.";
    reply(Json::Absent, StatusCode::TOO_MANY_REQUESTS, detail.to_owned(), wait_seconds.into())
}

/// The answer to a path that there isn't.
pub async fn not_found(request: Request) -> Response {
    no_page(&request)
}

/// The same where a path can only be told to be wrong by reading it.
pub fn no_page(request: &Request) -> Response {
    let (method, path) = (request.method(), request.uri().path());
    problem(StatusCode::NOT_FOUND, &format!("Cannot {method} {}{path}", api::site(request)))
}

/// The answer to a method that the path does not have.
pub async fn wrong_method() -> Response {
    problem(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed")
}

fn problem(status: StatusCode, detail: &str) -> Response {
    reply(Json::Absent, status, detail.to_owned(), Json::Absent)
}

fn reply(errors: Json, status: StatusCode, detail: String, retry_after: Json) -> Response {
    let problem = object! {
        "validation-errors": errors, "title": status.canonical_reason().unwrap_or_default(),
        "type": format!("https://httpstatus.es/{}", status.as_u16()),
        "status": u32::from(status.as_u16()), "detail": detail, "retry_after": retry_after,
    };
    reply::plain_json(status, reply::PROBLEM, &problem)
}
