//! `GET /api/v4/webhooks`, for administrators only.

use super::list::{Asked, Cut, Rows};
use super::problem::Invalid;
use crate::api::{Context, Filters, Json, object};
use crate::data::account::{self, USERS};
use crate::data::settings::{WEBHOOKS, Webhook};
use crate::data::{Kind, Store, Table};

impl Rows for Webhook {
    const CUT: Cut = Cut::Whole;
    const FOR_ADMINS: bool = true;

    fn name(_: Kind) -> &'static str {
        "webhooks"
    }

    fn table(_: &Store, _: Kind) -> (&Table<Self>, usize) {
        (&WEBHOOKS, 0)
    }

    fn filter<'a>(filters: &mut Filters<'a, Self>, asked: &Asked<'a>) -> Result<(), Invalid> {
        if let Some(destination) = asked.query.value("filter[destination]") {
            filters.add(move |webhook| webhook.destination == destination);
        }
        Ok(())
    }

    fn view(&self, context: &Context) -> Json {
        let made_at = context.store.account.calendar.start();
        object! {
            "id": self.id, "destination": self.destination, "created_at": made_at,
            "updated_at": made_at, "account_id": account::ID, "created_by": USERS[0].id,
            "sort": WEBHOOKS.place(self.id).map(|place| place as u64 + 1),
            "disabled": self.is_disabled, "settings": Json::list(self.settings.iter().copied()),
        }
    }
}
