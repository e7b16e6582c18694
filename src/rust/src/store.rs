//! The copy of an account in a folder, behind an external pointer. It is locked until
//! `close()`, or until R collects the pointer.

mod cells;
mod failure;
mod frame;
mod json;
pub mod reading;

use std::path::Path;

use amocrm_client::error::Error;
use amocrm_store::{self as folder, PerKey, Schema, Store, Table, Widening};
use extendr_api::prelude::*;

use crate::spec::{Spec, misshapen};
use crate::store::cells::account_id;
use crate::store::failure::{Outcome, failed};

/// `list(store = <pointer>)`, or `list(locked = <who has it>)`.
pub fn open(path: &str, account: f64, owner: &str) -> Outcome<List> {
    match Store::open(Path::new(path), account_id(account), owner) {
        Ok(store) => Ok(list!(store = ExternalPtr::new(Some(store)))),
        Err(folder::Error::Locked { owner }) => Ok(list!(locked = owner)),
        Err(error) => Err(failed(&error)),
    }
}

/// Drops what is not committed.
pub fn close(store: Robj) -> Outcome<List> {
    *pointer(store)?.try_addr_mut().map_err(|_| gone())? = None;
    Ok(list!(ok = true))
}

/// `list(rows)`: columns by name, of no rows before the first commit; a damaged state
/// is none, so that all is read again.
pub fn state(store: Robj, like: &List) -> Outcome<List> {
    with(store, |store| {
        let text = store.state()?;
        let rows = json::rows_of_text(&text.unwrap_or_default());
        Ok(list!(rows = json::columns(&rows, like)))
    })
}

pub fn upsert(store: Robj, table: &List, rows: &List) -> Outcome<List> {
    let (table, rows) = (table_of(table)?, frame::rows(rows)?);
    with(store, |store| store.upsert(&table, rows).map(|()| list!(ok = true)))
}

pub fn delete(store: Robj, table: &List, keys: &List) -> Outcome<List> {
    let (table, keys) = (table_of(table)?, frame::rows(keys)?);
    with(store, |store| store.delete(&table, &keys).map(|()| list!(ok = true)))
}

/// `at`: seconds since 1970.
pub fn mark(store: Robj, table: &List, keys: &List, at: f64) -> Outcome<List> {
    let (table, keys) = (table_of(table)?, frame::rows(keys)?);
    let at = cells::micros(at);
    with(store, |store| store.mark_deleted(&table, &keys, at).map(|()| list!(ok = true)))
}

/// `list(inserted, updated, deleted, gained)` with a value for each table: numbers of rows,
/// of which marked ones count as deleted, and the names of columns that are new or wider.
pub fn commit(store: Robj, tables: &Strings, state: &List) -> Outcome<List> {
    let tables: Vec<&str> = tables.iter().map(AsRef::as_ref).collect();
    let state = json::text(state)?;
    let changes = with(store, |store| store.commit_all(&tables, &state))?;
    let counts = |count: fn(&folder::Changes) -> usize| -> Vec<f64> {
        changes.iter().map(|changes| count(changes) as f64).collect()
    };
    Ok(list!(
        inserted = counts(|changes| changes.inserted),
        updated = counts(|changes| changes.updated),
        deleted = counts(|changes| changes.deleted + changes.marked),
        gained = List::from_values(changes.iter().map(|changes| {
            let Widening { added, widened } = &changes.columns;
            added.iter().chain(widened).map(String::as_str).collect::<Vec<_>>()
        }))
    ))
}

/// Keeps what is staged of tables, and a text, for a run after this one.
pub fn put_aside(store: Robj, tables: &Strings, note: &str) -> Outcome<List> {
    let tables: Vec<&str> = tables.iter().map(AsRef::as_ref).collect();
    with(store, |store| store.put_aside(&tables, note).map(|()| list!(ok = true)))
}

/// `list(note, columns)` of what a run before has put aside with a table as the first one:
/// the text, and the names of the columns by tables. NULL if there is nothing.
pub fn aside(store: Robj, table: &str) -> Outcome<List> {
    with(store, |store| {
        let Some(aside) = store.aside(table) else { return Ok(list!(note = NULL)) };
        let names = |table: &String| {
            Robj::from(store.staged_columns(table).map(names_of).unwrap_or_default())
        };
        let columns = List::from_names_and_values(&aside.tables, aside.tables.iter().map(names));
        Ok(list!(note = aside.note.clone(), columns = columns.unwrap_or_default()))
    })
}

pub fn forget_aside(store: Robj, table: &str) -> Outcome<List> {
    with(store, |store| store.forget_aside(table).map(|()| list!(ok = true)))
}

fn names_of(columns: &Schema) -> Vec<&str> {
    columns.fields.iter().map(|field| field.name.as_str()).collect()
}

/// Keeps a data frame in the log.
pub fn log(store: Robj, row: &List) -> Outcome<List> {
    let lines = json::lines(row)?;
    with(store, |store| {
        lines.iter().try_for_each(|line| store.log(line)).map(|()| list!(ok = true))
    })
}

/// `list(name, key, many, month)`: see the crate's `Table`; `month` may be NULL.
fn table_of(spec: &List) -> Outcome<Table> {
    let spec = Spec(spec);
    let per_key = if spec.flag("many")? { PerKey::Many } else { PerKey::One };
    let (name, key, month) = (spec.text("name")?, spec.texts("key")?, spec.optional_text("month")?);
    Ok(Table { name, key, per_key, month })
}

/// Works with an open store.
fn with<T>(
    store: Robj,
    work: impl FnOnce(&mut Store) -> std::result::Result<T, folder::Error>,
) -> Outcome<T> {
    let mut pointer = pointer(store)?;
    let store = pointer.try_addr_mut().map_err(|_| gone())?.as_mut().ok_or_else(gone)?;
    work(store).map_err(|error| failed(&error))
}

fn pointer(store: Robj) -> Outcome<ExternalPtr<Option<Store>>> {
    store.try_into().map_err(|_| gone())
}

fn gone() -> Error {
    misshapen("to")
}
