//! Which rows of the lists are there at the moment: some are removed, others
//! appear while somebody reads.

use std::ops::Range;
use std::sync::Mutex;

use crate::sync::lock;

/// What is there, the same places for every list.
pub struct Presence(Mutex<Present>);

/// Places of rows in their list, as of one moment.
#[derive(Clone, Debug)]
pub struct Present {
    /// How many rows at the beginning have not appeared yet.
    withheld: u64,
    /// What is there, in order and apart from one another; the last range has
    /// no end.
    ranges: Vec<Range<u64>>,
}

impl Presence {
    /// So many of the first rows are not there yet.
    pub fn new(withheld: u64) -> Self {
        Self(Mutex::new(Present::from(withheld)))
    }

    /// What is there now.
    pub fn now(&self) -> Present {
        lock(&self.0).clone()
    }

    /// Removes the first rows that are there.
    pub fn remove(&self, rows: u64) {
        lock(&self.0).remove(rows);
    }

    /// Lets rows appear before all others, as far as there are any left.
    pub fn insert(&self, rows: u64) {
        lock(&self.0).insert(rows);
    }
}

impl Present {
    fn from(withheld: u64) -> Self {
        Self { withheld, ranges: std::iter::once(withheld..u64::MAX).collect() }
    }

    fn remove(&mut self, mut rows: u64) {
        for range in &mut self.ranges {
            let gone = rows.min(range.end - range.start);
            range.start += gone;
            rows -= gone;
        }
        self.ranges.retain(|range| !range.is_empty());
    }

    fn insert(&mut self, rows: u64) {
        let first = self.withheld.saturating_sub(rows);
        if first < self.withheld {
            self.ranges.insert(0, first..self.withheld);
        }
        self.withheld = first;
    }

    /// Whether a row is there.
    pub fn has(&self, place: u64) -> bool {
        self.ranges.iter().any(|range| range.contains(&place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(present: &Present) -> Vec<u64> {
        (0..6).filter(|place| present.has(*place)).collect()
    }

    #[test]
    fn withheld_rows_appear_the_last_first() {
        let presence = Presence::new(3);
        assert_eq!(places(&presence.now()), [3, 4, 5]);
        presence.insert(1);
        assert_eq!(places(&presence.now()), [2, 3, 4, 5]);
        presence.insert(9);
        assert_eq!(places(&presence.now()), [0, 1, 2, 3, 4, 5]);
        presence.insert(1);
        assert_eq!(places(&presence.now()).len(), 6);
    }

    #[test]
    fn removed_rows_do_not_come_back_with_new_ones() {
        let mut present = Present::from(2);
        present.remove(1);
        assert_eq!(places(&present), [3, 4, 5]);
        present.insert(2);
        assert_eq!(places(&present), [0, 1, 3, 4, 5]);
        present.remove(3);
        assert_eq!(places(&present), [4, 5]);
        assert!(present.has(4) && !present.has(3));
    }

    #[test]
    fn more_may_be_removed_than_there_is() {
        let mut present = Present::from(0);
        present.remove(u64::MAX);
        assert_eq!(places(&present), [0_u64; 0]);
    }
}
