//! Sums with minor units. Where an account counts cents, API v4 sends each sum
//! twice: `price`, cut to a whole number, and `price_with_minor_units`, which
//! is the sum itself.

use crate::json::flatten::{Field, Record, Value};
use crate::table::Table;
use crate::table::row::Row;

const EXACT: &str = "_with_minor_units";

/// The exact sums of a record.
pub struct ExactSums<'r> {
    record: &'r Record<'r>,
    any: bool,
}

impl<'r> ExactSums<'r> {
    /// Those of `record`; most have none.
    pub fn of(record: &'r Record) -> Self {
        let any = record.iter().any(|field| field.name().ends_with(EXACT));
        ExactSums { record, any }
    }

    /// The exact sum in place of a whole one, if there is one.
    pub fn exact(&self, field: Field<'r>) -> Option<Value<'r>> {
        self.any.then(|| self.record.get(&format!("{}{EXACT}", field.name())))?
    }

    /// Adds a field, or the exact sum in its place.
    pub fn push(&self, field: Field<'r>, row: &mut Row<'r>) {
        match self.exact(field) {
            Some(sum) => row.push_named(field.name(), sum),
            None => row.push_field(field),
        }
    }
}

/// Makes the columns of exact sums double, those that hold whole ones so far
/// as well: the next page may have cents.
pub fn widen(table: &mut Table) {
    let exact: Vec<String> =
        table.names().filter(|name| name.ends_with(EXACT)).map(str::to_owned).collect();
    for name in exact {
        table.make_double(&name);
        table.make_double(match name.trim_end_matches(EXACT) {
            "price" => "sale",
            sum => sum,
        });
    }
}
