//! Cards over API v4 (v4.md 4.2), made rows of v2.

use serde::Deserialize;

use super::card::{Card, Field, FieldValue, Scalar};
use super::filter::EntityFilter;
use super::v2::write_time;
use super::{Entity, EntityRequest};
use crate::broken_text::read_document;
use crate::error::Error;
use crate::flatten::{Kind, Leaves};
use crate::http::Request;
use crate::row::Row;
use crate::row_filter::Span;
use crate::slice::Slice;
use crate::transport::Transport;
use crate::zone::Zone;

/// Cards of a page at most.
pub const MAX_LIMIT: u32 = 250;

#[derive(Deserialize)]
struct AccountBody {
    #[serde(default)]
    is_api_filter_enabled: bool,
}

/// Whether the account has the paid filters (v4.md 4.2).
///
/// # Errors
/// As [`Transport::get`].
pub async fn has_filters(transport: &Transport) -> Result<bool, Error> {
    let request = Request::get("/api/v4/account").query("with", "is_api_filter_enabled");
    let answer = transport.get(&request, "the account", |body| {
        read_document::<AccountBody>(body).map(|account| account.is_api_filter_enabled)
    });
    Ok(answer.await?.value)
}

/// The request for one card.
pub fn request_one(call: &EntityRequest, id: u64) -> Request {
    let request = Request::get(format!("/api/v4/{}/{id}", call.entity.plural()));
    let with = with(call);
    if with.is_empty() { request } else { request.query("with", &with.join(",")) }
}

/// The request for a page. Filters are sent only where they are heeded.
pub fn request(
    call: &EntityRequest,
    filter: &EntityFilter,
    slice: Slice,
    with_filters: bool,
) -> Request {
    let entity = call.entity;
    let mut request = Request::get(format!("/api/v4/{}", entity.plural()))
        .query("page", &slice.page_number())
        .query("limit", &slice.limit);
    // Customers are in this order anyway.
    if entity != Entity::Customer {
        request = request.query("order[id]", "asc");
    }
    let with = with(call);
    if !with.is_empty() {
        request = request.query("with", &with.join(","));
    }
    if let Some(search) = &call.search {
        request = request.query("query", search);
    }
    if !with_filters {
        return request;
    }
    request = request.queries("filter[id][]", &filter.ids);
    request = request.queries("filter[responsible_user_id][]", &filter.users);
    request = between(request, "created_at", filter.created);
    between(request, "updated_at", filter.updated)
}

fn between(request: Request, name: &str, span: Span) -> Request {
    let ends = [("from", span.from), ("to", span.to)];
    ends.into_iter().fold(request, |request, (end, seconds)| match seconds {
        Some(seconds) => request.query(&format!("filter[{name}][{end}]"), &seconds),
        None => request,
    })
}

/// What is to be embedded so that the linked tables can be filled.
fn with(call: &EntityRequest) -> Vec<&str> {
    let mut with = match call.entity {
        Entity::Lead => vec!["contacts"],
        Entity::Contact => vec!["leads", "customers"],
        Entity::Company => vec!["contacts", "leads", "customers"],
        Entity::Customer => vec!["contacts", "companies"],
    };
    with.extend(call.with.iter().map(|name| match name.as_str() {
        "loss_reason_name" => "loss_reason",
        "catalog_elements_links" => "catalog_elements",
        name => name,
    }));
    with
}

/// A card as a row of v2.
pub fn write_row<'r>(entity: Entity, record: &'r Leaves, card: &'r Card, row: &mut Row<'r>) {
    for leaf in record.iter() {
        match leaf.name() {
            "price" if entity == Entity::Lead => row.push_leaf_as("sale", leaf),
            "pipeline_id" => {
                row.push_leaf(leaf);
                row.push_leaf_as("pipeline", leaf);
            }
            "closed_at" => write_time("closed_at", leaf, row),
            "closest_task_at" => write_time("closest_task_at", leaf, row),
            _ => row.push_leaf(leaf),
        }
    }
    // What v2 gives as 0, v4 gives as null.
    if entity == Entity::Lead && record.get("loss_reason_id").is_none() {
        row.push_as("loss_reason_id", "0", Kind::Int);
    }
    if matches!(entity, Entity::Lead | Entity::Customer) {
        let main = card.contacts.iter().find(|contact| contact.is_main);
        write(row, "main_contact", main.map(|contact| &contact.id));
    }
    if entity != Entity::Company {
        write(row, "company_id", card.companies.first().map(|company| &company.id));
    }
    write(row, "loss_reason_name", card.loss_reason.as_ref());
}

fn write<'r>(row: &mut Row<'r>, name: &'static str, value: Option<&'r Scalar>) {
    if let Some(value) = value {
        row.push_value(name, value.value());
    }
}

/// A value of a custom field as v2 gives it: days as text of the account's
/// office, ticks as 1 and 0, parts of an address by name.
pub fn as_v2_value(field: &Field, value: &mut FieldValue, zone: &Zone) {
    let format = match field.kind.text.as_str() {
        "date" | "birthday" => "%Y-%m-%d 00:00:00",
        "date_time" => "%Y-%m-%d %H:%M:%S",
        "smart_address" => {
            value.subtype = std::mem::take(&mut value.enum_code);
            value.forget_choice();
            return;
        }
        "checkbox" => {
            for (_, content) in &mut value.content.0 {
                content.text = u8::from(content.text == "TRUE").to_string();
            }
            return;
        }
        _ => return,
    };
    for (_, content) in &mut value.content.0 {
        let wall = content.text.parse().ok().and_then(|seconds| zone.wall(seconds, format));
        content.text = wall.unwrap_or_else(|| std::mem::take(&mut content.text));
    }
}
