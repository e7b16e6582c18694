//! Texts of a server in a form that is safe to show.

use std::fmt::Write;

/// The most characters of a server's text that are shown.
const MAX_SHOWN: usize = 300;

/// What stands for a secret.
const HIDDEN: &str = "<hidden>";

/// A server's text as one line of at most 300 characters. Invisible characters are
/// shown as their codes. A server may quote the request: what looks like a token or a
/// key is hidden.
pub fn sanitize(text: &str) -> String {
    sanitize_to(&without_secrets(text), MAX_SHOWN)
}

fn without_secrets(text: &str) -> String {
    let is_of_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let pieces = text.split_inclusive(|c| !is_of_word(c)).map(|piece| {
        let word = piece.trim_end_matches(|c| !is_of_word(c));
        if looks_secret(word) { [HIDDEN, &piece[word.len()..]].concat() } else { piece.to_owned() }
    });
    pieces.collect()
}

/// Whether a word is a JSON Web Token, or at least 32 letters and digits as keys and
/// refresh tokens are (`looks_secret()` in R/credentials.R). Ids of requests and
/// integrations, UUIDs, are no secrets.
fn looks_secret(word: &str) -> bool {
    let is_token = word.starts_with("eyJ") && word.len() >= 20;
    let is_uuid = |part: &str| part.len() == 36 && part.matches('-').count() == 4;
    let is_key = |part: &str| {
        let digits = part.bytes().filter(u8::is_ascii_digit).count();
        part.len() >= 32 && digits >= 4 && !is_uuid(part)
    };
    is_token || word.split('.').any(is_key)
}

/// The same, with at most `most` characters.
pub fn sanitize_to(text: &str, most: usize) -> String {
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        for c in word.chars() {
            if is_invisible(c) {
                // Writing to a string can't fail.
                let _ = write!(line, "<U+{:04X}>", u32::from(c));
            } else {
                line.push(c);
            }
        }
        // The rest would be cut off.
        if line.len() > 4 * most {
            break;
        }
    }
    if line.chars().count() <= most {
        return line;
    }
    line.chars().take(most).chain("...".chars()).collect()
}

/// Control characters, among them those of terminals, and characters without width
/// or that change the direction of text.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::{sanitize, sanitize_to};

    #[test]
    fn tokens_and_keys_that_a_server_quotes_are_hidden() {
        let key = "0123456789abcdef0123456789abcdef01234567";
        for (text, line) in [
            ("bad token eyJ0eXAiOiJKV1QiLCJh.eyJhdWQiOiI5.c2lnbmF0dXJl!", "bad token <hidden>!"),
            (&format!("USER_HASH={key}&type=json"), "USER_HASH=<hidden>&type=json"),
            (&format!("({key})"), "(<hidden>)"),
            ("request 6f1c2b3a-1111-4222-8333-944455556666", {
                "request 6f1c2b3a-1111-4222-8333-944455556666"
            }),
            ("filter.custom_fields_values.enum_code_of_lists", {
                "filter.custom_fields_values.enum_code_of_lists"
            }),
            ("eyJ", "eyJ"),
        ] {
            assert_eq!(sanitize(text), line);
        }
    }

    #[test]
    fn what_would_not_show_comes_as_codes_on_one_line() {
        for (text, line) in [
            ("a\r\n\tb  c", "a b c"),
            ("\u{1b}[2Jgone", "<U+001B>[2Jgone"),
            ("\u{9b}31m", "<U+009B>31m"),
            ("a\u{202e}b\u{2066}c\u{61c}", "a<U+202E>b<U+2066>c<U+061C>"),
            ("a\u{200b}\u{200d}\u{feff}\u{ad}b", "a<U+200B><U+200D><U+FEFF><U+00AD>b"),
            ("\u{2028}a\u{2029}b", "a b"),
            ("\u{e0041}", "<U+E0041>"),
            ("\u{7}\u{8}\u{7f}", "<U+0007><U+0008><U+007F>"),
            ("Недостаточно прав 👍", "Недостаточно прав 👍"),
        ] {
            assert_eq!(sanitize(text), line);
        }
        assert_eq!(sanitize_to(&"я".repeat(200), 100), format!("{}...", "я".repeat(100)));
        assert_eq!(sanitize_to(&"\u{1b}".repeat(200), 100).chars().count(), 103);
    }
}
