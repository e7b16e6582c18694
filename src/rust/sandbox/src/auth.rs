//! Who may come in: the login page and the check of every other request.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, COOKIE, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use serde::Serialize;

use crate::app::App;
use crate::data::account;
use crate::form;
use crate::query::Query;
use crate::reply;

const JSON: &str = "application/json; charset=utf-8";
const XML: &str = "text/xml; charset=utf-8";

#[derive(Serialize)]
struct Envelope<T> {
    response: T,
}

#[derive(Serialize)]
struct Success<'a> {
    auth: bool,
    accounts: [AccountLine<'a>; 1],
    user: UserLine,
    server_time: u64,
}

#[derive(Serialize)]
struct AccountLine<'a> {
    id: String,
    name: &'a str,
    subdomain: &'a str,
    language: &'a str,
    timezone: &'a str,
}

#[derive(Serialize)]
struct UserLine {
    id: String,
    language: &'static str,
}

#[derive(Serialize)]
struct Failure {
    error: &'static str,
    error_code: &'static str,
    ip: &'static str,
    domain: String,
    auth: bool,
    server_time: u64,
}

/// Answers `/private/api/auth.php`: a session cookie for the right e-mail and
/// key, which may stand in the query or in a body of any encoding.
pub async fn login(State(app): State<Arc<App>>, request: Request) -> Response {
    let query = Query::parse(request.uri().query().unwrap_or_default().as_bytes());
    let json = query.value("type") == Some("json");
    let known = accepts(&app, &query) || accepts(&app, &form::read(request).await);
    match (known, json) {
        (true, true) => with_cookies(&app, success(&app)),
        (true, false) => with_cookies(&app, xml(StatusCode::OK, true)),
        (false, true) => refusal(&app),
        (false, false) => xml(StatusCode::UNAUTHORIZED, false),
    }
}

/// Lets a request through that carries an open session, credentials or a good
/// token, and answers 401 to any other.
pub async fn check(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    if is_known(&app, &parts) {
        next.run(Request::from_parts(parts, body)).await
    } else {
        refusal(&app)
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
pub fn has_token(app: &App, headers: &HeaderMap) -> bool {
    bearer(headers).is_some_and(|token| app.tokens.admit(token))
}

/// What a wrong key gets, and a session that is over: 401, code 110.
pub fn refusal(app: &App) -> Response {
    let response = Failure {
        error: "Неправильный логин или пароль",
        error_code: "110",
        ip: "127.0.0.1",
        domain: app.domain(),
        auth: false,
        server_time: reply::server_time(),
    };
    reply::json(StatusCode::UNAUTHORIZED, JSON, &Envelope { response })
}

fn is_known(app: &App, parts: &Parts) -> bool {
    let query = Query::parse(parts.uri.query().unwrap_or_default().as_bytes());
    let session = session_cookie(&parts.headers);
    session.is_some_and(|id| app.sessions.is_open(id))
        || accepts(app, &query)
        || has_token(app, &parts.headers)
}

fn accepts(app: &App, fields: &Query) -> bool {
    let spellings = [("USER_LOGIN", "USER_HASH"), ("login", "api_key")];
    spellings.into_iter().any(|(login, key)| {
        fields.value(login) == Some(&app.email) && fields.value(key) == Some(&app.apikey)
    })
}

fn success(app: &App) -> Response {
    let account = AccountLine {
        id: account::ID.to_string(),
        name: account::NAME,
        subdomain: &app.account.subdomain,
        language: account::LANGUAGE,
        timezone: app.account.timezone_name(),
    };
    let user = UserLine { id: account::USERS[0].id.to_string(), language: account::LANGUAGE };
    let response =
        Success { auth: true, accounts: [account], user, server_time: reply::server_time() };
    reply::json(StatusCode::OK, JSON, &Envelope { response })
}

fn xml(status: StatusCode, auth: bool) -> Response {
    let body =
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<root><auth>{auth}</auth></root>\n");
    reply::text(status, XML, body)
}

/// Adds a new session and the two cookies that come with it. Loopback has no
/// domain name, so none is given.
fn with_cookies(app: &App, mut response: Response) -> Response {
    let cookies = [
        format!("session_id={}; path=/; HttpOnly", app.sessions.open()),
        format!("BITRIX_SM_LOGIN={}; path=/", app.email.replace('@', "%40")),
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_session_is_found_among_other_cookies() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, "user_lang=ru; session_id=abc".parse().unwrap());
        assert_eq!(session_cookie(&headers), Some("abc"));
    }

    #[test]
    fn the_scheme_of_a_token_may_be_spelt_in_any_case() {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, "bearer a.b.c".parse().unwrap());
        assert_eq!(bearer(&headers), Some("a.b.c"));
        headers.insert(AUTHORIZATION, "Basic abc".parse().unwrap());
        assert_eq!(bearer(&headers), None);
    }

    #[test]
    fn other_cookies_are_no_session() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, "user_lang=ru; my_session_id=abc".parse().unwrap());
        assert_eq!(session_cookie(&headers), None);
    }
}
