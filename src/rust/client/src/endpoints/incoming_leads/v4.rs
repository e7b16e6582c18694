//! An incoming lead of API v4 as a row of v2 (docs/api-v4.md, Incoming
//! leads over v4).

use std::borrow::Cow;

use super::cells::{category, push};
use crate::json::flatten::{Field, JsonType, Record, Value, form_of};
use crate::table::row::Row;

/// Columns that v2 does not have.
pub const BEYOND_V2: [&str; 3] = ["incoming_lead_info.visitor_uid", "source_uid", "account_id"];

/// What v2 calls the members of `metadata`, in its order.
const CALL: [(&str, &str); 6] = [
    ("from", "from"),
    ("phone", "to"),
    ("called_at", "date"),
    ("duration", "duration"),
    ("link", "link"),
    ("service_code", "service_code"),
];
const FORM: [(&str, &str); 6] = [
    ("form_id", "form_id"),
    ("form_name", "form_name"),
    ("form_page", "form_page"),
    ("ip", "ip"),
    ("form_sent_at", "form_send_at"),
    ("referer", "referer"),
];
const CHAT: [(&str, &str); 4] = [
    ("from", "from"),
    ("last_message_text", "message"),
    ("received_at", "date"),
    ("service", "service"),
];
const LETTER: [(&str, &str); 6] = [
    ("from.email", "from.email"),
    ("from.name", "from.name"),
    ("received_at", "date"),
    ("subject", "subject"),
    ("content_summary", "content_summary"),
    ("message_id", "message_id"),
];

/// Writes the row of an incoming lead.
pub fn write_v4<'r>(lead: &'r Record, row: &mut Row<'r>) {
    let kind = lead.get("category").unwrap_or(Value::Text("", JsonType::Text));
    row.push_value("category", kind.with_text(category));
    for name in ["uid", "source_name", "created_at", "pipeline_id"] {
        copy(lead, name, row, name);
    }
    let names = names_of(&kind.text());
    let mut info: Vec<_> = lead.iter().filter_map(|field| info_of(field, names)).collect();
    info.sort_by_key(|(index, ..)| *index);
    for (_, column, field) in info {
        push(row, column, field);
    }
    for name in ["source_uid", "account_id"] {
        copy(lead, name, row, name);
    }
}

/// The column of a member of `metadata`, and its place among those that v2
/// has; new ones come behind.
fn info_of<'r>(field: Field<'r>, names: &[(&str, &str)]) -> Option<(usize, String, Field<'r>)> {
    let name = field.name().strip_prefix("metadata.")?;
    let old = names.iter().enumerate().find_map(|(index, (new, old))| {
        let form = form_of(name, new)?;
        Some((index, format!("incoming_lead_info.{old}{form}")))
    });
    let (index, column) =
        old.unwrap_or_else(|| (names.len(), format!("incoming_lead_info.{name}")));
    Some((index, column, field))
}

fn names_of(category: &str) -> &'static [(&'static str, &'static str)] {
    match category {
        "sip" => &CALL,
        "forms" => &FORM,
        "chats" => &CHAT,
        "mail" => &LETTER,
        _ => &[],
    }
}

/// A missing value makes no column, as in v2.
fn copy<'r>(lead: &'r Record, name: &str, row: &mut Row<'r>, column: impl Into<Cow<'r, str>>) {
    if let Some(field) = lead.find(name) {
        push(row, column, field);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::write_v4;
    use crate::json::flatten::{NoLinks, Record};
    use crate::table::row::Row;
    use serde::de::DeserializeSeed;

    #[test]
    fn members_of_metadata_have_their_old_names_and_new_ones_stay() {
        assert_cells(
            r#"{"category":"forms","uid":"u","account_id":1,
            "metadata":{"visitor_uid":"v","form_sent_at":5,"ip":"192.0.2.1"}}"#,
            &[
                ("category", "form"),
                ("uid", "u"),
                ("incoming_lead_info.ip", "192.0.2.1"),
                ("incoming_lead_info.form_send_at", "5"),
                ("incoming_lead_info.visitor_uid", "v"),
                ("account_id", "1"),
            ],
        );
    }

    #[test]
    fn several_values_and_parts_of_a_member_have_its_old_name() {
        assert_cells(
            r#"{"category":"sip","metadata":{"phone":["+7000","+7001"],"called_at":7,
            "from":{"id":1},"phones":2}}"#,
            &[
                ("category", "sip"),
                ("incoming_lead_info.from.id", "1"),
                ("incoming_lead_info.to1", "+7000"),
                ("incoming_lead_info.to2", "+7001"),
                ("incoming_lead_info.date", "7"),
                ("incoming_lead_info.phones", "2"),
            ],
        );
    }

    fn assert_cells(json: &str, expected: &[(&str, &str)]) {
        let (mut lead, mut row) = (Record::default(), Row::default());
        let mut parser = serde_json::Deserializer::from_str(json);
        lead.seed(&mut NoLinks).deserialize(&mut parser).unwrap();
        write_v4(&lead, &mut row);
        let cells: Vec<_> = row.texts().collect();
        let cells: Vec<(&str, &str)> = cells.iter().map(|(name, text)| (*name, &**text)).collect();
        assert_eq!(cells, expected);
    }
}
