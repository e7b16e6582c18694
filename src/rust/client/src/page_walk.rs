//! The paging protocol of API v4 (v4.md section 5): numbered pages, the end
//! of which shows in a page without records or without a next page, never in
//! a short one.

use std::time::Duration;

use crate::protocol::{Answered, Ask, EMPTY_TWICE, Keep, MENDING, Protocol, Slice};

/// The state of one list.
pub struct PageWalk {
    limit: u32,
    /// Pages that may be in flight at once.
    ahead: usize,
    pages: Vec<Page>,
}

#[derive(Default)]
struct Page {
    records: u32,
    has_next: bool,
    in_flight: bool,
    /// Answers without records.
    empties: usize,
    /// Tries to mend it so far.
    mended: usize,
}

impl PageWalk {
    /// A list read `limit` records at a time. The server may give fewer a
    /// page; the page numbers count all the same.
    pub fn new(limit: u32) -> Self {
        PageWalk { limit, ahead: 1, pages: Vec::new() }
    }

    /// The number that the API gives to a slice of this walk, from 1.
    pub fn page_number(slice: Slice) -> u64 {
        slice.offset / u64::from(slice.limit) + 1
    }

    fn slice(&self, page: usize) -> Slice {
        Slice { offset: page as u64 * u64::from(self.limit), limit: self.limit }
    }

    /// How many pages hold records, as far as is known.
    fn filled(&self) -> usize {
        self.pages.iter().rposition(|page| page.records > 0).map_or(0, |n| n + 1)
    }

    /// Whether the server says that the last page with records is the last.
    fn says_end(&self) -> bool {
        self.filled().checked_sub(1).is_some_and(|last| !self.pages[last].has_next)
    }

    /// Whether the page after those with records came empty.
    fn seems_to_end(&self) -> bool {
        self.pages.get(self.filled()).is_some_and(|page| page.empties > 0)
    }

    fn needs_another_try(&self, number: usize) -> bool {
        let page = &self.pages[number];
        if page.in_flight || page.records > 0 || page.empties == 0 {
            return false;
        }
        let filled = self.filled();
        if number < filled {
            page.mended < MENDING.len()
        } else {
            number == filled && !self.says_end() && page.empties < EMPTY_TWICE
        }
    }
}

impl Protocol for PageWalk {
    fn next_ask(&mut self) -> Option<Ask> {
        if let Some(number) = (0..self.pages.len()).find(|n| self.needs_another_try(*n)) {
            let in_the_middle = number < self.filled();
            let slice = self.slice(number);
            let page = &mut self.pages[number];
            page.in_flight = true;
            let after = if in_the_middle { MENDING[page.mended] } else { Duration::ZERO };
            page.mended += usize::from(in_the_middle);
            return Some(Ask { slice, after });
        }
        let in_flight = self.pages.iter().filter(|page| page.in_flight).count();
        if self.says_end() || self.seems_to_end() || in_flight >= self.ahead {
            return None;
        }
        self.pages.push(Page { in_flight: true, ..Page::default() });
        Some(Ask { slice: self.slice(self.pages.len() - 1), after: Duration::ZERO })
    }

    fn answered(&mut self, slice: Slice, answered: Answered) -> Keep {
        let number = usize::try_from(slice.offset / u64::from(self.limit)).unwrap_or(usize::MAX);
        let Some(page) = self.pages.get_mut(number) else { return Keep::Discard };
        page.in_flight = false;
        if answered.records == 0 {
            page.empties += 1;
            return Keep::Discard;
        }
        page.records = answered.records;
        page.has_next = answered.has_next;
        Keep::Replace
    }

    fn set_ahead(&mut self, pages: usize) {
        self.ahead = self.ahead.max(pages);
    }

    fn missing(&self) -> Vec<Slice> {
        (0..self.filled())
            .filter(|number| self.pages[*number].records == 0)
            .map(|number| self.slice(number))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::PageWalk;
    use crate::protocol::{Answered, Ask, Keep, Protocol};
    use std::collections::{BTreeSet, VecDeque};

    /// Walks a list to its end. `serve` gives the answer to the n-th request
    /// for a page; gives the pages kept, the pages missing, and the pages
    /// asked for.
    fn walk(
        ahead: usize,
        mut serve: impl FnMut(u64, usize) -> (u32, bool),
    ) -> (Vec<u64>, Vec<u64>, Vec<u64>) {
        let mut walk = PageWalk::new(250);
        let mut flying: VecDeque<Ask> = VecDeque::new();
        let mut kept = BTreeSet::new();
        let mut asked: Vec<u64> = Vec::new();
        loop {
            while let Some(ask) = walk.next_ask() {
                flying.push_back(ask);
            }
            let Some(ask) = flying.pop_front() else { break };
            let page = PageWalk::page_number(ask.slice);
            let before = asked.iter().filter(|earlier| **earlier == page).count();
            asked.push(page);
            let (records, has_next) = serve(page, before);
            walk.set_ahead(ahead);
            let answered = Answered { records, has_next, overlap: false };
            if walk.answered(ask.slice, answered) == Keep::Replace {
                kept.insert(page);
            }
        }
        let missing = walk.missing().into_iter().map(PageWalk::page_number).collect();
        (kept.into_iter().collect(), missing, asked)
    }

    /// A list of `pages` pages that knows its end.
    fn counted(page: u64, pages: u64, records: u32) -> (u32, bool) {
        if page > pages { (0, false) } else { (records, page < pages) }
    }

    #[test]
    fn a_page_without_a_next_one_is_the_last() {
        let (kept, missing, asked) = walk(1, |page, _| counted(page, 3, 250));
        assert_eq!((kept, missing, asked), (vec![1, 2, 3], vec![], vec![1, 2, 3]));
    }

    #[test]
    fn a_single_page_costs_a_single_request() {
        assert_eq!(walk(5, |_, _| (10, false)).2, [1]);
    }

    #[test]
    fn a_next_page_that_is_empty_twice_is_the_end() {
        let (kept, _, asked) = walk(1, |page, _| if page < 3 { (250, true) } else { (0, false) });
        assert_eq!((kept, asked), (vec![1, 2], vec![1, 2, 3, 3]));
    }

    #[test]
    fn a_list_without_records_is_asked_for_twice() {
        assert_eq!(walk(3, |_, _| (0, false)), (vec![], vec![], vec![1, 1]));
    }

    #[test]
    fn short_pages_are_not_the_end() {
        // The server gives 50 a page whatever was asked for.
        let (kept, _, _) = walk(2, |page, _| counted(page, 7, 50));
        assert_eq!(kept, [1, 2, 3, 4, 5, 6, 7]);
    }

    #[test]
    fn an_empty_page_in_the_middle_is_asked_for_again() {
        let lag = |page, before| {
            if page == 2 && before < 3 { (0, false) } else { counted(page, 5, 250) }
        };
        let (kept, missing, _) = walk(3, lag);
        assert_eq!((kept, missing), (vec![1, 2, 3, 4, 5], vec![]));
    }

    #[test]
    fn a_page_that_stays_empty_in_the_middle_is_missing() {
        let hole = |page, _| if page == 2 { (0, false) } else { counted(page, 5, 250) };
        let (kept, missing, _) = walk(3, hole);
        assert_eq!((kept, missing), (vec![1, 3, 4, 5], vec![2]));
    }
}
