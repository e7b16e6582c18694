//! `GET /api/v4/catalogs`.

use super::link;
use super::list::Rows;
use crate::api::{Context, Json, object};
use crate::data::account::{self, USERS};
use crate::data::catalog::{CATALOGS, Catalog, SUPPLIERS};
use crate::data::{Kind, Store, Table};

impl Rows for Catalog {
    fn name(_: Kind) -> &'static str {
        "catalogs"
    }

    fn table(_: &Store, _: Kind) -> (&Table<Self>, usize) {
        (&CATALOGS, 0)
    }

    fn view(&self, context: &Context) -> Json {
        let made_at = context.store.account.calendar.start();
        object! {
            "id": self.id, "name": self.name, "created_by": USERS[0].id,
            "updated_by": USERS[0].id, "created_at": made_at, "updated_at": made_at,
            "sort": CATALOGS.place(self.id).map(|place| 10 * (place as u64 + 1)),
            "type": self.shape, "can_add_elements": self.is_open, "can_show_in_cards": false,
            // Invoices belong to one deal each.
            "can_link_multiple": self.is_open, "can_be_deleted": self.id == SUPPLIERS,
            "sdk_widget_code": Json::Null, "account_id": account::ID,
            "_links": link(format!("{}/api/v4/catalogs/{}", context.site, self.id)),
        }
    }
}
