//! Parts of a list, and how the two APIs cut lists into them.
//!
//! Neighbouring parts overlap: the first row of a part is the last row of the
//! one before. A list that moves while it is read (rows are deleted or put in
//! front of others) shows in parts that have no row in common, and nothing
//! else would show it.

/// A part of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slice {
    /// Rows before it.
    pub offset: u64,
    /// Rows at most.
    pub limit: u32,
}

impl Slice {
    /// Rows up to its end.
    pub fn end(self) -> u64 {
        self.offset + u64::from(self.limit)
    }

    /// The number of the page of `limit` rows that it is, from 1.
    pub fn page_number(self) -> u64 {
        self.offset / u64::from(self.limit.max(1)) + 1
    }
}

/// What parts of a list an API serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paging {
    /// API v2: from any row.
    Offset,
    /// API v4: page n of as many rows as the request says, so that a part
    /// begins at a multiple of its length.
    Numbered,
}

/// A part that is smaller than this is not halved any more.
const SMALLEST: u32 = 40;

/// Numbered pages of fewer rows don't overlap: with so few lengths to choose
/// from, all of them may begin where the last page ends.
const FEWEST_NUMBERED: u32 = 20;

impl Paging {
    /// Whether parts of at most `limit` rows overlap.
    pub fn overlaps(self, limit: u32) -> bool {
        limit >= if self == Paging::Offset { 2 } else { FEWEST_NUMBERED }
    }

    /// The part of at most `limit` rows that follows the first `end` rows. It
    /// begins at the last of them or, where pages have numbers, a little
    /// before.
    pub fn next(self, end: u64, limit: u32) -> Slice {
        let Some(last) = end.checked_sub(1) else { return Slice { offset: 0, limit } };
        if !self.overlaps(limit) {
            return Slice { offset: end, limit };
        }
        match self {
            Paging::Offset => Slice { offset: last, limit },
            Paging::Numbered => page_with(last, limit, Slice::end),
        }
    }

    /// A part with the row at `place` in its middle, more or less.
    pub fn around(self, place: u64, limit: u32) -> Slice {
        let half = u64::from(limit / 2);
        match self {
            Paging::Offset => Slice { offset: place.saturating_sub(half), limit },
            Paging::Numbered => {
                let at_middle = |slice: Slice| {
                    let before = place - slice.offset;
                    before.min(slice.end() - place)
                };
                page_with(place, limit, at_middle)
            }
        }
    }

    /// Smaller parts that together hold `slice`; none when it is small.
    pub fn halves(self, slice: Slice) -> Vec<Slice> {
        if slice.limit < SMALLEST {
            return Vec::new();
        }
        let half = slice.limit / 2;
        match self {
            Paging::Offset => {
                let first = Slice { offset: slice.offset, limit: half };
                let second = Slice { offset: first.end() - 1, limit: slice.limit - half + 1 };
                vec![first, second]
            }
            Paging::Numbered => {
                let mut parts = vec![page_with(slice.offset, half, Slice::end)];
                while let Some(last) = parts.last().filter(|last| last.end() < slice.end()) {
                    parts.push(self.next(last.end(), half));
                }
                parts
            }
        }
    }
}

/// Among the pages of `limit` rows or fewer, down to half as many, that hold
/// the row at `place`: the one that is best by `merit`, the larger if equal.
fn page_with(place: u64, limit: u32, merit: impl Fn(Slice) -> u64) -> Slice {
    let page = |limit: u32| Slice { offset: place - place % u64::from(limit), limit };
    let pages = ((limit / 2).max(1)..=limit).map(page);
    pages.max_by_key(|page| merit(*page)).unwrap_or_else(|| page(limit.max(1)))
}

#[cfg(test)]
mod tests {
    use super::{Paging, Slice};

    fn parts(paging: Paging, limit: u32, rows: u64) -> Vec<Slice> {
        let mut parts = vec![paging.next(0, limit)];
        while parts[parts.len() - 1].end() < rows {
            parts.push(paging.next(parts[parts.len() - 1].end(), limit));
        }
        parts
    }

    #[test]
    fn neighbouring_parts_have_a_row_in_common() {
        for paging in [Paging::Offset, Paging::Numbered] {
            for limit in [2, 3, 20, 99, 100, 250, 500] {
                if !paging.overlaps(limit) {
                    continue;
                }
                for pair in parts(paging, limit, 20_000).windows(2) {
                    assert!(pair[1].offset < pair[0].end(), "{paging:?} {limit} {pair:?}");
                    assert!(pair[1].end() > pair[0].end(), "{paging:?} {limit} {pair:?}");
                    assert!(pair[1].limit <= limit);
                }
            }
        }
    }

    #[test]
    fn numbered_pages_begin_at_a_multiple_of_their_length() {
        for slice in parts(Paging::Numbered, 250, 50_000) {
            assert_eq!(slice.offset % u64::from(slice.limit), 0);
            assert_eq!(slice.page_number() - 1, slice.offset / u64::from(slice.limit));
        }
        let around = Paging::Numbered.around(1234, 250);
        assert_eq!(around.offset % u64::from(around.limit), 0);
    }

    #[test]
    fn overlapping_costs_few_requests() {
        assert_eq!(parts(Paging::Offset, 500, 500_000).len(), 1003);
        assert!(parts(Paging::Numbered, 250, 500_000).len() < 2000 * 109 / 100);
        assert!(parts(Paging::Numbered, 100, 500_000).len() < 5000 * 115 / 100);
    }

    #[test]
    fn the_smallest_parts_do_not_overlap() {
        assert_eq!(parts(Paging::Offset, 1, 3).len(), 3);
        assert_eq!(parts(Paging::Numbered, 10, 50).len(), 5);
    }

    #[test]
    fn a_part_around_a_row_has_many_on_either_side() {
        for paging in [Paging::Offset, Paging::Numbered] {
            for place in [499, 998, 5000, 77_777] {
                let slice = paging.around(place, 250);
                assert!(place - slice.offset >= 50, "{paging:?} {place} {slice:?}");
                assert!(slice.end() - place >= 50, "{paging:?} {place} {slice:?}");
            }
        }
    }

    #[test]
    fn halves_hold_the_whole_and_overlap() {
        for paging in [Paging::Offset, Paging::Numbered] {
            for slice in parts(paging, 250, 5000) {
                let halves = paging.halves(slice);
                assert!(halves[0].offset <= slice.offset);
                assert!(halves[halves.len() - 1].end() >= slice.end());
                for pair in halves.windows(2) {
                    assert!(pair[1].offset < pair[0].end(), "{slice:?} {halves:?}");
                }
                for half in halves {
                    assert!(half.limit <= slice.limit / 2 + 1);
                }
            }
            assert_eq!(paging.halves(Slice { offset: 0, limit: 39 }), []);
        }
    }
}
