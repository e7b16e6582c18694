//! Tokens that look like the service's: a JSON web token whose signature is
//! noise, since nobody but the service itself can check it.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::json;

use crate::api::reply;
use crate::data::{SETTINGS, random};

/// A new token of an account for the integration with this id that says it lives so many
/// seconds.
pub fn make(account_id: u64, client_id: &str, life_seconds: u64) -> String {
    let now = reply::server_time();
    let claims = json!({
        "aud": client_id,
        "jti": random::secret(),
        "iat": now,
        "nbf": now,
        "exp": now.saturating_add(life_seconds),
        "sub": SETTINGS.users[0].id.to_string(),
        "grant_type": "",
        "account_id": account_id,
        "version": 2,
        "scopes": ["crm", "files", "notifications"],
    })
    .to_string();
    let signature = random::secret() + &random::secret();
    let parts = [r#"{"typ":"JWT","alg":"RS256"}"#, &claims, &signature];
    parts.map(|part| BASE64_URL_SAFE_NO_PAD.encode(part)).join(".")
}
