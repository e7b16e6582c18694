//! Reads amoCRM and Kommo accounts page by page into columns.
//!
//! Pure Rust: nothing here knows R. A call comes in as a request
//! ([`query::Query`]), runs as a [`job::Job`] on threads of its own,
//! and goes out as [`table::Table`]s or as an [`error::Error`] with whatever
//! rows had arrived.
#![forbid(unsafe_code)]

// Every folder may use these; they use none.
mod critical;
pub mod error;
pub mod progress;

// Each folder may use those above it, as far as its `mod.rs` says.
pub mod json;

pub mod http;

pub mod account;

pub mod table;

pub mod paging;

// A call, from its start to its end.
pub mod job;
pub mod query;

pub mod endpoints;
