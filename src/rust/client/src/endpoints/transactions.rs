//! `AmoCustomersTransactions()`: what customers bought (docs/contract.md,
//! Table of transactions).

use futures_util::future::{BoxFuture, FutureExt};

use crate::account::Api;
use crate::endpoints::customers;
use crate::endpoints::endpoint::Endpoint;
use crate::endpoints::paged_list::{EndpointSpec, PagedList, Pagination, RowOf};
use crate::endpoints::parameters::{IDS_A_REQUEST, V4_LIMIT};
use crate::error::Error;
use crate::http::Request;
use crate::json::flatten::{Record, Value};
use crate::query::{Context, Warning};
use crate::table::Schema;
use crate::table::row::Row;
use crate::table::row_filter::RowFilter;

/// What a table of transactions is made of.
pub static TRANSACTIONS: Schema = Schema {
    base: &[
        "id",
        "created_by",
        "created_at",
        "updated_at",
        "account_id",
        "updated_by",
        "is_deleted",
        "comment",
        "price",
        "date",
        "customer_id",
    ],
    keys: &["id"],
    times: &["created_at", "updated_at"],
    time_endings: &["_at"],
    ..Schema::TEXT
};

/// What transactions to read. An empty filter passes all.
#[derive(Clone, Debug, Default)]
pub struct TransactionsRequest {
    /// Rows a request, 1 to 500; API v4 gives fewer.
    pub limit: u32,
    /// Only these transactions.
    pub ids: Vec<u64>,
    /// Only transactions of these customers.
    pub customers: Vec<u64>,
}

impl Endpoint for TransactionsRequest {
    const NAME: &'static str = "transactions";

    fn schema(&self) -> &'static Schema {
        &TRANSACTIONS
    }

    fn lists<'e>(&'e self, context: &'e Context) -> BoxFuture<'e, Result<Vec<PagedList>, Error>> {
        async {
            if self.ids.is_empty() {
                self.whole(context.api).or_parts(self.parts(context.api), context).await
            } else {
                Ok(self.by_ids(context.api))
            }
        }
        .boxed()
    }

    fn order(&self) -> &'static [&'static str] {
        &["created_at", "id"]
    }

    fn excuse(&self, error: &Error, lists: &[PagedList]) -> Option<Warning> {
        let lists = lists.iter().map(PagedList::pages);
        customers::are_missing_in(error, lists).then_some(Warning::NoCustomers)
    }
}

impl TransactionsRequest {
    fn by_ids(&self, api: Api) -> Vec<PagedList> {
        let ids = self.ids.chunks(IDS_A_REQUEST.min(self.limit as usize).max(1));
        ids.map(|ids| self.list(api, all(api), Pagination::Ids(api, ids.to_vec()))).collect()
    }

    fn whole(&self, api: Api) -> PagedList {
        self.list(api, all(api), pages(api))
    }

    /// The lists of single customers.
    fn parts(&self, api: Api) -> Vec<PagedList> {
        let of_customer = |customer| match api {
            Api::V2 => self.list(api, all(api).query("customer_id", customer), pages(api)),
            // A customer who isn't there may be a 404; v2 has no rows for one.
            Api::V4 => {
                let path = format!("/api/v4/customers/{customer}/transactions");
                self.list(api, Request::get(path), pages(api)).part_of(all(api))
            }
        };
        self.customers.iter().map(of_customer).collect()
    }

    fn list(&self, api: Api, request: Request, pagination: Pagination) -> PagedList {
        let filter =
            RowFilter::default().is_in("id", &self.ids).is_in("customer_id", &self.customers);
        let (member, limit) = match api {
            Api::V2 => ("items", self.limit),
            Api::V4 => ("transactions", self.limit.min(V4_LIMIT)),
        };
        let row: RowOf = Box::new(move |transaction, row| {
            match api {
                Api::V2 => write_v2(transaction, row),
                Api::V4 => write_v4(transaction, row),
            }
            filter.matches(row)
        });
        let spec = EndpointSpec {
            name: "transactions",
            request,
            pagination,
            member,
            id: "id",
            schema: &TRANSACTIONS,
            row,
        };
        PagedList::new(spec, limit)
    }
}

/// The request for the transactions of all customers.
fn all(api: Api) -> Request {
    Request::get(match api {
        Api::V2 => "/api/v2/transactions",
        Api::V4 => "/api/v4/customers/transactions",
    })
}

fn pages(api: Api) -> Pagination {
    match api {
        Api::V2 => Pagination::Rows,
        Api::V4 => Pagination::Pages,
    }
}

/// A transaction of API v2 as a row.
pub fn write_v2<'r>(transaction: &'r Record, row: &mut Row<'r>) {
    for field in transaction.iter() {
        match field.name() {
            "customer.id" => row.push_field_as("customer_id", field),
            "comment" => row.push_value("comment", field.value().filled()),
            "price" => row.push_value("price", price(transaction)),
            name if name.starts_with("customer.") => {}
            _ => row.push_field(field),
        }
    }
}

/// A transaction of API v4 as a row of v2 (docs/api-v4.md, Transactions over
/// v4). The date in v2 is the time of completion.
pub fn write_v4<'r>(transaction: &'r Record, row: &mut Row<'r>) {
    for column in TRANSACTIONS.base {
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
}

/// The sum. With minor units `price` has only its whole part.
fn price<'r>(transaction: &'r Record) -> Value<'r> {
    let exact = transaction.get("price_with_minor_units");
    exact.or_else(|| transaction.get("price")).unwrap_or(Value::ABSENT)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{TransactionsRequest, write_v2, write_v4};
    use crate::account::Api;
    use crate::endpoints::paged_list::PagedList;
    use crate::json::flatten::{NoLinks, Record};
    use crate::table::row::Row;
    use serde::de::DeserializeSeed;

    #[test]
    fn the_price_is_the_exact_sum_where_it_is_told() {
        for (json, price) in [
            (r#"{"price":100,"price_with_minor_units":100.5}"#, "100.5"),
            (r#"{"price":99999999,"price_with_minor_units":99999999.999}"#, "99999999.999"),
            (r#"{"price":100,"price_with_minor_units":null}"#, "100"),
            (r#"{"price":100}"#, "100"),
        ] {
            let mut transaction = Record::default();
            let mut parser = serde_json::Deserializer::from_str(json);
            transaction.seed(&mut NoLinks).deserialize(&mut parser).unwrap();
            for write in [write_v2, write_v4] {
                let mut row = Row::default();
                write(&transaction, &mut row);
                assert_eq!(row.get("price").unwrap().text(), price, "{json}");
            }
        }
    }

    fn requests(lists: &[PagedList]) -> Vec<String> {
        let requests = lists.iter().map(PagedList::request);
        requests.map(|r| format!("{}?{}", r.path(), r.shown_query())).collect()
    }

    #[test]
    fn customers_are_sent_as_such_and_ids_as_ids() {
        let customers =
            TransactionsRequest { limit: 500, customers: vec![7, 8], ..Default::default() };
        assert_eq!(
            requests(&customers.parts(Api::V2)),
            [
                "/api/v2/transactions?customer_id=7&limit_rows=500&limit_offset=0",
                "/api/v2/transactions?customer_id=8&limit_rows=500&limit_offset=0"
            ]
        );
        assert_eq!(
            requests(&customers.parts(Api::V4)),
            [
                "/api/v4/customers/7/transactions?page=1&limit=250",
                "/api/v4/customers/8/transactions?page=1&limit=250"
            ]
        );
        let ids = TransactionsRequest { ids: vec![1, 2], ..customers };
        assert_eq!(requests(&ids.by_ids(Api::V2)), ["/api/v2/transactions?limit_rows=2&id=1,2"]);
        assert_eq!(
            requests(&ids.by_ids(Api::V4)),
            ["/api/v4/customers/transactions?filter[id][]=1&filter[id][]=2&page=1&limit=2"]
        );
    }
}
