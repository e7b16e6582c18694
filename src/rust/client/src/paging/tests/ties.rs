//! Lists with many rows of one moment, as bulk operations make them.

use super::super::Paging;
use super::model::{Mode, Reading, Server, read};
use super::{ALL, schedules};

/// Sizes of ties, of small parts of a page to many pages.
const TIES: [usize; 12] = [2, 5, 10, 20, 34, 40, 50, 70, 100, 150, 250, 500];

/// Where the ties of a list are.
#[derive(Clone, Copy, Debug)]
enum Ties {
    /// One of so many rows, the first of which has this index.
    At(usize, usize),
    /// All of so many rows.
    Throughout(usize),
}

impl Ties {
    fn any(rng: &mut fastrand::Rng, rows: usize) -> Ties {
        let tie = TIES[rng.usize(..TIES.len())].min(rows);
        match rng.u8(..5) {
            0 => Ties::Throughout(tie),
            1 => Ties::Throughout(rows),
            2 => Ties::At(rows - tie, tie),
            _ => Ties::At(rng.usize(..=rows - tie), tie),
        }
    }

    /// The moment of a row.
    fn moment(self, index: usize) -> usize {
        match self {
            Ties::At(first, tie) if index >= first => index.saturating_sub(tie - 1).max(first),
            Ties::At(..) => index,
            Ties::Throughout(tie) => index / tie,
        }
    }
}

/// A list with ties, and how it is read.
#[derive(Clone, Copy, Debug)]
struct List {
    paging: Paging,
    rows: usize,
    limit: u32,
    latency: u64,
    seed: u64,
}

impl List {
    fn any(rng: &mut fastrand::Rng, paging: Paging) -> List {
        let limit = [20, 50, 80, 100, 250][rng.usize(..5)];
        let rows = rng.usize(1..=12 * limit as usize);
        let latency = [0, 20, 300, 1000][rng.usize(..4)];
        List { paging, rows, limit, latency, seed: rng.u64(..) }
    }

    fn server(self, mode: Mode, ties: Ties) -> Server {
        let mut server = Server::new(mode, self.paging, self.rows as u64, self.seed);
        server.tells_order = true;
        for (index, row) in server.rows.iter_mut().enumerate() {
            row.1 = i64::try_from(ties.moment(index)).unwrap();
        }
        server
    }

    fn read(self, mode: Mode, ties: Ties) -> Reading {
        read(&mut self.server(mode, ties), self.limit, self.latency)
    }

    /// Whether a server that keeps the order of its ties gives all rows in order, with
    /// how many requests.
    fn requests(self, ties: Ties) -> Result<usize, String> {
        let reading = self.read(Mode::Still, ties);
        let all = self.server(Mode::Still, ties).rows;
        let is_all = reading.rows.iter().eq(all.iter().map(|row| &row.0));
        if reading.is_whole && is_all {
            return Ok(reading.requests);
        }
        let (rows, requests) = (reading.rows.len(), reading.requests);
        Err(format!("{self:?} {ties:?}: {rows} rows by {requests} requests"))
    }
}

#[test]
fn ties_that_keep_their_order_are_read_whole_wherever_pages_end() {
    let mut wrong = Vec::new();
    for paging in ALL {
        for seed in 0..schedules() / 4 {
            let mut rng = fastrand::Rng::with_seed(seed);
            let list = List::any(&mut rng, paging);
            let ties = Ties::any(&mut rng, list.rows);
            wrong.extend(list.requests(ties).err());
        }
    }
    assert!(wrong.is_empty(), "{} went wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_list_of_one_moment_is_read_whole_however_long_it_is() {
    for rows in [100, 194, 200, 285, 300, 376, 400, 500, 980, 1000, 20_000, 25_000, 30_000] {
        for paging in ALL {
            let list = List { paging, rows, limit: 100, latency: 20, seed: 0 };
            list.requests(Ties::Throughout(rows)).unwrap();
        }
    }
}

#[test]
fn a_tie_at_the_end_of_a_page_or_of_the_list_is_read_whole() {
    for paging in ALL {
        for (rows, limit, ties) in [
            (330, 100, Ties::At(51, 60)),
            (100, 100, Ties::At(66, 34)),
            (100, 100, Ties::At(60, 40)),
            (80, 80, Ties::At(50, 30)),
            (40, 20, Ties::At(30, 10)),
            (31, 20, Ties::Throughout(10)),
            (82, 20, Ties::Throughout(10)),
        ] {
            List { paging, rows, limit, latency: 20, seed: 0 }.requests(ties).unwrap();
        }
    }
}

#[test]
fn ties_cost_one_request_where_they_are_at_the_end_of_a_page() {
    for paging in ALL {
        let list = List { paging, rows: 3000, limit: 100, latency: 0, seed: 0 };
        let usual = list.requests(Ties::Throughout(1)).unwrap();
        // All of them are within a page.
        assert_eq!(list.requests(Ties::At(20, 50)), Ok(usual));
        for tie in TIES {
            let borders = usual - 1;
            let requests = list.requests(Ties::Throughout(tie)).unwrap();
            assert!(requests <= usual + borders, "{paging:?} {tie}: {requests} for {usual}");
        }
    }
}

/// Ways to order ties anew.
const ANY_ORDER: [Mode; 3] = [Mode::Ties(0), Mode::TiesByRange(0), Mode::TiesOfTwo(0)];

/// What a list is that is taken for whole with rows missing, if it is.
fn lost(list: List, mode: Mode, ties: Ties) -> Option<String> {
    let reading = list.read(mode, ties);
    let is_short = reading.is_whole && reading.rows.len() < list.rows;
    is_short.then(|| format!("{mode:?} {list:?} {ties:?}: {} rows", reading.rows.len()))
}

#[test]
fn ties_in_any_order_lose_no_rows() {
    let mut wrong = Vec::new();
    for paging in ALL {
        for seed in 0..schedules() / 4 {
            let mut rng = fastrand::Rng::with_seed(seed);
            let list = List::any(&mut rng, paging);
            let ties = Ties::any(&mut rng, list.rows);
            wrong.extend(lost(list, ANY_ORDER[rng.usize(..3)], ties));
        }
    }
    assert!(wrong.is_empty(), "{} went wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_few_common_rows_of_a_tie_do_not_show_that_it_keeps_its_order() {
    let mut wrong = Vec::new();
    for paging in ALL {
        for seed in 0..2 * schedules() {
            let rows = 25 + usize::try_from(seed % 15).unwrap();
            let list = List { paging, rows, limit: 20, latency: 20, seed };
            wrong.extend(lost(list, Mode::Ties(0), Ties::Throughout(rows)));
        }
    }
    assert!(wrong.is_empty(), "{} went wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_list_of_one_page_is_whole_in_any_order() {
    for rows in [2, 19, 41, 99] {
        for paging in [Paging::Offset, Paging::Numbered] {
            let mut server = Server::new(Mode::Shuffled, paging, rows, 0);
            let reading = read(&mut server, 100, 20);
            assert!(reading.is_whole, "{rows} {paging:?}");
            assert_eq!(reading.rows.len() as u64, rows);
        }
    }
}
