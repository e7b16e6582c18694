//! What answers change: a part is received, a gap is bridged, the end is seen.

use std::collections::HashSet;

use super::overlap::{Overlap, overlap};
use super::page_request::{PageRequest, Purpose};
use super::pager::{Pager, SAME_ANSWERS};
use super::part::{Part, PartState};
use super::range::{Paging, signed, unsigned};
use crate::json::page::{Extent, Page};

impl<T> Pager<T> {
    /// Takes the answer to a request. Returns how many of its rows are new.
    pub fn received(&mut self, request: &PageRequest, mut page: Page<T>) -> u32 {
        self.clock += 1;
        page.has_next &= self.paging.tells_next();
        let Some(index) = self.index_of(request) else { return 0 };
        if is_all(request, &page) {
            self.end_with(page.rows);
            return page.records;
        }
        self.parts[index].state = PartState::Received;
        let new = self.count_new(index, request, &page);
        if 2 * new >= self.limit {
            self.reading.moves = 0;
        }
        match request.purpose {
            Purpose::Whole => self.take_whole(index, request, page),
            Purpose::Bridge => self.take_bridge(index, request, page),
            Purpose::End => self.take_end(index, request, page),
        }
        self.settle();
        new
    }

    fn count_new(&mut self, index: usize, request: &PageRequest, page: &Page<T>) -> u32 {
        if let Some(recheck) = &mut self.recheck {
            let is_new = |id: &&u64| !recheck.known.contains(id);
            let at_front = page.keys.ids.iter().take_while(is_new).count();
            let new = page.keys.ids.iter().filter(is_new).count();
            recheck.is_at_front &= at_front == new;
            recheck.known.extend(page.keys.ids.iter().copied());
            recheck.wanted = recheck.wanted.saturating_sub(new as u64);
            return u32::try_from(new).unwrap_or(u32::MAX);
        }
        let first = if request.purpose == Purpose::Whole { index.saturating_sub(1) } else { index };
        let known: HashSet<u64> = (self.parts.iter().skip(first).take(3))
            .flat_map(|part| part.keys.ids.iter().copied())
            .collect();
        let new = page.keys.ids.iter().filter(|id| !known.contains(id)).count();
        u32::try_from(new).unwrap_or(u32::MAX)
    }

    fn take_whole(&mut self, index: usize, request: &PageRequest, page: Page<T>) {
        if page.records == 0 {
            let part = &mut self.parts[index];
            part.has_next |= page.has_next;
            self.has_lagged |= part.records > 0;
            return;
        }
        let part = &mut self.parts[index];
        part.is_doubted = false;
        self.usual_length = page.records;
        self.was_full |= page.records >= part.range.limit;
        if page.records > part.records && page.keys.has_most(&part.keys) {
            self.has_lagged |= part.tries > 0;
            return self.replace(index, request, page);
        }
        self.has_lagged |= page.records < part.records;
        part.same_rows += u32::from(page.keys == part.keys);
        let is_alike = page.records == part.records
            && overlap(&part.keys, &page.keys, 1).is_some_and(|o| o.gone + o.new + o.ahead == 0);
        part.same_length += u32::from(is_alike);
        part.has_next = page.has_next;
        let goes_on = part.has_next || self.last_filled().is_some_and(|last| index < last);
        if goes_on && self.parts[index].is_short() {
            self.believe_length(index);
        }
    }

    /// Drops a last page that has only rows of the part before it: nothing seems to
    /// follow that part.
    pub(super) fn drop_repeated_end(&mut self) {
        while let Some(last) = self.last_filled().filter(|last| self.repeats_the_end(*last)) {
            if last <= self.reading.settled {
                return;
            }
            let is_awaited = |part: &Part<T>| part.state != PartState::Received;
            if self.parts[last..].iter().any(is_awaited) {
                return;
            }
            let has_next = self.parts[last].has_next;
            self.parts.truncate(last);
            let before = &mut self.parts[last - 1];
            before.ending.is_closed = true;
            before.has_next = has_next;
            before.overlap = None;
        }
    }

    fn replace(&mut self, index: usize, request: &PageRequest, page: Page<T>) {
        self.parts[index].take(request, page, self.clock);
        self.forget_border(index);
        if let Some(before) = index.checked_sub(1) {
            self.forget_border(before);
        }
    }

    fn forget_border(&mut self, index: usize) {
        self.parts[index].overlap = None;
    }

    /// A page stays shorter than requested. Either the server has dropped rows for
    /// good, or it serves no longer pages. Then later requests use this length.
    fn believe_length(&mut self, index: usize) {
        let has_follower = self.parts.get(index + 1).is_some_and(|next| next.records > 0);
        let is_joined = has_follower && self.fits_next(index);
        let part = &mut self.parts[index];
        if is_joined && part.same_rows >= SAME_ANSWERS {
            part.is_believed = true;
        } else if !is_joined && part.same_length >= SAME_ANSWERS {
            self.shorten_pages(index);
        }
    }

    /// The server serves no longer pages than this part.
    pub(super) fn shorten_pages(&mut self, index: usize) {
        let part = &mut self.parts[index];
        part.range.limit = part.records;
        part.end = part.range.end();
        self.was_full = true;
        self.limit = self.limit.min(part.records).max(self.paging.least());
        if self.paging.is_numbered() {
            // The beginning of a numbered page depends on its length: pages that
            // were asked for before are elsewhere.
            self.parts.truncate(index + 1);
        }
    }

    fn take_bridge(&mut self, index: usize, request: &PageRequest, page: Page<T>) {
        let Some(at) = self.align(index, request, &page) else { return };
        let reach = at.offset() + signed(page.keys.count());
        if reach <= signed(self.parts[index].keys.count()) || self.is_all_known(index, &page.keys) {
            return;
        }
        self.parts[index].overlap = Some(at);
        let mut bridge = self.new_part(request.range);
        bridge.take(request, page, self.clock);
        bridge.range.limit = bridge.records.min(bridge.range.limit);
        let covers = |next: &Part<T>| bridge.range.end() >= next.range.end();
        if self.parts.get(index + 1).is_some_and(covers) && !self.fits(&bridge, index + 1) {
            self.parts.remove(index + 1);
        }
        self.parts.insert(index + 1, bridge);
    }

    /// Where a page begins within a part, if the page fits the rows that end with
    /// that part. Updates where the part ends now.
    fn align(&mut self, index: usize, request: &PageRequest, page: &Page<T>) -> Option<Overlap> {
        let found = self.lies_behind(index, &page.keys)?;
        let begin = signed(request.range.offset).saturating_sub(found.offset());
        let part = &mut self.parts[index];
        part.end = unsigned(begin.saturating_add(signed(part.keys.count())));
        Some(found)
    }

    /// Takes an answer about the end of the list.
    fn take_end(&mut self, index: usize, request: &PageRequest, page: Page<T>) {
        self.parts.truncate(index + 1);
        self.parts[index].ending.is_closed = true;
        let is_next_page = request.range.offset >= self.parts[index].range.end();
        if page.records == 0 {
            self.take_nothing(index, request);
        } else if self.paging == Paging::Sized && is_next_page {
            self.take_next_page(index);
        } else if let Some(at) = self.align(index, request, &page) {
            self.take_aligned_end(index, request, page, at);
        } else {
            self.take_strange_end(index, request, &page);
        }
    }

    /// No rows. Behind the end that is right; elsewhere the server lags, or the list
    /// has shrunk.
    fn take_nothing(&mut self, index: usize, request: &PageRequest) {
        let part = &mut self.parts[index];
        let is_behind_end = request.range.offset >= part.end;
        if !is_behind_end {
            self.has_lagged = true;
            part.ending.shrunk = 0;
        }
        part.ending.steps_back += 1;
        if is_behind_end && part.ending.proofs > 0 {
            part.ending.proofs += 1;
        }
    }

    /// Rows on the page behind a short one: the short page lacks some, or the server
    /// serves no longer pages.
    fn take_next_page(&mut self, index: usize) {
        let part = &mut self.parts[index];
        part.ending.proofs = 0;
        part.ending.goes_on += 1;
        if part.ending.goes_on == 1 {
            part.is_doubted = true;
        } else if part.ending.goes_on > 2 || part.records < self.paging.least() {
            self.give_up(self.parts[index].range);
        } else {
            part.ending.is_closed = false;
            self.shorten_pages(index);
        }
    }

    fn take_aligned_end(
        &mut self,
        index: usize,
        request: &PageRequest,
        page: Page<T>,
        at: Overlap,
    ) {
        if !self.is_all_known(index, &page.keys) {
            return self.go_on_from(index, request, page, at);
        }
        let now = self.clock;
        let part = &mut self.parts[index];
        let has_room = page.records < request.range.limit;
        part.ending.steps_back = 0;
        if !page.keys.shows_end_of(&part.keys) && !ends_with(part, request, &page) {
            // A list that ends where it did has not shrunk: other rows are its last now.
            let end = request.range.offset + u64::from(page.records);
            let is_earlier = end < part.range.offset + u64::from(part.records);
            if has_room && !page.has_next && is_earlier {
                let has_varied = part.ending.shrink_to(end);
                self.has_lagged |= has_varied;
            }
            self.parts[index].ending.is_behind = !has_room;
        } else if has_room {
            // It was shown earlier, and is back.
            let has_varied = part.ending.shrunk > 0;
            part.prove_end(request, page.has_next, now);
            self.has_lagged |= has_varied;
        }
    }

    /// A page that does not fit. It may still show the last rows, if those have equal
    /// sort values or are the last of a list of one part.
    fn take_strange_end(&mut self, index: usize, request: &PageRequest, page: &Page<T>) {
        let is_known = self.is_all_known(index, &page.keys);
        let now = self.clock;
        let part = &mut self.parts[index];
        let has_room = page.records < request.range.limit;
        let shows_end =
            || page.keys.is_whole_tie_at_end_of(&part.keys) || ends_with(part, request, page);
        if is_known && has_room && shows_end() {
            part.prove_end(request, page.has_next, now);
        } else {
            part.ending.steps_back += 1;
            part.is_doubted = !is_known && part.is_short();
        }
    }

    /// This was not the end: rows follow, or came in between.
    fn go_on_from(&mut self, index: usize, request: &PageRequest, page: Page<T>, at: Overlap) {
        self.reading.end_has_moved = true;
        self.reading.moves += 1;
        self.reading.moves_in_all += 1;
        let is_capped = self.shows_a_cap(index, request, &page, at);
        let part = &mut self.parts[index];
        part.tries = 0;
        if part.range == request.range && page.records >= part.records {
            self.has_lagged = true;
            return self.replace(index, request, page);
        }
        part.overlap = Some(at);
        // A shorter page shows more than a longer one: the server cuts pages off.
        let is_shorter = self.paging == Paging::Sized && request.range.limit < part.range.limit;
        if is_shorter && !self.was_full {
            self.shorten_pages(index);
        }
        let mut next = self.new_part(request.range);
        next.take(request, page, self.clock);
        self.parts.push(next);
        if is_capped {
            self.parts[index].range.limit = self.parts[index].records;
            self.shorten_pages(index + 1);
        }
    }

    /// Whether all pages have the same length and none is the last: the server serves
    /// no longer ones.
    fn shows_a_cap(
        &self,
        index: usize,
        request: &PageRequest,
        page: &Page<T>,
        at: Overlap,
    ) -> bool {
        let part = &self.parts[index];
        let reach = at.offset() + signed(page.keys.count());
        let is_usual = page.records == self.usual_length && reach > signed(part.keys.count()) + 1;
        let is_short = page.records < request.range.limit;
        is_short && !self.was_full && (is_usual || part.ending.proofs > 0)
    }
}

/// Whether known rows end where a part does, if in another order than its last rows: they
/// are equal in what the list is ordered by, or the list is as long as this part.
fn ends_with<T>(part: &Part<T>, request: &PageRequest, page: &Page<T>) -> bool {
    let end = request.range.offset + u64::from(page.records);
    let is_as_long = part.range.offset == 0 && end == u64::from(part.records);
    is_as_long || (end == part.end && page.keys.is_tied_with_end_of(&part.keys))
}

/// Whether an answer has the whole list: the server does not page it. Such a server gives
/// its records again, and more than were asked for, whichever page is asked for.
fn is_all<T>(request: &PageRequest, page: &Page<T>) -> bool {
    match page.extent {
        Extent::Page | Extent::Counted => false,
        Extent::Repeated => request.range.offset > 0 && page.records >= request.range.limit,
        Extent::Whole => request.range.offset == 0,
    }
}
