//! `AmoSegments()`: the segments of customers (docs/api-v4.md, Lists that administrators
//! keep).

use crate::endpoints::endpoint::{Endpoint, ListSpec, RowOf};
use crate::table::Schema;

/// The segments of customers.
pub static SEGMENTS: Endpoint = Endpoint {
    name: "segments",
    label: "segments of customers",
    schema: &Schema {
        base: &["id", "name", "color", "created_at", "updated_at", "customers_count", "account_id"],
        keys: &["id"],
        ids: &["id"],
        times: &["created_at", "updated_at"],
        zero_is_no_time: true,
        inferred: true,
        integers: &["customers_count", "account_id"],
        ..Schema::TEXT
    },
    v4: ListSpec {
        path: "/api/v4/customers/segments",
        member: "segments",
        // Values of custom fields are no cells of one row.
        row: RowOf::Base { renamed: &[], without: &["custom_fields_values"] },
        ..ListSpec::V4
    },
    ..Endpoint::DEFAULT
};
