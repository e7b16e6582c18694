//! The account as the APIs show it.

use std::collections::BTreeMap;
use std::sync::{Arc, RwLock, RwLockReadGuard, RwLockWriteGuard};

use serde::de::DeserializeOwned;

use super::recorded::{self, Recorded, RecordedRow};
use crate::config::Config;
use crate::data::change::Changed;
use crate::data::{Account, Kind, List, SETTINGS, Store, User, account};
use crate::error::Error;
use crate::sync::unpoisoned;

/// What requests for rows are answered from.
pub struct App {
    pub account: Arc<Account>,
    store: RwLock<Store>,
    /// The notes that were recorded.
    pub recorded_notes: BTreeMap<Kind, Vec<Recorded>>,
    /// The lists whose rows were recorded.
    pub recorded: BTreeMap<List, Vec<RecordedRow>>,
    /// Whether it is kommo.com that is played.
    pub kommo: bool,
    /// Whether filters of entities are paid for in API v4.
    pub api_filter: bool,
    /// Whether the token is an administrator's.
    pub admin: bool,
}

impl App {
    /// The account of a configuration, without its first `withheld` rows.
    pub fn new(config: &Config, withheld: u64) -> Result<Self, Error> {
        let account = Arc::new(Account::new(config)?);
        let mut store = Store::new(Arc::clone(&account), config);
        store.withhold(withheld);
        Ok(Self {
            store: RwLock::new(store),
            account,
            recorded_notes: read_all(&config.items, |kind| format!("{} notes", kind.name()))?,
            recorded: read_all(&config.list_items, |list| list.name().to_owned())?,
            kommo: config.kommo,
            api_filter: config.api_filter,
            admin: config.admin,
        })
    }

    /// The rows of the account as they are now.
    pub fn store(&self) -> RwLockReadGuard<'_, Store> {
        unpoisoned(self.store.read())
    }

    /// The same, to be changed.
    pub fn store_mut(&self) -> RwLockWriteGuard<'_, Store> {
        unpoisoned(self.store.write())
    }

    /// So many changes of any kind.
    pub fn random_changes(&self, changes: u64, seed: u64) -> Vec<Changed> {
        let mut store = self.store_mut();
        let mut rng = store.change_rng(seed);
        store.random_changes(changes, &mut rng)
    }

    /// Whose token it is.
    pub fn current_user(&self) -> &'static User {
        &SETTINGS.users[usize::from(!self.admin)]
    }

    /// The host by which the world knows the account.
    pub fn domain(&self) -> String {
        let zone = if self.kommo { "kommo.com" } else { "amocrm.ru" };
        format!("{}.{zone}", account::SUBDOMAIN)
    }
}

/// Reads what was recorded, each of which has a name.
fn read_all<K: Copy + Ord, M: DeserializeOwned>(
    texts: &BTreeMap<K, String>,
    name: impl Fn(K) -> String,
) -> Result<BTreeMap<K, Vec<Recorded<M>>>, Error> {
    let read = |(key, text): (&K, &String)| match recorded::read(text) {
        Ok(rows) => Ok((*key, rows)),
        Err(source) => Err(Error::Items { name: name(*key), source }),
    };
    texts.iter().map(read).collect()
}
