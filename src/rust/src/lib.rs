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
}
