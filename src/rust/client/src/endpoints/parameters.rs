//! What the parameters of many lists have in common: their limits, and lists
//! that take one value of a filter at most.

/// Rows of a page of API v2 at most.
pub const MAX_LIMIT: u32 = 500;

/// Ids that one request may name: more make the address too long.
pub const IDS_A_REQUEST: usize = 200;

/// Records of a page of notes at most; more would silently give 50.
pub const NOTES_LIMIT: u32 = 250;
/// Records of a page of events at most.
pub const EVENTS_LIMIT: u32 = 100;

/// Records of a page of any other list at most.
pub const LIST_LIMIT: u32 = 250;

/// Each of the values, or None once when there are none.
pub fn optional<T>(values: &[T]) -> Vec<Option<&T>> {
    if values.is_empty() { vec![None] } else { values.iter().map(Some).collect() }
}

/// The value, if there is just one.
pub fn only<T>(values: &[T]) -> Option<&T> {
    values.first().filter(|_| values.len() == 1)
}
