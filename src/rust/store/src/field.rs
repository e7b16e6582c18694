//! What a column is, without its cells.

use serde::{Deserialize, Serialize};

use crate::column::{Column, Type};

/// One column of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Its name, as it was spelt first.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub of: Type,
    /// The time zone that its moments are shown in, or nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub zone: String,
}

impl Field {
    pub(crate) fn of(column: &Column) -> Field {
        Field { name: column.name.clone(), of: column.of(), zone: column.zone.clone() }
    }
}

/// What names of one column have in common.
pub(crate) fn folded(name: &str) -> String {
    name.to_lowercase()
}

/// Whether names are those of one column.
pub(crate) fn is_same(name: &str, other: &str) -> bool {
    name == other || folded(name) == folded(other)
}
