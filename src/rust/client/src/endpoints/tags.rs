//! `AmoTags()`: the tags of each kind of entity (docs/api-v4.md, Lists that administrators
//! keep).

use crate::endpoints::endpoint::{Endpoint, Filter, ListSpec, RowOf, Sent};
use crate::table::Schema;

/// The tags of an account.
pub static TAGS: Endpoint = Endpoint {
    name: "tags",
    label: "tags",
    schema: &Schema {
        base: &["entity_type", "id", "name", "color"],
        keys: &["entity_type+id"],
        ids: &["id"],
        inferred: true,
        ..Schema::TEXT
    },
    v4: ListSpec {
        path: "/api/v4/{type}/tags",
        member: "tags",
        parameters: &[("name", "filter[name]", Sent::Apart)],
        row: RowOf::Base { renamed: &[], without: &[] },
        ..ListSpec::V4
    },
    filters: &[Filter::In("id", "id"), Filter::In("name", "name")],
    list_column: Some(("type", "entity_type")),
    ..Endpoint::DEFAULT
};
