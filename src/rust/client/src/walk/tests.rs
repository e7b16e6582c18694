//! The walk against servers made up here, which answer in any order.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use super::{Ask, MENDING, StartsOver, Walk};
use crate::page::Page;
use crate::slice::{Paging, Slice};

/// What a server may do instead of serving a page.
#[derive(Clone, Copy)]
enum Lag {
    Empty,
    Short(usize),
    /// Leaves out this row of the page and does not fill up.
    Without(usize),
}

/// A list of ids, in its order.
struct Server {
    ids: Vec<u64>,
    paging: Paging,
    /// Pages are never longer.
    cap: usize,
    /// Whether the server names a next page even on the last one.
    always_next: bool,
}

impl Server {
    fn new(paging: Paging, rows: u64) -> Self {
        Server { ids: (0..rows).collect(), paging, cap: usize::MAX, always_next: false }
    }

    fn page(&self, slice: Slice, lag: Option<Lag>) -> Page<Vec<u64>> {
        let limit = (slice.limit as usize).min(self.cap);
        let start = match self.paging {
            Paging::Offset => usize::try_from(slice.offset).unwrap(),
            Paging::Numbered => (usize::try_from(slice.page_number()).unwrap() - 1) * limit,
        };
        let mut rows: Vec<u64> = self.ids.iter().skip(start).take(limit).copied().collect();
        match lag {
            Some(Lag::Empty) => rows.clear(),
            Some(Lag::Short(length)) => rows.truncate(length),
            Some(Lag::Without(row)) if row < rows.len() => drop(rows.remove(row)),
            None | Some(Lag::Without(_)) => {}
        }
        let has_next = self.always_next || start + limit < self.ids.len();
        Page { records: u32::try_from(rows.len()).unwrap(), keys: rows.clone(), rows, has_next }
    }
}

/// What came of a walk.
struct Walked {
    /// Distinct rows, in order.
    rows: Vec<u64>,
    missing: Vec<Slice>,
    asked: Vec<Slice>,
    /// Rows that were given away before the list had come to its end.
    early: usize,
}

/// Walks a list to its end. `serve` gives the page for the n-th request,
/// counted from 0; `pick` tells which request in flight is answered next.
fn walk(
    list: (Paging, u32),
    ahead: usize,
    pick: impl FnMut(usize) -> usize,
    serve: impl FnMut(usize, Slice) -> Page<Vec<u64>>,
) -> Walked {
    walk_when(list, ahead, || true, pick, serve)
}

/// The same where answers may come before all is asked for that could be:
/// `may_ask` tells whether one more request is made before the next answer.
fn walk_when(
    (paging, limit): (Paging, u32),
    ahead: usize,
    mut may_ask: impl FnMut() -> bool,
    mut pick: impl FnMut(usize) -> usize,
    mut serve: impl FnMut(usize, Slice) -> Page<Vec<u64>>,
) -> Walked {
    let mut walk = Walk::new(paging, limit);
    let mut flying: Vec<Ask> = Vec::new();
    let mut asked = Vec::new();
    let mut settled = Vec::new();
    loop {
        while flying.is_empty() || may_ask() {
            let Some(ask) = walk.next_ask() else { break };
            flying.push(ask);
        }
        settled.extend(std::iter::from_fn(|| walk.take_settled()).flatten());
        if flying.is_empty() {
            break;
        }
        let ask = flying.remove(pick(flying.len()));
        let page = serve(asked.len(), ask.slice);
        asked.push(ask.slice);
        walk.set_ahead(ahead);
        walk.answered(&ask, page).unwrap();
        assert!(asked.len() < 10_000, "it does not end");
    }
    let mut seen = BTreeSet::new();
    let missing = walk.missing();
    let early = settled.len();
    let all = settled.into_iter().chain(walk.take_rows().concat());
    let rows = all.filter(|row| seen.insert(*row)).collect();
    Walked { rows, missing, asked, early }
}

const FIRST: fn(usize) -> usize = |_| 0;

/// Walks a list that does not move, answered in order.
fn walk_still(server: &Server, limit: u32, ahead: usize) -> Walked {
    walk((server.paging, limit), ahead, FIRST, |_, slice| server.page(slice, None))
}

fn past_the_end(server: &Server, asked: &[Slice]) -> usize {
    asked.iter().filter(|slice| slice.offset >= server.ids.len() as u64).count()
}

#[test]
fn rows_are_given_away_while_the_rest_is_awaited() {
    for paging in BOTH {
        let server = Server::new(paging, 2000);
        let walked = walk_still(&server, 100, 4);
        assert_eq!(walked.rows, server.ids);
        assert!(walked.early >= 1900, "{paging:?}: {}", walked.early);
    }
}

const BOTH: [Paging; 2] = [Paging::Offset, Paging::Numbered];

#[test]
fn lists_of_every_length_are_read_whole_with_three_requests_past_the_end() {
    for paging in BOTH {
        for limit in [1, 2, 7, 250, 500] {
            let limit64 = u64::from(limit);
            for rows in [0, 1, limit64 - 1, limit64, limit64 + 1, 3 * limit64, 40 * limit64 + 1] {
                for ahead in [1, 2, 4, 8, 16] {
                    for always_next in [false, true] {
                        let server = Server { always_next, ..Server::new(paging, rows) };
                        let walked = walk_still(&server, limit, ahead);
                        let what = format!("{paging:?} {rows} by {limit}, {ahead} ahead");
                        assert_eq!((walked.rows, walked.missing), (server.ids.clone(), vec![]));
                        let past = past_the_end(&server, &walked.asked);
                        assert!(past <= 3, "{what}: {past} {:?}", walked.asked);
                    }
                }
            }
        }
    }
}

#[test]
fn no_more_is_asked_past_the_end_whatever_the_order_of_the_answers() {
    for seed in 0..300 {
        let mut random = fastrand::Rng::with_seed(seed);
        let paging = BOTH[random.usize(0..2)];
        let server = Server::new(paging, random.u64(0..9000));
        let ahead = random.usize(1..17);
        let pick = |flying: usize| random.usize(0..flying);
        let walked = walk((paging, 100), ahead, pick, |_, slice| server.page(slice, None));
        assert_eq!((&walked.rows, walked.missing), (&server.ids, vec![]), "seed {seed}");
        let past = past_the_end(&server, &walked.asked);
        assert!(past <= 3, "seed {seed}: {past} with {ahead} ahead, {:?}", walked.asked);
    }
}

#[test]
fn nothing_is_asked_ahead_before_the_first_page_came() {
    let mut walk = Walk::<()>::new(Paging::Offset, 10);
    assert!(walk.next_ask().is_some());
    assert_eq!(walk.next_ask(), None);
}

#[test]
fn with_slow_answers_as_many_requests_are_in_flight_as_wanted() {
    let server = Server::new(Paging::Offset, 2000);
    let mut walk = Walk::new(Paging::Offset, 11);
    walk.set_ahead(8);
    let mut flying: VecDeque<Ask> = walk.next_ask().into_iter().collect();
    let mut most = 0;
    while let Some(ask) = flying.pop_front() {
        walk.answered(&ask, server.page(ask.slice, None)).unwrap();
        flying.extend(std::iter::from_fn(|| walk.next_ask()));
        most = most.max(flying.len());
    }
    assert_eq!(most, 8);
}

#[test]
fn a_single_numbered_page_costs_a_single_request() {
    assert_eq!(walk_still(&Server::new(Paging::Numbered, 10), 250, 5).asked.len(), 1);
}

#[test]
fn a_numbered_list_without_rows_is_asked_for_twice() {
    assert_eq!(walk_still(&Server::new(Paging::Numbered, 0), 250, 3).asked.len(), 2);
}

#[test]
fn a_page_that_lags_is_read_whole_wherever_it_is() {
    for paging in BOTH {
        for lag in [Lag::Empty, Lag::Short(4), Lag::Short(1), Lag::Without(5)] {
            // Pages of API v4 may be as short as the server likes.
            if paging == Paging::Numbered && !matches!(lag, Lag::Empty) {
                continue;
            }
            for nth in 0..5 {
                for ahead in [1, 4, 8] {
                    let server = Server::new(paging, 28);
                    let walked = walk((paging, 10), ahead, FIRST, |n, slice| {
                        server.page(slice, (n == nth).then_some(lag))
                    });
                    assert_eq!((walked.rows, walked.missing), (server.ids, vec![]), "{nth}");
                }
            }
        }
    }
}

#[test]
fn empty_answers_with_rows_after_them_are_not_the_end() {
    for paging in BOTH {
        for (ahead, empties) in [1, 2, 4].into_iter().flat_map(|a| (1..=6).map(move |e| (a, e))) {
            let server = Server::new(paging, 1000);
            let mut left = empties;
            let walked = walk((paging, 100), ahead, FIRST, |_, slice| {
                let lags = slice.offset == 99 && left > 0;
                left -= usize::from(lags);
                server.page(slice, lags.then_some(Lag::Empty))
            });
            let whole = (server.ids, vec![]);
            assert_eq!((walked.rows, walked.missing), whole, "{paging:?} {ahead} {empties}");
        }
    }
}

#[test]
fn a_server_that_gives_fewer_rows_than_asked_for_is_read_whole() {
    for paging in BOTH {
        let server = Server { cap: 8, ..Server::new(paging, 95) };
        for ahead in [1, 3] {
            let walked = walk_still(&server, 50, ahead);
            assert_eq!((&walked.rows, walked.missing), (&server.ids, vec![]));
        }
    }
}

#[test]
fn a_page_that_stays_empty_is_reported_missing_after_its_tries() {
    for (paging, ahead) in BOTH.into_iter().flat_map(|paging| [1, 3].map(|ahead| (paging, ahead))) {
        let server = Server::new(paging, 90);
        let mut hole = None;
        let walked = walk((paging, 30), ahead, FIRST, |_, slice| {
            let is_second = slice.offset == 29;
            hole = hole.or(is_second.then_some(slice));
            server.page(slice, is_second.then_some(Lag::Empty))
        });
        let hole = hole.unwrap();
        assert_eq!(walked.missing, [hole], "{paging:?} {ahead} {:?}", walked.asked);
        let tries = walked.asked.iter().filter(|slice| **slice == hole).count();
        // It was asked for once more when it seemed to be the end.
        assert_eq!(tries, 2 + MENDING.len());
        assert!(walked.rows.len() >= 60);
    }
}

#[test]
fn a_server_that_pays_no_heed_to_the_offset_is_found_out() {
    let server = Server::new(Paging::Offset, 50);
    let mut walk = Walk::new(Paging::Offset, 10);
    let first = walk.next_ask().unwrap();
    walk.answered(&first, server.page(first.slice, None)).unwrap();
    let second = walk.next_ask().unwrap();
    let again = server.page(first.slice, None);
    assert_eq!(walk.answered(&second, again), Err(StartsOver));
}

#[test]
fn a_page_that_is_too_slow_comes_in_smaller_ones() {
    for paging in BOTH {
        let server = Server::new(paging, 900);
        let mut walk = Walk::new(paging, 100);
        let mut asked = 0;
        while let Some(ask) = walk.next_ask() {
            asked += 1;
            if ask.slice.limit > 50 + 1 {
                assert!(walk.split(&ask), "{ask:?}");
            } else {
                walk.answered(&ask, server.page(ask.slice, None)).unwrap();
            }
            assert!(asked < 200);
        }
        assert_eq!(walk.missing(), []);
        let rows: BTreeSet<u64> = walk.take_rows().concat().into_iter().collect();
        assert_eq!(rows.len(), 900);
    }
}

#[test]
fn small_requests_are_not_divided() {
    let mut walk = Walk::<()>::new(Paging::Offset, 15);
    let ask = walk.next_ask().unwrap();
    assert!(!ask.divisible);
    assert!(!walk.split(&ask));
}

/// Moves rows while the list is read, and answers in any order. Gives the
/// rows that were there all the time as well.
fn walk_moving(seed: u64, lags: bool) -> (Walked, BTreeSet<u64>, Paging) {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut order = random.fork();
    let mut delays = random.fork();
    let is_hasty = random.bool();
    let may_ask = move || is_hasty || delays.bool();
    let paging = BOTH[random.usize(0..2)];
    let mut server = Server::new(paging, random.u64(0..900));
    server.always_next = random.bool();
    let mut steady: BTreeSet<u64> = server.ids.iter().copied().collect();
    let mut new_ids = 1_000_000..;
    let mut moves = random.usize(1..4);
    let mut lags = u32::from(lags);
    let limit = random.u32(20..150);
    let ahead = random.usize(1..10);
    let pick = move |flying: usize| order.usize(0..flying);
    let walked = walk_when((paging, limit), ahead, may_ask, pick, |_, slice| {
        if moves > 0 && random.u32(0..4) == 0 {
            moves -= 1;
            for _ in 0..random.usize(1..9) {
                let place = random.usize(0..=server.ids.len());
                if random.bool() {
                    server.ids.insert(place, new_ids.next().unwrap());
                } else if place < server.ids.len() {
                    steady.remove(&server.ids.remove(place));
                }
            }
        }
        let lag = (lags > 0 && random.u32(0..9) == 0).then(|| {
            lags -= 1;
            if random.bool() { Lag::Empty } else { Lag::Short(random.usize(0..20)) }
        });
        server.page(slice, lag.filter(|_| paging == Paging::Offset))
    });
    (walked, steady, paging)
}

#[test]
fn of_a_list_that_moves_no_row_that_stays_is_lost() {
    for seed in 0..3000 {
        let (walked, steady, paging) = walk_moving(seed, false);
        let rows: BTreeSet<u64> = walked.rows.iter().copied().collect();
        let lost: Vec<_> = steady.difference(&rows).collect();
        assert_eq!(lost, Vec::<&u64>::new(), "seed {seed} {paging:?} {:?}", walked.asked);
        assert_eq!(walked.missing, [], "seed {seed} {paging:?}");
    }
}

#[test]
fn of_a_list_that_moves_and_lags_no_row_is_lost_in_silence() {
    let mut incomplete = 0;
    for seed in 0..3000 {
        let (walked, steady, paging) = walk_moving(seed, true);
        let rows: BTreeSet<u64> = walked.rows.iter().copied().collect();
        let lost = steady.difference(&rows).count();
        incomplete += usize::from(!walked.missing.is_empty());
        assert!(lost == 0 || !walked.missing.is_empty(), "seed {seed} {paging:?}");
    }
    assert!(incomplete < 30, "{incomplete} walks are not whole");
}

#[test]
fn tries_to_mend_wait_longer_and_longer() {
    assert_eq!(MENDING[0], Duration::ZERO);
    assert!(MENDING.windows(2).all(|pair| pair[0] < pair[1]));
}

/// Reads a list in made-up time, answers taking `latency` seconds and seven
/// requests starting in any second; gives the seconds and the requests.
fn time_to_read(server: &Server, limit: u32, latency: f64) -> (f64, usize) {
    let mut walk = Walk::new(server.paging, limit);
    let mut starts: Vec<f64> = Vec::new();
    let mut flying: VecDeque<(f64, Ask)> = VecDeque::new();
    let mut now = 0.0;
    loop {
        while let Some(ask) = walk.next_ask() {
            let turn = starts.len().checked_sub(7).map_or(0.0, |before| starts[before] + 1.0);
            let start = turn.max(now);
            starts.push(start);
            flying.push_back((start + latency, ask));
        }
        let Some((answered, ask)) = flying.pop_front() else { break };
        now = answered;
        walk.set_ahead(crate::list::requests_ahead(Duration::from_secs_f64(latency), 7.0));
        walk.answered(&ask, server.page(ask.slice, None)).unwrap();
    }
    assert_eq!(walk.missing(), []);
    (now, starts.len())
}

#[test]
fn time_is_that_of_the_requests_at_the_limit_and_one_answer() {
    for paging in BOTH {
        for latency in [0.01, 0.1, 0.3, 0.4] {
            let server = Server::new(paging, 20_000);
            let (seconds, requests) = time_to_read(&server, 500, latency);
            let allowed = 1.05 * requests as f64 / 7.0 + latency;
            assert!(seconds <= allowed, "{paging:?} {latency}: {seconds} s, {requests} requests");
            assert!(requests <= 44, "{requests}");
        }
    }
}

#[test]
fn slow_answers_cost_some_more_at_both_ends_of_the_list() {
    for latency in [0.6, 1.0, 2.0] {
        let server = Server::new(Paging::Offset, 100_000);
        let (seconds, requests) = time_to_read(&server, 500, latency);
        let allowed = requests as f64 / 7.0 + 6.0 * latency;
        assert!(seconds <= allowed, "{latency}: {seconds} s, {requests} requests");
    }
}
