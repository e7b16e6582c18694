//! Data frames of texts and numbers as lines of JSON, an object for each row.

use amocrm_client::error::Error;
use extendr_api::prelude::*;
use serde_json::{Map, Value};

use crate::store::cells::whole;
use crate::store::failure::misfit;

/// A line for each row.
pub fn lines(frame: &List) -> std::result::Result<Vec<String>, Error> {
    let mut rows: Vec<Map<String, Value>> = Vec::new();
    for (name, column) in frame.iter() {
        let cells = cells(&column).ok_or_else(misfit)?;
        rows.resize(rows.len().max(cells.len()), Map::new());
        for (row, cell) in rows.iter_mut().zip(cells) {
            row.insert(name.to_owned(), cell);
        }
    }
    Ok(rows.into_iter().map(|row| Value::from(row).to_string()).collect())
}

fn cells(column: &Robj) -> Option<Vec<Value>> {
    if let Some(numbers) = column.as_real_slice() {
        return Some(numbers.iter().map(|cell| number(*cell)).collect());
    }
    if let Some(numbers) = column.as_integer_slice() {
        let whole = |cell: &i32| if cell.is_na() { Value::Null } else { Value::from(*cell) };
        return Some(numbers.iter().map(whole).collect());
    }
    let text = |text: &str| if text.is_na() { Value::Null } else { Value::from(text) };
    Some(column.as_str_iter()?.map(text).collect())
}

fn number(number: f64) -> Value {
    whole(number).map_or_else(|| Value::from(number), Value::from)
}

/// All of them as one text.
pub fn text(frame: &List) -> std::result::Result<String, Error> {
    Ok(format!("[{}]", lines(frame)?.join(",\n")))
}

/// The rows of such lines.
pub fn rows_of_lines<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<Value> {
    lines.filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// The rows of such a text; none if it is damaged.
pub fn rows_of_text(text: &str) -> Vec<Value> {
    serde_json::from_str(text).unwrap_or_default()
}

/// Rows as columns with the names and types of `like`. What a row lacks, or has of
/// another type, is missing.
pub fn columns(rows: &[Value], like: &List) -> List {
    let column = |(name, like): (&str, Robj)| {
        let cells = rows.iter().map(|row| &row[name]);
        let column = if like.is_string() {
            let texts: Vec<Option<&str>> = cells.map(Value::as_str).collect();
            Robj::from(texts)
        } else {
            let numbers: Vec<Rfloat> =
                cells.map(|cell| cell.as_f64().map_or(Rfloat::na(), Rfloat::from)).collect();
            Robj::from(numbers)
        };
        (name.to_owned(), column)
    };
    let (names, columns): (Vec<String>, Vec<Robj>) = like.iter().map(column).unzip();
    List::from_names_and_values(names, columns).unwrap_or_default()
}
