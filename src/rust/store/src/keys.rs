//! Keys of rows, as 128 bits that no two keys share but by a miracle.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, BuildHasherDefault, Hash, Hasher, RandomState};

use crate::column::{Column, Values};
use crate::error::Error;
use crate::rows::Rows;

/// What stands for the key of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key(u64, u64);

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0);
    }
}

/// A map of keys, which are hashes already.
pub type KeyMap<T> = HashMap<Key, T, BuildHasherDefault<Unchanged>>;

/// A set of keys.
pub type KeySet = HashSet<Key, BuildHasherDefault<Unchanged>>;

/// Takes the first half of a key as it is.
#[derive(Default)]
pub struct Unchanged(u64);

impl Hasher for Unchanged {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        debug_assert!(bytes.is_empty(), "keys are u64");
    }

    fn write_u64(&mut self, half: u64) {
        self.0 = half;
    }
}

/// Makes keys; those of one maker can be compared.
#[derive(Default)]
pub struct KeyMaker {
    halves: [RandomState; 2],
}

/// A cell as keys see it: a whole number is the same in every type that holds it,
/// as the type of a column may be wider in one file than in another.
#[derive(Hash)]
enum Cell<'a> {
    Missing,
    Whole(i64),
    Number(u64),
    Text(&'a str),
}

impl KeyMaker {
    /// The key of each row: the cells in these columns.
    pub fn keys(&self, table: &str, rows: &Rows, names: &[String]) -> Result<Vec<Key>, Error> {
        let mut keys = vec![Key(0, 0); rows.count()];
        for name in names {
            let column = rows.column(name);
            let column =
                column.ok_or_else(|| Error::input(table, format!("there is no key {name}")))?;
            self.add(&mut keys, column);
        }
        Ok(keys)
    }

    /// What stands for all cells of each row. The sum of rows does for them in any
    /// order.
    pub fn digests(&self, rows: &Rows) -> Vec<u64> {
        let mut keys = vec![Key(0, 0); rows.count()];
        rows.columns().iter().for_each(|column| self.add(&mut keys, column));
        keys.into_iter().map(|key| key.0).collect()
    }

    fn add(&self, keys: &mut [Key], column: &Column) {
        match column.values() {
            Values::Bool(values) => {
                self.add_cells(
                    keys,
                    column,
                    values.iter().map(|value| Cell::Whole((*value).into())),
                );
            }
            Values::Int32(values) | Values::Date(values) => {
                self.add_cells(
                    keys,
                    column,
                    values.iter().map(|value| Cell::Whole((*value).into())),
                );
            }
            Values::Int64(values) | Values::Time(values) => {
                self.add_cells(keys, column, values.iter().map(|value| Cell::Whole(*value)));
            }
            Values::Double(values) => {
                self.add_cells(keys, column, values.iter().map(|value| number(*value)));
            }
            Values::Text(texts) => self.add_cells(keys, column, texts.iter().map(text)),
        }
    }

    fn add_cells<'a>(
        &self,
        keys: &mut [Key],
        column: &Column,
        mut cells: impl Iterator<Item = Cell<'a>>,
    ) {
        for (key, present) in keys.iter_mut().zip(column.present()) {
            let cell = present.then(|| cells.next()).flatten().unwrap_or(Cell::Missing);
            let [first, second] = &self.halves;
            *key = Key(first.hash_one((key.0, &cell)), second.hash_one((key.1, &cell)));
        }
    }
}

#[allow(clippy::cast_possible_truncation, clippy::float_cmp)]
fn number(value: f64) -> Cell<'static> {
    let whole = value as i64;
    if whole as f64 == value { Cell::Whole(whole) } else { Cell::Number(value.to_bits()) }
}

/// A text that is written as a whole number would be is that number.
fn text(text: &str) -> Cell<'_> {
    let is_plain = !text.starts_with(['+', '0']) && !text.starts_with("-0") || text == "0";
    match text.parse() {
        Ok(whole) if is_plain => Cell::Whole(whole),
        _ => Cell::Text(text),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::KeyMaker;
    use crate::column::{Column, Type, Values};
    use crate::rows::Rows;

    fn keys(maker: &KeyMaker, columns: Vec<Column>) -> Vec<super::Key> {
        let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
        maker.keys("t", &Rows::new(columns).unwrap(), &names).unwrap()
    }

    #[test]
    fn a_whole_number_is_one_key_in_any_type() {
        let maker = KeyMaker::default();
        let number = keys(&maker, vec![Column::full("id", Values::Int32(vec![7]))]);
        for values in [
            Values::Int64(vec![7]),
            Values::Double(vec![7.0]),
            Values::Text(["7"].iter().collect()),
        ] {
            assert_eq!(keys(&maker, vec![Column::full("id", values)]), number);
        }
    }

    #[test]
    fn keys_of_other_cells_differ() {
        let maker = KeyMaker::default();
        let texts = ["7", "07", "+7", "7.0", "", "-0", "0", "-7"];
        let count = texts.len();
        let mut all = keys(&maker, vec![Column::full("id", Values::Text(texts.iter().collect()))]);
        all.extend(keys(&maker, vec![Column::missing("id", Type::Text, 1)]));
        all.extend(keys(&maker, vec![Column::full("id", Values::Double(vec![7.5]))]));
        let pair = |a, b| {
            let columns = [("a", a), ("b", b)];
            let full = |(name, value)| Column::full(name, Values::Int64(vec![value]));
            keys(&maker, columns.into_iter().map(full).collect())
        };
        all.extend(pair(7, 1));
        all.extend(pair(1, 7));
        let distinct: std::collections::HashSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), count + 4);
    }
}
