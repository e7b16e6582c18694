//! What belongs to records and has tables of its own: custom fields, tags, links to
//! other records (docs/contract.md, Linked tables).

mod custom_field;
mod elements;
mod parts;
mod related;
mod schema;
mod tables;

pub use elements::ELEMENTS;
pub use parts::parts;
#[cfg(test)]
pub(crate) use related::tests::embedded;
pub use related::{Link, Related, links};
pub use schema::{Linked, with_linked};
pub use tables::LinkedTables;
