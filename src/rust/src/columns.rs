//! Finished columns as R vectors, and tables as data frames. Runs on R's main
//! thread only.

use std::borrow::Cow;
use std::ffi::c_int;
use std::ptr::null_mut;

use amocrm_client::table::indices::Indices;
use amocrm_client::table::interner::Interner;
use amocrm_client::table::{Column, Table, Type, Values};
use extendr_api::prelude::*;
use extendr_ffi::{
    R_NaString, R_xlen_t, Rf_allocVector, Rf_duplicate, Rf_mkCharLenCE, Rf_protect, Rf_unprotect,
    SET_STRING_ELT, SEXP, SEXPTYPE, cetype_t,
};

use crate::memory::give_back;

/// A plain `data.frame`; times are in the zone `tzone`.
pub fn data_frame(table: Table, tzone: &str) -> Robj {
    let rows = table.rows();
    let columns = table.into_columns();
    give_back();
    make_room(columns.iter().map(|column| size(column, rows as usize)).sum());
    let names: Vec<String> = columns.iter().map(Column::name).collect();
    let blank = blank(rows as usize);
    // One at a time: a column is freed as soon as R has it.
    let vectors = columns.into_iter().map(|column| vector(&column, &blank, tzone));
    let mut frame: Robj = List::from_values(vectors).into();
    // These can't fail: the values fit the attributes.
    let _ = frame.set_attrib("names", names);
    let _ = frame.set_attrib("row.names", compact_row_names(rows));
    let _ = frame.set_attrib("class", "data.frame");
    frame
}

/// The memory of a column's vector, without R's overhead for each string.
fn size(column: &Column, rows: usize) -> usize {
    rows * size_of::<SEXP>()
        + match column.values() {
            Values::Text(_, interner) => interner.bytes(),
            Values::Number(..) => 0,
        }
}

/// From so many bytes on R collects garbage before the first column. To collect when
/// half of the columns exist takes longer; for fewer bytes the difference is small.
const MANY_BYTES: usize = 64 << 20;

/// R keeps about so much of its heap free in any case.
const SPARE_BYTES: usize = 16 << 20;

/// Makes R's heap large enough for so many bytes. Otherwise it grows in small steps,
/// and before each of them R scans all columns made so far for garbage. For many
/// bytes R collects now, while there is little to scan.
///
/// A vector that does not fit makes R collect in its whole heap, and then grow the
/// heap to the size of the vector and a fifth more. But this vector counts as used
/// until the next collection. So a second vector follows, which does not fit into
/// that fifth: R then collects among its newest objects only, which takes no time.
/// The second vector still counts as used, so the first one is larger by as much.
fn make_room(bytes: usize) {
    if bytes < MANY_BYTES {
        return allocate_unused(bytes);
    }
    allocate_unused(bytes + bytes / 5 + SPARE_BYTES);
    allocate_unused(bytes / 4 + 2 * SPARE_BYTES);
}

/// Allocates a vector that is not used. Its pages are never written, so it takes no
/// memory.
fn allocate_unused(bytes: usize) {
    single_threaded(|| {
        // SAFETY: on R's main thread. All other objects of this call are
        // protected by their owners.
        unsafe { Rf_allocVector(SEXPTYPE::RAWSXP, length(bytes)) };
    });
}

/// R's short form of the row names `1..n`: `c(NA, -n)`.
pub fn compact_row_names(rows: u32) -> Robj {
    let rows = i32::try_from(rows).unwrap_or(i32::MAX);
    if rows == 0 {
        return Robj::from(Vec::<i32>::new());
    }
    Robj::from(vec![Rint::na(), Rint::from(-rows)])
}

fn vector(column: &Column, blank: &Robj, tzone: &str) -> Robj {
    let rows = blank.len();
    let numbers: Cow<[f64]> = match column.values() {
        Values::Text(codes, interner) => match column.type_in_r() {
            Type::Text => return text(column.rows(), codes, interner, blank),
            Type::Logical => truths(codes, interner).into(),
            Type::Integer | Type::Double => parsed(codes, interner).into(),
        },
        Values::Number(_, numbers) => numbers.into(),
    };
    if column.is_time() {
        return time(column.rows(), &numbers, rows, tzone);
    }
    match column.type_in_r() {
        Type::Logical => logical(column.rows(), &numbers, rows),
        Type::Integer => integer(column.rows(), &numbers, rows),
        Type::Double | Type::Text => double(column.rows(), &numbers, rows).into(),
    }
}

fn time(cells: &Indices, seconds: &[f64], rows: usize, tzone: &str) -> Robj {
    let mut vector = Robj::from(double(cells, seconds, rows));
    let _ = vector.set_attrib("class", ["POSIXct", "POSIXt"]);
    let _ = vector.set_attrib("tzone", tzone);
    vector
}

fn double(cells: &Indices, values: &[f64], rows: usize) -> Vec<Rfloat> {
    let mut vector = vec![Rfloat::na(); rows];
    for (row, value) in cells.iter().zip(values) {
        vector[row as usize] = Rfloat::from(*value);
    }
    vector
}

/// The numbers in texts.
fn parsed(codes: &Indices, interner: &Interner) -> Vec<f64> {
    let values: Vec<f64> = interner.iter().map(|text| text.parse().unwrap_or(f64::NAN)).collect();
    codes.iter().map(|code| values[code as usize]).collect()
}

/// The truth values in texts, as 1 and 0.
fn truths(codes: &Indices, interner: &Interner) -> Vec<f64> {
    let truth = |code| f64::from(u8::from(interner.get(code) == "TRUE"));
    codes.iter().map(truth).collect()
}

fn logical(cells: &Indices, values: &[f64], rows: usize) -> Robj {
    let mut vector = vec![Rbool::na(); rows];
    for (row, value) in cells.iter().zip(values) {
        vector[row as usize] = Rbool::from(*value > 0.0);
    }
    Robj::from(vector)
}

#[allow(clippy::cast_possible_truncation)]
fn integer(cells: &Indices, values: &[f64], rows: usize) -> Robj {
    let mut vector = vec![Rint::na(); rows];
    for (row, value) in cells.iter().zip(values) {
        vector[row as usize] = Rint::from(*value as i32);
    }
    Robj::from(vector)
}

/// A missing text for each row.
fn blank(rows: usize) -> Robj {
    single_threaded(|| {
        // SAFETY: on R's main thread. The vector is protected until `robj`
        // owns it, and the indices are in bounds.
        unsafe {
            let vector = Rf_protect(Rf_allocVector(SEXPTYPE::STRSXP, length(rows)));
            for row in 0..rows {
                SET_STRING_ELT(vector, length(row), R_NaString);
            }
            let robj = Robj::from_sexp(vector);
            Rf_unprotect(1);
            robj
        }
    })
}

/// Makes an R string of each distinct text once; the cells point to it. `blank` has a
/// missing text for each row: to copy it is quicker than to set each cell.
fn text(cells: &Indices, codes: &Indices, interner: &Interner, blank: &Robj) -> Robj {
    let rows = blank.len();
    single_threaded(|| {
        // SAFETY: on R's main thread. `vector` is protected until `robj` owns
        // it, and each of `strings` by being in it, since nothing between
        // can run R code. Indices are in bounds: codes come from the
        // interner, rows from the table.
        unsafe {
            let vector = Rf_protect(if cells.len() < rows {
                Rf_duplicate(blank.get())
            } else {
                Rf_allocVector(SEXPTYPE::STRSXP, length(rows))
            });
            let mut strings: Vec<SEXP> = vec![null_mut(); interner.len()];
            for (row, code) in cells.iter().zip(codes.iter()) {
                let string = &mut strings[code as usize];
                if string.is_null() {
                    *string = r_string(interner.get(code));
                }
                SET_STRING_ELT(vector, length(row as usize), *string);
            }
            let robj = Robj::from_sexp(vector);
            Rf_unprotect(1);
            robj
        }
    })
}

/// # Safety
/// On R's main thread; to be protected before R allocates again.
pub unsafe fn r_string(text: &str) -> SEXP {
    let bytes = c_int::try_from(text.len()).unwrap_or(c_int::MAX);
    Rf_mkCharLenCE(text.as_ptr().cast(), bytes, cetype_t::CE_UTF8)
}

fn length(n: usize) -> R_xlen_t {
    R_xlen_t::try_from(n).unwrap_or(R_xlen_t::MAX)
}
