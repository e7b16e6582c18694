//! Servers made up here, in a time made up here. They move, lag, lie, refuse
//! and stall, each by a seed of its own.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashSet};

use super::super::fetch_all::requests_ahead;
use super::super::page_request::PageRequest;
use super::super::pager::Pager;
use super::super::{PageRange, Paging};
use crate::json::page::{Extent, Page};
use crate::json::page_keys::PageKeys;
use std::time::Duration;

/// Milliseconds.
type Time = u64;

/// How long a request that is never answered takes, with its two tries.
const REFUSAL: Time = 2500;

/// Without a new row in this time the driver gives up.
const NO_PROGRESS: Time = 300_000;

/// What a server does besides serving the page that was asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mode {
    Still,
    AlwaysNext,
    /// The same; so many rows each are equal in the order, and keep theirs.
    TiesAlwaysNext(u64),
    /// A next page is not named now and then.
    NoNext,
    /// From the n-th request on nothing is answered.
    StallsFrom(u64),
    StallsNowAndThen,
    /// Pages with this row are never answered.
    StallsAtRow(u64),
    /// More rows than these are refused.
    RefusesMore(u32),
    IgnoresOffset,
    /// Any rows in any order.
    Random,
    /// All rows in another order each time.
    Shuffled,
    /// Rows of equal order, as many as these, stand in any order.
    Ties(u64),
    /// The same, but in one order for each range that is asked for.
    TiesByRange(u64),
    /// The same, but in one order for each of two machines that answer by chance.
    TiesOfTwo(u64),
    NewIds,
    EmptyWithNext,
    EveryOtherEmpty,
    FirstAtEachPlaceEmpty,
    LagsEmpty,
    LagsShort,
    LagsInside,
    /// Leaves out rows and fills up with those that follow.
    LagsFilled,
    /// The first page lacks so many rows at its end, so many times.
    FirstShort(usize, u64),
    /// The first page lacks some in its middle.
    FirstInside(usize),
    /// For a time only so many rows are there.
    SeesFirst(usize, Time),
    /// The same from the moment that rows beyond were asked for.
    SeesFirstLate(usize, Time),
    /// Each answer knows only so many rows, the last number stays.
    Ends(&'static [usize]),
    /// For a time from the n-th request on all is empty.
    EmptyFor(u64, Time),
    /// So many rows at the end with each request.
    Grows(usize),
    /// So many rows a second.
    GrowsBySecond(u64),
    InsertsInFront(usize),
    InsertsInFrontBySecond(u64),
    InsertsAnywhere,
    DeletesInFront(usize),
    DeletesAnywhere,
    Churns,
    ChurnsInBursts(usize),
    /// So many rows with each request.
    MovesToFront(usize),
    MovesToEnd(usize),
    /// Pages are never longer.
    Caps(usize),
    CapsAndDeletes(usize),
    /// Pages are never longer, but begin where longer ones would.
    Truncates(usize),
    Doubles,
    /// So many rows more than asked for.
    Longer(usize),
    Reversed,
    ShrinksTo(usize),
}

/// A row: its id, and what the list is ordered by.
type Row = (u64, i64);

pub struct Server {
    mode: Mode,
    pub paging: Paging,
    rng: fastrand::Rng,
    pub rows: Vec<Row>,
    /// Shows what the list is ordered by. Rows that come or move to the front are then
    /// before all others in it, and those that move count as others.
    pub tells_order: bool,
    /// Rows that were there all the time.
    pub constant: BTreeSet<u64>,
    requests: u64,
    indices: HashSet<PageRange>,
    next_id: u64,
    grown: u64,
    window_from: Option<Time>,
}

/// What a server answers; None is no answer.
type Answer = Option<Page<Vec<u64>>>;

impl Server {
    pub fn new(mode: Mode, paging: Paging, rows: u64, seed: u64) -> Self {
        let tie = match mode {
            Mode::Ties(tie)
            | Mode::TiesByRange(tie)
            | Mode::TiesOfTwo(tie)
            | Mode::TiesAlwaysNext(tie) => tie,
            _ => 1,
        };
        let rows: Vec<Row> = (0..rows)
            .map(|row| (1000 + 7 * row, i64::try_from(row / tie.max(1)).unwrap()))
            .collect();
        Server {
            mode,
            paging,
            rng: fastrand::Rng::with_seed(seed),
            constant: rows.iter().map(|row| row.0).collect(),
            rows,
            tells_order: false,
            requests: 0,
            indices: HashSet::new(),
            next_id: 10_000_000,
            grown: 0,
            window_from: None,
        }
    }

    fn new_rows(&mut self, rows: usize) -> Vec<Row> {
        let order = self.rows.last().map_or(0, |row| row.1);
        let first = self.next_id;
        self.next_id += rows as u64;
        (first..self.next_id).map(|id| (id, order + 1)).collect()
    }

    fn insert(&mut self, index: usize, rows: usize) {
        let mut new = self.new_rows(rows);
        if self.tells_order {
            let order = self.order_at(index);
            for row in &mut new {
                row.1 = order;
            }
        }
        self.rows.splice(index..index, new);
    }

    /// The sort value of a row that comes there.
    fn order_at(&self, index: usize) -> i64 {
        let first = self.rows.first().map_or(0, |row| row.1);
        index.checked_sub(1).map_or(first - 1, |before| self.rows[before].1)
    }

    fn delete(&mut self, first: usize, rows: usize) {
        let end = (first + rows).min(self.rows.len());
        for row in self.rows.drain(first.min(end)..end) {
            self.constant.remove(&row.0);
        }
    }

    fn any_place(&mut self) -> usize {
        self.rng.usize(..=self.rows.len())
    }

    fn often(&mut self) -> bool {
        self.rng.f64() < 0.3
    }

    /// Whether it lags just now: for 0.6 s every four seconds, and then often.
    fn lags(&mut self, now: Time) -> bool {
        now % 4000 < 600 && self.rng.bool()
    }

    /// What happens to the list when a request arrives.
    fn move_rows(&mut self, now: Time) {
        let mode = self.mode;
        let often = self.often();
        match mode {
            Mode::Grows(rows) => self.insert(self.rows.len(), rows),
            Mode::GrowsBySecond(rate) | Mode::InsertsInFrontBySecond(rate) => {
                let wanted = now * rate / 1000;
                let new = usize::try_from(wanted - self.grown).unwrap();
                self.grown = wanted;
                let in_front = matches!(mode, Mode::InsertsInFrontBySecond(_));
                self.insert(if in_front { 0 } else { self.rows.len() }, new);
            }
            Mode::InsertsInFront(rows) => self.insert(0, rows),
            Mode::InsertsAnywhere => {
                let index = self.any_place();
                self.insert(index, 1);
            }
            Mode::DeletesInFront(rows) => self.delete(0, rows),
            Mode::CapsAndDeletes(_) => self.delete(0, 1),
            Mode::DeletesAnywhere => {
                let index = self.any_place();
                self.delete(index, 1);
            }
            Mode::Churns => self.churn(1),
            Mode::ChurnsInBursts(most) if often => {
                let rows = self.rng.usize(1..=most);
                self.churn(rows);
            }
            Mode::MovesToFront(rows) | Mode::MovesToEnd(rows) if !self.rows.is_empty() => {
                for _ in 0..rows {
                    let from = self.rng.usize(..self.rows.len());
                    let mut row = self.rows.remove(from);
                    if self.tells_order {
                        row.1 = self.order_at(0);
                        self.constant.remove(&row.0);
                    }
                    let is_end = matches!(mode, Mode::MovesToEnd(_));
                    self.rows.insert(if is_end { self.rows.len() } else { 0 }, row);
                }
            }
            Mode::ShrinksTo(rows) if self.requests > 3 => {
                self.delete(rows, self.rows.len());
            }
            _ => {}
        }
    }

    fn churn(&mut self, rows: usize) {
        let index = self.any_place();
        if self.rng.bool() { self.insert(index, rows) } else { self.delete(index, rows) }
    }

    /// The list as this request sees it.
    fn view(&mut self, range: PageRange, now: Time) -> Vec<Row> {
        let mode = self.mode;
        let mut rows = self.rows.clone();
        let sees_first = |rows: &mut Vec<Row>, first, from: Time, time| {
            if now < from + time {
                rows.truncate(first);
            }
        };
        match mode {
            Mode::Ends(ends) => {
                let answer = usize::try_from(self.requests).unwrap().min(ends.len());
                rows.truncate(ends[answer - 1]);
            }
            Mode::Shuffled => self.rng.shuffle(&mut rows),
            Mode::Ties(_) => shuffle_ties(&mut rows, &mut self.rng),
            Mode::TiesByRange(_) => {
                let seed = (range.offset << 10) + u64::from(range.limit);
                shuffle_ties(&mut rows, &mut fastrand::Rng::with_seed(seed));
            }
            Mode::TiesOfTwo(_) => {
                let machine = self.rng.u64(..2);
                shuffle_ties(&mut rows, &mut fastrand::Rng::with_seed(machine));
            }
            Mode::LagsFilled if self.lags(now) => {
                let left_out = (rows.len() / 100).max(1);
                for _ in 0..left_out.min(rows.len()) {
                    rows.remove(self.rng.usize(..rows.len()));
                }
            }
            Mode::SeesFirst(first, time) => sees_first(&mut rows, first, 0, time),
            Mode::SeesFirstLate(first, time) => {
                if range.end() > first as u64 {
                    self.window_from.get_or_insert(now);
                }
                if let Some(from) = self.window_from {
                    sees_first(&mut rows, first, from, time);
                }
            }
            _ => {}
        }
        rows
    }

    fn cut(&self, rows: &[Row], range: PageRange) -> Vec<Row> {
        let mode = self.mode;
        let (mut offset, mut limit) =
            (usize::try_from(range.offset).unwrap(), range.limit as usize);
        match mode {
            Mode::Caps(cap) | Mode::CapsAndDeletes(cap) if cap < limit => {
                if self.paging.is_numbered() {
                    offset = offset / limit * cap;
                }
                limit = cap;
            }
            Mode::Truncates(cap) => limit = limit.min(cap),
            Mode::Longer(rows) => limit += rows,
            Mode::IgnoresOffset => offset = 0,
            _ => {}
        }
        rows.iter().skip(offset).take(limit).copied().collect()
    }

    /// What becomes of a page on its way.
    fn spoil(&mut self, page: &mut Vec<Row>, range: PageRange, now: Time) {
        let mode = self.mode;
        let is_first_at_place = self.indices.insert(range);
        let at_start = range.offset == 0;
        match mode {
            Mode::Random => {
                let limit = (range.limit as usize).min(self.rows.len());
                let all = self.rows.clone();
                *page = self.rng.choose_multiple(all, limit);
            }
            Mode::NewIds => *page = self.new_rows(range.limit as usize),
            // Where no next page is named it can't be told from an empty list.
            Mode::EmptyWithNext if self.paging.tells_next() => page.clear(),
            Mode::EveryOtherEmpty if self.requests % 2 == 0 => page.clear(),
            Mode::FirstAtEachPlaceEmpty if is_first_at_place => page.clear(),
            // A list of which nothing ever shows can't be told from an empty one.
            Mode::LagsEmpty if self.lags(now) && !(at_start && self.requests > 2) => page.clear(),
            Mode::LagsShort if self.lags(now) => page.truncate(self.rng.usize(..=page.len())),
            Mode::LagsInside if page.len() > 10 && self.lags(now) => {
                let at = self.rng.usize(1..page.len() - 5);
                page.drain(at..at + 4);
            }
            Mode::FirstShort(rows, times) if self.requests <= times => {
                page.truncate(page.len().saturating_sub(rows));
            }
            Mode::FirstInside(rows) if self.requests < 2 && page.len() > 2 * rows => {
                page.drain(rows / 2..rows / 2 + rows);
            }
            Mode::EmptyFor(from, time) => {
                if self.requests == from {
                    self.window_from = Some(now);
                }
                if self.window_from.is_some_and(|from| now < from + time) {
                    page.clear();
                }
            }
            Mode::Doubles => {
                let limit = range.limit as usize;
                *page = page.iter().flat_map(|row| [*row, *row]).take(limit).collect();
            }
            Mode::Reversed => page.reverse(),
            _ => {}
        }
    }

    fn is_refused(&mut self, range: PageRange) -> bool {
        let mode = self.mode;
        match mode {
            Mode::StallsFrom(first) => self.requests >= first,
            Mode::StallsNowAndThen => self.rng.f64() < 0.1,
            Mode::StallsAtRow(row) => range.offset <= row && row < range.end(),
            Mode::RefusesMore(most) => range.limit > most,
            _ => false,
        }
    }

    pub fn answer(&mut self, range: PageRange, now: Time) -> Answer {
        let (mode, often) = (self.mode, self.often());
        self.requests += 1;
        self.move_rows(now);
        if self.is_refused(range) {
            return None;
        }
        let view = self.view(range, now);
        let mut page = self.cut(&view, range);
        let shown = match mode {
            Mode::Truncates(_) => range.offset + page.len() as u64,
            Mode::Caps(cap) | Mode::CapsAndDeletes(cap) if self.paging.is_numbered() => {
                let limit = (range.limit as usize).min(cap) as u64;
                range.offset / u64::from(range.limit) * limit + limit
            }
            _ => range.end(),
        };
        let mut has_next = shown < view.len() as u64;
        self.spoil(&mut page, range, now);
        has_next = match mode {
            Mode::AlwaysNext
            | Mode::TiesAlwaysNext(_)
            | Mode::IgnoresOffset
            | Mode::Random
            | Mode::NewIds
            | Mode::EmptyWithNext => true,
            Mode::NoNext => has_next && !often,
            _ => has_next && !page.is_empty(),
        };
        let order = match mode {
            Mode::Ties(_) | Mode::TiesByRange(_) | Mode::TiesOfTwo(_) | Mode::TiesAlwaysNext(_) => {
                page.iter().map(|row| row.1).collect()
            }
            _ if !self.tells_order => Vec::new(),
            _ => page.iter().map(|row| row.1).collect(),
        };
        let ids: Vec<u64> = page.iter().map(|row| row.0).collect();
        let keys = PageKeys { ids: ids.clone(), order, lacks_ids: false }.without_repeats();
        Some(Page {
            records: u32::try_from(ids.len()).unwrap(),
            keys,
            rows: ids,
            has_next,
            extent: Extent::Page,
        })
    }
}

/// Rows of equal order change places.
fn shuffle_ties(rows: &mut [Row], rng: &mut fastrand::Rng) {
    rows.chunk_by_mut(|a, b| a.1 == b.1).for_each(|tie| rng.shuffle(tie));
}

/// What came of reading a list.
#[derive(Debug)]
pub struct Reading {
    /// Rows that came, each once, in order.
    pub rows: Vec<u64>,
    pub is_whole: bool,
    pub requests: usize,
    pub took: Time,
    /// The longest time without a new row.
    pub idle: Time,
}

enum Event {
    Arrives(PageRequest),
    Replies(PageRequest, Answer),
}

/// Reads a list as the driver does, at 7 requests a second.
pub fn read(server: &mut Server, limit: u32, latency: Time) -> Reading {
    let pager = Pager::new(server.paging, limit);
    read_with(pager, server, latency)
}

/// The same for the rows up to a sort value.
pub fn read_until(server: &mut Server, limit: u32, latency: Time, last: i64) -> Reading {
    let mut pager = Pager::new(server.paging, limit);
    pager.set_until(last);
    server.tells_order = true;
    read_with(pager, server, latency)
}

fn read_with(mut pager: Pager<Vec<u64>>, server: &mut Server, latency: Time) -> Reading {
    let mut queue: BinaryHeap<Reverse<(Time, u64)>> = BinaryHeap::new();
    let mut events: Vec<Option<Event>> = Vec::new();
    let mut reading = Reading { rows: vec![], is_whole: false, requests: 0, took: 0, idle: 0 };
    let (mut now, mut last_new, mut next_start) = (0, 0, 0);
    let mut seen = HashSet::new();
    let mut rng = server.rng.fork();
    let mut is_refused = false;
    loop {
        while now >= next_start {
            let Some(request) = pager.next_request() else { break };
            let wait = u64::try_from(request.after.as_millis()).unwrap();
            let way = rng.u64(0..=latency / 2);
            queue.push(Reverse((now + wait + way, events.len() as u64)));
            events.push(Some(Event::Arrives(request)));
            reading.requests += 1;
            next_start = now + 143;
        }
        let settled = std::iter::from_fn(|| pager.take_settled()).flatten();
        reading.rows.extend(settled.filter(|row| seen.insert(*row)));
        if pager.is_over() || is_refused || now > last_new + NO_PROGRESS {
            break;
        }
        if reading.requests > 5000 {
            reading.idle = Time::MAX;
            return reading;
        }
        let next = queue.peek().map(|Reverse((at, _))| *at);
        if next.is_none_or(|at| now < next_start && next_start < at) && now < next_start {
            now = next_start;
            continue;
        }
        let Some(Reverse((at, number))) = queue.pop() else {
            // The driver takes that for an end, too.
            break;
        };
        now = now.max(at);
        match events[usize::try_from(number).unwrap()].take() {
            Some(Event::Arrives(request)) => {
                let answer = server.answer(request.range, now);
                show(now, &request, answer.as_ref());
                let way = if answer.is_none() { REFUSAL } else { rng.u64(0..=latency / 2) };
                queue.push(Reverse((now + way, events.len() as u64)));
                events.push(Some(Event::Replies(request, answer)));
            }
            Some(Event::Replies(request, None)) => {
                is_refused = !pager.refused(&request);
            }
            Some(Event::Replies(request, Some(page))) => {
                pager.set_concurrency(requests_ahead(Duration::from_millis(latency), 7.0));
                if pager.received(&request, page) > 0 {
                    reading.idle = reading.idle.max(now - last_new);
                    last_new = now;
                }
            }
            None => {}
        }
    }
    reading.is_whole = pager.is_over() && pager.missing().is_none();
    reading.took = now;
    reading.idle = reading.idle.max(now - last_new);
    let rest = pager.take_rows().concat();
    reading.rows.extend(rest.into_iter().filter(|row| seen.insert(*row)));
    reading
}

/// Prints a request and its answer, for those who look at one schedule.
fn show(now: Time, request: &PageRequest, answer: Option<&Page<Vec<u64>>>) {
    if std::env::var_os("AMOCRM_SCHEDULE").is_none() {
        return;
    }
    let rows = answer.map(|page| {
        let ends = (page.rows.first().copied(), page.rows.last().copied());
        (page.records, ends, page.has_next)
    });
    println!("{now:>6} {:?} {:?}: {rows:?}", request.purpose, request.range);
}
