//! The result of a task as cells of its row.

use crate::json::flatten::{Field, Record, Value, form_of};
use crate::table::row::Row;

/// Writes the result of a task: an object, a list of objects, or only a text. The
/// columns exist even without a result.
pub fn write_result<'r>(task: &'r Record, row: &mut Row<'r>) {
    let is =
        |field: &Field, stem| form_of(field.name(), stem).is_some_and(|form| !form.contains('.'));
    write_each("result_id", task.iter().filter(|field| is(field, "result.id")), row);
    let texts = task.iter().filter(|field| is(field, "result.text") || is(field, "result"));
    write_each("result_text", texts, row);
}

/// The first value gets the column, further ones get numbered columns.
fn write_each<'r>(
    column: &'static str,
    mut record: impl Iterator<Item = Field<'r>>,
    row: &mut Row<'r>,
) {
    row.push_value(column, record.next().map_or(Value::ABSENT, Field::value));
    for (number, field) in (2..).zip(record) {
        row.push_named(format!("{column}{number}"), field.value());
    }
}
