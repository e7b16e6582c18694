//! Columns of typed cells, any of which may be missing.

use std::mem;

use chrono::{DateTime, NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};

/// What a column's cells are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Type {
    /// Yes or no.
    Bool,
    /// A whole number of 32 bits.
    Int32,
    /// A whole number of 64 bits: ids.
    Int64,
    /// A number with a fraction.
    Double,
    /// UTF-8.
    Text,
    /// A moment: microseconds since 1970, UTC.
    Time,
    /// A day: days since 1970.
    Date,
}

impl Type {
    /// The narrowest type that holds the cells of both: yes or no, whole numbers,
    /// numbers and text hold those before them; all else is text.
    #[must_use]
    pub fn widened(self, other: Type) -> Type {
        match (self.rank(), other.rank()) {
            _ if self == other => self,
            (Some(rank), Some(others)) if rank > others => self,
            (Some(_), Some(_)) => other,
            _ => Type::Text,
        }
    }

    /// Whether a file has the cells of both in one form.
    pub(crate) fn is_stored_as(self, other: Type) -> bool {
        let is_whole = |of| matches!(of, Type::Int32 | Type::Int64);
        self == other || is_whole(self) && is_whole(other)
    }

    fn rank(self) -> Option<u8> {
        match self {
            Type::Bool => Some(0),
            Type::Int32 => Some(1),
            Type::Int64 => Some(2),
            Type::Double => Some(3),
            Type::Text => Some(4),
            Type::Time | Type::Date => None,
        }
    }
}

/// Texts one after another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    text: String,
    ends: Vec<usize>,
}

impl Texts {
    /// Adds a text.
    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All of them in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let mut start = 0;
        self.ends.iter().map(move |end| &self.text[mem::replace(&mut start, *end)..*end])
    }

    fn extend(&mut self, other: &Texts) {
        let before = self.text.len();
        self.text.push_str(&other.text);
        self.ends.extend(other.ends.iter().map(|end| end + before));
    }

    fn deal(&self, targets: &[Option<usize>], parts: usize) -> Vec<Texts> {
        let mut dealt = vec![Texts::default(); parts];
        for (text, target) in self.iter().zip(targets) {
            if let Some(target) = target {
                dealt[*target].push(text);
            }
        }
        dealt
    }
}

impl<T: AsRef<str>> FromIterator<T> for Texts {
    fn from_iter<I: IntoIterator<Item = T>>(texts: I) -> Self {
        let mut all = Texts::default();
        texts.into_iter().for_each(|text| all.push(text.as_ref()));
        all
    }
}

/// The cells that are there, in row order.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// [`Type::Bool`]
    Bool(Vec<bool>),
    /// [`Type::Int32`]
    Int32(Vec<i32>),
    /// [`Type::Int64`]
    Int64(Vec<i64>),
    /// [`Type::Double`]
    Double(Vec<f64>),
    /// [`Type::Text`]
    Text(Texts),
    /// [`Type::Time`]
    Time(Vec<i64>),
    /// [`Type::Date`]
    Date(Vec<i32>),
}

impl Values {
    /// No cells of a type.
    pub fn none(of: Type) -> Values {
        match of {
            Type::Bool => Values::Bool(Vec::new()),
            Type::Int32 => Values::Int32(Vec::new()),
            Type::Int64 => Values::Int64(Vec::new()),
            Type::Double => Values::Double(Vec::new()),
            Type::Text => Values::Text(Texts::default()),
            Type::Time => Values::Time(Vec::new()),
            Type::Date => Values::Date(Vec::new()),
        }
    }

    /// Their type.
    pub fn of(&self) -> Type {
        match self {
            Values::Bool(_) => Type::Bool,
            Values::Int32(_) => Type::Int32,
            Values::Int64(_) => Type::Int64,
            Values::Double(_) => Type::Double,
            Values::Text(_) => Type::Text,
            Values::Time(_) => Type::Time,
            Values::Date(_) => Type::Date,
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Values::Bool(values) => values.len(),
            Values::Int32(values) | Values::Date(values) => values.len(),
            Values::Int64(values) | Values::Time(values) => values.len(),
            Values::Double(values) => values.len(),
            Values::Text(texts) => texts.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds values of the same type.
    fn extend(&mut self, more: &Values) {
        match (self, more) {
            (Values::Bool(all), Values::Bool(more)) => all.extend_from_slice(more),
            (Values::Int32(all), Values::Int32(more)) | (Values::Date(all), Values::Date(more)) => {
                all.extend_from_slice(more);
            }
            (Values::Int64(all), Values::Int64(more)) | (Values::Time(all), Values::Time(more)) => {
                all.extend_from_slice(more);
            }
            (Values::Double(all), Values::Double(more)) => all.extend_from_slice(more),
            (Values::Text(all), Values::Text(more)) => all.extend(more),
            (all, more) => unreachable!("{:?} and {:?}", all.of(), more.of()),
        }
    }

    fn deal(&self, targets: &[Option<usize>], parts: usize) -> Vec<Values> {
        fn wrap<T>(lists: Vec<T>, wrapped: impl Fn(T) -> Values) -> Vec<Values> {
            lists.into_iter().map(wrapped).collect()
        }
        match self {
            Values::Bool(values) => wrap(dealt(values, targets, parts), Values::Bool),
            Values::Int32(values) => wrap(dealt(values, targets, parts), Values::Int32),
            Values::Int64(values) => wrap(dealt(values, targets, parts), Values::Int64),
            Values::Double(values) => wrap(dealt(values, targets, parts), Values::Double),
            Values::Time(values) => wrap(dealt(values, targets, parts), Values::Time),
            Values::Date(values) => wrap(dealt(values, targets, parts), Values::Date),
            Values::Text(texts) => wrap(texts.deal(targets, parts), Values::Text),
        }
    }

    fn overlaid(&self, front: &Values, sides: impl Iterator<Item = (bool, bool)>) -> Values {
        fn all<T: Copy>(
            back: &[T],
            front: &[T],
            sides: impl Iterator<Item = (bool, bool)>,
        ) -> Vec<T> {
            seen(back.iter(), front.iter(), sides).copied().collect()
        }
        match (self, front) {
            (Values::Bool(back), Values::Bool(front)) => Values::Bool(all(back, front, sides)),
            (Values::Int32(back), Values::Int32(front)) => Values::Int32(all(back, front, sides)),
            (Values::Int64(back), Values::Int64(front)) => Values::Int64(all(back, front, sides)),
            (Values::Double(back), Values::Double(front)) => {
                Values::Double(all(back, front, sides))
            }
            (Values::Time(back), Values::Time(front)) => Values::Time(all(back, front, sides)),
            (Values::Date(back), Values::Date(front)) => Values::Date(all(back, front, sides)),
            (Values::Text(back), Values::Text(front)) => {
                Values::Text(seen(back.iter(), front.iter(), sides).collect())
            }
            (back, front) => unreachable!("{:?} and {:?}", back.of(), front.of()),
        }
    }

    /// About so many bytes of memory.
    fn bytes(&self) -> usize {
        match self {
            Values::Text(texts) => texts.text.len() + 8 * texts.len(),
            Values::Bool(_) => self.len(),
            Values::Int32(_) | Values::Date(_) => 4 * self.len(),
            Values::Int64(_) | Values::Double(_) | Values::Time(_) => 8 * self.len(),
        }
    }

    /// The same cells in a wider type.
    fn cast(self, to: Type) -> Values {
        match (self, to) {
            (values, to) if values.of() == to => values,
            (Values::Bool(values), Type::Int32) => {
                Values::Int32(values.into_iter().map(i32::from).collect())
            }
            (Values::Bool(values), Type::Int64) => {
                Values::Int64(values.into_iter().map(i64::from).collect())
            }
            (Values::Bool(values), Type::Double) => {
                Values::Double(values.into_iter().map(|value| f64::from(u8::from(value))).collect())
            }
            (Values::Int32(values), Type::Int64) => {
                Values::Int64(values.into_iter().map(i64::from).collect())
            }
            (Values::Int32(values), Type::Double) => {
                Values::Double(values.into_iter().map(f64::from).collect())
            }
            (Values::Int64(values), Type::Double) => {
                Values::Double(values.into_iter().map(|value| value as f64).collect())
            }
            // A type is only ever widened, and all else widens to text.
            (values, _) => Values::Text(values.into_texts()),
        }
    }

    /// The cells as R and the API write them; moments as ISO 8601.
    fn into_texts(self) -> Texts {
        match self {
            Values::Text(texts) => texts,
            Values::Bool(values) => {
                values.into_iter().map(|value| if value { "TRUE" } else { "FALSE" }).collect()
            }
            Values::Int32(values) => values.iter().map(i32::to_string).collect(),
            Values::Int64(values) => values.iter().map(i64::to_string).collect(),
            Values::Double(values) => values.iter().map(f64::to_string).collect(),
            Values::Time(values) => values.into_iter().map(moment_text).collect(),
            Values::Date(values) => values.into_iter().map(day_text).collect(),
        }
    }
}

fn moment_text(micros: i64) -> String {
    match DateTime::from_timestamp_micros(micros) {
        Some(moment) => moment.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true),
        None => micros.to_string(),
    }
}

fn day_text(days: i32) -> String {
    let day = NaiveDate::default().checked_add_signed(TimeDelta::days(days.into()));
    day.map_or_else(|| days.to_string(), |day| day.to_string())
}

/// One column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    pub(crate) name: String,
    pub(crate) zone: String,
    pub(crate) present: Vec<bool>,
    pub(crate) values: Values,
}

impl Column {
    /// A column with a cell where `present` says so; None if there are more or
    /// fewer values than that.
    pub fn new(name: &str, present: Vec<bool>, values: Values) -> Option<Column> {
        let cells = present.iter().filter(|present| **present).count();
        let column = Column { name: name.to_owned(), zone: String::new(), present, values };
        (cells == column.values.len()).then_some(column)
    }

    /// A column in which no cell is missing.
    pub fn full(name: &str, values: Values) -> Column {
        let present = vec![true; values.len()];
        Column { name: name.to_owned(), zone: String::new(), present, values }
    }

    /// A column without a cell.
    pub fn missing(name: &str, of: Type, rows: usize) -> Column {
        let present = vec![false; rows];
        let values = Values::none(of);
        Column { name: name.to_owned(), zone: String::new(), present, values }
    }

    /// The column with the time zone that its moments are shown in. It is kept
    /// for the reader and changes no value.
    #[must_use]
    pub fn in_zone(mut self, zone: &str) -> Column {
        zone.clone_into(&mut self.zone);
        self
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The time zone to show moments in, or nothing.
    pub fn zone(&self) -> &str {
        &self.zone
    }

    /// Its type.
    pub fn of(&self) -> Type {
        self.values.of()
    }

    /// How many rows it has.
    pub fn rows(&self) -> usize {
        self.present.len()
    }

    /// Whether each row has a cell.
    pub fn present(&self) -> &[bool] {
        &self.present
    }

    /// The cells that are there.
    pub fn values(&self) -> &Values {
        &self.values
    }

    pub(crate) fn bytes(&self) -> usize {
        self.present.len() + self.values.bytes()
    }

    pub(crate) fn cast(self, to: Type) -> Column {
        Column { values: self.values.cast(to), ..self }
    }

    /// Adds the rows of a column of the same type.
    pub(crate) fn extend(&mut self, other: &Column) {
        self.present.extend_from_slice(&other.present);
        self.values.extend(&other.values);
    }

    /// Deals the rows out to columns: each to the one that `targets` names, or to
    /// none.
    pub(crate) fn deal(&self, targets: &[Option<usize>], parts: usize) -> Vec<Column> {
        let of_cells: Vec<Option<usize>> = self.present_among(targets.iter().copied()).collect();
        let present = dealt(&self.present, targets, parts);
        let values = self.values.deal(&of_cells, parts);
        let columns = present.into_iter().zip(values);
        columns.map(|(present, values)| Column { present, values, ..self.emptied() }).collect()
    }

    /// The column with the cells of another one of the same type in front: its own
    /// are seen where that one has none.
    pub(crate) fn overlaid(&self, front: &Column) -> Column {
        let sides = || self.present.iter().copied().zip(front.present.iter().copied());
        Column {
            present: sides().map(|(back, front)| back || front).collect(),
            values: self.values.overlaid(&front.values, sides()),
            ..self.emptied()
        }
    }

    fn emptied(&self) -> Column {
        Column::missing(&self.name, self.of(), 0).in_zone(&self.zone)
    }

    /// Of one item a row those of the rows that have a cell.
    fn present_among<T>(&self, items: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
        self.present.iter().zip(items).filter(|(present, _)| **present).map(|(_, item)| item)
    }
}

/// Deals items out to lists, or to none.
fn dealt<T: Copy>(items: &[T], targets: &[Option<usize>], parts: usize) -> Vec<Vec<T>> {
    let mut dealt = vec![Vec::new(); parts];
    for (item, target) in items.iter().zip(targets) {
        if let Some(target) = target {
            dealt[*target].push(*item);
        }
    }
    dealt
}

/// The value in front, or the one behind it, for each row that has either.
fn seen<T>(
    mut back: impl Iterator<Item = T>,
    mut front: impl Iterator<Item = T>,
    sides: impl Iterator<Item = (bool, bool)>,
) -> impl Iterator<Item = T> {
    sides.filter_map(move |(has_back, has_front)| {
        let back = has_back.then(|| back.next()).flatten();
        has_front.then(|| front.next()).flatten().or(back)
    })
}
