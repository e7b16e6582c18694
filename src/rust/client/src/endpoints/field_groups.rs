//! `AmoFieldGroups()`: the groups of custom fields, which are tabs of a card
//! (docs/api-v4.md, Lists that administrators keep).

use crate::endpoints::endpoint::{Endpoint, ListSpec, RowOf};
use crate::endpoints::paged_list::Pagination;
use crate::table::Schema;

/// The groups of custom fields.
pub static FIELD_GROUPS: Endpoint = Endpoint {
    name: "field_groups",
    label: "groups of custom fields",
    schema: &Schema {
        base: &["entity_type", "id", "name", "type", "sort", "is_predefined"],
        keys: &["entity_type+id"],
        inferred: true,
        integers: &["sort"],
        logicals: &["is_predefined"],
        ..Schema::TEXT
    },
    v4: ListSpec {
        path: "/api/v4/{type}/custom_fields/groups",
        member: "custom_field_groups",
        pagination: Pagination::Whole,
        row: RowOf::Base { renamed: &[], without: &[] },
        ..ListSpec::V4
    },
    list_column: Some(("type", "entity_type")),
    ..Endpoint::DEFAULT
};
