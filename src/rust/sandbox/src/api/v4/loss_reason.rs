//! `GET /api/v4/leads/loss_reasons`.

use super::link;
use super::list::Rows;
use crate::api::{Context, Json, object};
use crate::data::settings::{LOSS_REASON_LIST, LossReason};
use crate::data::{Kind, Store, Table, funnel};

impl Rows for LossReason {
    fn name(_: Kind) -> &'static str {
        "loss_reasons"
    }

    fn table(_: &Store, _: Kind) -> (&Table<Self>, usize) {
        (&LOSS_REASON_LIST, 0)
    }

    fn view(&self, context: &Context) -> Json {
        let made_at = context.store.account.calendar.start();
        object! {
            "id": self.0, "name": funnel::loss_reason_name(self.0), "sort": 100_000_u64,
            "created_at": made_at, "updated_at": made_at,
            "_links": link(format!("{}/api/v4/leads/loss_reasons/{}", context.site, self.0)),
        }
    }
}
