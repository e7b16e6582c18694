//! The copy of one account, open for changes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::column::Type;
use crate::commit::{Commit, Move, Place, unfinished};
use crate::error::Error;
use crate::field::Field;
use crate::format::{Reader, Writer};
use crate::fs::{Disk, Fs, read_text, write};
use crate::keys::KeyMaker;
use crate::lock::Lock;
use crate::log;
use crate::merge::{Counts, Merge};
use crate::partition::{
    self, OWN, Partition, account_folder, data_file, default_partition, partitions,
};
use crate::rows::Rows;
use crate::schema::{Schema, Widening};
use crate::stage::Stage;
use crate::table::{DELETED_AT, Info, Table, VERSION, read_info};

const STATE: &str = "state.json";
const STAGE: &str = "stage";

/// The copy of one account, open for changes: one run at a time.
///
/// Changes are collected with [`upsert`](Store::upsert), [`delete`](Store::delete),
/// [`mark_deleted`](Store::mark_deleted) and [`clear`](Store::clear), and take place
/// with [`commit`](Store::commit), all at once. What is not committed is lost.
pub struct Store {
    fs: Box<dyn Fs>,
    root: PathBuf,
    account: i64,
    own: PathBuf,
    keys: KeyMaker,
    stages: BTreeMap<String, Stage>,
    _lock: Lock,
}

/// How far the reading of a table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// More rows follow: files without changes stay as they are, even if the table
    /// has gained columns meanwhile.
    Going,
    /// The table is whole: all its files have the same columns afterwards, so that
    /// any engine reads them as one.
    Done,
}

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
    /// Columns that are new, or of a wider type.
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

impl Store {
    /// Opens the copy of an account in a folder, which is made if there is none,
    /// and finishes what a run before left unfinished. `owner` is told to whoever
    /// comes meanwhile.
    ///
    /// # Errors
    /// [`Error::Locked`] when another run is at it.
    pub fn open(folder: &Path, account: i64, owner: &str) -> Result<Store, Error> {
        Store::open_on(Box::new(Disk), folder, account, owner)
    }

    /// As [`open`](Store::open), on another disk.
    pub fn open_on(
        fs: Box<dyn Fs>,
        folder: &Path,
        account: i64,
        owner: &str,
    ) -> Result<Store, Error> {
        let own = own_folder(folder, account);
        fs.make_folder(&own).map_err(|error| Error::io(&own, error))?;
        let lock = Lock::take(&own, owner)?;
        let store = Store {
            fs,
            root: folder.to_owned(),
            account,
            own,
            keys: KeyMaker::default(),
            stages: BTreeMap::new(),
            _lock: lock,
        };
        store.place().recover()?;
        store.tidy();
        Ok(store)
    }

    /// The state of the last commit, None before the first.
    pub fn state(&self) -> Result<Option<String>, Error> {
        read_text(&self.own.join(STATE))
    }

    /// The columns of a table, None if it is new.
    pub fn columns(&self, table: &str) -> Result<Option<Schema>, Error> {
        Ok(read_info(&self.own, table)?.map(|info| info.columns))
    }

    /// Adds rows, or replaces those with their keys. They wait on the disk.
    ///
    /// # Errors
    /// [`Error::Input`] when they lack the key or the month, [`Error::Io`] when the
    /// disk is full. Then the changes to this table are lost.
    pub fn upsert(&mut self, table: &Table, rows: Rows) -> Result<(), Error> {
        let mut stage = self.take_stage(table)?;
        let staged = stage.upsert(&*self.fs, rows);
        self.keep_stage(stage, staged)
    }

    /// Removes the rows with these keys, if there are any: the columns of the key.
    pub fn delete(&mut self, table: &Table, keys: &Rows) -> Result<(), Error> {
        self.delete_keys(table, keys, None)
    }

    /// Sets the column [`DELETED_AT`] of the rows with these keys, if there are any,
    /// unless a commit before has set it. Rows with these keys that come later have no
    /// mark.
    pub fn mark_deleted(&mut self, table: &Table, keys: &Rows, at: i64) -> Result<(), Error> {
        self.delete_keys(table, keys, Some(at))
    }

    /// Forgets all rows of a table: those that are added from now on are all it has.
    pub fn clear(&mut self, table: &Table) -> Result<(), Error> {
        let mut stage = self.take_stage(table)?;
        stage.clear();
        self.keep_stage(stage, Ok(()))
    }

    /// Makes the changes to a table, and the state with them: all or nothing.
    /// A table without changes has its state written.
    ///
    /// # Errors
    /// Any: then the table is as it was, or, if the commit itself was made, as it was
    /// to be once the copy is opened again.
    pub fn commit(
        &mut self,
        table: &str,
        state: &str,
        progress: Progress,
    ) -> Result<Changes, Error> {
        self.place().recover()?;
        let changes = self.stages.remove(table);
        let committed = self.commit_changes(table, changes.as_ref(), state, progress);
        if committed.is_ok() {
            // What is left is removed at the next opening anyway.
            let _ = self.fs.remove_folder(&self.stage_folder(table));
        }
        committed
    }

    /// Adds a line of JSON to the log.
    pub fn log(&self, line: &str) -> Result<(), Error> {
        log::append(&*self.fs, &self.own, line)
    }

    fn delete_keys(&mut self, table: &Table, keys: &Rows, at: Option<i64>) -> Result<(), Error> {
        let keys = self.keys.keys(&table.name, keys, &table.key)?;
        let mut stage = self.take_stage(table)?;
        stage.delete(keys, at);
        self.keep_stage(stage, Ok(()))
    }

    /// The stage of a table; it is given back when what is done to it went well.
    fn take_stage(&mut self, table: &Table) -> Result<Stage, Error> {
        table.check()?;
        if let Some(stage) = self.stages.remove(&table.name) {
            return Ok(stage);
        }
        match read_info(&self.own, &table.name)? {
            Some(info) if info.table != *table => {
                Err(Error::input(&table.name, "its key or its month were others before"))
            }
            _ => Stage::new(&*self.fs, table, self.stage_folder(&table.name)),
        }
    }

    fn keep_stage(&mut self, stage: Stage, done: Result<(), Error>) -> Result<(), Error> {
        if done.is_ok() {
            self.stages.insert(stage.table.name.clone(), stage);
        }
        done
    }

    fn commit_changes(
        &self,
        table: &str,
        staged: Option<&Stage>,
        state: &str,
        progress: Progress,
    ) -> Result<Changes, Error> {
        let info = read_info(&self.own, table)?;
        let table = staged.map(|staged| &staged.table).or(info.as_ref().map(|info| &info.table));
        let mut commit = Commit::new();
        let mut changes = Changes::default();
        if let Some(table) = table.cloned() {
            let nothing = Stage::new(&*self.fs, &table, self.stage_folder(&table.name))?;
            let staged = staged.unwrap_or(&nothing);
            Change::new(self, staged, info, progress)?.write(&mut commit, &mut changes)?;
        }
        self.add_text(&mut commit, STATE, "state.new", state)?;
        self.place().make(&commit)?;
        Ok(changes)
    }

    /// Writes a text that belongs to a commit; paths are from the own folder.
    fn add_text(&self, commit: &mut Commit, to: &str, new: &str, text: &str) -> Result<(), Error> {
        write(&*self.fs, &self.own.join(new), text)?;
        let own = self.own_path();
        let bytes = u64::try_from(text.len()).unwrap_or_default();
        commit.moves.push(Move { from: format!("{own}/{new}"), to: format!("{own}/{to}"), bytes });
        Ok(())
    }

    /// Removes what runs left, unless a commit still needs it. A file that a reader
    /// has open may stay.
    fn tidy(&self) {
        if !matches!(unfinished(&self.own), Ok(None)) {
            return;
        }
        for folder in [STAGE, "old"] {
            let _ = self.fs.remove_folder(&self.own.join(folder));
        }
    }

    fn place(&self) -> Place<'_> {
        Place { fs: &*self.fs, root: &self.root, own: &self.own }
    }

    fn stage_folder(&self, table: &str) -> PathBuf {
        self.own.join(STAGE).join(table)
    }

    /// The own folder from the top folder, with slashes.
    fn own_path(&self) -> String {
        format!("{OWN}/{}", account_folder(self.account))
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.tidy();
    }
}

/// The store's own folder for an account.
pub(crate) fn own_folder(root: &Path, account: i64) -> PathBuf {
    root.join(OWN).join(account_folder(account))
}

/// A change of a table, on its way to a commit.
struct Change<'a> {
    store: &'a Store,
    stage: &'a Stage,
    info: Info,
    columns: Widening,
    progress: Progress,
    /// Partitions that have rows.
    filled: BTreeSet<Partition>,
    /// Whether there is a file without rows, as a table without rows has.
    has_empty: bool,
    is_new: bool,
}

impl<'a> Change<'a> {
    fn new(
        store: &'a Store,
        stage: &'a Stage,
        info: Option<Info>,
        progress: Progress,
    ) -> Result<Change<'a>, Error> {
        let table = stage.table.clone();
        let is_new = info.is_none();
        let mut info = info.unwrap_or(Info {
            version: VERSION,
            table,
            columns: Schema::default(),
            is_uniform: true,
        });
        let mut columns = info.columns.take_in(stage.schema.fields.iter().cloned());
        if stage.marks() && !info.columns.fields.is_empty() {
            let (name, of) = (DELETED_AT.to_owned(), Type::Time);
            let mark = Field { name, of, zone: String::new() };
            columns.added.extend(info.columns.take_in([mark]).added);
        }
        let mut change = Change {
            store,
            stage,
            info,
            columns,
            progress,
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
            partitions(&self.store.root, self.table(), self.store.account)?.into_iter().collect();
        if self.filled.contains(&empty) && Reader::open(&self.file(&empty)?)?.rows() == 0 {
            self.filled.remove(&empty);
            self.has_empty = true;
        }
        Ok(())
    }

    /// Writes all files of the change and adds them to the commit.
    fn write(mut self, commit: &mut Commit, changes: &mut Changes) -> Result<(), Error> {
        if self.info.columns.fields.is_empty() {
            return Ok(());
        }
        let gained = self.columns != Widening::default();
        self.info.is_uniform &= !gained || self.is_new;
        let touched = self.touched()?;
        for (number, partition) in touched.into_iter().enumerate() {
            let counts = self.merge(&partition, number, commit)?;
            changes.add(counts);
            changes.files += usize::from(counts.rows > 0);
        }
        self.settle_empty(gained, commit)?;
        self.info.is_uniform |= self.progress == Progress::Done;
        changes.columns = self.columns;
        let name = self.stage.table.name.as_str();
        let tables = self.store.own.join("tables");
        self.store.fs.make_folder(&tables).map_err(|error| Error::io(&tables, error))?;
        let text = serde_json::to_string(&self.info).unwrap_or_default();
        self.store.add_text(commit, &format!("tables/{name}.json"), "table.new", &text)
    }

    /// The partitions that have to be written.
    fn touched(&self) -> Result<BTreeSet<Partition>, Error> {
        let mut touched: BTreeSet<Partition> = self.stage.rows.keys().cloned().collect();
        for partition in self.filled.difference(&touched.clone()) {
            if self.stage.replaces || self.has_gone(partition)? || self.is_narrow(partition)? {
                touched.insert(partition.clone());
            }
        }
        Ok(touched)
    }

    fn has_gone(&self, partition: &str) -> Result<bool, Error> {
        Ok(!self.stage.gone.is_empty() && self.merger().touches(&self.file(partition)?)?)
    }

    /// Whether a file lacks columns that the table now has, and is to get them.
    fn is_narrow(&self, partition: &str) -> Result<bool, Error> {
        if self.progress == Progress::Going || self.info.is_uniform {
            return Ok(false);
        }
        let reader = Reader::open(&self.file(partition)?)?;
        Ok(!reader.schema().has_columns_of(&self.info.columns))
    }

    fn merge(
        &mut self,
        partition: &str,
        number: usize,
        commit: &mut Commit,
    ) -> Result<Counts, Error> {
        let new = self.stage.folder().join(format!("new-{number}"));
        let old = self.filled.contains(partition).then(|| self.file(partition)).transpose()?;
        let staged = self.stage.rows.get(partition).map_or(&[][..], Vec::as_slice);
        let counts = self.merger().write(old.as_deref(), staged, &new)?;
        if counts.rows > 0 {
            self.add(partition, &new, commit)?;
            self.filled.insert(partition.to_owned());
        } else if self.filled.remove(partition) {
            commit.removals.push(self.path(partition));
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
        Writer::create(&*self.store.fs, &new, &self.info.columns)?.finish_safely()?;
        commit.removals.retain(|path| *path != self.path(&empty));
        self.add(&empty, &new, commit)
    }

    fn add(&self, partition: &str, new: &Path, commit: &mut Commit) -> Result<(), Error> {
        let bytes = fs::metadata(new).map_err(|error| Error::io(new, error))?.len();
        let name = new.file_name().unwrap_or_default().to_string_lossy();
        let from = format!("{}/{STAGE}/{}/{name}", self.store.own_path(), self.table());
        commit.moves.push(Move { from, to: self.path(partition), bytes });
        Ok(())
    }

    fn merger(&self) -> Merge<'_> {
        Merge {
            fs: &*self.store.fs,
            keys: &self.store.keys,
            stage: self.stage,
            schema: &self.info.columns,
        }
    }

    fn table(&self) -> &str {
        &self.stage.table.name
    }

    fn path(&self, partition: &str) -> String {
        data_file(self.table(), self.store.account, partition)
    }

    fn file(&self, partition: &str) -> Result<PathBuf, Error> {
        let path = self.path(partition);
        partition::inside(&self.store.root, &path)
            .ok_or_else(|| Error::input(self.table(), format!("{path} is no path")))
    }
}
