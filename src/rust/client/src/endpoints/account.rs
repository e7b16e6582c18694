//! `AmoAccount()`: what an account says of itself (docs/contract.md, Table of the
//! account).

use crate::endpoints::endpoint::{Endpoint, ListSpec, RowOf};
use crate::endpoints::paged_list::Pagination;
use crate::table::Schema;

/// The account, the only row of its table.
pub static ACCOUNT: Endpoint = Endpoint {
    name: "account",
    label: "the account",
    schema: &SCHEMA,
    v2: Some(ListSpec {
        path: "/api/v2/account",
        pagination: Pagination::Whole,
        row: RowOf::Only(&[("current_user", "current_user_id")]),
        ..ListSpec::V2
    }),
    v4: ListSpec {
        path: "/api/v4/account",
        always: &[("with", "datetime_settings,is_api_filter_enabled,version")],
        pagination: Pagination::Whole,
        row: RowOf::Only(&[
            ("_embedded.datetime_settings.timezone", "timezone"),
            ("_embedded.datetime_settings.timezone_offset", "timezone_offset"),
        ]),
        ..ListSpec::V4
    },
    is_better_in_v4: true,
    ..Endpoint::DEFAULT
};

#[rustfmt::skip]
static SCHEMA: Schema = Schema {
    base: &[
        "id", "name", "subdomain", "currency", "currency_symbol", "country", "language",
        "timezone", "timezone_offset", "current_user_id", "customers_mode", "is_unsorted_on",
        "is_loss_reason_enabled", "is_api_filter_enabled", "is_helpbot_enabled",
        "is_technical_account", "contact_name_display_order", "version", "created_at",
        "created_by", "updated_at", "updated_by",
    ],
    times: &["created_at", "updated_at"],
    zero_is_no_time: true,
    integers: &[
        "id", "current_user_id", "contact_name_display_order", "version", "created_by",
        "updated_by",
    ],
    logicals: &[
        "is_unsorted_on", "is_loss_reason_enabled", "is_api_filter_enabled",
        "is_helpbot_enabled", "is_technical_account",
    ],
    ..Schema::TEXT
};
