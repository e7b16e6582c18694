//! One column under construction: the cells that exist, texts stored once.

use crate::counting::Counting;
use crate::dictionary::Dictionary;
use crate::flatten::{Kind, Value};
use crate::keys::Key;
use crate::room;

/// The largest whole number below which a double, and so R, holds all.
const MAX_EXACT: u64 = 1 << 53;

/// What the texts of a column become in R.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Stays text.
    Text,
    /// A whole number: integer, or double when any exceeds R's integers.
    Id,
    /// Seconds since 1970, UTC.
    Time,
    /// What its values are in JSON; this while it has none.
    Natural(Type),
}

/// Types of R's vectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// TRUE or FALSE.
    Logical,
    /// 32 bits with a sign.
    Integer,
    /// 64 bits with a fraction.
    Double,
    /// Text.
    Text,
}

/// A cell whose text is not what its column must hold.
#[derive(Debug, PartialEq, Eq)]
pub struct BadCell {
    /// Name of the column.
    pub column: String,
}

/// One column: the cells that exist, in row order.
pub struct Column {
    pub(crate) name: Box<str>,
    rows: Counting,
    values: Values,
    role: Role,
    /// A bit for each kind of value that it holds.
    kinds: u8,
}

/// The cells of a column, parallel to [`Column::rows`].
pub enum Values {
    /// Numbers of texts in a dictionary.
    Text(Counting, Dictionary),
    /// Ids or times.
    Number(Role, Vec<f64>),
}

impl Column {
    pub(crate) fn new(name: &str, role: Role) -> Self {
        let values = match role {
            Role::Text | Role::Natural(_) => {
                Values::Text(Counting::default(), Dictionary::default())
            }
            Role::Id | Role::Time => Values::Number(role, Vec::new()),
        };
        Column { name: name.into(), rows: Counting::default(), values, role, kinds: 0 }
    }

    /// The column's name in the table: every `.` is `_` (contract section 2,
    /// rule 3).
    pub fn name(&self) -> String {
        self.name.replace('.', "_")
    }

    /// The rows that have a cell.
    pub fn rows(&self) -> &Counting {
        &self.rows
    }

    /// The cells of those rows.
    pub fn values(&self) -> &Values {
        &self.values
    }

    /// What a column of texts becomes in R.
    pub fn text_type(&self) -> Type {
        const BOOL: u8 = bit(Kind::Bool);
        const INT: u8 = bit(Kind::Int);
        const DOUBLE: u8 = bit(Kind::Double);
        let (Role::Natural(empty), Values::Text(_, dictionary)) = (self.role, &self.values) else {
            return Type::Text;
        };
        let fits = |text: &str| text.parse::<i32>().is_ok_and(|number| number != i32::MIN);
        match self.kinds {
            0 => empty,
            BOOL => Type::Logical,
            INT if dictionary.iter().all(fits) => Type::Integer,
            kinds if kinds & !(INT | DOUBLE) == 0 => Type::Double,
            _ => Type::Text,
        }
    }

    pub(crate) fn push(&mut self, row: u32, value: Value) -> Result<(), BadCell> {
        if value.kind() == Kind::Absent {
            return Ok(());
        }
        self.kinds |= bit(value.kind());
        match &mut self.values {
            Values::Text(numbers, dictionary) => {
                let number = match value {
                    Value::Text(text, _) => dictionary.number(text),
                    Value::Whole(whole) => dictionary.number_of_whole(whole),
                };
                numbers.push(number);
            }
            Values::Number(role, values) => match number(value, *role) {
                Some(value) => room::push(values, value),
                None => return Err(self.bad_cell()),
            },
        }
        self.rows.push(row);
        Ok(())
    }

    #[cold]
    fn bad_cell(&self) -> BadCell {
        BadCell { column: self.name.to_string() }
    }

    /// Frees what only further cells need.
    pub(crate) fn finish(&mut self) {
        if let Values::Text(_, dictionary) = &mut self.values {
            dictionary.forget_index();
        }
    }

    /// Adds the cells of another column of that name; `places` tells where
    /// each row goes, below all others, None leaves it out.
    pub(crate) fn append(&mut self, other: Column, places: &[Option<u32>]) {
        self.kinds |= other.kinds;
        let places = other.rows.iter().map(|row| places[row as usize]);
        match (&mut self.values, other.values) {
            (Values::Text(numbers, dictionary), Values::Text(theirs, their_dictionary)) => {
                let known = dictionary.numbers_of(&their_dictionary);
                for (place, number) in places.zip(theirs.iter()) {
                    if let Some(place) = place {
                        numbers.push(known[number as usize]);
                        self.rows.push(place);
                    }
                }
            }
            (Values::Number(_, values), Values::Number(_, theirs)) => {
                for (place, value) in places.zip(theirs) {
                    if let Some(place) = place {
                        values.push(value);
                        self.rows.push(place);
                    }
                }
            }
            // A name has one role in a schema, so the kinds never differ.
            _ => {}
        }
    }

    /// Replaces texts; `label` gives the new text or None.
    pub(crate) fn relabel(&mut self, label: impl Fn(&str) -> Option<&'static str>) {
        let Values::Text(numbers, dictionary) = &mut self.values else { return };
        let mut labelled = Dictionary::default();
        let renumbered: Vec<u32> =
            dictionary.iter().map(|text| labelled.number(label(text).unwrap_or(text))).collect();
        *numbers = numbers.iter().map(|number| renumbered[number as usize]).collect();
        *dictionary = labelled;
    }

    /// The texts of a table of `rows` rows; None where there is none.
    pub(crate) fn texts(&self, rows: usize) -> Vec<Option<String>> {
        let mut dense = vec![None; rows];
        if let Values::Text(numbers, dictionary) = &self.values {
            for (row, number) in self.rows.iter().zip(numbers.iter()) {
                dense[row as usize] = Some(dictionary.get(number).to_owned());
            }
        }
        dense
    }

    /// Takes texts in place of the cells, one for each row or None.
    pub(crate) fn set_texts(&mut self, texts: &[Option<&str>]) {
        let mut numbers = Counting::default();
        let mut dictionary = Dictionary::default();
        self.rows = Counting::default();
        for (row, text) in (0..).zip(texts) {
            if let Some(text) = text {
                self.rows.push(row);
                numbers.push(dictionary.number(text));
            }
        }
        self.values = Values::Text(numbers, dictionary);
    }

    /// The numbers of a table of `rows` rows; NaN where there is none.
    pub(crate) fn numbers(&self, rows: usize) -> Vec<f64> {
        let mut dense = vec![f64::NAN; rows];
        if let Values::Number(_, numbers) = &self.values {
            for (row, number) in self.rows.iter().zip(numbers) {
                dense[row as usize] = *number;
            }
        }
        dense
    }

    /// Keys of the rows that have a cell.
    pub(crate) fn for_each_key(&self, mut use_key: impl FnMut(u32, Key<'_>)) {
        match &self.values {
            Values::Number(_, numbers) => {
                let cells = self.rows.iter().zip(numbers);
                cells.for_each(|(row, number)| use_key(row, Key::Number(*number)));
            }
            Values::Text(numbers, dictionary) => {
                let cells = self.rows.iter().zip(numbers.iter());
                cells.for_each(|(row, number)| use_key(row, Key::Text(dictionary.get(number))));
            }
        }
    }

    pub(crate) fn rearrange(&mut self, places: &[u32]) {
        let mut cells: Vec<(u32, usize)> =
            self.rows.iter().enumerate().map(|(cell, row)| (places[row as usize], cell)).collect();
        cells.sort_unstable();
        self.rows = cells.iter().map(|(row, _)| *row).collect();
        match &mut self.values {
            Values::Text(numbers, _) => {
                let listed: Vec<u32> = numbers.iter().collect();
                *numbers = cells.iter().map(|(_, cell)| listed[*cell]).collect();
            }
            Values::Number(_, numbers) => {
                *numbers = cells.iter().map(|(_, cell)| numbers[*cell]).collect();
            }
        }
    }
}

const fn bit(kind: Kind) -> u8 {
    1 << kind as u8
}

/// The number that a value is, if it is one that the role allows. An id must
/// be whole and one that a double holds exactly: digits beyond would change.
fn number(value: Value, role: Role) -> Option<f64> {
    let whole = match value {
        Value::Text(text, _) => text.parse().ok(),
        Value::Whole(whole) => Some(whole),
    };
    if let Some(whole) = whole {
        let exact = whole.unsigned_abs() <= MAX_EXACT;
        return (exact || role != Role::Id).then_some(whole as f64);
    }
    match role {
        // What is whole came as a whole number, unless it is too large.
        Role::Id => None,
        _ => value.number().filter(|number| number.is_finite()),
    }
}
