//! How R and the store name the same cells.
//!
//! | R | the store |
//! |---|---|
//! | logical | yes or no |
//! | integer | 32 bits |
//! | double without fractions | 64 bits |
//! | other doubles | number |
//! | character | text |
//! | `POSIXct` | moment, with its zone |
//! | Date | day |
//!
//! So a column comes back as the type of R that it was, and ids are whole numbers to
//! all who read the files.

const MICROS: f64 = 1e6;

/// Whole numbers below are exact as doubles.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Seconds as the store's microseconds.
#[allow(clippy::cast_possible_truncation)]
pub fn micros(seconds: f64) -> i64 {
    (seconds * MICROS).round() as i64
}

/// The store's microseconds as seconds.
pub fn seconds(micros: i64) -> f64 {
    micros as f64 / MICROS
}

/// A number as a whole one, None if it is none.
#[allow(clippy::cast_possible_truncation, clippy::float_cmp)]
pub fn whole(number: f64) -> Option<i64> {
    (number.abs() < EXACT && number.trunc() == number).then_some(number as i64)
}

/// The id of an account, which R has as a double.
#[allow(clippy::cast_possible_truncation)]
pub fn account_id(account: f64) -> i64 {
    account as i64
}
