//! What can be asked for: each table, over either API.
//!
//! May use: `query`, `paging`, `table`, `json`, `account`, `http`, and the files
//! that `lib.rs` lists first.

pub mod custom_fields;
mod customers;
mod element_names;
pub mod endpoint;
pub mod entities;
pub mod groups;
pub mod incoming_leads;
pub mod notes;
pub mod paged_list;
mod parameters;
pub mod pipelines;
pub mod task_types;
pub mod tasks;
pub mod transactions;
pub mod users;

pub use element_names::element_type;
