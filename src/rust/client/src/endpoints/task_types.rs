//! `AmoTaskTypes()`: the types of tasks (docs/contract.md, Table of task types).

use crate::endpoints::endpoint::{Endpoint, ListSpec, RowOf};
use crate::endpoints::paged_list::Pagination;
use crate::table::Schema;

/// The types of tasks of an account.
pub static TASK_TYPES: Endpoint = Endpoint {
    name: "task_types",
    label: "types of tasks",
    schema: &Schema { base: &["id", "name"], inferred: true, integers: &["id"], ..Schema::TEXT },
    v2: Some(ListSpec { path: "/api/v2/account", ..LIST }),
    v4: ListSpec { path: "/api/v4/account", ..LIST },
    ..Endpoint::DEFAULT
};

const LIST: ListSpec = ListSpec {
    member: "task_types",
    always: &[("with", "task_types")],
    pagination: Pagination::Whole,
    // The looks of a type are no data.
    row: RowOf::AllBut(&["color", "icon_id"]),
    ..ListSpec::V4
};
