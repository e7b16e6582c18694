//! It is a sliding window over the last requests. A token bucket of seven would let
//! fourteen through within a second. The server counts arrivals. So a request counts
//! from the time it has left, which may be after a connection was opened, plus the
//! time that it may have been under way.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The slowest rate: a request in a thousand seconds.
const SLOWEST: f64 = 0.001;

/// How much longer than a second the window is.
const SPARE: Duration = Duration::from_millis(5);

/// The most that the way of a request can vary, and a little more for the time that
/// server and client take. An answer that takes longer than the quickest one by more
/// than that is slow because of the server.
const JITTER: Duration = Duration::from_millis(150);

/// How late a request is counted while nothing is known of its way.
pub(super) const USUAL: Duration = Duration::from_millis(60);

/// The same while little is known of any way.
const AT_FIRST: Duration = Duration::from_millis(90);

/// How late a request is counted that opened a connection: the server may accept it
/// later than it seems here.
pub(super) const OPENING: Duration = Duration::from_millis(150);

/// How many answers must be known before the quickest one is used.
const TELLING: u32 = 16;

/// How many answers are remembered.
const KEPT: usize = 128;

/// The quickest of so many answers is taken for as much slower than the quickest that
/// there can be as the range of ways leaves between this many of them.
const UNSEEN: u32 = 3;

/// Which requests may have arrived within the last second or so.
#[derive(Debug)]
pub(super) struct Window {
    capacity: usize,
    span: Duration,
    starts: VecDeque<Start>,
    begun: u64,
    /// How long the last answers took, each with its path.
    answers: VecDeque<(String, Duration)>,
}

/// A request that counts.
#[derive(Debug)]
struct Start {
    number: u64,
    path: String,
    /// Whether a connection was opened for it.
    opens: bool,
    left: Option<Instant>,
    /// How long the answer took.
    answer: Option<Duration>,
}

impl Window {
    pub(super) fn new(rate: f64) -> Self {
        let mut window = Window {
            capacity: 1,
            span: SPARE,
            starts: VecDeque::new(),
            begun: 0,
            answers: VecDeque::new(),
        };
        window.set_rate(rate);
        window
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub(super) fn set_rate(&mut self, rate: f64) {
        if rate == f64::INFINITY {
            self.capacity = usize::MAX;
            self.span = Duration::ZERO;
        } else {
            let rate = rate.max(SLOWEST);
            self.capacity = (rate.floor() as usize).max(1);
            self.span = Duration::from_secs_f64((self.capacity as f64 / rate).max(1.0)) + SPARE;
        }
    }

    /// How long from `now` until another request may start; None as long as
    /// too many have not left.
    pub(super) fn wait(&mut self, now: Instant, stretch: f64) -> Option<Duration> {
        let span = self.span.mul_f64(stretch);
        let ends = |start: &Start| start.left.map(|left| left + self.delay(start) + span);
        let mut ends: Vec<Option<Instant>> = self.starts.iter().map(ends).collect();
        let is_over = |end: &Option<Instant>| end.is_some_and(|end| end <= now);
        let mut over = ends.iter().map(is_over);
        self.starts.retain(|_| over.next() == Some(false));
        ends.retain(|end| !is_over(end));
        if ends.len() < self.capacity {
            return Some(Duration::ZERO);
        }
        // Those without an end come last.
        ends.sort_unstable_by_key(|end| (end.is_none(), *end));
        let enough = ends[ends.len() - self.capacity]?;
        Some(enough.saturating_duration_since(now))
    }

    /// How long after it left a request may have arrived: as much as its
    /// answer took longer than the quickest from the same path could be.
    fn delay(&self, start: &Start) -> Duration {
        if start.opens {
            return OPENING;
        }
        let same = self.answers.iter().filter(|(path, _)| *path == start.path);
        let (known, quickest) = same.fold((0, Duration::MAX), |(known, quickest), (_, answer)| {
            (known + 1, quickest.min(*answer))
        });
        let usual = if known < TELLING { AT_FIRST } else { USUAL };
        match start.answer.map(|answer| answer.saturating_sub(quickest)) {
            Some(more) if more > JITTER => usual,
            Some(more) if known < TELLING => more.max(usual),
            Some(more) => more + JITTER * UNSEEN / known,
            None => usual,
        }
    }

    pub(super) fn begin(&mut self, path: &str) -> u64 {
        self.begun += 1;
        if self.capacity < usize::MAX {
            self.starts.push_back(Start {
                number: self.begun,
                path: path.to_owned(),
                opens: false,
                left: None,
                answer: None,
            });
        }
        self.begun
    }

    fn find(&mut self, number: u64) -> Option<&mut Start> {
        self.starts.iter_mut().find(|start| start.number == number)
    }

    pub(super) fn opens(&mut self, number: u64) {
        if let Some(start) = self.find(number) {
            start.opens = true;
        }
    }

    /// Whether a request leaves that had to wait for its connection.
    pub(super) fn record(&mut self, number: u64, now: Instant) -> bool {
        match self.find(number) {
            Some(start) if start.left.is_none() => {
                start.left = Some(now);
                start.opens
            }
            _ => false,
        }
    }

    pub(super) fn answered(&mut self, number: u64, now: Instant) {
        let Some(start) = self.find(number) else { return };
        let Some(left) = start.left else { return };
        let answer = now.saturating_duration_since(left);
        start.answer = Some(answer);
        let path = start.path.clone();
        self.answers.push_back((path, answer));
        if self.answers.len() > KEPT {
            self.answers.pop_front();
        }
    }
}
