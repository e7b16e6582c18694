//! A request for a page.

use std::time::Duration;

use super::range::PageRange;

/// A request to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// The range to ask for.
    pub range: PageRange,
    /// How long to wait first.
    pub after: Duration,
    pub(super) part: u64,
    pub(super) purpose: Purpose,
    /// When it was made, on the pager's clock.
    pub(super) asked: u64,
}

/// The purpose of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The rows of a part.
    Whole,
    /// The gap between the rows of a part and those of the next one.
    Bridge,
    /// Whether anything follows the last row.
    End,
}
