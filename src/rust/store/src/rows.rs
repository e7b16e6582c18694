//! Rows: columns of equal length.

use crate::column::Column;
use crate::field::{Field, is_same};

/// Rows of a table, column by column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    count: usize,
    columns: Vec<Column>,
}

impl Rows {
    /// Rows of columns; None if these are not of one length.
    pub fn new(columns: Vec<Column>) -> Option<Rows> {
        let count = columns.first().map_or(0, Column::rows);
        columns.iter().all(|column| column.rows() == count).then_some(Rows { count, columns })
    }

    /// So many rows of columns that are known to be as long.
    pub(crate) fn of(count: usize, columns: Vec<Column>) -> Rows {
        debug_assert!(columns.iter().all(|column| column.rows() == count));
        Rows { count, columns }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The columns in their order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The columns themselves.
    pub fn into_columns(self) -> Vec<Column> {
        self.columns
    }

    /// The column of this name, whatever its case.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| is_same(&column.name, name))
    }

    pub(crate) fn fields(&self) -> impl Iterator<Item = Field> {
        self.columns.iter().map(Field::of)
    }

    pub(crate) fn bytes(&self) -> usize {
        self.columns.iter().map(Column::bytes).sum()
    }

    /// Adds rows with the same columns.
    pub(crate) fn extend(&mut self, more: &Rows) {
        self.count += more.count;
        for (column, more) in self.columns.iter_mut().zip(&more.columns) {
            column.extend(more);
        }
    }

    /// Deals the rows out: each to the part that `targets` names, or to none.
    pub(crate) fn deal(&self, targets: &[Option<usize>], parts: usize) -> Vec<Rows> {
        let mut dealt: Vec<Rows> = vec![Rows::default(); parts];
        for target in targets.iter().flatten() {
            dealt[*target].count += 1;
        }
        for column in &self.columns {
            for (part, column) in dealt.iter_mut().zip(column.deal(targets, parts)) {
                part.columns.push(column);
            }
        }
        dealt
    }

    /// The rows that are to be kept.
    pub(crate) fn filter(self, keep: &[bool]) -> Rows {
        if keep.iter().all(|keep| *keep) {
            return self;
        }
        let targets: Vec<Option<usize>> = keep.iter().map(|keep| keep.then_some(0)).collect();
        self.deal(&targets, 1).pop().unwrap_or_default()
    }

    /// Puts cells in front of those of one column.
    pub(crate) fn overlay(&mut self, place: usize, front: &Column) {
        self.columns[place] = self.columns[place].overlaid(front);
    }
}
