//! The tokens in use.

use std::collections::HashMap;
use std::sync::Mutex;

use super::Integration;
use super::answer::Refusal;
use super::jwt;
use crate::data::random;
use crate::server::expiring::Expiring;
use crate::sync::lock;

/// What a long-lived token says of itself: it can be had for up to 5 years.
const LONG_LIFE_SECONDS: u64 = 5 * 365 * 86_400;

/// What OAuth gives out.
#[derive(Debug)]
pub struct TokenPair {
    pub access: String,
    pub refresh: String,
}

/// Every token that was given out.
pub struct Tokens {
    pub integration: Integration,
    long_lived: String,
    access: Expiring,
    state: Mutex<State>,
}

/// One lock for all of it, so that of two who come with the same token one
/// goes away with nothing.
struct State {
    long_lived_is_good: bool,
    code_is_good: bool,
    /// Whether each refresh token is still good.
    refresh: HashMap<String, bool>,
}

impl Tokens {
    /// The tokens of an account's integration, whose access tokens live so long.
    pub fn new(account_id: u64, life_seconds: u64) -> Self {
        let [client_id, client_secret, code] = [(); 3].map(|()| random::secret());
        let long_lived = jwt::make(account_id, &client_id, LONG_LIFE_SECONDS);
        let integration = Integration { account_id, client_id, client_secret, code };
        let state = State { long_lived_is_good: true, code_is_good: true, refresh: HashMap::new() };
        let access = Expiring::new(life_seconds);
        Self { integration, long_lived, access, state: Mutex::new(state) }
    }

    /// The token that needs no refreshing.
    pub fn long_lived(&self) -> &str {
        &self.long_lived
    }

    /// How long an access token works.
    pub fn life_seconds(&self) -> u64 {
        self.access.life_seconds()
    }

    /// Whether this access token is good at present.
    pub fn admits(&self, token: &str) -> bool {
        let is_long_lived = token == self.long_lived && lock(&self.state).long_lived_is_good;
        is_long_lived || self.access.admits(token)
    }

    /// The first pair, for the code.
    pub fn exchange(&self, code: &str) -> Result<TokenPair, Refusal> {
        if code != self.integration.code {
            return Err(Refusal::field("Cannot decrypt the authorization code"));
        }
        let mut state = lock(&self.state);
        if !std::mem::take(&mut state.code_is_good) {
            return Err(Refusal::field("Authorization code has been revoked"));
        }
        Ok(self.issue(&mut state))
    }

    /// The next pair, for the refresh token of the one before. Access tokens
    /// given out earlier live on until their time is up.
    pub fn refresh(&self, token: &str) -> Result<TokenPair, Refusal> {
        let mut state = lock(&self.state);
        let good = state
            .refresh
            .get_mut(token)
            .ok_or_else(|| Refusal::token("Cannot decrypt the refresh token"))?;
        if !std::mem::take(good) {
            return Err(Refusal::token("Token has been revoked"));
        }
        Ok(self.issue(&mut state))
    }

    /// Ends the access tokens that were exchanged or refreshed.
    pub fn expire(&self) {
        self.access.expire_all();
    }

    /// Ends everything but the code.
    pub fn revoke(&self) {
        let mut state = lock(&self.state);
        state.long_lived_is_good = false;
        state.refresh.values_mut().for_each(|good| *good = false);
        self.access.expire_all();
    }

    fn issue(&self, state: &mut State) -> TokenPair {
        let Integration { account_id, client_id, .. } = &self.integration;
        let access = jwt::make(*account_id, client_id, self.life_seconds());
        let refresh = format!("def502{}{}", random::secret(), random::secret());
        self.access.issue(&access);
        state.refresh.insert(refresh.clone(), true);
        TokenPair { access, refresh }
    }
}
