//! The result of a task as cells of its row.

use crate::json::flatten::{Leaf, Leaves, Value, form_of};
use crate::table::row::Row;

/// Writes a task's result, which is an object, a list of objects or only its
/// text; the columns are there also where there is none.
pub fn write_result<'r>(task: &'r Leaves, row: &mut Row<'r>) {
    let is = |leaf: &Leaf, stem| form_of(leaf.name(), stem).is_some_and(|form| !form.contains('.'));
    write_each("result_id", task.iter().filter(|leaf| is(leaf, "result.id")), row);
    let texts = task.iter().filter(|leaf| is(leaf, "result.text") || is(leaf, "result"));
    write_each("result_text", texts, row);
}

/// The first value has the column, further ones have numbered ones.
fn write_each<'r>(
    column: &'static str,
    mut leaves: impl Iterator<Item = Leaf<'r>>,
    row: &mut Row<'r>,
) {
    row.push_value(column, leaves.next().map_or(Value::ABSENT, Leaf::value));
    for (number, leaf) in (2..).zip(leaves) {
        row.push_named(format!("{column}{number}"), leaf.value());
    }
}
