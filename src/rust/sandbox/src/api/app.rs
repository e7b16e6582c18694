//! The account as the APIs show it.

use std::collections::BTreeMap;

use crate::account::{Account, USERS, User};
use crate::config::Config;
use crate::error::Error;
use crate::index::Index;
use crate::kind::Kind;
use crate::list::List;
use crate::presence::Presence;
use crate::recorded::{self, RecordedRow};
use crate::rows::Rows;
use crate::v4;

/// What requests for rows are answered from.
pub struct App {
    pub account: Account,
    pub rows: BTreeMap<Kind, Rows>,
    /// The lists whose rows were recorded.
    pub recorded: BTreeMap<List, Vec<RecordedRow>>,
    /// Which of the rows are there.
    pub presence: Presence,
    /// Whether it is kommo.com that is played.
    pub kommo: bool,
    /// Whether filters of cards are paid for in API v4.
    pub api_filter: bool,
    /// Whether the token is an administrator's.
    pub admin: bool,
    pub index: Index,
    pub lists: v4::Lists,
}

impl App {
    /// The account of a configuration, without its first `withheld` rows.
    pub fn new(config: &Config, withheld: u64) -> Result<Self, Error> {
        let rows = Kind::ALL.into_iter().map(|kind| Ok((kind, Rows::new(kind, config)?)));
        let recorded = config.list_items.iter().map(|(list, text)| read_rows(*list, text));
        Ok(Self {
            account: Account::new(config)?,
            rows: rows.collect::<Result<_, Error>>()?,
            recorded: recorded.collect::<Result<_, Error>>()?,
            presence: Presence::new(withheld),
            kommo: config.kommo,
            api_filter: config.api_filter,
            admin: config.admin,
            index: Index::default(),
            lists: v4::Lists::default(),
        })
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

fn read_rows(list: List, text: &str) -> Result<(List, Vec<RecordedRow>), Error> {
    let rows = recorded::read(text);
    let rows = rows.map_err(|source| Error::ListItems { list: list.name(), source })?;
    Ok((list, rows))
}
