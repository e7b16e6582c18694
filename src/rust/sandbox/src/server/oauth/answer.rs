//! What the token endpoint says.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::tokens::{TokenPair, Tokens};
use crate::api::reply;

/// Why no tokens are given out.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    /// None where the id or the secret is not the integration's.
    hint: Option<String>,
}

/// A new pair of tokens.
pub fn tokens(tokens: &Tokens, pair: &TokenPair) -> Response {
    let body = json!({
        "token_type": "Bearer",
        "expires_in": tokens.life_seconds(),
        "server_time": reply::server_time(),
        "access_token": pair.access,
        "refresh_token": pair.refresh,
    });
    reply::plain_json(StatusCode::OK, "application/json", &body)
}

impl Refusal {
    /// The id or the secret is not the integration's.
    pub const CLIENT: Self = Self { status: StatusCode::UNAUTHORIZED, hint: None };

    /// A field is missing or wrong.
    pub fn field(hint: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, hint: Some(hint.into()) }
    }

    /// The refresh token does not work.
    pub fn token(hint: &str) -> Self {
        Self { status: StatusCode::UNAUTHORIZED, hint: Some(hint.to_owned()) }
    }

    /// The refusal as a problem object. Its detail speaks of missing
    /// parameters whatever is wrong; only the hint tells.
    pub fn answer(self) -> Response {
        let (title, detail) = if self.hint.is_none() {
            ("Некорректный клиент", "Авторизация клиента не прошла")
        } else {
            ("Некорректный запрос", "В запросе отсутствует ряд параметров или параметры невалидны")
        };
        let mut body = json!({
            "title": title,
            "type": "https://developers.amocrm.ru/v3/errors/OAuthProblemJson",
            "status": self.status.as_u16(),
            "detail": detail,
        });
        if let Some(hint) = self.hint {
            body["hint"] = hint.into();
        }
        reply::plain_json(self.status, reply::PROBLEM, &body)
    }
}
