//! What the token endpoint says.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::tokens::{TokenPair, Tokens};
use crate::api::reply;

/// Why no tokens are given out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// This field is not there.
    Missing(&'static str),
    /// The id or the secret is not the integration's.
    Client,
    RedirectUri,
    GrantType,
    UnknownCode,
    SpentCode,
    UnknownToken,
    SpentToken,
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
    /// The refusal as a problem object. Its detail speaks of missing
    /// parameters whatever is wrong; only the hint tells.
    pub fn answer(self) -> Response {
        let (title, detail) = if self == Self::Client {
            ("Некорректный клиент", "Авторизация клиента не прошла")
        } else {
            ("Некорректный запрос", "В запросе отсутствует ряд параметров или параметры невалидны")
        };
        let status = self.status();
        let mut body = json!({
            "title": title,
            "type": "https://developers.amocrm.ru/v3/errors/OAuthProblemJson",
            "status": status.as_u16(),
            "detail": detail,
        });
        if let Some(hint) = self.hint() {
            body["hint"] = hint.into();
        }
        reply::plain_json(status, reply::PROBLEM, &body)
    }

    fn status(self) -> StatusCode {
        match self {
            Self::Client | Self::UnknownToken | Self::SpentToken => StatusCode::UNAUTHORIZED,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    fn hint(self) -> Option<String> {
        let hint = match self {
            Self::Missing(name) => return Some(format!("Check the `{name}` parameter")),
            Self::Client => return None,
            Self::RedirectUri => "Invalid redirect URI",
            Self::GrantType => "Check that all required parameters have been provided",
            Self::UnknownCode => "Cannot decrypt the authorization code",
            Self::SpentCode => "Authorization code has been revoked",
            Self::UnknownToken => "Cannot decrypt the refresh token",
            Self::SpentToken => "Token has been revoked",
        };
        Some(hint.to_owned())
    }
}
