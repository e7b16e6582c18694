//! The API's speed limit: so many requests in any second (v2.md 4).
//!
//! A log of the last starts rather than a refilling bucket: a bucket that
//! holds seven lets fourteen through within a second.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use std::sync::Mutex as StdMutex;

use tokio::sync::Mutex;

/// Requests a second that amoCRM allows.
pub const ALLOWED: f64 = 7.0;

/// How much longer than a second the window is, since requests don't take
/// equally long to arrive.
const MARGIN: Duration = Duration::from_millis(40);

/// How long it goes slowly after the server asked for a pause.
const SLOW: Duration = Duration::from_secs(60);

/// Hands out the right to send, one request at a time, first come first
/// served. Shared by every list of a call and every call to an account.
pub struct Limiter {
    window: Mutex<Window>,
    brake: StdMutex<Brake>,
}

/// What a 429 leads to.
#[derive(Default)]
struct Brake {
    /// Nothing starts before: the server asked for a pause.
    paused_until: Option<Instant>,
    /// Until then fewer requests start than the rate allows: somebody else
    /// may be asking the same account.
    slow_until: Option<Instant>,
}

impl Limiter {
    /// A limiter for `rate` requests a second, more than 0; infinite for no
    /// limit.
    pub fn new(rate: f64) -> Self {
        Limiter { window: Mutex::new(Window::new(rate)), brake: StdMutex::default() }
    }

    /// Lets nothing start for the next `pause`: after a 429 every request
    /// waits, not only the one that was told. For a minute after it requests
    /// are a third fewer.
    pub fn pause(&self, pause: Duration) {
        let until = Instant::now() + pause;
        let mut brake = lock(&self.brake);
        brake.paused_until = brake.paused_until.max(Some(until));
        brake.slow_until = brake.slow_until.max(Some(until + SLOW));
    }

    /// What is left of a pause, and whether it goes slowly after one.
    fn brake(&self, now: Instant) -> (Duration, bool) {
        let brake = lock(&self.brake);
        let left =
            brake.paused_until.map_or(Duration::ZERO, |until| until.saturating_duration_since(now));
        (left, brake.slow_until.is_some_and(|until| now < until))
    }

    /// Changes the rate. Starts already counted stay counted.
    pub async fn set_rate(&self, rate: f64) {
        self.window.lock().await.set_rate(rate);
    }

    /// Waits until one more request may start and counts it. A caller that
    /// gives up while waiting takes nothing.
    pub async fn acquire(&self) {
        // Those who come later wait for the lock, which is fair.
        let mut window = self.window.lock().await;
        loop {
            let wait = self.wait(&mut window);
            if wait.is_zero() {
                window.count(Instant::now());
                return;
            }
            tokio::time::sleep(wait).await;
        }
    }

    /// Waits until one more request might start, and counts nothing: what to
    /// ask for is best decided then, since answers come meanwhile.
    pub async fn free(&self) {
        loop {
            let wait = self.wait(&mut *self.window.lock().await);
            if wait.is_zero() {
                return;
            }
            tokio::time::sleep(wait).await;
        }
    }

    /// How long it is from now until another request may start.
    fn wait(&self, window: &mut Window) -> Duration {
        let now = Instant::now();
        let (pause, slow) = self.brake(now);
        window.wait(now, slow).max(pause)
    }
}

/// A panic elsewhere does not spoil a plain value.
fn lock<T>(mutex: &StdMutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Which starts lie within the last second or so.
#[derive(Debug)]
struct Window {
    capacity: usize,
    span: Duration,
    starts: VecDeque<Instant>,
}

impl Window {
    fn new(rate: f64) -> Self {
        let mut window = Window { capacity: 1, span: MARGIN, starts: VecDeque::new() };
        window.set_rate(rate);
        window
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
    fn set_rate(&mut self, rate: f64) {
        if rate.is_finite() {
            self.capacity = (rate.floor() as usize).max(1);
            self.span = Duration::from_secs_f64((self.capacity as f64 / rate).max(1.0)) + MARGIN;
        } else {
            self.capacity = usize::MAX;
            self.span = Duration::ZERO;
        }
    }

    /// How long from `now` until another request may start, a third fewer of
    /// them when it is to go slowly.
    fn wait(&mut self, now: Instant, slow: bool) -> Duration {
        let span = if slow { self.span * 3 / 2 } else { self.span };
        while self.starts.front().is_some_and(|start| *start + span <= now) {
            self.starts.pop_front();
        }
        if self.starts.len() < self.capacity {
            return Duration::ZERO;
        }
        let free = self.starts[self.starts.len() - self.capacity] + span;
        free.saturating_duration_since(now)
    }

    fn count(&mut self, now: Instant) {
        self.starts.push_back(now);
    }
}

#[cfg(test)]
mod tests {
    use super::{Limiter, Window};
    use futures_util::FutureExt;
    use std::time::{Duration, Instant};

    /// Start times, as offsets from the first, of requests that all want to
    /// start as early as they may.
    fn starts(rate: f64, requests: usize) -> Vec<Duration> {
        let begin = Instant::now();
        let mut now = begin;
        let mut window = Window::new(rate);
        (0..requests)
            .map(|_| {
                now += window.wait(now, false);
                window.count(now);
                now - begin
            })
            .collect()
    }

    #[test]
    fn no_second_holds_more_starts_than_allowed() {
        for (rate, most) in [(7.0, 7), (6.5, 6), (3.0, 3), (1.0, 1)] {
            let starts = starts(rate, 60);
            for (i, start) in starts.iter().enumerate() {
                let within = starts[i..]
                    .iter()
                    .filter(|later| **later < *start + Duration::from_secs(1))
                    .count();
                assert!(within <= most, "{within} starts in a second at rate {rate}");
            }
        }
    }

    #[test]
    fn the_budget_is_used_at_once_and_then_fully() {
        let starts = starts(7.0, 70);
        assert_eq!(starts[6], Duration::ZERO);
        assert!(starts[69] < Duration::from_secs_f64(70.0 / 7.0 * 1.05));
    }

    #[test]
    fn a_rate_below_one_spreads_the_requests() {
        let starts = starts(0.5, 3);
        assert!(starts[1] >= Duration::from_secs(2));
        assert!(starts[2] >= Duration::from_secs(4));
    }

    #[test]
    fn after_a_refusal_a_third_fewer_requests_start() {
        let limiter = Limiter::new(7.0);
        let now = Instant::now();
        assert_eq!(limiter.brake(now), (Duration::ZERO, false));
        limiter.pause(Duration::from_secs(5));
        let (left, slow) = limiter.brake(now);
        assert!(left >= Duration::from_secs(5) && slow);
        let later = Instant::now() + Duration::from_secs(70);
        assert_eq!(limiter.brake(later), (Duration::ZERO, false));

        let mut window = Window::new(6.0);
        (0..6).for_each(|_| window.count(now));
        let (fast, slow) = (window.wait(now, false), window.wait(now, true));
        assert_eq!(slow, fast * 3 / 2);
    }

    #[tokio::test]
    async fn to_wait_until_it_is_free_takes_nothing() {
        let limiter = Limiter::new(1.0);
        for _ in 0..3 {
            assert!(limiter.free().now_or_never().is_some());
        }
        assert!(limiter.acquire().now_or_never().is_some());
        assert!(limiter.free().now_or_never().is_none());
        assert!(limiter.acquire().now_or_never().is_none());
    }

    #[test]
    fn an_infinite_rate_never_waits() {
        assert_eq!(starts(f64::INFINITY, 100)[99], Duration::ZERO);
    }
}
