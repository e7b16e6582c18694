//! The list of notes of one kind, made up or recorded.

use serde::Deserialize;

use crate::account::Account;
use crate::config::Config;
use crate::error::Error;
use crate::kind::Kind;
use crate::recorded::{self, Recorded};

/// Where the rows of a kind come from.
pub enum Rows {
    /// Out of the seed: their kind and number.
    Generated(Kind, u64),
    /// Out of a recording, in its order.
    Recorded(Vec<Recorded>),
}

/// What filters ask about a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Meta {
    pub id: u64,
    #[serde(default)]
    pub element_id: u64,
    #[serde(default)]
    pub note_type: u64,
    /// Epoch seconds.
    #[serde(default)]
    pub updated_at: u64,
}

impl Rows {
    /// The rows that `config` has for a kind.
    pub fn new(kind: Kind, config: &Config) -> Result<Self, Error> {
        let Some(text) = config.items.get(&kind) else {
            return Ok(Self::Generated(kind, config.notes.get(kind)));
        };
        let rows = recorded::read(text).map_err(|source| {
            let kind = kind.name();
            Error::Items { kind, source }
        });
        rows.map(Self::Recorded)
    }

    /// How many rows there are.
    pub fn len(&self) -> u64 {
        match self {
            Self::Generated(_, count) => *count,
            Self::Recorded(rows) => rows.len() as u64,
        }
    }

    /// What filters ask about each row, in order.
    pub fn metas<'a>(&'a self, account: &'a Account) -> Box<dyn Iterator<Item = Meta> + 'a> {
        match self {
            Self::Generated(kind, count) => {
                Box::new((0..*count).map(|index| Meta::of(account, *kind, index)))
            }
            Self::Recorded(rows) => Box::new(rows.iter().map(|row| row.meta)),
        }
    }

    /// The indices of the rows with this id.
    pub fn with_id(&self, account: &Account, id: u64) -> Vec<u64> {
        match self {
            Self::Generated(kind, _) => account.index_of(*kind, id).into_iter().collect(),
            Self::Recorded(rows) => {
                let all = (0..).zip(rows);
                all.filter(|(_, row)| row.meta.id == id).map(|(index, _)| index).collect()
            }
        }
    }
}

impl Meta {
    fn of(account: &Account, kind: Kind, index: u64) -> Self {
        let row = account.row(kind, index);
        Self {
            id: row.id,
            element_id: row.element_id,
            note_type: row.note_type.code(),
            updated_at: row.updated_at,
        }
    }
}
