//! What the rows of a list are kept in.

use super::seen_ids::Keys;

/// What keeps the rows of a list.
pub trait RowSink: Send {
    /// Adds the rows of the next page below. Those whose key is in `seen` are
    /// left out, the keys of the others added to it.
    fn append(&mut self, page: Self, seen: &mut Keys);

    /// Adds the keys of the rows.
    fn keys_into(&self, keys: &mut Keys);

    /// Puts the rows in the order of their ids.
    fn sort_by_id(&mut self) {}
}
