//! Reads one whole list: sends the requests of a [`Pager`] and keeps the pages, so
//! that an interrupted list still gives its rows.

use std::future::Future;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt};

use super::page_request::PageRequest;
use super::pager::{MOST_REFUSALS, Missing, Pager};
use super::range::{PageRange, Paging};
use crate::account::transport::{Answer, Transport};
use crate::error::{At, Error};
use crate::http::Request;
use crate::http::rate_limiter::{ALLOWED, RateLimiter};
use crate::json::page::Page;
use crate::progress::Progress;
use crate::sync::lock;
use crate::table::{RowSink, SeenKeys, Table};

/// The most requests in flight, with a slow server.
const MAX_AHEAD: usize = 16;

/// When the first page takes longer, the second one is asked for, too.
const SLOW: Duration = Duration::from_secs(1);

/// A list ends when no new row comes in this time.
pub(super) const NO_PROGRESS: Duration = Duration::from_secs(300);

/// The pages of one list that were received, and the state of the list.
pub struct Pages<T> {
    state: Mutex<ListState<T>>,
    first: PageRange,
}

struct ListState<T> {
    pager: Pager<T>,
    /// Rows that need no check.
    added: Vec<T>,
    /// Whether they came out of order.
    is_out_of_order: bool,
    /// The joined rows of the settled parts, which can no longer change. None once
    /// they are taken.
    rows: Option<T>,
    /// Their keys.
    seen: SeenKeys,
}

impl<T: RowSink> Pages<T> {
    /// A list to be read in pages of at most `limit` records. `empty` collects rows.
    pub fn new(paging: Paging, limit: u32, empty: T) -> Self {
        let pager = Pager::new(paging, limit);
        let state = ListState {
            pager,
            added: Vec::new(),
            is_out_of_order: false,
            rows: Some(empty),
            seen: SeenKeys::default(),
        };
        Pages { state: Mutex::new(state), first: paging.first(limit) }
    }

    /// The part that is asked for first.
    pub fn first(&self) -> PageRange {
        self.first
    }

    /// Adds rows that need no check, such as those of records asked for by id.
    pub fn add(&self, page: Page<T>) {
        self.lock().added.push(page.rows);
    }

    /// The same for rows that came later than rows behind them.
    pub fn add_late(&self, page: Page<T>) {
        self.lock().is_out_of_order = true;
        self.add(page);
    }

    /// All rows received, in order, each once. None when they were taken before.
    pub fn take(&self) -> Option<T> {
        let mut state = self.lock();
        state.join_all();
        state.seen = SeenKeys::default();
        let mut rows = state.rows.take()?;
        if state.is_out_of_order {
            rows.sort_by_id();
        }
        Some(rows)
    }

    /// Adds the keys of the rows received.
    pub fn keys_into(&self, keys: &mut SeenKeys) {
        let mut state = self.lock();
        state.join_all();
        state.rows.iter().for_each(|rows| rows.keys_into(keys));
    }

    fn lock(&self) -> MutexGuard<'_, ListState<T>> {
        lock(&self.state)
    }
}

impl Pages<Table> {
    /// The texts of a column of the rows received.
    pub fn texts(&self, column: &str) -> Vec<String> {
        let mut state = self.lock();
        state.join_all();
        state.rows.iter().flat_map(|rows| rows.texts(column)).flatten().collect()
    }
}

impl Pages<Vec<Table>> {
    /// The texts of a column of the first table, row by row.
    pub fn texts(&self, column: &str) -> Vec<Option<String>> {
        let mut state = self.lock();
        state.join_all();
        let first = state.rows.iter().flatten().next();
        first.map(|table| table.texts(column)).unwrap_or_default()
    }
}

impl<T: RowSink> ListState<T> {
    /// Joins pages as soon as they are settled, while they are still in the CPU's
    /// cache. Their memory is reused for the next ones.
    fn join_settled(&mut self) -> &Pager<T> {
        while let Some(page) = self.pager.take_settled() {
            self.join(page);
        }
        &self.pager
    }

    fn join_all(&mut self) {
        let rest = self.pager.take_rows();
        for page in std::mem::take(&mut self.added).into_iter().chain(rest) {
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
pub fn join_lists<T: RowSink>(lists: impl IntoIterator<Item = T>) -> Option<T> {
    let mut lists = lists.into_iter().peekable();
    let mut whole = lists.next()?;
    let mut seen = SeenKeys::default();
    if lists.peek().is_some() {
        whole.keys_into(&mut seen);
    }
    lists.for_each(|list| whole.append(list, &mut seen));
    Some(whole)
}

/// Joins lists whose keys say nothing of other lists: every row is kept.
pub fn stack_lists<T: RowSink>(lists: impl IntoIterator<Item = T>) -> Option<T> {
    lists.into_iter().reduce(|mut whole, list| {
        whole.append(list, &mut SeenKeys::default());
        whole
    })
}

/// What is needed to read a list.
pub struct ListContext<'r> {
    /// Requests a second that the account allows.
    pub rate: f64,
    /// Says when the next one may start.
    pub limiter: &'r RateLimiter,
    /// What the list is, in words, for messages.
    pub name: &'r str,
    /// How the server pages it.
    pub paging: Paging,
    /// Method and path, for errors.
    pub endpoint: String,
    /// Whether only some rows of a larger list are asked for.
    pub is_filtered: bool,
    /// Counts the pages.
    pub progress: &'r Progress,
}

impl<'r> ListContext<'r> {
    /// The list that begins with `request`.
    pub fn new(
        transport: &'r Transport,
        rate: f64,
        name: &'r str,
        paging: Paging,
        request: &Request,
    ) -> Self {
        ListContext {
            rate,
            limiter: &transport.account.limiter,
            name,
            paging,
            endpoint: request.endpoint(),
            is_filtered: request.is_filtered(),
            progress: &transport.http.progress,
        }
    }
}

/// Reads a list from its first row to its end into `pages`.
///
/// # Errors
/// What `fetch` fails with, at once, unless smaller requests may do;
/// [`Error::Incomplete`] when some rows can't be had although the server
/// answers, or no new ones come for five minutes.
pub async fn read_list<T, F, A>(
    list: &ListContext<'_>,
    pages: &Pages<T>,
    fetch: F,
) -> Result<(), Error>
where
    T: RowSink,
    F: Fn(PageRequest) -> A,
    A: Future<Output = Result<Answer<Page<T>>, Error>> + Send,
{
    pages.lock().pager.set_filtered(list.is_filtered);
    let mut in_flight = FuturesUnordered::new();
    let mut slow_start = std::pin::pin!(tokio::time::sleep(SLOW));
    let mut no_progress = std::pin::pin!(tokio::time::sleep(list.no_progress()));
    let mut last_refusal = None;
    let mut is_first = true;
    let mut may_ask = true;
    while !pages.lock().join_settled().is_over() {
        tokio::select! {
            // Polled first, together with the request that was just added: only
            // when polled it counts in the rate limiter.
            biased;
            Some((request, answer)) = in_flight.next() => {
                match answer {
                    Err(error) if is_too_slow(&error) => {
                        if !pages.lock().pager.refused(&request) {
                            return Err(after_all_tries(error));
                        }
                        last_refusal = Some(error);
                    }
                    answer => if list.take_in(pages, &request, answer?) {
                        no_progress.set(tokio::time::sleep(list.no_progress()));
                    }
                }
                (is_first, may_ask) = (false, true);
            }
            () = list.limiter.free(), if may_ask => match next_request(pages) {
                Some(request) => in_flight.push(answer_to(request.clone(), fetch(request))),
                None if in_flight.is_empty() => break,
                None => may_ask = false,
            },
            () = &mut slow_start, if is_first && !in_flight.is_empty() => {
                pages.lock().pager.set_concurrency(2);
                (is_first, may_ask) = (false, true);
            }
            () = &mut no_progress => {
                return Err(last_refusal.unwrap_or_else(|| list.incomplete(
                    format!("{}: no new rows for {} s", list.name, NO_PROGRESS.as_secs())
                )));
            }
        }
    }
    let state = pages.lock();
    match state.pager.missing() {
        // A refusal is the reason why the rest is missing.
        Some(missing) => Err(last_refusal.unwrap_or_else(|| list.incomplete(list.index(missing)))),
        None if state.pager.is_over() => Ok(()),
        // Nothing is in flight, and nothing is left to ask for.
        None => Err(list.incomplete(list.name.to_owned())),
    }
}

/// A function, so that the lock is released at its end.
fn next_request<T: RowSink>(pages: &Pages<T>) -> Option<PageRequest> {
    pages.lock().pager.next_request()
}

fn answer_to<'a, A>(request: PageRequest, fetch: A) -> BoxFuture<'a, (PageRequest, A::Output)>
where
    A: Future + Send + 'a,
{
    Box::pin(async move {
        if !request.after.is_zero() {
            tokio::time::sleep(request.after).await;
        }
        (request, fetch.await)
    })
}

/// The error with the tries of all refusals.
pub(super) fn after_all_tries(mut error: Error) -> Error {
    if let Error::Timeout { tries, .. } = &mut error {
        *tries *= MOST_REFUSALS;
    }
    error
}

/// Whether smaller requests may do.
pub fn is_too_slow(error: &Error) -> bool {
    match error {
        Error::Timeout { .. } => true,
        Error::Http { at, .. } => at.status == Some(504),
        _ => false,
    }
}

/// How many requests to have in flight: as many as are sent at `rate` during one
/// answer, and one more.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub(crate) fn requests_ahead(answer_time: Duration, rate: f64) -> usize {
    let arriving = (answer_time.as_secs_f64() * rate).ceil().clamp(1.0, MAX_AHEAD as f64 - 1.0);
    arriving as usize + 1
}

impl ListContext<'_> {
    /// Takes a page; true if it has new rows.
    fn take_in<T: RowSink>(
        &self,
        pages: &Pages<T>,
        request: &PageRequest,
        answer: Answer<Page<T>>,
    ) -> bool {
        let (index, limit) = (request.range, request.range.limit);
        if answer.value.records > limit {
            self.progress.log(|| {
                let (name, records) = (self.index(Missing::Of(index)), answer.value.records);
                format!("{name}: {records} rows where {limit} were asked for")
            });
        }
        let mut state = pages.lock();
        state.pager.set_concurrency(requests_ahead(answer.elapsed, self.rate.min(ALLOWED)));
        let new = state.pager.received(request, answer.value);
        // Counted after the page was taken, so that counted pages can be found.
        if new > 0 {
            self.progress.page_read(new);
        }
        new > 0
    }

    /// At a low rate six tries alone take their time.
    fn no_progress(&self) -> Duration {
        NO_PROGRESS + Duration::try_from_secs_f64(10.0 / self.rate).unwrap_or_default()
    }

    fn index(&self, missing: Missing) -> String {
        let name = self.name;
        match missing {
            Missing::Of(range) | Missing::From(range) if self.paging.is_numbered() => {
                format!("{name}, page {}", range.page_number())
            }
            Missing::Of(range) => {
                format!("{name}, rows {} to {}", range.offset + 1, range.end())
            }
            Missing::From(range) => format!("{name} from row {}", range.offset + 1),
        }
    }

    fn incomplete(&self, index: String) -> Error {
        Error::Incomplete {
            pages: vec![index],
            at: Box::new(At { endpoint: self.endpoint.clone(), ..At::default() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ListContext, Pages, read_list, requests_ahead};
    use crate::http::rate_limiter::RateLimiter;
    use crate::paging::Paging;
    use crate::progress::Progress;
    use crate::table::{Schema, Table};
    use futures_util::FutureExt;
    use std::cell::Cell;
    use std::time::Duration;

    /// How many requests a list is begun with.
    fn asked_at_once(limiter: &RateLimiter) -> usize {
        let list = ListContext {
            rate: 7.0,
            limiter,
            name: "notes",
            paging: Paging::Offset,
            endpoint: String::new(),
            is_filtered: false,
            progress: &Progress::default(),
        };
        let pages = Pages::new(Paging::Offset, 500, Table::new(&Schema::TEXT));
        let asked = Cell::new(0);
        let read = read_list(&list, &pages, |_| {
            asked.set(asked.get() + 1);
            std::future::pending()
        });
        assert!(read.now_or_never().is_none());
        asked.get()
    }

    #[tokio::test]
    async fn what_to_ask_for_is_decided_when_a_request_may_start() {
        let limiter = RateLimiter::new(7.0);
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
