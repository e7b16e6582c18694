//! The copy of an account: where it is, and the disk that it is on.

use std::path::{Path, PathBuf};

use crate::fs::Fs;
use crate::partition::{OWN, account_folder};

/// The folder of what is not committed, in the own folder.
pub const STAGE: &str = "stage";

/// The copy of an account.
pub struct Home {
    pub fs: Box<dyn Fs>,
    /// The top folder.
    pub root: PathBuf,
    pub account: i64,
    /// The store's own folder.
    pub own: PathBuf,
}

/// The store's own folder for an account.
pub fn own_folder(root: &Path, account: i64) -> PathBuf {
    root.join(OWN).join(account_folder(account))
}

impl Home {
    pub fn new(fs: Box<dyn Fs>, root: &Path, account: i64) -> Home {
        Home { fs, root: root.to_owned(), account, own: own_folder(root, account) }
    }

    /// Where changes of a table wait.
    pub fn stage_folder(&self, table: &str) -> PathBuf {
        self.own.join(STAGE).join(table)
    }

    /// A path in the own folder, from the top folder and with slashes.
    pub fn own_path(&self, path: &str) -> String {
        format!("{OWN}/{}/{path}", account_folder(self.account))
    }
}
