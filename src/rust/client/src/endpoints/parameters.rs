//! What the parameters of many lists have in common: their limits, and lists
//! that take one value of a filter at most.

/// The longest page of API v2.
pub const V2_LIMIT: u32 = 500;

/// Ids that one request may name. More would make the URL too long.
pub const IDS_A_REQUEST: usize = 200;

/// The longest page of API v4. To ask for more silently gives 50.
pub const V4_LIMIT: u32 = 250;

/// The longest page of events.
pub const EVENTS_LIMIT: u32 = 100;

/// Each of the values, or None once when there are none.
pub fn optional<T>(values: &[T]) -> Vec<Option<&T>> {
    if values.is_empty() { vec![None] } else { values.iter().map(Some).collect() }
}

/// The value, if there is just one.
pub fn only<T>(values: &[T]) -> Option<&T> {
    values.first().filter(|_| values.len() == 1)
}
