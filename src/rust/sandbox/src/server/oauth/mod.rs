//! OAuth: `POST /oauth2/access_token`, and the tokens that come of it.

mod answer;
mod jwt;
mod tokens;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;

use super::form;
use super::state::Server;
use crate::api::query::Query;

use answer::Refusal;
use tokens::TokenPair;
pub use tokens::Tokens;

/// What has to be repeated exactly.
pub const REDIRECT_URI: &str = "https://sandbox.example/oauth";

/// What the account's owner set up for one program.
pub struct Integration {
    pub account_id: u64,
    pub client_id: String,
    pub client_secret: String,
    /// What the first pair of tokens is given out for.
    pub code: String,
}

/// Gives a pair of tokens out for a code or a refresh token.
pub async fn grant(State(server): State<Arc<Server>>, request: Request) -> Response {
    let fields = form::read(request).await;
    match pair(&server, &fields) {
        Ok(pair) => answer::tokens(&server.tokens, &pair),
        Err(refusal) => refusal.answer(),
    }
}

fn pair(server: &Server, fields: &Query) -> Result<TokenPair, Refusal> {
    let missing = |name| Refusal::field(format!("Check the `{name}` parameter"));
    let field = |name| fields.value(name).ok_or_else(|| missing(name));
    let grant = field("grant_type")?;
    let client = (field("client_id")?, field("client_secret")?);
    let (redirect_uri, own) = (field("redirect_uri")?, &server.tokens.integration);
    if client != (own.client_id.as_str(), own.client_secret.as_str()) {
        return Err(Refusal::CLIENT);
    }
    if redirect_uri != REDIRECT_URI {
        return Err(Refusal::field("Invalid redirect URI"));
    }
    match grant {
        "authorization_code" => server.tokens.exchange(field("code")?),
        "refresh_token" => server.tokens.refresh(field("refresh_token")?),
        _ => Err(Refusal::field("Check that all required parameters have been provided")),
    }
}
