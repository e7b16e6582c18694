#![allow(clippy::unwrap_used)]
use super::RateLimiter;
use super::pace::{CALM, Pace};
use super::window::Window;
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
        let model =
            |seed| Model { answer: [millis(240), millis(noise)], ..Model::jittery(seed, ahead) };
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
    let told =
        [limiter.acquire("/").await, limiter.acquire("/").await].map(|slot| slot.lost.is_some());
    assert_eq!(told, [true, false]);
    std::fs::remove_file(path).ok();
}

#[test]
fn an_infinite_rate_never_waits() {
    assert_eq!(starts(f64::INFINITY, 100)[99], Duration::ZERO);
}
