//! What an access token says, which is a JSON Web Token. Its signature is not checked.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::DeserializeOwned;

#[derive(Deserialize)]
struct Expiry {
    exp: i64,
}

#[derive(Deserialize)]
struct Audience {
    aud: String,
}

/// When a token expires, in seconds since 1970; None if it does not say.
pub fn expiry(token: &str) -> Option<i64> {
    claims::<Expiry>(token).map(|claims| claims.exp)
}

/// The id of the integration that a token is for; None if it does not say.
pub fn integration(token: &str) -> Option<String> {
    claims::<Audience>(token).map(|claims| claims.aud)
}

fn claims<T: DeserializeOwned>(token: &str) -> Option<T> {
    let claims = token.split('.').nth(1)?;
    let claims = URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&claims).ok()
}

#[cfg(test)]
mod tests {
    use super::{expiry, integration};

    #[test]
    fn a_token_tells_when_it_expires() {
        // {"exp":1700000000}
        assert_eq!(expiry("e30.eyJleHAiOjE3MDAwMDAwMDB9.c2ln"), Some(1_700_000_000));
    }

    #[test]
    fn a_token_tells_its_integration() {
        // {"aud":"2a3b"}
        assert_eq!(integration("e30.eyJhdWQiOiIyYTNiIn0.c2ln").as_deref(), Some("2a3b"));
        assert_eq!(integration("e30.eyJleHAiOjE3MDAwMDAwMDB9.c2ln"), None);
    }

    #[test]
    fn what_is_no_such_token_tells_nothing() {
        for token in ["", "abc", "a.b.c", "e30.e30.", "e30.!!!.x"] {
            assert_eq!(expiry(token), None, "{token}");
        }
    }
}
