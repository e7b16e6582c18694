//! The expiry of an access token, which is a JSON Web Token. Its signature is not
//! checked.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

#[derive(Deserialize)]
struct Claims {
    exp: i64,
}

/// When a token expires, in seconds since 1970; None if it does not say.
pub fn expiry(token: &str) -> Option<i64> {
    let claims = token.split('.').nth(1)?;
    let claims = URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok()?;
    serde_json::from_slice::<Claims>(&claims).ok().map(|claims| claims.exp)
}

#[cfg(test)]
mod tests {
    use super::expiry;

    #[test]
    fn a_token_tells_when_it_expires() {
        // {"exp":1700000000}
        assert_eq!(expiry("e30.eyJleHAiOjE3MDAwMDAwMDB9.c2ln"), Some(1_700_000_000));
    }

    #[test]
    fn what_is_no_such_token_tells_nothing() {
        for token in ["", "abc", "a.b.c", "e30.e30.", "e30.!!!.x"] {
            assert_eq!(expiry(token), None, "{token}");
        }
    }
}
