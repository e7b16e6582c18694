//! What the rows of a list are kept in.

use super::seen_keys::SeenKeys;

/// What keeps the rows of a list.
pub trait RowSink: Send {
    /// Adds the rows of the next page below. Those whose key is in `seen` are
    /// left out, the keys of the others added to it.
    fn append(&mut self, page: Self, seen: &mut SeenKeys);

    /// Adds the keys of the rows.
    fn keys_into(&self, keys: &mut SeenKeys);

    /// Puts the rows in the order of their ids.
    fn sort_by_id(&mut self) {}
}
