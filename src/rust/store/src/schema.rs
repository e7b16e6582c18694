//! Which columns a table has. It only ever gains columns and widens types.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::column::{Column, Type};
use crate::field::{Field, folded, is_same};
use crate::rows::Rows;

/// The columns of a table in their order. Names that differ by case only are one
/// column, as SQL engines see it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Schema {
    /// The columns.
    pub fields: Vec<Field>,
}

/// What a table gained.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Widening {
    /// Names of new columns.
    pub added: Vec<String>,
    /// Names of columns of a wider type than before.
    pub widened: Vec<String>,
}

impl Schema {
    /// The place of a column.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| is_same(&field.name, name))
    }

    /// Takes in more columns. New ones come last; a time zone is the newest one.
    pub(crate) fn take_in(&mut self, fields: impl IntoIterator<Item = Field>) -> Widening {
        let mut gained = Widening::default();
        let mut places = self.places();
        for new in fields {
            let Some(place) = places.get(&folded(&new.name)) else {
                places.insert(folded(&new.name), self.fields.len());
                gained.added.push(new.name.clone());
                self.fields.push(new);
                continue;
            };
            let field = &mut self.fields[*place];
            let of = field.of.widened(new.of);
            if of != field.of {
                field.of = of;
                gained.widened.push(field.name.clone());
            }
            if !new.zone.is_empty() {
                field.zone = new.zone;
            }
        }
        gained
    }

    /// Whether files of both schemas look the same to a reader: zones are no part
    /// of a file's columns.
    pub(crate) fn has_columns_of(&self, other: &Schema) -> bool {
        let columns = |schema: &Schema| -> Vec<(String, Type)> {
            schema.fields.iter().map(|field| (field.name.clone(), field.of)).collect()
        };
        columns(self) == columns(other)
    }

    /// Whether rows with the columns of another schema fit in.
    pub(crate) fn holds(&self, other: &Schema) -> bool {
        other.fields.iter().all(|field| {
            let place = self.position(&field.name);
            place.is_some_and(|place| {
                self.fields[place].of.widened(field.of) == self.fields[place].of
            })
        })
    }

    /// Where files of another schema have these columns, as their bytes are to be here:
    /// None for a column that they lack, and None at all if any differs.
    pub(crate) fn places_in(&self, other: &Schema) -> Option<Vec<Option<usize>>> {
        let place_of = |field: &Field| {
            other
                .fields
                .iter()
                .position(|old| old.name == field.name && old.of.is_stored_as(field.of))
        };
        let places: Vec<Option<usize>> = self.fields.iter().map(place_of).collect();
        let found = places.iter().flatten().count();
        (found == other.fields.len()).then_some(places)
    }

    /// The rows with exactly these columns, all of which [`hold`](Schema::holds) them. Of
    /// columns with one name the first that has a cell gives it; columns that are no part
    /// of the schema are left out.
    pub(crate) fn conform(&self, rows: Rows) -> Rows {
        let count = rows.count();
        let places = self.places();
        let mut columns: Vec<Option<Column>> = vec![None; self.fields.len()];
        for column in rows.into_columns() {
            let Some(place) = places.get(&folded(&column.name)) else { continue };
            let column = column.cast(self.fields[*place].of);
            columns[*place] = Some(match columns[*place].take() {
                Some(first) => column.overlaid(&first),
                None => column,
            });
        }
        let named = self.fields.iter().zip(columns).map(|(field, column)| {
            let mut column =
                column.unwrap_or_else(|| Column::missing(&field.name, field.of, count));
            column.name.clone_from(&field.name);
            column.zone.clone_from(&field.zone);
            column
        });
        Rows::of(count, named.collect())
    }

    fn places(&self) -> HashMap<String, usize> {
        self.fields.iter().enumerate().map(|(place, field)| (folded(&field.name), place)).collect()
    }
}

impl FromIterator<Field> for Schema {
    fn from_iter<I: IntoIterator<Item = Field>>(fields: I) -> Self {
        let mut schema = Schema::default();
        schema.take_in(fields);
        schema
    }
}
