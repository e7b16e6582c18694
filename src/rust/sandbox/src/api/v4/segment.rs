//! `GET /api/v4/customers/segments`.

use super::link;
use super::list::{Cut, Rows};
use crate::api::{Context, Json, object};
use crate::data::settings::{SEGMENTS, Segment};
use crate::data::{Kind, Store, Table, account};

impl Rows for Segment {
    const CUT: Cut = Cut::CountedPages;

    fn name(_: Kind) -> &'static str {
        "segments"
    }

    fn table(_: &Store, _: Kind) -> (&Table<Self>, usize) {
        (&SEGMENTS, 0)
    }

    fn view(&self, context: &Context) -> Json {
        let (store, made_at) = (context.store, context.store.account.calendar.start());
        let customers = store.entities(Kind::Customer).rows().iter();
        let members = customers.filter(|customer| {
            let mut segments = store.account.segments(customer.number);
            !customer.is_gone && !customer.is_deleted && segments.any(|one| one.id == self.id)
        });
        object! {
            "id": self.id, "created_at": made_at, "updated_at": made_at,
            "account_id": account::ID, "name": self.name, "color": self.color,
            "available_products_price_types": vec![self.price_field],
            "customers_count": members.count() as u64,
            "custom_fields_values": Json::List(Vec::new()), "_links": own_link(self, context),
        }
    }
}

/// The segments of the customer with this number, as its card shows them.
pub fn references(customer: u64, context: &Context) -> Json {
    let segments = context.store.account.segments(customer);
    Json::list(segments.map(|segment| {
        object! { "id": segment.id, "_links": own_link(segment, context) }
    }))
}

fn own_link(segment: &Segment, context: &Context) -> Json {
    link(format!("{}/api/v4/customers/segments/{}", context.site, segment.id))
}
