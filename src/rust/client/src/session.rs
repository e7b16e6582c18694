//! Logging in with e-mail and API key (v2.md section 1).

use secrecy::ExposeSecret;
use serde::Deserialize;

use crate::error::Error;
use crate::http::{Reply, Request};
use crate::server_text;
use crate::transport::{Attempts, Transport};

const LOGIN_PATH: &str = "/private/api/auth.php";

/// Makes sure that there is a session; gives the number of its log-in.
///
/// # Errors
/// [`Error::Auth`] when the credentials are refused, else what the network
/// says.
pub async fn ensure(transport: &Transport) -> Result<u64, Error> {
    let mut login = transport.account.login.lock().await;
    if !login.is_fresh() {
        log_in(transport).await?;
        login.succeeded();
    }
    Ok(login.number)
}

/// Logs in again after the session of log-in `seen` was refused, unless
/// another request has done so already.
///
/// # Errors
/// As [`ensure`].
pub async fn renew(transport: &Transport, seen: u64) -> Result<(), Error> {
    let mut login = transport.account.login.lock().await;
    if login.number == seen {
        log_in(transport).await?;
        login.succeeded();
    }
    Ok(())
}

/// Logs in whether or not there is a session; gives the account's name.
///
/// # Errors
/// As [`ensure`].
pub async fn check(transport: &Transport) -> Result<String, Error> {
    let mut login = transport.account.login.lock().await;
    let name = log_in(transport).await?;
    login.succeeded();
    Ok(name)
}

#[derive(Deserialize)]
struct Body {
    response: Response,
}

#[derive(Deserialize)]
struct Response {
    auth: bool,
    #[serde(default)]
    accounts: Vec<AccountName>,
}

#[derive(Deserialize)]
struct AccountName {
    #[serde(default)]
    name: String,
    #[serde(default)]
    subdomain: String,
}

async fn log_in(transport: &Transport) -> Result<String, Error> {
    let request = Request::post(LOGIN_PATH).query("type", "json");
    let credentials = &transport.account.credentials;
    let mut attempts = Attempts::new(&request);
    loop {
        let form = [
            ("USER_LOGIN", credentials.email.as_str()),
            ("USER_HASH", credentials.apikey.expose_secret()),
        ];
        match transport.http.send(&request, |builder| builder.form(&form)).await {
            Ok(reply) if reply.status == 200 => return read_login(transport, &request, &reply),
            Ok(reply) => attempts.after_refusal(&transport.http, &reply).await?,
            Err(no_reply) => attempts.after_no_reply(&transport.http, no_reply).await?,
        }
    }
}

/// The account's name; of several accounts the one at this address.
fn read_login(transport: &Transport, request: &Request, reply: &Reply) -> Result<String, Error> {
    let body = serde_json::from_slice::<Body>(&reply.body).ok();
    let Some(response) = body.map(|body| body.response).filter(|response| response.auth) else {
        let said = server_text::read(&reply.body);
        return Err(Error::Auth {
            code: said.code.unwrap_or_default(),
            detail: said.detail,
            at: reply.at(request),
        });
    };
    let accounts = response.accounts;
    let host = transport.http.base().host_str().unwrap_or_default();
    let ours = accounts.iter().find(|account| host.split('.').next() == Some(&account.subdomain));
    Ok(ours.or(accounts.first()).map(|account| account.name.clone()).unwrap_or_default())
}
