//! `AmoEventTypes()`: the types of events that an account has (docs/api-v4.md, Types
//! of events).

use crate::endpoints::endpoint::{Endpoint, ListSpec, RowOf, Sent};
use crate::endpoints::paged_list::Pagination;
use crate::table::Schema;

/// The types of events of an account, with labels in one language.
pub static EVENT_TYPES: Endpoint = Endpoint {
    name: "event_types",
    label: "types of events",
    schema: &Schema { base: &["type", "label"], ..Schema::TEXT },
    id: "key",
    v4: ListSpec {
        path: "/api/v4/events/types",
        member: "events_types",
        parameters: &[("language", "language_code", Sent::Only)],
        pagination: Pagination::Whole,
        // `type` is a number that nothing else mentions.
        row: RowOf::Columns(&[("key", "type"), ("lang", "label")]),
        ..ListSpec::V4
    },
    ..Endpoint::DEFAULT
};
