//! `AmoEvents()`: all that happened in the account (docs/api-v4.md, Events; the table is
//! in docs/contract.md, Table of events).

pub mod request;
pub mod rows;
mod windows;

use std::sync::{Arc, OnceLock};
use std::time::{SystemTime, UNIX_EPOCH};

use futures_util::future::{BoxFuture, FutureExt, try_join};

use crate::account::Api;
use crate::endpoints::batches::Batches;
use crate::endpoints::customers;
use crate::endpoints::paged_list::{PagedList, Pagination, read_all};
use crate::endpoints::parameters::EVENTS_LIMIT;
use crate::error::Error;
use crate::paging::PageRange;
use crate::query::{Context, Query, Tables, Warning};
use crate::table::Table;
use crate::table::row_filter::Span;
use request::{EventsRequest, Feed, in_order};
use rows::{EVENTS, EventRows};
use windows::Windows;

/// How many rows of a long list are read as a list of their own. To find out where they
/// end, and to make sure of it, takes some ten requests: 5 % of those that read them.
const ROWS_A_WINDOW: u64 = 20_000;

/// The events of a call.
pub struct EventsQuery {
    request: EventsRequest,
    rows_a_window: u64,
    /// Set as soon as it is known which lists they are.
    lists: OnceLock<Vec<PagedList<Table>>>,
    batches: Batches,
}

impl EventsQuery {
    /// Nothing is read yet.
    pub fn new(request: EventsRequest) -> Self {
        let (lists, batches) = (OnceLock::new(), Batches::default());
        EventsQuery { request, rows_a_window: ROWS_A_WINDOW, lists, batches }
    }

    /// The same with shorter or longer windows of time.
    #[must_use]
    pub fn in_windows_of(mut self, rows: u64) -> Self {
        self.rows_a_window = rows;
        self
    }

    async fn read_lists(&self, context: &Context) -> Result<(), Error> {
        let span = context.span(self.request.moments).await?;
        let lists = self.find_lists(span, context).await?;
        read_all(self.lists.get_or_init(|| lists), context).await
    }

    /// Lists that no longer change: those of the past.
    async fn find_lists(
        &self,
        asked: Span,
        context: &Context,
    ) -> Result<Vec<PagedList<Table>>, Error> {
        let rows = Arc::new(EventRows::new(&self.request, asked));
        let feeds = self.request.feeds();
        if !self.request.ids.is_empty() {
            let list = |feed: &Feed| list(feed, Span::default(), &rows);
            return Ok(feeds.iter().map(list).collect());
        }
        if context.is_increment {
            // What comes meanwhile stands behind what is read, and comes again next time.
            return Ok(feeds.iter().map(|feed| list(feed, asked, &rows)).collect());
        }
        let past = Span { to: Some(end_of_past(asked.to, context).await?), ..asked };
        let mut lists = Vec::new();
        for feed in &feeds {
            let list = |span| list(feed, span, &rows);
            if !feed.is_long {
                lists.push(list(past));
                continue;
            }
            let mut windows = Windows::new(past);
            while let Some(rest) = windows.rest() {
                let first = PageRange { offset: self.rows_a_window, limit: self.page_limit() };
                let beyond = list(rest).peek(first, context).await?;
                windows.cut_at(beyond.and_then(|page| first_moment(&page.rows)));
            }
            lists.extend(windows.found().map(list));
        }
        Ok(lists)
    }

    /// Pages are numbered, so that a window is a number of pages.
    fn page_limit(&self) -> u32 {
        u32::try_from(self.rows_a_window).map_or(EVENTS_LIMIT, |rows| rows.min(EVENTS_LIMIT))
    }

    fn known_lists(&self) -> &[PagedList<Table>] {
        self.lists.get().map(Vec::as_slice).unwrap_or_default()
    }
}

/// The table with these rows.
fn named(rows: Option<Table>) -> Tables {
    vec![("events".to_owned(), rows.unwrap_or_else(|| Table::with_base(&EVENTS)))]
}

/// A list of events in order of time.
fn list(feed: &Feed, span: Span, rows: &Arc<EventRows>) -> PagedList<Table> {
    let name = match feed.kind.as_deref() {
        Some(kind) if !kind.starts_with("catalog_") => format!("{kind} events"),
        _ => "events".to_owned(),
    };
    let request = in_order(feed.request.clone(), "asc", span);
    let rows = Arc::clone(rows);
    let read = Box::new(move |body: Option<&[u8]>| rows.read_page(body));
    let empty = Table::with_base(&EVENTS);
    let list = PagedList::new(name, request, Pagination::Pages, EVENTS_LIMIT, empty, read);
    let list = list.in_batches();
    match feed.kind.as_deref() {
        Some("customer") => list.unless(customers::is_unknown_filter),
        _ => list,
    }
}

/// The moment up to which events are read: whatever happens later would move the lists.
async fn end_of_past(asked: Option<i64>, context: &Context) -> Result<i64, Error> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let now = i64::try_from(now).unwrap_or(i64::MAX);
    match asked {
        Some(moment) if moment <= now => Ok(moment),
        asked => {
            // The clock of this computer may be slow.
            let present = latest_moment(context).await?.map_or(now, |latest| latest.max(now));
            Ok(asked.map_or(present, |moment| moment.min(present)))
        }
    }
}

/// The time of the latest event.
async fn latest_moment(context: &Context) -> Result<Option<i64>, Error> {
    let all = EventsRequest::default();
    let rows = EventRows::new(&all, Span::default());
    let request = in_order(all.feed(None, &[], &[]).request, "desc", Span::default());
    let read = Box::new(move |body: Option<&[u8]>| rows.read_page(body));
    let latest = PagedList::new("events", request, Pagination::Pages, 1, Table::new(&EVENTS), read);
    let page = latest.peek(PageRange { offset: 0, limit: 1 }, context).await?;
    Ok(page.and_then(|page| first_moment(&page.rows)))
}

/// The time of the first of some events.
fn first_moment(events: &Table) -> Option<i64> {
    events.texts("created_at").into_iter().flatten().next()?.parse().ok()
}

impl Query for EventsQuery {
    fn only_api(&self) -> Option<Api> {
        Some(Api::V4)
    }

    fn read<'q>(&'q self, context: &'q Context) -> BoxFuture<'q, Result<(), Error>> {
        async { try_join(context.zone(), self.read_lists(context)).await.map(drop) }.boxed()
    }

    fn tables(&self) -> Tables {
        if self.batches.is_begun() {
            return named(self.batches.rest(self.known_lists()));
        }
        let rows = self.known_lists().iter().filter_map(PagedList::take);
        named(Table::in_order(rows.collect(), &["created_at", "id"]))
    }

    fn batch(&self) -> Tables {
        named(self.batches.next(self.known_lists()))
    }

    fn warnings(&self) -> Vec<Warning> {
        let no_customers = self.known_lists().iter().any(PagedList::is_absent);
        no_customers.then_some(Warning::NoCustomers).into_iter().collect()
    }
}
