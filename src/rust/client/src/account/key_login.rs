//! Logging in with e-mail and API key (docs/api-v2.md, Log-in by key).

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::bad_body::BadBody;
use crate::error::Error;
use crate::http::attempts::Attempts;
use crate::http::{Http, Reply, Request, error_body};
use crate::sanitize::sanitize;

const LOGIN_PATH: &str = "/private/api/auth.php";

#[derive(Deserialize)]
struct Body {
    response: Response,
}

#[derive(Deserialize)]
struct Response {
    auth: Option<bool>,
    accounts: Option<Vec<AccountName>>,
}

#[derive(Deserialize)]
struct AccountName {
    name: Option<String>,
    subdomain: Option<String>,
}

/// Logs in; the session's cookies go into the jar. Gives the account's name.
///
/// # Errors
/// [`Error::Auth`] when the credentials are refused, else what the network
/// says.
pub async fn log_in(http: &Http, email: &str, apikey: &SecretString) -> Result<String, Error> {
    let request = Request::post(LOGIN_PATH).query("type", "json");
    let mut attempts = Attempts::new(&request);
    loop {
        let form = [("USER_LOGIN", email), ("USER_HASH", apikey.expose_secret())];
        match http.send(&request, |builder| builder.form(&form)).await {
            Ok(reply) if reply.status == 200 => match serde_json::from_slice(&reply.body) {
                Ok(body) => return account_name(http, &request, &reply, body),
                Err(error) => {
                    let bad = BadBody::at_top(&error);
                    attempts.after_bad_body(http, &reply, "the log-in", bad).await?;
                }
            },
            Ok(reply) => attempts.after_refusal(http, &reply).await?,
            Err(no_reply) => attempts.after_no_reply(http, no_reply).await?,
        }
    }
}

/// The account's name. Of several accounts, the one with this host.
fn account_name(
    http: &Http,
    request: &Request,
    reply: &Reply,
    body: Body,
) -> Result<String, Error> {
    let response = body.response;
    if response.auth != Some(true) {
        let said = error_body::read(&reply.body);
        return Err(Error::Auth {
            code: said.code.unwrap_or_default(),
            detail: said.detail,
            at: reply.at(request),
        });
    }
    let accounts = response.accounts.unwrap_or_default();
    let host = http.base().host_str().unwrap_or_default().split('.').next();
    let ours = accounts.iter().find(|account| host == account.subdomain.as_deref());
    let name = ours.or(accounts.first()).and_then(|account| account.name.as_deref());
    Ok(sanitize(name.unwrap_or_default()))
}
