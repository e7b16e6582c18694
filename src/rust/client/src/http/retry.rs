//! Whether to try again, and when: one pure function.

use std::time::Duration;

/// Tries for one page, the first included.
const MAX_TRIES: u32 = 6;
/// Tries for a page that can be asked for in halves, while the server takes
/// too long over it.
const MAX_SLOW_TRIES: u32 = 2;
/// Time for one page, waits included.
const MAX_TIME: Duration = Duration::from_secs(120);
/// The longest wait that is chosen here rather than by the server.
const MAX_BACKOFF: Duration = Duration::from_secs(30);

/// A failure after which another try may help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// 429, with the wait the server asked for.
    RateLimited(Option<Duration>),
    /// 500, 502, 503, 504.
    Server(u16),
    /// No connection.
    Connect,
    /// The server's certificate is not trusted.
    Certificate,
    /// No answer in time.
    Timeout,
    /// The answer broke off.
    Broken,
    /// Status 200 with a body that is not what was asked for.
    BadBody,
}

/// What to do after a failed try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Give up.
    Stop,
    /// Try again after this long.
    Wait(Duration),
}

/// Whether a status is worth another try.
pub fn is_passing(status: u16) -> bool {
    matches!(status, 500 | 502 | 503 | 504)
}

/// Decides after the `tries`-th try failed with `failure`, `elapsed` after the first
/// one began. `jitter`, 0 to 1, spreads the waits of many clients.
/// A `divisible` request is given up early when the server is too slow: smaller ones
/// may work (docs/api-v2.md, Speed limit).
pub fn decide(
    tries: u32,
    failure: Failure,
    elapsed: Duration,
    jitter: f64,
    divisible: bool,
) -> Decision {
    if failure == Failure::Certificate {
        return Decision::Stop;
    }
    let most = if divisible && is_slow(failure) { MAX_SLOW_TRIES } else { MAX_TRIES };
    if tries >= most {
        return Decision::Stop;
    }
    let wait = match failure {
        Failure::RateLimited(Some(asked)) => asked,
        // A second must pass before the budget is whole again.
        Failure::RateLimited(None) if tries == 1 => Duration::from_secs(1),
        Failure::RateLimited(None) => Duration::from_secs(1) + backoff(tries, 0.5).mul_f64(jitter),
        _ => backoff(tries, 0.5).mul_f64(jitter),
    };
    // A server may ask for more than a Duration holds.
    if elapsed.saturating_add(wait) > MAX_TIME { Decision::Stop } else { Decision::Wait(wait) }
}

fn is_slow(failure: Failure) -> bool {
    matches!(failure, Failure::Timeout | Failure::Server(504))
}

fn backoff(tries: u32, first: f64) -> Duration {
    let doublings = i32::try_from(tries.saturating_sub(1)).unwrap_or(i32::MAX).min(16);
    Duration::from_secs_f64(first * 2f64.powi(doublings)).min(MAX_BACKOFF)
}

#[cfg(test)]
mod tests {
    use super::{Decision, Failure, decide};
    use std::time::Duration;

    const fn secs(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn the_table_of_decisions() {
        use Decision::{Stop, Wait};
        use Failure::{BadBody, Broken, Certificate, Connect, RateLimited, Server, Timeout};
        let half = |n: u64| Wait(Duration::from_millis(n));
        let table = [
            // tries, trouble, elapsed, decision at jitter 0.5
            (1, Server(500), secs(0), half(250)),
            (1, Server(502), secs(0), half(250)),
            (1, Server(503), secs(0), half(250)),
            (1, Server(504), secs(0), half(250)),
            (2, Server(502), secs(1), half(500)),
            (3, Connect, secs(2), half(1000)),
            (4, Timeout, secs(60), half(2000)),
            (5, Broken, secs(9), half(4000)),
            (1, BadBody, secs(0), half(250)),
            (6, BadBody, secs(9), Stop),
            (1, Certificate, secs(0), Stop),
            (1, RateLimited(None), secs(0), half(1000)),
            (2, RateLimited(None), secs(2), half(1500)),
            (4, RateLimited(None), secs(9), half(3000)),
            (1, RateLimited(Some(secs(30))), secs(0), Wait(secs(30))),
            (1, RateLimited(Some(secs(0))), secs(0), Wait(secs(0))),
            (1, RateLimited(Some(secs(300))), secs(0), Stop),
            (1, RateLimited(Some(secs(u64::MAX))), secs(2), Stop),
            (6, RateLimited(Some(secs(1))), secs(0), Stop),
            (2, Timeout, secs(120), Stop),
            (2, RateLimited(Some(secs(60))), secs(61), Stop),
        ];
        for (tries, failure, elapsed, decision) in table {
            let decided = decide(tries, failure, elapsed, 0.5, false);
            assert_eq!(decided, decision, "{tries} {failure:?} {elapsed:?}");
        }
    }

    #[test]
    fn full_jitter_reaches_from_nothing_to_the_whole_backoff() {
        let wait = |jitter| decide(3, Failure::Connect, secs(0), jitter, false);
        assert_eq!(wait(0.0), Decision::Wait(secs(0)));
        assert_eq!(wait(1.0), Decision::Wait(secs(2)));
    }

    #[test]
    fn what_can_be_halved_is_given_up_early_when_the_server_is_slow() {
        for (failure, tries, stops) in [
            (Failure::Server(504), 1, false),
            (Failure::Server(504), 2, true),
            (Failure::Timeout, 2, true),
            (Failure::Server(502), 2, false),
            (Failure::BadBody, 5, false),
        ] {
            let stopped = decide(tries, failure, secs(1), 0.5, true) == Decision::Stop;
            assert_eq!(stopped, stops, "{failure:?} after {tries}");
        }
    }
}
