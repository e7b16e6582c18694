//! Purchases as API v4 spells them.

use super::list::{V4Request, V4Rows};
use super::parameters;
use super::problem::Invalid;
use crate::api::{Context, Filters, Json, object};
use crate::data::{Kind, Store, Transaction};

impl V4Rows for Transaction {
    fn filter<'a>(filters: &mut Filters<'a, Self>, asked: &V4Request<'a>) -> Result<(), Invalid> {
        filters.ids(parameters::numbers(asked.query, "id")?);
        Ok(())
    }

    fn owner(&self) -> u64 {
        self.customer.into()
    }

    fn has_owner(store: &Store, kind: Kind, id: u64) -> bool {
        store.entities[kind].find(id).is_some()
    }

    fn view(&self, context: &Context) -> Json {
        let customer = context.reference(Kind::Customer, self.customer);
        object! {
            "id": self.id, "price": self.price,
            "comment": Some(self.comment).filter(|comment| !comment.is_empty()),
            "completed_at": self.date, "customer_id": self.customer,
            "created_by": self.created_by, "updated_by": self.updated_by,
            "created_at": self.created_at, "updated_at": self.updated_at, "is_deleted": false,
            "account_id": context.account_id(),
            "_links": context.link(format!("customers/{}/transactions/{}", self.customer, self.id)),
            "_embedded": object! { "customer": customer },
        }
    }
}
