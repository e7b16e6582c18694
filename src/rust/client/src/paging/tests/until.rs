//! Lists that have the rows that changed last first, of which only those up to some row
//! are wanted.

use super::super::Paging;
use super::model::{Mode, Reading, Server, read_until};
use super::schedules;

const BOTH: [Paging; 2] = [Paging::Offset, Paging::Numbered];

/// What happens to such a list while it is read.
fn moving(rng: &mut fastrand::Rng, limit: u32) -> Mode {
    let limit = limit as usize;
    match rng.u8(..14) {
        0 => Mode::AlwaysNext,
        1 => Mode::NoNext,
        2 => Mode::RefusesMore(u32::try_from(limit / 4).unwrap().max(20)),
        3 => Mode::Ties(rng.u64(2..=(limit as u64 / 5).max(2))),
        4 => Mode::FirstAtEachPlaceEmpty,
        5 => Mode::LagsEmpty,
        6 => Mode::InsertsInFront(rng.usize(1..=(limit / 20).max(1))),
        7 => Mode::InsertsInFrontBySecond(rng.u64(1..=10)),
        8 => Mode::DeletesInFront(rng.usize(1..=(limit / 50).max(1))),
        9 => Mode::DeletesAnywhere,
        10 => Mode::MovesToFront(rng.usize(1..=(limit / 20).max(1))),
        11 => Mode::Churns,
        12 => Mode::ChurnsInBursts(rng.usize(1..=limit / 10)),
        _ => Mode::Still,
    }
}

/// The rows that were there all the time, did not move, are wanted, and did not come.
fn lost(server: &Server, reading: &Reading, last: i64) -> usize {
    let wanted = server.rows.iter().filter(|row| row.1 <= last).map(|row| row.0);
    let wanted = wanted.filter(|id| server.constant.contains(id));
    wanted.filter(|id| !reading.rows.contains(id)).count()
}

#[test]
fn all_that_is_wanted_is_read_while_the_list_moves() {
    let (mut wrong, mut given_up) = (Vec::new(), Vec::new());
    for paging in BOTH {
        for seed in 0..schedules() {
            let mut rng = fastrand::Rng::with_seed(seed);
            let limit = [50, 100, 250][rng.usize(..3)];
            let rows = rng.u64(50..=12 * u64::from(limit));
            let latency = [0, 20, 300, 1000][rng.usize(..4)];
            let mode = moving(&mut rng, limit);
            let mut server = Server::new(mode, paging, rows, seed);
            let last = server.rows[rng.usize(..server.rows.len())].1;
            let reading = read_until(&mut server, limit, latency, last);
            let what = format!("{mode:?} {paging:?}, {rows} by {limit}, seed {seed}");
            match lost(&server, &reading, last) {
                _ if !reading.is_whole => given_up.push(what),
                0 => {}
                rows => wrong.push(format!("{what}: lost {rows}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{} went wrong:\n{}", wrong.len(), wrong.join("\n"));
    let most = usize::try_from(schedules() / 500).unwrap();
    assert!(given_up.len() <= most, "{} given up:\n{}", given_up.len(), given_up.join("\n"));
}

/// How many requests it takes to read the first rows of 5,000.
fn requests(changed: u64, latency: u64) -> usize {
    let mut server = Server::new(Mode::Still, Paging::Numbered, 5000, 0);
    let last = server.rows[0].1 + i64::try_from(changed).unwrap() - 1;
    let reading = read_until(&mut server, 250, latency, last);
    assert!(reading.is_whole && lost(&server, &reading, last) == 0);
    reading.requests
}

#[test]
fn a_list_in_which_nothing_changed_takes_one_request() {
    for latency in [0, 300, 1000, 3000] {
        assert_eq!(requests(0, latency), 1, "{latency} ms");
    }
}

#[test]
fn a_change_takes_a_request_for_each_page_and_two_more() {
    for latency in [0, 300, 1000] {
        for changed in (1..3500).step_by(31).chain(240..260).chain(485..505) {
            let (took, most) = (requests(changed, latency), changed.div_ceil(250) + 2);
            assert!(took as u64 <= most, "{changed} rows, {latency} ms: {took} requests");
        }
    }
}

#[test]
fn rows_that_come_in_front_are_no_reason_to_read_again() {
    for (mode, last) in [
        (Mode::InsertsInFront(10), 700),
        (Mode::MovesToFront(5), 700),
        // All rows are wanted: the list has its end.
        (Mode::InsertsInFront(10), i64::MAX),
    ] {
        let mut server = Server::new(mode, Paging::Numbered, 1000, 1);
        let reading = read_until(&mut server, 250, 20, last);
        assert!(reading.is_whole && reading.requests <= 9, "{mode:?}: {}", reading.requests);
        assert_eq!(lost(&server, &reading, last), 0, "{mode:?}");
    }
}

#[test]
fn a_list_that_is_not_sorted_is_read_to_its_end() {
    for paging in BOTH {
        for seed in 0..20 {
            let mut server = Server::new(Mode::Still, paging, 1500, seed);
            let mut orders: Vec<i64> = server.rows.iter().map(|row| row.1).collect();
            fastrand::Rng::with_seed(seed).shuffle(&mut orders);
            server.rows.iter_mut().zip(orders).for_each(|(row, order)| row.1 = order);
            let reading = read_until(&mut server, 250, 20, 3);
            assert!(reading.is_whole);
            assert_eq!(reading.rows.len(), 1500, "{paging:?} {seed}");
        }
    }
}
