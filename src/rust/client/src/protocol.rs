//! What it takes to read a list: which part to ask for next, and when it is
//! whole. State machines without any I/O; [`crate::list`] drives them.

use std::time::Duration;

/// Waits before the tries to mend one page, and so their number.
pub const MENDING: [Duration; 5] = [
    Duration::ZERO,
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
];

/// Empty answers from one place that make it the end.
pub const EMPTY_TWICE: usize = 2;

/// Pages in flight that speculation may reach.
const MAX_AHEAD: usize = 16;

/// A part of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slice {
    /// Rows before it.
    pub offset: u64,
    /// Rows at most.
    pub limit: u32,
}

/// A request to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    /// What to ask for.
    pub slice: Slice,
    /// How long to wait first.
    pub after: Duration,
}

/// What came back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answered {
    /// Records the server sent.
    pub records: u32,
    /// Whether it named a next page.
    pub has_next: bool,
    /// Whether records had already come with the same page.
    pub overlap: bool,
}

/// What to do with the rows that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// They follow what the page has.
    Add,
    /// They are the page: forget what it had.
    Replace,
    /// They add nothing.
    Discard,
}

/// The way one API serves lists.
pub trait Protocol {
    /// The next request to make now, if any. Call until it gives None.
    fn next_ask(&mut self) -> Option<Ask>;
    /// Takes an answer in.
    fn answered(&mut self, slice: Slice, answered: Answered) -> Keep;
    /// After an answer: how many pages may be in flight.
    fn set_ahead(&mut self, pages: usize);
    /// What could not be had, once [`Protocol::next_ask`] gives None and no
    /// answer is awaited; nothing when the list is whole.
    fn missing(&self) -> Vec<Slice>;
}

/// As many pages as arrive in the time of one answer at `rate` a second.
/// More would only go past the end.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub fn pages_ahead(answer_time: Duration, rate: f64) -> usize {
    let arriving = (answer_time.as_secs_f64() * rate).floor().clamp(0.0, MAX_AHEAD as f64);
    (arriving as usize).max(2)
}

#[cfg(test)]
mod tests {
    use super::pages_ahead;
    use std::time::Duration;

    #[test]
    fn slow_answers_and_high_rates_want_more_pages_in_flight() {
        let ahead = |seconds, rate| pages_ahead(Duration::from_secs_f64(seconds), rate);
        assert_eq!(ahead(0.0, 7.0), 2);
        assert_eq!(ahead(0.3, 7.0), 2);
        assert_eq!(ahead(1.0, 7.0), 7);
        assert_eq!(ahead(1.0, 3.0), 3);
        assert_eq!(ahead(60.0, 7.0), 16);
        assert_eq!(ahead(0.5, f64::INFINITY), 16);
    }
}
