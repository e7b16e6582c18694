//! Reads amoCRM and Kommo accounts page by page into columns.
//!
//! Pure Rust: nothing here knows R. A call comes in as a request
//! ([`query::Query`]), runs as a [`job::Job`] on threads of its own,
//! and goes out as [`table::Table`]s or as an [`error::Error`] with whatever
//! rows had arrived.
#![forbid(unsafe_code)]

pub mod account;
pub mod column;
pub mod custom_fields;
pub mod dictionary;
pub mod entity;
pub mod error;
pub mod flatten;
pub mod groups;
pub mod host;
pub mod http;
pub mod incoming;
pub mod job;
pub mod key_login;
pub mod keys;
pub mod limiter;
pub mod list;
pub mod names;
pub mod note_types;
pub mod notes;
pub mod number;
pub mod oauth;
pub mod page;
pub mod pipelines;
pub mod progress;
pub mod query;
pub mod retry;
mod room;
pub mod row;
pub mod row_filter;
pub mod row_list;
mod same;
pub mod server_text;
pub mod session;
pub mod slice;
pub mod table;
pub mod table_query;
pub mod task_types;
pub mod tasks;
pub mod token;
pub mod token_store;
pub mod transactions;
pub mod transport;
pub mod tree;
pub mod users;
pub mod v2;
pub mod v4;
pub mod walk;
pub mod zone;
