//! An event of API v4 as a row of API v2 (docs/api-v4.md, An event as a row of
//! v2).

use std::borrow::Cow;
use std::collections::HashMap;

use crate::endpoints::element_names::singular;
use crate::endpoints::notes::v4::sources::{code_of_event, code_text};
use crate::json::flatten::{Field, JsonType, Record, Value, form_of};
use crate::table::row::Row;

/// Members of an event that have a name of their own, in the order of the
/// columns: those of v2 (docs/api-v4.md, Values of events, An event as a row of
/// v2), then those of messages.
const NAMED: [(&str, &str); 14] = [
    ("value_after.lead_status.id", "params.STATUS_NEW"),
    ("value_before.lead_status.id", "params.STATUS_OLD"),
    ("value_after.lead_status.pipeline_id", "params.PIPELINE_ID_NEW"),
    ("value_before.lead_status.pipeline_id", "params.PIPELINE_ID_OLD"),
    ("value_after.customer_status.id", "params.STATUS_NEW"),
    ("value_before.customer_status.id", "params.STATUS_OLD"),
    ("value_after.responsible_user.id", "params.MAIN_USER_ID_NEW"),
    ("value_before.responsible_user.id", "params.MAIN_USER_ID_OLD"),
    ("value_after.tag.name", "params.tags"),
    ("value_before.tag.name", "params.tags"),
    ("value_after.message.id", "params.message_id"),
    ("value_after.message.talk_id", "params.talk_id"),
    ("value_after.message.origin", "params.origin"),
    ("_embedded.entity.linked_talk_contact_id", "linked_talk_contact_id"),
];

/// Where the other members of an event are, and what their names begin with.
const OTHERS: [(&str, &str); 3] = [
    ("value_after.", "params."),
    ("value_before.", "params.old_"),
    ("_embedded.entity.", "params.entity_"),
];

/// What v2 wrote in the text of "created" notes.
const CREATED_RU: &str = "Добавлен новый объект";
const CREATED_EN: &str = "New object added";

/// Writes the row of an event; `in_english` on accounts of Kommo. False when
/// the event stands for no note of v2.
pub fn write_row<'r>(event: &'r Record, in_english: bool, row: &mut Row<'r>) -> bool {
    let Some(code) = event.get("type").and_then(|kind| code_of_event(&kind.text())) else {
        return false;
    };
    if is_tag_event(code) && event.get("created_by").is_none_or(|user| user.text() != "0") {
        // v2 had notes only of tags that a robot put or took (docs/api-v4.md,
        // Where v4 keeps notes of v2).
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
    let kind = event.get("entity_type").unwrap_or(Value::Text("", JsonType::Text));
    row.push_value("element_type", kind.with_text(element_type));
    row.push("attachment", "");
    row.push("note_type", code_text(code).unwrap_or_default());
    if matches!(code, 1 | 2 | 12 | 22) {
        row.push("text", if in_english { CREATED_EN } else { CREATED_RU });
    }
    write_params(event, row);
    copy(event, "type", row, "event_type");
    copy(event, "id", row, "event_id");
    true
}

fn element_type(kind: &str) -> &str {
    match singular(kind) {
        "task" => "4",
        kind => kind,
    }
}

fn copy<'r>(event: &'r Record, source: &str, row: &mut Row<'r>, name: &'static str) {
    if let Some(field) = event.find(source) {
        row.push_field_as(name, field);
    }
}

fn is_tag_event(code: u32) -> bool {
    matches!(code, 26 | 27)
}

/// Writes all that the event tells besides. A name that comes several times is
/// numbered, as base R does with several values of one name.
fn write_params<'r>(event: &'r Record, row: &mut Row<'r>) {
    let params = params(event);
    let mut totals: HashMap<&str, usize> = HashMap::new();
    for (name, _) in &params {
        *totals.entry(name).or_default() += 1;
    }
    totals.retain(|_, total| *total > 1);
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    for (name, value) in &params {
        if totals.contains_key(&**name) {
            let number = numbers.entry(name).or_default();
            *number += 1;
            row.push_named(format!("{name}{number}"), *value);
        } else {
            row.push_named(name.clone(), *value);
        }
    }
}

/// Names and values in the order of the columns: named ones first.
fn params<'r>(event: &'r Record) -> Vec<(Cow<'r, str>, Value<'r>)> {
    let entity = event.get("entity_id").map(Value::text);
    let mut has_id = false;
    let mut is_elsewhere = |field: &Field| match field.name() {
        // The first one is the `id` of the row.
        "value_after.note.id" => !std::mem::replace(&mut has_id, true),
        "_embedded.entity.id" => entity.as_ref() == Some(&field.text()),
        name => name.starts_with("_embedded.entity._links."),
    };
    let record = event.iter().filter(move |field| !is_elsewhere(field));
    let mut params: Vec<_> = record
        .filter_map(|field| param_name(field.name()).map(|(index, name)| (index, name, field)))
        .collect();
    params.sort_by_key(|(index, ..)| *index);
    params.into_iter().map(|(_, name, field)| (name, field.value())).collect()
}

/// The column of a member, and its place among the columns; None for a member
/// that makes none, or another one.
fn param_name(member: &str) -> Option<(usize, Cow<'_, str>)> {
    for (index, (source, name)) in NAMED.iter().enumerate() {
        match form_of(member, source) {
            Some("") => return Some((index, (*name).into())),
            Some(rest) => return Some((index, format!("{name}{rest}").into())),
            None => {}
        }
    }
    let other = OTHERS.iter().find_map(|(from, to)| Some((to, member.strip_prefix(from)?)));
    let (prefix, path) = match other {
        Some((prefix, path)) => (*prefix, path),
        // A value that is no object.
        None if member.starts_with("value_") => ("params.", member),
        None => return None,
    };
    Some((NAMED.len(), (prefix.to_owned() + &path.replace('.', "_")).into()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::write_row;
    use crate::endpoints::testing::{cell as value, cells};

    fn row(json: &str) -> Option<Vec<(String, String)>> {
        cells(|event, row| write_row(event, false, row), json)
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

    /// Names and texts of the cells that v2's note of such an event lacks.
    fn beyond_base(json: &str) -> Vec<(String, String)> {
        let row = row(json).unwrap();
        let from = row.iter().position(|(name, _)| name == "note_type").unwrap() + 1;
        row.into_iter().skip(from).filter(|(name, _)| !name.starts_with("event_")).collect()
    }

    fn assert_params(json: &str, expected: &[(&str, &str)]) {
        let params = beyond_base(json);
        let params: Vec<(&str, &str)> = params.iter().map(|(n, t)| (&**n, &**t)).collect();
        assert_eq!(params, expected, "{json}");
    }

    #[test]
    fn changes_stand_in_the_order_of_v2_whatever_theirs_is() {
        assert_params(
            r#"{"type":"key_action_completed","created_at":1,
            "value_before":[{"helpbot":{"id":2}},{"lead_status":{"pipeline_id":3,"id":4}}],
            "value_after":[{"message":{"id":5}},{"helpbot":{"id":6}},{"lead_status":{"id":7}}]}"#,
            &[
                ("params.STATUS_NEW", "7"),
                ("params.STATUS_OLD", "4"),
                ("params.PIPELINE_ID_OLD", "3"),
                ("params.message_id", "5"),
                ("params.old_helpbot_id", "2"),
                ("params.helpbot_id", "6"),
            ],
        );
    }

    #[test]
    fn a_message_has_its_channel_its_talk_and_its_contact() {
        assert_params(
            r#"{"id":"e","type":"incoming_chat_message","entity_id":5,"entity_type":"lead",
            "created_at":1,"value_after":[{"message":{"id":"m","talk_id":38016,"origin":"telegram"}}],
            "_links":{"self":{"href":"x"}},"_embedded":{"entity":{"id":5,
            "linked_talk_contact_id":9,"_links":{"self":{"href":"x"}}}}}"#,
            &[
                ("params.message_id", "m"),
                ("params.talk_id", "38016"),
                ("params.origin", "telegram"),
                ("linked_talk_contact_id", "9"),
            ],
        );
    }

    #[test]
    fn the_type_of_an_event_is_told() {
        for direction in ["incoming_chat_message", "outgoing_chat_message"] {
            let row = row(&format!(r#"{{"id":"e","type":"{direction}","created_at":1}}"#)).unwrap();
            let last: Vec<&str> = row.iter().rev().map(|(name, _)| name.as_str()).take(2).collect();
            assert_eq!(last, ["event_id", "event_type"]);
            assert_eq!(value(&row, "event_type").as_deref(), Some(direction));
        }
    }

    #[test]
    fn every_member_of_what_changed_has_a_column() {
        assert_params(
            r#"{"type":"lead_status_changed","created_at":1,"entity_id":5,
            "value_after":[{"lead_status":{"id":7,"name":"won","by":{"robot":true}}},{"note":{"id":8}},
            {"note":{"id":9}},"bare"],
            "value_before":{"lead_status":{"id":6,"name":"new"}},
            "_embedded":{"entity":{"id":6,"name":"a lead","is_deleted":false},"other":1}}"#,
            &[
                ("params.STATUS_NEW", "7"),
                ("params.STATUS_OLD", "6"),
                ("params.lead_status_name", "won"),
                ("params.lead_status_by_robot", "TRUE"),
                ("params.note_id", "9"),
                ("params.value_after", "bare"),
                ("params.old_lead_status_name", "new"),
                ("params.entity_id", "6"),
                ("params.entity_name", "a lead"),
                ("params.entity_is_deleted", "FALSE"),
            ],
        );
    }

    #[test]
    fn values_of_one_name_are_numbered() {
        assert_params(
            r#"{"type":"lead_status_changed","created_at":1,"value_before":[],"value_after":[
            {"lead_status":{"id":7,"x":["a","b"]}},{"lead_status":{"id":[8,9]}},{"t":{"y":1}},
            {"t":{"y":2}}]}"#,
            &[
                ("params.STATUS_NEW", "7"),
                ("params.STATUS_NEW1", "8"),
                ("params.STATUS_NEW2", "9"),
                ("params.lead_status_x1", "a"),
                ("params.lead_status_x2", "b"),
                ("params.t_y1", "1"),
                ("params.t_y2", "2"),
            ],
        );
    }

    #[test]
    fn names_of_entities_may_be_plural() {
        for (sent, column) in [("leads", "lead"), ("lead", "lead"), ("tasks", "4"), ("task", "4")] {
            let json = format!(r#"{{"type":"lead_added","created_at":1,"entity_type":"{sent}"}}"#);
            assert_eq!(value(&row(&json).unwrap(), "element_type").as_deref(), Some(column));
        }
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
