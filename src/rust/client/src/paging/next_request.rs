//! What to ask for next. First come repairs of a part or of a gap between parts,
//! then the end of the list, then the parts ahead.

use std::time::Duration;

use super::page_request::{PageRequest, Purpose};
use super::pager::{Emptiness, MOST_MOVES_IN_ALL, Pager, REPAIR_WAITS};
use super::part::{Part, PartState};
use super::range::{PageRange, Paging};

/// How many last pages are dropped because they don't fit the rest.
const MOST_DROPPED: u32 = 3;

/// Waits before an empty list is believed to be empty. Also with filters: a server that
/// lags shows no rows where there are some.
const EMPTY_WAITS: [Duration; 2] = [Duration::from_millis(500), Duration::from_millis(1200)];

/// Wait before the end of a list is asked for once more. A server may lag for a
/// second, and then shows an older list.
const END_WAIT: Duration = Duration::from_millis(1200);

/// The same once the end has moved: rows are being added, and during a long wait
/// more would come.
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
        // Of a settled part only the gap behind it may be open.
        let mut indices = self.reading.settled.saturating_sub(1)..;
        while let Some(index) = indices.next().filter(|index| *index < self.parts.len()) {
            let repair = self.repair(index);
            if repair.is_some() || self.is_over() {
                return repair;
            }
        }
        self.look_ahead()
    }

    fn repair(&mut self, index: usize) -> Option<PageRequest> {
        match self.parts[index].state {
            PartState::InFlight => return None,
            PartState::Planned => return Some(self.request(index, Purpose::Whole, Duration::ZERO)),
            PartState::Received => {}
        }
        let next = self.parts.get(index + 1);
        if next.is_some_and(Part::is_there) {
            self.fits_next(index);
        }
        match self.last_filled() {
            None => self.confirm_empty(index),
            Some(last) if index > last => None,
            Some(_) if index < self.reading.settled => self.join(index),
            Some(_) if self.awaits_what_follows(index) => None,
            Some(_) if self.is_doubtful(index) => self.ask_again(index),
            Some(last) if index == last => self.confirm_end(index),
            Some(_) => self.join(index),
        }
    }

    /// The request for the gap between a part and the next one, if they don't fit.
    fn join(&mut self, index: usize) -> Option<PageRequest> {
        if !self.parts.get(index + 1).is_some_and(Part::is_there)
            || self.fits_next(index)
            || self.awaits_what_follows(index + 1)
        {
            return None;
        }
        if index >= self.reading.settled {
            self.drop_stale_end(index, 1);
        }
        let is_apart = self.parts.len() > index + 1;
        if is_apart { self.try_again(index, Purpose::Bridge) } else { self.repair(index) }
    }

    /// The request for a part once more, but never in a size that was refused.
    fn ask_again(&mut self, index: usize) -> Option<PageRequest> {
        let part = &mut self.parts[index];
        if part.range.limit > self.limit {
            if part.records > 0 {
                self.shorten_pages(index);
                return self.repair(index);
            }
            part.range = self.paging.from(part.range.offset, self.limit);
        }
        self.drop_stale_end(index, 2);
        if self.is_doubtful(index) {
            self.try_again(index, Purpose::Whole)
        } else {
            self.repair(index)
        }
    }

    /// If a short last page still does not fit after some tries, the list has shrunk:
    /// the page is dropped, and what follows is asked for again.
    fn drop_stale_end(&mut self, index: usize, tries: u32) {
        let is_last = self.last_filled() == Some(index + 1);
        let is_tried = self.parts[index].tries >= tries && self.reading.dropped < MOST_DROPPED;
        if is_last && is_tried && self.parts[index + 1].is_short() {
            self.reading.dropped += 1;
            self.parts.truncate(index + 1);
            self.parts[index].overlap = None;
        }
    }

    /// One more try, or the end of the list after the last one.
    fn try_again(&mut self, index: usize, purpose: Purpose) -> Option<PageRequest> {
        let tries = self.parts[index].tries as usize;
        let Some(wait) = REPAIR_WAITS.get(tries) else {
            self.give_up(self.parts[index].range);
            return None;
        };
        let request = self.request(index, purpose, *wait);
        self.parts[index].tries += 1;
        Some(request)
    }

    pub(super) fn request(
        &mut self,
        index: usize,
        purpose: Purpose,
        after: Duration,
    ) -> PageRequest {
        let range = match purpose {
            Purpose::Whole => self.parts[index].range,
            Purpose::Bridge => self.around_end(index),
            Purpose::End => self.end_range(index),
        };
        self.clock += 1;
        self.parts[index].state = PartState::InFlight;
        PageRequest { range, after, part: self.parts[index].number, purpose, asked: self.clock }
    }

    /// No rows at all have come: asks again whether the list is empty.
    fn confirm_empty(&mut self, index: usize) -> Option<PageRequest> {
        if index > 0 {
            return None;
        }
        if self.parts[index].has_next {
            return self.try_again(index, Purpose::Whole);
        }
        let tries = self.parts[index].tries as usize;
        let waits = match self.emptiness {
            Emptiness::Believed => &[],
            Emptiness::Usual => &EMPTY_WAITS[..1],
            Emptiness::Doubted => &EMPTY_WAITS[..],
        };
        match waits.get(tries) {
            Some(wait) => {
                let request = self.request(index, Purpose::Whole, *wait);
                self.parts[index].tries += 1;
                Some(request)
            }
            None => {
                self.end();
                None
            }
        }
    }

    /// The request for the last rows once more, unless more are in flight.
    fn confirm_end(&mut self, index: usize) -> Option<PageRequest> {
        let beyond = &self.parts[index + 1..];
        let is_awaited = |part: &Part<T>| part.state != PartState::Received;
        if beyond.iter().any(is_awaited) || (beyond.is_empty() && self.is_open(index)) {
            return None;
        }
        let tries = self.parts[index].tries as usize;
        let is_tried = tries >= REPAIR_WAITS.len();
        if self.is_end_known(index) || (is_tried && self.parts[index].ending.shrunk > 1) {
            if self.reading.settled == index {
                self.end();
            }
            return None;
        }
        // One row more each time: whether a page has an end can't be told.
        let never_ends = self.may_be_cap(index) && self.reading.moves_in_all > MOST_MOVES_IN_ALL;
        if is_tried || never_ends {
            self.give_up_after(index);
            return None;
        }
        let ending = &self.parts[index].ending;
        let is_sure_so_far = ending.proofs > 0 && !self.has_lagged;
        let wait = match tries {
            _ if ending.is_behind || is_sure_so_far => Duration::ZERO,
            0 if self.reading.end_has_moved => MOVED_WAIT,
            0 => END_WAIT,
            _ => REPAIR_WAITS[tries],
        };
        self.parts[index].ending.is_behind = false;
        let request = self.request(index, Purpose::End, wait);
        self.parts[index].tries += 1;
        Some(request)
    }

    /// The range at the end of the list: some of the last rows, and room for rows that
    /// follow. Further back if they were not found: the list may have shrunk.
    fn end_range(&self, index: usize) -> PageRange {
        let part = &self.parts[index];
        let has_moved = part.end != part.range.offset + u64::from(part.records);
        let back =
            [0, 0, 1, 1, 2][(part.ending.steps_back as usize).min(4)] * u64::from(self.limit / 2);
        if self.paging == Paging::Sized && part.ending.proofs == 1 {
            // The page behind, in case the server serves no longer ones.
            return PageRange { offset: part.range.end(), ..part.range };
        }
        if self.paging == Paging::Sized && part.ending.proofs == 2 {
            // A shorter page that reaches beyond the end, in case it cuts pages off.
            let length = self.limit.min(part.records).max(self.paging.least());
            return self.paging.around(part.end.saturating_sub(back), length);
        }
        if part.has_next && part.ending.proofs > 0 {
            // What the server calls the next page.
            let limit = u64::from(self.limit);
            return PageRange { offset: (part.end / limit + 1) * limit, limit: self.limit };
        }
        let may_be_same = back == 0 && part.is_short() && !has_moved && !self.reading.end_has_moved;
        if may_be_same && part.ending.proofs == 0 && part.range.limit <= self.limit {
            // Shifted by one row, so that a server which serves no longer pages shows
            // one more. Numbered pages can't be shifted.
            let shift = u64::from(!self.paging.is_numbered() && part.records > 1);
            return PageRange { offset: part.range.offset + shift, ..part.range };
        }
        let end = part.end.saturating_sub(back);
        if part.is_short() {
            return self.paging.next(end, self.limit);
        }
        // Another range than before: a server may lag for a single page.
        self.paging.around(end, self.limit)
    }

    /// The range around the gap behind a part; wider after each try.
    fn around_end(&self, index: usize) -> PageRange {
        let part = &self.parts[index];
        let half = u64::from(self.limit / 2);
        let begin = part.end.saturating_sub(Paging::overlap(self.limit).into());
        let leaves_a_gap = self.parts[index + 1].range.offset > part.end;
        let middle = match part.tries {
            0 if leaves_a_gap => return self.paging.from(begin, self.limit),
            0 => part.end,
            1 if part.ends_in_a_tie() => return self.before_tie(index),
            1 | 3 => part.end.saturating_sub(half * u64::from(part.tries)),
            _ => part.end + half * u64::from(part.tries / 2),
        };
        self.paging.around(middle, self.limit)
    }

    /// The range from before the ties at the end of a part, so that they are in one page. If
    /// there is none, one that has as many of them as it can.
    fn before_tie(&self, index: usize) -> PageRange {
        let part = &self.parts[index];
        let tied = part.keys.count() - part.keys.tie_start();
        let range = self.paging.from(part.end.saturating_sub(tied as u64 + 1), self.limit);
        if range.end() > part.end { range } else { self.paging.reaching(part.end, self.limit) }
    }

    /// The part after the last one. The more rows have come, the more parts are in
    /// flight: so few requests are wasted on a short list.
    fn look_ahead(&mut self) -> Option<PageRequest> {
        let in_flight = |part: &&Part<T>| part.state == PartState::InFlight;
        let flying = self.parts[self.reading.settled..].iter().filter(in_flight).count();
        let open = self.parts.len() - self.reading.settled;
        if flying >= self.concurrency || open > self.most_open() {
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
            let may_be_long = !self.may_stop() && self.emptiness != Emptiness::Believed;
            return is_first && flying > 0 && self.concurrency > 1 && may_be_long;
        };
        let is_empty = |part: &Part<T>| part.state == PartState::Received;
        let beyond = &self.parts[last + 1..];
        self.is_open(last)
            && !self.is_doubtful(last)
            && !beyond.iter().any(is_empty)
            && beyond.len() <= last
            && !self.is_stop_seen()
    }
}

impl Paging {
    /// What is asked for first.
    pub fn first(self, limit: u32) -> PageRange {
        self.from(0, limit.max(self.least()))
    }
}
