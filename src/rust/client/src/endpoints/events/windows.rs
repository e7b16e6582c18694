//! Windows of time, each with a list of its own: a long list is slow at its far end, and
//! may move there.

use crate::table::row_filter::Span;

/// No list is cut into more windows, whatever the server tells.
const MOST_WINDOWS: usize = 2000;

/// The windows of a span, which together have all of it. Neighbours have the second of
/// their border in common, so that no event falls between them.
pub struct Windows {
    found: Vec<Span>,
    /// What is not cut yet.
    rest: Span,
    is_done: bool,
}

impl Windows {
    /// One window.
    pub fn new(span: Span) -> Self {
        Windows { found: Vec::new(), rest: span, is_done: false }
    }

    /// What may still be cut; None when it is done.
    pub fn rest(&self) -> Option<Span> {
        (!self.is_done).then_some(self.rest)
    }

    /// Ends the window at a moment and begins the next one there. What can't be cut is the
    /// last one: without a moment it is short; all of it may be one second. The windows
    /// have all events wherever they are cut, so that the moment needs no trust.
    pub fn cut_at(&mut self, moment: Option<i64>) {
        let Span { from, to } = self.rest;
        let is_within = |moment: &i64| {
            from.is_none_or(|from| from < *moment) && to.is_none_or(|to| *moment < to)
        };
        match moment.filter(is_within) {
            Some(moment) if self.found.len() + 1 < MOST_WINDOWS => {
                self.found.push(Span { from, to: Some(moment) });
                self.rest = Span { from: Some(moment), to };
            }
            _ => self.is_done = true,
        }
    }

    /// All windows.
    pub fn found(self) -> impl Iterator<Item = Span> {
        self.found.into_iter().chain([self.rest])
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_WINDOWS, Span, Windows};

    const WHOLE: Span = Span { from: Some(10), to: Some(100) };

    fn cut(span: Span, moments: &[Option<i64>]) -> Vec<(Option<i64>, Option<i64>)> {
        let mut windows = Windows::new(span);
        for moment in moments {
            if windows.rest().is_some() {
                windows.cut_at(*moment);
            }
        }
        windows.found().map(|window| (window.from, window.to)).collect()
    }

    #[test]
    fn windows_follow_one_another_and_share_the_second_of_their_border() {
        assert_eq!(
            cut(WHOLE, &[Some(30), Some(70), None]),
            [(Some(10), Some(30)), (Some(30), Some(70)), (Some(70), Some(100))]
        );
        let open = Span { from: None, to: Some(100) };
        assert_eq!(cut(open, &[Some(30), None]), [(None, Some(30)), (Some(30), Some(100))]);
    }

    #[test]
    fn a_short_list_is_one_window() {
        assert_eq!(cut(WHOLE, &[None]), [(Some(10), Some(100))]);
    }

    #[test]
    fn moments_that_cut_nothing_off_end_the_cutting() {
        for moment in [10, 9, 100, 101] {
            let found = cut(WHOLE, &[Some(moment), Some(50)]);
            assert_eq!(found, [(Some(10), Some(100))], "{moment}");
        }
        assert_eq!(cut(WHOLE, &[Some(30), Some(30), Some(50)]).len(), 2);
    }

    #[test]
    fn a_server_that_never_ends_is_not_followed_for_ever() {
        let moments: Vec<_> = (0..6000).map(Some).collect();
        let found = cut(Span { from: None, to: None }, &moments);
        assert_eq!((found.len(), found.last()), (MOST_WINDOWS, Some(&(Some(1998), None))));
    }
}
