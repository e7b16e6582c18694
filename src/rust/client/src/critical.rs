//! Work that a cancelled job still finishes: a pair of tokens that was exchanged
//! must be saved.

use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

use crate::sync::lock;

/// Counts the critical work of one job.
#[derive(Debug, Default)]
pub struct Critical {
    state: Mutex<State>,
    left: Condvar,
}

#[derive(Debug, Default)]
struct State {
    closed: bool,
    under_way: usize,
    /// The most time that any of it can take.
    limit: Duration,
}

/// Held by critical work, on a thread that no job owns.
#[derive(Debug)]
pub struct Entered(Arc<Critical>);

impl Critical {
    /// Begins critical work that takes at most `limit`; None when the job has
    /// been cancelled.
    pub fn enter(self: &Arc<Self>, limit: Duration) -> Option<Entered> {
        let mut state = self.lock();
        if state.closed {
            return None;
        }
        state.under_way += 1;
        state.limit = state.limit.max(limit);
        Some(Entered(Arc::clone(self)))
    }

    /// Lets no more work begin, and waits for the work under way.
    pub fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        let limit = state.limit;
        let _ = self.left.wait_timeout_while(state, limit, |state| state.under_way > 0);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        self.0.lock().under_way -= 1;
        self.0.left.notify_all();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::Critical;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    const LONG: Duration = Duration::from_secs(100);

    #[test]
    fn closing_waits_for_what_is_under_way_and_lets_nothing_begin() {
        let critical = Arc::<Critical>::default();
        let done = Arc::new(AtomicBool::new(false));
        let entered = critical.enter(LONG).unwrap();
        let worker = std::thread::spawn({
            let (critical, done) = (Arc::clone(&critical), Arc::clone(&done));
            move || {
                // Goes on until the other side has closed.
                while critical.enter(LONG).is_some() {
                    std::thread::yield_now();
                }
                done.store(true, Ordering::SeqCst);
                drop(entered);
            }
        });
        critical.close();
        assert!(done.load(Ordering::SeqCst));
        assert!(critical.enter(LONG).is_none());
        worker.join().unwrap();
    }

    #[test]
    fn closing_waits_no_longer_than_the_work_can_take() {
        let critical = Arc::<Critical>::default();
        let _never_left = critical.enter(Duration::from_millis(1)).unwrap();
        critical.close();
    }
}
