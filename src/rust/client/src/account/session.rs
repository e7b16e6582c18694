//! Authorization of requests: by the session of an API key, a long-lived token, or
//! the tokens of an OAuth integration.

use reqwest::RequestBuilder;
use secrecy::{ExposeSecret, SecretString};

use crate::account::key_login::log_in;
use crate::account::token_store::Tokens;
use crate::account::{Account, Credentials, oauth};
use crate::error::Error;
use crate::http::Http;

/// The authorization of a request.
pub struct Authorization {
    /// The number of the log-in or refresh that gave it.
    number: u64,
    /// None for a session, which is in the cookie jar.
    bearer: Option<SecretString>,
}

impl Authorization {
    /// Signs a request.
    pub fn sign(&self, builder: RequestBuilder) -> RequestBuilder {
        match &self.bearer {
            Some(token) => builder.bearer_auth(token.expose_secret()),
            None => builder,
        }
    }
}

/// The authorization for the next request; logs in or refreshes if need be.
///
/// # Errors
/// [`Error::Auth`] when the credentials are refused, else what the network
/// says.
pub async fn ensure(http: &Http, account: &Account) -> Result<Authorization, Error> {
    let mut login = account.login.lock().await;
    match &account.credentials {
        Credentials::Token(token) => Ok(Authorization { number: 0, bearer: Some(token.clone()) }),
        Credentials::Key { email, apikey } => {
            if !login.is_fresh() {
                log_in(http, email, apikey).await?;
                login.succeeded();
            }
            Ok(Authorization { number: login.number, bearer: None })
        }
        Credentials::OAuth(integration) => {
            let tokens = match login.tokens.take().filter(Tokens::are_fresh) {
                Some(tokens) => {
                    oauth::save_unsaved(http, integration);
                    oauth::tighten(http, integration);
                    tokens
                }
                None => {
                    login.succeeded();
                    oauth::obtain(http, integration, None).await?
                }
            };
            let bearer = Some(tokens.access_token.clone());
            login.tokens = Some(tokens);
            Ok(Authorization { number: login.number, bearer })
        }
    }
}

/// After a 401 to a request with `authorization`: logs in again or refreshes the
/// tokens, unless another request has done so. False when nothing can be renewed,
/// as with a long-lived token.
///
/// # Errors
/// As [`ensure`].
pub async fn renew(
    http: &Http,
    account: &Account,
    authorization: &Authorization,
) -> Result<bool, Error> {
    let mut login = account.login.lock().await;
    let by_somebody_else = login.number != authorization.number;
    match &account.credentials {
        Credentials::Token(_) => return Ok(false),
        _ if by_somebody_else => {}
        Credentials::Key { email, apikey } => {
            log_in(http, email, apikey).await?;
            login.succeeded();
        }
        Credentials::OAuth(integration) => {
            let refused = login.tokens.take();
            let tokens = oauth::obtain(http, integration, refused.as_ref()).await?;
            login.tokens = Some(tokens);
            login.succeeded();
        }
    }
    Ok(true)
}
