//! `AmoLossReasons()`: why leads are lost (docs/api-v4.md, Lists that administrators
//! keep).

use crate::endpoints::endpoint::{Endpoint, ListSpec, RowOf};
use crate::table::Schema;

/// The loss reasons of an account.
pub static LOSS_REASONS: Endpoint = Endpoint {
    name: "loss_reasons",
    label: "loss reasons",
    schema: &Schema {
        base: &["id", "name", "sort", "created_at", "updated_at"],
        keys: &["id"],
        ids: &["id"],
        times: &["created_at", "updated_at"],
        zero_is_no_time: true,
        inferred: true,
        integers: &["sort"],
        ..Schema::TEXT
    },
    v4: ListSpec {
        path: "/api/v4/leads/loss_reasons",
        member: "loss_reasons",
        row: RowOf::Base { renamed: &[], without: &[] },
        ..ListSpec::V4
    },
    ..Endpoint::DEFAULT
};
