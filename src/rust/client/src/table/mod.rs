//! Records to rows, and rows to columns.
//!
//! May use: `json`, and the files that `lib.rs` lists first.

pub mod column;
pub mod column_builder;
pub mod indices;
pub mod interner;
pub mod row;
pub mod row_filter;
mod row_sink;
mod schema;
mod seen_keys;
#[allow(clippy::module_inception)]
mod table;
mod table_order;
mod table_page;
mod table_rows;
pub mod unique_names;

pub use column::{Column, Role, Type, Unreadable, Values};
pub use row_sink::RowSink;
pub use schema::Schema;
pub use seen_keys::{Key, SeenKeys};
pub use table::{MAX_COLUMNS, Table};
pub use table_page::{Format, Map, RowMap, read_page, read_row};
