//! Rows that the list has gained in front of what was read.
//!
//! A page asked for at row 500 that begins with the 498th row read shows that
//! two rows came in front meanwhile. They may be new, or they may have moved from
//! further on, where they can no longer be read: in a list sorted by the last
//! change they would be lost silently.

use super::range::unsigned;

/// The differences between the offsets of pages and the rows read before them.
#[derive(Debug, Default)]
pub struct Drift {
    /// When a page was received, and how many more rows the server had before it than
    /// were read. Entries that no longer matter are removed.
    seen: Vec<(u64, i64)>,
    gained: u64,
}

impl Drift {
    /// Adds the next page, in the order of the list. `asked` and `received` are the
    /// times of its request and its answer.
    pub fn add(&mut self, asked: u64, received: u64, ahead: i64) {
        // A page is surely older only if it was answered before this one was asked
        // for. Of two that were in flight together the newer one is not known.
        let older = self.seen.iter().filter(|(at, _)| *at < asked).map(|(_, ahead)| *ahead);
        if let Some(least) = older.min() {
            self.gained = self.gained.max(unsigned(ahead.saturating_sub(least)));
        }
        self.seen.retain(|(at, other)| *at < received || *other < ahead);
        if !self.seen.iter().any(|(at, other)| *at <= received && *other <= ahead) {
            self.seen.push((received, ahead));
        }
    }

    /// Rows that came in front of what was read, at least.
    pub fn gained(&self) -> u64 {
        self.gained
    }
}

#[cfg(test)]
mod tests {
    use super::Drift;

    /// Pages in the order of their places: asked, received, rows ahead.
    fn gained(pages: &[(u64, u64, i64)]) -> u64 {
        let mut drift = Drift::default();
        for (asked, received, ahead) in pages {
            drift.add(*asked, *received, *ahead);
        }
        drift.gained()
    }

    #[test]
    fn a_list_that_stands_still_or_shrinks_gains_nothing() {
        assert_eq!(gained(&[(0, 1, 0), (2, 3, 0), (4, 5, 0)]), 0);
        assert_eq!(gained(&[(0, 1, 0), (2, 3, -2), (4, 5, -7)]), 0);
    }

    #[test]
    fn rows_in_front_are_counted_also_when_others_went() {
        assert_eq!(gained(&[(0, 1, 0), (2, 3, 1), (4, 5, 3)]), 3);
        assert_eq!(gained(&[(0, 1, 0), (2, 3, -5), (4, 5, -2)]), 3);
    }

    #[test]
    fn pages_under_way_together_tell_nothing_of_each_other() {
        // The second was served after a deletion, the third before it.
        assert_eq!(gained(&[(0, 1, 0), (2, 5, -1), (3, 4, 0), (6, 7, -1)]), 0);
        assert_eq!(gained(&[(0, 1, 0), (2, 5, 1), (3, 4, 0), (6, 7, 1)]), 1);
    }
}
