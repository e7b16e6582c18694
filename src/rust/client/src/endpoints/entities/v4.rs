//! Entities over API v4 (docs/api-v4.md, Entities over v4), made rows of v2.

use chrono::{DateTime, NaiveDate, NaiveTime};
use serde::Deserialize;

use super::custom_field::{CustomField, FieldValue};
use super::filter::EntityFilter;
use super::related::Related;
use super::request::{Entity, EntityRequest};
use super::scalar::Scalar;
use super::sums::ExactSums;
use super::v2::write_time;
use super::with;
use crate::account::Api;
use crate::account::time_zone::Zone;
use crate::account::transport::Transport;
use crate::endpoints::parameters::between;
use crate::error::Error;
use crate::http::Request;
use crate::json::broken_text::read_document;
use crate::json::flatten::{JsonType, Record};
use crate::table::column_builder::flag;
use crate::table::row::Row;

#[derive(Deserialize)]
struct AccountBody {
    #[serde(default)]
    is_api_filter_enabled: bool,
}

/// Whether the account has the paid filters (docs/api-v4.md, Paid filters).
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
    // No sort order of customers is documented. The pager sees if it changes.
    if entity != Entity::Customer {
        request = request.query("order[id]", "asc");
    }
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
    if matches!(entity, Entity::Lead | Entity::Customer) {
        let main = related.contacts.iter().find(|contact| contact.is_main);
        write(row, "main_contact", main.map(|contact| &contact.id));
    }
    if entity != Entity::Company {
        write(row, "company_id", related.companies.first().map(|company| &company.id));
    }
    if let Some(reason) = with::loss_reason(related) {
        row.push_value("loss_reason_name", reason);
    }
}

fn write<'r>(row: &mut Row<'r>, name: &'static str, value: Option<&'r Scalar>) {
    if let Some(value) = value {
        row.push_value(name, value.value());
    }
}

/// A value of a custom field as in v2: days as text in the account's zone, ticks as 1
/// and 0, parts of an address by name.
pub fn as_v2_value(field: &CustomField, value: &mut FieldValue, zone: &Zone) {
    let format = match field.kind.text.as_str() {
        "date" | "birthday" => "%Y-%m-%d 00:00:00",
        "date_time" => "%Y-%m-%d %H:%M:%S",
        "smart_address" => {
            value.subtype = std::mem::take(&mut value.enum_code);
            value.forget_choice();
            return;
        }
        "checkbox" => return rewrite(value, |content| Some(tick(content)?.to_owned())),
        _ => return,
    };
    rewrite(value, |content| wall_time(&content.text, zone, format));
}

/// Replaces the text of a value; an unreadable one stays as it is.
fn rewrite(value: &mut FieldValue, write: impl Fn(&Scalar) -> Option<String>) {
    for (_, content) in &mut value.content.0 {
        if let Some(text) = write(content) {
            content.text = text;
        }
    }
}

fn tick(content: &Scalar) -> Option<&'static str> {
    flag(content.value()).map(|is_ticked| if is_ticked { "1" } else { "0" })
}

/// A moment as local time. It comes as seconds, also quoted, as RFC 3339, or as a local
/// date.
fn wall_time(text: &str, zone: &Zone, format: &str) -> Option<String> {
    let moment = || DateTime::parse_from_rfc3339(text).ok().map(|moment| moment.timestamp());
    if let Some(seconds) = text.parse().ok().or_else(moment) {
        return zone.local_time(seconds, format);
    }
    let date = ["%Y-%m-%d", "%d.%m.%Y"]
        .into_iter()
        .find_map(|format| NaiveDate::parse_from_str(text, format).ok())?;
    Some(date.and_time(NaiveTime::MIN).format(format).to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{CustomField, Zone, as_v2_value};

    fn as_v2(kind: &str, value: &str) -> String {
        let json = format!(r#"{{"field_type":"{kind}","values":[{{"value":{value}}}]}}"#);
        let mut field: CustomField = serde_json::from_str(&json).unwrap();
        let mut value = field.values.0.remove(0);
        as_v2_value(&field, &mut value, &Zone::new("Europe/Moscow", None));
        value.content.0.remove(0).1.text
    }

    #[test]
    fn days_and_times_are_those_of_the_office_in_whatever_form_they_come() {
        for (kind, value, expected) in [
            ("date", "1588885200", "2020-05-08 00:00:00"),
            ("date", "1588885200.0", "2020-05-08 00:00:00"),
            ("date", "\"1588885200\"", "2020-05-08 00:00:00"),
            ("date", "\"2020-05-08\"", "2020-05-08 00:00:00"),
            ("date", "\"2020-05-08T00:00:00+03:00\"", "2020-05-08 00:00:00"),
            ("date_time", "\"2020-05-08T12:30:00+00:00\"", "2020-05-08 15:30:00"),
            ("date_time", "\"2020-05-08\"", "2020-05-08 00:00:00"),
            ("birthday", "\"08.05.1980\"", "1980-05-08 00:00:00"),
            ("birthday", "-2208988800", "1900-01-01 00:00:00"),
            ("date", "\"soon\"", "soon"),
        ] {
            assert_eq!(as_v2(kind, value), expected, "{kind} {value}");
        }
    }

    #[test]
    fn a_tick_is_1_in_whatever_form_it_comes_and_what_is_none_stays() {
        for (value, expected) in [
            ("true", "1"),
            ("1", "1"),
            ("\"1\"", "1"),
            ("\"true\"", "1"),
            ("false", "0"),
            ("0", "0"),
            ("\"\"", ""),
            ("\"maybe\"", "maybe"),
            ("7", "7"),
        ] {
            assert_eq!(as_v2("checkbox", value), expected, "{value}");
        }
    }
}
