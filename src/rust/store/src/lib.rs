//! Tables of an account in a folder of Parquet files, which any engine reads.
#![forbid(unsafe_code)]

mod column;
mod commit;
mod error;
mod format;
mod fs;
mod keys;
mod lock;
mod log;
mod merge;
mod partition;
mod read;
mod rows;
mod schema;
mod stage;
mod store;
mod table;

pub use column::{Column, Texts, Type, Values};
pub use error::Error;
pub use fs::{Disk, Fs, Output};
pub use read::{Selection, TableReader, accounts, read_log, tables};
pub use rows::Rows;
pub use schema::{Field, Schema, Widening};
pub use store::{Changes, Progress, Store};
pub use table::{DELETED_AT, PerKey, Table};
