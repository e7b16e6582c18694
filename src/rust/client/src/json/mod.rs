//! The bytes of an answer to records and their fields, or to a tree.
//!
//! May use: the files that `lib.rs` lists first.

pub mod broken_text;
pub mod flatten;
mod huge_number;
pub mod number;
pub mod page;
pub mod page_keys;
pub mod record;
pub mod tree;
