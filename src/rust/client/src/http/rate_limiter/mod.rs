//! The rate limit of the APIs: so many requests in any second (docs/api-v2.md, Speed
//! limit).
//!
//! Requests start one at a time: when the window of this process has room, and the
//! budget that several processes share.

mod pace;
#[cfg(test)]
mod tests;
mod window;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use self::pace::Pace;
use self::window::{OPENING, USUAL};
use crate::http::shared_budget::{SharedBudget, Turn};
use crate::sync::lock;

/// Requests a second that amoCRM allows.
pub const ALLOWED: f64 = 7.0;

/// How late other processes count it until its connection is open.
const WHILE_OPENING: Duration = Duration::from_secs(1);

/// Lets requests start one at a time, first come first served. All lists of a call
/// and all calls to an account share it.
pub struct RateLimiter {
    /// Held by who is next.
    turn: tokio::sync::Mutex<()>,
    pace: Mutex<Pace>,
    /// Tells those who wait that a request has left.
    changed: Notify,
    sharing: Mutex<Sharing>,
}

/// Whether the limit is one with that of other processes.
enum Sharing {
    Alone,
    Shared(Arc<SharedBudget>),
    /// It can't be, and the user knows.
    Lost,
}

/// The permission to send one request, which tells what becomes of it.
pub struct Slot {
    limiter: Arc<RateLimiter>,
    number: u64,
    /// The start in the budget of all processes.
    shared: Option<(Arc<SharedBudget>, u64)>,
    /// Why there is none any more. Only the first one says so.
    pub lost: Option<std::io::Error>,
}

impl RateLimiter {
    /// A limiter for `rate` requests a second, more than 0; infinite for no
    /// limit.
    pub fn new(rate: f64) -> Self {
        let pace = Mutex::new(Pace::new(rate));
        let sharing = Mutex::new(Sharing::Alone);
        RateLimiter { turn: tokio::sync::Mutex::default(), pace, changed: Notify::new(), sharing }
    }

    /// Shares the limit with the processes that have a file in common, which `open` opens
    /// at `path`. Without a path it is no longer shared. What failed once is not tried again.
    ///
    /// # Errors
    /// What `open` fails with.
    pub fn share<E>(
        &self,
        path: Option<PathBuf>,
        open: impl FnOnce(&Path) -> Result<File, E>,
    ) -> Result<(), E> {
        let mut sharing = lock(&self.sharing);
        *sharing = match (&*sharing, path) {
            (Sharing::Lost, _) => return Ok(()),
            (_, None) => Sharing::Alone,
            (Sharing::Shared(budget), Some(path)) if budget.is_at(&path) => return Ok(()),
            (_, Some(path)) => match open(&path) {
                Ok(file) => Sharing::Shared(Arc::new(SharedBudget::new(path, file))),
                Err(error) => {
                    *sharing = Sharing::Lost;
                    return Err(error);
                }
            },
        };
        Ok(())
    }

    /// Lets nothing start for the next `pause`: after a 429 every request
    /// waits, not only the one that was told. After it they are a little
    /// further apart for a while.
    pub fn pause(&self, pause: Duration) {
        self.lock().pause(Instant::now(), pause);
        self.changed.notify_waiters();
    }

    /// Changes the rate. Starts already counted stay counted.
    pub fn set_rate(&self, rate: f64) {
        self.lock().window.set_rate(rate);
        self.changed.notify_waiters();
    }

    /// Waits until one more request, to `path`, may start and counts it. A
    /// caller that gives up while waiting takes nothing.
    pub async fn acquire(self: &Arc<Self>, path: &str) -> Slot {
        // Those who come later wait for the lock, which is fair.
        let _turn = self.turn.lock().await;
        let mut lost = None;
        loop {
            let mut changed = pin!(self.changed.notified());
            changed.as_mut().enable();
            let wait = self.lock().wait(Instant::now());
            if wait != Some(Duration::ZERO) {
                sleep_or(wait, changed).await;
                continue;
            }
            let shared = match self.start_shared().await {
                Ok(shared) => shared,
                Err(NoStart::Wait(wait)) => {
                    tokio::time::sleep(wait).await;
                    continue;
                }
                Err(NoStart::Lost(error)) => {
                    lost = Some(error);
                    continue;
                }
            };
            let number = self.lock().window.begin(path);
            return Slot { limiter: Arc::clone(self), number, shared, lost };
        }
    }

    /// A start in the budget of all processes, if there is one.
    async fn start_shared(&self) -> Result<Option<(Arc<SharedBudget>, u64)>, NoStart> {
        let budget = match &*lock(&self.sharing) {
            Sharing::Shared(budget) => Arc::clone(budget),
            _ => return Ok(None),
        };
        match budget.start(USUAL).await {
            Ok(Turn::Now(number)) => Ok(Some((budget, number))),
            Ok(Turn::Wait(wait)) => Err(NoStart::Wait(wait)),
            Err(error) => {
                *lock(&self.sharing) = Sharing::Lost;
                Err(NoStart::Lost(error))
            }
        }
    }

    /// Waits until one more request might start, and counts nothing: what to
    /// ask for is best decided then, since answers come meanwhile.
    pub async fn free(&self) {
        loop {
            let mut changed = pin!(self.changed.notified());
            changed.as_mut().enable();
            let wait = {
                let _turn = self.turn.lock().await;
                self.lock().wait(Instant::now())
            };
            if wait == Some(Duration::ZERO) {
                return;
            }
            sleep_or(wait, changed).await;
        }
    }

    /// How long it is until another request may start, if that is known.
    #[cfg(test)]
    pub fn next_start(&self) -> Option<Duration> {
        self.lock().wait(Instant::now())
    }

    /// A panic elsewhere does not spoil plain values.
    fn lock(&self) -> MutexGuard<'_, Pace> {
        lock(&self.pace)
    }
}

/// Why a request may not start yet.
enum NoStart {
    /// The other processes have started enough for this time.
    Wait(Duration),
    /// What they started can't be known.
    Lost(std::io::Error),
}

/// Sleeps for `wait`, or until `changed`, whichever comes first.
async fn sleep_or(wait: Option<Duration>, changed: impl Future<Output = ()>) {
    match wait {
        Some(wait) => tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = changed => {}
        },
        None => changed.await,
    }
}

impl Slot {
    /// A connection is opened for the request: it has not left yet.
    pub fn opens(&self) {
        self.limiter.lock().window.opens(self.number);
        self.put_off(WHILE_OPENING);
    }

    /// The request leaves now; only the first time counts.
    pub fn record(&self) {
        if self.limiter.lock().window.record(self.number, Instant::now()) {
            self.put_off(OPENING);
        }
        self.limiter.changed.notify_waiters();
    }

    fn put_off(&self, way: Duration) {
        if let Some((budget, number)) = &self.shared {
            budget.put_off(*number, way);
        }
    }

    /// The answer that was asked for begins to arrive.
    pub fn answered(&self) {
        self.limiter.lock().window.answered(self.number, Instant::now());
        self.limiter.changed.notify_waiters();
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.record();
    }
}
