//! Tokens of an OAuth integration: a code is exchanged for the first pair, then
//! the pair is refreshed (docs/api-v4.md, OAuth, Refreshing tokens).
//!
//! A code or a refresh token works once. So an exchange is never cancelled
//! between the moment its request is sent and the moment the new pair is saved.
//! It has a thread, a runtime and a connection of its own, and whoever cancels
//! a job waits for it.

use std::cell::Cell;
use std::future::poll_fn;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::oneshot;

use crate::account::token_store::{TokenStore, Tokens};
use crate::account::{Integration, token_lock};
use crate::error::{At, Error};
use crate::http::attempts::Attempts;
use crate::http::{Http, Request, error_body};
use crate::progress::{JobWarning, Progress};

const TOKEN_PATH: &str = "/oauth2/access_token";

/// amoCRM's code, in an error of ours, for "authorise again".
pub const NO_TOKENS: &str = "oauth";

/// Time to wait for an answer, longer than for others: one that is given up may
/// hold a pair that works only once.
const PATIENCE: Duration = Duration::from_secs(30);
/// Further time to connect, and to write the pair.
const EXTRA: Duration = Duration::from_secs(10);

/// Tokens that are not `refused`: from the file when another process has
/// refreshed them, else refreshed here, else exchanged for the code.
///
/// # Errors
/// [`Error::Auth`] when the server accepts neither, [`Error::TokenFile`] when
/// the file can't be used, else what the network says.
pub async fn obtain(
    http: &Http,
    integration: &Integration,
    refused: Option<&Tokens>,
) -> Result<Tokens, Error> {
    let http = http.with_timeout(http.timeout().max(PATIENCE));
    let (integration, refused) = (integration.clone(), refused.cloned());
    uncancelled(http, async move |http, spent| {
        let store = store(http, &integration);
        renew(http, &integration, &store, refused.as_ref(), spent).await
    })
    .await
}

/// Tries again to save a pair that could not be written, unless another process
/// holds the lock.
pub fn save_unsaved(http: &Http, integration: &Integration) {
    let store = store(http, integration);
    if store.has_unsaved() {
        if let Ok(Some(_lock)) = token_lock::try_acquire(&store.lock_path()) {
            // The user has been told, and the pair stays where it is.
            let _ = store.save_unsaved();
        }
    }
}

/// Takes the right to read the token file from others while its tokens are
/// used from memory. What is wrong with the file is told when it is read.
pub fn tighten(http: &Http, integration: &Integration) {
    let _ = tighten_store(&store(http, integration), &http.progress);
}

fn tighten_store(store: &TokenStore, progress: &Progress) -> Result<(), Error> {
    if store.tighten()? {
        progress.warn(JobWarning::Tightened(store.path().display().to_string()));
    }
    Ok(())
}

fn store(http: &Http, integration: &Integration) -> TokenStore {
    TokenStore::new(
        integration.token_file.clone(),
        http.base().to_string(),
        integration.client_id.clone(),
    )
}

/// Runs `work` on a thread of its own. It stops with its caller, but not while
/// `spent` is set.
async fn uncancelled<W>(http: Http, work: W) -> Result<Tokens, Error>
where
    W: AsyncFnOnce(&Http, &Cell<bool>) -> Result<Tokens, Error> + Send + 'static,
{
    let no_threads = |error: std::io::Error| Error::System(format!("can't start threads: {error}"));
    let limit = http.timeout() + EXTRA;
    let stopped = || Error::System("the job has ended".to_owned());
    let entered = http.progress.critical.enter(limit).ok_or_else(stopped)?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(no_threads)?;
    let (mut given, taken) = oneshot::channel();
    let thread = move || {
        let spent = Cell::new(false);
        let result = runtime.block_on(async {
            let abandoned = poll_fn(|context| {
                // Polled first, so that the task is woken when the caller leaves.
                let closed = given.poll_closed(context);
                if spent.get() { std::task::Poll::Pending } else { closed }
            });
            tokio::select! {
                biased;
                result = work(&http, &spent) => Some(result),
                () = abandoned => None,
            }
        });
        if let Some(result) = result {
            // There is no receiver when the job was cancelled meanwhile.
            let _ = given.send(result);
        }
        drop(entered);
    };
    std::thread::Builder::new()
        .name("amocrm-tokens".to_owned())
        .spawn(thread)
        .map_err(no_threads)?;
    taken.await.unwrap_or_else(|_| {
        Err(Error::System("an internal error stopped the exchange of tokens".to_owned()))
    })
}

async fn renew(
    http: &Http,
    integration: &Integration,
    store: &TokenStore,
    refused: Option<&Tokens>,
    spent: &Cell<bool>,
) -> Result<Tokens, Error> {
    let progress = &*http.progress;
    // Held to the end of this function, over the exchange with the server.
    let _lock = token_lock::acquire(store.lock_path(), token_lock::PATIENCE, progress).await?;
    tighten_store(store, progress)?;
    let stored = store.read()?;
    let stored = match stored {
        Some(tokens) if is_other(&tokens, refused) && tokens.are_fresh() => return Ok(tokens),
        stored => stored,
    };
    // Checked before a grant is spent: a pair that could not be saved would be lost.
    let next_file = store.create_next()?;
    let tokens = refresh_or_exchange_code(http, integration, stored.as_ref(), spent).await?;
    if let Err(error) = next_file.write(&tokens) {
        store.keep_unsaved(&tokens, stored.as_ref());
        progress.warn(JobWarning::Unsaved(error));
    }
    Ok(tokens)
}

/// Tokens for the stored refresh token. When the server refuses it, tokens for
/// the code, which the user has then given to authorise again.
async fn refresh_or_exchange_code(
    http: &Http,
    integration: &Integration,
    stored: Option<&Tokens>,
    spent: &Cell<bool>,
) -> Result<Tokens, Error> {
    let renewed = match stored {
        Some(tokens) => {
            exchange(http, &Grant::refresh(integration, &tokens.refresh_token), spent).await
        }
        None => Err(not_authorised()),
    };
    match (renewed, &integration.code) {
        (Err(Error::Auth { .. }), Some(code)) => {
            exchange(http, &Grant::code(integration, code), spent).await
        }
        (renewed, _) => renewed,
    }
}

fn is_other(tokens: &Tokens, refused: Option<&Tokens>) -> bool {
    refused.is_none_or(|refused| {
        refused.access_token.expose_secret() != tokens.access_token.expose_secret()
    })
}

fn not_authorised() -> Error {
    Error::Auth {
        code: NO_TOKENS.to_owned(),
        detail: "there are no tokens yet and no `code` was given".to_owned(),
        at: Box::new(At { endpoint: format!("POST {TOKEN_PATH}"), ..At::default() }),
    }
}

/// The body of a token request.
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
struct TokenResponse {
    access_token: String,
    refresh_token: String,
    #[serde(default)]
    expires_in: Value,
}

/// Exchanges a grant for a pair. `spent` is set from the moment the grant is
/// sent until an answer shows that it gave no pair.
async fn exchange(http: &Http, grant: &Grant<'_>, spent: &Cell<bool>) -> Result<Tokens, Error> {
    let request = Request::post(TOKEN_PATH);
    let mut attempts = Attempts::new(&request);
    loop {
        let sign = |builder: reqwest::RequestBuilder| {
            spent.set(true);
            // For the whole exchange, with connection and body.
            builder.json(grant).timeout(http.timeout() + EXTRA)
        };
        let reply = http.send(&request, sign).await;
        spent.set(matches!(&reply, Ok(reply) if reply.status == 200));
        match reply {
            Ok(reply) if reply.status == 200 => {
                // The parser's message may quote a token, so it is not shown.
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
                    detail: error_body::read(&reply.body).detail,
                    at: reply.at(&request),
                });
            }
            Ok(reply) => attempts.after_refusal(http, &reply).await?,
            Err(no_reply) => attempts.after_no_reply(http, no_reply).await?,
        }
    }
}

/// Reads a token response; None when the body is not one.
pub fn read_tokens(body: &[u8]) -> Option<Tokens> {
    let response: TokenResponse = serde_json::from_slice(body).ok()?;
    let seconds = read_seconds(&response.expires_in);
    Some(Tokens::lasting(response.access_token, response.refresh_token, seconds))
}

/// Seconds, as a number or as text. None for anything else: a pair works without
/// them.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn read_seconds(value: &Value) -> Option<u64> {
    let seconds = match value {
        Value::String(text) => text.trim().parse().ok(),
        value => value.as_f64(),
    };
    seconds.filter(|seconds| *seconds > 0.0).map(|seconds| seconds as u64)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{read_seconds, read_tokens};
    use serde_json::json;

    #[test]
    fn the_life_of_a_token_is_read_however_it_is_written() {
        for (value, seconds) in [
            (json!(86400), Some(86400)),
            (json!("600"), Some(600)),
            (json!(" 600 "), Some(600)),
            (json!(1e3), Some(1000)),
            (json!(1e300), Some(u64::MAX)),
            (json!(0), None),
            (json!(-5), None),
            (json!("nan"), None),
            (json!("soon"), None),
            (json!(null), None),
            (json!([1]), None),
            (json!(true), None),
        ] {
            assert_eq!(read_seconds(&value), seconds, "{value}");
        }
    }

    #[test]
    fn a_pair_whose_life_is_not_known_is_used_until_it_is_refused() {
        for life in ["", r#","expires_in":null"#, r#","expires_in":-1"#] {
            let body = format!(r#"{{"access_token":"a","refresh_token":"r"{life}}}"#);
            let tokens = read_tokens(body.as_bytes()).unwrap();
            assert_eq!(tokens.expires_at, None);
            assert!(tokens.are_fresh());
        }
    }
}
