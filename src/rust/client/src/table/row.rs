//! A row on its way from a record to a table. It borrows names and texts from the
//! record: nothing is copied before it is in its column.

use std::borrow::Cow;

use crate::json::flatten::{Field, JsonType, Record, Value};
use crate::json::tree::Node;

/// The cells of one row, borrowed from its record.
pub struct Row<'r> {
    cells: Vec<(Cow<'r, str>, Value<'r>)>,
}

/// Capacity for the cells of most rows. Without it 40,000 notes over v4 take 80 ms of CPU
/// instead of 77.
const USUAL_CELLS: usize = 24;

impl Default for Row<'_> {
    fn default() -> Self {
        Row { cells: Vec::with_capacity(USUAL_CELLS) }
    }
}

impl<'r> Row<'r> {
    /// Adds a string.
    pub fn push(&mut self, name: &'static str, text: &'r str) {
        self.push_as(name, text, JsonType::Text);
    }

    /// Adds a text of any type.
    pub fn push_as(&mut self, name: &'static str, text: &'r str, json_type: JsonType) {
        self.push_value(name, Value::Text(text, json_type));
    }

    /// Adds a cell.
    pub fn push_value(&mut self, name: &'static str, value: Value<'r>) {
        self.push_named(name, value);
    }

    /// Adds a field of the record under its own name.
    pub fn push_field(&mut self, field: Field<'r>) {
        self.push_named(field.name(), field.value());
    }

    /// Adds a field of the record under another name.
    pub fn push_field_as(&mut self, name: &'static str, field: Field<'r>) {
        self.push_value(name, field.value());
    }

    /// Adds a cell with any name.
    pub fn push_named(&mut self, name: impl Into<Cow<'r, str>>, value: Value<'r>) {
        self.cells.push((name.into(), value));
    }

    /// Adds a field of a record under another name; an empty cell if it is missing.
    pub fn copy_as(&mut self, record: &'r Record, field: &str, name: &'static str) {
        let value = record.get(field).unwrap_or(Value::ABSENT);
        self.push_value(name, value);
    }

    /// Adds columns, empty where the record lacks a field, and then its other fields.
    pub fn copy_all(&mut self, record: &'r Record, columns: &'static [&'static str]) {
        for column in columns {
            self.copy_as(record, column, column);
        }
        let others = record.iter().filter(|field| !columns.contains(&field.name()));
        others.for_each(|field| self.push_field(field));
    }

    /// Adds a member of an object; an empty cell if it is missing or no scalar.
    pub fn copy_member(&mut self, object: &'r Node, member: &str, column: impl Into<Cow<'r, str>>) {
        self.push_named(column, object.get(member).and_then(Node::value).unwrap_or(Value::ABSENT));
    }

    /// Name and value of each cell.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Value<'r>)> + Clone {
        self.cells.iter().map(|(name, value)| (&**name, *value))
    }

    /// Name and text of each cell.
    pub fn texts(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        self.iter().map(|(name, value)| (name, value.text()))
    }

    /// What the first cell with this name holds.
    pub fn get(&self, name: &str) -> Option<Value<'r>> {
        self.iter().find(|(found, _)| *found == name).map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::{Row, Value};
    use crate::json::flatten::JsonType;

    #[test]
    fn the_first_cell_of_a_name_is_found_and_empty_texts_are_no_values() {
        let mut row = Row::default();
        row.push("a", "x");
        row.push_value("a", Value::Text("", JsonType::Text).filled());
        row.push_named(format!("b{}", 1), Value::Whole(5).filled());
        assert_eq!(row.get("a"), Some(Value::Text("x", JsonType::Text)));
        assert_eq!(row.get("c"), None);
        let cells: Vec<_> = row.iter().collect();
        let first = Value::Text("x", JsonType::Text);
        assert_eq!(cells, [("a", first), ("a", Value::ABSENT), ("b1", Value::Whole(5))]);
    }
}
