//! How many requests the account allows.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

use crate::sync::lock;

/// A sliding window over the arrivals that count.
pub struct Limiter {
    /// Most arrivals in one window, as a whole number; 0 is no limit.
    most: f64,
    window: Duration,
    /// Whether what is refused counts, too.
    strict: bool,
    counted: Mutex<VecDeque<Duration>>,
}

impl Limiter {
    /// Allows `rate` requests in any second; 0 allows all.
    pub fn new(rate: f64, strict: bool) -> Self {
        // Whole requests only: 2.5 a second are 3 in 1.2 seconds.
        let most = rate.ceil();
        let window = Duration::try_from_secs_f64(most / rate).unwrap_or(Duration::MAX);
        Self { most, window, strict, counted: Mutex::default() }
    }

    /// Whole seconds after which a request is let in for certain.
    pub fn wait_seconds(&self) -> u64 {
        self.window.as_secs().saturating_add(1)
    }

    /// Whether a request that arrives at `now` (time since any fixed moment) is let in. Unless the
    /// account is strict, one that is refused does not count against later ones.
    pub fn admit(&self, now: Duration) -> bool {
        if self.most == 0.0 {
            return true;
        }
        let mut counted = lock(&self.counted);
        while counted.front().is_some_and(|then| now.saturating_sub(*then) >= self.window) {
            counted.pop_front();
        }
        let recent = u32::try_from(counted.len()).unwrap_or(u32::MAX);
        let fits = f64::from(recent) < self.most;
        if fits || self.strict {
            counted.push_back(now);
        }
        fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_slides_and_what_is_refused_counts_only_where_the_account_is_strict() {
        for (rate, strict, arrivals_ms, admitted) in [
            (2.0, false, vec![0, 900, 950, 1000, 1100], vec![true, true, false, true, false]),
            (1.0, false, vec![0, 500, 999, 1000], vec![true, false, false, true]),
            (1.0, true, vec![0, 500, 1000, 1999, 2999], vec![true, false, false, false, true]),
            (0.5, false, vec![0, 1500, 2000], vec![true, false, true]),
            (0.0, false, vec![0; 100], vec![true; 100]),
        ] {
            let limiter = Limiter::new(rate, strict);
            let fits = arrivals_ms.iter().map(|ms| limiter.admit(Duration::from_millis(*ms)));
            assert_eq!(fits.collect::<Vec<_>>(), admitted, "{rate}");
        }
    }

    #[test]
    fn the_wait_is_as_long_as_the_window_at_least() {
        assert_eq!(Limiter::new(7.0, false).wait_seconds(), 2);
        assert_eq!(Limiter::new(0.1, false).wait_seconds(), 11);
    }
}
