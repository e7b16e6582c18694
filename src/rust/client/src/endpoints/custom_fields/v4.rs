//! Custom fields over API v4: a list for each kind of entity (docs/api-v4.md,
//! Custom fields over v4).

use futures_util::future::FutureExt;
use serde::de::MapAccess;

use super::tables::{ENTITIES, FieldTables};
use crate::bad_body::BadBody;
use crate::error::Error;
use crate::http::Request;
use crate::json::flatten::{FieldReader, JsonType, NoLinks, Record, Value};
use crate::json::page::{BadCell, Page, PageShape, RecordSink, read_records};
use crate::paging::{ListContext, PageRequest, Pages, Paging, read_list};
use crate::query::{Context, all_of};
use crate::table::row::Row;

use crate::json::tree::Node;

/// The numbers that v2 has for the types of fields.
const TYPES: [(&str, &str); 16] = [
    ("text", "1"),
    ("numeric", "2"),
    ("checkbox", "3"),
    ("select", "4"),
    ("multiselect", "5"),
    ("date", "6"),
    ("url", "7"),
    ("multitext", "8"),
    ("textarea", "9"),
    ("radiobutton", "10"),
    ("streetaddress", "11"),
    ("smart_address", "13"),
    ("birthday", "14"),
    ("legal_entity", "15"),
    ("items", "16"),
    ("org_legal_name", "17"),
];

/// Reads the fields of all kinds of entity.
pub async fn read(pages: &[Pages<FieldTables>; 4], context: &Context) -> Result<(), Error> {
    let lists = ENTITIES.iter().zip(pages);
    let readings = lists.map(|(entity, pages)| read_entity(entity, pages, context).boxed());
    all_of(&context.transport.http.progress, readings.collect()).await
}

async fn read_entity(
    entity: &str,
    pages: &Pages<FieldTables>,
    context: &Context,
) -> Result<(), Error> {
    let request = Request::get(format!("/api/v4/{entity}/custom_fields"));
    let name = format!("custom fields of {entity}");
    let list =
        ListContext::new(&context.transport, context.rate, &name, Paging::Numbered, &request);
    let read = read_list(&list, pages, |PageRequest { range, .. }| {
        let page = range.page_number();
        let part = request.clone().query("page", &page).query("limit", &range.limit);
        let (part, what) = (part.divisible(true), format!("{name}, page {page}"));
        async move { context.transport.get(&part, &what, read_fields).await }
    });
    match read.await {
        Err(error) if lacks_customers(entity, &error) => Ok(()),
        read => read,
    }
}

/// Whether the error says that the account has no customers: they are not in
/// its tariff, or it is on Kommo (docs/api-v4.md, Customers' modules and
/// statuses).
fn lacks_customers(entity: &str, error: &Error) -> bool {
    let status = error.at().and_then(|at| at.status);
    entity == "customers" && matches!(status, Some(402 | 404))
}

/// A page of fields; no body is a page without rows.
///
/// # Errors
/// [`BadBody`] when the body is not a page of fields.
pub fn read_fields(body: Option<&[u8]>) -> Result<Page<FieldTables>, BadBody> {
    let Some(body) = body else { return Ok(Page::empty(FieldTables::default())) };
    let shape = PageShape { list: "custom_fields", id: "id", order: None };
    read_records(body, shape, FieldRecords::new)
}

/// Fields, whose choices are read apart.
struct FieldRecords {
    tables: FieldTables,
    enums: Node,
}

impl FieldRecords {
    fn new() -> Self {
        FieldRecords { tables: FieldTables::default(), enums: Node::Null }
    }
}

impl FieldReader for FieldRecords {
    fn read<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        if name == "enums" {
            self.enums = map.next_value()?;
            return Ok(true);
        }
        NoLinks.read(name, map)
    }
}

impl RecordSink for FieldRecords {
    type Rows = FieldTables;

    fn keep(&mut self, field: &Record) -> Result<(), BadCell> {
        let mut row = Row::default();
        write_row(field, &mut row);
        let enums = std::mem::replace(&mut self.enums, Node::Null);
        self.tables.push(&row, &enums)
    }

    fn count_broken_texts(&mut self) {
        self.tables.fields.count_broken_texts();
        self.tables.enums.count_broken_texts();
    }

    fn into_rows(self) -> FieldTables {
        self.tables
    }
}

/// A field as its row in v2. What v4 does not tell is empty; its own name of
/// the type comes last.
fn write_row<'r>(field: &'r Record, row: &mut Row<'r>) {
    let kind = field.get("type").unwrap_or(Value::ABSENT);
    let kind_name = &*kind.text();
    row.copy_as(field, "id", "id");
    row.copy_as(field, "name", "name");
    let number = field_type(kind_name).map_or(Value::ABSENT, |n| Value::Text(n, JsonType::Int));
    row.push_value("field_type", number);
    row.copy_as(field, "sort", "sort");
    row.push_value("code", field.get("code").unwrap_or(Value::ABSENT).filled());
    let is_multiple = if kind_name == "multitext" { "TRUE" } else { "FALSE" };
    row.push_as("is_multiple", is_multiple, JsonType::Bool);
    row.copy_as(field, "is_predefined", "is_system");
    for name in ["is_editable", "is_required", "is_deletable", "is_visible"] {
        row.copy_as(field, name, name);
    }
    row.push_value("type", kind.filled());
}

/// The number that v2 has for a type of field; it does not know the new ones.
pub fn field_type(name: &str) -> Option<&'static str> {
    TYPES.iter().find(|(known, _)| *known == name).map(|(_, number)| *number)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{field_type, read_fields};
    use crate::endpoints::custom_fields::tables::FIELDS;
    use crate::table::Column;

    #[test]
    fn a_field_has_the_columns_of_v2_and_its_choices() {
        let body = br#"{"_embedded":{"custom_fields":[{"id":1,"name":"a","type":"select",
            "enums":[{"id":5,"value":"x"},{"id":4,"value":"y"}]},{"id":2,"type":"text",
            "enums":null}]}}"#;
        let page = read_fields(Some(body)).unwrap();
        assert_eq!((page.records, page.rows.enums.rows()), (2, 2));
        let columns = page.rows.fields.into_columns();
        let names: Vec<String> = columns.iter().map(Column::name).collect();
        assert_eq!(names, [FIELDS.base, &["type"]].concat());
    }

    #[test]
    fn types_have_their_numbers_and_new_ones_none() {
        assert_eq!(field_type("radiobutton"), Some("10"));
        assert_eq!(field_type("chained_list"), None);
    }
}
