//! Reads one list whole: drives a [`Walk`] with real requests and keeps what
//! comes, so that an interrupted list still gives what it has.

use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt};

use crate::error::{At, Error};
use crate::limiter::{ALLOWED, Limiter};
use crate::page::Page;
use crate::progress::Progress;
use crate::slice::{Paging, Slice};
use crate::table::{Keys, Table};
use crate::transport::Answer;
use crate::walk::{Ask, StartsOver, Walk};

/// Requests in flight that a slow server may lead to.
const MAX_AHEAD: usize = 16;

/// When the first page takes longer, the second one is asked for meanwhile.
const SLOW: Duration = Duration::from_secs(1);

/// What keeps the rows of a list.
pub trait Append: Send {
    /// Adds the rows of the next page below. Those whose key is in `seen` are
    /// left out, the keys of the others added to it.
    fn append(&mut self, page: Self, seen: &mut Keys);

    /// Adds the keys of the rows.
    fn keys_into(&self, keys: &mut Keys);
}

/// What has arrived of one list, with the way through it.
pub struct Pages<T> {
    state: Mutex<State<T>>,
    limit: u32,
}

struct State<T> {
    walk: Walk<T>,
    /// The rows from the first one up to a place that nothing before can
    /// change any more; None once they are taken.
    rows: Option<T>,
    /// Their keys.
    seen: Keys,
}

impl<T: Append> Pages<T> {
    /// A list to be read `limit` records at a time at most into `empty`.
    pub fn new(paging: Paging, limit: u32, empty: T) -> Self {
        let walk = Walk::new(paging, limit);
        let state = State { walk, rows: Some(empty), seen: Keys::default() };
        Pages { state: Mutex::new(state), limit }
    }

    /// The part that is asked for first.
    pub fn first(&self) -> Slice {
        Slice { offset: 0, limit: self.limit }
    }

    /// Adds rows that need no check, such as those of records named by id.
    pub fn add(&self, page: Page<T>) {
        self.lock().walk.add(page);
    }

    /// The rows of all that has arrived, in order, each once; None when they
    /// were taken before.
    pub fn take(&self) -> Option<T> {
        let mut state = self.lock();
        state.join_all();
        state.seen = Keys::default();
        state.rows.take()
    }

    /// Adds the keys of what has arrived.
    pub fn keys_into(&self, keys: &mut Keys) {
        let mut state = self.lock();
        state.join_all();
        state.rows.iter().for_each(|rows| rows.keys_into(keys));
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pages<Table> {
    /// Texts of a column of what has arrived.
    pub fn texts(&self, column: &str) -> Vec<String> {
        let mut state = self.lock();
        state.join_all();
        state.rows.iter().flat_map(|rows| rows.texts(column)).flatten().collect()
    }
}

impl<T: Append> State<T> {
    /// Joins pages as soon as they can be: each is looked at while it is still
    /// in the cache, and its memory serves the next ones.
    fn join_settled(&mut self) {
        while let Some(page) = self.walk.take_settled() {
            self.join(page);
        }
    }

    fn join_all(&mut self) {
        for page in self.walk.take_rows() {
            self.join(page);
        }
    }

    fn join(&mut self, page: T) {
        if let Some(rows) = &mut self.rows {
            rows.append(page, &mut self.seen);
        }
    }
}

/// The rows of several lists, one after the other, each once; None without
/// lists.
pub fn join_lists<T: Append>(lists: impl IntoIterator<Item = T>) -> Option<T> {
    let mut lists = lists.into_iter().peekable();
    let mut whole = lists.next()?;
    let mut seen = Keys::default();
    if lists.peek().is_some() {
        whole.keys_into(&mut seen);
    }
    lists.for_each(|list| whole.append(list, &mut seen));
    Some(whole)
}

/// How a list is read.
pub struct Reading<'r> {
    /// Requests a second that the account allows.
    pub rate: f64,
    /// Says when the next one may start.
    pub limiter: &'r Limiter,
    /// What the list is, in words, for messages.
    pub name: &'r str,
    /// Whether messages speak of pages rather than of rows.
    pub numbered: bool,
    /// Method and path, for errors.
    pub endpoint: String,
    /// Counts the pages.
    pub progress: &'r Progress,
}

/// Reads a list from its first row to its end into `pages`.
///
/// # Errors
/// What `fetch` fails with, at once, unless smaller requests may do;
/// [`Error::Incomplete`] when some rows can't be had although the server
/// answers.
pub async fn read_list<T, F, A>(
    reading: &Reading<'_>,
    pages: &Pages<T>,
    fetch: F,
) -> Result<(), Error>
where
    T: Append,
    F: Fn(Ask) -> A,
    A: Future<Output = Result<Answer<Page<T>>, Error>> + Send,
{
    let mut in_flight = FuturesUnordered::new();
    let mut patience = std::pin::pin!(tokio::time::sleep(SLOW));
    let mut is_first = true;
    let mut may_ask = true;
    loop {
        pages.lock().join_settled();
        tokio::select! {
            // Answers first, and with them what was just asked for: only then
            // it counts in the limiter.
            biased;
            Some((ask, answer)) = in_flight.next() => {
                match answer {
                    Err(error) if is_too_slow(&error) && pages.lock().walk.split(&ask) => {}
                    answer => reading.take_in(pages, &ask, answer?)?,
                }
                (is_first, may_ask) = (false, true);
            }
            () = reading.limiter.free(), if may_ask => match next_ask(pages) {
                Some(ask) => in_flight.push(answer_to(ask.clone(), fetch(ask))),
                None => may_ask = false,
            },
            () = &mut patience, if is_first && !in_flight.is_empty() => {
                pages.lock().walk.set_ahead(2);
                (is_first, may_ask) = (false, true);
            }
            else => break,
        }
    }
    let missing = pages.lock().walk.missing();
    let missing: Vec<String> = missing.into_iter().map(|slice| reading.place(slice)).collect();
    if missing.is_empty() { Ok(()) } else { Err(reading.incomplete(missing)) }
}

/// The lock must not outlive the call.
fn next_ask<T: Append>(pages: &Pages<T>) -> Option<Ask> {
    pages.lock().walk.next_ask()
}

fn answer_to<'a, A>(ask: Ask, fetch: A) -> BoxFuture<'a, (Ask, A::Output)>
where
    A: Future + Send + 'a,
{
    Box::pin(async move {
        if !ask.after.is_zero() {
            tokio::time::sleep(ask.after).await;
        }
        (ask, fetch.await)
    })
}

fn is_too_slow(error: &Error) -> bool {
    match error {
        Error::Timeout { .. } => true,
        Error::Http { at, .. } => at.status == Some(504),
        _ => false,
    }
}

/// As many requests as arrive in the time of one answer at `rate` a second,
/// and one that is on its way meanwhile.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub(crate) fn requests_ahead(answer_time: Duration, rate: f64) -> usize {
    let arriving = (answer_time.as_secs_f64() * rate).ceil().clamp(1.0, MAX_AHEAD as f64 - 1.0);
    arriving as usize + 1
}

impl Reading<'_> {
    fn take_in<T: Append>(
        &self,
        pages: &Pages<T>,
        ask: &Ask,
        answer: Answer<Page<T>>,
    ) -> Result<(), Error> {
        let mut state = pages.lock();
        state.walk.set_ahead(requests_ahead(answer.elapsed, self.rate.min(ALLOWED)));
        let new = state
            .walk
            .answered(ask, answer.value)
            .map_err(|StartsOver| self.incomplete(vec![self.place(ask.slice)]))?;
        // Told only now, so that who counts pages finds them.
        if new > 0 {
            self.progress.page_read(new);
        }
        Ok(())
    }

    fn place(&self, slice: Slice) -> String {
        if self.numbered {
            return format!("{}, page {}", self.name, slice.page_number());
        }
        format!("{}, rows {} to {}", self.name, slice.offset + 1, slice.end())
    }

    fn incomplete(&self, pages: Vec<String>) -> Error {
        Error::Incomplete {
            pages,
            at: Box::new(At { endpoint: self.endpoint.clone(), ..At::default() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Pages, Reading, read_list, requests_ahead};
    use crate::limiter::Limiter;
    use crate::progress::Progress;
    use crate::slice::Paging;
    use crate::table::{Schema, Table};
    use futures_util::FutureExt;
    use std::cell::Cell;
    use std::time::Duration;

    /// How many requests a list is begun with.
    fn asked_at_once(limiter: &Limiter) -> usize {
        let reading = Reading {
            rate: 7.0,
            limiter,
            name: "notes",
            numbered: false,
            endpoint: String::new(),
            progress: &Progress::default(),
        };
        let pages = Pages::new(Paging::Offset, 500, Table::new(&Schema::TEXT));
        let asked = Cell::new(0);
        let read = read_list(&reading, &pages, |_| {
            asked.set(asked.get() + 1);
            std::future::pending()
        });
        assert!(read.now_or_never().is_none());
        asked.get()
    }

    #[tokio::test]
    async fn what_to_ask_for_is_decided_when_a_request_may_start() {
        let limiter = Limiter::new(7.0);
        assert_eq!(asked_at_once(&limiter), 1);
        limiter.pause(Duration::from_secs(60));
        assert_eq!(asked_at_once(&limiter), 0);
    }

    #[test]
    fn slow_answers_and_high_rates_want_more_requests_in_flight() {
        let ahead = |seconds, rate| requests_ahead(Duration::from_secs_f64(seconds), rate);
        assert_eq!(ahead(0.0, 7.0), 2);
        assert_eq!(ahead(0.3, 7.0), 4);
        assert_eq!(ahead(1.0, 7.0), 8);
        assert_eq!(ahead(1.0, 3.0), 4);
        assert_eq!(ahead(60.0, 7.0), 16);
        assert_eq!(ahead(0.5, f64::INFINITY), 16);
    }
}
