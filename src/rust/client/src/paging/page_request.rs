//! A request of a page: for what, and when.

use std::time::Duration;

use super::range::PageRange;

/// A request to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// What to ask for.
    pub range: PageRange,
    /// How long to wait first.
    pub after: Duration,
    pub(super) part: u64,
    pub(super) purpose: Purpose,
    /// When it was made, on the pager's clock.
    pub(super) asked: u64,
}

/// What a request is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The rows of a part.
    Whole,
    /// What follows the rows of a part, up to those of the next one.
    Bridge,
    /// Whether anything follows the last row.
    End,
}
