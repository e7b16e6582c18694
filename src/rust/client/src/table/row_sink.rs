//! Where the rows of a list are collected.

use super::seen_keys::SeenKeys;

/// Collects the rows of a list, page by page.
pub trait RowSink: Send {
    /// Appends the rows of the next page. Rows whose key is in `seen` are dropped;
    /// the keys of the others are added to it.
    fn append(&mut self, page: Self, seen: &mut SeenKeys);

    /// Adds the keys of the rows.
    fn keys_into(&self, keys: &mut SeenKeys);

    /// Puts the rows in the order of their ids.
    fn sort_by_id(&mut self) {}
}
