//! `AmoIncomingLeads()`: leads that came in by themselves and that nobody has
//! accepted yet (docs/contract.md, Table of incoming leads), over API v2, and over
//! v4 as rows of v2 (docs/api-v4.md, Incoming leads over v4).

use std::borrow::Cow;

use crate::endpoints::endpoint::{Endpoint, Filter, ListSpec, RowOf, Sent};
use crate::endpoints::paged_list::Pagination;
use crate::json::flatten::{Field, JsonType, Record, Value, form_of};
use crate::table::Schema;
use crate::table::row::Row;

/// The incoming leads of an account.
pub static INCOMING_LEADS: Endpoint = Endpoint {
    name: "incoming_leads",
    label: "incoming leads",
    schema: &SCHEMA,
    id: "uid",
    v2: Some(ListSpec {
        path: "/api/v2/incoming_leads",
        parameters: &[
            ("categories", "categories[]", Sent::Each),
            ("order", "order_by[created_at]", Sent::Each),
            ("pipeline_id", "pipeline_id", Sent::Apart),
        ],
        pagination: Pagination::SizedPages,
        row: RowOf::Function(write_v2),
        ..ListSpec::V2
    }),
    v4: ListSpec {
        path: "/api/v4/leads/unsorted",
        member: "unsorted",
        parameters: &[
            ("categories", "filter[category][]", Sent::Each),
            ("order", "order[created_at]", Sent::Each),
            ("pipeline_id", "filter[pipeline_id]", Sent::Apart),
        ],
        row: RowOf::Function(write_v4),
        ..ListSpec::V4
    },
    filters: &[
        Filter::Written("categories", "category", categories),
        // API v2 does not always say which pipeline it is.
        Filter::InOrAbsent("pipeline_id", "pipeline_id"),
    ],
    last: &["incoming_lead_info.visitor_uid", "source_uid", "account_id"],
    ..Endpoint::DEFAULT
};

/// What the table is made of. A dot is `_` in R.
pub static SCHEMA: Schema = Schema {
    base: &["category", "uid", "source_name", "created_at", "pipeline_id"],
    keys: &["uid"],
    times: &["created_at"],
    time_endings: &["send_at", "_date", ".date"],
    ..Schema::TEXT
};

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

/// The name in rows of a category, if filters have another one.
fn categories(filter: &str) -> &'static [&'static str] {
    match filter {
        "forms" => &["form"],
        "chats" => &["chat"],
        _ => &[],
    }
}

fn category(filter: &str) -> &str {
    categories(filter).first().copied().unwrap_or(filter)
}

/// An incoming lead of API v2 as a row.
pub fn write_v2<'r>(lead: &'r Record, row: &mut Row<'r>) -> bool {
    for field in lead.iter() {
        if !field.name().starts_with("incoming_entities") {
            push(row, field.name(), field);
        }
    }
    true
}

/// An incoming lead of API v4 as a row of v2.
pub fn write_v4<'r>(lead: &'r Record, row: &mut Row<'r>) -> bool {
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
    true
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

/// Adds a cell. In a column that is named like a time, anything else is no value, as in
/// amocrm 0.1.0.
fn push<'r>(row: &mut Row<'r>, name: impl Into<Cow<'r, str>>, field: Field<'r>) {
    let (name, value) = (name.into(), field.value());
    let is_time = || value.number().is_some_and(f64::is_finite);
    let is_value = !SCHEMA.ends_as_time(&name) || is_time();
    row.push_named(name, if is_value { value } else { Value::ABSENT });
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{INCOMING_LEADS, write_v2, write_v4};
    use crate::account::Api;
    use crate::endpoints::arguments::Arguments;
    use crate::endpoints::endpoint::WriteRow;
    use crate::endpoints::testing::{cells, requests};
    use crate::json::flatten::{JsonType, Value};
    use crate::table::row::Row;

    #[test]
    fn filters_and_order_are_sent() {
        let arguments = Arguments::default()
            .set("limit", [500])
            .set("categories", ["sip", "forms"])
            .set("order", ["asc"])
            .set("pipeline_id", [3]);
        assert_eq!(
            requests(&INCOMING_LEADS, Api::V2, &arguments),
            ["/api/v2/incoming_leads?page_size=500&page=1&categories[]=sip&categories[]=forms\
              &order_by[created_at]=asc&pipeline_id=3"]
        );
        assert_eq!(
            requests(&INCOMING_LEADS, Api::V4, &arguments),
            [
                "/api/v4/leads/unsorted?page=1&limit=250&filter[category][]=sip&filter[category][]=forms\
              &order[created_at]=asc&filter[pipeline_id]=3"
            ]
        );
    }

    #[test]
    fn entities_are_left_out_and_times_that_are_none_are_empty() {
        let is_expected = |row: &Row| {
            let expected = [
                ("incoming_lead_info.date", Value::ABSENT),
                ("incoming_lead_info.form_send_at", Value::Text("5", JsonType::Text)),
            ];
            row.iter().eq(expected)
        };
        let json = r#"{"incoming_lead_info":{"date":"yesterday","form_send_at":"5"},
            "incoming_entities":{"leads":[{"name":"x"}]}}"#;
        assert!(cells(|lead, row| write_v2(lead, row) && is_expected(row), json).is_some());
    }

    #[test]
    fn members_of_metadata_have_their_old_names_and_new_ones_stay() {
        assert_cells(
            write_v4,
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
            write_v4,
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

    fn assert_cells(write: WriteRow, json: &str, expected: &[(&str, &str)]) {
        let cells = cells(write, json).unwrap();
        let cells: Vec<(&str, &str)> =
            cells.iter().map(|(name, text)| (&**name, &**text)).collect();
        assert_eq!(cells, expected);
    }
}
