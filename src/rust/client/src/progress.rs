//! The progress of a running job.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::critical::Critical;
use crate::error::Error;
use crate::sync::lock;

/// Counters of one job. Its tasks write them, other threads read them.
#[derive(Debug, Default)]
pub struct Progress {
    requests: AtomicU64,
    pages: AtomicU64,
    rows: AtomicU64,
    lists: AtomicU64,
    lists_read: AtomicU64,
    pause: Mutex<Option<Pause>>,
    /// A log of every request, if one is kept.
    log: Option<Mutex<Vec<String>>>,
    warnings: Mutex<Vec<JobWarning>>,
    /// Work that is finished even when the job is cancelled.
    pub critical: Arc<Critical>,
}

/// Something about a file that the user should know, however the job ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobWarning {
    /// Other users could read this token file. They no longer can.
    Tightened(String),
    /// New tokens could not be written. Only this process has them.
    Unsaved(Error),
    /// The speed limit can't be shared with other processes, and why.
    Unshared(String),
}

/// A wait that users are told about.
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
    /// Lists to read, as far as is known.
    pub lists: u64,
    /// How many of them are read.
    pub lists_read: u64,
    /// The wait that is going on, with the seconds left.
    pub pause: Option<(String, f64)>,
}

impl Progress {
    /// Counters that keep a log of every request.
    pub fn verbose() -> Self {
        Progress { log: Some(Mutex::default()), ..Progress::default() }
    }

    /// Adds a line to the log, if one is kept.
    pub fn log(&self, line: impl FnOnce() -> String) {
        if let Some(log) = &self.log {
            lock(log).push(line());
        }
    }

    /// Takes the lines since the last time.
    pub fn take_log(&self) -> Vec<String> {
        let Some(log) = &self.log else { return Vec::new() };
        std::mem::take(&mut *lock(log))
    }

    /// Keeps a warning until the job ends.
    pub fn warn(&self, warning: JobWarning) {
        lock(&self.warnings).push(warning);
    }

    /// Takes the warnings.
    pub fn take_warnings(&self) -> Vec<JobWarning> {
        std::mem::take(&mut *lock(&self.warnings))
    }

    /// One more request is on its way.
    pub fn request_sent(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    /// A page arrived, with so many rows that had not come before.
    pub fn page_read(&self, rows: u32) {
        self.pages.fetch_add(1, Ordering::Relaxed);
        self.rows.fetch_add(u64::from(rows), Ordering::Relaxed);
    }

    /// So many more lists are to be read.
    pub fn lists_wanted(&self, lists: usize) {
        self.lists.fetch_add(lists as u64, Ordering::Relaxed);
    }

    /// One of them is.
    pub fn list_read(&self) {
        self.lists_read.fetch_add(1, Ordering::Relaxed);
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
            lists: self.lists.load(Ordering::Relaxed),
            lists_read: self.lists_read.load(Ordering::Relaxed),
            pause,
        }
    }

    fn lock_pause(&self) -> std::sync::MutexGuard<'_, Option<Pause>> {
        lock(&self.pause)
    }
}
