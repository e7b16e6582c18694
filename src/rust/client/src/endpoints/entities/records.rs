//! The entities of a page, and what belongs to them, as tables: in one pass over
//! the bytes.

use serde::de::{IgnoredAny, MapAccess};

use super::custom_field::{push_text, values};
use super::filter::EntityFilter;
use super::parts::scalar;
use super::related::{Related, links};
use super::request::Entity;
use super::schema::{self, Linked};
use super::with::{self, Element};
use super::{v2, v4};
use crate::account::Api;
use crate::account::time_zone::Zone;
use crate::bad_body::BadBody;
use crate::json::flatten::{FieldReader, JsonType, Record, Value};
use crate::json::page::{BadCell, Page, PageShape, RecordSink, read_record, read_records};
use crate::table::Table;
use crate::table::row::Row;
use crate::table::row_filter::RowFilter;

/// Takes the records of a page in.
pub struct EntitySink<'r> {
    entity: Entity,
    api: Api,
    zone: &'r Zone,
    filter: &'r EntityFilter,
    row_filter: RowFilter,
    /// What the server was asked to add.
    with: &'r [String],
    linked: &'static [Linked],
    /// The entities, then what belongs to them.
    tables: Vec<Table>,
    related: Related,
    /// Reused from entity to entity.
    row: Row<'static>,
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
    let EntitySink { api, entity, tables, .. } = empty();
    let list = match api {
        Api::V2 => "items",
        Api::V4 => entity.plural(),
    };
    match body {
        None => Ok(Page::empty(tables)),
        Some(body) => read_records(body, PageShape { list, id: "id", order: None }, empty),
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
        None => Ok(Page::empty(empty().tables)),
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
        EntitySink {
            entity,
            api,
            zone,
            filter,
            row_filter: filter.of_rows(),
            with,
            linked,
            tables: schema::page_tables(linked, entity),
            related: Related::default(),
            row: Row::default(),
        }
    }
}

impl FieldReader for EntitySink<'_> {
    fn read<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        if name == "_links" {
            map.next_value::<IgnoredAny>()?;
            return Ok(true);
        }
        self.related.read(self.api, name, map)
    }
}

impl RecordSink for EntitySink<'_> {
    type Rows = Vec<Table>;

    fn keep(&mut self, record: &Record) -> Result<(), BadCell> {
        let related = std::mem::take(&mut self.related);
        let mut row = std::mem::take(&mut self.row).emptied();
        match self.api {
            Api::V2 => {
                v2::write_row(record, &mut row);
                with::write_columns(self.with, &related, &mut row);
            }
            Api::V4 => {
                v4::write_row(self.entity, record, &related, &mut row);
                with::write_columns(self.with, &related, &mut row);
                if !self.row_filter.matches(&row) || !self.filter.suits(&row) {
                    return Ok(());
                }
            }
        }
        self.tables[0].push(&row)?;
        self.row = row.emptied();
        // Without an id what belongs to the entity would be lost: that is an error.
        let id = record.get("id").unwrap_or(Value::Text("", JsonType::Int));
        for (linked, table) in self.linked.iter().zip(&mut self.tables[1..]) {
            let mut links = LinkRows { id, spare: &mut self.row, table };
            match linked {
                Linked::CustomFields => links.fields(&related, self.zone)?,
                Linked::Tags => links.tags(&related)?,
                Linked::Contacts => {
                    links.entities(&related, "contacts", "contact_id", "contact_idx")?;
                }
                Linked::Leads => links.entities(&related, "leads", "lead_id", "lead_idx")?,
                Linked::Customers => {
                    links.entities(&related, "customers", "customer_id", "customer_idx")?;
                }
                Linked::Elements => links.elements(&with::elements(&related))?,
            }
        }
        Ok(())
    }

    fn count_broken_texts(&mut self) {
        self.tables.iter_mut().for_each(Table::count_broken_texts);
    }

    fn into_rows(self) -> Vec<Table> {
        self.tables
    }
}

/// Writes rows of what belongs to one entity.
struct LinkRows<'l> {
    /// The id of the entity.
    id: Value<'l>,
    /// A row without cells, reused from row to row.
    spare: &'l mut Row<'static>,
    table: &'l mut Table,
}

impl LinkRows<'_> {
    /// Adds a row: the id of the entity, and the cells that `write` gives.
    fn add<'r>(&mut self, write: impl FnOnce(&mut Row<'r>)) -> Result<(), BadCell>
    where
        Self: 'r,
    {
        let mut row = std::mem::take(self.spare).emptied();
        row.push_value("id", self.id);
        write(&mut row);
        self.table.push(&row)?;
        *self.spare = row.emptied();
        Ok(())
    }

    /// A row for each value, and for each part of one that has parts.
    fn fields(&mut self, related: &Related, zone: &Zone) -> Result<(), BadCell> {
        let lists = ["custom_fields", "custom_fields_values"].map(|name| related.objects(name));
        for value in lists.iter().flatten().flat_map(|field| values(field, zone)) {
            for (part, text) in &value.parts {
                self.add(|row| value.write(part, text, row))?;
            }
        }
        Ok(())
    }

    fn tags(&mut self, related: &Related) -> Result<(), BadCell> {
        for (position, tag) in (1..).zip(related.objects("tags")) {
            self.add(|row| {
                row.push_value("tag_id", scalar(tag.get("id")));
                push_text(row, "tag_name", scalar(tag.get("name")));
                row.push_value("tag_idx", Value::Whole(position));
            })?;
        }
        Ok(())
    }

    fn elements(&mut self, elements: &[Element]) -> Result<(), BadCell> {
        for element in elements {
            self.add(|row| {
                for (column, names) in [
                    (
                        "catalog_element_id",
                        &["catalog_element_id", "element_id", "to_id", "id"][..],
                    ),
                    ("catalog_id", &["catalog_id", "to_catalog_id"]),
                    ("quantity", &["quantity"]),
                    ("price_id", &["price_id"]),
                ] {
                    row.push_value(column, element.get(names).unwrap_or(Value::ABSENT));
                }
            })?;
        }
        Ok(())
    }

    fn entities(
        &mut self,
        related: &Related,
        name: &str,
        id: &'static str,
        number: &'static str,
    ) -> Result<(), BadCell> {
        let links = related.get(name).map(links).unwrap_or_default();
        for (position, link) in (1..).zip(links) {
            self.add(|row| {
                row.push_value(id, link.id);
                row.push_value(number, Value::Whole(position));
            })?;
        }
        Ok(())
    }
}
