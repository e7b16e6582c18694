//! The account as the APIs show it.

use std::collections::BTreeMap;
use std::sync::{Arc, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::recorded::{self, Recorded, RecordedRow};
use crate::config::Config;
use crate::data::change::Changed;
use crate::data::{Account, Kind, List, SETTINGS, Store, User};
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
        let notes = config.items.iter().map(|(kind, text)| read_notes(*kind, text));
        let rows = config.list_items.iter().map(|(list, text)| read_rows(*list, text));
        Ok(Self {
            store: RwLock::new(store),
            account,
            recorded_notes: notes.collect::<Result<_, Error>>()?,
            recorded: rows.collect::<Result<_, Error>>()?,
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
