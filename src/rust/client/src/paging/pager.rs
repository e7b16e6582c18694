//! The state of one list while it is read, and whether it is whole. No I/O and
//! no clock: [`super::fetch_all`] drives it, [`super::next_request`] says what
//! to ask for, [`super::answers`] what answers change.
//!
//! Neither API tells how long a list is, both now and then serve an empty or
//! a short page although rows exist, and lists move while they are read.
//!
//! ```text
//!            a page is missing, short,      6 fruitless tries
//!            or does not fit the next one ──────────────────────┐
//!              ▲            │ asked again                       ▼
//!  Reading ────┴────────────┘                                Failed
//!     │ the last page with rows is short, or names no next one  ▲
//!     ▼                                                         │
//!  Ending: the rows at the end are asked for once more, ────────┤
//!     │    after a pause: nothing may follow the last one       │
//!     │ rows came in front of what was read                     │
//!     ├───────────► Reading again, until they have come ────────┘
//!     ▼
//!  Whole
//! ```
//!
//! A list is whole when each page has rows in common with the next one, in
//! the same order ([`super::overlap`]), none is short for no reason, what
//! came in front meanwhile was read too ([`super::drift`]), and an answer
//! showed its last row with nothing behind.

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use super::drift::Drift;
use super::page_request::PageRequest;
use super::part::{Part, PartState};
use super::range::{PageRange, Paging, signed};
use super::resume::Reached;
use super::until::Until;

/// Waits before each try to repair a part or a gap, without the first request.
pub const REPAIR_WAITS: [Duration; 5] = [
    Duration::ZERO,
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
];

/// Refusals of one part (504 or no answer in time) that end the list. Each one counts
/// as two tries.
pub const MOST_REFUSALS: u32 = 3;

/// A server that is too slow for so few rows is too slow for one: fewer would only take more
/// requests.
const FEW_ROWS: u32 = 10;

/// Equal answers after which a short page is believed, or that the list has shrunk.
pub(super) const SAME_ANSWERS: u32 = 3;

/// Pages in a row without a new row that end the list.
const MOST_FRUITLESS: u32 = 6;

/// How often the end may move by a few rows. Then rows are added faster than the end
/// can be checked.
const MOST_MOVES: u32 = 6;

/// How often the end may move at all. The first rows have come long before.
pub(super) const MOST_MOVES_IN_ALL: u32 = 30;

/// How often a list is read, the first time included, while rows come in front.
const MOST_READINGS: u32 = 3;

/// The most rows of a list, against a server that invents rows without end.
pub const MOST_ROWS: u64 = 50_000_000;

/// How sure it is made that a list without rows is empty. The end of any other is always
/// asked for again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Emptiness {
    /// It has to come three times.
    Doubted,
    /// Two times: many such lists are read, and most are empty.
    Usual,
    /// Once: whoever asks takes it for no sign of anything.
    Believed,
}

/// The state of one list; `T` holds the rows of a page.
pub struct Pager<T> {
    pub(super) paging: Paging,
    /// Rows to ask for at once, at most. Shrinks when the server refuses.
    pub(super) limit: u32,
    /// Requests that may be in flight at once.
    pub(super) concurrency: usize,
    /// The last row that is wanted, if that is not the last one of the list.
    pub(super) until: Option<Until>,
    /// In the order of the list.
    pub(super) parts: Vec<Part<T>>,
    pub(super) reading: Reading,
    pub(super) emptiness: Emptiness,
    /// The server skipped rows that it served later: it is trusted less.
    pub(super) has_lagged: bool,
    /// Rows of the page that was read last in the course of the list.
    pub(super) usual_length: u32,
    /// Some page was as long as it was asked for.
    pub(super) was_full: bool,
    /// Counts requests and answers, to tell which came first.
    pub(super) clock: u64,
    pub(super) recheck: Option<Recheck>,
    pub(super) reached: Reached,
    /// Rows of settled parts that were not taken yet.
    ready: VecDeque<T>,
    next_part: u64,
    readings: u32,
    outcome: Option<Outcome>,
}

/// How far one reading of the list has come.
#[derive(Default)]
pub(super) struct Reading {
    /// The parts before this index are settled: they can't change any more.
    pub(super) settled: usize,
    /// Rows that are before the last part that settled, and those of the part
    /// before that one which it does not have any more.
    rank: u64,
    gone: u64,
    /// Rows that are known up to its end.
    reach: u64,
    /// Settled parts in a row without a new row.
    fruitless: u32,
    drift: Drift,
    /// Rows followed what seemed to be the end, and how often in a row they
    /// were a few only.
    pub(super) end_has_moved: bool,
    pub(super) moves: u32,
    /// How often it moved on at all.
    pub(super) moves_in_all: u32,
    /// How often a last page was dropped that did not fit.
    pub(super) dropped: u32,
}

/// What a second reading is for: rows that the first one missed.
pub(super) struct Recheck {
    pub(super) known: HashSet<u64>,
    pub(super) wanted: u64,
    /// Those found so far stand in front of all others.
    pub(super) is_at_front: bool,
}

enum Outcome {
    Whole,
    Failed(Missing),
}

/// What could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Some rows of a page.
    Of(PageRange),
    /// All rows from here on, if there are any.
    From(PageRange),
}

impl<T> Pager<T> {
    /// A list read `limit` rows at a time at most, nothing known yet.
    pub fn new(paging: Paging, limit: u32) -> Self {
        Pager {
            paging,
            limit: limit.max(paging.least()),
            concurrency: 1,
            until: None,
            emptiness: Emptiness::Doubted,
            parts: Vec::new(),
            reading: Reading::default(),
            has_lagged: false,
            usual_length: 0,
            was_full: false,
            clock: 0,
            recheck: None,
            reached: Reached::default(),
            ready: VecDeque::new(),
            next_part: 0,
            readings: 1,
            outcome: None,
        }
    }

    /// How many requests may be in flight; never fewer than before.
    pub fn set_concurrency(&mut self, requests: usize) {
        self.concurrency = self.concurrency.max(requests);
    }

    /// How sure to make of it if no rows come.
    pub fn set_emptiness(&mut self, emptiness: Emptiness) {
        self.emptiness = emptiness;
    }

    /// Whether the list is whole or given up.
    pub fn is_over(&self) -> bool {
        self.outcome.is_some()
    }

    /// What could not be had, if the list was given up.
    pub fn missing(&self) -> Option<Missing> {
        match self.outcome {
            Some(Outcome::Failed(missing)) => Some(missing),
            _ => None,
        }
    }

    /// The rows of the next part, if neither they nor what stands before them
    /// can change any more.
    pub fn take_settled(&mut self) -> Option<T> {
        self.ready.pop_front()
    }

    /// All other rows, in order; takes them.
    pub fn take_rows(&mut self) -> Vec<T> {
        let rest = self.parts.iter_mut().filter_map(|part| part.rows.take());
        self.ready.drain(..).chain(rest).collect()
    }

    /// The server is too slow for a request. From now on fewer rows are requested.
    /// False when that was tried often enough.
    pub fn refused(&mut self, request: &PageRequest) -> bool {
        let Some(index) = self.index_of(request) else { return true };
        let fewer = request.range.limit.min(FEW_ROWS).max(request.range.limit / 4);
        self.limit = self.limit.min(fewer).max(self.paging.least());
        let range = self.paging.from(self.parts[index].range.offset, self.limit);
        let part = &mut self.parts[index];
        part.refusals += 1;
        if part.records == 0 {
            part.state = PartState::Planned;
            part.range = range;
        } else {
            part.state = PartState::Received;
        }
        part.refusals < MOST_REFUSALS
    }

    /// Ends the list: these are all of its rows.
    pub(super) fn end_with(&mut self, rows: T) {
        self.parts.clear();
        self.ready.push_back(rows);
        self.outcome = Some(Outcome::Whole);
    }

    /// Ends the list: these rows could not be read.
    pub(super) fn give_up(&mut self, range: PageRange) {
        self.outcome.get_or_insert(Outcome::Failed(Missing::Of(range)));
    }

    /// Ends the list: what follows this part could not be read.
    pub(super) fn give_up_after(&mut self, index: usize) {
        let range = PageRange { offset: self.parts[index].end, limit: self.limit };
        self.outcome.get_or_insert(Outcome::Failed(Missing::From(range)));
    }

    pub(super) fn new_part(&mut self, range: PageRange) -> Part<T> {
        self.next_part += 1;
        Part::new(self.next_part, range)
    }

    pub(super) fn index_of(&self, request: &PageRequest) -> Option<usize> {
        self.parts.iter().rposition(|part| part.number == request.part)
    }

    /// Whether the end is known: it was shown often enough, or it moves on
    /// whenever it is looked at.
    pub(super) fn is_end_known(&self, index: usize) -> bool {
        let part = &self.parts[index];
        let Reading { moves, moves_in_all, .. } = self.reading;
        let keeps_growing = (moves >= MOST_MOVES || moves_in_all >= MOST_MOVES_IN_ALL)
            && !part.has_next
            && part.is_short()
            && !self.may_be_cap(index);
        let has_shrunk = part.ending.shrunk >= SAME_ANSWERS;
        part.ending.proofs >= self.proofs_needed(index) || has_shrunk || keeps_growing
    }

    /// Whether no page was full and all were as long as this one: the server may
    /// serve no longer ones.
    pub(super) fn may_be_cap(&self, index: usize) -> bool {
        !self.was_full && self.parts[index].records == self.usual_length
    }

    /// How often an answer has to show the last row with nothing behind.
    pub(super) fn proofs_needed(&self, index: usize) -> u32 {
        let part = &self.parts[index];
        match self.paging {
            _ if part.has_next => 2,
            _ if self.has_lagged || self.reading.end_has_moved => 3,
            Paging::Numbered | Paging::Offset => 1,
            // The same page, the one behind, and one that begins before its end.
            Paging::Sized => 3,
        }
    }

    /// Settles the parts that can't change any more.
    pub(super) fn settle(&mut self) {
        self.drop_repeated_end();
        while self.reading.settled < self.parts.len() {
            let index = self.reading.settled;
            if self.is_reached(index) {
                return self.stop(index);
            }
            if index + 1 == self.parts.len() {
                return;
            }
            let are_there = self.parts[index..index + 2].iter().all(Part::is_there);
            let may_go = self.last_filled() == Some(index + 1) && self.repeats_the_end(index + 1);
            if may_go || !are_there || !self.fits_both(index) || self.is_doubtful(index) {
                return;
            }
            if self.parts[index..index + 2].iter().any(|part| part.keys.lacks_ids) {
                // Rows that both have would stand in the table twice.
                let range = self.parts[index + 1].range;
                self.parts.truncate(index + 1);
                return self.give_up(range);
            }
            self.settle_one(index);
            if self.reading.fruitless >= MOST_FRUITLESS || self.reading.rank > MOST_ROWS {
                return self.give_up(self.parts[index].range);
            }
        }
    }

    /// Ends the list with a part: what follows is not wanted.
    fn stop(&mut self, index: usize) {
        self.parts.truncate(index + 1);
        self.outcome.get_or_insert(Outcome::Whole);
    }

    fn fits_both(&mut self, index: usize) -> bool {
        index.checked_sub(1).is_none_or(|before| self.fits_next(before)) && self.fits_next(index)
    }

    fn settle_one(&mut self, index: usize) {
        self.count_up_to(index);
        self.note_if_unsorted(index);
        if self.recheck.is_none() {
            self.keep_place(index);
        }
        let (part, reading) = (&mut self.parts[index], &mut self.reading);
        let ahead = signed(part.range.offset) - signed(reading.rank);
        reading.drift.add(part.asked, part.received, ahead);
        self.ready.extend(part.rows.take());
        let reach = reading.rank + part.keys.count() as u64;
        reading.fruitless = if reach > reading.reach { 0 } else { reading.fruitless + 1 };
        reading.reach = reading.reach.max(reach);
        reading.settled += 1;
    }

    /// Counts the rows before a part, those before the last one being counted.
    fn count_up_to(&mut self, index: usize) {
        let Some(before) = index.checked_sub(1) else { return };
        let hidden = self.hidden(before).unwrap_or(0);
        let (part, reading) = (&self.parts[before], &mut self.reading);
        // Rows that the server counts but does not show are none that came.
        let most_hidden = u64::from(part.range.limit.saturating_sub(part.records));
        let hidden = if part.is_believed { hidden.min(most_hidden) } else { 0 };
        let (rows, gone) = part.overlap.map_or((0, 0), |o| (o.before, o.gone as u64));
        let more = hidden + std::mem::replace(&mut reading.gone, gone);
        reading.rank = reading.rank.saturating_add_signed(rows) + more;
    }

    /// The end has come: the list is whole, unless rows came in front of what
    /// was read. Then it is read again until as many have come.
    pub(super) fn end(&mut self) {
        self.parts.truncate(self.last_filled().map_or(0, |last| last + 1));
        self.count_up_to(self.parts.len().saturating_sub(1));
        if let Some(last) = self.parts.last() {
            let reading = &mut self.reading;
            let ahead = |offset: u64| signed(offset) - signed(reading.rank);
            let (first, at_end) = (ahead(last.range.offset), ahead(last.end));
            reading.drift.add(last.asked, last.received, first);
            if let Some((asked, received)) = last.ending.seen {
                reading.drift.add(asked, received, at_end - signed(last.keys.count()));
            }
        }
        let gained = self.reading.drift.gained();
        let missed = match &self.recheck {
            // A reading that missed nothing itself is as good as a first one.
            Some(recheck) if gained > 0 => recheck.wanted,
            _ => gained,
        };
        // Where changes are read, those that came in front are none of this reading.
        if missed == 0 || self.may_stop() {
            self.outcome.get_or_insert(Outcome::Whole);
        } else if self.readings < MOST_READINGS {
            self.read_again(missed);
        } else {
            self.give_up(self.parts.first().map(|part| part.range).unwrap_or_default());
        }
    }

    fn read_again(&mut self, missed: u64) {
        let known = match self.recheck.take() {
            Some(recheck) => recheck.known,
            None => self.parts.iter().flat_map(|part| part.keys.ids.iter().copied()).collect(),
        };
        self.recheck = Some(Recheck { known, wanted: missed, is_at_front: true });
        self.ready.extend(self.parts.drain(..).filter_map(|part| part.rows));
        self.reading = Reading { end_has_moved: self.reading.end_has_moved, ..Reading::default() };
        self.readings += 1;
    }

    /// Whether the first page of a second reading has what the first reading
    /// missed: rows that came or moved to the front.
    pub(super) fn has_caught_up(&self) -> bool {
        let is_first = self.last_filled() == Some(0);
        let is_done = |recheck: &Recheck| recheck.wanted == 0 && recheck.is_at_front;
        is_first && self.recheck.as_ref().is_some_and(is_done)
    }
}
