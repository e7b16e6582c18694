//! Rows by rising id, and the orders in which lists show them.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::OnceLock;

/// What a table holds.
pub trait Row {
    /// Its id, which is larger than those of the rows before it.
    fn id(&self) -> u64;
}

/// All rows of a list.
#[derive(Debug)]
pub struct Table<T> {
    rows: Vec<T>,
    /// The list begins at this place; the rows before it are found by id only.
    first: usize,
    /// The ids of rows that were deleted. These keep their place, so that what tells of them
    /// can still be read.
    gone: HashSet<u64>,
    /// Places of the rows by other things than the id, made when first asked for.
    orders: [OnceLock<Vec<u32>>; 3],
}

impl<T> FromIterator<T> for Table<T> {
    fn from_iter<I: IntoIterator<Item = T>>(rows: I) -> Self {
        let rows = rows.into_iter().collect();
        Self { rows, first: 0, gone: HashSet::new(), orders: Default::default() }
    }
}

impl<T: Row> Table<T> {
    /// The same table; its list begins at this place.
    pub fn beginning_at(self, first: usize) -> Self {
        Self { first, ..self }
    }

    /// All rows that there ever were, by rising id.
    pub fn rows(&self) -> &[T] {
        &self.rows
    }

    /// The rows that are there.
    pub fn there(&self) -> impl Iterator<Item = &T> {
        self.rows.iter().filter(|row| self.is_there(row))
    }

    /// The ids of those of which this is true.
    pub fn ids(&self, is_meant: impl Fn(&T) -> bool) -> Vec<u64> {
        self.there().filter(|row| is_meant(row)).map(Row::id).collect()
    }

    /// The places of the list, whether or not something is there.
    pub fn places(&self) -> Range<usize> {
        self.first..self.rows.len()
    }

    /// Whether a row was not deleted.
    pub fn is_there(&self, row: &T) -> bool {
        self.gone.is_empty() || !self.gone.contains(&row.id())
    }

    /// Where the row with this id stands, if there ever was one.
    pub fn place(&self, id: u64) -> Option<usize> {
        self.rows.binary_search_by_key(&id, Row::id).ok()
    }

    /// The row with this id, if it is there.
    pub fn find(&self, id: u64) -> Option<&T> {
        self.place(id).map(|place| &self.rows[place]).filter(|row| self.is_there(row))
    }

    /// The same, to be changed; not its id.
    pub fn find_mut(&mut self, id: u64) -> Option<&mut T> {
        let place = self.place(id).filter(|_| !self.gone.contains(&id))?;
        self.rows_mut().get_mut(place)
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

    /// Deletes a row, if it is there.
    pub fn remove(&mut self, id: u64) -> Option<()> {
        self.find(id)?;
        self.gone.insert(id).then_some(())
    }

    /// Deletes the rows of which this is true, and tells their ids.
    pub fn remove_where(&mut self, is_meant: impl Fn(&T) -> bool) -> HashSet<u64> {
        let ids = HashSet::from_iter(self.ids(is_meant));
        self.gone.extend(&ids);
        ids
    }

    /// Brings the deleted rows back of which this is true.
    pub fn restore_where(&mut self, is_meant: impl Fn(&T) -> bool) {
        for row in self.rows.iter().filter(|row| is_meant(row)) {
            self.gone.remove(&row.id());
        }
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

/// What faults do to the beginning of any list.
pub trait Front {
    /// Deletes so many of the first rows of the list, and tells their places.
    fn remove_first(&mut self, rows: usize) -> HashSet<usize>;

    /// Brings back what stood at these places of the list, and tells where that is.
    fn put_back(&mut self, places: Range<usize>) -> HashSet<usize>;
}

impl<T: Row> Front for Table<T> {
    fn remove_first(&mut self, rows: usize) -> HashSet<usize> {
        let there = self.places().filter(|place| self.is_there(&self.rows[*place]));
        let places: HashSet<usize> = there.take(rows).collect();
        self.gone.extend(places.iter().map(|place| self.rows[*place].id()));
        places
    }

    fn put_back(&mut self, places: Range<usize>) -> HashSet<usize> {
        let places = self.places().skip(places.start).take(places.len()).collect::<HashSet<_>>();
        for place in &places {
            self.gone.remove(&self.rows[*place].id());
        }
        places
    }
}

/// The number, or the largest one that fits.
pub fn to_usize(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// The number, or the largest one that fits.
pub fn clamped(number: u64) -> u32 {
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

    fn table() -> Table<(u64, u64)> {
        [(2, 7), (5, 1), (9, 7)].into_iter().collect()
    }

    #[test]
    fn rows_are_found_by_their_id_as_long_as_they_are_there() {
        let mut table = table();
        let found = |table: &Table<(u64, u64)>| -> Vec<u64> {
            (0..11).filter(|id| table.find(*id).is_some()).collect()
        };
        assert_eq!(found(&table), [2, 5, 9]);
        assert_eq!(table.remove_where(|row| row.1 == 1), HashSet::from([5]));
        assert_eq!((found(&table), table.place(5)), (vec![2, 9], Some(1)));
    }

    #[test]
    fn an_order_holds_until_something_changes() {
        let mut table = table();
        let key = |row: &(u64, u64)| row.1;
        assert_eq!(table.order(0, key), [1, 0, 2]);
        table.insert((10, 3));
        assert_eq!(table.order(0, key), [1, 3, 0, 2]);
        table.find_mut(2).unwrap_or(&mut (0, 0)).1 = 0;
        assert_eq!(table.order(0, key), [0, 1, 3, 2]);
    }

    #[test]
    fn the_front_of_a_list_goes_and_comes_back_and_what_is_before_it_stays() {
        let mut table = table().beginning_at(1);
        let there = |table: &Table<(u64, u64)>| table.there().map(Row::id).collect::<Vec<_>>();
        assert_eq!(table.remove_first(1), HashSet::from([1]));
        assert_eq!(there(&table), [2, 9]);
        assert_eq!(table.remove_first(9), HashSet::from([2]));
        assert_eq!(there(&table), [2]);
        assert_eq!(table.put_back(1..9), HashSet::from([2]));
        assert_eq!(there(&table), [2, 9]);
    }
}
