//! Reads amoCRM and Kommo accounts page by page into columns.
//!
//! Pure Rust: nothing here knows R. A call comes in as a request
//! ([`query::Query`]), runs as a [`job::Job`] on threads of its own,
//! and goes out as [`table::Table`]s or as an [`error::Error`] with whatever
//! rows had arrived.
#![forbid(unsafe_code)]

// What all may use. These use only one another.
pub mod backlog;
pub mod bad_body;
mod critical;
pub mod error;
pub mod places;
pub mod progress;
mod sanitize;
mod sync;

// Each folder may use what its `mod.rs` names, and nothing that is listed further
// down.
pub mod http;
pub mod json;

pub mod account;
pub mod table;

pub mod paging;

// A call: started, polled, finished.
mod flaws;
pub mod job;
pub mod query;

pub mod endpoints;
