//! Which rows of a table a request means.

use crate::data::{Row, Table};

/// What a list can go by.
pub type Getter<T> = fn(&T) -> u64;
type Test<'a, T> = Box<dyn Fn(&T) -> bool + 'a>;

/// What the rows of a list have to be.
pub struct Filters<'a, T> {
    /// The only ones that can pass, if they are asked for by their ids.
    ids: Option<Vec<u64>>,
    tests: Vec<Test<'a, T>>,
}

/// A span of time in epoch seconds, both ends within.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    pub from: Option<i64>,
    pub to: Option<i64>,
}

/// In which order a list comes.
pub struct Order<T> {
    /// What it goes by, if not the id, with the number that the table knows it by.
    pub by: Option<(usize, Getter<T>)>,
    pub falling: bool,
}

impl<T> Order<T> {
    /// The usual one.
    pub const BY_ID: Self = Self { by: None, falling: false };
}

impl Span {
    /// Whether a moment lies within.
    pub fn holds(&self, moment: u64) -> bool {
        let moment = i64::try_from(moment).unwrap_or(i64::MAX);
        self.from.is_none_or(|from| moment >= from) && self.to.is_none_or(|to| moment <= to)
    }
}

impl<T> Default for Filters<'_, T> {
    fn default() -> Self {
        Self { ids: None, tests: Vec::new() }
    }
}

impl<'a, T: Row> Filters<'a, T> {
    /// Only rows for which this is true.
    pub fn add(&mut self, test: impl Fn(&T) -> bool + 'a) {
        self.tests.push(Box::new(test));
    }

    /// Only rows with one of these ids, unless there are none.
    pub fn ids(&mut self, ids: Vec<u64>) {
        self.ids = (!ids.is_empty()).then_some(ids);
    }

    /// Only rows of which this is one of the wanted, unless there are none.
    pub fn one_of<V: PartialEq + 'a>(&mut self, wanted: Vec<V>, get: impl Fn(&T) -> V + 'a) {
        if !wanted.is_empty() {
            self.add(move |row| wanted.contains(&get(row)));
        }
    }

    /// Only rows of which this lies in the span, unless that is all of time.
    pub fn during(&mut self, span: Span, get: impl Fn(&T) -> u64 + 'a) {
        if span != Span::default() {
            self.add(move |row| span.holds(get(row)));
        }
    }

    /// The rows of a list that are there and pass, in this order.
    pub fn select<'b>(
        &'b self,
        table: &'b Table<T>,
        order: &Order<T>,
    ) -> Box<dyn Iterator<Item = &'b T> + 'b> {
        let (rows, list) = (table.rows(), table.places());
        let rising: Box<dyn DoubleEndedIterator<Item = usize> + 'b> = match (&self.ids, order.by) {
            (Some(ids), by) => {
                let mut places: Vec<_> = ids.iter().filter_map(|id| table.place(*id)).collect();
                places.sort_unstable();
                places.dedup();
                if let Some((_, key)) = by {
                    places.sort_by_key(|place| key(&rows[*place]));
                }
                Box::new(places.into_iter())
            }
            (None, Some((number, key))) => {
                let places = table.order(number, key).iter().map(|place| *place as usize);
                Box::new(places.filter(move |place| list.contains(place)))
            }
            (None, None) => Box::new(list),
        };
        let places: Box<dyn Iterator<Item = usize> + 'b> =
            if order.falling { Box::new(rising.rev()) } else { Box::new(rising) };
        let rows = places.map(|place| &rows[place]).filter(|row| table.is_there(row));
        Box::new(rows.filter(|row| self.tests.iter().all(|test| test(row))))
    }
}
