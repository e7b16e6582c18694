//! The bridge between R and the pure crates: the only one that knows R.
//!
//! Nothing here ends in an R error. Every function gives a list; when
//! something went wrong it has an element `error`, a list that R turns into a
//! condition (R/conditions.R). extendr's own error path is not used for text
//! from outside: it takes the text for a format string.
// extendr hands arguments over by value, and its macros use them.
#![allow(clippy::needless_pass_by_value, clippy::used_underscore_binding)]

mod columns;
mod error;
mod faults;
mod guard;
mod job;
mod memory;
mod sandbox;
mod spec;
mod store;
mod types;

use extendr_api::prelude::*;

/// Whether credentials may be sent to `domain`.
/// @noRd
#[extendr]
fn rust_check_domain(domain: Robj) -> List {
    guard::guarded(|| types::check_domain(&domain))
}

/// When an access token expires, in seconds since 1970, or NA.
/// @noRd
#[extendr]
fn rust_token_expiry(token: &str) -> List {
    guard::guarded(|| Ok(types::token_expiry(token)))
}

/// The known note types, column by column.
/// @noRd
#[extendr]
fn rust_note_types() -> List {
    guard::guarded(|| Ok(types::note_types()))
}

/// Starts a log-in.
/// @noRd
#[extendr]
fn rust_login_start(spec: List) -> List {
    guard::guarded(|| job::start_login(&spec))
}

/// Starts reading tables.
/// @noRd
#[extendr]
fn rust_query_start(spec: List) -> List {
    guard::guarded(|| job::start_query(&spec))
}

/// Waits up to `milliseconds` for a job and tells how far it is.
/// @noRd
#[extendr]
fn rust_job_poll(job: Robj, milliseconds: i32) -> List {
    guard::guarded(|| job::poll(&job, milliseconds))
}

/// Takes the rows that have settled, while a job goes on.
/// @noRd
#[extendr]
fn rust_job_batch(job: Robj) -> List {
    guard::guarded(|| job::batch(&job))
}

/// Ends a job, finished or not, and gives what it has.
/// @noRd
#[extendr]
fn rust_job_finish(job: Robj) -> List {
    guard::guarded(|| job::finish(job))
}

/// Starts a sandbox.
/// @noRd
#[extendr]
fn rust_sandbox_start(spec: List) -> List {
    guard::guarded(|| sandbox::start(&spec))
}

/// Stops a sandbox.
/// @noRd
#[extendr]
fn rust_sandbox_stop(sandbox: Robj) -> List {
    guard::guarded(|| sandbox::stop(sandbox))
}

/// Ends the sessions or tokens of a sandbox.
/// @noRd
#[extendr]
fn rust_sandbox_expire(sandbox: Robj, what: &str) -> List {
    guard::guarded(|| sandbox::expire(sandbox, what))
}

/// The requests that a sandbox has received, column by column.
/// @noRd
#[extendr]
fn rust_sandbox_requests(sandbox: Robj) -> List {
    guard::guarded(|| sandbox::requests(sandbox))
}

/// The ids of the rows that a sandbox's faults have deleted.
/// @noRd
#[extendr]
fn rust_sandbox_gone_rows(sandbox: Robj) -> List {
    guard::guarded(|| sandbox::gone_rows(sandbox))
}

/// Lets something happen in a sandbox.
/// @noRd
#[extendr]
fn rust_sandbox_change(sandbox: Robj, spec: List) -> List {
    guard::guarded(|| sandbox::change(sandbox, &spec))
}

/// Opens the copy of an account in a folder.
/// @noRd
#[extendr]
fn rust_store_open(folder: &str, account: f64, owner: &str) -> List {
    guard::guarded(|| store::open(folder, account, owner))
}

/// Lets others use the copy.
/// @noRd
#[extendr]
fn rust_store_close(store: Robj) -> List {
    guard::guarded(|| store::close(store))
}

/// What earlier runs have come to, as columns of the types of `like`.
/// @noRd
#[extendr]
fn rust_store_state(store: Robj, like: List) -> List {
    guard::guarded(|| store::state(store, &like))
}

/// Adds rows, or replaces those with their keys, at the next commit.
/// @noRd
#[extendr]
fn rust_store_upsert(store: Robj, table: List, rows: List) -> List {
    guard::guarded(|| store::upsert(store, &table, &rows))
}

/// Removes rows at the next commit.
/// @noRd
#[extendr]
fn rust_store_delete(store: Robj, table: List, keys: List) -> List {
    guard::guarded(|| store::delete(store, &table, &keys))
}

/// Marks rows as deleted at the next commit.
/// @noRd
#[extendr]
fn rust_store_mark(store: Robj, table: List, keys: List, at: f64) -> List {
    guard::guarded(|| store::mark(store, &table, &keys, at))
}

/// Makes all changes to some tables, and keeps the state, in one step.
/// @noRd
#[extendr]
fn rust_store_commit(store: Robj, tables: Strings, state: List) -> List {
    guard::guarded(|| store::commit(store, &tables, &state))
}

/// Keeps what is staged of some tables, and a text, for a run after this one.
/// @noRd
#[extendr]
fn rust_store_put_aside(store: Robj, tables: Strings, note: &str) -> List {
    guard::guarded(|| store::put_aside(store, &tables, note))
}

/// What a run before has put aside with a table as the first one.
/// @noRd
#[extendr]
fn rust_store_aside(store: Robj, table: &str) -> List {
    guard::guarded(|| store::aside(store, table))
}

/// Forgets what was put aside.
/// @noRd
#[extendr]
fn rust_store_forget_aside(store: Robj, table: &str) -> List {
    guard::guarded(|| store::forget_aside(store, table))
}

/// Adds a row to the log.
/// @noRd
#[extendr]
fn rust_store_log(store: Robj, row: List) -> List {
    guard::guarded(|| store::log(store, &row))
}

/// The names of the tables in a folder.
/// @noRd
#[extendr]
fn rust_folder_tables(folder: &str) -> List {
    guard::guarded(|| store::reading::tables(folder))
}

/// The names of a table's columns, NULL without the table.
/// @noRd
#[extendr]
fn rust_folder_columns(folder: &str, table: &str, account: Robj) -> List {
    guard::guarded(|| store::reading::columns(folder, table, &account))
}

/// A table in a folder, NULL without the table.
/// @noRd
#[extendr]
fn rust_folder_read(folder: &str, table: &str, account: Robj, columns: Robj) -> List {
    guard::guarded(|| store::reading::read(folder, table, &account, &columns))
}

/// The log of all accounts, as columns of the types of `like`.
/// @noRd
#[extendr]
fn rust_folder_log(folder: &str, like: List) -> List {
    guard::guarded(|| store::reading::log(folder, &like))
}

extendr_module! {
    mod amocrm;
    fn rust_check_domain;
    fn rust_note_types;
    fn rust_token_expiry;
    fn rust_login_start;
    fn rust_query_start;
    fn rust_job_poll;
    fn rust_job_batch;
    fn rust_job_finish;
    fn rust_sandbox_start;
    fn rust_sandbox_stop;
    fn rust_sandbox_expire;
    fn rust_sandbox_requests;
    fn rust_sandbox_gone_rows;
    fn rust_sandbox_change;
    fn rust_store_open;
    fn rust_store_close;
    fn rust_store_state;
    fn rust_store_upsert;
    fn rust_store_delete;
    fn rust_store_mark;
    fn rust_store_commit;
    fn rust_store_put_aside;
    fn rust_store_aside;
    fn rust_store_forget_aside;
    fn rust_store_log;
    fn rust_folder_tables;
    fn rust_folder_columns;
    fn rust_folder_read;
    fn rust_folder_log;
}
