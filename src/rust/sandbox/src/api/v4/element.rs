//! `GET /api/v4/catalogs/{id}/elements`, and how cards show what is in catalogs.

use super::list::{V4Request, V4Rows};
use super::problem::Invalid;
use super::{field, parameters};
use crate::api::{Context, Filters, Json, object};
use crate::data::element::{Element, ElementLink};
use crate::data::products::Position;
use crate::data::settings::INVOICES;
use crate::data::{Kind, SETTINGS, Store};

impl V4Rows for Element {
    fn filter<'a>(filters: &mut Filters<'a, Self>, asked: &V4Request<'a>) -> Result<(), Invalid> {
        filters.ids(parameters::numbers(asked.query, "id")?);
        if let Some(words) = asked.query.value("query").map(str::to_lowercase) {
            filters.add(move |element| element.mentions(&words));
        }
        Ok(())
    }

    fn owner(&self) -> u64 {
        self.catalog
    }

    fn has_owner(_: &Store, _: Kind, id: u64) -> bool {
        SETTINGS.catalog(id).is_some()
    }

    fn view(&self, context: &Context) -> Json {
        let is_invoice = self.catalog == INVOICES;
        // An invoice whose sums had to be corrected would say so.
        let warning = || object! { "warning": object! { "message": Json::Null } };
        let path = format!("catalogs/{}/elements/{}", self.catalog, self.id);
        object! {
            "id": self.id, "name": self.name.clone(), "created_by": self.created_by,
            "updated_by": self.updated_by, "created_at": self.created_at,
            "updated_at": self.updated_at, "is_deleted": false,
            "custom_fields_values": field::views(&self.fields, context), "catalog_id": self.catalog,
            "account_id": context.account_id(),
            "invoice_link": context.part("invoice_link", || {
                is_invoice.then(|| format!("https://pay.sandbox.example/{:x}", self.id))
            }),
            "_links": context.link(path),
            "_embedded": if is_invoice { warning() } else { Json::Absent },
        }
    }
}

/// The firm, of which `with=supplier_field_values` tells more than the id.
pub fn supplier(id: u64, context: &Context) -> Json {
    let firm = context.store.elements.find(id);
    let told = |text: Option<&str>| match text {
        Some(text) if context.asks("supplier_field_values") => text.to_owned().into(),
        _ => Json::Absent,
    };
    object! {
        "entity_id": id, "name": told(firm.map(|firm| firm.name.as_str())),
        "vat_id": told(firm.and_then(|firm| firm.text("VAT_ID"))),
        "kpp": told(firm.and_then(|firm| firm.text("KPP"))),
    }
}

/// A line of an invoice.
pub fn item(position: &Position, context: &Context) -> Json {
    let product = context.store.account.product(position.place);
    object! {
        "sku": product.sku, "product_id": position.element(), "description": product.name,
        "unit_price": position.price, "unit_type": product.unit, "quantity": position.quantity,
        "discount": object! { "type": "amount", "value": 0_u64 }, "vat_rate_id": 0_u64,
        "vat_rate_value": 0_u64, "bonus_points_per_purchase": 0_u64, "external_uid": "",
        "metadata": Json::List(Vec::new()), "is_discount_recalculated": false,
        "is_total_sum_recalculated": false, "total_sum": position.sum(),
    }
}

/// What is said of an element that belongs to an entity.
pub fn metadata(link: &ElementLink) -> Json {
    object! {
        "quantity": link.quantity, "catalog_id": link.catalog, "price_id": link.price_field,
    }
}
