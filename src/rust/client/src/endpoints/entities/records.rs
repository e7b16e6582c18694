//! The entities of a page, and what belongs to them, as tables: in one pass over
//! the bytes.

use serde::de::MapAccess;

use super::filter::EntityFilter;
use super::request::Entity;
use super::{schema, v2, v4, with};
use crate::account::Api;
use crate::account::time_zone::Zone;
use crate::bad_body::BadBody;
use crate::endpoints::linked::LinkedTables;
use crate::json::flatten::{FieldReader, Record};
use crate::json::page::{BadCell, Order, Page, PageShape, RecordSink, read_record, read_records};
use crate::table::Table;
use crate::table::row_filter::RowFilter;

/// Takes the records of a page in.
pub struct EntitySink<'r> {
    entity: Entity,
    api: Api,
    filter: &'r EntityFilter,
    row_filter: RowFilter,
    since: RowFilter,
    /// How the list is sorted, if only its first rows are wanted.
    order: Option<Order<'static>>,
    /// What the server was asked to add.
    with: &'r [String],
    tables: LinkedTables<'r>,
}

/// A page of entities, each row let through by the filter: the table of the
/// entities, and the tables of what belongs to them. No body is a page without
/// rows.
///
/// # Errors
/// [`BadBody`] when the body is not a page of entities.
pub fn read_entities<'r>(
    body: Option<&[u8]>,
    empty: impl Fn() -> EntitySink<'r>,
) -> Result<Page<Vec<Table>>, BadBody> {
    let EntitySink { api, entity, tables, order, .. } = empty();
    let list = match api {
        Api::V2 => "items",
        Api::V4 => entity.plural(),
    };
    match body {
        None => Ok(Page::empty(tables.into_tables())),
        Some(body) => read_records(body, PageShape { list, id: "id", order }, empty),
    }
}

/// One entity of API v4, likewise.
///
/// # Errors
/// [`BadBody`] when the body is not an entity.
pub fn read_entity<'r>(
    body: Option<&[u8]>,
    empty: impl Fn() -> EntitySink<'r>,
) -> Result<Page<Vec<Table>>, BadBody> {
    match body {
        None => Ok(Page::empty(empty().into_rows())),
        Some(body) => read_record(body, empty),
    }
}

impl<'r> EntitySink<'r> {
    /// No record yet.
    pub fn new(
        entity: Entity,
        api: Api,
        zone: &'r Zone,
        filter: &'r EntityFilter,
        with: &'r [String],
    ) -> Self {
        let linked = schema::linked(entity, with::wants_elements(with));
        let tables = LinkedTables::new(api, zone, schema::schema(entity), linked);
        let (row_filter, since) = (filter.of_rows(), filter.of_changes());
        EntitySink { entity, api, filter, row_filter, since, order: None, with, tables }
    }

    /// Of a list that has the entities that changed last first.
    #[must_use]
    pub fn latest_first(mut self) -> Self {
        self.order = Some(Order::Falling("updated_at"));
        self
    }
}

impl FieldReader for EntitySink<'_> {
    fn read<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        self.tables.read(name, map)
    }
}

impl RecordSink for EntitySink<'_> {
    type Rows = Vec<Table>;

    fn keep(&mut self, record: &Record) -> Result<(), BadCell> {
        let EntitySink { entity, api, filter, row_filter, since, with, tables, .. } = self;
        tables.push(record, |record, related, row| {
            match api {
                Api::V2 => v2::write_row(record, row),
                Api::V4 => v4::write_row(*entity, record, related, row),
            }
            with::write_columns(with, related, row);
            let passes = || row_filter.matches(row) && filter.suits(row);
            since.matches(row) && (*api == Api::V2 || passes())
        })
    }

    fn count_broken_texts(&mut self) {
        self.tables.count_broken_texts();
    }

    fn into_rows(self) -> Vec<Table> {
        self.tables.into_tables()
    }
}
