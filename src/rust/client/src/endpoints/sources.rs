//! `AmoSources()`: where leads come from (docs/api-v4.md, Lists that administrators keep).

use crate::endpoints::endpoint::{Endpoint, ListSpec, RowOf};
use crate::endpoints::paged_list::Pagination;
use crate::table::Schema;

/// The sources of the integration that asks.
pub static SOURCES: Endpoint = Endpoint {
    name: "sources",
    label: "sources",
    schema: &Schema {
        base: &["id", "name", "pipeline_id", "external_id", "default", "origin_code"],
        keys: &["id"],
        ids: &["id"],
        inferred: true,
        integers: &["pipeline_id"],
        logicals: &["default"],
        ..Schema::TEXT
    },
    v4: ListSpec {
        path: "/api/v4/sources",
        member: "sources",
        pagination: Pagination::Whole,
        row: RowOf::Base { renamed: &[], without: &[] },
        is_for_admins: true,
        ..ListSpec::V4
    },
    ..Endpoint::DEFAULT
};
