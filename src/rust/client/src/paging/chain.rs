//! The parts of a list as a chain: which fit together, which are doubtful,
//! and where it may go on.

use std::collections::HashSet;

use super::overlap::{Overlap, overlap};
use super::pager::Pager;
use super::part::{Part, PartState};
use super::range::{Paging, signed, unsigned};
use crate::json::page_keys::PageKeys;

impl<T> Pager<T> {
    /// The last part with rows.
    pub(super) fn last_filled(&self) -> Option<usize> {
        self.parts.iter().rposition(|part| part.records > 0)
    }

    /// Whether a part is too short and was not yet seen often enough to be believed.
    /// The last part may be short.
    pub(super) fn is_doubtful(&self, index: usize) -> bool {
        let part = &self.parts[index];
        let goes_on = part.has_next || self.last_filled().is_some_and(|last| index < last);
        // The beginning of the next page shows that no row before it is missing.
        let is_complete = self.hidden(index) == Some(0);
        let goes_on = goes_on && !is_complete;
        part.records == 0 || part.is_doubted || (goes_on && part.is_short() && !part.is_believed)
    }

    /// Rows that the server counts between the beginnings of a part and of the next
    /// one, but did not show. None unless the parts fit.
    pub(super) fn hidden(&self, index: usize) -> Option<u64> {
        let part = &self.parts[index];
        let overlap = part.overlap?;
        let next = signed(self.parts.get(index + 1)?.range.offset);
        let shown = signed(part.range.offset) + overlap.before;
        Some(unsigned(next.saturating_sub(shown)))
    }

    /// Whether rows may follow a part with rows.
    pub(super) fn is_open(&self, index: usize) -> bool {
        let part = &self.parts[index];
        !part.ending.is_closed && (part.has_next || (!self.paging.tells_next() && !part.is_short()))
    }

    /// Whether a part and the next one, both with rows, fit.
    pub(super) fn fits_next(&mut self, index: usize) -> bool {
        if self.parts[index].overlap.is_none() {
            let [part, next] = [&self.parts[index], &self.parts[index + 1]];
            let common = Paging::overlap(self.limit);
            let found = overlap(&part.keys, &next.keys, common);
            self.parts[index].overlap = found.or_else(|| self.lies_behind(index, &next.keys));
        }
        self.parts[index].overlap.is_some()
    }

    /// The overlap of a page with a part and those before it.
    pub(super) fn lies_behind(&self, index: usize, keys: &PageKeys) -> Option<Overlap> {
        let rows = self.rows_up_to(index);
        let found = overlap(&rows, keys, Paging::overlap(self.limit))?;
        let earlier = signed(rows.count()) - signed(self.parts[index].keys.count());
        Some(Overlap { before: found.before - earlier, ..found })
    }

    /// The rows of a few parts, of which this one is the last.
    fn rows_up_to(&self, index: usize) -> PageKeys {
        let mut rows = self.parts[index].keys.clone();
        let mut earlier = 0;
        for part in self.parts[index.saturating_sub(4)..index].iter().rev() {
            let Some(overlap) = part.overlap else { break };
            let count = overlap.before + earlier;
            rows = part.keys.before(usize::try_from(count).unwrap_or(0), rows);
            earlier = count.min(0);
        }
        rows
    }

    pub(super) fn fits(&self, part: &Part<T>, index: usize) -> bool {
        let common = Paging::overlap(self.limit);
        overlap(&part.keys, &self.parts[index].keys, common).is_some()
    }

    /// Whether a short page shows only rows at the end of the part before it.
    pub(super) fn repeats_the_end(&self, index: usize) -> bool {
        let Some([before, last]) = index.checked_sub(1).map(|first| &self.parts[first..=index])
        else {
            return false;
        };
        let common = Paging::overlap(self.limit);
        let fits = || {
            overlap(&before.keys, &last.keys, common).is_some()
                || last.keys.is_tied_with_end_of(&before.keys)
        };
        before.state == PartState::Received
            && before.records > 0
            && last.is_short()
            && before.keys.has_all(&last.keys)
            && fits()
    }

    /// Whether a last page that has only rows of the part before it is dropped as soon as
    /// it is known that nothing follows. Until then it says nothing.
    pub(super) fn awaits_what_follows(&self, index: usize) -> bool {
        let is_awaited = |part: &Part<T>| part.state == PartState::InFlight;
        index > self.reading.settled
            && self.last_filled() == Some(index)
            && self.parts[index + 1..].iter().any(is_awaited)
            && self.repeats_the_end(index)
    }

    /// The rows of this part and of a few before it.
    pub(super) fn known_rows(&self, index: usize) -> HashSet<u64> {
        let parts = &self.parts[index.saturating_sub(40)..=index];
        parts.iter().flat_map(|part| part.keys.ids.iter().copied()).collect()
    }

    pub(super) fn is_all_known(&self, index: usize, keys: &PageKeys) -> bool {
        let known = self.known_rows(index);
        keys.ids.iter().all(|id| known.contains(id))
    }
}
