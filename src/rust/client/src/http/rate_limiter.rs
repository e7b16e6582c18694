//! The rate limit of the APIs: so many requests in any second (docs/api-v2.md, Speed
//! limit).
//!
//! It is a sliding window over the last requests. A token bucket of seven would let
//! fourteen through within a second. The server counts arrivals. So a request counts
//! from the time it has left, which may be after a connection was opened, plus the
//! time that it may have been under way.

use std::collections::VecDeque;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::http::shared_budget::{SharedBudget, Turn};
use crate::sync::lock;

/// Requests a second that amoCRM allows.
pub const ALLOWED: f64 = 7.0;

/// The slowest rate: a request in a thousand seconds.
const SLOWEST: f64 = 0.001;

/// How much longer than a second the window is.
const SPARE: Duration = Duration::from_millis(5);

/// The most that the way of a request can vary, and a little more for the time that
/// server and client take. An answer that takes longer than the quickest one by more
/// than that is slow because of the server.
const JITTER: Duration = Duration::from_millis(150);

/// How late a request is counted while nothing is known of its way.
const USUAL: Duration = Duration::from_millis(60);

/// The same while little is known of any way.
const AT_FIRST: Duration = Duration::from_millis(90);

/// How late a request is counted that opened a connection: the server may accept it
/// later than it seems here.
const OPENING: Duration = Duration::from_millis(150);

/// How late other processes count it until its connection is open.
const WHILE_OPENING: Duration = Duration::from_secs(1);

/// How many answers must be known before the quickest one is used.
const TELLING: u32 = 16;

/// How many answers are remembered.
const KEPT: usize = 128;

/// The quickest of so many answers is taken for as much slower than the quickest that
/// there can be as the range of ways leaves between this many of them.
const UNSEEN: u32 = 3;

/// By how much the time between requests grows after a 429.
const CAUTION: f64 = 0.07;

/// The most that it grows, after several.
const MOST_CAUTION: f64 = 0.28;

/// How long it takes to return to normal.
const CALM: Duration = Duration::from_secs(20);

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

/// The window, and what a 429 leads to.
#[derive(Debug)]
struct Pace {
    window: Window,
    /// Nothing starts before: the server asked for a pause.
    paused_until: Option<Instant>,
    /// How much further apart requests were at the end of the last pause.
    caution: f64,
}

impl Pace {
    fn new(rate: f64) -> Self {
        Pace { window: Window::new(rate), paused_until: None, caution: 0.0 }
    }

    fn pause(&mut self, now: Instant, pause: Duration) {
        let until = now + pause;
        // Requests that were refused together are one reason for caution.
        if self.paused_until.is_none_or(|paused| paused <= now) {
            self.caution = (self.caution_at(now) + CAUTION).min(MOST_CAUTION);
        }
        self.paused_until = self.paused_until.max(Some(until));
    }

    /// What is left of the caution.
    fn caution_at(&self, now: Instant) -> f64 {
        let calm = self
            .paused_until
            .map_or(CALM, |paused| now.saturating_duration_since(paused))
            .min(CALM);
        self.caution * (1.0 - calm.div_duration_f64(CALM))
    }

    /// How long from `now` until another request may start; None as long as it
    /// depends on requests that have not left.
    fn wait(&mut self, now: Instant) -> Option<Duration> {
        let pause =
            self.paused_until.map_or(Duration::ZERO, |until| until.saturating_duration_since(now));
        let stretch = 1.0 + self.caution_at(now);
        Some(self.window.wait(now, stretch)?.max(pause))
    }
}

/// Which requests may have arrived within the last second or so.
#[derive(Debug)]
struct Window {
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
    fn new(rate: f64) -> Self {
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
    fn set_rate(&mut self, rate: f64) {
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
    fn wait(&mut self, now: Instant, stretch: f64) -> Option<Duration> {
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

    fn begin(&mut self, path: &str) -> u64 {
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

    fn opens(&mut self, number: u64) {
        if let Some(start) = self.find(number) {
            start.opens = true;
        }
    }

    /// Whether a request leaves that had to wait for its connection.
    fn record(&mut self, number: u64, now: Instant) -> bool {
        match self.find(number) {
            Some(start) if start.left.is_none() => {
                start.left = Some(now);
                start.opens
            }
            _ => false,
        }
    }

    fn answered(&mut self, number: u64, now: Instant) {
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{CALM, Pace, RateLimiter, Window};
    use futures_util::FutureExt;
    use std::collections::VecDeque;
    use std::path::{Path, PathBuf};
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    const SECOND: Duration = Duration::from_secs(1);

    const fn millis(number: u64) -> Duration {
        Duration::from_millis(number)
    }

    /// A server that allows seven requests in any second, those that it
    /// refused included, and a caller that always wants more.
    struct Model {
        random: fastrand::Rng,
        /// Requests that the caller has on their way at most.
        ahead: usize,
        /// The way to the server takes up to this long.
        way: Duration,
        /// An answer takes this long, and up to so much longer.
        answer: [Duration; 2],
        /// The first requests, which open connections, take so much longer.
        opening: Duration,
        /// Whether the time for it shows before the request leaves.
        opening_shows: bool,
    }

    /// How it went.
    #[derive(Debug)]
    struct Run {
        refused: usize,
        took: Duration,
        most_in_a_second: usize,
    }

    #[derive(PartialEq, Eq, PartialOrd, Ord)]
    enum Event {
        Record(u64),
        Arrives(u64),
        Answered(u64),
        Refused,
    }

    impl Model {
        fn jittery(seed: u64, ahead: usize) -> Self {
            Model {
                random: fastrand::Rng::with_seed(seed),
                ahead,
                way: millis(120),
                answer: [millis(240), Duration::ZERO],
                opening: Duration::ZERO,
                opening_shows: false,
            }
        }

        fn up_to(&mut self, most: Duration) -> Duration {
            most.mul_f64(self.random.f64())
        }

        /// Reads `pages` pages at seven requests a second.
        fn run(mut self, pages: usize) -> Run {
            let begin = Instant::now();
            let mut now = begin;
            let mut pace = Pace::new(7.0);
            let mut events: Vec<(Instant, Event)> = Vec::new();
            let mut arrivals: VecDeque<Instant> = VecDeque::new();
            let (mut wanted, mut done, mut on_their_way) = (pages, 0, 0);
            let mut run = Run { refused: 0, took: Duration::ZERO, most_in_a_second: 0 };
            while done < pages {
                let may_ask = wanted > 0 && on_their_way < self.ahead;
                let wait = if may_ask { pace.wait(now) } else { None };
                if wait == Some(Duration::ZERO) {
                    let number = pace.window.begin("/notes");
                    (wanted, on_their_way) = (wanted - 1, on_their_way + 1);
                    let mut opening = Duration::ZERO;
                    if number <= self.ahead as u64 && !self.opening.is_zero() {
                        pace.window.opens(number);
                        opening = self.opening;
                    }
                    let record = now + if self.opening_shows { opening } else { Duration::ZERO };
                    let way = self.up_to(self.way);
                    events.push((record, Event::Record(number)));
                    events.push((now + opening + way, Event::Arrives(number)));
                    events.sort();
                    if record == now {
                        pace.window.record(number, now);
                    }
                    continue;
                }
                let next = events.first().map(|(at, _)| *at);
                match (wait.map(|wait| now + wait), next) {
                    (Some(free), Some(next)) if free < next => {
                        now = free;
                        continue;
                    }
                    (Some(free), None) => {
                        now = free;
                        continue;
                    }
                    (_, next) => now = next.unwrap_or(now).max(now),
                }
                match events.remove(0).1 {
                    Event::Record(number) => {
                        pace.window.record(number, now);
                    }
                    Event::Arrives(number) => {
                        arrivals.retain(|arrival| now - *arrival < SECOND);
                        let fits = arrivals.len() < 7;
                        arrivals.push_back(now);
                        run.most_in_a_second = run.most_in_a_second.max(arrivals.len());
                        if fits {
                            let answer = self.answer[0] + self.up_to(self.answer[1]);
                            events.push((now + answer, Event::Answered(number)));
                        } else {
                            events.push((now + millis(10), Event::Refused));
                        }
                        events.sort();
                    }
                    Event::Answered(number) => {
                        pace.window.answered(number, now);
                        (done, on_their_way) = (done + 1, on_their_way - 1);
                    }
                    Event::Refused => {
                        pace.pause(now, SECOND);
                        run.refused += 1;
                        (wanted, on_their_way) = (wanted + 1, on_their_way - 1);
                    }
                }
            }
            run.took = now - begin;
            run
        }
    }

    /// The runs of some seeds; and how many of them took at most `limit` times
    /// what seven requests a second take.
    fn runs(seeds: u64, model: impl Fn(u64) -> Model, limit: f64) -> (Vec<Run>, usize) {
        let runs: Vec<Run> = (0..seeds).map(|seed| model(seed).run(200)).collect();
        let limit = Duration::from_secs_f64(200.0 / 7.0 * limit);
        let in_time = runs.iter().filter(|run| run.took <= limit).count();
        (runs, in_time)
    }

    #[test]
    fn at_60_ms_of_jitter_a_strict_server_refuses_next_to_nothing_and_no_time_is_lost() {
        // Answers take some time more or less than the way lets expect.
        for (ahead, noise) in [(4, 0), (16, 0), (4, 10), (16, 10)] {
            let model = |seed| Model {
                answer: [millis(240), millis(noise)],
                ..Model::jittery(seed, ahead)
            };
            let (runs, in_time) = runs(25, model, 1.08);
            assert!(runs.iter().all(|run| run.refused <= 2), "{runs:?}");
            assert!(in_time >= 23, "{ahead} ahead, {noise} ms: {in_time} of 25 in time");
            // What was refused costs a second.
            let worst = runs.iter().map(|run| run.took).max();
            assert!(worst < Some(millis(32_500)), "{ahead} ahead: {worst:?}");
        }
    }

    #[test]
    fn answers_of_any_time_cost_no_more_than_the_spare_for_the_way() {
        for longer in [0, 120, 2000] {
            let model = |seed| Model {
                way: Duration::ZERO,
                answer: [millis(300), millis(longer)],
                ..Model::jittery(seed, 16)
            };
            let (runs, in_time) = runs(10, model, 1.08 + 2.0 / 28.6);
            assert!(runs.iter().all(|run| run.refused == 0), "{runs:?}");
            assert_eq!(in_time, 10, "{longer}");
        }
    }

    #[test]
    fn seven_arrive_in_a_second_while_connections_are_opened() {
        for opening_shows in [false, true] {
            for ahead in [4, 7, 16] {
                let model = |seed| Model {
                    way: Duration::ZERO,
                    opening: millis(120),
                    opening_shows,
                    ..Model::jittery(seed, ahead)
                };
                let (runs, in_time) = runs(10, model, 1.08);
                let most = runs.iter().map(|run| run.most_in_a_second).max();
                assert!(most <= Some(7), "{most:?}, shows: {opening_shows}, ahead: {ahead}");
                assert_eq!(in_time, 10);
            }
        }
    }

    #[test]
    fn what_has_not_left_keeps_its_place_however_long_that_takes() {
        let now = Instant::now();
        let mut window = Window::new(2.0);
        let numbers = [window.begin("/"), window.begin("/")];
        assert_eq!(window.wait(now + 60 * SECOND, 1.0), None);
        window.record(numbers[1], now + 60 * SECOND);
        let wait = window.wait(now + 60 * SECOND, 1.0);
        assert!(wait > Some(SECOND) && wait < Some(millis(1200)), "{wait:?}");
    }

    /// Start times, as offsets from the first, of requests that all want to
    /// start as early as they may, and leave at once.
    fn starts(rate: f64, requests: usize) -> Vec<Duration> {
        let begin = Instant::now();
        let mut now = begin;
        let mut window = Window::new(rate);
        (0..requests)
            .map(|_| {
                now += window.wait(now, 1.0).unwrap_or_default();
                let number = window.begin("/");
                window.record(number, now);
                now - begin
            })
            .collect()
    }

    #[test]
    fn no_second_holds_more_starts_than_allowed() {
        for (rate, most) in [(7.0, 7), (6.5, 6), (3.0, 3), (1.0, 1)] {
            let starts = starts(rate, 60);
            for (i, start) in starts.iter().enumerate() {
                let within = starts[i..].iter().filter(|later| **later < *start + SECOND).count();
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
    fn rates_beyond_reason_are_no_panic() {
        for rate in [1e-300, 0.0, -1.0, f64::NAN, f64::MAX] {
            assert_eq!(starts(rate, 1)[0], Duration::ZERO, "{rate}");
        }
    }

    #[test]
    fn after_a_refusal_requests_are_a_little_further_apart_until_it_is_calm() {
        let now = Instant::now();
        let mut pace = Pace::new(7.0);
        pace.pause(now, 5 * SECOND);
        pace.pause(now, 5 * SECOND);
        assert_eq!(pace.wait(now), Some(5 * SECOND));
        let over = now + 5 * SECOND;
        assert_eq!(pace.wait(over), Some(Duration::ZERO));
        let caution = |pace: &Pace, at| format!("{:.3}", pace.caution_at(at));
        assert_eq!(
            [over, over + CALM / 2, over + CALM].map(|at| caution(&pace, at)),
            ["0.070", "0.035", "0.000"]
        );
        for pause in 1..9 {
            pace.pause(over + pause * SECOND, SECOND);
        }
        assert_eq!(caution(&pace, over + 9 * SECOND), "0.280");
    }

    #[tokio::test]
    async fn to_wait_until_it_is_free_takes_nothing() {
        let limiter = Arc::new(RateLimiter::new(1.0));
        for _ in 0..3 {
            assert!(limiter.free().now_or_never().is_some());
        }
        let slot = limiter.acquire("/").now_or_never();
        assert!(slot.is_some());
        assert!(limiter.free().now_or_never().is_none());
        assert!(limiter.acquire("/").now_or_never().is_none());
    }

    #[tokio::test]
    async fn who_waits_for_a_request_to_leave_is_told() {
        let limiter = Arc::new(RateLimiter::new(1.0));
        let slot = limiter.acquire("/").await;
        let mut free = Box::pin(limiter.free());
        assert!((&mut free).now_or_never().is_none());
        limiter.set_rate(f64::INFINITY);
        free.await;
        drop(slot);
    }

    /// A limiter for seven requests a second that shares the file at `path`.
    fn sharing(path: &Path) -> Arc<RateLimiter> {
        let limiter = RateLimiter::new(7.0);
        let open = |path: &Path| {
            std::fs::OpenOptions::new()
                .create(true)
                .append(false)
                .truncate(false)
                .read(true)
                .write(true)
                .open(path)
        };
        assert!(limiter.share(Some(path.to_owned()), open).is_ok());
        Arc::new(limiter)
    }

    fn shared_file(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("amocrm-limiter-{name}-{}", std::process::id()))
    }

    #[tokio::test]
    async fn three_that_share_a_file_stay_within_seven_in_any_second() {
        let path = shared_file("three");
        let starts = |_| {
            let limiter = sharing(&path);
            async move {
                let mut starts = Vec::new();
                for _ in 0..7 {
                    let slot = limiter.acquire("/").await;
                    starts.push(Instant::now());
                    slot.opens();
                    slot.record();
                }
                starts
            }
        };
        let all = futures_util::future::join_all((0..3).map(starts)).await;
        let mut all = all.concat();
        all.sort();
        let most = all.iter().map(|start| {
            all.iter().filter(|other| **other >= *start && **other < *start + SECOND).count()
        });
        assert_eq!((all.len(), most.max()), (21, Some(7)));
        std::fs::remove_file(path).ok();
    }

    #[tokio::test]
    async fn a_file_that_can_not_be_had_is_told_once_and_costs_nothing_else() {
        let limiter = Arc::new(RateLimiter::new(7.0));
        let refuse = |_: &Path| Err("no");
        assert_eq!(limiter.share(Some("/".into()), refuse), Err("no"));
        assert_eq!(limiter.share(Some("/".into()), refuse), Ok(()));
        assert!(limiter.acquire("/").await.lost.is_none());

        let path = shared_file("locked");
        let limiter = sharing(&path);
        let owner = std::fs::File::open(&path).unwrap();
        fs4::FileExt::lock(&owner).unwrap();
        let told = [limiter.acquire("/").await, limiter.acquire("/").await]
            .map(|slot| slot.lost.is_some());
        assert_eq!(told, [true, false]);
        std::fs::remove_file(path).ok();
    }

    #[test]
    fn an_infinite_rate_never_waits() {
        assert_eq!(starts(f64::INFINITY, 100)[99], Duration::ZERO);
    }
}
