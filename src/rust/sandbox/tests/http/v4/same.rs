//! API v2 and API v4 show one account: whatever both have is equal.

use std::collections::{HashMap, HashSet};

use amocrm_sandbox::{Config, NoteCounts};
use serde_json::{Map, Value, json};

use crate::client::Client;

const KINDS: [(&str, Option<&str>); 5] = [
    ("contact", Some("contacts")),
    ("lead", Some("leads")),
    ("company", Some("companies")),
    ("customer", Some("customers")),
    ("task", None),
];

/// What v4 makes of a note type of v2.
enum New {
    Note(&'static str),
    /// An event that knows the note's id.
    Event(&'static str),
    /// An event that is known by what happened, when and to what.
    Anonymous(&'static [&'static str]),
    Nothing,
}

fn counterpart(note_type: u64) -> New {
    match note_type {
        1 => New::Event("lead_added"),
        2 => New::Event("contact_added"),
        12 => New::Event("company_added"),
        13 => New::Event("task_result_added"),
        22 => New::Event("customer_added"),
        3 => New::Anonymous(&["lead_status_changed"]),
        14 => New::Anonymous(&["entity_responsible_changed"]),
        17 => New::Anonymous(&["incoming_chat_message", "outgoing_chat_message"]),
        26 => New::Anonymous(&["entity_tag_added"]),
        27 => New::Anonymous(&["entity_tag_deleted"]),
        6..=9 => New::Nothing,
        4 => New::Note("common"),
        5 => New::Note("attachment"),
        10 => New::Note("call_in"),
        11 => New::Note("call_out"),
        15 => New::Note("amomail_message"),
        16 => New::Note("site_visit"),
        18 => New::Note("targeting_in"),
        19 => New::Note("targeting_out"),
        20 => New::Note("lead_auto_created"),
        23 => New::Note("transaction"),
        24 => New::Note("geolocation"),
        25 => New::Note("service_message"),
        28 => New::Note("message_cashier"),
        29 => New::Note("invoice_paid"),
        32 => New::Note("link_followed"),
        34 => New::Note("extended_service_message"),
        101 => New::Note("dropbox_attachment"),
        102 => New::Note("sms_in"),
        103 => New::Note("sms_out"),
        other => panic!("note_type {other}"),
    }
}

/// One kind of one account, seen from both sides.
struct Both {
    kind: &'static str,
    old: Vec<Value>,
    notes: HashMap<u64, Value>,
    events: Vec<Value>,
}

async fn both_views() -> Vec<Both> {
    let notes = NoteCounts::each(500);
    let client = Client::with_token(Config { notes, ..Config::default() });
    let events = client.all("/api/v4/events?limit=100", "events").await;
    let mut views = Vec::new();
    for (kind, plural) in KINDS {
        let notes = match plural {
            Some(plural) => client.all(&format!("/api/v4/{plural}/notes?limit=250"), "notes").await,
            None => Vec::new(),
        };
        let own = events.iter().filter(|event| event["entity_type"] == kind);
        views.push(Both {
            kind,
            old: client.rows(&format!("type={kind}")).await,
            notes: notes.into_iter().map(|note| (note["id"].as_u64().unwrap(), note)).collect(),
            events: own.cloned().collect(),
        });
    }
    views
}

impl Both {
    fn event_of(&self, id: &Value) -> Option<&Value> {
        self.events.iter().find(|event| event["value_after"][0]["note"]["id"] == *id)
    }

    /// Events that could be meant by a row of v2.
    fn like(&self, row: &Value, types: &[&str]) -> Vec<&Value> {
        let fits = |event: &&Value| {
            types.contains(&event["type"].as_str().unwrap())
                && event["entity_id"] == row["element_id"]
                && event["created_at"] == row["created_at"]
                && event["created_by"] == row["created_by"]
        };
        self.events.iter().filter(fits).collect()
    }
}

fn assert_same(old: &Value, new: &Value, names: &[(&str, &str)]) {
    for (before, after) in names {
        assert_eq!(old[before], new[after], "{before}: {old} {new}");
    }
}

#[tokio::test]
async fn every_row_of_v2_has_its_counterpart_in_v4() {
    let mut types = HashSet::new();
    for view in both_views().await {
        assert_eq!(view.old.len(), 500);
        for row in &view.old {
            let note_type = row["note_type"].as_u64().unwrap();
            types.insert(note_type);
            match counterpart(note_type) {
                New::Note(name) => {
                    let note = &view.notes[&row["id"].as_u64().unwrap()];
                    assert_eq!(note["note_type"], name);
                    assert_same(
                        row,
                        note,
                        &[
                            ("element_id", "entity_id"),
                            ("created_at", "created_at"),
                            ("updated_at", "updated_at"),
                            ("created_by", "created_by"),
                            ("responsible_user_id", "responsible_user_id"),
                            ("group_id", "group_id"),
                            ("account_id", "account_id"),
                        ],
                    );
                }
                New::Event(name) => {
                    let event = view.event_of(&row["id"]).expect("an event for the note");
                    assert_eq!(event["type"], name);
                    assert_same(
                        row,
                        event,
                        &[
                            ("element_id", "entity_id"),
                            ("created_at", "created_at"),
                            ("created_by", "created_by"),
                            ("account_id", "account_id"),
                        ],
                    );
                    assert!(!view.notes.contains_key(&row["id"].as_u64().unwrap()));
                }
                New::Anonymous(names) => {
                    assert_eq!(view.like(row, names).len(), 1, "{row}");
                    assert!(view.event_of(&row["id"]).is_none());
                }
                New::Nothing => {
                    assert!(!view.notes.contains_key(&row["id"].as_u64().unwrap()));
                    assert!(view.event_of(&row["id"]).is_none());
                }
            }
        }
    }
    assert_eq!(types.len(), 33);
}

#[tokio::test]
async fn v4_has_no_note_that_v2_has_not() {
    for view in both_views().await {
        let old: HashSet<_> = view.old.iter().map(|row| row["id"].as_u64().unwrap()).collect();
        assert!(view.notes.keys().all(|id| old.contains(id)), "{}", view.kind);
        let mut of_notes =
            view.events.iter().filter_map(|e| e["value_after"][0]["note"]["id"].as_u64());
        assert!(of_notes.all(|id| old.contains(&id)), "{}", view.kind);
    }
}

#[tokio::test]
async fn events_say_what_rows_of_v2_say() {
    for view in both_views().await {
        for row in &view.old {
            let params = &row["params"];
            let values = |types: &[&str]| {
                let event = view.like(row, types)[0];
                (event["value_after"].clone(), event["value_before"].clone())
            };
            match row["note_type"].as_u64().unwrap() {
                3 => {
                    let stage = |status: &str, pipeline: &str| {
                        let id: u64 = params[status].as_str().unwrap().parse().unwrap();
                        json!([{"lead_status": {"id": id, "pipeline_id": params[pipeline]}}])
                    };
                    let expected = (
                        stage("STATUS_NEW", "PIPELINE_ID_NEW"),
                        stage("STATUS_OLD", "PIPELINE_ID_OLD"),
                    );
                    assert_eq!(values(&["lead_status_changed"]), expected);
                }
                14 => {
                    let user = |name: &str| json!([{"responsible_user": {"id": params[name]}}]);
                    let expected = (user("MAIN_USER_ID_NEW"), user("MAIN_USER_ID_OLD"));
                    assert_eq!(values(&["entity_responsible_changed"]), expected);
                }
                26 => assert_eq!(values(&["entity_tag_added"]), (tags(params), json!([]))),
                27 => assert_eq!(values(&["entity_tag_deleted"]), (json!([]), tags(params))),
                _ => {}
            }
        }
    }
}

fn tags(params: &Value) -> Value {
    params["tags"].as_array().unwrap().iter().map(|name| json!({"tag": {"name": name}})).collect()
}

#[tokio::test]
async fn params_say_the_same_in_small_letters() {
    for view in both_views().await {
        for row in &view.old {
            let Some(note) = view.notes.get(&row["id"].as_u64().unwrap()) else {
                continue;
            };
            let new = note["params"].as_object().unwrap();
            let old = match row["note_type"].as_u64().unwrap() {
                4 => Map::from_iter([("text".to_owned(), row["text"].clone())]),
                5 => Map::from_iter([("original_name".to_owned(), row["text"].clone())]),
                _ => row["params"].as_object().unwrap().clone(),
            };
            for (name, value) in old {
                let name = name.to_lowercase();
                match name.as_str() {
                    "src" => assert_eq!(new["source"], value),
                    "file_name" => assert_eq!(new["filename"], value),
                    // Some telephone systems send text, which v4 puts right.
                    "duration" => assert_eq!(text(&new["duration"]), text(&value)),
                    // v4 has dropped these.
                    "from" if value.is_string() => {}
                    "text" if !new.contains_key("text") => assert_eq!(value, ""),
                    "extinfo" | "version" => assert!(!new.contains_key(&name)),
                    _ => assert_eq!(new.get(&name), Some(&value), "{name}: {row} {note}"),
                }
            }
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[tokio::test]
async fn files_have_both_of_their_names() {
    for view in both_views().await {
        for row in view.old.iter().filter(|row| row["note_type"] == 5) {
            let params = &view.notes[&row["id"].as_u64().unwrap()]["params"];
            let stored = params.get("attachment").unwrap_or(&params["file_name"]);
            assert_eq!(*stored, row["attachment"]);
        }
    }
}

#[tokio::test]
async fn events_of_robots_tags_are_exactly_the_tag_notes_of_v2() {
    for view in both_views().await {
        let is_tag =
            |event: &&Value| event["type"] == "entity_tag_added" && event["created_by"] == 0;
        let events = view.events.iter().filter(is_tag).count();
        let notes = view.old.iter().filter(|row| row["note_type"] == 26).count();
        assert_eq!(events, notes, "{}", view.kind);
    }
}
