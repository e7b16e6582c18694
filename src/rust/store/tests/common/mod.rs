//! Folders for tests, and what is in them.
#![allow(dead_code, clippy::unwrap_used, clippy::panic)]

pub mod faulty;
pub mod model;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use amocrm_store::{Column, PerKey, Rows, Selection, Table, TableReader, Values};

/// A folder that goes with its owner.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Folder {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        // Blanks and Cyrillic letters, as in the folders of many users.
        let name =
            format!("amocrm \u{43a}\u{43e}\u{43f}\u{438}\u{44f} {}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    /// Another folder with the same files.
    pub fn copy(&self) -> Folder {
        let copy = Folder::new();
        copy_folder(&self.0, &copy.0);
        copy
    }

    /// The Parquet files of a table, from its folder.
    pub fn files(&self, table: &str) -> Vec<String> {
        let mut found = Vec::new();
        find(&self.0.join(table), "", &mut found);
        found.sort();
        found
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn copy_folder(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir_all(&to).unwrap();
            copy_folder(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

fn find(folder: &Path, prefix: &str, found: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            find(&entry.path(), &format!("{name}/"), found);
        } else {
            found.push(name);
        }
    }
}

pub fn table(name: &str, key: &[&str], per_key: PerKey, month: Option<&str>) -> Table {
    let key = key.iter().map(|name| (*name).to_owned()).collect();
    Table { name: name.to_owned(), key, per_key, month: month.map(str::to_owned) }
}

pub fn rows(columns: Vec<Column>) -> Rows {
    Rows::new(columns).unwrap()
}

pub fn ids(values: &[i64]) -> Column {
    Column::full("id", Values::Int64(values.to_vec()))
}

pub fn texts(name: &str, values: &[Option<&str>]) -> Column {
    let present = values.iter().map(Option::is_some).collect();
    Column::new(name, present, Values::Text(values.iter().flatten().collect())).unwrap()
}

pub fn times(name: &str, values: &[Option<i64>]) -> Column {
    let present = values.iter().map(Option::is_some).collect();
    Column::new(name, present, Values::Time(values.iter().flatten().copied().collect())).unwrap()
}

/// A row: its cells by column, those that are missing left out.
pub type Row = BTreeMap<String, String>;

/// All rows of a table, sorted; None if there is none.
pub fn read(folder: &Folder, table: &str) -> Option<Vec<Row>> {
    let mut reader = match TableReader::open(&folder.0, table, &Selection::default()) {
        Ok(reader) => reader,
        Err(amocrm_store::Error::NoTable { .. }) => return None,
        Err(error) => panic!("{error}"),
    };
    let expected = reader.rows();
    let mut all = Vec::new();
    while let Some(rows) = reader.next_rows().unwrap() {
        all.extend(cells(&rows));
    }
    assert_eq!(all.len(), expected);
    all.sort();
    Some(all)
}

fn cells(rows: &Rows) -> Vec<Row> {
    let mut all = vec![Row::new(); rows.count()];
    for column in rows.columns() {
        let mut values = shown(column.values()).into_iter();
        for (row, present) in all.iter_mut().zip(column.present()) {
            if *present {
                row.insert(column.name().to_owned(), values.next().unwrap());
            }
        }
    }
    all
}

fn shown(values: &Values) -> Vec<String> {
    match values {
        Values::Bool(values) => values.iter().map(bool::to_string).collect(),
        Values::Int32(values) | Values::Date(values) => values.iter().map(i32::to_string).collect(),
        Values::Int64(values) | Values::Time(values) => values.iter().map(i64::to_string).collect(),
        Values::Double(values) => values.iter().map(f64::to_string).collect(),
        Values::Text(values) => values.iter().map(str::to_owned).collect(),
    }
}
