//! An event of API v4 as a row of API v2 (v4.md 6.3).

use crate::flatten::{Kind, Leaf, Leaves, Value};
use crate::row::Row;
use crate::v4::sources::{code_of_event, code_text};

/// Members of `value_after` and `value_before`, and what they were in v2's
/// `params` (v4.md 3.3 and 6.3), in the order of the columns.
const CHANGES: [(&str, &str); 10] = [
    ("value_after.lead_status.id", "params.STATUS_NEW"),
    ("value_before.lead_status.id", "params.STATUS_OLD"),
    ("value_after.lead_status.pipeline_id", "params.PIPELINE_ID_NEW"),
    ("value_before.lead_status.pipeline_id", "params.PIPELINE_ID_OLD"),
    ("value_after.customer_status.id", "params.STATUS_NEW"),
    ("value_before.customer_status.id", "params.STATUS_OLD"),
    ("value_after.responsible_user.id", "params.MAIN_USER_ID_NEW"),
    ("value_before.responsible_user.id", "params.MAIN_USER_ID_OLD"),
    ("value_after.helpbot.id", "params.helpbot_id"),
    ("value_before.helpbot.id", "params.helpbot_id"),
];

/// What v2 wrote in the text of "created" notes.
const CREATED_RU: &str = "Добавлен новый объект";
const CREATED_EN: &str = "New object added";

/// Writes the row of an event; `in_english` on accounts of Kommo. False when
/// the event stands for no note of v2.
pub fn write_row<'r>(event: &'r Leaves, in_english: bool, row: &mut Row<'r>) -> bool {
    let Some(code) = event.get("type").and_then(|kind| code_of_event(&kind.text())) else {
        return false;
    };
    if is_tag_event(code) && event.get("created_by").is_none_or(|user| user.text() != "0") {
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
        copy(event, source, row, name);
    }
    row.push("is_editable", "FALSE");
    copy(event, "entity_id", row, "element_id");
    let kind = event.get("entity_type").unwrap_or(Value::Text("", Kind::Text));
    let as_in_v2 = |kind| if kind == "task" { "4" } else { kind };
    row.push_value("element_type", kind.with_text(as_in_v2));
    row.push("attachment", "");
    row.push("note_type", code_text(code).unwrap_or_default());
    if matches!(code, 1 | 2 | 12 | 22) {
        row.push("text", if in_english { CREATED_EN } else { CREATED_RU });
    }
    write_params(event, code, row);
    copy(event, "id", row, "event_id");
    true
}

fn copy<'r>(event: &'r Leaves, source: &str, row: &mut Row<'r>, name: &'static str) {
    if let Some(leaf) = event.find(source) {
        row.push_leaf_as(name, leaf);
    }
}

fn is_tag_event(code: u32) -> bool {
    matches!(code, 26 | 27)
}

fn write_params<'r>(event: &'r Leaves, code: u32, row: &mut Row<'r>) {
    // Most events change none of these.
    if event.iter().any(|leaf| CHANGES.iter().any(|(source, _)| *source == leaf.name())) {
        for (source, name) in CHANGES {
            copy(event, source, row, name);
        }
    }
    copy(event, "value_after.message.id", row, "params.message_id");
    if is_tag_event(code) {
        write_tags(event, row);
    }
}

/// Several tags are numbered, as base R does with several values of one name.
fn write_tags<'r>(event: &'r Leaves, row: &mut Row<'r>) {
    let is_tag = |name: &str| name == "value_after.tag.name" || name == "value_before.tag.name";
    let tags: Vec<Leaf> = event.iter().filter(|leaf| is_tag(leaf.name())).collect();
    if let [tag] = tags.as_slice() {
        row.push_leaf_as("params.tags", *tag);
        return;
    }
    for (number, tag) in (1..).zip(tags) {
        row.push_named(format!("params.tags{number}"), tag.value());
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::write_row;
    use crate::flatten::Leaves;
    use crate::row::Row;
    use serde::de::DeserializeSeed;

    fn row(json: &str) -> Option<Vec<(String, String)>> {
        let (mut event, mut row) = (Leaves::default(), Row::default());
        event
            .record(&mut crate::flatten::NoLinks)
            .deserialize(&mut serde_json::Deserializer::from_str(json))
            .unwrap();
        write_row(&event, false, &mut row)
            .then(|| row.texts().map(|(name, text)| (name.to_owned(), text.into_owned())).collect())
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
    fn changes_stand_in_the_order_of_v2_whatever_theirs_is() {
        let row = row(r#"{"type":"key_action_completed","created_at":1,
            "value_before":[{"helpbot":{"id":2}},{"lead_status":{"pipeline_id":3,"id":4}}],
            "value_after":[{"message":{"id":5}},{"helpbot":{"id":6}},
            {"lead_status":{"id":7}},{"lead_status":{"id":8}}]}"#)
        .unwrap();
        let params: Vec<(&str, &str)> = row
            .iter()
            .filter_map(|(name, text)| Some((name.strip_prefix("params.")?, text.as_str())))
            .collect();
        assert_eq!(
            params,
            [
                ("STATUS_NEW", "7"),
                ("STATUS_OLD", "4"),
                ("PIPELINE_ID_OLD", "3"),
                ("helpbot_id", "6"),
                ("helpbot_id", "2"),
                ("message_id", "5")
            ]
        );
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
