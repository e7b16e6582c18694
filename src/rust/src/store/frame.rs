//! Data frames as rows of the store.

use amocrm_client::error::Error;
use amocrm_store::{Column, Rows, Texts, Values};
use extendr_api::prelude::*;

use crate::store::cells::{micros, whole};
use crate::store::failure::misfit;

/// The rows of a data frame.
pub fn rows(frame: &List) -> std::result::Result<Rows, Error> {
    let columns: Option<Vec<Column>> =
        frame.iter().map(|(name, column)| column_of(name, &column)).collect();
    columns.and_then(Rows::new).ok_or_else(misfit)
}

fn column_of(name: &str, column: &Robj) -> Option<Column> {
    if column.inherits("POSIXct") {
        return Some(times(name, column)?.in_zone(zone(column)));
    }
    if column.inherits("Date") {
        return days(name, column);
    }
    match column.rtype() {
        Rtype::Strings => texts(name, column),
        Rtype::Doubles => numbers(name, column.as_real_slice()?),
        Rtype::Integers => integers(name, column.as_integer_slice()?),
        Rtype::Logicals => truths(name, column.as_logical_slice()?),
        _ => None,
    }
}

fn zone(times: &Robj) -> &str {
    times.get_attrib("tzone").and_then(|zone| zone.as_str()).unwrap_or_default()
}

fn times(name: &str, column: &Robj) -> Option<Column> {
    let seconds = doubles(column)?;
    cells(name, &seconds, |cell| !cell.is_nan(), |seconds| micros(*seconds), Values::Time)
}

#[allow(clippy::cast_possible_truncation)]
fn days(name: &str, column: &Robj) -> Option<Column> {
    let days = doubles(column)?;
    cells(name, &days, |cell| !cell.is_nan(), |day| day.floor() as i32, Values::Date)
}

/// The numbers of a time or day, which R may keep as integers.
fn doubles(column: &Robj) -> Option<Vec<f64>> {
    match column.as_integer_slice() {
        Some(integers) => Some(
            integers
                .iter()
                .map(|cell| if cell.is_na() { f64::NAN } else { f64::from(*cell) })
                .collect(),
        ),
        None => column.as_real_slice().map(<[f64]>::to_vec),
    }
}

fn numbers(name: &str, column: &[f64]) -> Option<Column> {
    let is_there = |cell: &f64| !cell.is_na();
    if column.iter().all(|cell| cell.is_na() || whole(*cell).is_some()) {
        return cells(
            name,
            column,
            is_there,
            |cell| whole(*cell).unwrap_or_default(),
            Values::Int64,
        );
    }
    cells(name, column, is_there, |cell| *cell, Values::Double)
}

fn integers(name: &str, column: &[i32]) -> Option<Column> {
    cells(name, column, |cell| !cell.is_na(), |cell| *cell, Values::Int32)
}

fn truths(name: &str, column: &[Rbool]) -> Option<Column> {
    cells(name, column, |cell| !cell.is_na(), Rbool::is_true, Values::Bool)
}

fn texts(name: &str, column: &Robj) -> Option<Column> {
    let mut texts = Texts::default();
    let mut present = Vec::with_capacity(column.len());
    // An iterator of texts would lock R's interface for each of them.
    for text in Strings::try_from(column).ok()?.iter() {
        present.push(!text.is_na());
        if !text.is_na() {
            texts.push(text);
        }
    }
    Column::new(name, present, Values::Text(texts))
}

fn cells<R, T>(
    name: &str,
    column: &[R],
    is_there: impl Fn(&R) -> bool,
    value: impl Fn(&R) -> T,
    values: impl FnOnce(Vec<T>) -> Values,
) -> Option<Column> {
    let present: Vec<bool> = column.iter().map(&is_there).collect();
    let all = column.iter().filter(|cell| is_there(cell)).map(value).collect();
    Column::new(name, present, values(all))
}
