//! Whether two pages are neighbours in one list.
//!
//! A row that was there all the time is before or after a common row in both pages.
//! So it is in one of them, whatever rows were deleted or inserted, as long as the
//! order of the list does not change. Common rows in another order, or with other
//! rows between them, show that the order has changed.

use std::collections::{HashMap, HashSet};

use super::range::signed;
use crate::json::page_keys::PageKeys;

/// Ties that could stand in so many ways stand in the same one by no accident.
const WAYS: usize = 1_000_000;

/// The overlap of a page with the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Overlap {
    /// How many records of the page before come before this one; negative when this
    /// one begins earlier.
    pub before: i64,
    /// How many records of this page come before the common ones and are not in the
    /// page before.
    pub ahead: usize,
    /// How many records of the page before should be in this one and are not.
    pub gone: usize,
    /// How many records of this page are among the common ones and not in the page
    /// before.
    pub new: usize,
}

impl Overlap {
    /// Where this page begins, counted from the beginning of the one before.
    pub(super) fn offset(self) -> i64 {
        self.before - signed(self.ahead)
    }
}

/// The overlap of `after` with `before`; None when they do not fit. At least
/// `common` records have to be in both, unless a page has fewer.
///
/// One record in five may be missing from either page: rows are deleted and
/// inserted meanwhile.
pub(super) fn overlap(before: &PageKeys, after: &PageKeys, common: u32) -> Option<Overlap> {
    let needed = (common as usize).min(before.count()).min(after.count()).max(1);
    if splits_a_tie(before, after) {
        let needed = needed.max(enough_of_a_tie(before, after)?);
        return run(before, after, needed).or_else(|| scattered(before, after, needed));
    }
    run(before, after, needed)
        .or_else(|| scattered(before, after, needed))
        .or_else(|| among_ties(before, after, needed))
}

/// Whether `after` begins among the ties at the end of `before`, so that some of
/// them may be in neither page.
fn splits_a_tie(before: &PageKeys, after: &PageKeys) -> bool {
    let start = before.tie_start();
    before.is_ordered()
        && start + 1 < before.count()
        && after.order.first() >= before.order.last()
        && !(start == 0 && after.has_all(before))
}

/// How many common records of a split tie show, in the same order, that the server keeps
/// that order: with fewer it may be an accident. None if the pages can't show as many.
fn enough_of_a_tie(before: &PageKeys, after: &PageKeys) -> Option<usize> {
    let at_end = before.count() - before.tie_start();
    let value = before.order.last();
    let at_start = after.order.iter().take_while(|found| Some(*found) == value).count();
    let is_no_accident = |common: &usize| {
        // If any is lost, there is one more than the pages show.
        let tied = at_end + at_start - common + 1;
        let ways = (0..*common).fold(1, |ways: usize, before| ways.saturating_mul(tied - before));
        ways >= WAYS
    };
    (1..=at_end.min(at_start)).find(is_no_accident)
}

/// The common case: `after` begins with the last records of `before`, or is
/// a part of it.
fn run(before: &PageKeys, after: &PageKeys, needed: usize) -> Option<Overlap> {
    let first = after.ids.first()?;
    let start = before.ids.iter().rposition(|id| id == first)?;
    let rest = &before.ids[start..];
    let both = rest.len().min(after.count());
    let is_run = both >= needed && rest[..both] == after.ids[..both];
    is_run.then_some(Overlap { before: signed(start), ahead: 0, gone: 0, new: 0 })
}

/// Common records in the same order with few others between them.
fn scattered(before: &PageKeys, after: &PageKeys, needed: usize) -> Option<Overlap> {
    let indices: HashMap<u64, usize> =
        before.ids.iter().enumerate().map(|(index, id)| (*id, index)).collect();
    let found: Vec<(usize, usize)> = (after.ids.iter().enumerate())
        .filter_map(|(index, id)| indices.get(id).map(|before| (*before, index)))
        .collect();
    let ((first, ahead), (last, tail)) = (*found.first()?, *found.last()?);
    if !found.is_sorted() || found.len() < needed {
        return None;
    }
    // `after` may end before `before` does.
    let end = if tail + 1 == after.count() { last + 1 } else { before.count() };
    let (gone, new) = (end - first - found.len(), tail + 1 - ahead - found.len());
    let fits = 4 * (gone + new + ahead) <= found.len();
    fits.then_some(Overlap { before: signed(first), ahead, gone, new })
}

/// Pages of a list in which ties change places: between its first and its last ties
/// each page has the records that the other one has.
fn among_ties(before: &PageKeys, after: &PageKeys, needed: usize) -> Option<Overlap> {
    if !before.is_ordered() || !after.is_ordered() {
        return None;
    }
    let (low, high) = (after.order.first()?, before.order.last()?);
    if low >= high {
        return None;
    }
    let known = before.order.partition_point(|value| value <= low);
    let head = after.order.partition_point(|value| value <= low);
    let tail = after.order.partition_point(|value| value < high);
    let after_ids: HashSet<u64> = after.ids.iter().copied().collect();
    let before_ids: HashSet<u64> = before.ids[known..].iter().copied().collect();
    let common = before_ids.intersection(&after_ids).count();
    let gone = before_ids.len() - common;
    let new = after.ids[head..tail].iter().filter(|id| !before_ids.contains(id)).count();
    let fits = common >= needed.min(before_ids.len()) && 4 * (gone + new) <= common;
    // The first ties of `after` are known, if in another order.
    fits.then(|| Overlap { before: signed(known) - signed(head), ahead: 0, gone, new })
}

#[cfg(test)]
mod tests {
    use super::{PageKeys, overlap, signed};

    /// Where `after` begins.
    fn position(before: &PageKeys, after: &PageKeys, common: u32) -> Option<i64> {
        overlap(before, after, common).map(super::Overlap::offset)
    }

    fn page(ids: impl IntoIterator<Item = u64>) -> PageKeys {
        PageKeys { ids: ids.into_iter().collect(), ..PageKeys::default() }
    }

    /// Records whose order is the tens of their ids.
    fn tied(ids: impl IntoIterator<Item = u64>) -> PageKeys {
        let ids: Vec<u64> = ids.into_iter().collect();
        PageKeys { order: ids.iter().map(|id| signed(id / 10)).collect(), ids, lacks_ids: false }
    }

    #[test]
    fn pages_fit_where_the_last_rows_of_one_begin_the_other() {
        let before = page(0..100);
        assert_eq!(position(&before, &page(97..197), 3), Some(97));
        assert_eq!(position(&before, &page(90..190), 3), Some(90));
        assert_eq!(position(&before, &page(98..198), 3), None);
        assert_eq!(position(&before, &page(100..200), 3), None);
        assert_eq!(position(&before, &page(40..50), 3), Some(40));
        assert_eq!(position(&before, &before, 3), Some(0));
        assert_eq!(position(&page(0..2), &page(1..3), 1), Some(1));
    }

    #[test]
    fn common_rows_in_another_order_do_not_fit() {
        let before = page(0..100);
        for after in [
            page([99, 98, 97].into_iter().chain(100..197)),
            page([97, 99, 98].into_iter().chain(100..197)),
            page((50..150).rev()),
            page([99].into_iter().chain(200..299)),
            page(300..400),
        ] {
            assert_eq!(position(&before, &after, 3), None, "{after:?}");
        }
    }

    #[test]
    fn a_few_deleted_and_inserted_rows_do_no_harm() {
        let before = page(0..100);
        let deleted = page((50..150).filter(|id| *id != 60 && *id != 99));
        assert_eq!(position(&before, &deleted, 3), Some(50));
        let inserted = page((50..60).chain([1000]).chain(60..150));
        assert_eq!(position(&before, &inserted, 3), Some(50));
        let in_front = page([1000].into_iter().chain(50..150));
        assert_eq!(position(&before, &in_front, 3), Some(49));
        let every_other = page((50..150).filter(|id| id % 2 == 0));
        assert_eq!(position(&before, &every_other, 3), None);
    }

    #[test]
    fn rows_of_equal_order_may_change_places_if_none_can_be_lost() {
        let before = tied((0..90).chain([95, 92, 98, 91]));
        // Begins before the tie: all of it is here.
        let whole = tied((85..90).chain([99, 98, 97, 96, 95, 94, 93, 92, 91, 90]).chain(100..120));
        assert_eq!(position(&before, &whole, 3), Some(85));
        // Begins inside of it: 90, for one, may be in neither.
        let inside = tied([91, 93, 94, 96, 97, 99].into_iter().chain(100..120));
        assert_eq!(position(&before, &inside, 3), None);
        // Even where the rows that are seen fit.
        let seems = tied([92, 98, 91, 93].into_iter().chain(100..120));
        assert_eq!(position(&before, &seems, 3), None);
        // One of the tie is missing, and it is no small part of what is known.
        let lacks = tied([99, 97, 94, 93, 91, 90].into_iter().chain(100..120));
        assert_eq!(position(&before, &lacks, 3), None);
    }

    #[test]
    fn a_tie_that_is_split_has_to_keep_its_order_in_more_rows_than_an_accident_would() {
        let page = |ids: std::ops::Range<u64>, tie: &std::ops::Range<u64>| PageKeys {
            order: ids
                .clone()
                .map(|id| signed(if tie.contains(&id) { tie.start } else { id }))
                .collect(),
            ids: ids.collect(),
            lacks_ids: false,
        };
        for (tie, begin, fits) in [
            (0..200, 97, true),
            (60..120, 97, false),
            (60..120, 96, true),
            (91..100, 91, true),
            (95..105, 95, false),
            (95..105, 94, true),
        ] {
            let (before, after) = (page(0..100, &tie), page(begin..begin + 100, &tie));
            let expected = fits.then_some(signed(begin));
            assert_eq!(position(&before, &after, 3), expected, "{tie:?} {begin}");
        }
        let tie = 60..120;
        let (before, mut other) = (page(0..100, &tie), page(80..180, &tie));
        assert_eq!(position(&before, &other, 3), Some(80));
        other.ids.swap(5, 15);
        assert_eq!(position(&before, &other, 3), None);
    }

    #[test]
    fn rows_of_one_moment_are_the_same_page_when_they_come_again() {
        let few = PageKeys { order: vec![7; 3], ids: vec![1, 2, 3], lacks_ids: false };
        assert_eq!(position(&few, &few, 1), Some(0));
    }
}
