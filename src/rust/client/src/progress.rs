//! What a running job tells whoever watches it.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Counters of one job, written by its tasks, read from outside.
#[derive(Debug, Default)]
pub struct Progress {
    requests: AtomicU64,
    pages: AtomicU64,
    rows: AtomicU64,
    pause: Mutex<Option<Pause>>,
}

/// A wait worth telling about.
#[derive(Clone, Debug)]
pub struct Pause {
    /// Why, in words.
    pub reason: String,
    /// When it ends.
    pub until: Instant,
}

/// The counters at one moment.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// Requests sent, log-ins and repeats included.
    pub requests: u64,
    /// Pages that came with rows.
    pub pages: u64,
    /// Rows on those pages.
    pub rows: u64,
    /// The wait that is going on, with the seconds left.
    pub pause: Option<(String, f64)>,
}

impl Progress {
    /// One more request is on its way.
    pub fn request_sent(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    /// A page arrived.
    pub fn page_read(&self, rows: u32) {
        if rows > 0 {
            self.pages.fetch_add(1, Ordering::Relaxed);
            self.rows.fetch_add(u64::from(rows), Ordering::Relaxed);
        }
    }

    /// The job waits before it goes on.
    pub fn pausing(&self, reason: &str, wait: Duration) {
        let pause = Pause { reason: reason.to_owned(), until: Instant::now() + wait };
        *self.lock_pause() = Some(pause);
    }

    /// The counters now.
    pub fn snapshot(&self) -> Snapshot {
        let pause = self.lock_pause().clone().and_then(|pause| {
            let left = pause.until.saturating_duration_since(Instant::now());
            (!left.is_zero()).then_some((pause.reason, left.as_secs_f64()))
        });
        Snapshot {
            requests: self.requests.load(Ordering::Relaxed),
            pages: self.pages.load(Ordering::Relaxed),
            rows: self.rows.load(Ordering::Relaxed),
            pause,
        }
    }

    fn lock_pause(&self) -> std::sync::MutexGuard<'_, Option<Pause>> {
        self.pause.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
