//! What a run wants to change in a table: rows in small files on the disk, by
//! partition, and keys of rows to delete. Only what is put aside outlives the run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::column::Column;
use crate::error::Error;
use crate::format::Writer;
use crate::fs::Fs;
use crate::keys::{Key, KeyMap};
use crate::partition::{self, Partition};
use crate::rows::Rows;
use crate::schema::Schema;
use crate::table::{PerKey, Table};

/// Operations are numbered in their order; rows of the table itself come before all.
pub type Operation = u32;
pub const BEFORE_ALL: Operation = 0;

/// The changes to a table.
pub struct Stage {
    pub table: Table,
    folder: PathBuf,
    /// The last operation, and how many files there were.
    pub last: Operation,
    pub count: usize,
    /// The columns of all rows.
    pub schema: Schema,
    /// Where the rows are.
    pub rows: BTreeMap<Partition, Vec<StagedFile>>,
    /// What happens to rows that came before.
    pub gone: KeyMap<Gone>,
    /// Whether the rows are all that the table has.
    pub replaces: bool,
}

/// Rows of one operation in one partition.
pub struct StagedFile {
    pub path: PathBuf,
    pub operation: Operation,
    /// Whether it is safe from a power cut, but for its name.
    pub is_flushed: bool,
}

/// What happens to the rows of a key: the last operations that removed and marked
/// them.
#[derive(Clone, Copy, Default)]
pub struct Gone {
    removed: Operation,
    marked: Operation,
    marked_at: i64,
}

/// What becomes of a row.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Kept,
    Marked(i64),
    Removed,
}

impl Stage {
    /// No changes yet; files go into `folder`, which is made.
    pub fn new(fs: &dyn Fs, table: &Table, folder: PathBuf) -> Result<Stage, Error> {
        fs.make_folder(&folder).map_err(|error| Error::io(&folder, error))?;
        Ok(Stage {
            table: table.clone(),
            folder,
            last: BEFORE_ALL,
            count: 0,
            schema: Schema::default(),
            rows: BTreeMap::new(),
            gone: KeyMap::default(),
            replaces: false,
        })
    }

    /// All its files.
    pub fn files(&self) -> impl Iterator<Item = &StagedFile> {
        self.rows.values().flatten()
    }

    /// Returns when its rows are safe from a power cut. Keys can't be kept.
    pub fn flush(&mut self, fs: &dyn Fs) -> Result<(), Error> {
        if self.replaces || !self.gone.is_empty() {
            return Err(Error::input(&self.table.name, "only rows can be put aside"));
        }
        for file in self.rows.values_mut().flatten().filter(|file| !file.is_flushed) {
            let flushed = fs.append(&file.path).and_then(|mut output| output.sync());
            flushed.map_err(|error| Error::io(&file.path, error))?;
            file.is_flushed = true;
        }
        fs.sync_folder(&self.folder).map_err(|error| Error::io(&self.folder, error))
    }

    /// The folder of its files.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Adds rows, or replaces those with their keys.
    pub fn upsert(&mut self, fs: &dyn Fs, rows: Rows) -> Result<(), Error> {
        let schema: Schema = rows.fields().collect();
        let parts = self.split(schema.conform(rows))?;
        self.last += 1;
        self.schema.take_in(schema.fields.iter().cloned());
        for (partition, rows) in parts {
            let path = self.folder.join(format!("{}.parquet", self.count));
            self.count += 1;
            let mut writer = Writer::create_staged(fs, &path, &schema, rows.count())?;
            writer.write(rows)?;
            writer.finish()?;
            let file = StagedFile { path, operation: self.last, is_flushed: false };
            self.rows.entry(partition).or_default().push(file);
        }
        Ok(())
    }

    /// Makes rows with these keys disappear, or marks them.
    pub fn delete(&mut self, keys: Vec<Key>, marked_at: Option<i64>) {
        self.last += 1;
        for key in keys {
            let gone = self.gone.entry(key).or_default();
            match marked_at {
                None => gone.removed = self.last,
                Some(at) => (gone.marked, gone.marked_at) = (self.last, at),
            }
        }
    }

    /// Forgets all rows, those of the table and those that were added.
    pub fn clear(&mut self) {
        self.replaces = true;
        self.rows.clear();
        self.gone.clear();
    }

    /// Whether it marks any rows.
    pub fn marks(&self) -> bool {
        self.gone.values().any(|gone| gone.marked > BEFORE_ALL)
    }

    /// What becomes of a row that an operation brought.
    pub fn fate(&self, key: Key, operation: Operation) -> Fate {
        match self.gone.get(&key) {
            Some(gone) if gone.removed > operation => Fate::Removed,
            Some(gone) if gone.marked > operation => Fate::Marked(gone.marked_at),
            _ => Fate::Kept,
        }
    }

    /// What stands for a row where rows of one key meet: the largest one wins. Rows
    /// of one operation are alike if a key may have many.
    pub fn rank(&self, operation: Operation, row: usize) -> u64 {
        let row = match self.table.per_key {
            PerKey::One => u32::try_from(row).unwrap_or(u32::MAX),
            PerKey::Many => 0,
        };
        u64::from(operation) << 32 | u64::from(row)
    }

    /// The operation of a row with this rank.
    #[allow(clippy::cast_possible_truncation)]
    pub fn operation(rank: u64) -> Operation {
        (rank >> 32) as Operation
    }

    fn split(&self, rows: Rows) -> Result<Vec<(Partition, Rows)>, Error> {
        let column = |name: &String| {
            rows.column(name)
                .ok_or_else(|| Error::input(&self.table.name, format!("there is no column {name}")))
        };
        self.table.key.iter().try_for_each(|name| column(name).map(drop))?;
        let Some(name) = &self.table.month else {
            return Ok(vec![(partition::default_partition(false), rows)]);
        };
        let times: &Column = column(name)?;
        let months = partition::months(times)
            .ok_or_else(|| Error::input(&self.table.name, format!("{name} has no times")))?;
        let mut distinct = months.clone();
        distinct.sort_unstable();
        distinct.dedup();
        let targets: Vec<Option<usize>> =
            months.iter().map(|month| distinct.binary_search(month).ok()).collect();
        let parts = rows.deal(&targets, distinct.len());
        Ok(distinct.into_iter().map(partition::of_month).zip(parts).collect())
    }
}
