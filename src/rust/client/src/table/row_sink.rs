//! Where the rows of a list are collected.

use super::seen_keys::SeenKeys;

/// Collects the rows of a list, page by page.
pub trait RowSink: Send + Sized {
    /// Appends the rows of the next page. Rows whose key is in `seen` are dropped;
    /// the keys of the others are added to it.
    fn append(&mut self, page: Self, seen: &mut SeenKeys);

    /// How many rows there are, those that belong to others not counted.
    fn count(&self) -> u64;

    /// Another one like this one, which has no rows.
    #[must_use]
    fn empty_copy(&self) -> Self;

    /// Adds the keys of the rows.
    fn keys_into(&self, keys: &mut SeenKeys);

    /// Puts the rows in the order of their ids.
    fn sort_by_id(&mut self) {}
}
