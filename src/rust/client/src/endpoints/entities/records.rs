//! The entities of a page, and what belongs to them, as tables: in one pass over
//! the bytes.

use serde::de::{IgnoredAny, MapAccess};

use super::custom_field::{CustomField, FieldValue};
use super::filter::EntityFilter;
use super::many::Many;
use super::related::{Embedded, Link, Links, Related, Tag};
use super::request::Entity;
use super::scalar::Scalar;
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
        }
    }
}

impl FieldReader for EntitySink<'_> {
    fn read<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        match (self.api, name) {
            (_, "_links") => drop(map.next_value::<IgnoredAny>()?),
            (Api::V2, "custom_fields") | (Api::V4, "custom_fields_values") => {
                self.related.fields = map.next_value::<Many<CustomField>>()?.0;
            }
            (Api::V2, "tags") => self.related.tags = map.next_value::<Many<Tag>>()?.0,
            (Api::V2, "contacts") => self.related.contacts = map.next_value::<Links>()?.0,
            (Api::V2, "leads") => self.related.leads = map.next_value::<Links>()?.0,
            (Api::V2, "customers") => self.related.customers = map.next_value::<Links>()?.0,
            (Api::V4, "_embedded") => {
                let embedded = map.next_value::<Embedded>()?;
                self.related.tags = embedded.tags.0;
                self.related.contacts = embedded.contacts.0;
                self.related.leads = embedded.leads.0;
                self.related.customers = embedded.customers.0;
                self.related.companies = embedded.companies.0;
                self.related.others = embedded.others;
            }
            (Api::V2, "_embedded") => self.related.others = map.next_value::<Embedded>()?.others,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

impl RecordSink for EntitySink<'_> {
    type Rows = Vec<Table>;

    fn keep(&mut self, record: &Record) -> Result<(), BadCell> {
        let mut related = std::mem::take(&mut self.related);
        let mut row = Row::default();
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
        // Without an id what belongs to the entity would be lost: that is an error.
        let id = record.get("id").unwrap_or(Value::Text("", JsonType::Int));
        for (linked, table) in self.linked.iter().zip(&mut self.tables[1..]) {
            let mut links = LinkRows { id, table };
            match linked {
                Linked::CustomFields => match self.api {
                    Api::V2 => links.fields(&mut related.fields, |_, _| {})?,
                    Api::V4 => links.fields(&mut related.fields, |field, value| {
                        v4::as_v2_value(field, value, self.zone);
                    })?,
                },
                Linked::Tags => links.tags(&related.tags)?,
                Linked::Contacts => {
                    links.entities(&related.contacts, "contact_id", "contact_idx")?;
                }
                Linked::Leads => links.entities(&related.leads, "lead_id", "lead_idx")?,
                Linked::Customers => {
                    links.entities(&related.customers, "customer_id", "customer_idx")?;
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
    table: &'l mut Table,
}

impl LinkRows<'_> {
    /// Adds a row: the id of the entity, and the cells that `write` gives.
    fn add<'r>(&mut self, write: impl FnOnce(&mut Row<'r>)) -> Result<(), BadCell>
    where
        Self: 'r,
    {
        let mut row = Row::default();
        row.push_value("id", self.id);
        write(&mut row);
        self.table.push(&row)
    }

    /// A row for each value, and for each part of one that has parts: the
    /// name of the part is then the subtype.
    fn fields(
        &mut self,
        fields: &mut [CustomField],
        adapt: impl Fn(&CustomField, &mut FieldValue),
    ) -> Result<(), BadCell> {
        for field in fields {
            for mut value in std::mem::take(&mut field.values.0) {
                adapt(field, &mut value);
                for (part, content) in value.content.0.iter().chain(&value.others.0) {
                    self.add(|row| write_field(row, field, &value, part, content))?;
                }
            }
        }
        Ok(())
    }

    fn tags(&mut self, tags: &[Tag]) -> Result<(), BadCell> {
        for (position, tag) in (1..).zip(tags) {
            self.add(|row| {
                row.push_value("tag_id", tag.id.value());
                push_text(row, "tag_name", &tag.name);
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
        links: &[Link],
        id: &'static str,
        number: &'static str,
    ) -> Result<(), BadCell> {
        for (position, link) in (1..).zip(links) {
            self.add(|row| {
                row.push_value(id, link.id.value());
                row.push_value(number, Value::Whole(position));
            })?;
        }
        Ok(())
    }
}

fn write_field<'r>(
    row: &mut Row<'r>,
    field: &'r CustomField,
    value: &'r FieldValue,
    part: &'r str,
    content: &'r Scalar,
) {
    row.push_value("custom_field_id", field.id.value());
    push_text(row, "custom_field_name", &field.name);
    row.push_value("custom_field_is_system", field.is_system.value());
    // An enum of old interfaces may be a word.
    if value.choice().text.bytes().all(|byte| byte.is_ascii_digit()) {
        row.push_value("custom_field_value_id", value.choice().value());
    }
    push_text(row, "custom_field_value", content);
    if part.is_empty() {
        push_text(row, "custom_field_value_subtype", &value.subtype);
    } else {
        row.push("custom_field_value_subtype", part);
    }
}

/// Adds a scalar as a text; none makes no cell.
fn push_text<'r>(row: &mut Row<'r>, name: &'static str, scalar: &'r Scalar) {
    if let Some(text) = scalar.get() {
        row.push(name, text);
    }
}
