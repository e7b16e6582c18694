//! An incoming lead of API v4 as a row of v2 (v4.md 4.4).

use std::borrow::Cow;

use super::{category, push};
use crate::flatten::{Kind, Leaves};
use crate::row::Row;

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
pub fn write_v4<'r>(lead: &'r Leaves, row: &mut Row<'r>) {
    let kind = lead.get("category").unwrap_or_default();
    row.push("category", category(kind));
    for name in ["uid", "source_name", "created_at", "pipeline_id"] {
        copy(lead, name, row, name);
    }
    let names = names_of(kind);
    for (name, column) in names {
        copy(lead, &format!("metadata.{name}"), row, format!("incoming_lead_info.{column}"));
    }
    for (name, text, kind) in lead.typed() {
        let Some(name) = name.strip_prefix("metadata.") else { continue };
        if !names.iter().any(|(known, _)| *known == name) {
            push(row, format!("incoming_lead_info.{name}"), text, kind);
        }
    }
    for name in ["source_uid", "account_id"] {
        copy(lead, name, row, name);
    }
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

/// What is not there makes no column, as in v2.
fn copy<'r>(lead: &'r Leaves, name: &str, row: &mut Row<'r>, column: impl Into<Cow<'r, str>>) {
    let (text, kind) = lead.get_typed(name).unwrap_or(("", Kind::Absent));
    if kind != Kind::Absent {
        push(row, column, text, kind);
    }
}

#[cfg(test)]
mod tests {
    use super::write_v4;
    use crate::flatten::Leaves;
    use crate::row::Row;

    #[test]
    fn members_of_metadata_have_their_old_names_and_new_ones_stay() {
        let (mut lead, mut row) = (Leaves::default(), Row::default());
        lead.push("category", "forms");
        lead.push("uid", "u");
        lead.push("account_id", "1");
        lead.push("metadata.visitor_uid", "v");
        lead.push("metadata.form_sent_at", "5");
        lead.push("metadata.ip", "192.0.2.1");
        write_v4(&lead, &mut row);
        let cells: Vec<_> = row.iter().collect();
        assert_eq!(
            cells,
            [
                ("category", "form"),
                ("uid", "u"),
                ("incoming_lead_info.ip", "192.0.2.1"),
                ("incoming_lead_info.form_send_at", "5"),
                ("incoming_lead_info.visitor_uid", "v"),
                ("account_id", "1")
            ]
        );
    }
}
