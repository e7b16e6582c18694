//! What the rows of incoming leads have in common over both APIs.

use std::borrow::Cow;

use crate::json::flatten::{Field, Value};
use crate::table::Schema;
use crate::table::row::Row;

/// What a table of incoming leads is made of. A dot is `_` in R.
pub static INCOMING: Schema = Schema {
    base: &["category", "uid", "source_name", "created_at", "pipeline_id"],
    keys: &["uid"],
    times: &["created_at"],
    time_endings: &["send_at", "_date", ".date"],
    ..Schema::TEXT
};

/// The name in rows of a category that has another name in filters.
pub fn category(filter: &str) -> &str {
    match filter {
        "forms" => "form",
        "chats" => "chat",
        other => other,
    }
}

/// Adds a cell. In a column that is named like a time, anything else is no value, as in
/// amocrm 0.1.0.
pub fn push<'r>(row: &mut Row<'r>, name: impl Into<Cow<'r, str>>, field: Field<'r>) {
    let (name, value) = (name.into(), field.value());
    let is_time = || value.number().is_some_and(f64::is_finite);
    let is_value = !INCOMING.ends_as_time(&name) || is_time();
    row.push_named(name, if is_value { value } else { Value::ABSENT });
}
