//! Tables of an account in a folder of Parquet files that any engine reads, and that
//! no crash spoils. Pure Rust: nothing here knows R, amoCRM or the network.
//!
//! ```text
//! <folder>/leads/account=<id>/month=2024-05/data.parquet   the rows of a month
//! <folder>/leads_tags/account=<id>/data.parquet            a table without months
//! <folder>/_amocrm/account=<id>/state.json                 the caller's own text
//!                               tables/leads.json          columns, key, month
//!                               log.jsonl                  a line a run
//!                               lock, owner                one run at a time
//!                               commit.json, stage/        while a run is at it
//! ```
//!
//! The files of a table **are** the table: there is one file for each month in which
//! rows were created, and no engine has to know about versions. A file without rows
//! stands for a table without rows.
//!
//! ```
//! use amocrm_store::{Column, PerKey, Rows, Selection, Store, Table, TableReader, Values};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = std::env::temp_dir().join(format!("amocrm-store-doc-{}", std::process::id()));
//! let notes = Table {
//!     name: "notes".to_owned(),
//!     key: vec!["id".to_owned()],
//!     per_key: PerKey::One,
//!     month: None,
//! };
//! let mut store = Store::open(&folder, 12345678, "process 7")?;
//! let rows = Rows::new(vec![
//!     Column::full("id", Values::Int64(vec![1, 2])),
//!     Column::new("text", vec![true, false], Values::Text(["called"].iter().collect()))
//!         .ok_or("cells and rows differ")?,
//! ]);
//! store.upsert(&notes, rows.ok_or("columns differ")?)?;
//! store.commit("notes", r#"{"notes": "2024-05-01"}"#)?;
//!
//! let mut reader = TableReader::open(&folder, "notes", &Selection::default())?;
//! while let Some(rows) = reader.next_rows()? {
//!     println!("{} of {} rows", rows.count(), reader.rows());
//! }
//! # drop(store);
//! # std::fs::remove_dir_all(folder)?;
//! # Ok(())
//! # }
//! ```
//!
//! # A run
//!
//! * **Staged.** Batches of rows wait in small files, by month; keys of rows to delete
//!   in memory. Nothing of the table changes.
//! * **Merged.** A commit writes the months with changes anew: old rows, without those
//!   whose keys came again or are to go, then the new ones. Rows stream from file to
//!   file, a row group at a time; in memory are the keys that came for one month, 24
//!   bytes each, and as much again if there are old rows to compare them with. A month
//!   whose rows are all the same as before is left alone.
//! * **Committed.** New files and the new state take their places together, as
//!   the module `commit` tells. Killed at any moment, without power, on a full disk: the
//!   copy is that of the last commit, or, once it is opened again, that of the one that
//!   was being finished. What was staged and neither committed nor put aside is gone; the state says
//!   from where to read again.
//!
//! A commit is that of one table, or of several that belong together.
//!
//! * **Put aside.** A first read that takes hours keeps what it has staged, and a text of the
//!   caller's, for the next run ([`Store::put_aside`]), which goes on with it. No reader sees it
//!   before the commit.
//!
//! # Rules
//!
//! * **Keys.** A row replaces the one with its key. [`PerKey::Many`]: the rows of a batch
//!   replace all rows with their keys, as tags of a lead do; to leave a lead without tags
//!   is to delete its key. A row stays in its month: where rows with one key
//!   may have two, the key is deleted before the row is added.
//! * **Months** are those of UTC, so that they do not change with the account's zone.
//!   Rows without a time are in `month=__HIVE_DEFAULT_PARTITION__`, which engines read as
//!   a missing month.
//! * **Deleted rows** are removed, or marked in the column [`DELETED_AT`]. A mark stays
//!   until a row with the key comes again.
//! * **Columns** are only ever added, and types widened: yes or no, whole number, number,
//!   text. Cells keep their values, in the words of the wider type. What a batch lacks is
//!   missing in its rows. After a commit all files of the table and account have
//!   the same columns; readers of several accounts go by name
//!   (`union_by_name = true` in `DuckDB`).
//! * **Names that differ by case only** are one column, since SQL engines cannot tell
//!   them apart: it has the name that came first. Where a row has a cell in more than one
//!   of them, the first one is kept.
//! * **Order.** Rows come back in no particular order.
//! * **Accounts** are apart: each has its lock, state and log, so runs of several may go
//!   on in one folder at once.
//!
//! A reader needs no lock. One that reads while a commit takes place may see some months
//! as they were and others as they are, but each row once, since a row never leaves its
//! month.
#![forbid(unsafe_code)]

// Each module uses only those above it.
mod error;

mod column;
mod fs;

mod field;
mod lock;
mod log;

mod rows;
mod schema;

mod format;
mod keys;
mod partition;
mod table;

mod home;

mod commit;
mod stage;

mod aside;

mod merge;

mod change;

mod store;

mod read;

pub use aside::Aside;
pub use change::Changes;
pub use column::{Column, Texts, Type, Values};
pub use error::Error;
pub use field::Field;
pub use fs::{Disk, Fs, Output};
pub use read::{Selection, TableReader, accounts, read_log, tables};
pub use rows::Rows;
pub use schema::{Schema, Widening};
pub use store::Store;
pub use table::{DELETED_AT, PerKey, Table};
