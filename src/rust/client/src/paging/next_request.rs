//! What to ask for next: first what repairs a part or a border, then the end,
//! then what lies ahead.

use std::time::Duration;

use super::pager::{MOST_MOVES_IN_ALL, PageRequest, Pager, Purpose, REPAIR_WAITS};
use super::part::{Part, State};
use super::range::{PageRange, Paging};

/// Last pages that are dropped since they don't fit to the rest.
const MOST_DROPPED: u32 = 3;

/// Waits before an empty list is believed to be empty.
const EMPTY_WAITS: [Duration; 2] = [Duration::from_millis(500), Duration::from_millis(1200)];

/// Wait before the end of a list is looked at once more. A server may lag for
/// a second, and shows an older list meanwhile.
const END_WAIT: Duration = Duration::from_millis(1200);

/// The same once it has moved: the list is being written to, and a long wait
/// would only let it grow.
const MOVED_WAIT: Duration = Duration::from_millis(200);

impl<T> Pager<T> {
    /// The next request to make now, if any.
    pub fn next_request(&mut self) -> Option<PageRequest> {
        self.settle();
        if self.has_caught_up() {
            self.end();
        }
        if self.is_over() {
            return None;
        }
        // Of a settled part only the border with the next one may be open.
        let mut places = self.reading.settled.saturating_sub(1)..;
        while let Some(place) = places.next().filter(|place| *place < self.parts.len()) {
            let repair = self.repair(place);
            if repair.is_some() || self.is_over() {
                return repair;
            }
        }
        self.look_ahead()
    }

    fn repair(&mut self, place: usize) -> Option<PageRequest> {
        match self.parts[place].state {
            State::InFlight => return None,
            State::Planned => return Some(self.request(place, Purpose::Whole, Duration::ZERO)),
            State::Received => {}
        }
        let next = self.parts.get(place + 1);
        if next.is_some_and(Part::is_there) {
            self.fits_next(place);
        }
        match self.last_filled() {
            None => self.confirm_empty(place),
            Some(last) if place > last => None,
            Some(_) if place < self.reading.settled => self.join(place),
            Some(_) if self.is_doubtful(place) => self.ask_again(place),
            Some(last) if place == last => self.confirm_end(place),
            Some(_) => self.join(place),
        }
    }

    /// What lies between a part and the next one, if they don't fit.
    fn join(&mut self, place: usize) -> Option<PageRequest> {
        if !self.parts.get(place + 1).is_some_and(Part::is_there) || self.fits_next(place) {
            return None;
        }
        if place >= self.reading.settled {
            self.drop_stale_end(place, 1);
        }
        let is_apart = self.parts.len() > place + 1;
        if is_apart { self.try_again(place, Purpose::Bridge) } else { self.repair(place) }
    }

    /// The rows of a part once more, but never in a size that was refused.
    fn ask_again(&mut self, place: usize) -> Option<PageRequest> {
        let part = &mut self.parts[place];
        if part.range.limit > self.limit {
            if part.records > 0 {
                self.shorten_pages(place);
                return self.repair(place);
            }
            part.range = self.paging.from(part.range.offset, self.limit);
        }
        self.drop_stale_end(place, 2);
        if self.is_doubtful(place) {
            self.try_again(place, Purpose::Whole)
        } else {
            self.repair(place)
        }
    }

    /// After some tries to make a last short page fit to the one before it, the
    /// list has shrunk since it was read: what follows is asked for anew.
    fn drop_stale_end(&mut self, place: usize, tries: u32) {
        let is_last = self.last_filled() == Some(place + 1);
        let is_tried = self.parts[place].tries >= tries && self.reading.dropped < MOST_DROPPED;
        if is_last && is_tried && self.parts[place + 1].is_short() {
            self.reading.dropped += 1;
            self.parts.truncate(place + 1);
            self.parts[place].overlap = None;
        }
    }

    /// One more try for a place, or the end of the list when there were enough.
    fn try_again(&mut self, place: usize, purpose: Purpose) -> Option<PageRequest> {
        let tries = self.parts[place].tries as usize;
        let Some(wait) = REPAIR_WAITS.get(tries) else {
            self.give_up(self.parts[place].range);
            return None;
        };
        let request = self.request(place, purpose, *wait);
        self.parts[place].tries += 1;
        Some(request)
    }

    fn request(&mut self, place: usize, purpose: Purpose, after: Duration) -> PageRequest {
        let range = match purpose {
            Purpose::Whole => self.parts[place].range,
            Purpose::Bridge => self.around_end(place),
            Purpose::End => self.end_range(place),
        };
        self.clock += 1;
        self.parts[place].state = State::InFlight;
        PageRequest { range, after, part: self.parts[place].number, purpose, asked: self.clock }
    }

    /// Nothing at all has come: is that so?
    fn confirm_empty(&mut self, place: usize) -> Option<PageRequest> {
        if place > 0 {
            return None;
        }
        if self.parts[place].has_next {
            return self.try_again(place, Purpose::Whole);
        }
        let tries = self.parts[place].tries as usize;
        let most = if self.is_filtered { 1 } else { EMPTY_WAITS.len() };
        match EMPTY_WAITS.get(tries).filter(|_| tries < most) {
            Some(wait) => {
                let request = self.request(place, Purpose::Whole, *wait);
                self.parts[place].tries += 1;
                Some(request)
            }
            None => {
                self.end();
                None
            }
        }
    }

    /// The last rows once more, unless more are on their way.
    fn confirm_end(&mut self, place: usize) -> Option<PageRequest> {
        let beyond = &self.parts[place + 1..];
        let is_awaited = |part: &Part<T>| part.state != State::Received;
        if beyond.iter().any(is_awaited) || (beyond.is_empty() && self.is_open(place)) {
            return None;
        }
        let tries = self.parts[place].tries as usize;
        let is_tried = tries >= REPAIR_WAITS.len();
        if self.is_end_known(place) || (is_tried && self.parts[place].ending.shrunk > 1) {
            if self.reading.settled == place {
                self.end();
            }
            return None;
        }
        // One row more each time: whether a page has an end can't be told.
        let never_ends = self.may_be_cap(place) && self.reading.moves_in_all > MOST_MOVES_IN_ALL;
        if is_tried || never_ends {
            self.give_up_after(place);
            return None;
        }
        let wait = match tries {
            _ if self.parts[place].ending.is_behind => Duration::ZERO,
            0 if self.reading.end_has_moved => MOVED_WAIT,
            0 => END_WAIT,
            _ => REPAIR_WAITS[tries],
        };
        self.parts[place].ending.is_behind = false;
        let request = self.request(place, Purpose::End, wait);
        self.parts[place].tries += 1;
        Some(request)
    }

    /// The rows at the end, with some of those before and a place for others
    /// behind. Further back where they don't show: the list may have shrunk.
    fn end_range(&self, place: usize) -> PageRange {
        let part = &self.parts[place];
        let has_moved = part.end != part.range.offset + u64::from(part.records);
        let back =
            [0, 0, 1, 1, 2][(part.ending.steps_back as usize).min(4)] * u64::from(self.limit / 2);
        let is_last_look = part.ending.proofs + 1 == self.proofs_needed(place);
        if self.paging == Paging::Sized && is_last_look && part.ending.proofs > 0 {
            // The page after it, in case the server serves no longer ones.
            return PageRange { offset: part.range.end(), ..part.range };
        }
        if part.has_next && part.ending.proofs > 0 {
            // What the server calls the next page.
            let limit = u64::from(self.limit);
            return PageRange { offset: (part.end / limit + 1) * limit, limit: self.limit };
        }
        let may_be_same = back == 0 && part.is_short() && !has_moved && !self.reading.end_has_moved;
        if may_be_same && part.ending.proofs == 0 && part.range.limit <= self.limit {
            // One row on, so that a server which serves no longer pages shows
            // another row. Page numbers can't be shifted.
            let shift = u64::from(!self.paging.is_numbered() && part.records > 1);
            return PageRange { offset: part.range.offset + shift, ..part.range };
        }
        let end = part.end.saturating_sub(back);
        if part.is_short() {
            return self.paging.next(end, self.limit);
        }
        // Elsewhere than what was asked for before: a server may lag for one page.
        self.paging.around(end, self.limit)
    }

    /// What lies around the border with the next part; further on either side
    /// when that was not enough.
    fn around_end(&self, place: usize) -> PageRange {
        let part = &self.parts[place];
        let half = u64::from(self.limit / 2);
        let begin = part.end.saturating_sub(Paging::overlap(self.limit).into());
        let leaves_a_gap = self.parts[place + 1].range.offset > part.end;
        let middle = match part.tries {
            0 if leaves_a_gap => return self.paging.from(begin, self.limit),
            0 => part.end,
            1 | 3 => part.end.saturating_sub(half * u64::from(part.tries)),
            _ => part.end + half * u64::from(part.tries / 2),
        };
        self.paging.around(middle, self.limit)
    }

    /// The part after the last one. More of them are in flight the more rows
    /// have come: a short list ends before many were asked for in vain.
    fn look_ahead(&mut self) -> Option<PageRequest> {
        let in_flight = |part: &&Part<T>| part.state == State::InFlight;
        let flying = self.parts[self.reading.settled..].iter().filter(in_flight).count();
        let open = self.parts.len() - self.reading.settled;
        if flying >= self.concurrency || open > 2 * self.concurrency + 1 {
            return None;
        }
        if !self.parts.is_empty() && !self.may_go_on(flying) {
            return None;
        }
        let end = match self.parts.last() {
            None => 0,
            Some(last) if last.records > 0 => last.end,
            Some(last) => last.range.end(),
        };
        let range = self.paging.next(end, self.limit);
        let part = self.new_part(range);
        self.parts.push(part);
        Some(self.request(self.parts.len() - 1, Purpose::Whole, Duration::ZERO))
    }

    fn may_go_on(&self, flying: usize) -> bool {
        let Some(last) = self.last_filled() else {
            // The first page takes long, and is not asked for again.
            let is_first = self.parts.len() < 2 && self.parts[0].tries == 0;
            return is_first && flying > 0 && self.concurrency > 1;
        };
        let is_empty = |part: &Part<T>| part.state == State::Received;
        let beyond = &self.parts[last + 1..];
        self.is_open(last)
            && !self.is_doubtful(last)
            && !beyond.iter().any(is_empty)
            && beyond.len() <= last
    }
}

impl Paging {
    /// What is asked for first.
    pub fn first(self, limit: u32) -> PageRange {
        self.from(0, limit.max(self.least()))
    }
}
