//! A list, however it is paged. Every list of either API is read here.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::future::FutureExt;

use crate::account::transport::Answer;
use crate::bad_body::BadBody;
use crate::error::Error;
use crate::http::Request;
use crate::json::page::{Extent, Page};
use crate::paging::{
    Emptiness, ListContext, PageRange, PageRequest, Pages, Paging, go_on, is_too_slow, read_ids,
    read_list, short_lists,
};
use crate::places::{Place, Places};
use crate::query::{Context, all_of};
use crate::table::{RowSink, SeenKeys, Table};

/// How a list is paged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pagination {
    /// `limit_rows` and `limit_offset` of API v2.
    Rows,
    /// `page_size` and `page` of API v2 (docs/api-v2.md, Incoming leads). It
    /// does not say whether there is a next page.
    SizedPages,
    /// `page` and `limit` of API v4.
    Pages,
    /// The same, or not at all, which an answer shows.
    PagesOrWhole,
    /// Not at all.
    Whole,
}

/// Makes rows of the body of an answer.
pub type ReadPage<T> = Box<dyn Fn(Option<&[u8]>) -> Result<Page<T>, BadBody> + Send + Sync>;

/// A list, and the pages of it that have arrived. `T` collects its rows.
pub struct PagedList<T> {
    /// Its name in messages.
    name: String,
    /// The request, without paging.
    request: Request,
    pagination: Pagination,
    read_page: ReadPage<T>,
    pages: Pages<T>,
    /// Only the records with these ids; empty for all.
    ids: Vec<u64>,
    /// The list that this one is a part of, when the part may be unknown.
    all: Option<Request>,
    /// Tells which errors mean that the account has no such list.
    absence: Option<fn(&Error) -> bool>,
    is_absent: OnceLock<()>,
    /// Whether its rows may be taken while it is read.
    gives_batches: bool,
    /// Whether the first page tells how all are read.
    is_told_by_first: bool,
    /// Where the call keeps how far its rows were taken.
    places: OnceLock<Arc<Places>>,
}

impl Pagination {
    fn paging(self) -> Paging {
        match self {
            Pagination::SizedPages => Paging::Sized,
            Pagination::Pages | Pagination::PagesOrWhole => Paging::Numbered,
            Pagination::Rows | Pagination::Whole => Paging::Offset,
        }
    }

    /// The request for a part.
    fn part(self, request: &Request, range: PageRange) -> Request {
        let (limit, page) = (range.limit.to_string(), range.page_number().to_string());
        request.clone().query_before(&match self {
            Pagination::Rows => {
                vec![("limit_rows", limit), ("limit_offset", range.offset.to_string())]
            }
            Pagination::SizedPages => vec![("page_size", limit), ("page", page)],
            Pagination::Pages | Pagination::PagesOrWhole => {
                vec![("page", page), ("limit", limit)]
            }
            Pagination::Whole => Vec::new(),
        })
    }

    /// The request for records by their ids. What is not paged is one record.
    fn by_ids(self, request: &Request, ids: &[u64]) -> Request {
        let (limit, texts) = (ids.len().to_string(), ids.iter().map(ToString::to_string));
        request.clone().query_before(&match self {
            Pagination::Whole => Vec::new(),
            Pagination::Pages | Pagination::PagesOrWhole => {
                let first = [("page", "1".to_owned()), ("limit", limit)].into_iter();
                first.chain(texts.map(|id| ("filter[id][]", id))).collect()
            }
            Pagination::Rows | Pagination::SizedPages => {
                vec![("limit_rows", limit), ("id", texts.collect::<Vec<_>>().join(","))]
            }
        })
    }
}

fn is_unknown(error: &Error) -> bool {
    error.at().is_some_and(|at| at.status == Some(404))
}

impl<T: RowSink> PagedList<T> {
    /// A list to be read `limit` records at a time at most; `empty` collects the
    /// rows that `read_page` makes.
    pub fn new(
        name: impl Into<String>,
        request: Request,
        pagination: Pagination,
        limit: u32,
        empty: T,
        read_page: ReadPage<T>,
    ) -> Self {
        PagedList {
            name: name.into(),
            request,
            pagination,
            read_page,
            pages: Pages::new(pagination.paging(), limit, empty),
            ids: Vec::new(),
            all: None,
            absence: None,
            is_absent: OnceLock::new(),
            gives_batches: false,
            is_told_by_first: false,
            places: OnceLock::new(),
        }
    }

    /// Of the list only the records with these ids.
    #[must_use]
    pub fn of_ids(mut self, ids: &[u64]) -> Self {
        self.ids = ids.to_vec();
        self
    }

    /// Lists that together have the records with these ids; a request names at most
    /// `most` of them, and no more than it may have rows.
    pub fn by_ids(ids: &[u64], most: usize, limit: u32, list: impl Fn() -> Self) -> Vec<Self> {
        let chunks = ids.chunks(most.min(limit as usize).max(1));
        chunks.map(|ids| list().of_ids(ids)).collect()
    }

    /// Of a list that is sorted only the rows up to this sort value.
    #[must_use]
    pub fn until(self, last: i64) -> Self {
        self.pages.set_until(last);
        self
    }

    /// Makes it a part of the list `all`. A part that the server does not know, such as
    /// that of a customer who does not exist, has no rows.
    #[must_use]
    pub fn part_of(mut self, all: Request) -> Self {
        self.all = Some(all);
        self
    }

    /// Has no rows, rather than an error, if the account has no such list. That is what
    /// `absence` finds out, of an error before the first row.
    #[must_use]
    pub fn unless(mut self, absence: fn(&Error) -> bool) -> Self {
        self.absence = Some(absence);
        self
    }

    /// Lets its rows be taken while it is read, if the call wants batches. It then waits for
    /// those who take them.
    #[must_use]
    pub fn in_batches(mut self) -> Self {
        self.gives_batches = true;
        self
    }

    /// A list of which the first page tells how all are read.
    #[must_use]
    pub fn told_by_first(mut self) -> Self {
        self.is_told_by_first = true;
        self
    }

    /// Whether the account has no such list.
    pub fn is_absent(&self) -> bool {
        self.is_absent.get().is_some()
    }

    /// The `parts` of this list that are asked for, or itself where there are
    /// none or where that takes fewer requests.
    ///
    /// # Errors
    /// As [`read_list`].
    pub async fn or_parts(self, parts: Vec<Self>, context: &Context) -> Result<Vec<Self>, Error> {
        if parts.is_empty() {
            return Ok(vec![self]);
        }
        let limit = self.pages.first().limit;
        let Some(range) = short_lists::beyond(parts.len(), self.pagination.paging(), limit) else {
            return Ok(parts);
        };
        match short_lists::is_empty(self.fetch_part(context, range).await) {
            Ok(false) => Ok(parts),
            Err(error) if !self.absence.is_some_and(|absence| absence(&error)) => Err(error),
            // To ask for the list itself shows why it is missing.
            Ok(true) | Err(_) => Ok(vec![self]),
        }
    }

    /// One page, which is not kept. None where the server is too slow for it, or the
    /// account has no such list.
    ///
    /// # Errors
    /// As [`Transport::get`](crate::account::transport::Transport::get).
    pub async fn peek(
        &self,
        range: PageRange,
        context: &Context,
    ) -> Result<Option<Page<T>>, Error> {
        match self.fetch_part(context, range).await {
            Ok(answer) => Ok(Some(answer.value)),
            Err(error) if is_too_slow(&error) => Ok(None),
            Err(error) if self.absence.is_some_and(|absence| absence(&error)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The request for its first part.
    pub fn first_request(&self) -> Request {
        if self.ids.is_empty() {
            self.pagination.part(&self.request, self.pages.first())
        } else {
            self.pagination.by_ids(&self.request, &self.ids)
        }
    }

    /// Reads the list whole.
    ///
    /// # Errors
    /// As [`read_list`].
    pub async fn read(&self, context: &Context) -> Result<(), Error> {
        if self.gives_batches {
            self.pages.give_batches(&context.backlog);
            self.places.get_or_init(|| Arc::clone(&context.places));
            context.backlog.room().await;
        }
        let read = match self.pagination {
            _ if !self.ids.is_empty() => self.read_ids(context).await,
            Pagination::Whole => self.read_whole(context).await,
            Pagination::PagesOrWhole => self.read_parts_unless_whole(context).await,
            _ => self.read_parts(context).await,
        };
        let read = match (read, &self.all) {
            (Err(error), Some(all)) if is_unknown(&error) => self.look_for(context, all).await,
            (read, _) => read,
        };
        match (read, self.absence) {
            (Err(error), Some(absence)) if absence(&error) && has_no_rows([self]) => {
                self.is_absent.get_or_init(|| ());
                Ok(())
            }
            (read, _) => read,
        }
    }

    /// Fails unless the account has the list that this one is a part of.
    async fn look_for(&self, context: &Context, all: &Request) -> Result<(), Error> {
        let first = self.pagination.part(all, PageRange { offset: 0, limit: 1 });
        self.fetch(context, &first, &self.name).await.map(|_| ())
    }

    /// A server that does not page gives all rows at once, whatever page it is asked for.
    /// Just as many as were asked for may be cut off there: it is asked for one less.
    async fn read_parts_unless_whole(&self, context: &Context) -> Result<(), Error> {
        let first = self.pages.first();
        for limit in [first.limit, first.limit - 1] {
            match self.fetch_part(context, PageRange { limit, ..first }).await {
                Ok(answer) if answer.value.extent != Extent::Counted => break,
                Ok(answer) if answer.value.records != limit => {
                    self.keep(context, answer.value);
                    return Ok(());
                }
                Ok(_) => {}
                Err(error) if is_too_slow(&error) => break,
                Err(error) => return Err(error),
            }
        }
        self.read_parts(context).await
    }

    async fn read_parts(&self, context: &Context) -> Result<(), Error> {
        let paging = self.pagination.paging();
        let (transport, request) = (&context.transport, self.first_request());
        let mut list = ListContext::new(transport, context.rate, &self.name, paging, &request);
        list.emptiness = match paging {
            _ if context.is_increment && request.is_filtered() => Emptiness::Believed,
            // API v2 has a list for each of many elements, and most of these are empty.
            Paging::Offset if request.is_filtered() => Emptiness::Usual,
            _ => Emptiness::Doubted,
        };
        list.waits_for_first = self.is_told_by_first;
        let fetch = |PageRequest { range, .. }| self.fetch_part(context, range);
        if let Some(place) = self.place_to_go_on(context) {
            go_on(&list, &self.pages, place, fetch).await?;
        }
        read_list(&list, &self.pages, fetch).await
    }

    async fn fetch_part(
        &self,
        context: &Context,
        range: PageRange,
    ) -> Result<Answer<Page<T>>, Error> {
        let request = self.pagination.part(&self.request, range).divisible(true);
        let what = match self.pagination.paging() {
            Paging::Offset => format!("{} from row {}", self.name, range.offset + 1),
            Paging::Sized | Paging::Numbered => {
                format!("{}, page {}", self.name, range.page_number())
            }
        };
        self.fetch(context, &request, &what).await
    }

    async fn read_whole(&self, context: &Context) -> Result<(), Error> {
        let page = self.fetch(context, &self.request, &self.name).await?.value;
        self.keep(context, page);
        Ok(())
    }

    /// Keeps the rows of a list that came at once.
    fn keep(&self, context: &Context, page: Page<T>) {
        if page.records > 0 {
            context.transport.http.progress.page_read(page.records);
        }
        self.pages.add(page);
    }

    async fn read_ids(&self, context: &Context) -> Result<(), Error> {
        let fetch = async |ids: Vec<u64>| {
            let request = self.pagination.by_ids(&self.request, &ids);
            if self.pagination == Pagination::Whole {
                return self.fetch_one(context, &request, ids).await;
            }
            self.fetch(context, &request.divisible(true), &self.name).await
        };
        read_ids(&self.ids, &self.pages, &context.transport.http.progress, fetch).await
    }

    /// Fetches one record. That it does not exist is no error.
    async fn fetch_one(
        &self,
        context: &Context,
        request: &Request,
        ids: Vec<u64>,
    ) -> Result<Answer<Page<T>>, Error> {
        match self.fetch(context, request, &self.name).await {
            Ok(mut answer) => {
                answer.value.keys.ids = ids;
                answer.value.keys.ids.truncate(answer.value.records as usize);
                Ok(answer)
            }
            Err(error) if is_unknown(&error) => {
                let value = (self.read_page)(None).map_err(|_| error)?;
                Ok(Answer { value, elapsed: Duration::ZERO })
            }
            Err(error) => Err(error),
        }
    }

    async fn fetch(
        &self,
        context: &Context,
        request: &Request,
        what: &str,
    ) -> Result<Answer<Page<T>>, Error> {
        context.transport.get(request, what, &self.read_page).await
    }

    /// Adds rows that came in an answer with those of other lists.
    pub fn add(&self, rows: T) {
        self.pages.add(Page::empty(rows));
    }

    /// The rows that have settled since the last time, if it gives batches; None if there
    /// are none.
    pub fn take_settled(&self) -> Option<T> {
        let rows = if self.gives_batches { self.pages.take_settled() } else { None };
        if let (Some(place), Some(places), true) =
            (self.pages.place(), self.places.get(), self.request.rises())
        {
            places.set(&self.key(), place);
        }
        rows
    }

    /// Where an earlier call stopped, if the list has an order by which that can be found.
    fn place_to_go_on(&self, context: &Context) -> Option<Place> {
        let is_whole = self.gives_batches && self.request.rises();
        if is_whole { context.places.get(&self.key()) } else { None }
    }

    /// The list in the places of a call. Until when events are read is no part of it: those
    /// that come later stand behind the others.
    fn key(&self) -> String {
        let query = self.request.shown_query();
        let by_time = query.split('&').any(|part| part == "order[created_at]=asc");
        let counts = |part: &&str| !by_time || !part.starts_with("filter[created_at][to]=");
        let parts: Vec<&str> = query.split('&').filter(counts).collect();
        format!("{}?{}", self.request.path(), parts.join("&"))
    }

    /// All other rows that have arrived; takes them.
    pub fn take(&self) -> Option<T> {
        self.pages.take()
    }

    /// Adds the keys of the rows that have arrived.
    pub fn keys_into(&self, keys: &mut SeenKeys) {
        self.pages.keys_into(keys);
    }
}

impl PagedList<Table> {
    /// The texts of a column of the rows that have arrived.
    pub fn texts(&self, column: &str) -> Vec<String> {
        self.pages.texts(column)
    }
}

impl PagedList<Vec<Table>> {
    /// The texts of a column of the first table, row by row.
    pub fn texts(&self, column: &str) -> Vec<Option<String>> {
        self.pages.texts(column)
    }
}

/// Whether no row of these lists has arrived.
pub fn has_no_rows<'l, T: RowSink + 'l>(lists: impl IntoIterator<Item = &'l PagedList<T>>) -> bool {
    let mut rows = SeenKeys::default();
    lists.into_iter().for_each(|list| list.keys_into(&mut rows));
    rows.is_empty()
}

/// Reads lists in parallel. The first failure stops all.
///
/// # Errors
/// As [`read_list`].
pub async fn read_all<'l, T: RowSink + 'l>(
    lists: impl IntoIterator<Item = &'l PagedList<T>>,
    context: &Context,
) -> Result<(), Error> {
    let readings = lists.into_iter().map(|list| list.read(context).boxed()).collect();
    all_of(&context.transport.http.progress, readings).await
}
