//! Custom fields over API v2: a part of the account (docs/api-v2.md, Custom
//! fields).

use super::tables::{ENTITIES, FieldTables};
use crate::bad_body::BadBody;
use crate::error::Error;
use crate::http::Request;
use crate::json::flatten::Value;
use crate::json::page::Page;
use crate::json::tree::Node;
use crate::paging::Pages;
use crate::query::Context;
use crate::table::row::Row;

/// Reads the fields of all kinds of entity.
pub async fn read(pages: &[Pages<FieldTables>; 4], context: &Context) -> Result<(), Error> {
    let request = Request::get("/api/v2/account").query("with", "custom_fields");
    let answer = context.transport.get(&request, "custom fields", read_document).await?;
    let mut records = 0;
    for (pages, rows) in pages.iter().zip(answer.value) {
        records += rows.fields.rows();
        pages.add(Page { records: rows.fields.rows(), ..Page::empty(rows) });
    }
    context.transport.http.progress.page_read(records);
    Ok(())
}

/// The tables of each of [`ENTITIES`].
///
/// # Errors
/// [`BadBody`] when the body has no custom fields.
pub fn read_document(body: Option<&[u8]>) -> Result<Vec<FieldTables>, BadBody> {
    let document = Node::read(body)?;
    let fields = document.at(&["_embedded", "custom_fields"])?;
    ENTITIES.iter().map(|entity| read_entity(entity, fields.get(entity))).collect()
}

fn read_entity(entity: &str, fields: Option<&Node>) -> Result<FieldTables, BadBody> {
    let mut tables = FieldTables::default();
    for field in fields.map(Node::values).unwrap_or_default() {
        let mut row = Row::default();
        write_row(field, &mut row);
        tables.push(&row, field.get("enums").unwrap_or(&Node::Null)).map_err(|bad| BadBody {
            path: format!("_embedded.custom_fields.{entity}"),
            detail: format!("`{}` is not a number R can hold exactly", bad.column),
        })?;
    }
    Ok(tables)
}

/// A field as its row: scalars only, which leaves out params and enums.
fn write_row<'r>(field: &'r Node, row: &mut Row<'r>) {
    for (name, value) in field.members() {
        if let Node::Scalar(text, kind) = value {
            row.push_named(name, Value::Text(text, *kind).filled());
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::read_document;
    use crate::table::Column;

    #[test]
    fn fields_come_without_params_and_enums_and_empty_texts_are_none() {
        let body = br#"{"_embedded":{"custom_fields":{"contacts":{"7":{"id":7,"name":"Phone",
            "field_type":8,"code":"","params":{},"enums":{"3":"WORK","1":"MOB"}}},
            "leads":[],"catalogs":{"1":{"2":{"id":2}}}}}}"#;
        let tables = read_document(Some(body)).unwrap();
        let rows: Vec<u32> = tables.iter().map(|tables| tables.fields.rows()).collect();
        assert_eq!(rows, [1, 0, 0, 0]);
        let contacts = tables.into_iter().next().unwrap();
        assert_eq!(
            contacts.enums.texts("enum_name"),
            [Some("WORK".to_owned()), Some("MOB".to_owned())]
        );
        let columns = contacts.fields.into_columns();
        let names: Vec<String> = columns.iter().map(Column::name).collect();
        assert_eq!(names, ["id", "name", "field_type", "code"]);
        assert!(columns[3].rows().is_empty());
    }

    #[test]
    fn what_has_no_fields_is_an_error() {
        assert!(read_document(Some(b"{\"_embedded\":{}}")).is_err());
        assert!(read_document(None).is_err());
    }
}
