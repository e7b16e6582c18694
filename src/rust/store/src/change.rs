//! From what a run wants to the files of a commit: which of them, and what is in them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::column::Type;
use crate::commit::{Commit, Move};
use crate::error::Error;
use crate::field::Field;
use crate::format::{Reader, Writer};
use crate::home::{Home, STAGE};
use crate::keys::KeyMaker;
use crate::merge::{Counts, Merge};
use crate::partition::{self, Partition, data_file, default_partition, partitions};
use crate::schema::{Schema, Widening};
use crate::stage::Stage;
use crate::table::{DELETED_AT, Info, VERSION};

/// What a commit changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Rows that were not there.
    pub inserted: usize,
    /// Rows in the place of others with their keys.
    pub updated: usize,
    /// Rows that are gone.
    pub deleted: usize,
    /// Rows that are marked as deleted.
    pub marked: usize,
    /// Files that were written.
    pub files: usize,
    /// Columns that are new in a table that was there, or of a wider type.
    pub columns: Widening,
}

impl Changes {
    fn add(&mut self, counts: Counts) {
        let updated = counts.brought.min(counts.replaced);
        self.updated += updated;
        self.inserted += counts.brought - updated;
        self.deleted += counts.removed + counts.replaced - updated;
        self.marked += counts.marked;
    }
}

/// A change of a table, on its way to a commit.
pub struct Change<'a> {
    home: &'a Home,
    keys: &'a KeyMaker,
    stage: &'a Stage,
    info: Info,
    columns: Widening,
    /// Partitions that have rows.
    filled: BTreeSet<Partition>,
    /// Whether there is a file without rows, as a table without rows has.
    has_empty: bool,
    is_new: bool,
}

impl<'a> Change<'a> {
    pub fn new(
        home: &'a Home,
        keys: &'a KeyMaker,
        stage: &'a Stage,
        info: Option<Info>,
    ) -> Result<Change<'a>, Error> {
        let table = stage.table.clone();
        let is_new = info.is_none();
        let mut info = info.unwrap_or(Info { version: VERSION, table, columns: Schema::default() });
        let mut columns = info.columns.take_in(stage.schema.fields.iter().cloned());
        if stage.marks() && !info.columns.fields.is_empty() {
            let (name, of) = (DELETED_AT.to_owned(), Type::Time);
            let mark = Field { name, of, zone: String::new() };
            columns.added.extend(info.columns.take_in([mark]).added);
        }
        let mut change = Change {
            home,
            keys,
            stage,
            info,
            columns,
            filled: BTreeSet::new(),
            has_empty: false,
            is_new,
        };
        change.look_at_files()?;
        Ok(change)
    }

    fn look_at_files(&mut self) -> Result<(), Error> {
        let empty = default_partition(self.stage.table.month.is_some());
        self.filled =
            partitions(&self.home.root, self.table(), self.home.account)?.into_iter().collect();
        if self.filled.contains(&empty) && Reader::open(&self.file(&empty)?)?.rows() == 0 {
            self.filled.remove(&empty);
            self.has_empty = true;
        }
        Ok(())
    }

    /// Writes all files of the change and adds them to the commit.
    pub fn write(mut self, commit: &mut Commit, changes: &mut Changes) -> Result<(), Error> {
        if self.info.columns.fields.is_empty() {
            return Ok(());
        }
        let gained = self.columns != Widening::default();
        for (number, partition) in self.candidates().into_iter().enumerate() {
            let Some(counts) = self.merge(&partition, number, commit)? else { continue };
            changes.add(counts);
            changes.files += usize::from(counts.rows > 0);
        }
        self.settle_empty(gained, commit)?;
        if !self.is_new {
            changes.columns = self.columns;
        }
        let name = self.stage.table.name.as_str();
        let tables = self.home.own.join("tables");
        self.home.fs.make_folder(&tables).map_err(|error| Error::io(&tables, error))?;
        let text = serde_json::to_string(&self.info).unwrap_or_default();
        let new = format!("{STAGE}/{name}/table.json");
        self.home.add_text(commit, &format!("tables/{name}.json"), &new, &text)
    }

    /// The partitions that may have to be written.
    fn candidates(&self) -> BTreeSet<Partition> {
        let mut candidates: BTreeSet<Partition> = self.stage.rows.keys().cloned().collect();
        if self.stage.replaces || !self.stage.gone.is_empty() || self.unifies() {
            candidates.extend(self.filled.iter().cloned());
        }
        candidates
    }

    /// Whether files have other columns than the table now has. All are to have the same
    /// ones, so that any engine reads them as one.
    fn unifies(&self) -> bool {
        !self.is_new && self.columns != Widening::default()
    }

    /// Whether a file lacks columns that the table now has, and is to get them.
    fn is_narrow(&self, partition: &str) -> Result<bool, Error> {
        if !self.unifies() || !self.filled.contains(partition) {
            return Ok(false);
        }
        let reader = Reader::open(&self.file(partition)?)?;
        Ok(!reader.schema().has_columns_of(&self.info.columns))
    }

    /// Writes a partition, if it changes.
    fn merge(
        &mut self,
        partition: &str,
        number: usize,
        commit: &mut Commit,
    ) -> Result<Option<Counts>, Error> {
        let new = self.stage.folder().join(format!("new-{number}"));
        let old = self.filled.contains(partition).then(|| self.file(partition)).transpose()?;
        let staged = self.stage.rows.get(partition).map_or(&[][..], Vec::as_slice);
        let anyway = self.stage.replaces || self.is_narrow(partition)?;
        let counts = self.merger().write(old.as_deref(), staged, &new, anyway)?;
        match counts {
            Some(counts) if counts.rows > 0 => {
                self.add(partition, &new, commit)?;
                self.filled.insert(partition.to_owned());
            }
            Some(_) if self.filled.remove(partition) => {
                commit.removals.push(self.path(partition));
            }
            _ => {}
        }
        Ok(counts)
    }

    /// A table without rows has a file without rows, so that it can be read.
    fn settle_empty(&self, gained: bool, commit: &mut Commit) -> Result<(), Error> {
        let empty = default_partition(self.stage.table.month.is_some());
        if !self.filled.is_empty() {
            if self.has_empty && !self.filled.contains(&empty) {
                commit.removals.push(self.path(&empty));
            }
            return Ok(());
        }
        if self.has_empty && !gained {
            return Ok(());
        }
        let new = self.stage.folder().join("new-empty");
        Writer::create(&*self.home.fs, &new, &self.info.columns)?.finish_safely()?;
        commit.removals.retain(|path| *path != self.path(&empty));
        self.add(&empty, &new, commit)
    }

    fn add(&self, partition: &str, new: &Path, commit: &mut Commit) -> Result<(), Error> {
        let bytes = fs::metadata(new).map_err(|error| Error::io(new, error))?.len();
        let name = new.file_name().unwrap_or_default().to_string_lossy();
        let from = self.home.own_path(&format!("{STAGE}/{}/{name}", self.table()));
        commit.moves.push(Move { from, to: self.path(partition), bytes });
        Ok(())
    }

    fn merger(&self) -> Merge<'_> {
        Merge { fs: &*self.home.fs, keys: self.keys, stage: self.stage, schema: &self.info.columns }
    }

    fn table(&self) -> &str {
        &self.stage.table.name
    }

    fn path(&self, partition: &str) -> String {
        data_file(self.table(), self.home.account, partition)
    }

    fn file(&self, partition: &str) -> Result<PathBuf, Error> {
        let path = self.path(partition);
        partition::inside(&self.home.root, &path)
            .ok_or_else(|| Error::input(self.table(), format!("{path} is no path")))
    }
}
