//! A table kept row by row, the plain way: a second road to what
//! `amocrm_client::table` keeps column by column.

use std::collections::{HashMap, HashSet};

use amocrm_client::table::unique_names::{make_unique, names_in_r};
use amocrm_client::table::{Column, Schema, Table, Values};

use crate::tree::Row;

/// A table's columns as they show from outside: the name, and each cell there
/// is with its row.
pub type Shown = Vec<(String, Vec<(u32, Cell)>)>;

/// A cell; numbers by their bits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Cell {
    Text(String),
    Number(u64),
}

/// The rows, and the order of the columns.
#[derive(Clone)]
pub struct Model {
    schema: &'static Schema,
    order: Vec<String>,
    rows: Vec<HashMap<String, Cell>>,
}

impl Model {
    pub fn new(schema: &'static Schema) -> Self {
        Model { schema, order: Vec::new(), rows: Vec::new() }
    }

    pub fn with_base(schema: &'static Schema) -> Self {
        let order = schema.base.iter().map(ToString::to_string).collect();
        Model { schema, order, rows: Vec::new() }
    }

    /// The table of one page; None when an id is no number.
    pub fn of(schema: &'static Schema, rows: &[Row]) -> Option<Self> {
        let mut model = Model::new(schema);
        let mut known = HashSet::new();
        for row in rows {
            // Also where no name repeats: that must change nothing.
            let mut names: Vec<String> = row.iter().map(|(name, _)| name.clone()).collect();
            make_unique(&mut names);
            let mut cells = HashMap::new();
            for (name, (_, text)) in names.into_iter().zip(row) {
                if known.insert(name.clone()) {
                    model.order.push(name.clone());
                }
                assert!(!cells.contains_key(&name), "a name twice in one row: {row:?}");
                if let Some(cell) = cell(schema, &name, text)? {
                    cells.insert(name, cell);
                }
            }
            model.rows.push(cells);
        }
        Some(model)
    }

    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    fn key(&self, row: &HashMap<String, Cell>) -> Option<Cell> {
        self.schema.keys.iter().find_map(|name| row.get(*name)).cloned()
    }

    /// As `Table::append`.
    pub fn append(&mut self, page: &Model, seen: &mut HashSet<Cell>) -> usize {
        let mut kept = page.rows.clone();
        kept.retain(|row| self.key(row).is_none_or(|key| seen.insert(key)));
        for name in &page.order {
            let has = |rows: &[HashMap<_, _>]| rows.iter().any(|row| row.contains_key(name));
            // Values that can't be read leave a column without cells.
            let is_there = has(&kept) || !has(&page.rows);
            if is_there && !self.order.contains(name) {
                self.order.push(name.clone());
            }
        }
        let added = kept.len();
        self.rows.append(&mut kept);
        added
    }

    /// As `Table::relabel`.
    pub fn relabel(&mut self, name: &str, label: impl Fn(&str) -> Option<&'static str>) {
        for row in &mut self.rows {
            if let Some(Cell::Text(text)) = row.get_mut(name) {
                if let Some(new) = label(text) {
                    new.clone_into(text);
                }
            }
        }
    }

    /// As `Table::texts`.
    pub fn texts(&self, name: &str) -> Vec<Option<String>> {
        let text = |row: &HashMap<String, Cell>| match row.get(name) {
            Some(Cell::Text(text)) => Some(text.clone()),
            _ => None,
        };
        self.rows.iter().map(text).collect()
    }

    /// As `Table::set_texts`.
    pub fn set_texts(&mut self, name: &str, texts: &[Option<&str>]) {
        for (row, text) in self.rows.iter_mut().zip(texts) {
            row.remove(name);
            if let Some(text) = text {
                row.insert(name.to_owned(), Cell::Text((*text).to_owned()));
            }
        }
    }

    /// As `Table::move_last`.
    pub fn move_last(&mut self, name: &str) {
        if let Some(place) = self.order.iter().position(|found| found == name) {
            let name = self.order.remove(place);
            self.order.push(name);
        }
    }

    /// As `Table::sort_by`.
    pub fn sort_by(&mut self, names: &[&str]) {
        let number = |row: &HashMap<String, Cell>, name: &str| match row.get(name) {
            Some(Cell::Number(bits)) => f64::from_bits(*bits),
            _ => f64::NAN,
        };
        for name in names.iter().rev() {
            self.rows.sort_by(|a, b| number(a, name).total_cmp(&number(b, name)));
        }
    }

    pub fn shown(&self) -> Shown {
        let cells = |name: &String| {
            let cells = (0..).zip(&self.rows);
            cells.filter_map(|(at, row)| Some((at, row.get(name)?.clone()))).collect()
        };
        let base = Model::with_base(self.schema);
        let order =
            if self.rows.is_empty() && self.order.is_empty() { &base.order } else { &self.order };
        let shown = names_in_r(&order.iter().map(String::as_str).collect::<Vec<_>>());
        shown.into_iter().zip(order).map(|(shown, name)| (shown, cells(name))).collect()
    }
}

/// The cell that `text` becomes in the column `name`, if it can be read; None
/// when it is an id that can't.
fn cell(schema: &Schema, name: &str, text: &str) -> Option<Option<Cell>> {
    let is_id = schema.ids.contains(&name);
    if !is_id && !schema.times.contains(&name) {
        return Some(Some(Cell::Text(text.to_owned())));
    }
    let number = match text.parse::<i64>() {
        Ok(whole) => (whole.unsigned_abs() <= 1 << 53).then_some(whole as f64),
        Err(_) if is_id || !text.contains(['.', 'e', 'E']) => None,
        Err(_) => text.parse().ok().filter(|number: &f64| number.is_finite()),
    };
    let cell = number.map(|number| Cell::Number(number.to_bits()));
    if is_id && cell.is_none() { None } else { Some(cell) }
}

/// The columns of a table, which must be what R relies on: rows in ascending
/// order and not beyond the table, numbers of texts within the interner, no
/// text twice in it, no NUL.
pub fn shown(table: Table) -> Shown {
    let rows = table.rows();
    table.into_columns().iter().map(|column| (column.name(), cells(column, rows))).collect()
}

fn cells(column: &Column, rows: u32) -> Vec<(u32, Cell)> {
    assert!(!column.name().contains('\0'));
    assert!(column.rows().iter().is_sorted_by(|a, b| a < b));
    assert!(column.rows().iter().last().is_none_or(|last| last < rows));
    let cells: Vec<Cell> = match column.values() {
        Values::Text(numbers, interner) => {
            let texts: Vec<&str> = interner.iter().collect();
            assert_eq!(texts.len(), interner.len());
            assert_eq!(texts.iter().collect::<HashSet<_>>().len(), texts.len());
            assert!(texts.iter().all(|text| !text.contains('\0')));
            numbers.iter().map(|number| Cell::Text(texts[number as usize].to_owned())).collect()
        }
        Values::Number(_, numbers) => {
            numbers.iter().map(|number| Cell::Number(number.to_bits())).collect()
        }
    };
    assert_eq!(cells.len(), column.rows().len());
    column.rows().iter().zip(cells).collect()
}
