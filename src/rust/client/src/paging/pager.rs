//! The state of one list while it is read: the pages received, how they fit
//! together, and whether the list is whole. No I/O and no clock:
//! [`super::fetch_all`] drives it, [`super::next_request`] says what to ask
//! for.
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
use super::overlap::{Overlap, PageKeys, overlap};
use super::range::{PageRange, Paging};
use crate::page::Page;

/// Waits before the tries to repair one place, the first request not counted.
pub const REPAIR_WAITS: [Duration; 5] = [
    Duration::ZERO,
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
];

/// Refusals of one place (504 or no answer in time) that end the list. Each
/// stands for two tries.
pub const MOST_REFUSALS: u32 = 3;

/// Answers with the very same rows that make a short page believed.
const SAME_ANSWERS: u32 = 3;

/// Pages in a row without a new row that end the list.
const MOST_FRUITLESS: u32 = 6;

/// Times that an end moved on by a few rows: the list is written to faster
/// than its end can be looked at.
const MOST_MOVES: u32 = 6;

/// Times that it moved on at all: what was there at first has come long since.
const MOST_MOVES_IN_ALL: u32 = 30;

/// Readings of one list, the first included, while rows come in front.
const MOST_READINGS: u32 = 3;

/// Rows of one list: a server that makes up ever new ones has to end somewhere.
pub const MOST_ROWS: u64 = 50_000_000;

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

/// The state of one list; `T` holds the rows of a page.
pub struct Pager<T> {
    pub(super) paging: Paging,
    /// Rows to ask for at once, at most. Shrinks when the server refuses.
    pub(super) limit: u32,
    /// Requests that may be in flight at once.
    pub(super) concurrency: usize,
    /// Whether the list may well be empty, since only some rows are asked for.
    pub(super) is_filtered: bool,
    /// In the order of the list.
    pub(super) parts: Vec<Part<T>>,
    /// The parts before this place can't change any more.
    pub(super) settled: usize,
    /// The server left out rows that it served later: it is believed less.
    pub(super) has_lagged: bool,
    /// Rows of settled parts that were not taken yet.
    ready: VecDeque<T>,
    next_part: u64,
    /// Counts requests and answers, to tell which came first.
    clock: u64,
    /// Rows that are before the next part to settle.
    rank: u64,
    /// Rows before it that the part before the last one has and the last not.
    gone: u64,
    /// Rows that are known up to the last settled part.
    reach: u64,
    drift: Drift,
    fruitless: u32,
    /// How often a last page was dropped that did not fit.
    pub(super) dropped: u32,
    /// Rows of the page read last in the list's course.
    usual_length: u32,
    /// Some page was as long as it was asked for.
    was_full: bool,
    /// Rows followed what seemed to be the end.
    pub(super) end_has_moved: bool,
    /// How often in a row they were a few only.
    moves: u32,
    /// How often it moved on.
    moves_in_all: u32,
    readings: u32,
    recheck: Option<Recheck>,
    outcome: Option<Outcome>,
}

/// A second reading, for rows that were missed.
struct Recheck {
    known: HashSet<u64>,
    wanted: u64,
}

enum Outcome {
    Whole,
    Failed(PageRange),
}

/// A part of the list, as one request asks for it.
pub(super) struct Part<T> {
    pub(super) number: u64,
    pub(super) range: PageRange,
    pub(super) state: State,
    /// Rows that came.
    pub(super) records: u32,
    pub(super) keys: PageKeys,
    pub(super) has_next: bool,
    /// Where the row after its last one stood when that was last seen.
    pub(super) end: u64,
    /// An answer showed rows between its own: it is asked for again.
    pub(super) is_doubted: bool,
    /// An answer showed that nothing seems to follow it.
    pub(super) is_closed: bool,
    /// Fruitless tries to repair it or its border with the next part.
    pub(super) tries: u32,
    /// Answers that showed its last row and nothing behind.
    pub(super) proofs: u32,
    rows: Option<T>,
    asked: u64,
    received: u64,
    /// When its end was seen last: asked and received.
    seen_end: Option<(u64, u64)>,
    /// Answers with the very same rows, and with as many of them.
    same_rows: u32,
    same_length: u32,
    /// It is as long as it ever gets.
    is_believed: bool,
    /// Answers that showed rows behind what seemed to be the end.
    goes_on: u32,
    /// How often the end was looked for further back.
    pub(super) steps_back: u32,
    /// The end was seen to be further on.
    pub(super) is_behind: bool,
    /// Answers within the list that ended before its last row.
    shrunk: u32,
    refusals: u32,
    /// How the next part lies to this one; None until they fit.
    pub(super) overlap: Option<Overlap>,
}

/// What is known of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Planned,
    InFlight,
    Received,
}

impl<T> Pager<T> {
    /// A list read `limit` rows at a time at most, nothing known yet.
    pub fn new(paging: Paging, limit: u32) -> Self {
        Pager {
            paging,
            limit: limit.max(paging.least()),
            concurrency: 1,
            is_filtered: false,
            parts: Vec::new(),
            settled: 0,
            has_lagged: false,
            ready: VecDeque::new(),
            next_part: 0,
            clock: 0,
            rank: 0,
            gone: 0,
            reach: 0,
            usual_length: 0,
            was_full: false,
            drift: Drift::default(),
            fruitless: 0,
            dropped: 0,
            end_has_moved: false,
            moves: 0,
            moves_in_all: 0,
            readings: 1,
            recheck: None,
            outcome: None,
        }
    }

    /// How many requests may be in flight; never fewer than before.
    pub fn set_concurrency(&mut self, requests: usize) {
        self.concurrency = self.concurrency.max(requests);
    }

    /// Whether only some rows of a larger list are asked for: none are no
    /// surprise then.
    pub fn set_filtered(&mut self, is_filtered: bool) {
        self.is_filtered = is_filtered;
    }

    /// Whether the list is whole or given up.
    pub fn is_over(&self) -> bool {
        self.outcome.is_some()
    }

    /// What could not be had, if the list was given up.
    pub fn missing(&self) -> Option<PageRange> {
        match self.outcome {
            Some(Outcome::Failed(range)) => Some(range),
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

    /// Takes the answer to a request in. Gives how many of its rows are new.
    pub fn received(&mut self, request: &PageRequest, mut page: Page<T>) -> u32 {
        self.clock += 1;
        page.has_next &= self.paging.tells_next();
        let Some(place) = self.place_of(request) else { return 0 };
        self.parts[place].state = State::Received;
        let new = self.count_new(place, request, &page);
        if 2 * new >= self.limit {
            self.moves = 0;
        }
        match request.purpose {
            Purpose::Whole => self.take_whole(place, request, page),
            Purpose::Bridge => self.take_bridge(place, request, page),
            Purpose::End => self.take_end(place, request, page),
        }
        if new > 0 {
            self.settle();
        }
        new
    }

    /// The server is too slow for a request. From now on fewer rows are asked
    /// for; false when that has been tried often enough.
    pub fn refused(&mut self, request: &PageRequest) -> bool {
        let Some(place) = self.place_of(request) else { return true };
        self.limit = self.limit.min(request.range.limit / 4).max(self.paging.least());
        let (paging, limit) = (self.paging, self.limit);
        let part = &mut self.parts[place];
        part.refusals += 1;
        if part.records == 0 {
            part.state = State::Planned;
            part.range = paging.from(part.range.offset, limit);
        } else {
            part.state = State::Received;
        }
        part.refusals < MOST_REFUSALS
    }

    /// Ends the list: a place could not be repaired.
    pub(super) fn give_up(&mut self, place: usize) {
        let range = self.parts.get(place).map(|part| part.range).unwrap_or_default();
        self.give_up_range(range);
    }

    pub(super) fn give_up_range(&mut self, range: PageRange) {
        self.outcome.get_or_insert(Outcome::Failed(range));
    }

    pub(super) fn new_part(&mut self, range: PageRange) -> Part<T> {
        self.next_part += 1;
        Part {
            number: self.next_part,
            range,
            state: State::Planned,
            records: 0,
            keys: PageKeys::default(),
            has_next: false,
            end: range.end(),
            is_doubted: false,
            is_closed: false,
            tries: 0,
            proofs: 0,
            rows: None,
            asked: 0,
            received: 0,
            seen_end: None,
            same_rows: 0,
            same_length: 0,
            is_believed: false,
            goes_on: 0,
            steps_back: 0,
            is_behind: false,
            shrunk: 0,
            refusals: 0,
            overlap: None,
        }
    }

    pub(super) fn mark_asked(&mut self, place: usize) -> u64 {
        self.clock += 1;
        self.parts[place].state = State::InFlight;
        self.clock
    }

    /// The last part with rows.
    pub(super) fn last_filled(&self) -> Option<usize> {
        self.parts.iter().rposition(|part| part.records > 0)
    }

    /// Whether a part is shorter than it should be and was not yet seen often
    /// enough to be believed. The last one may well be.
    pub(super) fn is_doubtful(&self, place: usize) -> bool {
        let part = &self.parts[place];
        let goes_on = part.has_next || self.last_filled().is_some_and(|last| place < last);
        // Where the next page begins shows that no row before it is missing.
        let is_complete = self.hidden(place) == Some(0);
        let goes_on = goes_on && !is_complete;
        part.records == 0 || part.is_doubted || (goes_on && part.is_short() && !part.is_believed)
    }

    /// Rows that the server counts between the beginnings of a part and of the
    /// next one and did not show; None unless the parts fit.
    fn hidden(&self, place: usize) -> Option<u64> {
        let part = &self.parts[place];
        let overlap = part.overlap?;
        let next = self.parts.get(place + 1)?.range.offset.cast_signed();
        let shown = part.range.offset.cast_signed() + overlap.before;
        Some(next.saturating_sub(shown).max(0).cast_unsigned())
    }

    /// Whether rows may follow a part with rows.
    pub(super) fn is_open(&self, place: usize) -> bool {
        let part = &self.parts[place];
        !part.is_closed && (part.has_next || (!self.paging.tells_next() && !part.is_short()))
    }

    /// Whether a part and the next one, both with rows, fit.
    pub(super) fn fits_next(&mut self, place: usize) -> bool {
        if self.parts[place].overlap.is_none() {
            let [part, next] = [&self.parts[place], &self.parts[place + 1]];
            let common = Paging::overlap(self.limit);
            let found = overlap(&part.keys, &next.keys, common);
            self.parts[place].overlap = found.or_else(|| self.lies_behind(place, &next.keys));
        }
        self.parts[place].overlap.is_some()
    }

    fn place_of(&self, request: &PageRequest) -> Option<usize> {
        self.parts.iter().rposition(|part| part.number == request.part)
    }

    fn count_new(&mut self, place: usize, request: &PageRequest, page: &Page<T>) -> u32 {
        if let Some(recheck) = &mut self.recheck {
            let new = page.keys.ids.iter().filter(|id| recheck.known.insert(**id)).count();
            recheck.wanted = recheck.wanted.saturating_sub(new as u64);
            return u32::try_from(new).unwrap_or(u32::MAX);
        }
        let first = if request.purpose == Purpose::Whole { place.saturating_sub(1) } else { place };
        let known: HashSet<u64> = (self.parts.iter().skip(first).take(3))
            .flat_map(|part| part.keys.ids.iter().copied())
            .collect();
        let new = page.keys.ids.iter().filter(|id| !known.contains(id)).count();
        u32::try_from(new).unwrap_or(u32::MAX)
    }

    fn take_whole(&mut self, place: usize, request: &PageRequest, page: Page<T>) {
        if page.records == 0 {
            let part = &mut self.parts[place];
            part.has_next |= page.has_next;
            self.has_lagged |= part.records > 0;
            return;
        }
        let part = &mut self.parts[place];
        part.is_doubted = false;
        self.usual_length = page.records;
        self.was_full |= page.records >= part.range.limit;
        if page.records > part.records && page.keys.has_most(&part.keys) {
            self.has_lagged |= part.tries > 0;
            return self.replace(place, request, page);
        }
        self.has_lagged |= page.records < part.records;
        part.same_rows += u32::from(page.keys == part.keys);
        let is_alike = page.records == part.records
            && overlap(&part.keys, &page.keys, 1).is_some_and(|o| o.gone + o.new + o.ahead == 0);
        part.same_length += u32::from(is_alike);
        part.has_next = page.has_next;
        let goes_on = part.has_next || self.last_filled().is_some_and(|last| place < last);
        if goes_on && self.parts[place].is_short() {
            self.believe_length(place);
        }
    }

    /// Drops a last page that shows only rows of the part before it, and ends:
    /// nothing seems to follow that one.
    fn drop_repeated_end(&mut self) {
        while let Some(last) = self.last_filled().filter(|last| self.repeats_the_end(*last)) {
            let is_awaited = |part: &Part<T>| part.state != State::Received;
            if self.parts[last..].iter().any(is_awaited) {
                return;
            }
            let has_next = self.parts[last].has_next;
            self.parts.truncate(last);
            let before = &mut self.parts[last - 1];
            before.is_closed = true;
            before.has_next = has_next;
            before.overlap = None;
        }
    }

    /// Whether a short page shows only rows at the end of the part before it.
    fn repeats_the_end(&self, place: usize) -> bool {
        let Some([before, last]) = place.checked_sub(1).map(|first| &self.parts[first..=place])
        else {
            return false;
        };
        let common = Paging::overlap(self.limit);
        let fits = || {
            overlap(&before.keys, &last.keys, common).is_some()
                || last.keys.is_tied_with_end_of(&before.keys)
        };
        before.state == State::Received
            && before.records > 0
            && last.is_short()
            && before.keys.has_all(&last.keys)
            && fits()
    }

    fn replace(&mut self, place: usize, request: &PageRequest, page: Page<T>) {
        self.parts[place].take(page, request.asked, self.clock);
        self.forget_border(place);
        if let Some(before) = place.checked_sub(1) {
            self.forget_border(before);
        }
    }

    fn forget_border(&mut self, place: usize) {
        self.parts[place].overlap = None;
    }

    /// A page stays shorter than it was asked for. Either the server leaves
    /// out rows for good, or it serves no longer ones: then what follows is
    /// asked for in its length.
    fn believe_length(&mut self, place: usize) {
        let has_follower = self.parts.get(place + 1).is_some_and(|next| next.records > 0);
        let is_joined = has_follower && self.fits_next(place);
        let part = &mut self.parts[place];
        if is_joined && part.same_rows >= SAME_ANSWERS {
            part.is_believed = true;
        } else if !is_joined && part.same_length >= SAME_ANSWERS {
            self.shorten_pages(place);
        }
    }

    /// The server serves no longer pages than this part.
    pub(super) fn shorten_pages(&mut self, place: usize) {
        let part = &mut self.parts[place];
        part.range.limit = part.records;
        part.end = part.range.end();
        self.was_full = true;
        self.limit = self.limit.min(part.records).max(self.paging.least());
        if self.paging.is_numbered() {
            // Where a page begins depends on the length that the server makes
            // of it: those asked for before are somewhere else.
            self.parts.truncate(place + 1);
        }
    }

    fn take_bridge(&mut self, place: usize, request: &PageRequest, page: Page<T>) {
        let Some(at) = self.align(place, request, &page) else { return };
        let reach = at.offset() + page.keys.len() as i64;
        if reach <= self.parts[place].keys.len() as i64 || self.is_all_known(place, &page.keys) {
            return;
        }
        self.parts[place].overlap = Some(at);
        let mut bridge = self.new_part(request.range);
        bridge.take(page, request.asked, self.clock);
        bridge.range.limit = bridge.records.min(bridge.range.limit);
        let covers = |next: &Part<T>| bridge.range.end() >= next.range.end();
        if self.parts.get(place + 1).is_some_and(covers) && !self.fits(&bridge, place + 1) {
            self.parts.remove(place + 1);
        }
        self.parts.insert(place + 1, bridge);
    }

    /// Where a page begins within a part, if it fits to what ends with that;
    /// notes where the end of the part is now.
    fn align(&mut self, place: usize, request: &PageRequest, page: &Page<T>) -> Option<Overlap> {
        let found = self.lies_behind(place, &page.keys)?;
        let begin = request.range.offset.cast_signed().saturating_sub(found.offset());
        let part = &mut self.parts[place];
        part.end = begin.saturating_add_unsigned(part.keys.len() as u64).max(0).cast_unsigned();
        Some(found)
    }

    /// How a page lies to a part and to those before it.
    fn lies_behind(&self, place: usize, keys: &PageKeys) -> Option<Overlap> {
        let rows = self.rows_up_to(place);
        let found = overlap(&rows, keys, Paging::overlap(self.limit))?;
        let earlier = rows.len() as i64 - self.parts[place].keys.len() as i64;
        Some(Overlap { before: found.before - earlier, ..found })
    }

    /// The rows of the parts that end with this one, some pages of them.
    fn rows_up_to(&self, place: usize) -> PageKeys {
        let mut rows = self.parts[place].keys.clone();
        let mut earlier = 0;
        for part in self.parts[place.saturating_sub(4)..place].iter().rev() {
            let Some(overlap) = part.overlap else { break };
            let count = overlap.before + earlier;
            rows = part.keys.before(usize::try_from(count).unwrap_or(0), rows);
            earlier = count.min(0);
        }
        rows
    }

    fn fits(&self, part: &Part<T>, place: usize) -> bool {
        let common = Paging::overlap(self.limit);
        overlap(&part.keys, &self.parts[place].keys, common).is_some()
    }

    /// What the rows at the end are seen to be now.
    fn take_end(&mut self, place: usize, request: &PageRequest, page: Page<T>) {
        self.parts.truncate(place + 1);
        self.parts[place].is_closed = true;
        let has_room = page.records < request.range.limit;
        let is_beyond = request.range.offset >= self.parts[place].range.end();
        if self.paging == Paging::Sized && is_beyond && page.records > 0 {
            let part = &mut self.parts[place];
            part.proofs = 0;
            part.goes_on += 1;
            part.is_doubted = part.goes_on == 1;
            if part.goes_on > 1 && part.records < self.paging.least() {
                self.give_up(place);
            } else if part.goes_on > 1 {
                part.is_closed = false;
                self.shorten_pages(place);
            }
            return;
        }
        if page.records == 0 {
            let part = &mut self.parts[place];
            // Asked for what lies behind the end: nothing is as it should be.
            let is_beyond = request.range.offset >= part.end;
            part.shrunk = 0;
            part.steps_back += 1;
            self.has_lagged |= !is_beyond;
            part.proofs += u32::from(part.proofs > 0 && is_beyond);
            return;
        }
        let ends = has_room && !page.has_next;
        let Some(at) = self.align(place, request, &page) else {
            let is_known = self.is_all_known(place, &page.keys);
            let part = &mut self.parts[place];
            if is_known && has_room && page.keys.is_whole_tie_at_end_of(&part.keys) {
                part.prove_end(request, page.has_next, self.clock);
                return;
            }
            part.steps_back += 1;
            part.is_doubted = !is_known && part.is_short();
            return;
        };
        let known = self.known_rows(place);
        let part = &mut self.parts[place];
        part.steps_back = 0;
        if page.keys.ids.iter().any(|id| !known.contains(id)) {
            self.go_on_from(place, request, page, at);
        } else if !page.keys.shows_end_of(&part.keys) {
            part.shrunk += u32::from(ends);
            part.is_behind = !has_room;
        } else if has_room {
            part.prove_end(request, page.has_next, self.clock);
        }
    }

    /// The end was none: rows follow, or stand between those that came.
    fn go_on_from(&mut self, place: usize, request: &PageRequest, page: Page<T>, at: Overlap) {
        let range = request.range;
        let has_room = page.records < range.limit;
        self.note_move();
        let part = &mut self.parts[place];
        part.tries = 0;
        // Pages of one length, none of which is the last: none is longer.
        let reach = at.offset() + page.keys.len() as i64;
        let is_usual = page.records == self.usual_length && reach > part.keys.len() as i64 + 1;
        let is_capped = !self.was_full && has_room && (is_usual || part.proofs > 0);
        if part.range == range && page.records >= part.records {
            self.has_lagged = true;
            return self.replace(place, request, page);
        }
        part.overlap = Some(at);
        let mut next = self.new_part(range);
        next.take(page, request.asked, self.clock);
        self.parts.push(next);
        if is_capped {
            self.parts[place].range.limit = self.parts[place].records;
            self.shorten_pages(place + 1);
        }
    }

    fn note_move(&mut self) {
        self.end_has_moved = true;
        self.moves += 1;
        self.moves_in_all += 1;
    }

    /// Rows that came with this part and those not long before.
    fn known_rows(&self, place: usize) -> HashSet<u64> {
        let parts = &self.parts[place.saturating_sub(40)..=place];
        parts.iter().flat_map(|part| part.keys.ids.iter().copied()).collect()
    }

    fn is_all_known(&self, place: usize, keys: &PageKeys) -> bool {
        let known = self.known_rows(place);
        keys.ids.iter().all(|id| known.contains(id))
    }

    /// How often an answer has to show the last row with nothing behind.
    pub(super) fn proofs_needed(&self, place: usize) -> u32 {
        let part = &self.parts[place];
        let is_single = place == 0 && self.readings == 1;
        if part.has_next {
            2
        } else if self.has_lagged || self.end_has_moved {
            3
        } else {
            match self.paging {
                Paging::Numbered => u32::from(!is_single || !part.is_short()),
                Paging::Offset => 1,
                Paging::Sized => 2,
            }
        }
    }

    /// Whether the end is looked at again in vain: it moves on each time, or
    /// has moved back into what was read.
    pub(super) fn is_end_settled(&self, place: usize) -> bool {
        let part = &self.parts[place];
        let is_proven = part.proofs >= self.proofs_needed(place);
        let has_often_moved = self.moves >= MOST_MOVES || self.moves_in_all >= MOST_MOVES_IN_ALL;
        let keeps_growing = has_often_moved
            && !part.has_next
            && part.is_short()
            && (self.was_full || part.records != self.usual_length);
        is_proven || keeps_growing
    }

    /// After all tries: whether the list has become shorter than was read.
    pub(super) fn has_shrunk(&self, place: usize) -> bool {
        self.parts[place].shrunk >= 2
    }

    /// Takes parts that can't change any more as what they are.
    pub(super) fn settle(&mut self) {
        self.drop_repeated_end();
        while self.settled + 1 < self.parts.len() {
            let place = self.settled;
            let is_ready = |part: &Part<T>| part.state == State::Received && part.records > 0;
            let both = self.parts[place..place + 2].iter().all(is_ready);
            let may_go = self.last_filled() == Some(place + 1) && self.repeats_the_end(place + 1);
            if may_go || !both || !self.fits_next(place) || self.is_doubtful(place) {
                return;
            }
            self.settle_one(place);
            if self.fruitless >= MOST_FRUITLESS || self.rank > MOST_ROWS {
                return self.give_up(place);
            }
        }
    }

    fn settle_one(&mut self, place: usize) {
        let part = &mut self.parts[place];
        self.reach = self.reach.max(self.rank + part.keys.len() as u64);
        self.drift.add(
            part.asked,
            part.received,
            part.range.offset.cast_signed() - self.rank.cast_signed(),
        );
        self.ready.extend(part.rows.take());
        let (before, gone) = part.overlap.map_or((0, 0), |o| (o.before, o.gone as u64));
        let most_hidden = u64::from(part.range.limit.saturating_sub(part.records));
        let hidden = if part.is_believed { self.hidden(place).unwrap_or(0) } else { 0 };
        let more = hidden.min(most_hidden) + std::mem::replace(&mut self.gone, gone);
        self.rank = self.rank.saturating_add_signed(before) + more;
        let reach = self.rank + self.parts[place + 1].keys.len() as u64;
        self.fruitless = if reach > self.reach { 0 } else { self.fruitless + 1 };
        self.reach = self.reach.max(reach);
        self.settled += 1;
    }

    /// The end has come: the list is whole, unless rows came in front of what
    /// was read. Then it is read again until as many have come.
    pub(super) fn end(&mut self) {
        self.parts.truncate(self.last_filled().map_or(0, |last| last + 1));
        if let Some(last) = self.parts.last() {
            let ahead = last.range.offset.cast_signed() - self.rank.cast_signed();
            self.drift.add(last.asked, last.received, ahead);
            if let Some((asked, received)) = last.seen_end {
                let begin = last.end.cast_signed() - last.keys.len() as i64;
                self.drift.add(asked, received, begin - self.rank.cast_signed());
            }
        }
        let missed = match &self.recheck {
            // A reading that missed nothing itself is as good as a first one.
            Some(recheck) if self.drift.gained() > 0 => recheck.wanted,
            _ => self.drift.gained(),
        };
        if missed == 0 {
            self.outcome.get_or_insert(Outcome::Whole);
        } else if self.readings < MOST_READINGS {
            self.read_again(missed);
        } else {
            self.give_up(0);
        }
    }

    fn read_again(&mut self, missed: u64) {
        let known = match self.recheck.take() {
            Some(recheck) => recheck.known,
            None => self.parts.iter().flat_map(|part| part.keys.ids.iter().copied()).collect(),
        };
        self.recheck = Some(Recheck { known, wanted: missed });
        let rest = self.parts.drain(..).filter_map(|part| part.rows);
        self.ready.extend(rest);
        self.settled = 0;
        self.rank = 0;
        self.reach = 0;
        self.gone = 0;
        self.drift = Drift::default();
        self.fruitless = 0;
        self.moves = 0;
        self.readings += 1;
    }

    /// Whether the first page of a second reading has what the first reading
    /// missed: rows that came or moved to the front.
    pub(super) fn has_caught_up(&self) -> bool {
        let is_first = self.last_filled() == Some(0);
        is_first && self.recheck.as_ref().is_some_and(|recheck| recheck.wanted == 0)
    }
}

impl<T> Part<T> {
    pub(super) fn is_short(&self) -> bool {
        self.records < self.range.limit
    }

    /// An answer showed its last row and nothing behind.
    fn prove_end(&mut self, request: &PageRequest, has_next: bool, now: u64) {
        self.has_next = has_next;
        self.proofs += 1;
        self.tries = 0;
        self.seen_end = Some((request.asked, now));
    }

    fn take(&mut self, page: Page<T>, asked: u64, now: u64) {
        if page.records > self.records {
            self.tries = 0;
        }
        self.state = State::Received;
        self.records = page.records;
        self.keys = page.keys;
        self.has_next = page.has_next;
        self.rows = Some(page.rows);
        self.asked = asked;
        self.received = now;
        self.end = self.range.offset + u64::from(page.records);
        self.is_closed = false;
        self.is_doubted = false;
        self.seen_end = None;
        self.same_rows = 1;
        self.same_length = 1;
        self.is_believed = false;
        self.goes_on = 0;
        self.steps_back = 0;
        self.is_behind = false;
        self.proofs = 0;
        self.shrunk = 0;
        self.refusals = 0;
    }
}
