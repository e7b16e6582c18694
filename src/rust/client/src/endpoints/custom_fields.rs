//! `AmoCustomFields()`: the custom fields of each kind of entity, and the
//! choices of those that have some (docs/contract.md, Tables of custom fields). Over
//! API v2 they are a part of the account (docs/api-v2.md, Custom fields), over v4 a list
//! for each kind of entity (docs/api-v4.md, Custom fields over v4).

use std::sync::OnceLock;

use futures_util::future::{BoxFuture, FutureExt};
use serde::de::MapAccess;

use crate::account::Api;
use crate::bad_body::BadBody;
use crate::endpoints::customers;
use crate::endpoints::paged_list::{PagedList, Pagination, read_all};
use crate::endpoints::parameters::V4_LIMIT;
use crate::error::Error;
use crate::http::Request;
use crate::json::flatten::{FieldReader, JsonType, NoLinks, Record, Value};
use crate::json::page::{BadCell, Page, PageShape, RecordSink, read_records};
use crate::json::tree::Node;
use crate::query::{Context, Query, Tables};
use crate::table::row::Row;
use crate::table::{Schema, Table};

/// The kinds of entity that have fields, in the order of the result.
pub const ENTITIES: [&str; 4] = ["contacts", "leads", "companies", "customers"];

/// What a table of fields is made of.
#[rustfmt::skip]
static FIELDS: Schema = Schema {
    base: &[
        "id", "name", "field_type", "sort", "code", "is_multiple", "is_system", "is_editable",
        "is_required", "is_deletable", "is_visible",
    ],
    keys: &["id"],
    ids: &["id"],
    inferred: true,
    integers: &["field_type", "sort"],
    logicals: &[
        "is_multiple", "is_system", "is_editable", "is_required", "is_deletable", "is_visible",
    ],
    ..Schema::TEXT
};

/// What a table of choices is made of.
static ENUMS: Schema =
    Schema { base: &["id", "name", "enum_id", "enum_name"], ids: &["id"], ..Schema::TEXT };

/// The custom fields of an account.
#[derive(Default)]
pub struct CustomFieldsQuery {
    /// Those of each of [`ENTITIES`].
    lists: OnceLock<[PagedList<Vec<Table>>; 4]>,
}

impl Query for CustomFieldsQuery {
    fn read<'q>(&'q self, context: &'q Context) -> BoxFuture<'q, Result<(), Error>> {
        let lists = self.lists.get_or_init(|| ENTITIES.map(list));
        match context.api {
            Api::V2 => read_v2(lists, context).boxed(),
            Api::V4 => read_all(lists, context).boxed(),
        }
    }

    /// Two tables for each kind of entity that has fields.
    fn tables(&self) -> Tables {
        let mut tables = Tables::new();
        for (entity, list) in ENTITIES.iter().zip(self.lists.get().into_iter().flatten()) {
            let of_entity = list.take().unwrap_or_default();
            if of_entity.first().is_some_and(|fields| fields.rows() > 0) {
                let names = ["", "_enum"].map(|what| format!("custom_fields_{entity}{what}"));
                tables.extend(names.into_iter().zip(of_entity));
            }
        }
        tables
    }
}

fn list(entity: &str) -> PagedList<Vec<Table>> {
    let request = Request::get(format!("/api/v4/{entity}/custom_fields"));
    let (name, read) = (format!("custom fields of {entity}"), Box::new(read_fields));
    PagedList::new(name, request, Pagination::Pages, V4_LIMIT, empty(), read)
        .unless(customers::are_missing)
}

/// The tables of one kind of entity: a row for each field, and one for each choice of
/// each field.
fn empty() -> Vec<Table> {
    vec![Table::new(&FIELDS), Table::new(&ENUMS)]
}

/// Adds a field and its choices.
fn push(tables: &mut [Table], field: &Row, enums: &Node) -> Result<(), BadCell> {
    tables[0].push(field)?;
    for (id, name) in choices(enums) {
        let mut row = Row::default();
        for column in ["id", "name"] {
            row.push_value(column, field.get(column).unwrap_or(Value::ABSENT));
        }
        row.push("enum_id", id);
        row.push("enum_name", name);
        tables[1].push(&row)?;
    }
    Ok(())
}

/// Ids and names of choices: `{"id": "name"}`, or `[{"id": ..., "value": ...}]`
/// in API v4 and old answers of v2.
fn choices(enums: &Node) -> Vec<(&str, &str)> {
    let named = enums.members().iter().map(|(id, name)| (id.as_str(), name.text()));
    let listed = enums.values().into_iter().filter_map(|choice| {
        let id = choice.get("id")?.text()?;
        Some((id, choice.get("value").and_then(Node::text)))
    });
    let named = named.filter(|(_, name)| name.is_some());
    named.chain(listed).map(|(id, name)| (id, name.unwrap_or_default())).collect()
}

/// Reads the fields of all kinds of entity in one document.
async fn read_v2(lists: &[PagedList<Vec<Table>>; 4], context: &Context) -> Result<(), Error> {
    let request = Request::get("/api/v2/account").query("with", "custom_fields");
    let answer = context.transport.get(&request, "custom fields", read_document).await?;
    let records = answer.value.iter().map(|tables| tables[0].rows()).sum();
    lists.iter().zip(answer.value).for_each(|(list, tables)| list.add(tables));
    context.transport.http.progress.page_read(records);
    Ok(())
}

/// The tables of each of [`ENTITIES`] in API v2.
///
/// # Errors
/// [`BadBody`] when the body has no custom fields.
pub fn read_document(body: Option<&[u8]>) -> Result<Vec<Vec<Table>>, BadBody> {
    let document = Node::read(body)?;
    let fields = document.at(&["_embedded", "custom_fields"])?;
    ENTITIES.iter().map(|entity| read_entity(entity, fields.get(entity))).collect()
}

fn read_entity(entity: &str, fields: Option<&Node>) -> Result<Vec<Table>, BadBody> {
    let mut tables = empty();
    for field in fields.map(Node::values).unwrap_or_default() {
        let mut row = Row::default();
        write_v2(field, &mut row);
        let enums = field.get("enums").unwrap_or(&Node::Null);
        push(&mut tables, &row, enums).map_err(|bad| BadBody {
            path: format!("_embedded.custom_fields.{entity}"),
            detail: format!("`{}` is not a number R can hold exactly", bad.column),
        })?;
    }
    Ok(tables)
}

/// A field as its row: scalars only, which leaves out params and enums.
fn write_v2<'r>(field: &'r Node, row: &mut Row<'r>) {
    for (name, value) in field.members() {
        if let Node::Scalar(text, kind) = value {
            row.push_named(name, Value::Text(text, *kind).filled());
        }
    }
}

/// A page of fields of API v4; no body is a page without rows.
///
/// # Errors
/// [`BadBody`] when the body is not a page of fields.
pub fn read_fields(body: Option<&[u8]>) -> Result<Page<Vec<Table>>, BadBody> {
    let Some(body) = body else { return Ok(Page::empty(empty())) };
    let shape = PageShape { list: "custom_fields", id: "id", order: None };
    read_records(body, shape, || FieldRecords { tables: empty(), enums: Node::Null })
}

/// Fields, whose choices are read apart.
struct FieldRecords {
    tables: Vec<Table>,
    enums: Node,
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
    type Rows = Vec<Table>;

    fn keep(&mut self, field: &Record) -> Result<(), BadCell> {
        let mut row = Row::default();
        write_v4(field, &mut row);
        let enums = std::mem::replace(&mut self.enums, Node::Null);
        push(&mut self.tables, &row, &enums)
    }

    fn count_broken_texts(&mut self) {
        self.tables.iter_mut().for_each(Table::count_broken_texts);
    }

    fn into_rows(self) -> Vec<Table> {
        self.tables
    }
}

/// A field as its row in v2. What v4 does not tell is empty; its own name of
/// the type comes last.
fn write_v4<'r>(field: &'r Record, row: &mut Row<'r>) {
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

/// The number that v2 has for a type of field; it does not know the new ones.
pub fn field_type(name: &str) -> Option<&'static str> {
    TYPES.iter().find(|(known, _)| *known == name).map(|(_, number)| *number)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{FIELDS, choices, field_type, read_document, read_fields};
    use crate::json::tree::Node;
    use crate::table::Column;

    #[test]
    fn choices_of_every_form_are_read_in_order() {
        for (json, expected) in [
            (r#"{"9":"b","10":"a"}"#, vec![("9", "b"), ("10", "a")]),
            (r#"[{"id":9,"value":"b"},{"id":"10","value":"a"}]"#, vec![("9", "b"), ("10", "a")]),
            (r#"{"0":{"id":9,"value":"b"}}"#, vec![("9", "b")]),
            ("null", vec![]),
            ("[]", vec![]),
        ] {
            assert_eq!(choices(&Node::read(Some(json.as_bytes())).unwrap()), expected, "{json}");
        }
    }

    #[test]
    fn fields_come_without_params_and_enums_and_empty_texts_are_none() {
        let body = br#"{"_embedded":{"custom_fields":{"contacts":{"7":{"id":7,"name":"Phone",
            "field_type":8,"code":"","params":{},"enums":{"3":"WORK","1":"MOB"}}},
            "leads":[],"catalogs":{"1":{"2":{"id":2}}}}}}"#;
        let tables = read_document(Some(body)).unwrap();
        let rows: Vec<u32> = tables.iter().map(|tables| tables[0].rows()).collect();
        assert_eq!(rows, [1, 0, 0, 0]);
        let contacts = tables.into_iter().next().unwrap();
        assert_eq!(
            contacts[1].texts("enum_name"),
            [Some("WORK".to_owned()), Some("MOB".to_owned())]
        );
        let columns = contacts.into_iter().next().unwrap().into_columns();
        let names: Vec<String> = columns.iter().map(Column::name).collect();
        assert_eq!(names, ["id", "name", "field_type", "code"]);
        assert!(columns[3].rows().is_empty());
    }

    #[test]
    fn what_has_no_fields_is_an_error() {
        assert!(read_document(Some(b"{\"_embedded\":{}}")).is_err());
        assert!(read_document(None).is_err());
    }

    #[test]
    fn a_field_has_the_columns_of_v2_and_its_choices() {
        let body = br#"{"_embedded":{"custom_fields":[{"id":1,"name":"a","type":"select",
            "enums":[{"id":5,"value":"x"},{"id":4,"value":"y"}]},{"id":2,"type":"text",
            "enums":null}]}}"#;
        let page = read_fields(Some(body)).unwrap();
        assert_eq!((page.records, page.rows[1].rows()), (2, 2));
        let columns = page.rows.into_iter().next().unwrap().into_columns();
        let names: Vec<String> = columns.iter().map(Column::name).collect();
        assert_eq!(names, [FIELDS.base, &["type"]].concat());
    }

    #[test]
    fn types_have_their_numbers_and_new_ones_none() {
        assert_eq!(field_type("radiobutton"), Some("10"));
        assert_eq!(field_type("chained_list"), None);
    }
}
