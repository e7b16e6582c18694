//! What to ask for next: first what mends a part, then what finds the end,
//! then what is known to be there.

use std::ops::Range;
use std::time::Duration;

use super::{Ask, MENDING, Part, Purpose, State, Walk};
use crate::slice::{Paging, Slice};

/// Requests that may turn out to lie past the end of the list.
const PAST_THE_END: usize = 3;
/// The same where the last rows may have come, and where parts don't overlap,
/// so that the end is asked for once more.
const PAST_THE_END_IN_DOUBT: usize = 1;

/// A step that is longer waits until the one before it is answered: two
/// requests past the end may be needed to find the way back from it.
const LONG_STEP: usize = 8;

/// Requests in flight that asking for one part after the other keeps up.
const STEADY: usize = 4;

/// A part that is asked for when nothing is known of it yet.
enum Further {
    /// One that there is already.
    Held(usize),
    /// So many parts beyond the last one.
    Beyond(usize),
}

impl<T> Walk<T> {
    /// The next request to make now, if any. Call until it gives None.
    pub fn next_ask(&mut self) -> Option<Ask> {
        let filled = self.filled();
        if let Some(ask) = self.open().find_map(|place| self.mend(place, filled)) {
            return Some(ask);
        }
        let place = match self.further(filled)? {
            Further::Held(place) => place,
            Further::Beyond(parts) => {
                (0..parts).for_each(|_| self.hold_next());
                self.parts.len() - 1
            }
        };
        Some(self.ask(place, Purpose::Whole, Duration::ZERO))
    }

    /// The parts that something may be asked for: of those that are settled only
    /// the border of the last one is still open. A long list has many of them.
    fn open(&self) -> Range<usize> {
        self.settled.saturating_sub(1)..self.parts.len()
    }

    /// A part that may be asked for later.
    fn hold_next(&mut self) {
        let slice = if self.plain {
            Slice { offset: self.covered, limit: self.limit }
        } else {
            self.paging.next(self.covered, self.limit)
        };
        self.covered = slice.end();
        let part = self.new_part(slice);
        self.parts.push(Part { certain: false, ..part });
    }

    fn ask(&mut self, place: usize, purpose: Purpose, after: Duration) -> Ask {
        let slice = match purpose {
            Purpose::Whole => self.parts[place].slice,
            Purpose::Rest => self.parts[place].rest(),
            Purpose::Bridge => self.bridge(place),
        };
        let whole = purpose == Purpose::Whole && !self.plain;
        self.parts[place].state = State::Asked;
        Ask {
            slice,
            after,
            divisible: whole && !self.paging.halves(slice).is_empty(),
            part: self.parts[place].number,
            purpose,
        }
    }

    /// A slice around the border with the next part; further on either side
    /// when that was not enough.
    fn bridge(&self, place: usize) -> Slice {
        let half = u64::from(self.limit / 2);
        let border = self.parts[place + 1].slice.offset;
        let middle = match self.parts[place].mended {
            2 | 4 => border.saturating_sub(half),
            3 => border + half,
            _ => border,
        };
        self.paging.around(middle, self.limit)
    }

    fn mend(&mut self, place: usize, filled: usize) -> Option<Ask> {
        if self.parts[place].state != State::Answered {
            return None;
        }
        let purpose = if place + 1 < filled {
            self.mend_gap(place)?
        } else {
            return self.confirm_end(place, filled);
        };
        let wait = *MENDING.get(self.parts[place].mended)?;
        self.parts[place].mended += 1;
        Some(self.ask(place, purpose, wait))
    }

    /// What is missing in a part that others with rows follow, or between it
    /// and the next one.
    fn mend_gap(&mut self, place: usize) -> Option<Purpose> {
        if self.parts[place].mended >= MENDING.len() {
            return None;
        }
        if self.has_gap(place) {
            let part = &self.parts[place];
            // The server may have left out rows in the middle: every other
            // try takes the whole part.
            let whole = part.records == 0 || part.suspect || part.mended % 2 == 1;
            return Some(if whole { Purpose::Whole } else { Purpose::Rest });
        }
        if self.parts[place + 1].state != State::Answered {
            return None;
        }
        if self.parts[place].meets_next.is_none() {
            self.parts[place].meets_next = Some(!self.is_apart(place));
        }
        (self.parts[place].meets_next == Some(false)).then_some(Purpose::Bridge)
    }

    /// Whether the list ends here is asked once more.
    fn confirm_end(&mut self, place: usize, filled: usize) -> Option<Ask> {
        if place + 1 == filled && self.lost_its_end(filled) {
            let wait = *MENDING.get(self.parts[place].mended)?;
            self.parts[place].mended += 1;
            return Some(self.ask(place, Purpose::Bridge, wait));
        }
        let part = &self.parts[place];
        if part.shows_end() {
            return None;
        }
        let purpose = if part.records == 0 {
            let is_next = place == filled && !self.ends_inside(filled);
            (is_next && !self.stays_empty(filled)).then_some(Purpose::Whole)?
        } else if !self.is_short(part) {
            return None;
        } else if part.suspect {
            (part.mended < MENDING.len()).then_some(Purpose::Whole)?
        } else {
            Purpose::Rest
        };
        self.parts[place].mended += usize::from(self.parts[place].suspect);
        Some(self.ask(place, purpose, Duration::ZERO))
    }

    /// Whether the last part with rows is known to hold the end.
    pub(super) fn ends_inside(&self, filled: usize) -> bool {
        let Some(last) = filled.checked_sub(1).map(|last| &self.parts[last]) else { return false };
        match self.paging {
            Paging::Numbered => !last.has_next,
            Paging::Offset => self.is_short(last),
        }
    }

    /// A part that nothing is known of yet, within the requests that may be
    /// in flight.
    fn further(&self, filled: usize) -> Option<Further> {
        if self.count(self.open().start, |part| part.state == State::Asked) >= self.ahead {
            return None;
        }
        // The end first: to find it takes answers, while the rest can wait.
        let ends_after = self.parts.get(filled).is_some_and(|part| part.empties > 0);
        let end = if self.ends_inside(filled) {
            self.beyond(filled, filled)
        } else if ends_after {
            self.beyond(filled, filled + 1)
        } else {
            self.explore(filled)
        };
        end.or_else(|| self.known(filled))
    }

    /// A part that others with rows follow.
    fn known(&self, filled: usize) -> Option<Further> {
        let is_held = |place: &usize| self.parts[*place].state == State::Held;
        let is_wanted = |place: &usize| *place < filled || self.parts[*place].certain;
        self.open().filter(is_held).find(is_wanted).map(Further::Held)
    }

    /// One part beyond the end, from `after` on, shows that nothing follows.
    /// API v4 tells it itself, unless it named a next page that is empty.
    fn beyond(&self, filled: usize, after: usize) -> Option<Further> {
        let is_asked_for = |part: &Part<T>| part.state != State::Held;
        let is_told = self.paging == Paging::Numbered && !self.seems_to_have_lost_its_end(filled);
        if is_told || self.count(after, is_asked_for) > 0 {
            return None;
        }
        let is_there = after < self.parts.len();
        Some(if is_there { Further::Held(after) } else { Further::Beyond(1) })
    }

    /// A part that may lie past the end. Few of them do: steps grow while
    /// there are rows, and what a step has passed is asked for without risk
    /// once it has found some.
    fn explore(&self, filled: usize) -> Option<Further> {
        let is_empty = |part: &Part<T>| part.empties > 0;
        let outstanding = self.count(filled, |part| part.state == State::Asked);
        let is_full = |part: &Part<T>| part.records == 0 || part.records >= part.slice.limit;
        let seems_on = self.overlaps() && self.parts[..filled].last().is_none_or(is_full);
        let most = if seems_on { PAST_THE_END } else { PAST_THE_END_IN_DOUBT };
        let left = most.saturating_sub(outstanding + self.count(filled, is_empty));
        let bound = (filled..self.parts.len()).find(|place| is_empty(&self.parts[*place]));
        let ahead = self.step_ahead(filled);
        match bound {
            None if left == 0 => None,
            None if outstanding > 0 && matches!(ahead, Further::Beyond(LONG_STEP..)) => None,
            None => Some(ahead),
            // At the last risk one part after the other.
            Some(_) if left < 2 && outstanding > 0 => None,
            Some(bound) => self.step_towards(filled, bound, left),
        }
    }

    fn step_ahead(&self, filled: usize) -> Further {
        let asked = self.parts.iter().rposition(|part| part.state == State::Asked);
        let top = asked.map_or(filled, |last| filled.max(last + 1));
        let mut untouched = top..self.parts.len();
        match untouched.find(|place| self.parts[*place].state == State::Held) {
            Some(place) => Further::Held(place),
            None if self.ahead <= STEADY => Further::Beyond(1),
            None => Further::Beyond(top.clamp(1, 4 * self.ahead)),
        }
    }

    fn step_towards(&self, filled: usize, bound: usize, left: usize) -> Option<Further> {
        let is_held = |place: &usize| self.parts[*place].state == State::Held;
        let held: Vec<usize> = (filled..bound).filter(is_held).collect();
        let step = if left < 2 { 0 } else { step_into(held.len()) };
        held.get(step).copied().map(Further::Held)
    }

    fn count(&self, from: usize, is: impl Fn(&Part<T>) -> bool) -> usize {
        self.parts.iter().skip(from).filter(|part| is(part)).count()
    }
}

/// With two risks left, the step through `parts` unknown ones that leaves the
/// fewest to walk through one by one.
fn step_into(parts: usize) -> usize {
    (2 * parts).isqrt().saturating_sub(1).min(parts.saturating_sub(1))
}
