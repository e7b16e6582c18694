//! `AmoCatalogs()`: the catalogs of an account, which hold products, invoices and the like
//! (docs/api-v4.md, Catalogs; docs/contract.md, Table of catalogs).

use crate::endpoints::endpoint::{Endpoint, ListSpec, RowOf};
use crate::table::Schema;

/// The catalogs of an account.
pub static CATALOGS: Endpoint = Endpoint {
    name: "catalogs",
    label: "catalogs",
    schema: &SCHEMA,
    v4: ListSpec {
        path: "/api/v4/catalogs",
        member: "catalogs",
        row: RowOf::Function(|catalog, row| {
            row.copy_all(catalog, SCHEMA.base);
            true
        }),
        ..ListSpec::V4
    },
    ..Endpoint::DEFAULT
};

#[rustfmt::skip]
static SCHEMA: Schema = Schema {
    base: &[
        "id", "name", "created_by", "updated_by", "created_at", "updated_at", "sort", "type",
        "can_add_elements", "can_show_in_cards", "can_link_multiple", "can_be_deleted",
        "sdk_widget_code", "account_id",
    ],
    keys: &["id"],
    ids: &["id"],
    times: &["created_at", "updated_at"],
    zero_is_no_time: true,
    inferred: true,
    integers: &["created_by", "updated_by", "sort", "account_id"],
    logicals: &[
        "can_add_elements", "can_show_in_cards", "can_link_multiple", "can_be_deleted",
    ],
    ..Schema::TEXT
};
