//! Reads amoCRM and Kommo accounts page by page into columns.
//!
//! Pure Rust: nothing here knows R. A call comes in as a request
//! ([`query::Query`]), runs as a [`job::Job`] on threads of its own,
//! and goes out as [`table::Table`]s or as an [`error::Error`] with whatever
//! rows had arrived.
#![forbid(unsafe_code)]

// An account, and who asks it.
pub mod account;
pub mod host;
pub mod key_login;
pub mod oauth;
pub mod private_file;
pub mod session;
pub mod token;
pub mod token_lock;
pub mod token_store;
pub mod zone;

// One request.
pub mod connections;
mod departure;
pub mod error;
pub mod http;
pub mod limiter;
pub mod progress;
pub mod retry;
pub mod server_text;
pub mod transport;

// One list, from its first page to its end.
pub mod paging;

// The bytes of a page to columns.
pub mod broken_text;
pub mod column;
pub mod column_builder;
pub mod counting;
pub mod dictionary;
pub mod flatten;
pub mod keys;
mod known_names;
pub mod layout;
pub mod leaves;
pub mod name_table;
pub mod names;
pub mod number;
pub mod page;
pub mod page_table;
pub mod plain;
mod room;
pub mod row;
pub mod row_filter;
mod same;
pub mod table;
pub mod tree;

// A call: what it asks for, and the tables it gives.
pub mod critical;
pub mod job;
pub mod query;
pub mod row_list;
pub mod short_lists;
pub mod table_query;

// What can be asked for, over either API.
pub mod custom_fields;
mod customers;
pub mod entity;
pub mod groups;
pub mod incoming;
pub mod note_types;
pub mod notes;
pub mod pipelines;
pub mod task_types;
pub mod tasks;
pub mod transactions;
pub mod users;
pub mod v2;
pub mod v4;
