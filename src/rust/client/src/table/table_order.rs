//! The order of a table's rows, and of its columns when tables are put together.

use std::cmp::Ordering;

use super::row_sink::RowSink;
use super::seen_keys::SeenKeys;
use super::table::Table;
use crate::table::column_builder::SortKey;

impl Table {
    /// The rows of several tables, each once, in ascending order of the given
    /// columns. The order of columns does not depend on which table has
    /// which rows. None without tables.
    pub fn in_order(mut tables: Vec<Table>, names: &[&str]) -> Option<Table> {
        let mut firsts = Vec::new();
        for table in &mut tables {
            table.sort_by(names);
            firsts.extend(table.first_cells(names));
        }
        firsts.sort_by(|a, b| compare(&a.0, &b.0).then(a.1.cmp(&b.1)));
        let mut joined = Table::new(tables.first()?.schema);
        for (_, _, name) in &firsts {
            joined.ensure(name);
        }
        let mut seen = SeenKeys::default();
        for table in tables {
            joined.append(table, &mut seen);
        }
        joined.sort_by(names);
        Some(joined)
    }

    /// For each column: the sort values of the first row that has it, its index in
    /// that row, and its name.
    fn first_cells(&self, names: &[&str]) -> Vec<(Vec<f64>, usize, Box<str>)> {
        let keys: Vec<Vec<f64>> = names.iter().map(|name| self.numbers(name)).collect();
        let mut firsts = Vec::new();
        let mut behind = u32::MAX;
        for (slot, column) in self.columns.iter().enumerate().rev() {
            let mut first = column.rows().iter().next().unwrap_or(u32::MAX);
            behind = behind.min(first);
            // The first row that has the column may lack the cell. That row came no
            // later than the first row of any column behind it.
            if column.may_be_empty {
                first = behind;
            }
            let order = keys.iter().map(|key| *key.get(first as usize).unwrap_or(&f64::INFINITY));
            firsts.push((order.collect(), slot, column.name.clone()));
        }
        firsts
    }

    pub(super) fn numbers(&self, name: &str) -> Vec<f64> {
        let rows = self.rows as usize;
        self.find(name)
            .map_or_else(|| vec![f64::NAN; rows], |slot| self.columns[slot].numbers(rows))
    }

    /// Sorts the rows by the given columns, ascending. The sort is stable.
    pub fn sort_by(&mut self, names: &[&str]) {
        let rows = self.rows as usize;
        let columns = names.iter().filter_map(|name| self.find(name));
        let keys: Vec<SortKey> = columns.map(|slot| self.columns[slot].sort_key(rows)).collect();
        let mut order: Vec<u32> = (0..self.rows).collect();
        order.sort_by(|a, b| {
            keys.iter()
                .map(|key| key.compare(*a, *b))
                .find(|ordering| ordering.is_ne())
                .unwrap_or(Ordering::Equal)
        });
        if order.is_sorted() {
            return;
        }
        let mut targets = vec![0; order.len()];
        for (target, row) in (0..).zip(&order) {
            targets[*row as usize] = target;
        }
        for column in &mut self.columns {
            column.rearrange(&targets);
        }
    }
}

fn compare(a: &[f64], b: &[f64]) -> Ordering {
    let pairs = a.iter().zip(b).map(|(a, b)| a.total_cmp(b));
    pairs.fold(Ordering::Equal, Ordering::then)
}
