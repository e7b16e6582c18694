//! Doubles as text, the way base R prints them in fixed notation.

use std::fmt::Write;

/// Significant digits R keeps when it turns a double into text.
const DIGITS: i32 = 15;

/// Appends `value` to `out` with up to 15 significant digits in fixed
/// notation, never `1e+05` (docs/contract.md, Flattening a record). Infinite
/// and NaN values can't come out of JSON and are written as R writes them.
pub fn write_double(value: f64, out: &mut String) {
    if !value.is_finite() {
        out.push_str(if value.is_nan() {
            "NaN"
        } else if value > 0.0 {
            "Inf"
        } else {
            "-Inf"
        });
        return;
    }
    if value == 0.0 {
        out.push('0');
        return;
    }
    let decimals = decimals_needed(value);
    // Writing to a String can't fail.
    let _ = write!(out, "{value:.decimals$}");
}

/// Digits after the point that show `value` to 15 significant digits without
/// trailing zeros.
fn decimals_needed(value: f64) -> usize {
    let scientific = format!("{value:.0$e}", (DIGITS - 1) as usize);
    let Some((mantissa, exponent)) = scientific.split_once('e') else {
        return 0;
    };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let significant = mantissa
        .trim_start_matches('-')
        .trim_end_matches('0')
        .trim_end_matches('.')
        .chars()
        .filter(char::is_ascii_digit)
        .count();
    usize::try_from(i32::try_from(significant).unwrap_or(DIGITS) - exponent - 1).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::write_double;

    fn text(value: f64) -> String {
        let mut out = String::new();
        write_double(value, &mut out);
        out
    }

    #[test]
    fn doubles_read_as_r_prints_them_in_fixed_notation() {
        // Right-hand sides were printed by R 4.2.2 with options(scipen = 999).
        for (value, expected) in [
            (31.628_012_820_750_76, "31.6280128207508"),
            (0.123_456_789_012_345_6, "0.123456789012346"),
            (1.5, "1.5"),
            (100_000.0, "100000"),
            (1e20, "100000000000000000000"),
            (1e-7, "0.0000001"),
            (-2.25, "-2.25"),
            (0.1 + 0.2, "0.3"),
            (-0.0, "0"),
            (123_456_789.125, "123456789.125"),
        ] {
            assert_eq!(text(value), expected);
        }
    }
}
