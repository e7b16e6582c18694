//! One column of a table: the cells that exist, texts stored once.

use crate::json::flatten::JsonType;
use crate::table::indices::Indices;
use crate::table::interner::Interner;

/// What the texts of a column become in R.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Stays text.
    Text,
    /// An id, which is a whole number: integer, or double if any exceeds R's
    /// integers. Anything else is a [`BadCell`](crate::json::page::BadCell).
    Id,
    /// Seconds since 1970, UTC.
    Time,
    /// A number: integer, or double when any is not.
    Number,
    /// Yes or no.
    Flag,
    /// The type that its values have in JSON.
    Inferred,
    /// The same, but whole numbers are seconds since 1970, UTC.
    InferredTime,
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

/// One column: the cells that exist, in row order.
pub struct Column {
    pub(crate) name: String,
    pub(crate) rows: Indices,
    pub(crate) values: Values,
    pub(crate) role: Role,
    /// A bit for each JSON type that it holds.
    pub(crate) json_types: u8,
}

/// Values of a column that its type can't hold: their cells are empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Name of the column.
    pub column: String,
    /// How many there are.
    pub count: usize,
    /// A few of them.
    pub examples: Vec<String>,
}

/// The cells of a column, parallel to [`Column::rows`].
pub enum Values {
    /// Codes of texts in an interner.
    Text(Indices, Interner),
    /// Ids, times, numbers, or 1 and 0 for yes and no.
    Number(Role, Vec<f64>),
}

impl Column {
    /// The column's name in R.
    pub fn name(&self) -> String {
        self.name.clone()
    }

    /// The rows that have a cell.
    pub fn rows(&self) -> &Indices {
        &self.rows
    }

    /// The cells of those rows.
    pub fn values(&self) -> &Values {
        &self.values
    }

    /// What the cells become in R; seconds are double.
    pub fn type_in_r(&self) -> Type {
        match (&self.values, self.role) {
            _ if self.is_time() => Type::Double,
            (Values::Text(_, interner), Role::Inferred | Role::InferredTime) => {
                self.inferred_type(interner)
            }
            (Values::Text(..), _) => Type::Text,
            (Values::Number(..), Role::Flag) => Type::Logical,
            (Values::Number(..), Role::Number) if self.json_types & DOUBLE != 0 => Type::Double,
            (Values::Number(_, numbers), _) if numbers.iter().all(|n| fits(*n)) => Type::Integer,
            (Values::Number(..), _) => Type::Double,
        }
    }

    /// Whether the cells are seconds since 1970, UTC.
    pub fn is_time(&self) -> bool {
        match (&self.values, self.role) {
            (_, Role::Time) => true,
            (Values::Text(_, interner), Role::InferredTime) => {
                self.json_types & !INT == 0 && interner.iter().all(is_moment)
            }
            _ => false,
        }
    }

    fn inferred_type(&self, interner: &Interner) -> Type {
        let fits = |text: &str| text.parse::<i32>().is_ok_and(|number| number != i32::MIN);
        match self.json_types {
            BOOL => Type::Logical,
            INT if interner.iter().all(fits) => Type::Integer,
            // A double would have other digits.
            INT if !interner.iter().all(is_exact) => Type::Text,
            types if types != 0 && types & !(INT | DOUBLE) == 0 => Type::Double,
            _ => Type::Text,
        }
    }
}

const BOOL: u8 = bit(JsonType::Bool);
const INT: u8 = bit(JsonType::Int);
const DOUBLE: u8 = bit(JsonType::Double);

/// Whether a number is an integer in R, where the least one stands for NA.
fn fits(number: f64) -> bool {
    number.fract() == 0.0 && number.abs() <= f64::from(i32::MAX)
}

/// Whether a double holds a whole number as it is.
fn is_exact(text: &str) -> bool {
    text.parse::<i64>().is_ok_and(|number| number.unsigned_abs() <= 1 << 53)
}

/// Whether a number can be seconds since 1970. More are milliseconds.
fn is_moment(text: &str) -> bool {
    text.parse::<i64>().is_ok_and(|number| number.unsigned_abs() < 100_000_000_000)
}

/// The bit of a type in [`Column::json_types`].
pub(crate) const fn bit(json_type: JsonType) -> u8 {
    1 << json_type as u8
}
