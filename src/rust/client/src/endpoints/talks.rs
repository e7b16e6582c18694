//! `AmoTalks()`: talks in messengers (docs/api-v4.md, Talks).

use crate::endpoints::endpoint::{Endpoint, Filter, ListSpec, RowOf, Sent};
use crate::table::Schema;

/// The talks of an account. That a filter takes several values is not known.
pub static TALKS: Endpoint = Endpoint {
    name: "talks",
    label: "talks",
    schema: &SCHEMA,
    id: "talk_id",
    v4: ListSpec {
        path: "/api/v4/talks",
        member: "talks",
        parameters: &[
            ("talk_id", "filter[talk_id]", Sent::ApartOrWhole),
            ("contact_id", "filter[contact_id]", Sent::ApartOrWhole),
            ("entity_id", "filter[entity_id]", Sent::ApartOrWhole),
            ("entity", "filter[entity_type]", Sent::Only),
            ("only_in_work", "filter[only_in_work]", Sent::Each),
        ],
        row: RowOf::Base { renamed: &[("talk_id", "id")], without: &[] },
        ..ListSpec::V4
    },
    filters: &[
        Filter::In("talk_id", "id"),
        Filter::In("contact_id", "contact_id"),
        Filter::In("entity_id", "entity_id"),
        Filter::In("entity", "entity_type"),
        Filter::Written("only_in_work", "is_in_work", |_| &["TRUE", "1"]),
    ],
    order: &["created_at", "id"],
    ..Endpoint::DEFAULT
};

#[rustfmt::skip]
static SCHEMA: Schema = Schema {
    base: &[
        "id", "created_at", "updated_at", "contact_id", "entity_type", "entity_id", "origin",
        "is_in_work", "is_read", "missed_at", "rate", "chat_id", "account_id",
    ],
    keys: &["id"],
    ids: &["id"],
    times: &["created_at", "updated_at", "missed_at"],
    zero_is_no_time: true,
    inferred: true,
    integers: &["contact_id", "entity_id", "rate", "account_id"],
    logicals: &["is_in_work", "is_read"],
    ..Schema::TEXT
};
