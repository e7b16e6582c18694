//! Tokens of an OAuth integration: bought with a code once, then renewed
//! (v4.md 1.2 and 1.3).

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::account::Integration;
use crate::error::{At, Error};
use crate::http::{Http, Request};
use crate::server_text;
use crate::token_store::{StoreLock, TokenStore, Tokens};
use crate::transport::Attempts;

const TOKEN_PATH: &str = "/oauth2/access_token";

/// amoCRM's code, in an error of ours, for "authorise again".
pub const NO_TOKENS: &str = "oauth";

/// Tokens that are not `refused`: from the file when another process has
/// renewed them, else renewed here, else bought with the code.
///
/// # Errors
/// [`Error::Auth`] when the server accepts neither, [`Error::System`] when
/// the file can't be used, else what the network says.
pub async fn obtain(
    http: &Http,
    integration: &Integration,
    refused: Option<&Tokens>,
) -> Result<Tokens, Error> {
    let store = TokenStore::new(
        integration.token_file.clone(),
        http.base().to_string(),
        integration.client_id.clone(),
    );
    // Held to the end of this function, over the exchange with the server.
    let _lock = lock(&store).await?;
    let stored = store.read().map_err(|error| unusable(&store_name(integration), &error))?;
    let stored = match stored {
        Some(tokens) if is_other(&tokens, refused) && tokens.are_fresh() => return Ok(tokens),
        stored => stored,
    };
    let tokens = buy_any(http, integration, stored.as_ref()).await?;
    store.write(&tokens).map_err(|error| unusable(&store_name(integration), &error))?;
    Ok(tokens)
}

/// Tokens for the stored refresh token; when that is spent, for the code,
/// which the user has then given to authorise again.
async fn buy_any(
    http: &Http,
    integration: &Integration,
    stored: Option<&Tokens>,
) -> Result<Tokens, Error> {
    let renewed = match stored {
        Some(tokens) => buy(http, &Grant::refresh(integration, &tokens.refresh_token)).await,
        None => Err(not_authorised()),
    };
    match (renewed, &integration.code) {
        (Err(Error::Auth { .. }), Some(code)) => buy(http, &Grant::code(integration, code)).await,
        (renewed, _) => renewed,
    }
}

fn is_other(tokens: &Tokens, refused: Option<&Tokens>) -> bool {
    refused.is_none_or(|refused| {
        refused.access_token.expose_secret() != tokens.access_token.expose_secret()
    })
}

async fn lock(store: &TokenStore) -> Result<StoreLock, Error> {
    let store = store.clone();
    let locked = tokio::task::spawn_blocking(move || store.lock()).await;
    let locked = locked.unwrap_or_else(|error| Err(std::io::Error::other(error)));
    locked.map_err(|error| unusable("token_file", &error))
}

fn store_name(integration: &Integration) -> String {
    integration.token_file.display().to_string()
}

fn unusable(file: &str, error: &std::io::Error) -> Error {
    Error::System(format!("can't use the token file {file}: {error}"))
}

fn not_authorised() -> Error {
    Error::Auth {
        code: NO_TOKENS.to_owned(),
        detail: "there are no tokens yet and no `code` was given".to_owned(),
        at: Box::new(At { endpoint: format!("POST {TOKEN_PATH}"), ..At::default() }),
    }
}

/// What is given for tokens, in the API's words.
#[allow(clippy::struct_field_names)]
#[derive(Serialize)]
struct Grant<'g> {
    client_id: &'g str,
    client_secret: &'g str,
    grant_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'g str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'g str>,
    redirect_uri: &'g str,
}

impl<'g> Grant<'g> {
    fn code(integration: &'g Integration, code: &'g SecretString) -> Self {
        Grant {
            grant_type: "authorization_code",
            code: Some(code.expose_secret()),
            refresh_token: None,
            ..Grant::of(integration)
        }
    }

    fn refresh(integration: &'g Integration, token: &'g SecretString) -> Self {
        Grant { refresh_token: Some(token.expose_secret()), ..Grant::of(integration) }
    }

    fn of(integration: &'g Integration) -> Self {
        Grant {
            client_id: &integration.client_id,
            client_secret: integration.client_secret.expose_secret(),
            grant_type: "refresh_token",
            code: None,
            refresh_token: None,
            redirect_uri: &integration.redirect_uri,
        }
    }
}

#[derive(Deserialize)]
struct Bought {
    access_token: String,
    refresh_token: String,
    expires_in: u64,
}

async fn buy(http: &Http, grant: &Grant<'_>) -> Result<Tokens, Error> {
    let request = Request::post(TOKEN_PATH);
    let mut attempts = Attempts::new(&request);
    loop {
        match http.send(&request, |builder| builder.json(grant)).await {
            Ok(reply) if reply.status == 200 => {
                // The parser's words may quote a token, and are not shown.
                return read_tokens(&reply.body).ok_or_else(|| Error::Parse {
                    page: "the tokens".to_owned(),
                    path: "the top level".to_owned(),
                    detail: "the answer holds no tokens".to_owned(),
                    at: reply.at(&request),
                });
            }
            Ok(reply) if matches!(reply.status, 400 | 401) => {
                return Err(Error::Auth {
                    code: NO_TOKENS.to_owned(),
                    detail: server_text::read(&reply.body).detail,
                    at: reply.at(&request),
                });
            }
            Ok(reply) => attempts.after_refusal(http, &reply).await?,
            Err(no_reply) => attempts.after_no_reply(http, no_reply).await?,
        }
    }
}

/// Reads the answer to a grant; None when it is none.
pub fn read_tokens(body: &[u8]) -> Option<Tokens> {
    let bought: Bought = serde_json::from_slice(body).ok()?;
    Some(Tokens::lasting(bought.access_token, bought.refresh_token, bought.expires_in))
}
