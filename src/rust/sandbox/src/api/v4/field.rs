//! What fields hold, as cards and elements of catalogs show it.

use super::element;
use crate::api::{Context, Json, object};
use crate::data::Filled;
use crate::data::values::FieldValue;

/// The numbers of the lines of an address.
const ADDRESS_LINES: [&str; 6] =
    ["address_line_1", "address_line_2", "city", "state", "zip", "country"];

/// The fields that hold something.
pub fn views(fields: &[Filled], context: &Context) -> Json {
    Json::list(fields.iter().map(|Filled { field, values }| {
        let values = values.iter().map(|one| value(one, context));
        object! {
            "field_id": field.id, "field_name": field.name,
            "field_code": field.is_system().then_some(field.code), "field_type": field.shape,
            "values": Json::list(values),
        }
    }))
}

fn value(value: &FieldValue, context: &Context) -> Json {
    let chosen = |text: String, id: u64, code: Json| {
        object! { "value": text, "enum_id": id, "enum_code": code }
    };
    let code = |code: &'static str| Some(code).filter(|code| !code.is_empty()).into();
    match value.clone() {
        FieldValue::Text(text) => object! { "value": text },
        FieldValue::Choice(choice) => chosen(choice.name.to_owned(), choice.id, code(choice.code)),
        FieldValue::Contact(text, purpose) => chosen(text, purpose.id, purpose.name.into()),
        FieldValue::AddressLine(text, what) => chosen(text, address_line(what), what.into()),
        FieldValue::Ticked => object! { "value": true },
        FieldValue::Day(day) => object! { "value": context.store.account.midnight(day) },
        FieldValue::Firm(firm) => object! { "value": *firm },
        FieldValue::Supplier(id) => object! { "value": element::supplier(id, context) },
        FieldValue::Payer(name) => object! { "value": object! { "name": name } },
        FieldValue::Item(position) => object! { "value": element::item(&position, context) },
    }
}

fn address_line(what: &str) -> u64 {
    (1..).zip(ADDRESS_LINES).find(|(_, line)| *line == what).map_or(0, |(number, _)| number)
}
