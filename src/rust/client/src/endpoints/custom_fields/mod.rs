//! `AmoCustomFields()`: the custom fields of each kind of card, and the
//! choices of those that have some (docs/contract.md, Tables of custom fields).

mod v2;
mod v4;

use futures_util::future::{BoxFuture, FutureExt};

use crate::account::Api;
use crate::endpoints::parameters::LIST_LIMIT;
use crate::error::Error;
use crate::json::flatten::Value;
use crate::json::tree::Node;
use crate::paging::{Append, Pages, Paging};
use crate::query::{Context, Query, Tables};
use crate::table::row::Row;
use crate::table::{BadCell, Keys, Schema, Table};

pub use v2::read_document;
pub use v4::{field_type, read_fields};

/// The kinds of card that have fields, in the order of the result.
pub const ENTITIES: [&str; 4] = ["contacts", "leads", "companies", "customers"];

/// What a table of fields is made of.
pub static FIELDS: Schema = Schema {
    base: &[
        "id",
        "name",
        "field_type",
        "sort",
        "code",
        "is_multiple",
        "is_system",
        "is_editable",
        "is_required",
        "is_deletable",
        "is_visible",
    ],
    keys: &["id"],
    ids: &["id"],
    natural: true,
    integers: &["field_type", "sort"],
    logicals: &[
        "is_multiple",
        "is_system",
        "is_editable",
        "is_required",
        "is_deletable",
        "is_visible",
    ],
    ..Schema::TEXT
};

/// What a table of choices is made of.
pub static ENUMS: Schema =
    Schema { base: &["id", "name", "enum_id", "enum_name"], ids: &["id"], ..Schema::TEXT };

/// The fields of one kind of card, and their choices.
pub struct FieldTables {
    /// A row for each field.
    pub fields: Table,
    /// A row for each choice of each field.
    pub enums: Table,
}

/// The custom fields of an account.
pub struct CustomFieldsQuery {
    /// What has come of each of [`ENTITIES`].
    pages: [Pages<FieldTables>; 4],
}

impl Default for CustomFieldsQuery {
    fn default() -> Self {
        CustomFieldsQuery {
            pages: ENTITIES.map(|_| Pages::new(Paging::Numbered, LIST_LIMIT, FieldTables::new())),
        }
    }
}

impl Query for CustomFieldsQuery {
    fn read<'q>(&'q self, context: &'q Context) -> BoxFuture<'q, Result<(), Error>> {
        match context.api {
            Api::V2 => v2::read(&self.pages, context).boxed(),
            Api::V4 => v4::read(&self.pages, context).boxed(),
        }
    }

    /// Two tables for each kind of card that has fields.
    fn tables(&self) -> Tables {
        let mut tables = Tables::new();
        for (entity, pages) in ENTITIES.iter().zip(&self.pages) {
            let FieldTables { fields, enums } = pages.take().unwrap_or_else(FieldTables::new);
            if fields.rows() > 0 {
                tables.push((format!("custom_fields_{entity}"), fields));
                tables.push((format!("custom_fields_{entity}_enum"), enums));
            }
        }
        tables
    }
}

impl Append for FieldTables {
    fn append(&mut self, page: FieldTables, seen: &mut Keys) {
        let mut new = Keys::default();
        page.fields.keys_into_if(&mut new, |key| !seen.has(key));
        self.fields.append(page.fields, seen);
        self.enums.append_with(page.enums, "id", &new);
    }

    fn keys_into(&self, keys: &mut Keys) {
        self.fields.keys_into(keys);
    }
}

impl FieldTables {
    fn new() -> Self {
        FieldTables { fields: Table::new(&FIELDS), enums: Table::new(&ENUMS) }
    }

    /// Adds a field and its choices.
    fn push(&mut self, field: &Row, enums: &Node) -> Result<(), BadCell> {
        self.fields.push(field)?;
        for (id, name) in choices(enums) {
            let mut row = Row::default();
            for column in ["id", "name"] {
                row.push_value(column, field.get(column).unwrap_or(Value::ABSENT));
            }
            row.push("enum_id", id);
            row.push("enum_name", name);
            self.enums.push(&row)?;
        }
        Ok(())
    }
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::choices;
    use crate::json::tree::Node;

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
}
