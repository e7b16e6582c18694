//! Records and what belongs to them, as tables: in one pass over the bytes.

use serde::de::{IgnoredAny, MapAccess};

use super::custom_field::{push_text, values};
use super::elements::elements;
use super::parts::scalar;
use super::related::{Related, links};
use super::schema::{Linked, with_linked};
use crate::account::Api;
use crate::account::time_zone::Zone;
use crate::json::flatten::{JsonType, Record, Value};
use crate::json::page::BadCell;
use crate::table::row::Row;
use crate::table::{Schema, Table};

/// Takes the records of a page in.
pub struct LinkedTables<'z> {
    api: Api,
    /// Custom fields may hold local times of the account.
    zone: &'z Zone,
    linked: &'static [Linked],
    /// The records, then what belongs to them.
    tables: Vec<Table>,
    related: Related,
}

impl<'z> LinkedTables<'z> {
    /// No record yet.
    pub fn new(
        api: Api,
        zone: &'z Zone,
        schema: &'static Schema,
        linked: &'static [Linked],
    ) -> Self {
        let tables = with_linked(Table::new(schema), linked, Table::new);
        LinkedTables { api, zone, linked, tables, related: Related::default() }
    }

    /// Reads a member of a record if it is not for its row.
    pub fn read<'de, A: MapAccess<'de>>(
        &mut self,
        name: &str,
        map: &mut A,
    ) -> Result<bool, A::Error> {
        if name == "_links" {
            map.next_value::<IgnoredAny>()?;
            return Ok(true);
        }
        self.related.read(self.api, name, map)
    }

    /// Adds the row that `write` makes of a record, and rows of what belongs to it; false
    /// drops them.
    pub fn push(
        &mut self,
        record: &Record,
        write: impl for<'r> FnOnce(&'r Record, &'r Related, &mut Row<'r>) -> bool,
    ) -> Result<(), BadCell> {
        let related = std::mem::take(&mut self.related);
        let mut row = Row::default();
        if !write(record, &related, &mut row) {
            return Ok(());
        }
        self.tables[0].push(&row)?;
        // Without an id what belongs to the record would be lost: that is an error.
        let id = record.get("id").unwrap_or(Value::Text("", JsonType::Int));
        for (linked, table) in self.linked.iter().zip(&mut self.tables[1..]) {
            let mut links = LinkRows { id, table };
            match linked {
                Linked::CustomFields => links.fields(&related, self.zone, false)?,
                Linked::CodedFields => links.fields(&related, self.zone, true)?,
                Linked::Tags => links.tags(&related)?,
                Linked::Contacts => {
                    links.entities(&related, "contacts", "contact_id", "contact_idx")?;
                }
                Linked::Leads => links.entities(&related, "leads", "lead_id", "lead_idx")?,
                Linked::Customers => {
                    links.entities(&related, "customers", "customer_id", "customer_idx")?;
                }
                Linked::Elements => links.elements(&related)?,
            }
        }
        Ok(())
    }

    /// As [`Table::count_broken_texts`].
    pub fn count_broken_texts(&mut self) {
        self.tables.iter_mut().for_each(Table::count_broken_texts);
    }

    /// The tables of all records.
    pub fn into_tables(self) -> Vec<Table> {
        self.tables
    }
}

/// Writes rows of what belongs to one record.
struct LinkRows<'l> {
    /// The id of the record.
    id: Value<'l>,
    table: &'l mut Table,
}

impl LinkRows<'_> {
    /// Adds a row: the id of the record, and the cells that `write` gives.
    fn add<'r>(&mut self, write: impl FnOnce(&mut Row<'r>)) -> Result<(), BadCell>
    where
        Self: 'r,
    {
        let mut row = Row::default();
        row.push_value("id", self.id);
        write(&mut row);
        self.table.push(&row)
    }

    /// A row for each value, and for each part of one that has parts.
    fn fields(&mut self, related: &Related, zone: &Zone, with_codes: bool) -> Result<(), BadCell> {
        let lists = ["custom_fields", "custom_fields_values"].map(|name| related.objects(name));
        for field in lists.iter().flatten() {
            for (position, value) in (1..).zip(values(field, zone)) {
                for (part, text) in &value.parts {
                    self.add(|row| {
                        value.write(part, text, row);
                        if with_codes {
                            value.write_codes(position, row);
                        }
                    })?;
                }
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

    fn elements(&mut self, related: &Related) -> Result<(), BadCell> {
        for element in elements(related) {
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
