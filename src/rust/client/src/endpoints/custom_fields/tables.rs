//! The tables of one kind of entity: its custom fields, and their choices.

use crate::json::flatten::Value;
use crate::json::page::BadCell;
use crate::json::tree::Node;
use crate::table::row::Row;
use crate::table::{RowSink, Schema, SeenKeys, Table};

/// The kinds of entity that have fields, in the order of the result.
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
    inferred: true,
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

/// The fields of one kind of entity, and their choices.
pub struct FieldTables {
    /// A row for each field.
    pub fields: Table,
    /// A row for each choice of each field.
    pub enums: Table,
}

impl RowSink for FieldTables {
    fn append(&mut self, page: FieldTables, seen: &mut SeenKeys) {
        let mut new = SeenKeys::default();
        page.fields.keys_into_if(&mut new, |key| !seen.has(key));
        self.fields.append(page.fields, seen);
        self.enums.append_with(page.enums, "id", &new);
    }

    fn keys_into(&self, keys: &mut SeenKeys) {
        self.fields.keys_into(keys);
    }
}

impl Default for FieldTables {
    fn default() -> Self {
        FieldTables { fields: Table::new(&FIELDS), enums: Table::new(&ENUMS) }
    }
}

impl FieldTables {
    /// Adds a field and its choices.
    pub fn push(&mut self, field: &Row, enums: &Node) -> Result<(), BadCell> {
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
