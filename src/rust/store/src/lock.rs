//! One run at a time on the copy of an account.
//!
//! The system holds the lock and lets go of it when its owner ends, however it
//! ends. Who the owner is stands in a file of its own, since on Windows nobody can
//! read a locked one.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};

use fs4::TryLockError;

use crate::error::Error;

/// Held while a copy is open for changes.
#[derive(Debug)]
pub struct Lock {
    _file: File,
    owner: PathBuf,
}

impl Lock {
    /// Takes the lock in a folder, and says who did.
    pub fn take(folder: &Path, owner: &str) -> Result<Lock, Error> {
        let path = folder.join("lock");
        let opened = OpenOptions::new().write(true).create(true).truncate(false).open(&path);
        let file = opened.map_err(|error| Error::io(&path, error))?;
        let owner_path = folder.join("owner");
        match fs4::FileExt::try_lock(&file) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let owner = fs::read_to_string(owner_path).unwrap_or_default();
                return Err(Error::Locked { owner });
            }
            Err(TryLockError::Error(error)) => return Err(Error::io(&path, error)),
        }
        // Nothing depends on it.
        let _ = fs::write(&owner_path, owner);
        Ok(Lock { _file: file, owner: owner_path })
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.owner);
    }
}
