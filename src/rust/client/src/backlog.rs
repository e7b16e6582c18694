//! Rows that may be taken while a call goes on. As long as too many wait to be taken, no
//! list asks for further pages, so that memory does not grow with the list.

use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Notify;

/// Batches that may wait to be taken: while one is written, the next one is read.
const BATCHES: u64 = 2;

/// How many rows of a call have settled and were not taken.
#[derive(Debug)]
pub struct Backlog {
    /// As many may wait; None if all rows are taken at the end.
    most: Option<u64>,
    rows: AtomicU64,
    taken: Notify,
}

impl Backlog {
    /// For rows that are taken at the end.
    pub fn unlimited() -> Self {
        Backlog { most: None, rows: AtomicU64::new(0), taken: Notify::new() }
    }

    /// For rows that are taken in batches of about `batch` rows.
    pub fn of_batches(batch: u64) -> Self {
        let most = batch.max(1).saturating_mul(BATCHES);
        Backlog { most: Some(most), ..Backlog::unlimited() }
    }

    /// Whether rows are taken in batches.
    pub fn is_limited(&self) -> bool {
        self.most.is_some()
    }

    /// The rows that wait to be taken.
    pub fn rows(&self) -> u64 {
        self.rows.load(Ordering::SeqCst)
    }

    /// Whether too many wait.
    pub fn is_full(&self) -> bool {
        self.most.is_some_and(|most| self.rows() >= most)
    }

    /// So many more rows can be taken.
    pub fn add(&self, rows: u64) {
        self.rows.fetch_add(rows, Ordering::SeqCst);
    }

    /// So many were taken.
    pub fn take(&self, rows: u64) {
        self.rows.fetch_sub(rows, Ordering::SeqCst);
        self.taken.notify_waiters();
    }

    /// Waits until few enough rows wait.
    pub async fn room(&self) {
        loop {
            let mut taken = pin!(self.taken.notified());
            taken.as_mut().enable();
            if !self.is_full() {
                return;
            }
            taken.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Backlog;
    use futures_util::FutureExt;

    #[test]
    fn two_batches_may_wait_and_no_more() {
        let backlog = Backlog::of_batches(10);
        backlog.add(19);
        assert!(backlog.room().now_or_never().is_some());
        backlog.add(1);
        assert!(backlog.is_full() && backlog.room().now_or_never().is_none());
        backlog.take(1);
        assert_eq!((backlog.rows(), backlog.is_full()), (19, false));
    }

    #[test]
    fn whoever_waits_goes_on_once_rows_are_taken() {
        let backlog = Backlog::of_batches(1);
        backlog.add(5);
        let mut room = Box::pin(backlog.room());
        assert!(room.as_mut().now_or_never().is_none());
        backlog.take(2);
        assert!(room.as_mut().now_or_never().is_none());
        backlog.take(3);
        assert!(room.now_or_never().is_some());
    }

    #[test]
    fn without_batches_all_rows_may_wait() {
        let backlog = Backlog::unlimited();
        backlog.add(u64::MAX);
        assert!(!backlog.is_full() && !backlog.is_limited());
    }
}
