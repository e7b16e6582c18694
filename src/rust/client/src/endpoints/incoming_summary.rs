//! `AmoIncomingSummary()`: how many incoming leads there were (docs/api-v4.md, Incoming
//! leads over v4).

use crate::account::time_zone::Bound;
use crate::endpoints::endpoint::{Endpoint, ListSpec, Renamed, RowOf, Sent, write_base};
use crate::endpoints::paged_list::Pagination;
use crate::json::flatten::Record;
use crate::table::Schema;
use crate::table::row::Row;

/// A row for each pipeline asked for, or one for all.
pub static INCOMING_SUMMARY: Endpoint = Endpoint {
    name: "incoming_summary",
    label: "summary of incoming leads",
    schema: &SCHEMA,
    v4: ListSpec {
        path: "/api/v4/leads/unsorted/summary",
        parameters: &[
            ("from", "filter[created_at][from]", Sent::Moment(Bound::From)),
            ("to", "filter[created_at][to]", Sent::Moment(Bound::To)),
            ("pipeline_id", "filter[pipeline_id]", Sent::Apart),
        ],
        pagination: Pagination::Whole,
        row: RowOf::OnlyFunction(write),
        ..ListSpec::V4
    },
    list_column: Some(("pipeline_id", "pipeline_id")),
    ..Endpoint::DEFAULT
};

static SCHEMA: Schema = Schema { base: COLUMNS, integers: COLUMNS, inferred: true, ..Schema::TEXT };

const CATEGORIES: Renamed = &[
    ("categories.sip.total", "sip"),
    ("categories.mail.total", "mail"),
    ("categories.forms.total", "forms"),
    ("categories.chats.total", "chats"),
];

/// The row of a summary. Other categories come last, under their own names.
fn write<'r>(summary: &'r Record, row: &mut Row<'r>) -> bool {
    write_base(&SCHEMA, CATEGORIES, summary, row);
    for field in summary.iter() {
        let name = field.name();
        let category = name.strip_prefix("categories.").and_then(|it| it.strip_suffix(".total"));
        let column = category.unwrap_or(name);
        if row.get(column).is_none() {
            row.push_named(column, field.value());
        }
    }
    true
}

#[rustfmt::skip]
static COLUMNS: &[&str] = &[
    "pipeline_id", "total", "accepted", "declined", "average_sort_time", "sip", "mail", "forms",
    "chats",
];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::write;
    use crate::endpoints::testing::cells;

    #[test]
    fn new_categories_come_last() {
        let json = r#"{"total":9,"accepted":1,"declined":2,"average_sort_time":3,"categories":
            {"new":{"total":3},"sip":{"total":4},"mail":{"total":5,"spam":6}},"page":7}"#;
        let row = cells(write, json).unwrap();
        let texts: Vec<_> = row.iter().map(|(name, text)| format!("{name}={text}")).collect();
        assert_eq!(
            texts[1..],
            [
                "total=9",
                "accepted=1",
                "declined=2",
                "average_sort_time=3",
                "sip=4",
                "mail=5",
                "forms=",
                "chats=",
                "new=3",
                "categories.mail.spam=6",
                "page=7"
            ]
        );
    }
}
