//! Entities over API v4 (docs/api-v4.md, Entities over v4), made rows of v2.

use serde::Deserialize;

use super::filter::EntityFilter;
use super::request::{Entity, EntityRequest};
use super::sums::ExactSums;
use super::v2::write_time;
use super::with;
use crate::account::Api;
use crate::account::transport::Transport;
use crate::endpoints::linked::{Link, Related, links};
use crate::endpoints::parameters::between;
use crate::error::Error;
use crate::http::Request;
use crate::json::broken_text::read_document;
use crate::json::flatten::{JsonType, Record};
use crate::table::row::Row;

#[derive(Deserialize)]
struct AccountBody {
    is_api_filter_enabled: Option<bool>,
}

/// Whether the account has the paid filters (docs/api-v4.md, Paid filters).
///
/// # Errors
/// As [`Transport::get`].
pub async fn has_filters(transport: &Transport) -> Result<bool, Error> {
    let request = Request::get("/api/v4/account").query("with", "is_api_filter_enabled");
    let answer = transport.get(&request, "the account", |body| {
        read_document::<AccountBody>(body)
            .map(|account| account.is_api_filter_enabled == Some(true))
    });
    Ok(answer.await?.value)
}

/// The request for one entity.
pub fn request_one(call: &EntityRequest, id: u64) -> Request {
    let request = Request::get(format!("/api/v4/{}/{id}", call.entity.plural()));
    request.query("with", &embedded(call).join(","))
}

/// The request for the list, without paging. Filters are sent only where the account has
/// them.
pub fn request(call: &EntityRequest, filter: &EntityFilter, with_filters: bool) -> Request {
    let entity = call.entity;
    let mut request = Request::get(format!("/api/v4/{}", entity.plural()));
    request = match entity {
        // No sort order of customers is documented. The pager sees if it changes.
        Entity::Customer => request,
        _ if call.latest_first().is_some() => request.query("order[updated_at]", "desc"),
        _ => request.query("order[id]", "asc"),
    };
    request = request.query("with", &embedded(call).join(","));
    request = request.queries("query", call.search.as_slice());
    if !with_filters {
        return request;
    }
    request = request.queries("filter[responsible_user_id][]", &filter.users);
    request = between(request, "filter[created_at]", filter.created, |seconds| seconds);
    between(request, "filter[updated_at]", filter.updated, |seconds| seconds)
}

/// What has to be embedded for the linked tables.
fn embedded(call: &EntityRequest) -> Vec<&str> {
    let mut with = match call.entity {
        Entity::Lead => vec!["contacts"],
        Entity::Contact => vec!["leads", "customers"],
        Entity::Company => vec!["contacts", "leads", "customers"],
        Entity::Customer => vec!["contacts", "companies"],
    };
    if call.only_deleted {
        with.push("only_deleted");
    }
    for name in with::sent(call.entity, Api::V4, &call.with) {
        if !with.contains(&name) {
            with.push(name);
        }
    }
    with
}

/// An entity as a row of v2.
pub fn write_row<'r>(entity: Entity, record: &'r Record, related: &'r Related, row: &mut Row<'r>) {
    let sums = ExactSums::of(record);
    for field in record.iter() {
        match field.name() {
            "price" if entity == Entity::Lead => {
                row.push_value("sale", sums.exact(field).unwrap_or(field.value()));
            }
            "pipeline_id" => {
                row.push_field(field);
                row.push_field_as("pipeline", field);
            }
            "closed_at" => write_time("closed_at", field, row),
            "closest_task_at" => write_time("closest_task_at", field, row),
            _ => sums.push(field, row),
        }
    }
    // 0 in v2 is null in v4.
    if entity == Entity::Lead && record.get("loss_reason_id").is_none() {
        row.push_as("loss_reason_id", "0", JsonType::Int);
    }
    let links = |name| related.get(name).map(links).unwrap_or_default();
    if matches!(entity, Entity::Lead | Entity::Customer) {
        write(row, "main_contact", links("contacts").iter().find(|contact| contact.is_main));
    }
    if entity != Entity::Company {
        write(row, "company_id", links("companies").first());
    }
    if let Some(reason) = with::loss_reason(related) {
        row.push_value("loss_reason_name", reason);
    }
}

fn write<'r>(row: &mut Row<'r>, name: &'static str, link: Option<&Link<'r>>) {
    if let Some(link) = link {
        row.push_value(name, link.id);
    }
}
