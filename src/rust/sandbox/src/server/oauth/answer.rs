//! What the token endpoint says.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use super::tokens::{Pair, Tokens};
use crate::reply;

const ABOUT: &str = "https://developers.amocrm.ru/v3/errors/OAuthProblemJson";

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

#[derive(Serialize)]
struct Tokenful {
    token_type: &'static str,
    expires_in: u64,
    server_time: u64,
    access_token: String,
    refresh_token: String,
}

#[derive(Serialize)]
struct Problem {
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    title: &'static str,
    #[serde(rename = "type")]
    about: &'static str,
    status: u16,
    detail: &'static str,
}

/// A new pair of tokens.
pub fn tokens(tokens: &Tokens, pair: Pair) -> Response {
    let body = Tokenful {
        token_type: "Bearer",
        expires_in: tokens.life_seconds(),
        server_time: reply::server_time(),
        access_token: pair.access,
        refresh_token: pair.refresh,
    };
    reply::plain_json(StatusCode::OK, "application/json", &body)
}

impl Refusal {
    /// The refusal as a problem object. Its detail speaks of missing
    /// parameters whatever is wrong; only the hint tells.
    pub fn answer(self) -> Response {
        let client = self == Self::Client;
        let (title, detail) = if client {
            ("Некорректный клиент", "Авторизация клиента не прошла")
        } else {
            ("Некорректный запрос", "В запросе отсутствует ряд параметров или параметры невалидны")
        };
        let status = self.status();
        let body =
            Problem { hint: self.hint(), title, about: ABOUT, status: status.as_u16(), detail };
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
