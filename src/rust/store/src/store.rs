//! The copy of one account, open for changes.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::aside::Aside;
use crate::change::{Change, Changes};
use crate::commit::{Commit, unfinished};
use crate::error::Error;
use crate::fs::{Disk, Fs, read_text};
use crate::home::Home;
use crate::keys::KeyMaker;
use crate::lock::Lock;
use crate::log;
use crate::rows::Rows;
use crate::schema::Schema;
use crate::stage::Stage;
use crate::table::{Table, read_info};

const STATE: &str = "state.json";

/// The copy of one account, open for changes: one run at a time.
///
/// Changes are collected with [`upsert`](Store::upsert), [`delete`](Store::delete),
/// [`mark_deleted`](Store::mark_deleted) and [`clear`](Store::clear), and take place
/// with [`commit`](Store::commit), all at once. What is not committed is lost.
pub struct Store {
    home: Home,
    keys: KeyMaker,
    stages: BTreeMap<String, Stage>,
    /// Tables of which a change went wrong.
    lost: BTreeSet<String>,
    asides: Vec<Aside>,
    _lock: Lock,
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
        let home = Home::new(fs, folder, account);
        home.fs.make_folder(&home.own).map_err(|error| Error::io(&home.own, error))?;
        let lock = Lock::take(&home.own, owner)?;
        home.recover()?;
        let keys = KeyMaker::default();
        let (stages, lost, asides) = (BTreeMap::new(), BTreeSet::new(), Vec::new());
        let mut store = Store { home, keys, stages, lost, asides, _lock: lock };
        store.tidy();
        for (aside, stages) in store.home.all_aside()? {
            let stages = stages.into_iter().map(|stage| (stage.table.name.clone(), stage));
            store.stages.extend(stages);
            store.asides.push(aside);
        }
        Ok(store)
    }

    /// The state of the last commit, None before the first.
    pub fn state(&self) -> Result<Option<String>, Error> {
        read_text(&self.home.own.join(STATE))
    }

    /// The columns of a table, None if it is new.
    pub fn columns(&self, table: &str) -> Result<Option<Schema>, Error> {
        Ok(read_info(&self.home.own, table)?.map(|info| info.columns))
    }

    /// The columns of a table's rows that are staged, None without any.
    pub fn staged_columns(&self, table: &str) -> Option<&Schema> {
        self.stages.get(table).map(|stage| &stage.schema)
    }

    /// What a run before has put aside with a table as the first one. It is staged.
    pub fn aside(&self, first: &str) -> Option<&Aside> {
        self.asides.iter().find(|aside| aside.tables.first().is_some_and(|name| name == first))
    }

    /// Puts the staged rows of tables aside for a run that may come after this one was
    /// killed, with a text: all or nothing. A commit of the first table ends that.
    ///
    /// # Errors
    /// Any, also when keys of rows were staged: what was put aside before still is.
    pub fn put_aside(&mut self, tables: &[&str], note: &str) -> Result<(), Error> {
        self.home.recover()?;
        if let Some(table) = tables.iter().find(|table| self.lost.contains(**table)) {
            return Err(Error::Lost { table: (*table).to_owned() });
        }
        let place = |stage: &&mut Stage| tables.iter().position(|name| *name == stage.table.name);
        let mut stages: Vec<&mut Stage> =
            self.stages.values_mut().filter(|stage| place(stage).is_some()).collect();
        stages.sort_by_key(place);
        self.home.put_aside(&mut stages, note)
    }

    /// Forgets what was put aside with a table as the first one.
    pub fn forget_aside(&mut self, first: &str) -> Result<(), Error> {
        self.home.forget_aside(first)?;
        if let Some(at) = self.asides.iter().position(|aside| aside.tables[0] == first) {
            for table in self.asides.remove(at).tables {
                self.stages.remove(&table);
            }
        }
        Ok(())
    }

    /// Adds rows, or replaces those with their keys. They wait on the disk.
    ///
    /// # Errors
    /// [`Error::Input`] when they lack the key or the month, [`Error::Io`] when the
    /// disk is full. The next commit of this table fails then, as that of any other
    /// change that went wrong.
    pub fn upsert(&mut self, table: &Table, rows: Rows) -> Result<(), Error> {
        self.change(table, |stage, home, _| stage.upsert(&*home.fs, rows))
    }

    /// Removes the rows with these keys, if there are any: the columns of the key.
    pub fn delete(&mut self, table: &Table, keys: &Rows) -> Result<(), Error> {
        self.delete_keys(table, keys, None)
    }

    /// Sets the column [`DELETED_AT`](crate::DELETED_AT) of the rows with these keys, if
    /// there are any, unless a commit before has set it. Rows with these keys that come
    /// later have no mark.
    pub fn mark_deleted(&mut self, table: &Table, keys: &Rows, at: i64) -> Result<(), Error> {
        self.delete_keys(table, keys, Some(at))
    }

    /// Forgets all rows of a table: those that are added from now on are all it has.
    pub fn clear(&mut self, table: &Table) -> Result<(), Error> {
        self.change(table, |stage, _, _| {
            stage.clear();
            Ok(())
        })
    }

    /// Makes the changes to a table, and the state with them: all or nothing.
    /// A table without changes has its state written.
    ///
    /// # Errors
    /// Any: then the table is as it was, or, if the commit itself was made, as it was
    /// to be once the copy is opened again.
    pub fn commit(&mut self, table: &str, state: &str) -> Result<Changes, Error> {
        let changes = self.commit_all(&[table], state)?;
        Ok(changes.into_iter().next().unwrap_or_default())
    }

    /// As [`commit`](Store::commit), for several tables in one step. What changed in
    /// each of them.
    pub fn commit_all(&mut self, tables: &[&str], state: &str) -> Result<Vec<Changes>, Error> {
        self.home.recover()?;
        let staged: Vec<Option<Stage>> =
            tables.iter().map(|table| self.stages.remove(*table)).collect();
        let lost: Vec<&&str> = tables.iter().filter(|table| self.lost.remove(**table)).collect();
        if let Some(table) = lost.first() {
            return Err(Error::Lost { table: (**table).to_owned() });
        }
        let mut commit = Commit::new();
        let changes: Vec<Changes> = tables
            .iter()
            .zip(&staged)
            .map(|(table, staged)| self.add_changes(table, staged.as_ref(), &mut commit))
            .collect::<Result<_, _>>()?;
        if let Some(first) = tables.first() {
            self.home.use_aside(first, &mut commit);
        }
        self.home.add_text(&mut commit, STATE, "state.new", state)?;
        self.home.make(&commit)?;
        for table in tables {
            // What is left is removed at the next opening anyway.
            let _ = self.home.fs.remove_folder(&self.home.stage_folder(table));
        }
        Ok(changes)
    }

    /// Adds a line of JSON to the log.
    pub fn log(&self, line: &str) -> Result<(), Error> {
        log::append(&*self.home.fs, &self.home.own, line)
    }

    fn delete_keys(&mut self, table: &Table, keys: &Rows, at: Option<i64>) -> Result<(), Error> {
        self.change(table, |stage, _, maker| {
            stage.delete(maker.keys(&table.name, keys, &table.key)?, at);
            Ok(())
        })
    }

    /// Changes a table, and remembers if that goes wrong.
    fn change(
        &mut self,
        table: &Table,
        change: impl FnOnce(&mut Stage, &Home, &KeyMaker) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let stage = stage_of(&mut self.stages, &self.home, table);
        let changed = stage.and_then(|stage| change(stage, &self.home, &self.keys));
        if changed.is_err() {
            self.lost.insert(table.name.clone());
        }
        changed
    }

    /// Writes what changes in a table, and adds it to a commit.
    fn add_changes(
        &self,
        table: &str,
        staged: Option<&Stage>,
        commit: &mut Commit,
    ) -> Result<Changes, Error> {
        let info = read_info(&self.home.own, table)?;
        let table = staged.map(|staged| &staged.table).or(info.as_ref().map(|info| &info.table));
        let mut changes = Changes::default();
        if let Some(table) = table.cloned() {
            let nothing = Stage::new(&*self.home.fs, &table, self.home.stage_folder(&table.name))?;
            let staged = staged.unwrap_or(&nothing);
            Change::new(&self.home, &self.keys, staged, info)?.write(commit, &mut changes)?;
        }
        Ok(changes)
    }

    /// Removes what runs left, unless a commit still needs it. What can't be removed does no
    /// harm.
    fn tidy(&self) {
        if !matches!(unfinished(&self.home.own), Ok(None)) {
            return;
        }
        let _ = self.home.tidy_stage();
        let _ = self.home.fs.remove_folder(&self.home.own.join("old"));
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.tidy();
    }
}

/// The changes to a table so far.
fn stage_of<'a>(
    stages: &'a mut BTreeMap<String, Stage>,
    home: &Home,
    table: &Table,
) -> Result<&'a mut Stage, Error> {
    table.check()?;
    let stage = match stages.entry(table.name.clone()) {
        Entry::Occupied(stage) => stage.into_mut(),
        Entry::Vacant(place) => {
            let info = read_info(&home.own, &table.name)?;
            let known = info.map_or_else(|| table.clone(), |info| info.table);
            place.insert(Stage::new(&*home.fs, &known, home.stage_folder(&table.name))?)
        }
    };
    if stage.table == *table {
        Ok(stage)
    } else {
        Err(Error::input(&table.name, "its key or its month were others before"))
    }
}
