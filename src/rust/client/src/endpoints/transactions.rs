//! `AmoCustomersTransactions()`: what customers bought (docs/contract.md,
//! Table of transactions).

use crate::endpoints::endpoint::{Endpoint, Filter, ListSpec, RowOf, Sent};
use crate::json::flatten::{Record, Value};
use crate::table::Schema;
use crate::table::row::Row;

/// The transactions of an account.
pub static TRANSACTIONS: Endpoint = Endpoint {
    name: "transactions",
    label: "transactions",
    schema: &SCHEMA,
    v2: Some(ListSpec {
        path: "/api/v2/transactions",
        parameters: &[("customer_id", "customer_id", Sent::ApartOrWhole)],
        row: RowOf::Function(write_v2),
        ..ListSpec::V2
    }),
    v4: ListSpec {
        path: "/api/v4/customers/transactions",
        member: "transactions",
        parameters: &[("customer_id", "/api/v4/customers/{}/transactions", Sent::InPath)],
        row: RowOf::Function(write_v4),
        ..ListSpec::V4
    },
    filters: &[Filter::In("id", "id"), Filter::In("customer_id", "customer_id")],
    order: &["created_at", "id"],
    ..Endpoint::DEFAULT
};

/// What the table is made of.
#[rustfmt::skip]
pub static SCHEMA: Schema = Schema {
    base: &[
        "id", "created_by", "created_at", "updated_at", "account_id", "updated_by", "is_deleted",
        "comment", "price", "date", "customer_id",
    ],
    keys: &["id"],
    times: &["created_at", "updated_at"],
    time_endings: &["_at"],
    ..Schema::TEXT
};

/// A transaction of API v2 as a row.
pub fn write_v2<'r>(transaction: &'r Record, row: &mut Row<'r>) -> bool {
    for field in transaction.iter() {
        match field.name() {
            "customer.id" => row.push_field_as("customer_id", field),
            "comment" => row.push_value("comment", field.value().filled()),
            "price" => row.push_value("price", price(transaction)),
            name if name.starts_with("customer.") => {}
            _ => row.push_field(field),
        }
    }
    true
}

/// A transaction of API v4 as a row of v2 (docs/api-v4.md, Transactions over
/// v4). The date in v2 is the time of completion.
pub fn write_v4<'r>(transaction: &'r Record, row: &mut Row<'r>) -> bool {
    for column in SCHEMA.base {
        match *column {
            "date" => row.copy_as(transaction, "completed_at", "date"),
            "price" => row.push_value("price", price(transaction)),
            "comment" => {
                let comment = transaction.get("comment").unwrap_or(Value::ABSENT);
                row.push_value("comment", comment.filled());
            }
            column => row.copy_as(transaction, column, column),
        }
    }
    true
}

/// The sum. With minor units `price` has only its whole part.
fn price<'r>(transaction: &'r Record) -> Value<'r> {
    let exact = transaction.get("price_with_minor_units");
    exact.or_else(|| transaction.get("price")).unwrap_or(Value::ABSENT)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{TRANSACTIONS, write_v2, write_v4};
    use crate::account::Api;
    use crate::endpoints::arguments::Arguments;
    use crate::endpoints::endpoint::WriteRow;
    use crate::endpoints::testing::{cell, cells, requests};

    #[test]
    fn the_price_is_the_exact_sum_where_it_is_told() {
        for (json, price) in [
            (r#"{"price":100,"price_with_minor_units":100.5}"#, "100.5"),
            (r#"{"price":99999999,"price_with_minor_units":99999999.999}"#, "99999999.999"),
            (r#"{"price":100,"price_with_minor_units":null}"#, "100"),
            (r#"{"price":100}"#, "100"),
        ] {
            for write in [write_v2 as WriteRow, write_v4] {
                let row = cells(write, json).unwrap();
                assert_eq!(cell(&row, "price").as_deref(), Some(price), "{json}");
            }
        }
    }

    #[test]
    fn customers_are_sent_as_such_and_ids_as_ids() {
        let requests = |api, arguments: &Arguments| requests(&TRANSACTIONS, api, arguments);
        let customers = Arguments::default().set("limit", [500]).set("customer_id", [7, 8]);
        assert_eq!(
            requests(Api::V2, &customers),
            [
                "/api/v2/transactions?limit_rows=500&limit_offset=0&customer_id=7",
                "/api/v2/transactions?limit_rows=500&limit_offset=0&customer_id=8"
            ]
        );
        assert_eq!(
            requests(Api::V4, &customers),
            [
                "/api/v4/customers/7/transactions?page=1&limit=250",
                "/api/v4/customers/8/transactions?page=1&limit=250"
            ]
        );
        let ids = customers.set("id", [1, 2]);
        assert_eq!(requests(Api::V2, &ids), ["/api/v2/transactions?limit_rows=2&id=1,2"]);
        assert_eq!(
            requests(Api::V4, &ids),
            ["/api/v4/customers/transactions?page=1&limit=2&filter[id][]=1&filter[id][]=2"]
        );
    }
}
