//! Numbers that no double holds, such as `1e400`. The parser refuses them; as texts they
//! cost nothing but themselves.

/// The JSON text with quotes around each such number; None if there is none.
pub fn quoted(text: &str) -> Option<String> {
    let mut quoted = String::new();
    let mut kept = 0;
    let mut at = 0;
    while let Some(start) = next_of(text, at, |byte| byte == b'"' || is_of_number(byte)) {
        if text.as_bytes()[start] == b'"' {
            at = end_of_string(text, start);
            continue;
        }
        at = next_of(text, start, |byte| !is_of_number(byte)).unwrap_or(text.len());
        let number = &text[start..at];
        if number.parse().is_ok_and(f64::is_infinite) {
            quoted.extend([&text[kept..start], "\"", number, "\""]);
            kept = at;
        }
    }
    quoted.push_str(&text[kept..]);
    (kept > 0).then_some(quoted)
}

/// Whether a number may have it. No letter of `true`, `false` and `null` makes one.
fn is_of_number(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')
}

fn next_of(text: &str, from: usize, is_it: impl Fn(u8) -> bool) -> Option<usize> {
    text.as_bytes()[from..].iter().position(|byte| is_it(*byte)).map(|found| from + found)
}

/// Where the string that begins at `start` is over.
fn end_of_string(text: &str, start: usize) -> usize {
    let mut at = start + 1;
    while let Some(found) = next_of(text, at, |byte| byte == b'"' || byte == b'\\') {
        if text.as_bytes()[found] == b'"' {
            return found + 1;
        }
        // What follows a backslash is part of the escape.
        at = (found + 2).min(text.len());
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn only_numbers_that_no_double_holds_become_texts() {
        let digits = "9".repeat(400);
        for (text, expected) in [
            (r"[1e400,-1E+999,2]", r#"["1e400","-1E+999",2]"#),
            (r#"{"a\"1e400":1e400}"#, r#"{"a\"1e400":"1e400"}"#),
            (r#"{"1e400\\":1e400,"\u041f":"1e400"}"#, r#"{"1e400\\":"1e400","\u041f":"1e400"}"#),
            ("1e400", r#""1e400""#),
            (&format!("[{digits}.5]"), &format!("[\"{digits}.5\"]")),
            ("{\"\u{43f}\u{440}\":1e400}", "{\"\u{43f}\u{440}\":\"1e400\"}"),
        ] {
            assert_eq!(quoted(text).as_deref(), Some(expected));
        }
        for text in
            [r#"{"a":"1e400","b":1e308,"c":1e-400,"d":[true,null]}"#, "\"1e400\\", "", "-", "+1"]
        {
            assert_eq!(quoted(text), None, "{text}");
        }
    }
}
