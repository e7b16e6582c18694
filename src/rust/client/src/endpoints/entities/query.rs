//! Which lists hold the entities that are asked for, and how they are read, over
//! either API.

use std::sync::OnceLock;
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt};

use super::filter::EntityFilter;
use super::records::{self, EntitySink, read_entities};
use super::request::EntityRequest;
use super::schema::{self, Linked};
use super::{sums, v2, v4, with};
use crate::account::Api;
use crate::account::time_zone::Zone;
use crate::account::transport::Answer;
use crate::endpoints::customers;
use crate::endpoints::parameters::{IDS_A_REQUEST, V2_LIMIT, V4_LIMIT};
use crate::error::Error;
use crate::json::page::Page;
use crate::paging::{
    ListContext, PageRange, PageRequest, Pages, Paging, join_lists, read_ids, read_list,
};
use crate::query::{Context, Query, Tables, Warning, all_of};
use crate::table::Table;

/// The most entities that are asked for one by one where API v4 has no filters. For
/// more it is quicker to read the whole list, on most accounts.
const MOST_ONE_BY_ONE: usize = 50;

/// The entities of a call.
pub struct EntityQuery {
    request: EntityRequest,
    /// Set as soon as it is known which API to use.
    reader: OnceLock<EntityReader>,
    /// Set when the account turns out to have no customers.
    no_customers: OnceLock<()>,
}

/// The lists that hold what is asked for.
struct EntityReader {
    api: Api,
    lists: Vec<EntityList>,
    no_filters: bool,
}

/// A list on the server, and what has arrived of it.
struct EntityList {
    filter: EntityFilter,
    pages: Pages<Vec<Table>>,
}

impl EntityQuery {
    /// Nothing is read yet.
    pub fn new(request: EntityRequest) -> Self {
        EntityQuery { request, reader: OnceLock::new(), no_customers: OnceLock::new() }
    }

    async fn read(&self, context: &Context) -> Result<(), Error> {
        // Rows may hold local times of the account.
        let zone = context.zone().await?;
        let filter = EntityFilter::new(&self.request, &zone);
        let has_filters = match context.api {
            Api::V2 => true,
            Api::V4 if filter.is_empty() => true,
            Api::V4 => v4::has_filters(&context.transport).await?,
        };
        let reader = self.reader.get_or_init(|| {
            let no_filters = !has_filters;
            EntityReader {
                api: context.api,
                lists: self.lists(context.api, filter, no_filters),
                no_filters,
            }
        });
        if self.is_one_by_one(reader) {
            let ids = self.request.ids.iter();
            let readings = ids.map(|id| self.read_entity(context, reader, *id, &zone).boxed());
            return all_of(&context.transport.http.progress, readings.collect()).await;
        }
        let readings = reader.lists.iter().map(|list| self.read_one(context, reader, list).boxed());
        all_of(&context.transport.http.progress, readings.collect()).await
    }

    /// One list, or one for as many ids as a request may name.
    fn lists(&self, api: Api, filter: EntityFilter, no_filters: bool) -> Vec<EntityList> {
        let (paging, most) = match api {
            Api::V2 => (Paging::Offset, V2_LIMIT),
            Api::V4 => (Paging::Numbered, V4_LIMIT),
        };
        let list = |filter: EntityFilter| {
            let empty = schema::tables(self.linked(), self.request.entity, api == Api::V4);
            EntityList { filter, pages: Pages::new(paging, self.request.limit.min(most), empty) }
        };
        if filter.ids.is_empty() || no_filters {
            return vec![list(filter)];
        }
        let chunks = filter.ids.chunks(IDS_A_REQUEST.min(self.request.limit as usize).max(1));
        chunks.map(|ids| list(EntityFilter { ids: ids.to_vec(), ..filter.clone() })).collect()
    }

    async fn read_one(
        &self,
        context: &Context,
        reader: &EntityReader,
        list: &EntityList,
    ) -> Result<(), Error> {
        let zone = context.zone().await?;
        let entity = self.request.entity;
        let request = |filter: &EntityFilter, range| match reader.api {
            Api::V2 => v2::request(&self.request, filter, range, &zone),
            Api::V4 => v4::request(&self.request, filter, range, !reader.no_filters),
        };
        let paging = match reader.api {
            Api::V2 => Paging::Offset,
            Api::V4 => Paging::Numbered,
        };
        let first = request(&list.filter, list.pages.first());
        let entities =
            ListContext::new(&context.transport, context.rate, entity.plural(), paging, &first);
        let parse = |body: Option<&[u8]>| {
            read_entities(body, || self.records(reader.api, &zone, &list.filter))
        };
        let fetch = async |filter: &EntityFilter, range: PageRange| {
            let what = format!("{} from row {}", entity.plural(), range.offset + 1);
            let request = request(filter, range).divisible(true);
            context.transport.get(&request, &what, parse).await
        };
        let ids = &list.filter.ids;
        if ids.is_empty() || reader.no_filters {
            let fetch = |PageRequest { range, .. }| fetch(&list.filter, range);
            return read_list(&entities, &list.pages, fetch).await;
        }
        let fetch = async |ids: Vec<u64>| {
            let limit = u32::try_from(ids.len()).unwrap_or(V2_LIMIT);
            let filter = EntityFilter { ids, ..list.filter.clone() };
            fetch(&filter, PageRange { offset: 0, limit }).await
        };
        read_ids(ids, &list.pages, entities.progress, fetch).await
    }

    fn records<'r>(&'r self, api: Api, zone: &'r Zone, filter: &'r EntityFilter) -> EntitySink<'r> {
        EntitySink::new(self.request.entity, api, zone, filter, &self.request.with)
    }

    /// What has a table besides the entities.
    fn linked(&self) -> &'static [Linked] {
        schema::linked(self.request.entity, with::wants_elements(&self.request.with))
    }

    fn is_one_by_one(&self, reader: &EntityReader) -> bool {
        reader.no_filters && (1..=MOST_ONE_BY_ONE).contains(&self.request.ids.len())
    }

    /// Reads one entity. That it does not exist is no error.
    async fn read_entity(
        &self,
        context: &Context,
        reader: &EntityReader,
        id: u64,
        zone: &Zone,
    ) -> Result<(), Error> {
        let request = v4::request_one(&self.request, id);
        let entity = self.request.entity;
        let list = &reader.lists[0];
        let parse = |body: Option<&[u8]>| {
            records::read_entity(body, || self.records(reader.api, zone, &list.filter))
        };
        let what = format!("{} {id}", entity.plural());
        let fetch = async |_| match context.transport.get(&request, &what, parse).await {
            Ok(mut answer) => {
                answer.value.keys.ids = vec![id; answer.value.records as usize];
                Ok(answer)
            }
            Err(Error::Http { at, .. }) if at.status == Some(404) => {
                let value = Page::empty(schema::page_tables(self.linked(), entity));
                Ok(Answer { value, elapsed: Duration::ZERO })
            }
            Err(error) => Err(error),
        };
        read_ids(&[id], &list.pages, &context.transport.http.progress, fetch).await
    }

    fn lacks_customers(&self, error: &Error) -> bool {
        let lists = self.reader.get().into_iter().flat_map(|reader| &reader.lists);
        customers::are_missing_in(error, lists.map(|list| &list.pages))
    }

    /// The table of the entities, and those of what belongs to them.
    fn joined(&self) -> Vec<Table> {
        let lists = self.reader.get().map(|reader| reader.lists.as_slice()).unwrap_or_default();
        let tables = join_lists(lists.iter().filter_map(|list| list.pages.take()));
        let empty = || schema::tables(self.linked(), self.request.entity, false);
        let mut tables = tables.unwrap_or_else(empty);
        let columns = schema::columns(self.request.entity).iter().copied();
        columns.chain(with::columns(&self.request.with)).for_each(|name| tables[0].ensure(name));
        sums::widen(&mut tables[0]);
        if self.reader.get().is_some_and(|reader| self.is_one_by_one(reader)) {
            // They came in any order.
            for table in &mut tables {
                table.sort_by(&["id"]);
            }
        }
        tables
    }
}

impl Query for EntityQuery {
    fn read<'q>(&'q self, context: &'q Context) -> BoxFuture<'q, Result<(), Error>> {
        async {
            match self.read(context).await {
                Err(error) if self.lacks_customers(&error) => {
                    self.no_customers.get_or_init(|| ());
                    Ok(())
                }
                read => read,
            }
        }
        .boxed()
    }

    fn tables(&self) -> Tables {
        let entity = self.request.entity;
        let linked = self.linked().iter().map(|linked| linked.table_name());
        let names = std::iter::once(entity.plural()).chain(linked).map(str::to_owned);
        names.zip(self.joined()).collect()
    }

    fn warnings(&self) -> Vec<Warning> {
        if self.no_customers.get().is_some() {
            return vec![Warning::NoCustomers];
        }
        let Some(reader) = self.reader.get() else { return Vec::new() };
        let mut warnings = Vec::new();
        if reader.no_filters && !self.is_one_by_one(reader) {
            warnings.push(Warning::NoFilters);
        }
        let unknown = with::unknown(self.request.entity, reader.api, &self.request.with);
        if !unknown.is_empty() {
            warnings.push(Warning::UnknownWith(reader.api, unknown));
        }
        warnings
    }
}
