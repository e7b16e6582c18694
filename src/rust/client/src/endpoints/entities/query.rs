//! Which lists hold the entities that are asked for, over either API.

use std::sync::{Arc, OnceLock};

use futures_util::future::{BoxFuture, FutureExt};

use super::filter::EntityFilter;
use super::records::{EntitySink, read_entities, read_entity};
use super::request::EntityRequest;
use super::{schema, sums, v2, v4, with};
use crate::account::Api;
use crate::account::time_zone::Zone;
use crate::endpoints::batches::Batches;
use crate::endpoints::customers;
use crate::endpoints::linked::Linked;
use crate::endpoints::paged_list::{PagedList, Pagination, ReadPage, read_all};
use crate::endpoints::parameters::{IDS_A_REQUEST, V2_LIMIT, V4_LIMIT};
use crate::error::Error;
use crate::http::Request;
use crate::query::{Context, Query, Tables, Warning};
use crate::table::Table;

/// The most entities that are asked for one by one where API v4 has no filters. For
/// more it is quicker to read the whole list, on most accounts.
const MOST_ONE_BY_ONE: usize = 50;

/// The entities of a call.
pub struct EntityQuery {
    request: EntityRequest,
    /// Set as soon as it is known which lists they are.
    reading: OnceLock<Reading>,
    /// Set when the account turns out to have no customers.
    no_customers: OnceLock<()>,
    batches: Batches,
}

/// The lists that hold what is asked for.
struct Reading {
    api: Api,
    lists: Vec<PagedList<Vec<Table>>>,
    /// Whether the account has filters that the call needs.
    has_filters: bool,
}

/// Makes rows of the entities of a call.
struct RowsOfEntities {
    request: EntityRequest,
    api: Api,
    zone: Zone,
    filter: EntityFilter,
}

impl EntityQuery {
    /// Nothing is read yet.
    pub fn new(request: EntityRequest) -> Self {
        let (reading, no_customers) = (OnceLock::new(), OnceLock::new());
        EntityQuery { request, reading, no_customers, batches: Batches::default() }
    }

    async fn read_lists(&self, context: &Context) -> Result<(), Error> {
        // Rows may hold local times of the account.
        let zone = context.zone().await?;
        let filter = EntityFilter::new(&self.request, &zone);
        let has_filters = match context.api {
            Api::V2 => true,
            Api::V4 if filter.is_empty() => true,
            Api::V4 => v4::has_filters(&context.transport).await?,
        };
        let api = context.api;
        let rows = Arc::new(RowsOfEntities { request: self.request.clone(), api, zone, filter });
        let lists = self.lists(&rows, has_filters);
        let reading = self.reading.get_or_init(|| Reading { api, lists, has_filters });
        read_all(&reading.lists, context).await
    }

    /// One list, or one for as many ids as a request may name, or for each id.
    fn lists(&self, rows: &Arc<RowsOfEntities>, has_filters: bool) -> Vec<PagedList<Vec<Table>>> {
        let EntityRequest { entity, ids, limit, .. } = &self.request;
        if self.is_one_by_one(has_filters) {
            let one = |id: &u64| {
                let (name, request) =
                    (format!("{} {id}", entity.plural()), v4::request_one(&self.request, *id));
                self.list(name, request, Pagination::Whole, rows.one_reader()).of_ids(&[*id])
            };
            return ids.iter().map(one).collect();
        }
        let list = || {
            let (request, pagination) = match rows.api {
                Api::V2 => (v2::request(&self.request, &rows.filter, &rows.zone), Pagination::Rows),
                Api::V4 => {
                    (v4::request(&self.request, &rows.filter, has_filters), Pagination::Pages)
                }
            };
            self.list(entity.plural().to_owned(), request, pagination, rows.reader())
        };
        if let Some(since) = self.request.latest_first().filter(|_| rows.api == Api::V4) {
            return vec![list().until(-since)];
        }
        if ids.is_empty() || !has_filters {
            return vec![list()];
        }
        PagedList::by_ids(ids, IDS_A_REQUEST, *limit, list)
    }

    fn list(
        &self,
        name: String,
        request: Request,
        pagination: Pagination,
        read_page: ReadPage<Vec<Table>>,
    ) -> PagedList<Vec<Table>> {
        let (is_v4, most) = match pagination {
            Pagination::Rows => (false, V2_LIMIT),
            _ => (true, V4_LIMIT),
        };
        let empty = schema::tables(self.linked(), self.request.entity, is_v4);
        let limit = self.request.limit.min(most);
        PagedList::new(name, request, pagination, limit, empty, read_page).in_batches()
    }

    /// What has a table besides the entities.
    fn linked(&self) -> &'static [Linked] {
        schema::linked(self.request.entity, with::wants_elements(&self.request.with))
    }

    fn is_one_by_one(&self, has_filters: bool) -> bool {
        !has_filters && (1..=MOST_ONE_BY_ONE).contains(&self.request.ids.len())
    }

    fn known_lists(&self) -> &[PagedList<Vec<Table>>] {
        self.reading.get().map(|reading| reading.lists.as_slice()).unwrap_or_default()
    }

    /// The table of the entities with these rows, and those of what belongs to them.
    fn named(&self, rows: Option<Vec<Table>>) -> Tables {
        let empty = || schema::tables(self.linked(), self.request.entity, false);
        let mut tables = rows.unwrap_or_else(empty);
        let columns = schema::columns(self.request.entity).iter().copied();
        columns.chain(with::columns(&self.request.with)).for_each(|name| tables[0].ensure(name));
        sums::widen(&mut tables[0]);
        if self.reading.get().is_some_and(|reading| self.is_one_by_one(reading.has_filters)) {
            for table in &mut tables {
                table.sort_by(&["id"]);
            }
        }
        let linked = self.linked().iter().map(|linked| linked.table_name());
        let names = std::iter::once(self.request.entity.plural()).chain(linked);
        names.map(str::to_owned).zip(tables).collect()
    }
}

impl RowsOfEntities {
    fn sink(&self) -> EntitySink<'_> {
        let RowsOfEntities { request, api, zone, filter } = self;
        let sink = EntitySink::new(request.entity, *api, zone, filter, &request.with);
        let is_latest_first = *api == Api::V4 && request.latest_first().is_some();
        if is_latest_first { sink.latest_first() } else { sink }
    }

    fn reader(self: &Arc<Self>) -> ReadPage<Vec<Table>> {
        let rows = Arc::clone(self);
        Box::new(move |body| read_entities(body, || rows.sink()))
    }

    fn one_reader(self: &Arc<Self>) -> ReadPage<Vec<Table>> {
        let rows = Arc::clone(self);
        Box::new(move |body| read_entity(body, || rows.sink()))
    }
}

impl Query for EntityQuery {
    fn only_api(&self) -> Option<Api> {
        self.request.only_deleted.then_some(Api::V4)
    }

    fn read<'q>(&'q self, context: &'q Context) -> BoxFuture<'q, Result<(), Error>> {
        async {
            match self.read_lists(context).await {
                Err(error) if customers::are_missing_in(&error, self.known_lists()) => {
                    self.no_customers.get_or_init(|| ());
                    Ok(())
                }
                read => read,
            }
        }
        .boxed()
    }

    fn tables(&self) -> Tables {
        self.named(self.batches.rest(self.known_lists()))
    }

    fn batch(&self) -> Tables {
        self.named(self.batches.next(self.known_lists()))
    }

    fn warnings(&self) -> Vec<Warning> {
        if self.no_customers.get().is_some() {
            return vec![Warning::NoCustomers];
        }
        let Some(reading) = self.reading.get() else { return Vec::new() };
        let mut warnings = Vec::new();
        let is_whole = self.request.updated_since.is_none() && !self.is_one_by_one(false);
        if !reading.has_filters && is_whole {
            warnings.push(Warning::NoFilters);
        }
        let unknown = with::unknown(self.request.entity, reading.api, &self.request.with);
        if !unknown.is_empty() {
            warnings.push(Warning::UnknownWith(reading.api, unknown));
        }
        warnings
    }
}
