//! The body of an error answer, in a form that is safe to show.

use serde::Deserialize;

use crate::sanitize::sanitize;

/// The message and code in an error body.
#[derive(Debug, PartialEq, Eq)]
pub struct ErrorBody {
    /// The server's message: one line of at most 300 characters, or empty.
    pub detail: String,
    /// amoCRM's own error code, if there is one.
    pub code: Option<String>,
    /// Seconds to wait, as Kommo's 429 says in its body.
    pub retry_after: Option<u64>,
    /// Whether a JSON body says that the user or the token lacks a right.
    pub lacks_right: bool,
}

/// The shapes of both APIs in one (docs/api-v2.md, Statuses and errors;
/// docs/api-v4.md, Statuses and errors over v4).
#[derive(Default, Deserialize)]
#[serde(default)]
struct Body {
    response: Legacy,
    title: Option<String>,
    detail: Option<String>,
    hint: Option<String>,
    retry_after: Option<Code>,
    #[serde(rename = "validation-errors")]
    validation_errors: Vec<Validation>,
}

/// What is wrong with one request of a batch, or with the only one.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Validation {
    errors: Vec<Invalid>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Invalid {
    path: String,
    detail: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Legacy {
    error: Option<String>,
    error_code: Option<Code>,
}

/// A string in recorded answers; some servers send a number.
#[derive(Deserialize)]
#[serde(untagged)]
enum Code {
    Text(String),
    Number(i64),
}

impl Code {
    fn into_text(self) -> String {
        match self {
            Code::Text(text) => sanitize(&text),
            Code::Number(number) => number.to_string(),
        }
    }
}

/// Reads an error body: amoCRM's JSON in either shape, else the text of an
/// HTML page or whatever it is.
pub fn read(body: &[u8]) -> ErrorBody {
    match serde_json::from_slice::<Body>(body) {
        Ok(body) => from_json(body),
        Err(_) => {
            ErrorBody { detail: plain(body), code: None, retry_after: None, lacks_right: false }
        }
    }
}

fn from_json(body: Body) -> ErrorBody {
    let invalid = body.validation_errors.into_iter().flat_map(|request| request.errors);
    let invalid = invalid.map(|error| format!("{} ({})", error.detail, error.path));
    let parts = [body.response.error, body.title, body.detail, body.hint];
    let parts = parts.into_iter().flatten().chain(invalid);
    let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
    let detail = parts.join(": ");
    ErrorBody {
        lacks_right: names_right(&detail),
        detail: sanitize(&detail),
        code: body.response.error_code.map(Code::into_text),
        retry_after: body.retry_after.and_then(|seconds| seconds.into_text().parse().ok()),
    }
}

/// Whether a text speaks of rights of a user or a token.
fn names_right(text: &str) -> bool {
    const RIGHTS: [&str; 10] = [
        "right",
        "rights",
        "scope",
        "scopes",
        "прав",
        "права",
        "правами",
        "полномочий",
        "скоуп",
        "разрешения",
    ];
    const BEGINNINGS: [&str; 3] = ["permission", "privilege", "admin"];
    let text = text.to_lowercase();
    let mut words = text.split(|c: char| !c.is_alphabetic());
    words.any(|word| {
        RIGHTS.contains(&word) || BEGINNINGS.iter().any(|beginning| word.starts_with(beginning))
    })
}

/// The text of a body that is not JSON, without tags.
fn plain(body: &[u8]) -> String {
    // Enough for the visible words of any error page.
    let head = &body[..body.len().min(16 << 10)];
    let text = String::from_utf8_lossy(head);
    let mut words = String::new();
    let mut inside_tag = false;
    for c in text.chars() {
        match c {
            '<' => inside_tag = true,
            '>' if inside_tag => {
                inside_tag = false;
                words.push(' ');
            }
            c if !inside_tag => words.push(c),
            _ => {}
        }
    }
    sanitize(&words)
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn both_json_shapes_give_words_and_code() {
        let legacy = read(r#"{"response":{"error":"Неверно","error_code":"110"}}"#.as_bytes());
        assert_eq!((legacy.detail.as_str(), legacy.code.as_deref()), ("Неверно", Some("110")));
        let numeric = read(br#"{"response":{"error":"x","error_code":221}}"#);
        assert_eq!(numeric.code.as_deref(), Some("221"));
        let problem = read(br#"{"title":"Error","detail":"Functional disabled","status":426}"#);
        assert_eq!(problem.detail, "Error: Functional disabled");
        let invalid = read(
            br#"{"validation-errors":[{"errors":[{"path":"limit","detail":"Too large"}]}],
            "title":"Bad Request"}"#,
        );
        assert_eq!(invalid.detail, "Bad Request: Too large (limit)");
    }

    #[test]
    fn a_web_page_gives_its_words() {
        let page =
            b"<html><head><title>403 Forbidden</title></head><body>\n<h1>403</h1></body></html>";
        assert_eq!(read(page).detail, "403 Forbidden 403");
    }

    #[test]
    fn hostile_bodies_come_out_short_and_printable() {
        assert_eq!(read(b"").detail, "");
        assert_eq!(read(b"a\0b\xff\x1b[31m").detail, "a<U+0000>b\u{fffd}<U+001B>[31m");
        assert!(read("%s {x} ".repeat(200_000).as_bytes()).detail.chars().count() <= 303);
        assert_eq!(read(br#"{"response":[1]}"#).code, None);
    }

    #[test]
    fn json_that_names_a_right_or_a_scope_says_that_one_is_missing() {
        for (detail, lacks_right) in [
            ("Недостаточно прав", true),
            ("У пользователя нет прав на этот раздел", true),
            ("Insufficient rights", true),
            ("You have no permission to read leads", true),
            ("The token lacks the scope crm", true),
            ("Only for administrators", true),
            ("Forbidden", false),
            ("Access denied", false),
            ("Неправильный IP-адрес", false),
            ("Аккаунт заблокирован за нарушение правил", false),
            ("Your address is blocked", false),
        ] {
            let problem = format!(r#"{{"title":"Forbidden","status":403,"detail":"{detail}"}}"#);
            assert_eq!(read(problem.as_bytes()).lacks_right, lacks_right, "{detail}");
            let legacy = format!(r#"{{"response":{{"error":"{detail}"}}}}"#);
            assert_eq!(read(legacy.as_bytes()).lacks_right, lacks_right, "{detail}");
            let page = format!("<html>{detail}</html>");
            assert!(!read(page.as_bytes()).lacks_right, "{detail}");
        }
    }

    #[test]
    fn the_wait_may_be_a_number_or_its_text() {
        assert_eq!(read(br#"{"retry_after":300}"#).retry_after, Some(300));
        assert_eq!(read(br#"{"retry_after":"300"}"#).retry_after, Some(300));
        assert_eq!(read(br#"{"retry_after":"soon","title":"x"}"#).detail, "x");
    }
}
