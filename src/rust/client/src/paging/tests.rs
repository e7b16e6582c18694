//! The pager against servers made up here, in made-up time. Whatever they do,
//! a list ends whole or given up, and never short.
#![allow(clippy::unwrap_used, clippy::panic)]

mod model;
mod ties;
mod until;

use super::Paging;
use model::{Mode, Reading, Server, read};

const ALL: [Paging; 3] = [Paging::Offset, Paging::Sized, Paging::Numbered];

/// Modes that a list has to come through whole.
fn harmless(rng: &mut fastrand::Rng, rows: u64, limit: u32) -> Mode {
    let rows = usize::try_from(rows).unwrap();
    let limit = limit as usize;
    match rng.u8(..24) {
        1 => Mode::AlwaysNext,
        2 => Mode::NoNext,
        3 => Mode::RefusesMore(u32::try_from(limit / 4).unwrap().max(20)),
        4 => Mode::Ties(rng.u64(2..=(limit as u64 / 5).max(2))),
        5 => Mode::FirstAtEachPlaceEmpty,
        // What a list of one page shows twice is believed.
        6 => Mode::FirstShort(rng.usize(1..=limit - 2), if rows > limit { 2 } else { 1 }),
        7 => Mode::FirstInside(rng.usize(1..=limit / 3 + 1)),
        8 => Mode::SeesFirst(rng.usize(limit + 1..=rows + limit + 1), 500),
        9 => Mode::Grows(rng.usize(1..=3)),
        10 => Mode::GrowsBySecond(rng.u64(1..=2 * limit as u64)),
        11 => Mode::InsertsInFront(rng.usize(1..=(limit / 20).max(1))),
        12 => Mode::InsertsInFrontBySecond(rng.u64(1..=(rows as u64 / 10).clamp(1, 10))),
        13 if limit >= 50 && rows >= 50 => Mode::DeletesInFront(rng.usize(1..=(limit / 50).max(1))),
        14 if limit >= 50 && rows >= 50 => Mode::DeletesAnywhere,
        15 => Mode::LagsEmpty,
        16 => Mode::Caps(rng.usize((limit / 4).max(20)..=limit)),
        17 if rows >= 50 => Mode::CapsAndDeletes(rng.usize((limit / 4).max(20)..=limit).max(40)),
        18 => Mode::Longer(rng.usize(1..=20)),
        19 => Mode::EmptyFor(rng.u64(1..=5), 300),
        20 => Mode::LagsShort,
        21 => Mode::LagsInside,
        22 => Mode::SeesFirstLate(rng.usize(limit + 1..=rows + limit + 1), 500),
        _ => Mode::Still,
    }
}

/// Modes that may end a list, as long as it is not taken for whole.
fn hostile(rng: &mut fastrand::Rng, rows: u64, limit: u32) -> Mode {
    let rows = usize::try_from(rows).unwrap();
    let limit = limit as usize;
    match rng.u8(..24) {
        0 => Mode::StallsFrom(rng.u64(1..=8)),
        1 => Mode::StallsNowAndThen,
        2 => Mode::StallsAtRow(rng.u64(..=rows as u64)),
        3 => Mode::RefusesMore(rng.u32(1..=u32::try_from(limit).unwrap())),
        4 => Mode::IgnoresOffset,
        5 => Mode::Random,
        6 => Mode::Shuffled,
        7 => Mode::NewIds,
        8 => Mode::EmptyWithNext,
        9 => {
            if rng.bool() {
                Mode::LagsEmpty
            } else {
                Mode::EveryOtherEmpty
            }
        }
        10 => Mode::LagsFilled,
        11 => Mode::InsertsAnywhere,
        12 => Mode::Churns,
        13 => Mode::ChurnsInBursts(rng.usize(1..=2 * limit)),
        14 => Mode::MovesToFront(rng.usize(1..=limit / 5)),
        15 => Mode::Caps(rng.usize(4..=limit)),
        16 => Mode::Doubles,
        17 => Mode::Reversed,
        20 => Mode::LagsShort,
        21 => Mode::LagsInside,
        22 => Mode::MovesToEnd(rng.usize(1..=limit / 5)),
        23 => Mode::Truncates(rng.usize(20..=limit)),
        18 => Mode::ShrinksTo(rng.usize(..=rows)),
        _ => Mode::Ties(rng.u64(2..=3 * limit as u64)),
    }
}

struct Schedule {
    mode: Mode,
    paging: Paging,
    rows: u64,
    limit: u32,
    latency: u64,
    seed: u64,
}

impl Schedule {
    fn new(paging: Paging, seed: u64, mode: fn(&mut fastrand::Rng, u64, u32) -> Mode) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let limit = [20, 50, 100, 250, 500][rng.usize(..5)];
        let pages = if rng.u8(..4) == 0 { 1 } else { 12 };
        let rows = rng.u64(1..=pages * u64::from(limit));
        let latency = [0, 20, 300, 1000][rng.usize(..4)];
        let mut mode = mode(&mut rng, rows, limit);
        // Numbered pages that tell of no next one are read with less confidence.
        if paging == Paging::Sized
            && matches!(
                mode,
                Mode::CapsAndDeletes(_)
                    | Mode::InsertsInFront(_)
                    | Mode::InsertsInFrontBySecond(_)
                    | Mode::LagsInside
                    | Mode::Ties(_)
                    | Mode::Longer(_)
            )
        {
            mode = Mode::Still;
        }
        Schedule { mode, paging, rows, limit, latency, seed }
    }

    /// Reads the list. Whole lists hold all rows that were always there;
    /// those given up end in time.
    fn play(&self) -> Result<Reading, String> {
        let Schedule { mode, paging, rows, limit, latency, seed } = *self;
        let mut server = Server::new(mode, paging, rows, seed);
        let reading = read(&mut server, limit, latency);
        let came = reading.rows.iter().copied().collect();
        let lost = server.constant.difference(&came).count();
        if reading.is_whole && lost > 0 {
            return Err(format!("lost {lost} of {}", server.constant.len()));
        }
        if reading.idle > 310_000 {
            return Err(format!("nothing new for {} ms", reading.idle));
        }
        Ok(reading)
    }
}

/// Plays many schedules: none may go wrong. Gives those that were given up.
fn play_all(mode: fn(&mut fastrand::Rng, u64, u32) -> Mode) -> Vec<String> {
    let (mut wrong, mut given_up) = (Vec::new(), Vec::new());
    for paging in ALL {
        for seed in 0..schedules() {
            let schedule = Schedule::new(paging, seed, mode);
            let Schedule { mode, rows, limit, latency, .. } = schedule;
            let what = format!("{mode:?} {paging:?}, {rows} by {limit}, {latency} ms, seed {seed}");
            match schedule.play() {
                Err(problem) => wrong.push(format!("{what}: {problem}")),
                Ok(reading) if !reading.is_whole => {
                    let (requests, rows) = (reading.requests, reading.rows.len());
                    given_up.push(format!("{what}: given up at {requests} requests, {rows} rows"));
                }
                Ok(_) => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{} went wrong:\n{}", wrong.len(), wrong.join("\n"));
    given_up
}

/// How many schedules of each kind of server and of paging: more in the long
/// run, `AMOCRM_SCHEDULES=100000`.
fn schedules() -> u64 {
    std::env::var("AMOCRM_SCHEDULES").ok().and_then(|n| n.parse().ok()).unwrap_or(1000)
}

#[test]
fn harmless_servers_give_whole_lists() {
    let given_up = play_all(harmless);
    // To give up one of 3,000 is no harm: it is an error, not a short table.
    let most = usize::try_from(schedules() / 1000).unwrap();
    assert!(given_up.len() <= most, "{} given up:\n{}", given_up.len(), given_up.join("\n"));
}

#[test]
fn hostile_servers_give_whole_lists_or_none() {
    let given_up = play_all(hostile).len();
    let all = usize::try_from(schedules()).unwrap() * ALL.len();
    // To give up all of them would be no loss either.
    assert!(given_up < all / 2, "{given_up} of {all} given up");
}

#[test]
fn a_list_of_one_page_that_was_short_at_first_is_read_whole() {
    for paging in ALL {
        for mode in [Mode::FirstInside(4), Mode::FirstShort(10, 1), Mode::SeesFirst(10, 1000)] {
            let schedule = Schedule { mode, paging, rows: 18, limit: 20, latency: 20, seed: 0 };
            let reading = schedule.play().unwrap_or_else(|problem| panic!("{paging:?} {problem}"));
            assert!(reading.is_whole, "{mode:?} {paging:?}");
        }
    }
}

#[test]
fn ends_that_differ_from_answer_to_answer_are_no_list_that_has_shrunk() {
    for paging in ALL {
        for ends in [&[10, 5, 7, 3, 13][..], &[10, 0, 5, 7, 3, 13], &[13, 4, 13, 4, 5, 13]] {
            let (mode, rows) = (Mode::Ends(ends), 13);
            let schedule = Schedule { mode, paging, rows, limit: 20, latency: 20, seed: 0 };
            schedule.play().unwrap_or_else(|problem| panic!("{paging:?} {ends:?} {problem}"));
        }
    }
}

#[test]
fn rows_that_move_to_the_front_are_not_lost_for_others_that_did() {
    for paging in [Paging::Sized, Paging::Numbered] {
        let schedule = Schedule::new(paging, 99388, hostile);
        assert!(matches!(schedule.mode, Mode::MovesToFront(_)), "{:?}", schedule.mode);
        schedule.play().unwrap_or_else(|problem| panic!("{paging:?} {problem}"));
    }
}

#[test]
fn the_last_rows_may_be_of_one_second_and_name_a_next_page() {
    for seed in 0..schedules() {
        let mut rng = fastrand::Rng::with_seed(seed);
        let (mode, limit) = (Mode::TiesAlwaysNext(rng.u64(2..=3)), 100);
        let (rows, latency) = (rng.u64(1..=2000), [0, 20, 300, 1000][rng.usize(..4)]);
        let schedule = Schedule { mode, paging: Paging::Numbered, rows, limit, latency, seed };
        let reading = schedule.play().unwrap_or_else(|problem| panic!("{seed} {problem}"));
        assert!(reading.is_whole, "{mode:?} {rows} rows, {latency} ms, seed {seed}");
    }
}

#[test]
fn a_server_that_cuts_pages_off_is_never_taken_for_the_end_of_a_list() {
    for paging in ALL {
        for (limit, cap) in [(500, 50), (100, 20), (50, 30), (250, 249)] {
            let mode = Mode::Truncates(cap);
            let schedule = Schedule { mode, paging, rows: 300, limit, latency: 20, seed: 0 };
            schedule.play().unwrap_or_else(|problem| panic!("{paging:?} {cap} {problem}"));
        }
    }
}

#[test]
fn a_list_that_only_ever_gives_one_more_row_ends() {
    for paging in ALL {
        let mode = Mode::Grows(1);
        let schedule = Schedule { mode, paging, rows: 2, limit: 50, latency: 1000, seed: 13456 };
        let reading = schedule.play().unwrap_or_else(|problem| panic!("{paging:?} {problem}"));
        assert!(reading.requests < 50, "{paging:?}: {} requests", reading.requests);
    }
}

/// Plays one schedule and shows what went over the wire, such as
/// `AMOCRM_SCHEDULE="harmless Offset 17" cargo test paging::tests::one -- --ignored --nocapture`.
#[test]
#[ignore = "shows one schedule"]
fn one_schedule() {
    let schedule = std::env::var("AMOCRM_SCHEDULE").unwrap();
    let words: Vec<&str> = schedule.split(' ').collect();
    let mode = if words[0] == "harmless" { harmless } else { hostile };
    let paging = ALL.into_iter().find(|paging| format!("{paging:?}") == words[1]).unwrap();
    let schedule = Schedule::new(paging, words[2].parse().unwrap(), mode);
    println!("{:?} {} by {}", schedule.mode, schedule.rows, schedule.limit);
    println!("{:?}", schedule.play().map(|reading| (reading.is_whole, reading.rows.len())));
}
