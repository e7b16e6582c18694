//! JSON spelt the way the service spells it: PHP's `json_encode`, which
//! writes `/` as `\/` and everything beyond ASCII as `\uXXXX`.

use std::io::{self, Write};

use serde::ser::Serialize;
use serde_json::ser::Formatter;

/// Writes `value` as JSON bytes.
pub fn encode<T: Serialize>(value: &T) -> serde_json::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, Php))?;
    Ok(bytes)
}

struct Php;

impl Formatter for Php {
    fn write_string_fragment<W>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()>
    where
        W: ?Sized + Write,
    {
        let mut plain = 0;
        for (at, character) in fragment.char_indices() {
            if character.is_ascii() && character != '/' {
                continue;
            }
            writer.write_all(&fragment.as_bytes()[plain..at])?;
            plain = at + character.len_utf8();
            escape(writer, character)?;
        }
        writer.write_all(&fragment.as_bytes()[plain..])
    }
}

fn escape<W: ?Sized + Write>(writer: &mut W, character: char) -> io::Result<()> {
    if character == '/' {
        return writer.write_all(b"\\/");
    }
    for unit in character.encode_utf16(&mut [0; 2]) {
        let digit = |shift: u16| b"0123456789abcdef"[usize::from(*unit >> shift & 15)];
        writer.write_all(&[b'\\', b'u', digit(12), digit(8), digit(4), digit(0)])?;
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn text_is_spelt_like_php_and_reads_back_the_same() {
        let text = "a/b \"Ж\" 😀\n";
        let bytes = encode(&text).unwrap();
        assert_eq!(bytes, br#""a\/b \"\u0416\" \ud83d\ude00\n""#);
        assert_eq!(serde_json::from_slice::<String>(&bytes).unwrap(), text);
    }
}
