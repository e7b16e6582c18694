//! A row on its way from a record to a table. It borrows names and texts from the
//! record: nothing is copied before it is in its column.

use std::borrow::Cow;

use crate::json::field_names::{FieldNames, NameId};
use crate::json::flatten::{Field, JsonType, Record, Value};
use crate::json::tree::Node;

/// The cells of one row, borrowed from its record.
#[derive(Default)]
pub struct Row<'r> {
    cells: Vec<Cell<'r>>,
}

/// A cell on its way.
pub struct Cell<'r> {
    /// The dotted name of its column.
    pub name: CellName<'r>,
    /// What it holds.
    pub value: Value<'r>,
}

/// The name of a cell.
pub enum CellName<'r> {
    /// A constant. Such names are compared by address.
    Fixed(&'static str),
    /// The name of a field, by its id.
    Field(NameId, &'r FieldNames),
    /// Any other.
    Other(Cow<'r, str>),
}

impl CellName<'_> {
    /// The name itself.
    pub fn as_str(&self) -> &str {
        match self {
            CellName::Fixed(name) => name,
            CellName::Field(id, names) => names.get(*id),
            CellName::Other(name) => name,
        }
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
    // If inlined, each cell would be built on the stack and then copied.
    #[inline(never)]
    pub fn push_value(&mut self, name: &'static str, value: Value<'r>) {
        self.cells.push(Cell { name: CellName::Fixed(name), value });
    }

    /// Adds a field of the record under its own name.
    #[inline(never)]
    pub fn push_field(&mut self, field: Field<'r>) {
        let name = CellName::Field(field.name_id(), field.names());
        self.cells.push(Cell { name, value: field.value() });
    }

    /// Adds a field of the record under another name.
    pub fn push_field_as(&mut self, name: &'static str, field: Field<'r>) {
        self.push_value(name, field.value());
    }

    /// Adds a cell with any name.
    pub fn push_named(&mut self, name: impl Into<Cow<'r, str>>, value: Value<'r>) {
        self.cells.push(Cell { name: CellName::Other(name.into()), value });
    }

    /// Adds a field of a record under another name; an empty cell if it is missing.
    pub fn copy_as(&mut self, record: &'r Record, field: &str, name: &'static str) {
        let value = record.get(field).unwrap_or(Value::ABSENT);
        self.push_value(name, value);
    }

    /// Adds a member of an object; an empty cell if it is missing or no scalar.
    pub fn copy_member(&mut self, object: &'r Node, member: &str, column: impl Into<Cow<'r, str>>) {
        self.push_named(column, object.get(member).and_then(Node::value).unwrap_or(Value::ABSENT));
    }

    /// Each cell.
    pub fn cells(&self) -> &[Cell<'r>] {
        &self.cells
    }

    /// Name and value of each cell.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Value<'r>)> {
        self.cells.iter().map(|cell| (cell.name.as_str(), cell.value))
    }

    /// Name and text of each cell.
    pub fn texts(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        self.cells.iter().map(|cell| (cell.name.as_str(), cell.value.text()))
    }

    /// What the first cell with this name holds.
    pub fn get(&self, name: &str) -> Option<Value<'r>> {
        let cell = self.cells.iter().find(|cell| cell.name.as_str() == name)?;
        Some(cell.value)
    }

    /// An empty row for another record, in the memory of this one.
    #[must_use]
    pub fn emptied<'n>(mut self) -> Row<'n> {
        self.cells.clear();
        // Collecting an emptied vector in place keeps its memory.
        Row { cells: self.cells.into_iter().map_while(|_| None).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::{Row, Value};
    use crate::json::flatten::JsonType;

    #[test]
    fn an_emptied_row_has_no_cells_and_needs_no_memory_of_its_own() {
        let text = "x".to_owned();
        let mut row = Row::default();
        (0..100).for_each(|_| row.push("a", &text));
        let room = row.cells.capacity();
        let row: Row<'static> = row.emptied();
        drop(text);
        assert_eq!((row.iter().count(), row.cells.capacity()), (0, room));
    }

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
