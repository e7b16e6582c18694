//! `AmoCustomerStatuses()`: the stages of customers (docs/api-v4.md, Lists that
//! administrators keep).

use crate::endpoints::endpoint::{Endpoint, ListSpec, RowOf};
use crate::endpoints::paged_list::Pagination;
use crate::table::Schema;

/// The statuses of customers.
pub static CUSTOMER_STATUSES: Endpoint = Endpoint {
    name: "customer_statuses",
    label: "statuses of customers",
    schema: &Schema {
        base: &["id", "name", "sort", "is_default", "color", "type", "account_id"],
        keys: &["id"],
        ids: &["id"],
        inferred: true,
        integers: &["sort", "type", "account_id"],
        logicals: &["is_default"],
        ..Schema::TEXT
    },
    v4: ListSpec {
        path: "/api/v4/customers/statuses",
        member: "statuses",
        pagination: Pagination::Whole,
        row: RowOf::Base { renamed: &[], without: &[] },
        ..ListSpec::V4
    },
    ..Endpoint::DEFAULT
};
