//! Purchases as API v2 spells them.

use super::link;
use super::list::{V2Request, V2Rows};
use crate::api::{Context, Filters, Json, object};
use crate::data::Transaction;

impl V2Rows for Transaction {
    fn filter<'a>(filters: &mut Filters<'a, Self>, asked: &V2Request<'a>) {
        let parameters = asked.parameters;
        filters.ids(parameters.numbers("id"));
        filters.one_of(parameters.numbers("customer_id"), |row| u64::from(row.customer));
    }

    fn view(&self, context: &Context) -> Json {
        let (id, customer) = (self.id, self.customer);
        object! {
            "id": id, "created_by": self.created_by, "created_at": self.created_at,
            "updated_at": self.updated_at, "account_id": context.account_id(),
            "updated_by": self.updated_by, "is_deleted": false, "comment": self.comment,
            "price": self.price, "date": self.date,
            "customer": object! {
                "id": customer, "_links": link(format!("/api/v2/customers?id={customer}")),
            },
            "_links": link(format!("/api/v2/transactions?id={id}")),
        }
    }
}
