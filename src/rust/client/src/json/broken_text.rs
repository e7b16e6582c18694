//! Bodies with broken texts: bytes that are not UTF-8, half of a surrogate pair, as PHP
//! writes when it cuts a text in the middle of a character, or NUL, which R's strings can't
//! hold. The character is lost, the page is not. Nor is it for a number that is too large.

use serde::de::DeserializeOwned;

use crate::bad_body::BadBody;
use crate::json::huge_number;

/// Reads a body. If that fails because of broken texts or numbers that are too large,
/// they are repaired and the body is read again; the second argument of `read` says
/// whether texts were.
///
/// # Errors
/// What `read` fails with.
pub fn read_text<T>(
    body: &[u8],
    read: impl Fn(&str, bool) -> Result<T, BadBody>,
) -> Result<T, BadBody> {
    // Looked at once rather than text by text.
    match simdutf8::basic::from_utf8(body) {
        Ok(text) => read_numbers(text, |text| read(text, false)).or_else(|bad| {
            let repaired = with_whole_characters(text);
            repaired.map_or(Err(bad), |text| read_numbers(&text, |text| read(text, true)))
        }),
        Err(_) => {
            let text = String::from_utf8_lossy(body);
            let repaired = with_whole_characters(&text);
            let text = repaired.as_deref().unwrap_or(&text);
            read_numbers(text, |text| read(text, true))
        }
    }
}

/// Reads a text; if that fails, without numbers that are too large.
fn read_numbers<T>(text: &str, read: impl Fn(&str) -> Result<T, BadBody>) -> Result<T, BadBody> {
    read(text).or_else(|bad| huge_number::quoted(text).map_or(Err(bad), |text| read(&text)))
}

/// Reads a small document in the same way.
///
/// # Errors
/// [`BadBody`] when it is not JSON, or not of this form.
pub fn read_document<T: DeserializeOwned>(body: Option<&[u8]>) -> Result<T, BadBody> {
    read_text(body.unwrap_or_default(), |text, _| {
        serde_json::from_str(text).map_err(|error| BadBody::at_top(&error))
    })
}

/// The text with the replacement character in place of each lone surrogate, such
/// as `\ud800`, and of each `\u0000`; None if there is none.
fn with_whole_characters(text: &str) -> Option<String> {
    let mut repaired = String::new();
    let mut kept = 0;
    let mut at = 0;
    while let Some(found) = text[at..].find('\\') {
        let start = at + found;
        let escape = text.get(start..start + 6).and_then(unit);
        let next = || text.get(start + 6..start + 12).and_then(unit);
        at = match escape {
            Some(0xD800..0xDC00) if matches!(next(), Some(0xDC00..0xE000)) => start + 12,
            Some(0 | 0xD800..0xE000) => {
                repaired.push_str(&text[kept..start]);
                repaired.push_str("\\ufffd");
                kept = start + 6;
                kept
            }
            // What follows a backslash is part of the escape.
            _ => start + 1 + text[start + 1..].chars().next().map_or(0, char::len_utf8),
        };
    }
    repaired.push_str(&text[kept..]);
    (kept > 0).then_some(repaired)
}

/// The number in an escape of six characters.
fn unit(escape: &str) -> Option<u32> {
    let digits = escape.strip_prefix("\\u")?;
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{read_document, with_whole_characters};
    use crate::json::tree::Node;

    /// A text as trees and records read it.
    fn text(body: &[u8]) -> Option<String> {
        let node: Node = read_document(Some(body)).ok()?;
        node.text().map(str::to_owned)
    }

    #[test]
    fn only_what_is_broken_is_replaced() {
        for (body, expected) in [
            (&b"\"a\xffb\""[..], "a\u{fffd}b"),
            (b"\"\xd0\x9f\xd0\"", "\u{41f}\u{fffd}"),
            (br#""a\ud800b""#, "a\u{fffd}b"),
            (br#""a\u0000b\\u0000\u0001""#, "a\u{fffd}b\\u0000\u{1}"),
            (br#""\uDC00""#, "\u{fffd}"),
            (br#""\ud83d""#, "\u{fffd}"),
            (br#""\ud83d\ud83d\ude00""#, "\u{fffd}\u{1f600}"),
            (br#""\ud800\u0041\\ud800""#, "\u{fffd}A\\ud800"),
            (b"\"\\ud800\xff\"", "\u{fffd}\u{fffd}"),
        ] {
            assert_eq!(text(body).as_deref(), Some(expected), "{body:?}");
        }
        assert_eq!(with_whole_characters(r#""\ud83d\ude00 \\ud800 \n \u041f""#), None);
    }

    #[test]
    fn numbers_that_no_double_holds_are_texts_whatever_else_is_broken() {
        for (body, expected) in [
            (&b"[\"a\",1e400]"[..], ["a", "1e400"]),
            (b"[\"a\xff\",-1e400]", ["a\u{fffd}", "-1e400"]),
            (br#"["\ud800",1e400]"#, ["\u{fffd}", "1e400"]),
        ] {
            let texts: Option<[String; 2]> = read_document(Some(body)).ok();
            assert_eq!(texts.unwrap(), expected, "{body:?}");
        }
    }

    #[test]
    fn broken_json_stays_an_error() {
        for body in [
            &b""[..],
            b"<html>\xff",
            br#""\ud800"#,
            br#""\ud8"#,
            b"\"\\",
            b"\"\xd0",
            br#""\uzzzz""#,
        ] {
            assert_eq!(text(body), None, "{body:?}");
        }
    }
}
