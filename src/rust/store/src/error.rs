//! What can go wrong with a folder.

use std::fmt::Display;
use std::io;
use std::path::{Path, PathBuf};

use parquet::errors::ParquetError;

/// Every failure of this crate.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The system refuses: no right, no room, no such folder.
    #[error("{}: {error}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// Another run has the account's copy open.
    #[error("another run is at this copy: {owner}")]
    Locked {
        /// Who, in that run's own words.
        owner: String,
    },
    /// A file is not what this crate writes.
    #[error("{}: {detail}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// A run wrote the table while it was read: it can be read again.
    #[error("{} was replaced while it was read", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// A change of a table went wrong before, so that the rest of them is not
    /// committed either.
    #[error("changes of {table} were lost: the others are not committed")]
    Lost {
        /// The table.
        table: String,
    },
    /// The folder has no such table.
    #[error("there is no table {table}")]
    NoTable {
        /// Its name.
        table: String,
    },
    /// The caller's rows do not fit.
    #[error("table {table}: {detail}")]
    Input {
        /// The table.
        table: String,
        /// What is wrong.
        detail: String,
    },
}

impl Error {
    pub(crate) fn io(path: &Path, error: io::Error) -> Self {
        Error::Io { path: path.to_owned(), error }
    }

    pub(crate) fn damaged(path: &Path, detail: impl Display) -> Self {
        Error::Damaged { path: path.to_owned(), detail: detail.to_string() }
    }

    pub(crate) fn input(table: &str, detail: impl Into<String>) -> Self {
        Error::Input { table: table.to_owned(), detail: detail.into() }
    }

    /// What the Parquet library says about a file. Refusals of the system are
    /// kept apart: a full disk is no damage.
    pub(crate) fn parquet(path: &Path, error: ParquetError) -> Self {
        match error {
            ParquetError::External(cause) => match cause.downcast::<io::Error>() {
                Ok(error) => Error::io(path, *error),
                Err(cause) => Error::damaged(path, cause),
            },
            error => Error::damaged(path, error),
        }
    }
}
