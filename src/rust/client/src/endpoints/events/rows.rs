//! An event as its row (docs/api-v4.md, An event as a row), and which rows a call
//! asks for.

use std::borrow::Cow;
use std::collections::HashSet;

use super::request::{ANY_FIELD, EventsRequest, ValueFilter, field_of};
use crate::bad_body::BadBody;
use crate::endpoints::element_names::singular;
use crate::json::flatten::{Field, Record, Value};
use crate::json::page::Page;
use crate::table::row::Row;
use crate::table::row_filter::{RowFilter, Span};
use crate::table::{Format, Map, RowMap, Schema, Table, read_page};

/// The table of events.
#[rustfmt::skip]
pub static EVENTS: Schema = Schema {
    base: &[
        "id", "type", "entity_type", "entity_id", "created_by", "created_at",
        "after_status_id", "before_status_id", "after_pipeline_id", "before_pipeline_id",
        "after_sale", "before_sale", "after_responsible_user_id", "before_responsible_user_id",
        "after_field_id", "before_field_id", "after_field_value", "before_field_value",
        "after_tag", "before_tag", "after_entity_type", "before_entity_type",
        "after_entity_id", "before_entity_id", "after_note_id", "before_note_id",
        "after_talk_id", "before_talk_id", "account_id",
    ],
    keys: &["id"],
    times: &["created_at", "after_task_deadline", "before_task_deadline"],
    zero_is_no_time: true,
    integers: &[
        "entity_id", "created_by", "account_id", "linked_talk_contact_id",
        "after_status_id", "before_status_id", "after_pipeline_id", "before_pipeline_id",
        "after_sale", "before_sale", "after_responsible_user_id", "before_responsible_user_id",
        "after_field_id", "before_field_id", "after_field_type", "before_field_type",
        "after_enum_id", "before_enum_id", "after_entity_id", "before_entity_id",
        "after_note_id", "before_note_id", "after_talk_id", "before_talk_id",
        "after_task_type_id", "before_task_type_id", "after_transaction_id",
        "before_transaction_id", "after_helpbot_id", "before_helpbot_id",
        "after_nps_rate", "before_nps_rate",
    ],
    logicals: &["entity_is_deleted", "entity_is_unsorted"],
    inferred: true,
    ..Schema::TEXT
};

/// Paths of values, and their columns after and before. Other paths make columns of
/// their own.
#[rustfmt::skip]
const NAMED: [(&str, [&str; 2]); 19] = [
    ("lead_status.id", ["after_status_id", "before_status_id"]),
    ("lead_status.pipeline_id", ["after_pipeline_id", "before_pipeline_id"]),
    ("customer_status.id", ["after_status_id", "before_status_id"]),
    ("note.id", ["after_note_id", "before_note_id"]),
    ("sale_field_value.sale", ["after_sale", "before_sale"]),
    ("name_field_value.name", ["after_name", "before_name"]),
    ("responsible_user.id", ["after_responsible_user_id", "before_responsible_user_id"]),
    ("custom_field_value.field_id", ["after_field_id", "before_field_id"]),
    ("custom_field_value.field_type", ["after_field_type", "before_field_type"]),
    ("custom_field_value.enum_id", ["after_enum_id", "before_enum_id"]),
    ("custom_field_value.text", ["after_field_value", "before_field_value"]),
    ("tag.name", ["after_tag", "before_tag"]),
    ("link.entity.type", ["after_entity_type", "before_entity_type"]),
    ("link.entity.id", ["after_entity_id", "before_entity_id"]),
    ("unlink.entity.type", ["after_entity_type", "before_entity_type"]),
    ("unlink.entity.id", ["after_entity_id", "before_entity_id"]),
    ("message.talk_id", ["after_talk_id", "before_talk_id"]),
    ("talk.id", ["after_talk_id", "before_talk_id"]),
    ("task_deadline.timestamp", ["after_task_deadline", "before_task_deadline"]),
];

/// Writes the row of an event: nothing that it tells is left out but links. Every event
/// makes one.
pub fn write_row<'r>(event: &'r Record, row: &mut Row<'r>) -> bool {
    for field in event.iter() {
        let name = field.name();
        if let Some(path) = name.strip_prefix("value_after") {
            push_value(0, path, field, row);
        } else if let Some(path) = name.strip_prefix("value_before") {
            push_value(1, path, field, row);
        } else if let Some(path) = name.strip_prefix("_embedded.") {
            push_embedded(path, field, row);
        } else if name == "entity_type" {
            row.push_value("entity_type", field.value().with_text(singular));
        } else {
            row.push_field(field);
        }
    }
    true
}

/// What names of columns begin with after, and before.
const SIDES: [&str; 2] = ["after_", "before_"];

/// Adds a member of the values after (side 0) or before (side 1), which are a list.
/// Columns of the second value end in 2, and so on.
fn push_value<'r>(side: usize, path: &'r str, field: Field<'r>, row: &mut Row<'r>) {
    let path = path.strip_prefix('.').unwrap_or(path);
    // A value that is no object has no path, or only its number.
    let is_scalar = !path.starts_with(|first: char| first.is_ascii_alphabetic());
    let column = column(side, path, is_scalar);
    let number = field.element() + 1;
    let column = if number > 1 && !is_scalar { format!("{column}{number}").into() } else { column };
    let value = field.value();
    let is_entity = path.ends_with("link.entity.type");
    push_beside(column, if is_entity { value.with_text(singular) } else { value }, row);
}

fn column(side: usize, path: &str, is_scalar: bool) -> Cow<'static, str> {
    if let Some((_, columns)) = NAMED.iter().find(|(named, _)| *named == path) {
        return columns[side].into();
    }
    let of_scalar = if is_scalar { "value" } else { "" };
    format!("{}{of_scalar}{}", SIDES[side], path.replace('.', "_")).into()
}

/// Adds a cell. A column that has one keeps it; what else would be in it goes beside.
fn push_beside<'r>(column: Cow<'static, str>, value: Value<'r>, row: &mut Row<'r>) {
    let name = if row.get(&column).is_none() {
        column
    } else {
        let mut others = (2..).map(|number| format!("{column}_{number}"));
        others.find(|name| row.get(name).is_none()).unwrap_or_default().into()
    };
    row.push_named(name, value);
}

/// The same, but for what is in the column already.
fn push_once<'r>(column: Cow<'static, str>, value: Value<'r>, row: &mut Row<'r>) {
    if row.get(&column) != Some(value) {
        push_beside(column, value, row);
    }
}

/// What an event tells of its entity besides. The id and the type of the entity are known.
fn push_embedded<'r>(path: &'r str, field: Field<'r>, row: &mut Row<'r>) {
    match path.strip_prefix("entity.") {
        Some("linked_talk_contact_id") => row.push_field_as("linked_talk_contact_id", field),
        Some("type") => push_once("entity_type".into(), field.value().with_text(singular), row),
        Some(member) if member.starts_with("_links.") => {}
        _ => push_once(path.replace('.', "_").into(), field.value(), row),
    }
}

/// Makes rows of the events that a call asks for.
pub struct EventRows {
    filter: RowFilter,
    types: Vec<String>,
    kinds: Vec<String>,
    entities: HashSet<String>,
    /// What was there after, and before.
    values: [ValueFilter; 2],
}

impl EventRows {
    /// Rows of those that are asked for. Values are left to the server, but for ids.
    pub fn new(request: &EventsRequest, span: Span) -> Self {
        let EventsRequest { ids, types, kinds, entities, created_by, after, before, .. } = request;
        let filter = RowFilter::default()
            .is_in("id", ids)
            .is_in("created_by", created_by)
            .between("created_at", span)
            .is_in("after_responsible_user_id", &after.users)
            .is_in("before_responsible_user_id", &before.users);
        EventRows {
            filter,
            types: types.clone(),
            kinds: kinds.clone(),
            entities: entities.iter().cloned().collect(),
            values: [after.clone(), before.clone()],
        }
    }

    /// A page of events; no body is a page without rows.
    pub fn read_page(&self, body: Option<&[u8]>) -> Result<Page<Table>, BadBody> {
        let Some(body) = body else { return Ok(Page::empty(Table::new(&EVENTS))) };
        let write: &RowMap = &|event, row| write_row(event, row) && self.wants(row);
        read_page(
            body,
            &Format {
                list: "events",
                schema: &EVENTS,
                id: "id",
                // Events of one second may stand in any order.
                order: Some("created_at"),
                map: Map::FunctionWithEmbedded(write),
            },
        )
    }

    fn wants(&self, row: &Row) -> bool {
        self.is_of_type(row)
            && self.is_of_entity(row)
            && self.filter.matches(row)
            && has_stage(&self.values[0], ["after_status_id", "after_pipeline_id"], row)
            && has_stage(&self.values[1], ["before_status_id", "before_pipeline_id"], row)
    }

    /// Changes of single fields may come under the name of all fields.
    fn is_of_type(&self, row: &Row) -> bool {
        let types = &self.types;
        if types.is_empty() {
            return true;
        }
        let Some(found) = row.get("type") else { return false };
        let found = found.text();
        let has = |name: &str| types.iter().any(|wanted| wanted == name);
        if has(&found) {
            return true;
        }
        if field_of(&found).is_some() {
            return has(ANY_FIELD);
        }
        let field = row.get("after_field_id").or_else(|| row.get("before_field_id"));
        let is_wanted = |field: &str| types.iter().any(|name| field_of(name) == Some(field));
        found == ANY_FIELD && field.is_some_and(|field| is_wanted(&field.text()))
    }

    /// Chats are filed under the contact who writes, whatever they belong to
    /// (docs/api-v4.md, Chats).
    fn is_of_entity(&self, row: &Row) -> bool {
        let text = |column| row.get(column).map(Value::text);
        let is_of_kind = self.kinds.is_empty()
            || text("entity_type").is_some_and(|kind| self.kinds.iter().any(|one| *one == kind));
        let has_id = |column| text(column).is_some_and(|id| self.entities.contains(&*id));
        let is_direct = is_of_kind && (self.entities.is_empty() || has_id("entity_id"));
        let of_contacts = || self.kinds.iter().any(|kind| kind == "contact");
        is_direct || (has_id("linked_talk_contact_id") && of_contacts())
    }
}

/// Whether a row has one of the stages: a status, and the pipeline at the same place. Where
/// there is only one of both, it is enough.
fn has_stage(wanted: &ValueFilter, columns: [&str; 2], row: &Row) -> bool {
    let found = columns.map(|column| row.get(column).map(Value::text));
    let fits = |ids: &[String], place: usize, found: &Option<Cow<str>>| {
        ids.get(place).is_none_or(|id| found.as_deref() == Some(id.as_str()))
    };
    let ValueFilter { statuses, pipelines, .. } = wanted;
    let count = statuses.len().max(pipelines.len());
    let is_at = |place| fits(statuses, place, &found[0]) && fits(pipelines, place, &found[1]);
    count == 0 || (0..count).any(is_at)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{EVENTS, EventRows, EventsRequest, Span, ValueFilter, write_row};
    use crate::endpoints::testing::{cell, cells};
    use crate::table::Role;

    fn row(json: &str) -> Vec<(String, String)> {
        cells(write_row, json).unwrap()
    }

    /// The columns that hold values, as `name=text`.
    fn values(after: &str, before: &str) -> Vec<String> {
        let row = row(&format!(r#"{{"id":"e","value_after":{after},"value_before":{before}}}"#));
        row.iter().skip(1).map(|(name, text)| format!("{name}={text}")).collect()
    }

    #[test]
    fn an_event_tells_what_it_is_and_who_did_what_when() {
        let row = row(r#"{"id":"01e","type":"lead_status_changed","entity_id":5,
            "entity_type":"leads","created_by":0,"created_at":100,
            "value_after":[{"lead_status":{"id":142,"pipeline_id":3}}],
            "value_before":[{"lead_status":{"id":11,"pipeline_id":2}}],
            "account_id":9,"_embedded":{"entity":{"id":5,"name":"Boat","is_deleted":false,
            "_links":{"self":{"href":"https://example.com"}}}}}"#);
        for (name, text) in [
            ("id", "01e"),
            ("type", "lead_status_changed"),
            ("entity_type", "lead"),
            ("entity_id", "5"),
            ("created_by", "0"),
            ("created_at", "100"),
            ("after_status_id", "142"),
            ("before_status_id", "11"),
            ("after_pipeline_id", "3"),
            ("before_pipeline_id", "2"),
            ("account_id", "9"),
            ("entity_name", "Boat"),
            ("entity_is_deleted", "FALSE"),
        ] {
            assert_eq!(cell(&row, name).as_deref(), Some(text), "{name}");
        }
        assert_eq!(row.len(), 13, "{row:?}");
    }

    #[test]
    fn each_kind_of_value_has_its_columns() {
        for (value, columns) in [
            (r#"{"note":{"id":7}}"#, &["note_id=7"][..]),
            (r#"{"customer_status":{"id":7}}"#, &["status_id=7"]),
            (r#"{"sale_field_value":{"sale":1500}}"#, &["sale=1500"]),
            (r#"{"name_field_value":{"name":"Boat"}}"#, &["name=Boat"]),
            (r#"{"responsible_user":{"id":7}}"#, &["responsible_user_id=7"]),
            (r#"{"tag":{"name":"vip"}}"#, &["tag=vip"]),
            (r#"{"link":{"entity":{"type":"lead","id":7}}}"#, &["entity_type=lead", "entity_id=7"]),
            (
                r#"{"unlink":{"entity":{"type":"contacts","id":7}}}"#,
                &["entity_type=contact", "entity_id=7"],
            ),
            (
                r#"{"custom_field_value":{"field_id":5,"field_type":8,"enum_id":6,"text":"x"}}"#,
                &["field_id=5", "field_type=8", "enum_id=6", "field_value=x"],
            ),
            (r#"{"task":{"text":"Call"}}"#, &["task_text=Call"]),
            (r#"{"task_type":{"id":7}}"#, &["task_type_id=7"]),
            (r#"{"task_deadline":{"timestamp":70}}"#, &["task_deadline=70"]),
            (
                r#"{"message":{"id":"u-1","talk_id":7,"origin":"telegram"}}"#,
                &["message_id=u-1", "talk_id=7", "message_origin=telegram"],
            ),
            (r#"{"talk":{"id":7}}"#, &["talk_id=7"]),
            (r#"{"transaction":{"id":7}}"#, &["transaction_id=7"]),
            (r#"{"nps":{"rate":7}}"#, &["nps_rate=7"]),
            (r#"{"helpbot":{"id":7}}"#, &["helpbot_id=7"]),
            (r#"{"unheard":{"of":{"this":true}}}"#, &["unheard_of_this=TRUE"]),
            (r#""text""#, &["value=text"]),
        ] {
            let (list, none) = (format!("[{value}]"), "[]");
            let on = |side: &str| columns.iter().map(|c| format!("{side}_{c}")).collect::<Vec<_>>();
            assert_eq!(values(&list, none), on("after"), "{value}");
            assert_eq!(values(none, &list), on("before"), "{value}");
        }
        assert!(values("[]", "[]").is_empty() && values("null", "{}").is_empty());
    }

    #[test]
    fn further_values_have_numbered_columns_and_their_members_stay_together() {
        let tags = r#"[{"tag":{"name":"a"}},{"tag":{"name":"b"}},{"tag":{"name":"c"}}]"#;
        assert_eq!(values(tags, "[]"), ["after_tag=a", "after_tag2=b", "after_tag3=c"]);
        let fields = r#"[{"custom_field_value":{"field_id":5,"enum_id":null,"text":"x"}},
            {"custom_field_value":{"field_id":5,"enum_id":6,"text":"y"}}]"#;
        assert_eq!(
            values("[]", fields),
            [
                "before_field_id=5",
                "before_field_value=x",
                "before_field_id2=5",
                "before_enum_id2=6",
                "before_field_value2=y"
            ]
        );
        assert_eq!(values("[1,2]", "[]"), ["after_value1=1", "after_value2=2"]);
        let lacking = r#"[{"tag":{"name":null}},{"tag":{"name":"b"}}]"#;
        assert_eq!(values(lacking, "[]"), ["after_tag2=b"]);
        let fields = r#"[{"custom_field_value":{"field_id":1,"text":"x"}},
            {"custom_field_value":{"enum_id":6,"field_id":1,"text":"y"}}]"#;
        assert_eq!(
            values(fields, "[]"),
            [
                "after_field_id=1",
                "after_field_value=x",
                "after_enum_id2=6",
                "after_field_id2=1",
                "after_field_value2=y"
            ]
        );
    }

    #[test]
    fn the_first_value_keeps_the_column_and_others_of_its_name_go_beside() {
        for (after, columns) in [
            (
                r#"[{"message":{"attachments":[{"type":"photo"},{"type":"file"}],"talk_id":7}}]"#,
                &[
                    "after_message_attachments_type=photo",
                    "after_message_attachments_type_2=file",
                    "after_talk_id=7",
                ][..],
            ),
            (
                r#"[{"x":{"ids":[1,2]}},{"x":{"ids":[3]}}]"#,
                &["after_x_ids1=1", "after_x_ids2=2", "after_x_ids2_2=3"],
            ),
            (
                r#"[{"message":{"talk_id":7}},{"talk":{"id":7}}]"#,
                &["after_talk_id=7", "after_talk_id2=7"],
            ),
            (
                r#"[{"message":{"talk_id":7},"talk":{"id":8}}]"#,
                &["after_talk_id=7", "after_talk_id_2=8"],
            ),
            (
                r#"[{"message":{"attachments":[{"type":"photo"},{"type":"photo"}]}}]"#,
                &["after_message_attachments_type=photo", "after_message_attachments_type_2=photo"],
            ),
        ] {
            assert_eq!(values(after, "[]"), columns, "{after}");
        }
        let row = row(r#"{"id":"e","entity_type":"leads","entity_id":5,
            "_embedded":{"entity":{"id":5,"type":"lead","name":"x"}}}"#);
        let cells: Vec<String> = row.iter().map(|(name, text)| format!("{name}={text}")).collect();
        assert_eq!(cells, ["id=e", "entity_type=lead", "entity_id=5", "entity_name=x"]);
    }

    #[test]
    fn the_contact_of_a_message_is_told_and_the_entity_is_never_lost() {
        let row = row(r#"{"id":"e","_embedded":{"entity":{"id":5,"linked_talk_contact_id":6}}}"#);
        assert_eq!(cell(&row, "entity_id").as_deref(), Some("5"));
        assert_eq!(cell(&row, "linked_talk_contact_id").as_deref(), Some("6"));
    }

    #[test]
    fn ids_and_sums_are_numbers_moments_times_and_names_text() {
        for name in EVENTS.base {
            let role = EVENTS.role(name);
            let expected = match *name {
                "created_at" => Role::Time,
                "id" | "type" => Role::Text,
                name if name.ends_with("_id") || name.ends_with("_sale") => Role::Number,
                "created_by" => Role::Number,
                _ => Role::Text,
            };
            assert_eq!(role, expected, "{name}");
        }
        for name in ["before_task_deadline", "after_task_deadline2", "after_task_deadline_2"] {
            assert_eq!(EVENTS.role(name), Role::Time, "{name}");
        }
        assert_eq!(EVENTS.role("entity_is_unsorted"), Role::Flag);
    }

    /// How many of these events are asked for.
    fn rows(request: &EventsRequest, span: Span, events: &[&str]) -> u32 {
        let body = format!(r#"{{"_embedded":{{"events":[{}]}}}}"#, events.join(","));
        let rows = EventRows::new(request, span);
        rows.read_page(Some(body.as_bytes())).unwrap().rows.rows()
    }

    const ALWAYS: Span = Span { from: None, to: None };

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(ToString::to_string).collect()
    }

    const CHANGE: &str = r#"{"id":"a","type":"custom_field_value_changed","entity_type":"lead",
        "entity_id":5,"created_by":7,"created_at":10,
        "value_after":[{"custom_field_value":{"field_id":77,"text":"x"}}]}"#;

    #[test]
    fn changes_of_a_field_are_known_by_either_name() {
        let of_field = CHANGE.replace("field_value", "field_77_value");
        for (wanted, kept) in [
            (&[][..], 2),
            (&["custom_field_value_changed"], 2),
            (&["custom_field_77_value_changed"], 2),
            (&["custom_field_7_value_changed"], 0),
            (&["lead_added"], 0),
        ] {
            let request = EventsRequest { types: texts(wanted), ..EventsRequest::default() };
            let of_field = of_field.replace("custom_field_77_value\":", "custom_field_value\":");
            assert_eq!(rows(&request, ALWAYS, &[CHANGE, &of_field]), kept, "{wanted:?}");
        }
    }

    #[test]
    fn what_the_server_lets_through_is_looked_at_again() {
        let wanted = |request: EventsRequest| rows(&request, ALWAYS, &[CHANGE]) == 1;
        let none = EventsRequest::default;
        for (request, expected) in [
            (EventsRequest { kinds: texts(&["lead"]), ..none() }, true),
            (EventsRequest { kinds: texts(&["company", "contact"]), ..none() }, false),
            (EventsRequest { entities: texts(&["4", "5"]), ..none() }, true),
            (EventsRequest { entities: texts(&["4"]), ..none() }, false),
            (EventsRequest { created_by: texts(&["0", "7"]), ..none() }, true),
            (EventsRequest { created_by: texts(&["0"]), ..none() }, false),
            (EventsRequest { ids: texts(&["a"]), ..none() }, true),
            (EventsRequest { ids: texts(&["b"]), ..none() }, false),
        ] {
            assert_eq!(wanted(request), expected);
        }
        for (from, to, kept) in [(10, 10, 1), (11, 12, 0), (8, 9, 0)] {
            let span = Span { from: Some(from), to: Some(to) };
            assert_eq!(rows(&none(), span, &[CHANGE]), kept, "{span:?}");
        }
    }

    #[test]
    fn stages_are_pairs_of_a_status_and_a_pipeline() {
        let event = r#"{"id":"a","type":"lead_status_changed","created_at":10,
            "value_after":[{"lead_status":{"id":142,"pipeline_id":2}}]}"#;
        for (statuses, pipelines, kept) in [
            (&["142"][..], &[][..], 1),
            (&["143"], &[], 0),
            (&[], &["1", "2"], 1),
            (&["142", "143"], &["2", "1"], 1),
            (&["142", "143"], &["1", "2"], 0),
        ] {
            let after = ValueFilter {
                statuses: texts(statuses),
                pipelines: texts(pipelines),
                ..ValueFilter::default()
            };
            let request = EventsRequest { after, ..EventsRequest::default() };
            assert_eq!(rows(&request, ALWAYS, &[event]), kept, "{statuses:?} {pipelines:?}");
        }
    }

    #[test]
    fn messages_of_a_lead_belong_to_the_contact_too_who_is_asked_for() {
        let message = r#"{"id":"a","type":"incoming_chat_message","entity_type":"lead",
            "entity_id":5,"created_by":0,"created_at":10,
            "_embedded":{"entity":{"id":5,"linked_talk_contact_id":6}}}"#;
        for (kind, id, kept) in
            [("contact", "6", 1), ("contact", "5", 0), ("lead", "5", 1), ("lead", "6", 0)]
        {
            let (kinds, entities) = (texts(&[kind]), texts(&[id]));
            let request = EventsRequest { kinds, entities, ..EventsRequest::default() };
            assert_eq!(rows(&request, ALWAYS, &[message]), kept, "{kind} {id}");
        }
        let contacts = EventsRequest { kinds: texts(&["contact"]), ..EventsRequest::default() };
        assert_eq!(rows(&contacts, ALWAYS, &[message]), 0);
    }
}
