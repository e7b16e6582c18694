//! What is wrong with the tables of a call, in all its batches together.

use crate::error::Error;
use crate::table::{MAX_COLUMNS, Table, Unreadable};

/// What could not be put into the tables.
#[derive(Default)]
pub struct Flaws {
    /// Values that could not be read, by the name of the table.
    pub unreadable: Vec<(String, Unreadable)>,
    /// How many texts were broken.
    pub broken: usize,
    /// That a table has too many columns.
    pub too_wide: Option<Error>,
}

impl Flaws {
    /// Adds those of some tables. Drops columns beyond the limit.
    pub fn add(&mut self, tables: &mut [(String, Table)]) {
        for (name, table) in tables {
            if table.narrow() {
                let error = Error::TooWide { table: name.clone(), most: MAX_COLUMNS };
                self.too_wide.get_or_insert(error);
            }
            for found in table.unreadable() {
                self.add_unreadable(name, found);
            }
            self.broken += table.broken_texts();
        }
    }

    /// A column is told once, with the examples that came first.
    fn add_unreadable(&mut self, table: &str, found: Unreadable) {
        let is_same = |(name, known): &&mut (String, Unreadable)| {
            name == table && known.column == found.column
        };
        match self.unreadable.iter_mut().find(is_same) {
            Some((_, known)) => known.count += found.count,
            None => self.unreadable.push((table.to_owned(), found)),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::Flaws;
    use crate::error::Error;
    use crate::json::flatten::Value;
    use crate::table::row::Row;
    use crate::table::{MAX_COLUMNS, Schema, Table};

    static SCHEMA: Schema = Schema { integers: &["sale"], ..Schema::TEXT };

    fn batch(sale: &str, columns: usize) -> (String, Table) {
        let mut table = Table::new(&SCHEMA);
        let mut row = Row::default();
        row.push("sale", sale);
        (0..columns).for_each(|column| row.push_named(column.to_string(), Value::Whole(1)));
        table.push(&row).unwrap();
        ("leads".to_owned(), table)
    }

    #[test]
    fn a_column_of_several_batches_is_told_once() {
        let mut flaws = Flaws::default();
        flaws.add(&mut [batch("a", 0)]);
        flaws.add(&mut [batch("b", 0), ("contacts".to_owned(), batch("c", 0).1)]);
        let told: Vec<_> = flaws
            .unreadable
            .iter()
            .map(|(table, found)| (table.as_str(), found.count, found.examples.concat()))
            .collect();
        assert_eq!(told, [("leads", 2, "a".to_owned()), ("contacts", 1, "c".to_owned())]);
        assert!(flaws.too_wide.is_none());
    }

    #[test]
    fn a_batch_with_too_many_columns_loses_some_and_is_told() {
        let mut flaws = Flaws::default();
        let mut tables = [batch("1", MAX_COLUMNS)];
        flaws.add(&mut tables);
        flaws.add(&mut [batch("1", 0)]);
        assert_eq!(tables[0].1.names().count(), MAX_COLUMNS);
        assert!(matches!(flaws.too_wide, Some(Error::TooWide { .. })));
    }
}
