//! Results of tasks: API v4 keeps their texts with the tasks (docs/api-v4.md,
//! Results of tasks).

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;

use crate::bad_body::BadBody;
use crate::http::Request;

/// Tasks that one request may name.
pub const TASKS_A_REQUEST: usize = 100;

/// The request for tasks by their ids.
pub fn tasks_request(ids: &[String]) -> Request {
    let request = Request::get("/api/v4/tasks").query("limit", &250);
    ids.iter().fold(request, |request, id| request.query("filter[id][]", id))
}

#[derive(Deserialize)]
struct Body {
    #[serde(rename = "_embedded")]
    embedded: Embedded,
}

#[derive(Deserialize)]
struct Embedded {
    tasks: Vec<Task>,
}

#[derive(Deserialize)]
struct Task {
    /// A number, or its text.
    id: Value,
    /// `[]` while there is none, else in one of several forms.
    #[serde(default)]
    result: Value,
}

/// The result's text of each task that has one, by the task's id.
///
/// # Errors
/// [`BadBody`] when the body holds no tasks.
pub fn read_results(body: Option<&[u8]>) -> Result<HashMap<String, String>, BadBody> {
    let Some(body) = body else { return Ok(HashMap::new()) };
    let body: Body = serde_json::from_slice(body).map_err(|error| BadBody::at_top(&error))?;
    let text = |task: Task| {
        let text = text_of(&task.result)?;
        let id = task.id.as_str().map_or_else(|| task.id.to_string(), str::to_owned);
        Some((id, text))
    };
    Ok(body.embedded.tasks.into_iter().filter_map(text).collect())
}

/// The text of a result: an object, a list of objects or only the text. Of
/// several texts each is a line.
fn text_of(result: &Value) -> Option<String> {
    match result {
        // R strings can't hold NUL.
        Value::String(text) => Some(text.replace('\0', "")),
        Value::Object(members) => text_of(members.get("text")?),
        Value::Array(results) => {
            let texts: Vec<String> = results.iter().filter_map(text_of).collect();
            (!texts.is_empty()).then(|| texts.join("\n"))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::read_results;

    #[test]
    fn results_of_each_form_are_read() {
        let body = br#"{"_embedded":{"tasks":[{"id":1,"result":[]},
            {"id":"2","result":{"text":"ok"}},{"id":3},{"id":4,"result":{"text":null}},
            {"id":5,"result":"ready"},{"id":6,"result":[{"text":"listed"}]},
            {"id":7,"result":[{"text":"a"},"b",{"text":[]}]}]}}"#;
        let results = read_results(Some(body)).unwrap();
        assert_eq!(results.len(), 4);
        for (id, text) in [("2", "ok"), ("5", "ready"), ("6", "listed"), ("7", "a\nb")] {
            assert_eq!(results[id], text);
        }
        assert!(read_results(None).unwrap().is_empty());
    }

    #[test]
    fn nul_characters_are_left_out_of_results() {
        let body = br#"{"_embedded":{"tasks":[{"id":1,"result":{"text":"a\u0000b"}}]}}"#;
        assert_eq!(read_results(Some(body)).unwrap()["1"], "ab");
    }
}
