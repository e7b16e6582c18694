//! `GET /api/v4/customers/statuses`: all of them at once.

use super::link;
use super::list::{Cut, Rows};
use crate::api::{Context, Json, object};
use crate::data::settings::{CUSTOMER_STATUSES, CustomerStatus};
use crate::data::{Kind, Store, Table, account};

impl Rows for CustomerStatus {
    const CUT: Cut = Cut::Whole;

    fn name(_: Kind) -> &'static str {
        "statuses"
    }

    fn table(_: &Store, _: Kind) -> (&Table<Self>, usize) {
        (&CUSTOMER_STATUSES, 0)
    }

    fn view(&self, context: &Context) -> Json {
        object! {
            "id": self.id, "name": self.name,
            "sort": CUSTOMER_STATUSES.place(self.id).map(|place| place as u64),
            "is_default": true, "conditions": Json::List(Vec::new()), "color": self.color,
            "type": self.shape, "account_id": account::ID,
            "_links": link(format!("{}/api/v4/customers/statuses/{}", context.site, self.id)),
        }
    }
}
