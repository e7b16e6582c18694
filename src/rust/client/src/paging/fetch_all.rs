//! Reads one whole list: sends the requests of a [`Pager`] and keeps the pages, so
//! that an interrupted list still gives its rows.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt};

use super::page_request::PageRequest;
use super::pager::{Emptiness, MOST_REFUSALS, Missing, Pager};
use super::range::{PageRange, Paging};
use crate::account::transport::{Answer, Transport};
use crate::backlog::Backlog;
use crate::error::{At, Error};
use crate::http::Request;
use crate::http::rate_limiter::{ALLOWED, RateLimiter};
use crate::json::page::Page;
use crate::places::Place;
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

pub(super) struct ListState<T> {
    pub(super) pager: Pager<T>,
    /// Rows that need no check.
    added: Vec<T>,
    /// Whether they came out of order.
    is_out_of_order: bool,
    /// The joined rows of the settled parts, which can no longer change. None once
    /// they are taken.
    rows: Option<T>,
    /// What `rows` is before any have come.
    empty: T,
    /// The keys of all rows that were joined, also of those that were taken since.
    seen: SeenKeys,
    /// Counts the joined rows that were not taken.
    backlog: Arc<Backlog>,
    /// Where those that were taken end.
    place: Option<Place>,
}

impl<T: RowSink> Pages<T> {
    /// A list to be read in pages of at most `limit` records. `empty` collects rows.
    pub fn new(paging: Paging, limit: u32, empty: T) -> Self {
        let pager = Pager::new(paging, limit);
        let state = ListState {
            pager,
            added: Vec::new(),
            is_out_of_order: false,
            rows: Some(empty.empty_copy()),
            empty,
            seen: SeenKeys::default(),
            backlog: Arc::new(Backlog::unlimited()),
            place: None,
        };
        Pages { state: Mutex::new(state), first: paging.first(limit) }
    }

    /// Only the rows up to this sort value are wanted ([`super::until`]).
    pub fn set_until(&self, last: i64) {
        self.lock().pager.set_until(last);
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

    /// From now on rows may be taken while the list is read, and `backlog` counts those
    /// that were not.
    pub fn give_batches(&self, backlog: &Arc<Backlog>) {
        self.lock().backlog = Arc::clone(backlog);
    }

    /// What counts the rows that were not taken.
    pub fn backlog(&self) -> Arc<Backlog> {
        Arc::clone(&self.lock().backlog)
    }

    /// The rows that have settled since the last time, in order; None if there are none.
    pub fn take_settled(&self) -> Option<T> {
        let mut state = self.lock();
        state.join_added();
        state.place = state.join_settled().reached.place;
        let empty = state.empty.empty_copy();
        let rows = state.rows.as_mut().filter(|rows| rows.count() > 0)?;
        let rows = std::mem::replace(rows, empty);
        state.backlog.take(rows.count());
        Some(rows)
    }

    /// Where the rows end that were taken last, if the list rises.
    pub fn place(&self) -> Option<Place> {
        self.lock().place
    }

    /// All other rows received, in order, each once. None when they were taken before.
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

    /// Adds the keys of the rows received, until all are taken.
    pub fn keys_into(&self, keys: &mut SeenKeys) {
        let mut state = self.lock();
        state.join_all();
        keys.extend(&state.seen);
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, ListState<T>> {
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

    fn join_added(&mut self) {
        for page in std::mem::take(&mut self.added) {
            self.join(page);
        }
    }

    fn join_all(&mut self) {
        self.join_added();
        for page in self.pager.take_rows() {
            self.join(page);
        }
    }

    fn join(&mut self, page: T) {
        if let Some(rows) = &mut self.rows {
            let before = rows.count();
            rows.append(page, &mut self.seen);
            self.backlog.add(rows.count() - before);
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
    /// How sure it is made that it is empty if no rows come.
    pub emptiness: Emptiness,
    /// Whether the first page tells how all are read, so that none is read before it.
    pub waits_for_first: bool,
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
            emptiness: Emptiness::Doubted,
            waits_for_first: false,
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
    pages.lock().pager.set_emptiness(list.emptiness);
    let backlog = pages.backlog();
    let mut in_flight = FuturesUnordered::new();
    let mut slow_start = std::pin::pin!(tokio::time::sleep(SLOW));
    let mut no_progress = std::pin::pin!(tokio::time::sleep(list.no_progress()));
    let mut last_refusal = None;
    let mut is_first = true;
    let mut may_ask = true;
    while !pages.lock().join_settled().is_over() {
        // While rows wait to be taken, the server is not to blame that no new ones come.
        let is_full = backlog.is_full();
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
            () = backlog.room(), if is_full => {
                no_progress.set(tokio::time::sleep(list.no_progress()));
            }
            () = list.limiter.free(), if may_ask && !is_full => match next_request(pages) {
                Some(request) => in_flight.push(answer_to(request.clone(), fetch(request))),
                None if in_flight.is_empty() => break,
                None => may_ask = false,
            },
            () = &mut slow_start, if is_first && !list.waits_for_first && !in_flight.is_empty() => {
                pages.lock().pager.set_concurrency(2);
                (is_first, may_ask) = (false, true);
            }
            () = &mut no_progress, if !is_full => {
                return Err(last_refusal.unwrap_or_else(|| list.incomplete(
                    format!("{}: no new rows for {} s", list.name, NO_PROGRESS.as_secs())
                )));
            }
        }
    }
    let state = pages.lock();
    match state.pager.missing() {
        // A refusal is the reason why the rest is missing.
        Some(missing) => Err(last_refusal.unwrap_or_else(|| list.incomplete(list.words(missing)))),
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
    pub(super) fn take_in<T: RowSink>(
        &self,
        pages: &Pages<T>,
        request: &PageRequest,
        answer: Answer<Page<T>>,
    ) -> bool {
        let limit = request.range.limit;
        if answer.value.records > limit {
            self.progress.log(|| {
                let (name, records) =
                    (self.words(Missing::Of(request.range)), answer.value.records);
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

    /// A place of the list in words.
    fn words(&self, missing: Missing) -> String {
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

    fn incomplete(&self, place: String) -> Error {
        Error::Incomplete {
            pages: vec![place],
            at: Box::new(At { endpoint: self.endpoint.clone(), ..At::default() }),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Emptiness, ListContext, Pages, read_list, requests_ahead};
    use crate::account::transport::Answer;
    use crate::backlog::Backlog;
    use crate::error::Error;
    use crate::http::rate_limiter::RateLimiter;
    use crate::json::page::{Extent, Page};
    use crate::json::page_keys::PageKeys;
    use crate::paging::{PageRange, PageRequest, Paging};
    use crate::progress::Progress;
    use crate::table::row::Row;
    use crate::table::{Schema, Table};
    use futures_util::FutureExt;
    use std::cell::Cell;
    use std::future::{Ready, ready};
    use std::sync::Arc;
    use std::time::Duration;

    static SCHEMA: Schema = Schema { keys: &["id"], ..Schema::TEXT };

    fn list<'r>(limiter: &'r RateLimiter, progress: &'r Progress) -> ListContext<'r> {
        ListContext {
            rate: 7.0,
            limiter,
            name: "notes",
            paging: Paging::Offset,
            endpoint: String::new(),
            emptiness: Emptiness::Doubted,
            waits_for_first: false,
            progress,
        }
    }

    /// A page of a list that has so many rows.
    fn page(range: PageRange, rows: u64) -> Page<Table> {
        let mut table = Table::new(&SCHEMA);
        let ids: Vec<u64> = (range.offset..range.end().min(rows)).collect();
        for id in &ids {
            let text = id.to_string();
            let mut row = Row::default();
            row.push("id", &text);
            table.push(&row).unwrap();
        }
        let records = table.rows();
        Page {
            rows: table,
            records,
            keys: PageKeys { ids, ..PageKeys::default() },
            has_next: false,
            extent: Extent::Page,
        }
    }

    fn served(request: &PageRequest, rows: u64) -> Ready<Result<Answer<Page<Table>>, Error>> {
        let value = page(request.range, rows);
        ready(Ok(Answer { value, elapsed: Duration::from_millis(300) }))
    }

    /// How many requests a list is begun with.
    fn asked_at_once(limiter: &RateLimiter) -> usize {
        let progress = Progress::default();
        let list = list(limiter, &progress);
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

    #[tokio::test(start_paused = true)]
    async fn a_list_waits_for_those_who_take_its_rows_and_then_goes_on() {
        let (limiter, progress) = (RateLimiter::new(f64::INFINITY), Progress::default());
        let list = list(&limiter, &progress);
        let pages = Pages::new(Paging::Offset, 50, Table::new(&SCHEMA));
        let backlog = Arc::new(Backlog::of_batches(100));
        pages.give_batches(&backlog);
        let asked = Cell::new(0);
        let mut read = Box::pin(read_list(&list, &pages, |request| {
            asked.set(asked.get() + 1);
            served(&request, 2000)
        }));
        let (mut ids, mut waits) = (Vec::new(), 0);
        loop {
            // Longer than a list may be without new rows.
            let ended = tokio::time::timeout(Duration::from_secs(1000), &mut read).await;
            let before = asked.get();
            assert!(backlog.rows() <= 200 + 4 * 50, "{} rows wait", backlog.rows());
            if let Ok(ended) = ended {
                assert_eq!(ended, Ok(()));
                break;
            }
            assert!(backlog.is_full(), "it waits for nobody");
            assert!((&mut read).now_or_never().is_none());
            assert_eq!(asked.get(), before, "it goes on");
            waits += 1;
            ids.extend(pages.take_settled().unwrap().texts("id").into_iter().flatten());
        }
        ids.extend(pages.take().unwrap().texts("id").into_iter().flatten());
        assert_eq!(ids, (0..2000).map(|id| id.to_string()).collect::<Vec<_>>());
        assert!(waits >= 5, "{waits}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_list_without_new_rows_ends_also_if_others_wait_for_those_who_take_rows() {
        let (limiter, progress) = (RateLimiter::new(f64::INFINITY), Progress::default());
        let list = list(&limiter, &progress);
        let pages = Pages::new(Paging::Offset, 50, Table::new(&SCHEMA));
        let backlog = Arc::new(Backlog::of_batches(100));
        pages.give_batches(&backlog);
        backlog.add(200);
        let mut read = Box::pin(read_list(&list, &pages, |_| std::future::pending()));
        let patience = Duration::from_secs(1000);
        assert!(tokio::time::timeout(patience, &mut read).await.is_err());
        backlog.take(200);
        let ended = tokio::time::timeout(patience, &mut read).await;
        assert!(matches!(ended, Ok(Err(Error::Incomplete { .. }))));
    }

    #[test]
    fn rows_that_were_taken_do_not_come_again() {
        let pages = Pages::new(Paging::Offset, 50, Table::new(&SCHEMA));
        let range = PageRange { offset: 0, limit: 3 };
        assert!(pages.take_settled().is_none());
        pages.add(page(range, 3));
        assert_eq!(pages.take_settled().unwrap().rows(), 3);
        pages.add(page(range, 3));
        pages.add(page(PageRange { offset: 2, limit: 3 }, 5));
        assert_eq!(
            pages.take_settled().unwrap().texts("id"),
            [Some("3".to_owned()), Some("4".to_owned())]
        );
        assert!(pages.take_settled().is_none());
        assert_eq!(pages.take().unwrap().rows(), 0);
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
