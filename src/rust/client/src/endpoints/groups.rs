//! `AmoGroups()`: the groups of users (docs/contract.md, Table of groups).

use crate::endpoints::endpoint::{Endpoint, ListSpec, RowOf};
use crate::endpoints::paged_list::Pagination;
use crate::table::Schema;

/// The groups of an account.
pub static GROUPS: Endpoint = Endpoint {
    name: "groups",
    label: "groups",
    schema: &Schema { base: &["id", "name"], inferred: true, integers: &["id"], ..Schema::TEXT },
    v2: Some(ListSpec {
        path: "/api/v2/account",
        member: "groups",
        always: &[("with", "groups")],
        ..LIST
    }),
    v4: ListSpec {
        path: "/api/v4/account",
        member: "users_groups",
        always: &[("with", "users_groups")],
        ..LIST
    },
    ..Endpoint::DEFAULT
};

const LIST: ListSpec = ListSpec {
    pagination: Pagination::Whole,
    row: RowOf::Columns(&[("id", "id"), ("name", "name")]),
    ..ListSpec::V4
};
