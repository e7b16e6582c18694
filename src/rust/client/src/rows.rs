//! Which rows of a column have a cell.

use crate::room;

/// Ascending numbers of rows, counted from 0. Most columns have a cell in
/// every row: then no numbers are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rows {
    /// All before this one.
    First(u32),
    /// These.
    Listed(Vec<u32>),
}

impl Default for Rows {
    fn default() -> Self {
        Rows::First(0)
    }
}

impl Rows {
    /// Adds a row beyond all others.
    pub fn push(&mut self, row: u32) {
        match self {
            Rows::First(rows) if *rows == row => *rows += 1,
            Rows::First(rows) => *self = Rows::Listed((0..*rows).chain([row]).collect()),
            Rows::Listed(rows) => room::push(rows, row),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Rows::First(rows) => *rows as usize,
            Rows::Listed(rows) => rows.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All of them, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        let (first, listed) = match self {
            Rows::First(rows) => (*rows, [].as_slice()),
            Rows::Listed(rows) => (0, rows.as_slice()),
        };
        (0..first).chain(listed.iter().copied())
    }
}

impl FromIterator<u32> for Rows {
    fn from_iter<I: IntoIterator<Item = u32>>(rows: I) -> Self {
        let mut found = Rows::default();
        rows.into_iter().for_each(|row| found.push(row));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::Rows;

    #[test]
    fn rows_come_back_in_their_order_whether_or_not_some_are_left_out() {
        for rows in [vec![], vec![0], vec![0, 1, 2], vec![3], vec![0, 1, 4, 5], vec![1, 2]] {
            let kept: Rows = rows.iter().copied().collect();
            assert_eq!((kept.len(), kept.is_empty()), (rows.len(), rows.is_empty()));
            assert_eq!(kept.iter().collect::<Vec<u32>>(), rows);
        }
    }

    #[test]
    fn rows_without_a_gap_are_not_listed() {
        assert_eq!((0..500).collect::<Rows>(), Rows::First(500));
        assert_eq!((1..3).collect::<Rows>(), Rows::Listed(vec![1, 2]));
    }
}
