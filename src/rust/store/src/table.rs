//! What a table is, and what the store remembers of it.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::fs::read_text;
use crate::partition::is_table_name;
use crate::schema::Schema;

/// The column that says when a row was found to be deleted.
pub const DELETED_AT: &str = "deleted_at";

/// What the caller says of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its name: letters, digits and `_`.
    pub name: String,
    /// The columns that say which rows are the same.
    pub key: Vec<String>,
    /// How many rows have one key.
    pub per_key: PerKey,
    /// The column of times whose month a row belongs to for good. None: the table
    /// is one file.
    pub month: Option<String>,
}

/// How many rows have one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PerKey {
    /// One: of several the last one is kept.
    One,
    /// Any number, as tags of a lead have: those of one batch replace all that were
    /// there before.
    Many,
}

/// What is written down about a table.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Info {
    pub version: u32,
    #[serde(flatten)]
    pub table: Table,
    pub columns: Schema,
}

pub const VERSION: u32 = 1;

impl Table {
    pub(crate) fn check(&self) -> Result<(), Error> {
        if !is_table_name(&self.name) {
            return Err(Error::input(&self.name, "this is no name for a table"));
        }
        if self.key.is_empty() {
            return Err(Error::input(&self.name, "there is no key"));
        }
        Ok(())
    }
}

/// The file about a table, in the account's own folder.
pub fn info_path(own: &Path, table: &str) -> PathBuf {
    own.join("tables").join(format!("{table}.json"))
}

/// What is written down about a table; None if it is new.
pub fn read_info(own: &Path, table: &str) -> Result<Option<Info>, Error> {
    read_info_in(&info_path(own, table))
}

/// What a file says about a table; None if there is no file.
pub fn read_info_in(path: &Path) -> Result<Option<Info>, Error> {
    let Some(text) = read_text(path)? else { return Ok(None) };
    let info: Info = serde_json::from_str(&text).map_err(|error| Error::damaged(path, error))?;
    if info.version == VERSION {
        Ok(Some(info))
    } else {
        Err(Error::damaged(path, format!("version {} is not known here", info.version)))
    }
}
