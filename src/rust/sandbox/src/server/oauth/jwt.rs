//! Tokens that look like the service's: a JSON web token whose signature is
//! noise, since nobody but the service itself can check it.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::json;

use crate::api::reply;
use crate::data::{SETTINGS, account, random};

/// A new token for the integration with this id that says it lives so many seconds.
pub fn make(client_id: &str, life_seconds: u64) -> String {
    let now = reply::server_time();
    let claims = json!({
        "aud": client_id,
        "jti": random::secret(),
        "iat": now,
        "nbf": now,
        "exp": now.saturating_add(life_seconds),
        "sub": SETTINGS.users[0].id.to_string(),
        "grant_type": "",
        "account_id": account::ID,
        "version": 2,
        "scopes": ["crm", "files", "notifications"],
    })
    .to_string();
    let signature = random::secret() + &random::secret();
    let parts = [r#"{"typ":"JWT","alg":"RS256"}"#, &claims, &signature];
    parts.map(|part| BASE64_URL_SAFE_NO_PAD.encode(part)).join(".")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_token_says_for_whom_it_is_and_when_it_ends() {
        let token = make("my id", 100);
        let parts: Vec<_> =
            token.split('.').map(|part| BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).collect();
        assert_eq!(parts[0], br#"{"typ":"JWT","alg":"RS256"}"#);
        let claims: serde_json::Value = serde_json::from_slice(&parts[1]).unwrap();
        assert_eq!(claims["aud"], "my id");
        let seconds = |name: &str| claims[name].as_u64().unwrap();
        assert_eq!(seconds("exp") - seconds("iat"), 100);
        assert_eq!(claims["account_id"], account::ID);
    }
}
