//! The way through one list: the parts that have come, and what is still
//! needed until the list is known to be whole. No I/O; [`crate::list`] drives
//! it. What to ask for next is in [`asking`].
//!
//! Neither API tells how long a list is, both now and then serve an empty or
//! a short page although rows exist, and lists move while they are read. So
//! a list is whole when
//! - its end is certain (in API v2 an end that shows twice with nothing after
//!   it, in API v4 no next page or a page that stays empty),
//! - no part before the end is empty or, in API v2, short,
//! - each part has a row in common with the next one. A row that was there
//!   all the time stands before or after that common row in both parts, so
//!   that it is in one of them whatever else was deleted or inserted.

mod asking;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::time::Duration;

use crate::page::Page;
use crate::slice::{Paging, Slice};

/// Waits before the tries to mend one part, and so their number.
pub const MENDING: [Duration; 5] = [
    Duration::ZERO,
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
];

/// Empty answers from one place that make it the end.
const EMPTY_TWICE: usize = 2;

/// A request to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// What to ask for.
    pub slice: Slice,
    /// How long to wait first.
    pub after: Duration,
    /// Whether [`Walk::split`] can make smaller requests of it.
    pub divisible: bool,
    /// The part that it is made for.
    part: u64,
    purpose: Purpose,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    /// The rows of the part.
    Whole,
    /// What follows the last row of a short part, beginning with that row.
    Rest,
    /// What lies between the part and the next one.
    Bridge,
}

/// The server begins anew with each page: it pays no heed to which one is
/// asked for, and would do so for ever.
#[derive(Debug, PartialEq, Eq)]
pub struct StartsOver;

/// The state of one list; `T` holds the rows of a page.
pub struct Walk<T> {
    paging: Paging,
    /// Rows to ask for at once, at most.
    limit: u32,
    /// Requests that may be in flight at once.
    ahead: usize,
    /// In the order of the list.
    parts: Vec<Part<T>>,
    /// Number of the next part that is made.
    next_part: u64,
    /// Rows before the end of the last part.
    covered: u64,
    /// The server gives pages of another length than asked for, so that
    /// where they begin is not known: they don't overlap.
    plain: bool,
    /// The parts before this place have given their rows away.
    settled: usize,
}

/// One part of the list.
struct Part<T> {
    number: u64,
    slice: Slice,
    state: State,
    /// Wanted whatever is known of the end.
    certain: bool,
    /// Records that came.
    records: u32,
    /// Their ids, those that the table leaves out included.
    keys: Vec<u64>,
    has_next: bool,
    rows: Option<T>,
    /// Empty answers in a row.
    empties: usize,
    /// Answers that showed the last record and nothing after it.
    ends: usize,
    /// Tries to mend the part or its border with the next one.
    mended: usize,
    /// Its rest did not begin with its last row: all of it is asked for anew.
    suspect: bool,
    /// Whether a row is in the next part, too; None until looked at.
    meets_next: Option<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Not asked for.
    Held,
    /// An answer is awaited.
    Asked,
    /// No answer is awaited.
    Answered,
}

impl<T> Walk<T> {
    /// A list read `limit` records at a time at most, nothing known yet.
    pub fn new(paging: Paging, limit: u32) -> Self {
        Walk {
            paging,
            limit,
            ahead: 1,
            parts: Vec::new(),
            next_part: 0,
            covered: 0,
            plain: false,
            settled: 0,
        }
    }

    /// How many requests may be in flight; never fewer than before.
    pub fn set_ahead(&mut self, requests: usize) {
        self.ahead = self.ahead.max(requests);
    }

    /// Takes the answer to `ask` in. Gives how many rows it has beyond those
    /// that the parts before were asked for.
    ///
    /// # Errors
    /// [`StartsOver`].
    pub fn answered(&mut self, ask: &Ask, page: Page<T>) -> Result<u32, StartsOver> {
        let Some(place) = self.place_of(ask) else { return Ok(0) };
        let first = self.parts.first().and_then(|part| part.keys.first());
        if ask.slice.offset > 0 && first.is_some() && page.keys.first() == first {
            return Err(StartsOver);
        }
        self.parts[place].state = State::Answered;
        let records = page.records;
        let old = match ask.purpose {
            Purpose::Whole => {
                let overlap = self.overlap_before(place);
                self.take_whole(place, page);
                overlap
            }
            Purpose::Rest => {
                self.take_rest(place, ask.slice, page);
                1
            }
            Purpose::Bridge => {
                self.take_bridge(place, ask.slice, page);
                records
            }
        };
        Ok(records.saturating_sub(old))
    }

    /// Makes smaller parts of one that the server is too slow to serve; false
    /// when there are none.
    pub fn split(&mut self, ask: &Ask) -> bool {
        let Some(place) = self.place_of(ask).filter(|_| ask.divisible) else { return false };
        let halves = self.paging.halves(ask.slice);
        let parts: Vec<Part<T>> = halves.into_iter().map(|slice| self.new_part(slice)).collect();
        self.parts.splice(place..=place, parts);
        self.forget_meetings(place);
        true
    }

    /// Adds rows that need no check, such as those of records named by id.
    pub fn add(&mut self, page: Page<T>) {
        let slice = Slice { offset: self.covered, limit: page.records };
        self.covered = slice.end();
        let part = self.new_part(slice);
        self.parts.push(part.read(page));
    }

    /// What could not be had, once [`Walk::next_ask`] gives None and no answer
    /// is awaited; nothing when the list is whole.
    pub fn missing(&self) -> Vec<Slice> {
        let filled = self.filled();
        let after = self.parts.get(filled).filter(|part| {
            part.empties > 0 && !self.stays_empty(filled) && !self.ends_inside(filled)
        });
        let missing = (0..filled).filter_map(|place| self.missing_at(place, filled));
        missing.chain(after.map(|part| part.slice)).collect()
    }

    /// The rows of the next part, if neither they nor what stands before them
    /// can change any more. Call after [`Walk::next_ask`], until it gives
    /// None: that is what looks at borders.
    pub fn take_settled(&mut self) -> Option<T> {
        let place = self.settled;
        let part = self.parts.get(place)?;
        let is_final = part.state == State::Answered && part.records > 0 && !self.is_short(part);
        let follows = place == 0 || self.parts[place - 1].meets_next == Some(true);
        if !is_final || !follows {
            return None;
        }
        self.settled += 1;
        self.parts[place].rows.take()
    }

    /// The rows of all other parts, in order; takes them.
    pub fn take_rows(&mut self) -> Vec<T> {
        self.parts.iter_mut().filter_map(|part| part.rows.take()).collect()
    }

    fn place_of(&self, ask: &Ask) -> Option<usize> {
        self.parts.iter().rposition(|part| part.number == ask.part)
    }

    fn new_part(&mut self, slice: Slice) -> Part<T> {
        self.next_part += 1;
        Part {
            number: self.next_part,
            slice,
            state: State::Held,
            certain: true,
            records: 0,
            keys: Vec::new(),
            has_next: false,
            rows: None,
            empties: 0,
            ends: 0,
            mended: 0,
            suspect: false,
            meets_next: None,
        }
    }

    fn overlaps(&self) -> bool {
        !self.plain && self.paging.overlaps(self.limit)
    }

    /// Rows of a part that the one before was asked for, too.
    fn overlap_before(&self, place: usize) -> u32 {
        let Some(before) = place.checked_sub(1).map(|before| &self.parts[before]) else { return 0 };
        let overlap = before.slice.end().saturating_sub(self.parts[place].slice.offset);
        u32::try_from(overlap).unwrap_or(u32::MAX)
    }

    fn take_whole(&mut self, place: usize, page: Page<T>) {
        let part = &mut self.parts[place];
        if page.records == 0 {
            part.empties += 1;
            return;
        }
        // A doubt is settled by the newest answer, a gap by the longest.
        if part.suspect || page.records > part.records {
            self.plain |= place == 0
                && self.paging == Paging::Numbered
                && page.has_next
                && page.records < part.slice.limit;
            part.take(page);
            self.forget_meetings(place);
        }
    }

    fn take_rest(&mut self, place: usize, slice: Slice, page: Page<T>) {
        let part = &mut self.parts[place];
        if page.records == 0 {
            part.empties += 1;
        } else if page.keys.first() != part.keys.last() {
            part.suspect = true;
        } else if page.records == 1 {
            part.ends += 1;
        } else {
            part.slice.limit = part.records;
            let rest = self.new_part(slice).read(page);
            self.parts.insert(place + 1, rest);
            self.forget_meetings(place);
        }
    }

    fn take_bridge(&mut self, place: usize, slice: Slice, page: Page<T>) {
        if page.records == 0 {
            return;
        }
        let mended = self.parts[place].mended;
        let mut bridge = self.new_part(slice).read(page);
        if self.parts.get(place + 1).is_some_and(|next| next.records > 0) {
            // It is what lies between two parts, however long that is.
            bridge.slice.limit = bridge.records;
        }
        bridge.mended = mended;
        self.parts.insert(place + 1, bridge);
        self.forget_meetings(place);
    }

    fn forget_meetings(&mut self, place: usize) {
        let first = place.saturating_sub(1);
        let changed = self.parts.iter_mut().skip(first).take(4);
        changed.for_each(|part| part.meets_next = None);
    }

    /// How many parts there are up to the last one with rows.
    fn filled(&self) -> usize {
        self.parts.iter().rposition(|part| part.records > 0).map_or(0, |last| last + 1)
    }

    /// Whether a part before others with rows lacks some itself. If the list
    /// ends there and what follows adds nothing, it has shrunk since.
    fn has_gap(&self, place: usize) -> bool {
        let part = &self.parts[place];
        let lacks_some = part.records == 0 || self.is_short(part);
        lacks_some && !(part.shows_end() && self.is_all_before(place + 1))
    }

    fn is_short(&self, part: &Part<T>) -> bool {
        self.paging == Paging::Offset && part.records > 0 && part.records < part.slice.limit
    }

    /// Whether all rows from `place` on came with parts before, too: the list
    /// has shrunk since they were read.
    fn is_all_before(&self, place: usize) -> bool {
        let after = self.parts.iter().skip(place).filter(|part| part.records > 0);
        let before: HashSet<u64> =
            self.parts.iter().take(place).flat_map(|part| part.keys.iter().copied()).collect();
        let mut some = false;
        for part in after {
            some = true;
            if part.keys.is_empty() || !part.keys.iter().all(|key| before.contains(key)) {
                return false;
            }
        }
        some
    }

    /// Whether a part and the next one have no row in common although they
    /// should.
    fn is_apart(&self, place: usize) -> bool {
        let (Some(part), Some(next)) = (self.parts.get(place), self.parts.get(place + 1)) else {
            return false;
        };
        if !self.overlaps() || part.keys.is_empty() || next.keys.is_empty() {
            return false;
        }
        !part.meets(next)
    }

    fn missing_at(&self, place: usize, filled: usize) -> Option<Slice> {
        let part = &self.parts[place];
        if place + 1 == filled {
            if self.seems_to_have_lost_its_end(filled) {
                return Some(part.slice);
            }
            let is_open = self.is_short(part) && !part.shows_end();
            return is_open.then(|| part.rest());
        }
        if self.has_gap(place) {
            return Some(if part.records == 0 { part.slice } else { part.rest() });
        }
        self.is_apart(place).then_some(part.slice)
    }

    /// Whether the part after the last full one is empty although it begins
    /// with the last row of that one, and one further on is empty, too: the
    /// list has shrunk meanwhile, and rows may have moved to where nobody
    /// looked.
    fn lost_its_end(&self, filled: usize) -> bool {
        let is_empty_beyond = self.parts.iter().skip(filled + 1).any(|part| part.empties > 0);
        is_empty_beyond && self.seems_to_have_lost_its_end(filled)
    }

    /// The same before anybody looked further on, where rows may well be.
    fn seems_to_have_lost_its_end(&self, filled: usize) -> bool {
        let is_full = |part: &Part<T>| part.records >= part.slice.limit;
        self.overlaps()
            && self.parts[..filled].last().is_some_and(is_full)
            && !self.ends_inside(filled)
            && self.stays_empty(filled)
    }

    /// Whether there are no rows from `place` on, after all parts that have
    /// some. Where the last of them is short in API v4, one answer each for
    /// two pages will do.
    fn stays_empty(&self, place: usize) -> bool {
        let is_short = |part: &Part<T>| part.records < part.slice.limit;
        let seems_last = self.paging == Paging::Numbered
            && self.overlaps()
            && self.parts[..place].last().is_some_and(is_short);
        let mut empties = self.parts[place..].iter().map(|part| part.empties);
        let first = empties.next().unwrap_or_default();
        let others = if seems_last { empties.sum() } else { 0 };
        first > 0 && first + others >= EMPTY_TWICE
    }
}

impl<T> Part<T> {
    fn read(mut self, page: Page<T>) -> Self {
        self.take(page);
        self.state = State::Answered;
        self
    }

    fn take(&mut self, page: Page<T>) {
        self.records = page.records;
        self.keys = page.keys;
        self.has_next = page.has_next;
        self.rows = Some(page.rows);
        self.empties = 0;
        self.ends = 0;
        self.suspect = false;
    }

    /// From the last row that came to the end.
    fn rest(&self) -> Slice {
        let known = self.records.min(self.slice.limit).saturating_sub(1);
        Slice { offset: self.slice.offset + u64::from(known), limit: self.slice.limit - known }
    }

    /// Whether the list ends in it or right before it.
    fn shows_end(&self) -> bool {
        self.empties >= EMPTY_TWICE || (self.ends > 0 && !self.suspect)
    }

    fn meets(&self, next: &Part<T>) -> bool {
        if self.keys.last() == next.keys.first() {
            return true;
        }
        let keys: HashSet<u64> = self.keys.iter().copied().collect();
        next.keys.iter().any(|key| keys.contains(key))
    }
}
