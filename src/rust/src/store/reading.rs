//! Tables of a folder as data frames. Runs on R's main thread only.

use std::path::Path;

use amocrm_store::{self as folder, Column, Field, Selection, TableReader, Type, Values};
use extendr_api::prelude::*;
use extendr_ffi::{R_NaString, R_xlen_t, Rf_allocVector, SET_STRING_ELT, SEXPTYPE};

use crate::columns::{compact_row_names, r_string};
use crate::store::cells::{account_id, seconds};
use crate::store::failure::{Outcome, failed};
use crate::store::json;

/// How often a table is read again that a run has changed meanwhile.
const TRIES: usize = 5;

/// `list(names)` of all tables.
pub fn tables(path: &str) -> Outcome<List> {
    let names = folder::tables(Path::new(path)).map_err(|error| failed(&error))?;
    Ok(list!(names = names))
}

/// `list(names)` of a table's columns, NULL if there is none.
pub fn columns(path: &str, table: &str, account: &Robj) -> Outcome<List> {
    let opened = TableReader::open(Path::new(path), table, &selection(account, &().into()));
    match opened {
        Ok(reader) => {
            let names = reader.columns().fields.iter().map(|field| field.name.as_str());
            Ok(list!(names = names.collect::<Vec<_>>()))
        }
        Err(folder::Error::NoTable { .. }) => Ok(list!(names = NULL)),
        Err(error) => Err(failed(&error)),
    }
}

/// `list(rows)`: a data frame, NULL if there is no such table.
pub fn read(path: &str, table: &str, account: &Robj, columns: &Robj) -> Outcome<List> {
    let selection = selection(account, columns);
    let mut tries = 0;
    loop {
        tries += 1;
        match frame(Path::new(path), table, &selection) {
            Ok(frame) => return Ok(list!(rows = frame)),
            Err(folder::Error::NoTable { .. }) => return Ok(list!(rows = NULL)),
            Err(folder::Error::Changed { .. }) if tries < TRIES => {}
            Err(error) => return Err(failed(&error)),
        }
    }
}

/// `list(rows)`: columns by name.
pub fn log(path: &str, like: &List) -> Outcome<List> {
    let path = Path::new(path);
    let accounts = folder::accounts(path).map_err(|error| failed(&error))?;
    let logs = accounts.into_iter().map(|account| folder::read_log(path, account));
    let logs: Vec<Vec<String>> =
        logs.collect::<std::result::Result<_, _>>().map_err(|error| failed(&error))?;
    let lines = logs.iter().flatten().map(String::as_str);
    Ok(list!(rows = json::columns(&json::rows_of_lines(lines), like)))
}

/// NULL is all accounts, or all columns.
fn selection(account: &Robj, columns: &Robj) -> Selection {
    Selection {
        accounts: account.as_real().map(|account| vec![account_id(account)]),
        columns: columns.as_string_vector(),
    }
}

fn frame(
    path: &Path,
    table: &str,
    selection: &Selection,
) -> std::result::Result<Robj, folder::Error> {
    let mut reader = TableReader::open(path, table, selection)?;
    let rows = reader.rows();
    let fields = reader.columns().fields.clone();
    let mut vectors: Vec<Vector> = fields.iter().map(|field| Vector::new(field.of, rows)).collect();
    let mut start = 0;
    while let Some(part) = reader.next_rows()? {
        for (vector, column) in vectors.iter_mut().zip(part.columns()) {
            vector.fill(start, column);
        }
        start += part.count();
    }
    let columns = fields.iter().zip(vectors).map(|(field, vector)| vector.finished(field));
    let mut frame: Robj = List::from_values(columns).into();
    // These can't fail: the values fit the attributes.
    let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    let _ = frame.set_attrib("names", names);
    let rows = u32::try_from(rows).unwrap_or(u32::MAX);
    let _ = frame.set_attrib("row.names", compact_row_names(rows));
    let _ = frame.set_attrib("class", "data.frame");
    Ok(frame)
}

/// A vector of R that is filled piece by piece.
enum Vector {
    Logical(Logicals),
    Integer(Integers),
    Double(Doubles),
    Text(Robj),
}

impl Vector {
    fn new(of: Type, rows: usize) -> Vector {
        match of {
            Type::Bool => Vector::Logical(Logicals::new(rows)),
            Type::Int32 => Vector::Integer(Integers::new(rows)),
            Type::Int64 | Type::Double | Type::Time | Type::Date => {
                Vector::Double(Doubles::new(rows))
            }
            Type::Text => Vector::Text(strings(rows)),
        }
    }

    /// Writes the cells of a column from a row on.
    fn fill(&mut self, start: usize, column: &Column) {
        let present = column.present();
        match (self, column.values()) {
            (Vector::Logical(cells), Values::Bool(values)) => {
                fill(&mut cells[start..], present, values, Rbool::na(), |v| Rbool::from(*v));
            }
            (Vector::Integer(cells), Values::Int32(values)) => {
                fill(&mut cells[start..], present, values, Rint::na(), |v| Rint::from(*v));
            }
            (Vector::Double(cells), Values::Int64(values)) => {
                fill(&mut cells[start..], present, values, Rfloat::na(), |v| {
                    Rfloat::from(*v as f64)
                });
            }
            (Vector::Double(cells), Values::Double(values)) => {
                fill(&mut cells[start..], present, values, Rfloat::na(), |v| Rfloat::from(*v));
            }
            (Vector::Double(cells), Values::Time(values)) => {
                fill(&mut cells[start..], present, values, Rfloat::na(), |v| {
                    Rfloat::from(seconds(*v))
                });
            }
            (Vector::Double(cells), Values::Date(values)) => {
                fill(&mut cells[start..], present, values, Rfloat::na(), |v| {
                    Rfloat::from(f64::from(*v))
                });
            }
            (Vector::Text(cells), Values::Text(values)) => {
                fill_text(cells, start, present, values.iter());
            }
            // A reader gives the types that it has told.
            (_, values) => unreachable!("{:?}", values.of()),
        }
    }

    /// The vector with what makes it times or days.
    fn finished(self, field: &Field) -> Robj {
        let mut vector: Robj = match self {
            Vector::Logical(cells) => cells.into(),
            Vector::Integer(cells) => cells.into(),
            Vector::Double(cells) => cells.into(),
            Vector::Text(cells) => cells,
        };
        if field.of == Type::Time {
            let zone = if field.zone.is_empty() { "UTC" } else { &field.zone };
            let _ = vector.set_attrib("class", ["POSIXct", "POSIXt"]);
            let _ = vector.set_attrib("tzone", zone);
        } else if field.of == Type::Date {
            let _ = vector.set_attrib("class", "Date");
        }
        vector
    }
}

fn fill<C: Copy, V>(
    cells: &mut [C],
    present: &[bool],
    values: &[V],
    missing: C,
    cell: impl Fn(&V) -> C,
) {
    let mut values = values.iter();
    for (slot, present) in cells.iter_mut().zip(present) {
        *slot = present.then(|| values.next()).flatten().map_or(missing, &cell);
    }
}

fn strings(rows: usize) -> Robj {
    single_threaded(|| {
        // SAFETY: on R's main thread; nothing is allocated before `Robj` owns the
        // vector.
        unsafe { Robj::from_sexp(Rf_allocVector(SEXPTYPE::STRSXP, length(rows))) }
    })
}

fn fill_text<'a>(
    cells: &Robj,
    start: usize,
    present: &[bool],
    mut texts: impl Iterator<Item = &'a str>,
) {
    assert!(start + present.len() <= cells.len(), "more rows than told");
    single_threaded(|| {
        for (row, present) in present.iter().enumerate() {
            let text = present.then(|| texts.next()).flatten();
            // SAFETY: on R's main thread. `cells` is owned, and a string is in it
            // before R allocates again. The row is within it.
            unsafe {
                let string = text.map_or(R_NaString, |text| r_string(without_nul(text)));
                SET_STRING_ELT(cells.get(), length(start + row), string);
            }
        }
    });
}

/// A damaged file may have what R refuses in a string.
fn without_nul(text: &str) -> &str {
    text.split('\0').next().unwrap_or_default()
}

fn length(rows: usize) -> R_xlen_t {
    R_xlen_t::try_from(rows).unwrap_or(R_xlen_t::MAX)
}
