//! What the parts of the server share.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::expiring::Expiring;
use super::faults::Faults;
use super::log::Log;
use super::oauth::Tokens;
use super::rate::Limiter;
use crate::api::app::App;
use crate::config::Config;
use crate::data::random;
use crate::error::Error;

/// The account and the state of its server.
pub struct Server {
    pub app: Arc<App>,
    pub apikey: String,
    pub sessions: Expiring,
    pub tokens: Tokens,
    pub log: Log,
    pub limiter: Limiter,
    pub faults: Faults,
    /// Whether API v2 is there.
    pub v2: bool,
    pub latency: Duration,
    pub started: Instant,
}

impl Server {
    /// Checks the configuration and sets the account up.
    pub fn new(mut config: Config) -> Result<Self, Error> {
        if config.rate.is_nan() || config.rate < 0.0 {
            return Err(Error::Rate(config.rate));
        }
        let faults = Faults::new(std::mem::take(&mut config.faults));
        let app = App::new(&config, faults.inserted_rows())?;
        Ok(Self {
            app: Arc::new(app),
            apikey: random::secret(),
            sessions: Expiring::new(config.session_seconds),
            tokens: Tokens::new(config.account_id, config.token_seconds),
            log: Log::default(),
            limiter: Limiter::new(config.rate, config.strict_rate),
            faults,
            v2: config.v2,
            latency: config.latency,
            started: Instant::now(),
        })
    }
}
