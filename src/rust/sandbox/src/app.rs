//! Everything that the parts of the service share.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::account::Account;
use crate::config::Config;
use crate::error::Error;
use crate::fault::Faults;
use crate::kind::Kind;
use crate::log::Log;
use crate::random;
use crate::rate::Limiter;
use crate::rows::Rows;
use crate::session::Sessions;

/// The account and the state of its server.
pub struct App {
    pub account: Account,
    pub rows: BTreeMap<Kind, Rows>,
    pub email: String,
    pub apikey: String,
    pub sessions: Sessions,
    pub log: Log,
    pub limiter: Limiter,
    pub faults: Faults,
    pub latency: Duration,
    pub started: Instant,
}

impl App {
    /// Checks the configuration and sets the account up.
    pub fn new(config: Config) -> Result<Self, Error> {
        if config.rate.is_nan() || config.rate < 0.0 {
            return Err(Error::Rate(config.rate));
        }
        let account = Account::new(&config)?;
        let rows = Kind::ALL.into_iter().map(|kind| Ok((kind, Rows::new(kind, &config)?)));
        Ok(Self {
            rows: rows.collect::<Result<_, Error>>()?,
            account,
            email: config.email,
            apikey: own_or_random(config.apikey),
            sessions: Sessions::new(Duration::from_secs(config.session_seconds)),
            log: Log::default(),
            limiter: Limiter::new(config.rate),
            faults: Faults::new(config.faults),
            latency: config.latency,
            started: Instant::now(),
        })
    }
}

fn own_or_random(apikey: String) -> String {
    if apikey.is_empty() { random::secret() } else { apikey }
}
