//! `AmoIncomingSummary()`: how many incoming leads there were (docs/api-v4.md, Incoming
//! leads over v4).

use crate::account::time_zone::Bound;
use crate::endpoints::endpoint::{Endpoint, ListSpec, RowOf, Sent};
use crate::endpoints::paged_list::Pagination;
use crate::table::Schema;

/// A row for each pipeline asked for, or one for all.
pub static INCOMING_SUMMARY: Endpoint = Endpoint {
    name: "incoming_summary",
    label: "summary of incoming leads",
    schema: &Schema { base: COLUMNS, integers: COLUMNS, ..Schema::TEXT },
    v4: ListSpec {
        path: "/api/v4/leads/unsorted/summary",
        parameters: &[
            ("from", "filter[created_at][from]", Sent::Moment(Bound::From)),
            ("to", "filter[created_at][to]", Sent::Moment(Bound::To)),
            ("pipeline_id", "filter[pipeline_id]", Sent::Apart),
        ],
        pagination: Pagination::Whole,
        row: RowOf::Only(&[
            ("categories.sip.total", "sip"),
            ("categories.mail.total", "mail"),
            ("categories.forms.total", "forms"),
            ("categories.chats.total", "chats"),
        ]),
        ..ListSpec::V4
    },
    list_column: Some(("pipeline_id", "pipeline_id")),
    ..Endpoint::DEFAULT
};

#[rustfmt::skip]
static COLUMNS: &[&str] = &[
    "pipeline_id", "total", "accepted", "declined", "average_sort_time", "sip", "mail", "forms",
    "chats",
];
