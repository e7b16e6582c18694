//! Everything that the parts of the service share.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use crate::config::Config;
use crate::data::account::{Account, USERS, User};
use crate::data::change::Changed;
use crate::data::kind::Kind;
use crate::data::list::List;
use crate::data::random;
use crate::data::store::Store;
use crate::error::Error;
use crate::fault::Faults;
use crate::list_fault::Lists;
use crate::log::Log;
use crate::oauth::{Integration, Tokens};
use crate::presence::Presence;
use crate::rate::Limiter;
use crate::recorded::{self, Recorded, RecordedRow};
use crate::session::Sessions;

/// The account and the state of its server.
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct App {
    pub account: Arc<Account>,
    store: RwLock<Store>,
    /// The notes that were recorded.
    pub recorded_notes: BTreeMap<Kind, Vec<Recorded>>,
    /// The lists whose rows were recorded.
    pub recorded: BTreeMap<List, Vec<RecordedRow>>,
    /// Which of the rows are there.
    pub presence: Presence,
    pub email: String,
    pub apikey: String,
    pub sessions: Sessions,
    pub tokens: Tokens,
    /// Whether API v2 is there.
    pub v2: bool,
    /// Whether it is kommo.com that is played.
    pub kommo: bool,
    /// Whether filters of cards are paid for in API v4.
    pub api_filter: bool,
    /// Whether the token is an administrator's.
    pub admin: bool,
    pub log: Log,
    pub limiter: Limiter,
    pub faults: Faults,
    /// The lists that faults have changed.
    pub changed: Lists,
    pub latency: Duration,
    pub started: Instant,
}

impl App {
    /// Checks the configuration and sets the account up.
    pub fn new(config: Config) -> Result<Self, Error> {
        if config.rate.is_nan() || config.rate < 0.0 {
            return Err(Error::Rate(config.rate));
        }
        let account = Arc::new(Account::new(&config)?);
        let store = RwLock::new(Store::new(Arc::clone(&account), &config));
        let notes = config.items.iter().map(|(kind, text)| read_notes(*kind, text));
        let recorded_notes = notes.collect::<Result<_, Error>>()?;
        let recorded = config.list_items.iter().map(|(list, text)| read_rows(*list, text));
        let recorded = recorded.collect::<Result<_, Error>>()?;
        let integration = Integration {
            client_id: own_or_random(config.client_id),
            client_secret: own_or_random(config.client_secret),
            redirect_uri: config.redirect_uri,
            code: own_or_random(config.code),
        };
        Ok(Self {
            store,
            recorded_notes,
            recorded,
            account,
            email: config.email,
            apikey: own_or_random(config.apikey),
            sessions: Sessions::new(Duration::from_secs(config.session_seconds)),
            tokens: Tokens::new(integration, config.access_token, config.token_seconds),
            v2: config.v2,
            kommo: config.kommo,
            api_filter: config.api_filter,
            admin: config.admin,
            log: Log::default(),
            limiter: Limiter::new(config.rate, config.strict_rate),
            presence: Presence::new(&config.faults),
            faults: Faults::new(config.faults),
            changed: Lists::default(),
            latency: config.latency,
            started: Instant::now(),
        })
    }

    /// The rows of the account as they are now.
    pub fn store(&self) -> RwLockReadGuard<'_, Store> {
        self.store.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same, to be changed.
    pub fn store_mut(&self) -> RwLockWriteGuard<'_, Store> {
        self.store.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// So many changes of any kind.
    pub fn live(&self, changes: u64, seed: u64) -> Vec<Changed> {
        let mut store = self.store_mut();
        let mut rng = store.chance(seed);
        store.live(changes, &mut rng)
    }

    /// Whose token it is.
    pub fn current_user(&self) -> &'static User {
        &USERS[usize::from(!self.admin)]
    }

    /// The host by which the world knows the account.
    pub fn domain(&self) -> String {
        let zone = if self.kommo { "kommo.com" } else { "amocrm.ru" };
        format!("{}.{zone}", self.account.subdomain)
    }
}

fn read_notes(kind: Kind, text: &str) -> Result<(Kind, Vec<Recorded>), Error> {
    let rows = recorded::read(text);
    Ok((kind, rows.map_err(|source| Error::Items { kind: kind.name(), source })?))
}

fn read_rows(list: List, text: &str) -> Result<(List, Vec<RecordedRow>), Error> {
    let rows = recorded::read(text);
    let rows = rows.map_err(|source| Error::ListItems { list: list.name(), source })?;
    Ok((list, rows))
}

fn own_or_random(secret: String) -> String {
    if secret.is_empty() { random::secret() } else { secret }
}
