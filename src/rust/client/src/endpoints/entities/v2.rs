//! Entities over API v2 (docs/api-v2.md, Leads, Contacts and companies, Customers).

use super::filter::EntityFilter;
use super::request::{Entity, EntityRequest};
use super::sums::ExactSums;
use super::with;
use crate::account::Api;
use crate::account::time_zone::{Zone, http_date};
use crate::endpoints::parameters::between;
use crate::http::Request;
use crate::json::flatten::{Field, Record, Value};
use crate::table::row::Row;
use crate::table::row_filter::Span;

/// The request for the list, without paging.
pub fn request(call: &EntityRequest, filter: &EntityFilter, zone: &Zone) -> Request {
    let mut request = Request::get(format!("/api/v2/{}", call.entity.plural()))
        .queries("query", call.search.as_slice());
    let with = with::sent(call.entity, Api::V2, &call.with);
    if !with.is_empty() {
        request = request.query("with", &with.join(","));
    }
    // One second earlier, since the bound may be excluded.
    let since = filter.since.filter(|_| call.entity != Entity::Customer);
    if let Some(date) = since.and_then(|since| http_date(since - 1)) {
        request = request.header("if-modified-since", date);
    }
    match call.entity {
        Entity::Lead => lead_filters(request, filter),
        Entity::Contact | Entity::Company => {
            request.queries("responsible_user_id[]", &filter.users)
        }
        Entity::Customer => customer_filters(request, filter, zone),
    }
}

/// Times go out as seconds, which mean the same in every zone.
fn lead_filters(request: Request, filter: &EntityFilter) -> Request {
    let request = between(request, "filter[date_create]", filter.created, |seconds| seconds);
    let request = between(request, "filter[date_modify]", filter.updated, |seconds| seconds);
    let request = request.queries("filter[tasks]", filter.tasks.as_slice());
    let request = if filter.active { request.query("filter[active]", "1") } else { request };
    let request = request.queries("responsible_user_id[]", &filter.users);
    request.queries("status[]", &filter.statuses)
}

/// Customers know days only (docs/contract.md, Filters of entities).
fn customer_filters(request: Request, filter: &EntityFilter, zone: &Zone) -> Request {
    let day = |seconds: i64| zone.local_time(seconds, "%d.%m.%Y").unwrap_or_default();
    let spans = [("create", filter.created), ("modify", filter.updated)];
    let dated = spans.into_iter().find(|(_, span)| *span != Span::default());
    let request = match dated {
        Some((kind, span)) => {
            between(request.query("filter[date][type]", kind), "filter[date]", span, day)
        }
        None => request,
    };
    let request = between(request, "filter[next_date]", filter.next, day);
    request.queries("filter[main_user][]", &filter.users)
}

/// An entity as a row: objects become their id, and the company stands last.
pub fn write_row<'r>(related: &'r Record, row: &mut Row<'r>) {
    let sums = ExactSums::of(related);
    for field in related.iter() {
        match field.name() {
            "main_contact.id" => row.push_field_as("main_contact", field),
            "pipeline.id" => row.push_field_as("pipeline", field),
            "closed_at" => write_time("closed_at", field, row),
            "closest_task_at" => write_time("closest_task_at", field, row),
            name if name.contains("._links") || name.starts_with("company.") => {}
            _ => sums.push(field, row),
        }
    }
    for field in related.iter() {
        match field.name() {
            "company.id" => row.push_field_as("company_id", field),
            "company.name" => row.push_field_as("company_name", field),
            _ => {}
        }
    }
}

/// A time of 0 or less is none (docs/contract.md, Times that are none).
pub fn write_time<'r>(name: &'static str, field: Field<'r>, row: &mut Row<'r>) {
    let is_time = field.value().number().is_some_and(|time| time > 0.0);
    row.push_value(name, if is_time { field.value() } else { Value::ABSENT });
}
