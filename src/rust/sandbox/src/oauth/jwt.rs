//! Tokens that look like the service's: a JSON web token whose signature is
//! noise, since nobody but the service itself can check it.

use serde::Serialize;

use crate::data::account::{self, USERS};
use crate::data::random;
use crate::reply;

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

#[derive(Serialize)]
struct Claims<'a> {
    aud: &'a str,
    jti: String,
    iat: u64,
    nbf: u64,
    exp: u64,
    sub: String,
    grant_type: &'static str,
    account_id: u64,
    version: u64,
    scopes: [&'static str; 3],
}

/// A new token for the integration with this id that says it lives so many seconds.
pub fn make(client_id: &str, life_seconds: u64) -> String {
    let now = reply::server_time();
    let claims = Claims {
        aud: client_id,
        jti: random::secret(),
        iat: now,
        nbf: now,
        exp: now.saturating_add(life_seconds),
        sub: USERS[0].id.to_string(),
        grant_type: "",
        account_id: account::ID,
        version: 2,
        scopes: ["crm", "files", "notifications"],
    };
    // These claims are nothing that JSON can't hold.
    let claims = serde_json::to_vec(&claims).unwrap_or_default();
    let signature = random::secret() + &random::secret();
    let parts = [&br#"{"typ":"JWT","alg":"RS256"}"#[..], &claims, signature.as_bytes()];
    parts.map(base64url).join(".")
}

/// Base64 for URLs, without padding.
fn base64url(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |place: usize| usize::from(chunk.get(place).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        let shifts = [18, 12, 6, 0].into_iter().take(chunk.len() + 1);
        text.extend(shifts.map(|shift| char::from(DIGITS[bits >> shift & 63])));
    }
    text
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> Vec<u8> {
        let mut bits = 0;
        let mut bytes = Vec::new();
        for (place, byte) in text.bytes().enumerate() {
            let digit = DIGITS.iter().position(|known| *known == byte).unwrap();
            bits = bits << 6 | digit;
            if place % 4 > 0 {
                let spare = 6 - 2 * (place % 4);
                bytes.push(u8::try_from(bits >> spare & 255).unwrap());
            }
        }
        bytes
    }

    #[test]
    fn a_token_says_for_whom_it_is_and_when_it_ends() {
        let token = make("my id", 100);
        let parts: Vec<_> = token.split('.').map(decoded).collect();
        assert_eq!(parts[0], br#"{"typ":"JWT","alg":"RS256"}"#);
        let claims: serde_json::Value = serde_json::from_slice(&parts[1]).unwrap();
        assert_eq!(claims["aud"], "my id");
        let seconds = |name: &str| claims[name].as_u64().unwrap();
        assert_eq!(seconds("exp") - seconds("iat"), 100);
        assert_eq!(claims["account_id"], account::ID);
    }

    #[test]
    fn bytes_are_spelt_in_four_digits_for_three() {
        let spelt = ["", "f", "fo", "foo", "foob"].map(|text| base64url(text.as_bytes()));
        assert_eq!(spelt, ["", "Zg", "Zm8", "Zm9v", "Zm9vYg"]);
        assert_eq!(base64url(&[0xFB, 0xFF]), "-_8");
    }
}
