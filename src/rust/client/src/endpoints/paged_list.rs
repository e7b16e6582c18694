//! A list whose records become rows of one table, with any kind of pagination.

use crate::account::Api;
use crate::account::transport::Answer;
use crate::bad_body::BadBody;
use crate::error::Error;
use crate::http::Request;
use crate::json::flatten::Record;
use crate::json::page::Page;
use crate::paging::{
    ListContext, PageRange, PageRequest, Pages, Paging, read_ids, read_list, short_lists,
};
use crate::query::Context;
use crate::table::row::Row;
use crate::table::{Format, Map, Schema, Table, read_page};

/// How a list is paged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pagination {
    /// `limit_rows` and `limit_offset` of API v2.
    Rows,
    /// `page_size` and `page` of API v2 (docs/api-v2.md, Incoming leads). It
    /// does not say whether there is a next page.
    SizedPages,
    /// `page` and `limit` of API v4.
    Pages,
    /// Not at all.
    Whole,
    /// Not at all: the records with these ids, as many as a page has.
    Ids(Api, Vec<u64>),
}

/// What to ask for, and how its records become rows.
pub struct EndpointSpec {
    /// Its name in messages.
    pub name: &'static str,
    /// The request, without paging.
    pub request: Request,
    /// How it is paged.
    pub pagination: Pagination,
    /// The member of `_embedded` that holds the records.
    pub member: &'static str,
    /// The member that tells records apart.
    pub id: &'static str,
    /// What the table is made of.
    pub schema: &'static Schema,
    /// Writes the row of a record; false drops it.
    pub row: RowOf,
}

/// Writes the row of a record; false drops it.
pub type RowOf = Box<dyn for<'r> Fn(&'r Record, &mut Row<'r>) -> bool + Send + Sync>;

/// A list, and the pages of it that have arrived.
pub struct PagedList {
    spec: EndpointSpec,
    pages: Pages<Table>,
    /// The list that this one is a part of, when the part may be unknown.
    all: Option<Request>,
    /// Whether rows are also made of what records embed.
    embedded: bool,
    /// It is read in place of several lists.
    is_joint: bool,
}

impl Pagination {
    fn paging(&self) -> Paging {
        match self {
            Pagination::SizedPages => Paging::Sized,
            Pagination::Pages => Paging::Numbered,
            Pagination::Rows | Pagination::Whole | Pagination::Ids(..) => Paging::Offset,
        }
    }

    /// The request for a part.
    fn part(&self, request: &Request, range: PageRange) -> Request {
        let (request, limit) = (request.clone(), &range.limit);
        let page = &range.page_number();
        match self {
            Pagination::Rows => {
                request.query("limit_rows", limit).query("limit_offset", &range.offset)
            }
            Pagination::SizedPages => request.query("page_size", limit).query("page", page),
            Pagination::Pages => request.query("page", page).query("limit", limit),
            Pagination::Whole => request,
            Pagination::Ids(api, ids) => with_ids(request, *api, ids),
        }
    }
}

fn is_unknown(error: &Error) -> bool {
    error.at().is_some_and(|at| at.status == Some(404))
}

fn with_ids(request: Request, api: Api, ids: &[u64]) -> Request {
    if api == Api::V4 {
        return request.queries("filter[id][]", ids).query("page", &1).query("limit", &ids.len());
    }
    let texts: Vec<String> = ids.iter().map(ToString::to_string).collect();
    request.query("limit_rows", &ids.len()).query("id", &texts.join(","))
}

impl PagedList {
    /// A list to be read `limit` records at a time at most.
    pub fn new(spec: EndpointSpec, limit: u32) -> Self {
        let pages = Pages::new(spec.pagination.paging(), limit, Table::new(spec.schema));
        PagedList { spec, pages, all: None, embedded: false, is_joint: false }
    }

    /// Makes it a part of the list `all`. A part that the server does not know, such as
    /// that of a customer who does not exist, has no rows.
    #[must_use]
    pub fn part_of(mut self, all: Request) -> Self {
        self.all = Some(all);
        self
    }

    /// Whether it is read in place of several lists.
    #[must_use]
    pub fn joint(mut self, is_joint: bool) -> Self {
        self.is_joint = is_joint;
        self
    }

    /// The same list, with what its records embed.
    #[must_use]
    pub fn with_embedded(mut self) -> Self {
        self.embedded = true;
        self
    }

    /// The `parts` of this list that are asked for, or itself where there are
    /// none or where that takes fewer requests.
    ///
    /// # Errors
    /// As [`read_list`].
    pub async fn or_parts(
        self,
        parts: Vec<PagedList>,
        context: &Context,
    ) -> Result<Vec<PagedList>, Error> {
        if parts.is_empty() {
            return Ok(vec![self]);
        }
        let (pagination, limit) = (&self.spec.pagination, self.pages.first().limit);
        let Some(range) = short_lists::beyond(parts.len(), pagination.paging(), limit) else {
            return Ok(parts);
        };
        if !short_lists::is_empty(self.fetch_part(context, range).await)? {
            return Ok(parts);
        }
        Ok(vec![self.joint(true)])
    }

    /// A list that one request reads.
    pub fn whole(spec: EndpointSpec) -> Self {
        PagedList::new(spec, 0)
    }

    /// The request for its first part.
    pub fn request(&self) -> Request {
        self.spec.pagination.part(&self.spec.request, self.pages.first())
    }

    /// Reads the list whole.
    ///
    /// # Errors
    /// As [`read_list`].
    pub async fn read(&self, context: &Context) -> Result<(), Error> {
        let read = match &self.spec.pagination {
            Pagination::Whole => self.read_whole(context).await,
            Pagination::Ids(api, ids) => self.read_ids(context, *api, ids).await,
            Pagination::Rows | Pagination::SizedPages | Pagination::Pages => {
                self.read_parts(context).await
            }
        };
        match (read, &self.all) {
            (Err(error), Some(all)) if is_unknown(&error) => self.look_for(context, all).await,
            (read, _) => read,
        }
    }

    /// Fails unless the account has the list that this one is a part of.
    async fn look_for(&self, context: &Context, all: &Request) -> Result<(), Error> {
        let first = self.spec.pagination.part(all, PageRange { offset: 0, limit: 1 });
        self.fetch(context, &first, self.spec.name).await.map(|_| ())
    }

    async fn read_parts(&self, context: &Context) -> Result<(), Error> {
        let EndpointSpec { name, pagination, request, .. } = &self.spec;
        let (transport, rate) = (&context.transport, context.rate);
        let list = ListContext::new(transport, rate, name, pagination.paging(), request);
        let fetch = |PageRequest { range, .. }| self.fetch_part(context, range);
        read_list(&list, &self.pages, fetch).await
    }

    async fn fetch_part(
        &self,
        context: &Context,
        range: PageRange,
    ) -> Result<Answer<Page<Table>>, Error> {
        let request = self.spec.pagination.part(&self.spec.request, range).divisible(true);
        self.fetch(context, &request, &self.what(range)).await
    }

    async fn read_whole(&self, context: &Context) -> Result<(), Error> {
        let page = self.fetch(context, &self.spec.request, self.spec.name).await?.value;
        self.keep(context, page);
        Ok(())
    }

    async fn read_ids(&self, context: &Context, api: Api, ids: &[u64]) -> Result<(), Error> {
        let fetch = async |ids: Vec<u64>| {
            let request = with_ids(self.spec.request.clone(), api, &ids).divisible(true);
            self.fetch(context, &request, self.spec.name).await
        };
        read_ids(ids, &self.pages, &context.transport.http.progress, fetch).await
    }

    fn keep(&self, context: &Context, page: Page<Table>) {
        let records = page.records;
        self.pages.add(page);
        if records > 0 {
            context.transport.http.progress.page_read(records);
        }
    }

    async fn fetch(
        &self,
        context: &Context,
        request: &Request,
        what: &str,
    ) -> Result<Answer<Page<Table>>, Error> {
        context.transport.get(request, what, |body| self.read_page(body)).await
    }

    fn what(&self, range: PageRange) -> String {
        let name = self.spec.name;
        match self.spec.pagination.paging() {
            Paging::Offset => format!("{name} from row {}", range.offset + 1),
            Paging::Sized | Paging::Numbered => format!("{name}, page {}", range.page_number()),
        }
    }

    fn read_page(&self, body: Option<&[u8]>) -> Result<Page<Table>, BadBody> {
        let EndpointSpec { member, id, schema, row, .. } = &self.spec;
        let Some(body) = body else { return Ok(Page::empty(Table::new(schema))) };
        let map =
            if self.embedded { Map::FunctionWithEmbedded(&**row) } else { Map::Function(&**row) };
        read_page(body, &Format { list: member, schema, id, order: None, map })
    }

    /// The rows that have arrived; takes them.
    pub fn take(&self) -> Option<Table> {
        self.pages.take()
    }

    /// What has arrived.
    pub fn pages(&self) -> &Pages<Table> {
        &self.pages
    }

    /// Whether its records are those of given ids.
    pub fn is_by_ids(&self) -> bool {
        matches!(self.spec.pagination, Pagination::Ids(..))
    }

    /// Whether it is read in place of several lists.
    pub fn is_joint(&self) -> bool {
        self.is_joint
    }
}
