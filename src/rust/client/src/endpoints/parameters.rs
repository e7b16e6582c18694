//! Parameters that many lists have in common, and their limits.

use crate::http::Request;
use crate::table::row_filter::Span;

/// The longest page of API v2.
pub const V2_LIMIT: u32 = 500;

/// Ids that one request may name. More would make the URL too long.
pub const IDS_A_REQUEST: usize = 200;

/// The longest page of API v4. To ask for more silently gives 50.
pub const V4_LIMIT: u32 = 250;

/// The longest page of events.
pub const EVENTS_LIMIT: u32 = 100;

/// Adds the ends of a span, as `write` writes them, that are set.
pub fn between<T: ToString>(
    request: Request,
    name: &str,
    span: Span,
    write: impl Fn(i64) -> T,
) -> Request {
    let [from, to] = [span.from, span.to].map(|end| end.map(&write));
    let request = request.queries(&format!("{name}[from]"), from.as_slice());
    request.queries(&format!("{name}[to]"), to.as_slice())
}

/// The value, if there is just one.
pub fn only<T>(values: &[T]) -> Option<&T> {
    values.first().filter(|_| values.len() == 1)
}
