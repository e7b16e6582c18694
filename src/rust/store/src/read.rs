//! A table of the copy, read back piece by piece. It needs no lock.
//!
//! While a commit is being finished, or when a run died at it, new files that are not
//! in their place yet are read where they are: a reader sees the commit as made.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::commit::unfinished;
use crate::error::Error;
use crate::format::Reader;
use crate::fs::unless_missing;
use crate::home::own_folder;
use crate::log;
use crate::partition::{self, OWN, account_folder, data_file, partitions};
use crate::rows::Rows;
use crate::schema::Schema;
use crate::table::{Info, read_info, read_info_in};

/// What to read of a table.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// These accounts; None: all.
    pub accounts: Option<Vec<i64>>,
    /// These columns in this order; None: all.
    pub columns: Option<Vec<String>>,
}

/// Reads a table.
pub struct TableReader {
    columns: Schema,
    /// Files that are still to be read, the last one first.
    left: Vec<Source>,
    open: Option<(Reader, usize)>,
    rows: usize,
    /// Columns with numbers that R's integers do not hold.
    wide: BTreeSet<usize>,
}

/// A file as it was when the table was opened.
struct Source {
    path: PathBuf,
    seen: (u64, Option<SystemTime>),
}

/// The tables that a folder has, in the order of their names.
pub fn tables(root: &Path) -> Result<Vec<String>, Error> {
    let mut tables = BTreeSet::new();
    for account in partition::accounts(root, OWN)? {
        let own = own_folder(root, account);
        let commit = unfinished(&own)?;
        let coming = commit.iter().flat_map(|commit| &commit.moves).map(|file| file.to.as_str());
        let infos = infos(account);
        let coming = coming.filter_map(|path| path.strip_prefix(&infos)).map(str::to_owned);
        let there = crate::fs::names(&own.join("tables"), "", ".json")?;
        let files = there.into_iter().chain(coming);
        tables.extend(files.map(|file| file.trim_end_matches(".json").to_owned()));
    }
    Ok(tables.into_iter().collect())
}

/// The folder of the files about tables, from the top folder.
fn infos(account: i64) -> String {
    format!("{OWN}/{}/tables/", account_folder(account))
}

/// What is written down about a table, or what a commit has of it that is not finished.
fn info_of(root: &Path, table: &str, account: i64) -> Result<Option<Info>, Error> {
    let own = own_folder(root, account);
    let to = format!("{}{table}.json", infos(account));
    let moves = unfinished(&own)?.map(|commit| commit.moves).unwrap_or_default();
    let coming = moves.into_iter().find(|file| file.to == to);
    let coming = coming.and_then(|file| partition::inside(root, &file.from));
    match coming.map(|path| read_info_in(&path)).transpose()?.flatten() {
        Some(info) => Ok(Some(info)),
        None => read_info(&own, table),
    }
}

/// The accounts that a folder has a copy of.
pub fn accounts(root: &Path) -> Result<Vec<i64>, Error> {
    partition::accounts(root, OWN)
}

/// The lines of an account's log, oldest first.
pub fn read_log(root: &Path, account: i64) -> Result<Vec<String>, Error> {
    log::read(&own_folder(root, account))
}

impl TableReader {
    /// Opens a table.
    ///
    /// # Errors
    /// [`Error::NoTable`] when there is none in these accounts, [`Error::Input`] when
    /// it lacks a column that is asked for.
    pub fn open(root: &Path, table: &str, selection: &Selection) -> Result<TableReader, Error> {
        let is_wanted = |account: &i64| {
            selection.accounts.as_ref().is_none_or(|wanted| wanted.contains(account))
        };
        let mut columns = Schema::default();
        let mut files = Vec::new();
        for account in accounts(root)?.into_iter().filter(is_wanted) {
            if let Some(info) = info_of(root, table, account)? {
                join(&mut columns, info.columns);
                files.extend(files_of(root, table, account)?);
            }
        }
        if columns.fields.is_empty() {
            return Err(Error::NoTable { table: table.to_owned() });
        }
        let mut reader = TableReader {
            columns: select(table, columns, selection.columns.as_deref())?,
            left: Vec::new(),
            open: None,
            rows: 0,
            wide: BTreeSet::new(),
        };
        files.into_iter().rev().try_for_each(|paths| reader.add(&paths))?;
        Ok(reader)
    }

    /// Adds the first of these files that is there.
    fn add(&mut self, paths: &[PathBuf]) -> Result<(), Error> {
        for path in paths {
            let Some(file) = unless_missing(File::open(path), path)? else { continue };
            let seen = identity(path, &file)?;
            let file = Reader::of(path, file)?;
            self.rows += file.rows();
            for (place, field) in self.columns.fields.iter().enumerate() {
                let Some(column) = file.schema().position(&field.name) else { continue };
                if field.of.widened(file.schema().fields[column].of) != field.of {
                    // A commit since the table's columns were looked up.
                    return Err(Error::Changed { path: path.clone() });
                }
                if !file.fits_32_bits(column) {
                    self.wide.insert(place);
                }
            }
            self.left.push(Source { path: path.clone(), seen });
            break;
        }
        Ok(())
    }

    /// The columns that are read.
    pub fn columns(&self) -> &Schema {
        &self.columns
    }

    /// How many rows there are in all.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Whether all numbers of a column of whole numbers are within R's integers,
    /// known before any is read.
    pub fn fits_32_bits(&self, column: usize) -> bool {
        !self.wide.contains(&column)
    }

    /// The next rows, None at the end.
    ///
    /// # Errors
    /// [`Error::Changed`] when a run has replaced a file since the table was opened.
    pub fn next_rows(&mut self) -> Result<Option<Rows>, Error> {
        loop {
            if let Some((reader, group)) =
                self.open.take().filter(|(file, group)| *group < file.groups())
            {
                let wanted = self.columns.fields.iter();
                let places: Vec<usize> =
                    wanted.filter_map(|field| reader.schema().position(&field.name)).collect();
                let rows = self.columns.conform(reader.read(group, &places)?);
                self.open = Some((reader, group + 1));
                return Ok(Some(rows));
            }
            let Some(source) = self.left.pop() else { return Ok(None) };
            self.open = Some((source.open()?, 0));
        }
    }
}

impl Source {
    fn open(self) -> Result<Reader, Error> {
        match unless_missing(File::open(&self.path), &self.path)? {
            Some(file) if identity(&self.path, &file)? == self.seen => Reader::of(&self.path, file),
            _ => Err(Error::Changed { path: self.path }),
        }
    }
}

/// What differs when a file is replaced: its length and its time.
fn identity(path: &Path, file: &File) -> Result<(u64, Option<SystemTime>), Error> {
    let metadata = file.metadata().map_err(|error| Error::io(path, error))?;
    Ok((metadata.len(), metadata.modified().ok()))
}

/// The files of a table; for each the places where it may be, the newest one first.
fn files_of(root: &Path, table: &str, account: i64) -> Result<Vec<Vec<PathBuf>>, Error> {
    let found = partitions(root, table, account)?.into_iter();
    let places = found.map(|partition| data_file(table, account, &partition));
    let mut files: BTreeMap<String, Vec<PathBuf>> = places
        .filter_map(|path| Some((path.clone(), vec![partition::inside(root, &path)?])))
        .collect();
    let Some(commit) = unfinished(&own_folder(root, account))? else {
        return Ok(files.into_values().collect());
    };
    for path in commit.removals {
        files.remove(&path);
    }
    let folder = format!("{table}/");
    for file in commit.moves.into_iter().filter(|file| file.to.starts_with(&folder)) {
        if let Some(new) = partition::inside(root, &file.from) {
            files.entry(file.to).or_default().insert(0, new);
        }
    }
    Ok(files.into_values().collect())
}

/// Takes in the columns of one more account. Moments of several zones are shown in UTC.
fn join(columns: &mut Schema, more: Schema) {
    let zones: Vec<String> = columns.fields.iter().map(|field| field.zone.clone()).collect();
    columns.take_in(more.fields);
    for (field, zone) in columns.fields.iter_mut().zip(zones) {
        if !zone.is_empty() && field.zone != zone {
            "UTC".clone_into(&mut field.zone);
        }
    }
}

fn select(table: &str, all: Schema, names: Option<&[String]>) -> Result<Schema, Error> {
    let Some(names) = names else { return Ok(all) };
    let field = |name: &String| {
        let place = all.position(name);
        place
            .map(|place| all.fields[place].clone())
            .ok_or_else(|| Error::input(table, format!("there is no column {name}")))
    };
    names.iter().map(field).collect()
}
