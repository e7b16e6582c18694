//! A part of a list: what one request asks for, and what is known of it.

use super::overlap::Overlap;
use super::page_request::PageRequest;
use super::range::PageRange;
use crate::json::page::Page;
use crate::json::page_keys::PageKeys;

/// A part of the list; `T` holds its rows.
pub(super) struct Part<T> {
    pub(super) number: u64,
    pub(super) range: PageRange,
    pub(super) state: PartState,
    /// Rows that came.
    pub(super) records: u32,
    pub(super) keys: PageKeys,
    pub(super) rows: Option<T>,
    pub(super) has_next: bool,
    /// When the page that it holds was asked for and received.
    pub(super) asked: u64,
    pub(super) received: u64,
    /// The overlap with the next part; None until they fit.
    pub(super) overlap: Option<Overlap>,
    /// The offset behind its last row, when that was last seen.
    pub(super) end: u64,
    /// What is known of the end of the list, if it is in this part.
    pub(super) ending: Ending,
    /// Fruitless tries to repair it or its border with the next part.
    pub(super) tries: u32,
    /// How often the server was too slow for it.
    pub(super) refusals: u32,
    /// Answers with the very same rows, and with as many in the same order.
    pub(super) same_rows: u32,
    pub(super) same_length: u32,
    /// It will not get longer.
    pub(super) is_believed: bool,
    /// It does not fit later answers: it is asked for again.
    pub(super) is_doubted: bool,
}

/// What is known of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PartState {
    Planned,
    InFlight,
    Received,
}

/// What answers have told of the end of the list.
#[derive(Debug, Default)]
pub(super) struct Ending {
    /// Nothing seems to follow.
    pub(super) is_closed: bool,
    /// Answers that showed the last row and nothing behind.
    pub(super) proofs: u32,
    /// When the last of them was asked for and received.
    pub(super) seen: Option<(u64, u64)>,
    /// Answers in a row that ended before the last row, and where.
    pub(super) shrunk: u32,
    pub(super) shrunk_to: u64,
    /// Answers that showed rows on the page behind.
    pub(super) goes_on: u32,
    /// Answers without known rows: the end is looked for further back.
    pub(super) steps_back: u32,
    /// The last answer showed known rows only: the end is further on.
    pub(super) is_behind: bool,
}

impl Ending {
    /// Takes an answer that ended at a row before the last one. True if the one before it
    /// ended elsewhere: the server lags.
    pub(super) fn shrink_to(&mut self, end: u64) -> bool {
        let has_varied = self.shrunk > 0 && self.shrunk_to != end;
        self.shrunk = if has_varied { 1 } else { self.shrunk + 1 };
        self.shrunk_to = end;
        has_varied
    }
}

impl<T> Part<T> {
    /// A part that was not asked for.
    pub(super) fn new(number: u64, range: PageRange) -> Self {
        Part {
            number,
            range,
            state: PartState::Planned,
            records: 0,
            keys: PageKeys::default(),
            rows: None,
            has_next: false,
            asked: 0,
            received: 0,
            overlap: None,
            end: range.end(),
            ending: Ending::default(),
            tries: 0,
            refusals: 0,
            same_rows: 0,
            same_length: 0,
            is_believed: false,
            is_doubted: false,
        }
    }

    /// Whether it came with fewer rows than were asked for.
    pub(super) fn is_short(&self) -> bool {
        self.records < self.range.limit
    }

    /// Whether its last rows are equal in what the list is ordered by.
    pub(super) fn ends_in_a_tie(&self) -> bool {
        self.keys.is_ordered() && self.keys.tie_start() + 1 < self.keys.count()
    }

    pub(super) fn is_there(&self) -> bool {
        self.state == PartState::Received && self.records > 0
    }

    /// Takes in a page that was received `now`.
    pub(super) fn take(&mut self, request: &PageRequest, page: Page<T>, now: u64) {
        let tries = if page.records > self.records { 0 } else { self.tries };
        let received = Part {
            state: PartState::Received,
            records: page.records,
            keys: page.keys,
            rows: Some(page.rows),
            has_next: page.has_next,
            asked: request.asked,
            received: now,
            end: self.range.offset + u64::from(page.records),
            tries,
            same_rows: 1,
            same_length: 1,
            ..Part::new(self.number, self.range)
        };
        *self = received;
    }

    /// An answer showed its last row and nothing behind.
    pub(super) fn prove_end(&mut self, request: &PageRequest, has_next: bool, now: u64) {
        self.has_next = has_next;
        self.tries = 0;
        self.ending.proofs += 1;
        self.ending.seen = Some((request.asked, now));
    }
}
