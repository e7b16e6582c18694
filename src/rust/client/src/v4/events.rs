//! An event of API v4 as a row of API v2 (v4.md 6.3).

use crate::flatten::Leaves;
use crate::v4::sources::code_of_event;

/// Members of `value_before` and `value_after`, and what they were in v2's
/// `params` before and after (v4.md 3.3 and 6.3).
const CHANGES: [(&str, &str, &str); 5] = [
    ("lead_status.id", "STATUS_OLD", "STATUS_NEW"),
    ("lead_status.pipeline_id", "PIPELINE_ID_OLD", "PIPELINE_ID_NEW"),
    ("customer_status.id", "STATUS_OLD", "STATUS_NEW"),
    ("responsible_user.id", "MAIN_USER_ID_OLD", "MAIN_USER_ID_NEW"),
    ("helpbot.id", "helpbot_id", "helpbot_id"),
];

/// What v2 wrote in the text of "created" notes.
const CREATED_RU: &str = "Добавлен новый объект";
const CREATED_EN: &str = "New object added";

/// Writes the row of an event; `in_english` on accounts of Kommo. False when
/// the event stands for no note of v2.
pub fn write_row(event: &Leaves, in_english: bool, row: &mut Leaves) -> bool {
    let Some(code) = event.get("type").and_then(code_of_event) else { return false };
    if is_tag_event(code) && event.get("created_by") != Some("0") {
        // v2 had notes only of tags that a robot put or took (v4.md 6.2).
        return false;
    }
    for (name, source) in [
        ("id", "value_after.note.id"),
        ("created_by", "created_by"),
        ("created_at", "created_at"),
        // Events never change.
        ("updated_at", "created_at"),
        ("account_id", "account_id"),
    ] {
        if let Some(text) = event.get(source) {
            row.push(name, text);
        }
    }
    row.push("is_editable", "FALSE");
    if let Some(element) = event.get("entity_id") {
        row.push("element_id", element);
    }
    let kind = event.get("entity_type").unwrap_or_default();
    row.push("element_type", if kind == "task" { "4" } else { kind });
    row.push("attachment", "");
    row.push("note_type", &code.to_string());
    if matches!(code, 1 | 2 | 12 | 22) {
        row.push("text", if in_english { CREATED_EN } else { CREATED_RU });
    }
    write_params(event, code, row);
    if let Some(id) = event.get("id") {
        row.push("event_id", id);
    }
    true
}

fn is_tag_event(code: u32) -> bool {
    matches!(code, 26 | 27)
}

fn write_params(event: &Leaves, code: u32, row: &mut Leaves) {
    for (member, old, new) in CHANGES {
        for (place, name) in [("value_after", new), ("value_before", old)] {
            if let Some(text) = event.get(&format!("{place}.{member}")) {
                row.push(&format!("params.{name}"), text);
            }
        }
    }
    if let Some(message) = event.get("value_after.message.id") {
        row.push("params.message_id", message);
    }
    if is_tag_event(code) {
        write_tags(event, row);
    }
}

/// Several tags are numbered, as base R does with several values of one name.
fn write_tags(event: &Leaves, row: &mut Leaves) {
    let is_tag = |name: &str| name == "value_after.tag.name" || name == "value_before.tag.name";
    let tags: Vec<&str> =
        event.iter().filter(|(name, _)| is_tag(name)).map(|(_, text)| text).collect();
    if let [tag] = tags.as_slice() {
        row.push("params.tags", tag);
        return;
    }
    for (number, tag) in (1..).zip(tags) {
        row.push(&format!("params.tags{number}"), tag);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::write_row;
    use crate::flatten::Leaves;
    use serde::de::DeserializeSeed;

    fn row(json: &str) -> Option<Vec<(String, String)>> {
        let (mut event, mut row) = (Leaves::default(), Leaves::default());
        event
            .record(&mut crate::flatten::NoLinks)
            .deserialize(&mut serde_json::Deserializer::from_str(json))
            .unwrap();
        write_row(&event, false, &mut row)
            .then(|| row.iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect())
    }

    fn value(row: &[(String, String)], name: &str) -> Option<String> {
        row.iter().find(|(found, _)| found == name).map(|(_, text)| text.clone())
    }

    #[test]
    fn a_stage_change_has_the_params_of_v2_and_no_id() {
        let row = row(r#"{"id":"01abc","type":"lead_status_changed","entity_id":5,
            "entity_type":"lead","created_by":7,"created_at":100,"account_id":9,
            "value_after":[{"lead_status":{"id":142,"pipeline_id":3}}],
            "value_before":[{"lead_status":{"id":11,"pipeline_id":2}}]}"#)
        .unwrap();
        assert_eq!(value(&row, "id"), None);
        for (name, text) in [
            ("params.STATUS_NEW", "142"),
            ("params.STATUS_OLD", "11"),
            ("params.PIPELINE_ID_NEW", "3"),
            ("params.PIPELINE_ID_OLD", "2"),
            ("updated_at", "100"),
            ("element_type", "lead"),
            ("note_type", "3"),
            ("is_editable", "FALSE"),
            ("event_id", "01abc"),
        ] {
            assert_eq!(value(&row, name).as_deref(), Some(text), "{name}");
        }
    }

    #[test]
    fn a_created_element_has_the_id_and_text_of_its_note() {
        let row = row(r#"{"id":"01abc","type":"lead_added","entity_id":5,"entity_type":"lead",
            "created_by":7,"created_at":100,"value_after":[{"note":{"id":42}}],
            "value_before":[],"account_id":9}"#)
        .unwrap();
        assert_eq!(value(&row, "id").as_deref(), Some("42"));
        assert_eq!(value(&row, "text").as_deref(), Some("Добавлен новый объект"));
    }

    #[test]
    fn tags_are_numbered_when_there_are_several_and_only_those_of_robots_count() {
        let tags = |user: u32, tags: &str| {
            row(&format!(
                r#"{{"id":"e","type":"entity_tag_added","created_by":{user},"created_at":1,
                "entity_type":"lead","value_after":{tags},"value_before":[]}}"#
            ))
        };
        let one = tags(0, r#"[{"tag":{"name":"a"}}]"#).unwrap();
        assert_eq!(value(&one, "params.tags").as_deref(), Some("a"));
        let two = tags(0, r#"[{"tag":{"name":"a"}},{"tag":{"name":"b"}}]"#).unwrap();
        assert_eq!(value(&two, "params.tags2").as_deref(), Some("b"));
        assert_eq!(tags(7, r#"[{"tag":{"name":"a"}}]"#), None);
    }

    #[test]
    fn events_without_an_id_have_no_key_and_so_are_not_taken_for_one() {
        let row = row(r#"{"type":"lead_added","created_at":1}"#).unwrap();
        assert_eq!(value(&row, "event_id"), None);
    }

    #[test]
    fn an_event_that_was_no_note_is_left_out() {
        assert_eq!(row(r#"{"id":"e","type":"lead_deleted","created_at":1}"#), None);
    }
}
