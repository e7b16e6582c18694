//! `GET /api/v4/{entity}/custom_fields`: by their place on the screen, and
//! counted.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request};
use axum::response::Response;
use axum::routing::get;

use super::{ROOT, link, paging, problem};
use crate::api::app::App;
use crate::api::{self, Json, object};
use crate::data::fields;
use crate::data::{Field, Kind, account};

/// Adds the fields of the entities of a kind.
pub fn add(router: Router<Arc<App>>, kind: Kind) -> Router<Arc<App>> {
    let path = format!("{ROOT}{}/custom_fields", kind.plural());
    let all = async move |request: Request| {
        let site = api::site(&request);
        let items = fields::of(kind).iter().map(|field| view(kind, field, &site)).collect();
        paging::counted_page(&request, "custom_fields", items)
    };
    let one = async move |id: Path<String>, request: Request| show(kind, &id, &request);
    router.route(&path, get(all)).route(&format!("{path}/{{id}}"), get(one))
}

fn show(kind: Kind, id: &str, request: &Request) -> Response {
    let Ok(id) = id.parse::<u64>() else {
        return problem::no_page(request);
    };
    let field = fields::of(kind).iter().find(|field| field.id == id);
    paging::answer_one(field.map(|field| view(kind, field, &api::site(request))))
}

fn view(kind: Kind, field: &'static Field, site: &str) -> Json {
    let (entity, id, is_system) = (kind.plural(), field.id, field.is_system());
    // Choices of system fields have a code, which is their text.
    let choices = (0_u64..).zip(field.choices).map(|(rank, (id, value))| {
        object! {
            "id": *id, "value": *value, "sort": rank * 10, "code": is_system.then_some(*value),
        }
    });
    object! {
        "id": id, "name": field.name, "type": field.shape_name(), "account_id": account::ID,
        "code": is_system.then_some(field.code), "sort": field.sort, "is_api_only": false,
        "enums": (!field.choices.is_empty()).then(|| Json::list(choices)),
        "group_id": Json::Null, "required_statuses": Json::List(Vec::new()),
        "is_deletable": !is_system, "is_predefined": is_system, "entity_type": entity,
        "remind": Json::Null, "settings": Json::Null,
        "_links": link(format!("{site}/api/v4/{entity}/custom_fields/{id}")),
    }
}
