//! Which part of a list to ask for next, and when it is whole: the paging
//! protocol of API v2 as a state machine without any I/O.
//!
//! v2 tells neither a total nor a next page, and now and then serves an empty
//! or a short page although rows exist (contract section 2). So pages are
//! asked for ahead, and
//! - the list ends at a place that is empty, is still empty when asked again,
//!   and has nothing after it;
//! - a page that came short while a later one has rows is asked for again:
//!   first what is missing at its end, then all of it.

use std::time::Duration;

use crate::protocol::{Answered, Ask, EMPTY_TWICE, Keep, MENDING, Protocol, Slice};

/// The state of one list.
pub struct OffsetWalk {
    limit: u32,
    /// Pages that may be in flight at once.
    ahead: usize,
    pages: Vec<Page>,
}

/// One page of `limit` rows.
#[derive(Default)]
struct Page {
    /// Rows that arrived, from its beginning without a gap.
    filled: u32,
    answered: bool,
    in_flight: bool,
    /// Empty answers in a row from the place after `filled`.
    empties: usize,
    /// Tries to mend it so far.
    mended: usize,
    /// Its rows overlap: the next try takes the whole page.
    suspect: bool,
}

impl OffsetWalk {
    /// A list read `limit` rows at a time, nothing known yet.
    pub fn new(limit: u32) -> Self {
        OffsetWalk { limit, ahead: 1, pages: Vec::new() }
    }

    fn offset(&self, page: usize) -> u64 {
        page as u64 * u64::from(self.limit)
    }

    /// The part of a page that has not come.
    fn rest_of(&self, page: usize) -> Slice {
        let filled = self.pages[page].filled;
        Slice { offset: self.offset(page) + u64::from(filled), limit: self.limit - filled }
    }

    /// The page where the list seems to end: the first that is not full and
    /// has nothing after it.
    fn end_page(&self) -> Option<usize> {
        let after_last = self.pages.iter().rposition(|page| page.filled > 0).map_or(0, |n| n + 1);
        let last_is_short = after_last > 0 && self.pages[after_last - 1].filled < self.limit;
        let end = if last_is_short { after_last - 1 } else { after_last };
        self.pages.get(end).is_some_and(|page| page.answered).then_some(end)
    }

    fn needs_another_try(&self, number: usize) -> bool {
        let page = &self.pages[number];
        if page.in_flight || !page.answered || page.filled == self.limit {
            return false;
        }
        match self.end_page() {
            Some(end) if number > end => false,
            Some(end) if number == end && page.empties >= EMPTY_TWICE => false,
            _ => page.mended < MENDING.len(),
        }
    }

    fn ask_again(&mut self, number: usize) -> Ask {
        let is_end = self.end_page() == Some(number);
        let whole = Slice { offset: self.offset(number), limit: self.limit };
        let rest = self.rest_of(number);
        let page = &mut self.pages[number];
        page.in_flight = true;
        let after =
            if is_end { Duration::ZERO } else { MENDING[page.mended.min(MENDING.len() - 1)] };
        // The server may have left out rows in the middle: every other try
        // takes the whole page.
        let take_whole = page.suspect || (!is_end && page.mended % 2 == 1);
        page.mended += usize::from(!is_end || page.suspect);
        Ask { slice: if take_whole { whole } else { rest }, after }
    }

    fn may_go_further(&self) -> bool {
        match self.end_page() {
            // One page beyond the end shows that nothing follows.
            Some(end) => self.pages.len() <= end + 1,
            None => {
                let in_flight = self.pages.iter().filter(|page| page.in_flight).count();
                in_flight < self.ahead
            }
        }
    }
}

impl Protocol for OffsetWalk {
    fn next_ask(&mut self) -> Option<Ask> {
        let page = (0..self.pages.len()).find(|n| self.needs_another_try(*n));
        if let Some(page) = page {
            return Some(self.ask_again(page));
        }
        if self.may_go_further() {
            self.pages.push(Page { in_flight: true, ..Page::default() });
            let offset = self.offset(self.pages.len() - 1);
            return Some(Ask { slice: Slice { offset, limit: self.limit }, after: Duration::ZERO });
        }
        None
    }

    fn answered(&mut self, slice: Slice, answered: Answered) -> Keep {
        let number = usize::try_from(slice.offset / u64::from(self.limit)).unwrap_or(usize::MAX);
        let Some(page) = self.pages.get_mut(number) else { return Keep::Discard };
        page.in_flight = false;
        page.answered = true;
        let rows = answered.records.min(slice.limit);
        if slice.limit == self.limit {
            page.whole_answered(rows)
        } else {
            page.end_answered(rows, answered.overlap)
        }
    }

    fn set_ahead(&mut self, pages: usize) {
        self.ahead = self.ahead.max(pages);
    }

    fn missing(&self) -> Vec<Slice> {
        let end = self.end_page();
        (0..self.pages.len())
            .filter(|n| match end {
                Some(end) if *n == end => self.pages[*n].empties < EMPTY_TWICE,
                Some(end) if *n > end => false,
                _ => self.pages[*n].filled < self.limit,
            })
            .map(|n| self.rest_of(n))
            .collect()
    }
}

impl Page {
    fn whole_answered(&mut self, rows: u32) -> Keep {
        if rows == 0 && self.filled == 0 {
            self.empties += 1;
        }
        let trusted = !self.suspect && rows > self.filled;
        let settles_doubt = self.suspect && rows >= self.filled;
        if !trusted && !settles_doubt {
            return Keep::Discard;
        }
        self.filled = rows;
        self.empties = 0;
        self.suspect = false;
        Keep::Replace
    }

    fn end_answered(&mut self, rows: u32, overlap: bool) -> Keep {
        if overlap {
            self.suspect = true;
            return Keep::Discard;
        }
        if rows == 0 {
            self.empties += 1;
            return Keep::Discard;
        }
        self.filled += rows;
        self.empties = 0;
        self.mended = 0;
        Keep::Add
    }
}

#[cfg(test)]
mod tests {
    use super::OffsetWalk;
    use crate::protocol::{Answered, Ask, Keep, MENDING, Protocol, Slice, pages_ahead};
    use std::collections::VecDeque;
    use std::time::Duration;

    /// A list of `total` rows; `lag` may change the rows of the n-th answer.
    struct Server<F: FnMut(usize, Slice) -> Option<(u32, bool)>> {
        total: u64,
        lag: F,
        asked: Vec<Slice>,
    }

    impl<F: FnMut(usize, Slice) -> Option<(u32, bool)>> Server<F> {
        fn answer(&mut self, slice: Slice) -> (u32, bool) {
            self.asked.push(slice);
            let rows = self.total.saturating_sub(slice.offset).min(u64::from(slice.limit));
            let honest = (u32::try_from(rows).unwrap_or(u32::MAX), false);
            (self.lag)(self.asked.len() - 1, slice).unwrap_or(honest)
        }
    }

    /// Walks a list to its end; gives the rows kept, what is missing, and
    /// what was asked for.
    fn walk(
        total: u64,
        limit: u32,
        answer_time: Duration,
        lag: impl FnMut(usize, Slice) -> Option<(u32, bool)>,
    ) -> (u64, Vec<Slice>, Vec<Slice>) {
        let mut server = Server { total, lag, asked: Vec::new() };
        let mut walk = OffsetWalk::new(limit);
        let mut flying: VecDeque<Ask> = VecDeque::new();
        let mut pages = std::collections::BTreeMap::<u64, u64>::new();
        loop {
            while let Some(ask) = walk.next_ask() {
                flying.push_back(ask);
            }
            let Some(ask) = flying.pop_front() else { break };
            let (rows, overlap) = server.answer(ask.slice);
            walk.set_ahead(pages_ahead(answer_time, 7.0));
            let page = ask.slice.offset / u64::from(limit);
            let answered = Answered { records: rows, overlap, ..Answered::default() };
            match walk.answered(ask.slice, answered) {
                Keep::Add => *pages.entry(page).or_default() += u64::from(rows),
                Keep::Replace => drop(pages.insert(page, u64::from(rows))),
                Keep::Discard => {}
            }
        }
        (pages.values().sum(), walk.missing(), server.asked)
    }

    fn past_the_end(total: u64, asked: &[Slice]) -> usize {
        asked.iter().filter(|slice| slice.offset >= total).count()
    }

    #[test]
    fn lists_of_every_length_are_read_whole_with_three_requests_past_the_end() {
        for limit in [1, 7, 250, 500] {
            let limit64 = u64::from(limit);
            for total in [0, 1, limit64 - 1, limit64, limit64 + 1, 3 * limit64, 3 * limit64 + 1] {
                let (rows, missing, asked) = walk(total, limit, Duration::ZERO, |_, _| None);
                assert_eq!((rows, missing), (total, vec![]), "{total} rows by {limit}");
                assert!(past_the_end(total, &asked) <= 3, "{total} rows by {limit}: {asked:?}");
            }
        }
    }

    #[test]
    fn nothing_is_asked_ahead_before_the_first_page_came() {
        let mut walk = OffsetWalk::new(10);
        assert!(walk.next_ask().is_some());
        assert_eq!(walk.next_ask(), None);
    }

    #[test]
    fn after_a_full_page_as_many_pages_are_in_flight_as_the_answer_time_allows() {
        let mut walk = OffsetWalk::new(10);
        let first = walk.next_ask().map(|ask| ask.slice);
        walk.set_ahead(7);
        let full = Answered { records: 10, ..Answered::default() };
        walk.answered(first.unwrap_or(Slice { offset: 0, limit: 10 }), full);
        let ahead: Vec<u64> =
            std::iter::from_fn(|| walk.next_ask()).map(|a| a.slice.offset).collect();
        assert_eq!(ahead, [10, 20, 30, 40, 50, 60, 70]);
    }

    #[test]
    fn an_empty_page_in_the_middle_is_asked_for_again() {
        let mut lagging = 2;
        let (rows, missing, _) = walk(35, 10, Duration::from_secs(1), |_, slice| {
            (slice.offset == 10 && lagging > 0).then(|| {
                lagging -= 1;
                (0, false)
            })
        });
        assert_eq!((rows, missing), (35, vec![]));
    }

    #[test]
    fn two_empty_answers_with_rows_after_them_are_not_the_end() {
        // No speculation: the page beyond is asked for because of the doubt.
        let mut lagging = 2;
        let (rows, missing, _) = walk(25, 10, Duration::ZERO, |_, slice| {
            (slice.offset == 10 && lagging > 0).then(|| {
                lagging -= 1;
                (0, false)
            })
        });
        assert_eq!((rows, missing), (25, vec![]));
    }

    #[test]
    fn a_short_page_is_filled_up_wherever_it_is() {
        for short in [0, 10, 20] {
            for seconds in [0, 1] {
                let (rows, missing, _) = walk(28, 10, Duration::from_secs(seconds), |_, slice| {
                    (slice.offset == short && slice.limit == 10).then_some((4, false))
                });
                assert_eq!((rows, missing), (28, vec![]), "short at {short}, ahead {seconds}");
            }
        }
    }

    #[test]
    fn a_server_that_gives_fewer_rows_than_asked_for_is_read_whole() {
        let (rows, missing, _) = walk(95, 50, Duration::ZERO, |_, slice| {
            let rows = 95_u64.saturating_sub(slice.offset).min(u64::from(slice.limit)).min(8);
            Some((u32::try_from(rows).unwrap_or(0), false))
        });
        assert_eq!((rows, missing), (95, vec![]));
    }

    #[test]
    fn a_page_that_left_out_rows_in_its_middle_is_taken_anew() {
        // The first answer lacks rows 3 to 5 of the page, so that the rest
        // overlaps with what came.
        let mut answers = 0;
        let (rows, missing, _) = walk(10, 10, Duration::ZERO, |_, slice| {
            answers += 1;
            match (answers, slice.offset) {
                (1, 0) => Some((7, false)),
                (_, 7) => Some((3, true)),
                _ => None,
            }
        });
        assert_eq!((rows, missing), (10, vec![]));
    }

    #[test]
    fn a_page_that_stays_short_is_reported_missing() {
        let (rows, missing, asked) = walk(30, 10, Duration::from_secs(1), |_, slice| {
            (10..20).contains(&slice.offset).then_some((0, false))
        });
        assert_eq!(rows, 20);
        assert_eq!(missing, [Slice { offset: 10, limit: 10 }]);
        assert_eq!(asked.iter().filter(|slice| slice.offset == 10).count(), 1 + 1 + MENDING.len());
    }

    #[test]
    fn a_doubt_about_the_last_page_that_stays_is_reported() {
        let (_, missing, _) = walk(10, 10, Duration::ZERO, |_, slice| match slice.offset {
            0 => Some((6, false)),
            6 => Some((4, true)),
            _ => None,
        });
        assert_eq!(missing, [Slice { offset: 6, limit: 4 }]);
    }
}
