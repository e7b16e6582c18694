//! A row on its way from a record to a table. Its names and texts are those of
//! the record where they can be: nothing is copied before it has its column.

use std::borrow::Cow;

use crate::flatten::{Kind, Leaves};

/// What a table takes in as a row. Names and cells are walked one after the
/// other, since the columns must be known before the first cell is added.
pub trait Cells {
    /// The name of each cell.
    fn names(&self) -> impl Iterator<Item = &str>;
    /// Text and kind of each cell, in the same order.
    fn cells(&self) -> impl Iterator<Item = (&str, Kind)>;
}

/// The cells of one row, which borrow from the record that it is made of.
#[derive(Default)]
pub struct Row<'r> {
    cells: Vec<Cell<'r>>,
}

struct Cell<'r> {
    name: Cow<'r, str>,
    text: &'r str,
    kind: Kind,
}

impl<'r> Row<'r> {
    /// Adds a string.
    pub fn push(&mut self, name: &'r str, text: &'r str) {
        self.push_as(name, text, Kind::Text);
    }

    /// Adds a cell of any kind.
    // Were it inlined, each cell would be put together on the stack and copied.
    #[inline(never)]
    pub fn push_as(&mut self, name: &'r str, text: &'r str, kind: Kind) {
        self.cells.push(Cell { name: Cow::Borrowed(name), text, kind });
    }

    /// Adds a cell whose name may be made for it.
    pub fn push_named(&mut self, name: impl Into<Cow<'r, str>>, text: &'r str, kind: Kind) {
        self.cells.push(Cell { name: name.into(), text, kind });
    }

    /// Adds a cell; an empty text makes it an empty one.
    pub fn push_filled(&mut self, name: &'r str, text: &'r str, kind: Kind) {
        self.push_as(name, text, if text.is_empty() { Kind::Absent } else { kind });
    }

    /// Adds a leaf of a record under another name; without it, an empty cell.
    pub fn copy_as(&mut self, record: &'r Leaves, leaf: &str, name: &'r str) {
        let (text, kind) = record.get_typed(leaf).unwrap_or(("", Kind::Absent));
        self.push_as(name, text, kind);
    }

    /// Name, text and kind of each cell.
    pub fn typed(&self) -> impl Iterator<Item = (&str, &str, Kind)> {
        self.cells.iter().map(|cell| (&*cell.name, cell.text, cell.kind))
    }

    /// Name and text of each cell.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.typed().map(|(name, text, _)| (name, text))
    }

    /// The text of the first cell with this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(found, _)| *found == name).map(|(_, text)| text)
    }

    /// An empty row for another record, in the memory of this one.
    #[must_use]
    pub fn emptied<'n>(mut self) -> Row<'n> {
        self.cells.clear();
        // Cells of both lifetimes are of one size: the vector stays where it is.
        Row { cells: self.cells.into_iter().map_while(|_| None).collect() }
    }
}

impl Cells for Row<'_> {
    fn names(&self) -> impl Iterator<Item = &str> {
        self.cells.iter().map(|cell| &*cell.name)
    }

    fn cells(&self) -> impl Iterator<Item = (&str, Kind)> {
        self.cells.iter().map(|cell| (cell.text, cell.kind))
    }
}

#[cfg(test)]
mod tests {
    use super::Row;
    use crate::flatten::Kind;

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
        row.push_filled("a", "", Kind::Int);
        row.push_named(format!("b{}", 1), "y", Kind::Int);
        assert_eq!(row.get("a"), Some("x"));
        assert_eq!(row.get("c"), None);
        let cells: Vec<_> = row.typed().collect();
        assert_eq!(
            cells,
            [("a", "x", Kind::Text), ("a", "", Kind::Absent), ("b1", "y", Kind::Int)]
        );
    }
}
