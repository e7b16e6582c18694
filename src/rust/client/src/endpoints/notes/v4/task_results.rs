//! Results of tasks: API v4 keeps their texts with the tasks (docs/api-v4.md,
//! Results of tasks).

use std::collections::HashMap;

use crate::bad_body::BadBody;
use crate::http::Request;
use crate::json::flatten::JsonType;
use crate::json::tree::Node;

/// Tasks that one request may name.
pub const TASKS_A_REQUEST: usize = 100;

/// The request for tasks by their ids.
pub fn tasks_request(ids: &[String]) -> Request {
    let request = Request::get("/api/v4/tasks").query("limit", &250);
    ids.iter().fold(request, |request, id| request.query("filter[id][]", id))
}

/// The result's text of each task, by the task's id; None for a task without one.
///
/// # Errors
/// [`BadBody`] when the body holds no tasks.
pub fn read_results(body: Option<&[u8]>) -> Result<HashMap<String, Option<String>>, BadBody> {
    if body.is_none() {
        return Ok(HashMap::new());
    }
    let document = Node::read(body)?;
    let tasks = document.at(&["_embedded", "tasks"])?.values().into_iter();
    let text = |task: &Node| {
        Some((task.get("id")?.text()?.to_owned(), task.get("result").and_then(text_of)))
    };
    Ok(tasks.filter_map(text).collect())
}

/// The text of a result: an object, a list of objects or only the text. Of
/// several texts each is a line.
fn text_of(result: &Node) -> Option<String> {
    match result {
        Node::Scalar(text, JsonType::Text) => Some(text.clone()),
        Node::Object(_) => text_of(result.get("text")?),
        Node::Array(results) => {
            let texts: Vec<String> = results.iter().filter_map(text_of).collect();
            (!texts.is_empty()).then(|| texts.join("\n"))
        }
        Node::Null | Node::Scalar(..) => None,
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
        assert_eq!(results.len(), 7);
        for (id, text) in [
            ("1", None),
            ("2", Some("ok")),
            ("3", None),
            ("4", None),
            ("5", Some("ready")),
            ("6", Some("listed")),
            ("7", Some("a\nb")),
        ] {
            assert_eq!(results[id].as_deref(), text, "{id}");
        }
        assert!(read_results(None).unwrap().is_empty());
    }

    #[test]
    fn a_broken_character_costs_that_character_alone() {
        for broken in ["\\ud83d", "\\u0000"] {
            let body = format!(
                r#"{{"_embedded":{{"tasks":[{{"id":1,"result":{{"text":"a{broken}"}}}}]}}}}"#
            );
            assert_eq!(
                read_results(Some(body.as_bytes())).unwrap()["1"].as_deref(),
                Some("a\u{fffd}")
            );
        }
    }
}
