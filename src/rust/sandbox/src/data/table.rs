//! Rows by rising id, and the orders in which lists show them.

use std::sync::OnceLock;

/// What a table holds.
pub trait Row {
    /// Its id, which is larger than those of the rows before it.
    fn id(&self) -> u64;

    /// Whether it was not deleted for good. Such rows keep their place, so that
    /// what tells of them can still be read.
    fn is_there(&self) -> bool {
        true
    }

    /// The place by which it is removed or held back, other than its own if it
    /// comes and goes with a row of another table.
    fn presence_place(&self, own: usize) -> usize {
        own
    }
}

/// All rows of a list.
#[derive(Debug)]
pub struct Table<T> {
    rows: Vec<T>,
    /// Places of the rows by other things than the id, made when first asked for.
    orders: [OnceLock<Vec<u32>>; 3],
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), orders: Default::default() }
    }
}

impl<T> FromIterator<T> for Table<T> {
    fn from_iter<I: IntoIterator<Item = T>>(rows: I) -> Self {
        Self { rows: rows.into_iter().collect(), ..Self::default() }
    }
}

impl<T: Row> Table<T> {
    /// The rows, by rising id.
    pub fn rows(&self) -> &[T] {
        &self.rows
    }

    /// Where the row with this id stands, if there ever was one.
    pub fn place(&self, id: u64) -> Option<usize> {
        self.rows.binary_search_by_key(&id, Row::id).ok()
    }

    /// The row with this id, if there ever was one.
    pub fn find(&self, id: u64) -> Option<&T> {
        self.place(id).map(|place| &self.rows[place])
    }

    /// The same, to be changed; not its id.
    pub fn find_mut(&mut self, id: u64) -> Option<&mut T> {
        let place = self.place(id)?;
        self.orders = Default::default();
        self.rows.get_mut(place)
    }

    /// All rows, to be changed; not their ids.
    pub fn rows_mut(&mut self) -> &mut [T] {
        self.orders = Default::default();
        &mut self.rows
    }

    /// Adds a row.
    pub fn insert(&mut self, row: T) {
        self.orders = Default::default();
        let place = self.rows.partition_point(|other| other.id() < row.id());
        self.rows.insert(place, row);
    }

    /// The places of the rows by `key`, to which the number belongs. Equal ones
    /// follow one another by id.
    pub fn order(&self, number: usize, key: fn(&T) -> u64) -> &[u32] {
        self.orders[number].get_or_init(|| {
            let mut places: Vec<u32> = (0..).zip(&self.rows).map(|(place, _)| place).collect();
            places.sort_by_key(|place| key(&self.rows[*place as usize]));
            places
        })
    }
}

/// A number that is known to be small.
pub fn short(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Row for (u64, u64) {
        fn id(&self) -> u64 {
            self.0
        }
    }

    #[test]
    fn rows_are_found_by_their_id_and_no_other_number_finds_one() {
        let table: Table<(u64, u64)> = [(2, 0), (5, 1), (9, 2)].into_iter().collect();
        let found: Vec<u64> = (0..11).filter(|id| table.find(*id).is_some()).collect();
        assert_eq!(found, [2, 5, 9]);
    }

    #[test]
    fn an_order_holds_until_something_changes() {
        let mut table: Table<(u64, u64)> = [(2, 7), (5, 1), (9, 7)].into_iter().collect();
        let key = |row: &(u64, u64)| row.1;
        assert_eq!(table.order(0, key), [1, 0, 2]);
        table.insert((10, 3));
        assert_eq!(table.order(0, key), [1, 3, 0, 2]);
        table.find_mut(2).unwrap_or(&mut (0, 0)).1 = 0;
        assert_eq!(table.order(0, key), [0, 1, 3, 2]);
    }
}
