//! Who may come in: the login page and the check of every other request.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use serde_json::json;

use super::form;
use super::state::Server;
use crate::api::query::Query;
use crate::api::{self, reply, v4};
use crate::data::{SETTINGS, account, random};

const JSON: &str = "application/json; charset=utf-8";
const XML: &str = "text/xml; charset=utf-8";

/// Answers `/private/api/auth.php`: a session cookie for the right e-mail and
/// key, which may stand in the query or in a body of any encoding.
pub async fn login(State(server): State<Arc<Server>>, request: Request) -> Response {
    let query = api::query(&request);
    let json = query.value("type") == Some("json");
    let known = accepts(&server, &query) || accepts(&server, &form::read(request).await);
    match (known, json) {
        (true, true) => with_cookies(&server, success(&server)),
        (true, false) => with_cookies(&server, xml(StatusCode::OK, true)),
        (false, true) => refusal(&server),
        (false, false) => xml(StatusCode::UNAUTHORIZED, false),
    }
}

/// Lets a request through that carries an open session, credentials or a good
/// token, and answers 401 to any other.
pub async fn check(State(server): State<Arc<Server>>, request: Request, next: Next) -> Response {
    if is_known(&server, &request) { next.run(request).await } else { refusal(&server) }
}

/// Lets a request through that carries a good token, which is all that API v4
/// takes.
pub async fn check_token(
    State(server): State<Arc<Server>>,
    request: Request,
    next: Next,
) -> Response {
    if has_token(&server, request.headers()) {
        next.run(request).await
    } else {
        v4::unauthorized(&server.app)
    }
}

/// The value of the session cookie, if one was sent.
pub fn session_cookie(headers: &HeaderMap) -> Option<&str> {
    let texts = headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    texts.flat_map(|text| text.split(';')).find_map(|pair| pair.trim().strip_prefix("session_id="))
}

/// The bearer token, if one was sent.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Whether a bearer token was sent that is good at present.
fn has_token(server: &Server, headers: &HeaderMap) -> bool {
    bearer(headers).is_some_and(|token| server.tokens.admits(token))
}

/// What a wrong key gets, and a session that is over: 401, code 110.
pub fn refusal(server: &Server) -> Response {
    let body = json!({ "response": {
        "error": "Неправильный логин или пароль",
        "error_code": "110",
        "ip": "127.0.0.1",
        "domain": server.app.domain(),
        "auth": false,
        "server_time": reply::server_time(),
    }});
    reply::json(StatusCode::UNAUTHORIZED, JSON, &body)
}

fn is_known(server: &Server, request: &Request) -> bool {
    let query = api::query(request);
    let session = session_cookie(request.headers());
    session.is_some_and(|id| server.sessions.admits(id))
        || accepts(server, &query)
        || has_token(server, request.headers())
}

fn accepts(server: &Server, fields: &Query) -> bool {
    let spellings = [("USER_LOGIN", "USER_HASH"), ("login", "api_key")];
    spellings.into_iter().any(|(login, key)| {
        fields.value(login) == Some(SETTINGS.users[0].login)
            && fields.value(key) == Some(&server.apikey)
    })
}

fn success(server: &Server) -> Response {
    let language = account::LANGUAGE;
    let body = json!({ "response": {
        "auth": true,
        "accounts": [{
            "id": server.app.account.id.to_string(),
            "name": account::NAME,
            "subdomain": account::SUBDOMAIN,
            "language": language,
            "timezone": server.app.account.timezone_name(),
        }],
        "user": { "id": SETTINGS.users[0].id.to_string(), "language": language },
        "server_time": reply::server_time(),
    }});
    reply::json(StatusCode::OK, JSON, &body)
}

fn xml(status: StatusCode, auth: bool) -> Response {
    let body =
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<root><auth>{auth}</auth></root>\n");
    reply::text(status, XML, body)
}

/// Adds a new session and the two cookies that come with it. Loopback has no
/// domain name, so none is given.
fn with_cookies(server: &Server, mut response: Response) -> Response {
    let session = random::secret();
    server.sessions.issue(&session);
    let cookies = [
        format!("session_id={session}; path=/; HttpOnly"),
        format!("BITRIX_SM_LOGIN={}; path=/", SETTINGS.users[0].login.replace('@', "%40")),
        format!("user_lang={}; path=/", account::LANGUAGE),
    ];
    for cookie in cookies {
        // An e-mail that no header can hold loses its cookie; nobody reads it.
        if let Ok(value) = HeaderValue::try_from(cookie) {
            response.headers_mut().append(SET_COOKIE, value);
        }
    }
    response
}
