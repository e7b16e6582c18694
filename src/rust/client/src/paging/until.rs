//! The end of a list of which only the first rows are wanted. The list is sorted, and ends
//! where the first row stands that lies behind them: what follows is not asked for, and
//! nothing is asked twice.
//!
//! That is how changes are read: the rows that changed last come first. A row that changes
//! meanwhile jumps to the front. It is not looked for, since whoever reads the changes
//! again, from the moment on when this reading began, will get it.

use super::pager::Pager;
use super::part::Part;

/// Parts that are asked for before it is known whether the list goes on: the next one, and
/// one more.
const OPEN: usize = 2;

/// The last row that is wanted, and whether the list is sorted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Until {
    /// Rows with greater sort values are not wanted.
    pub last: i64,
    /// All settled parts are in order. A server that does not sort may have rows that are
    /// wanted anywhere: then the list is read to its end.
    pub is_sorted: bool,
}

impl<T> Pager<T> {
    /// Only rows up to this sort value are wanted.
    pub fn set_until(&mut self, last: i64) {
        self.until = Some(Until { last, is_sorted: true });
    }

    /// Whether the list may end before its last row.
    pub(super) fn may_stop(&self) -> bool {
        self.until.is_some_and(|until| until.is_sorted)
    }

    /// Whether a part shows a row behind those that are wanted.
    fn shows_stop(&self, part: &Part<T>) -> bool {
        let is_behind =
            |until: Until| part.keys.order.last().is_some_and(|last| *last > until.last);
        self.may_stop() && part.keys.is_ordered() && self.until.is_some_and(is_behind)
    }

    /// Whether all rows that are wanted have come, with this part, which is the first one
    /// that has not settled.
    pub(super) fn is_reached(&mut self, index: usize) -> bool {
        self.parts[index].is_there()
            && self.shows_stop(&self.parts[index])
            && !self.is_doubtful(index)
            && index.checked_sub(1).is_none_or(|before| self.fits_next(before))
    }

    /// Looks whether a part that settles is in order.
    pub(super) fn note_if_unsorted(&mut self, index: usize) {
        if let Some(until) = &mut self.until {
            until.is_sorted &= self.parts[index].keys.is_ordered();
        }
    }

    /// How many parts may be open before one more is asked for.
    pub(super) fn most_open(&self) -> usize {
        if self.may_stop() { OPEN } else { 2 * self.concurrency + 1 }
    }

    /// Whether what follows the parts that have come is of no use.
    pub(super) fn is_stop_seen(&self) -> bool {
        self.parts[self.reading.settled..].iter().any(|part| self.shows_stop(part))
    }
}
