//! `GET /api/v4/{entity}/custom_fields/groups`, of catalogs as well: all of them
//! at once. Fields that name no group are in the first.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request};
use axum::response::Response;
use axum::routing::get;

use super::{ROOT, link, paging, problem};
use crate::api::app::App;
use crate::api::{self, Json, object};
use crate::data::catalog::PRODUCTS;

/// Adds the groups of the fields of an entity or of the elements of a catalog.
pub fn add(router: Router<Arc<App>>, path: &str, entity: &'static str) -> Router<Arc<App>> {
    let path = format!("{ROOT}{path}/custom_fields/groups");
    let all = async move |request: Request| {
        let items = groups(entity, &request).into_iter().map(|(_, group)| group).collect();
        paging::whole_list(&request, "custom_field_groups", items)
    };
    let one = async move |id: Path<String>, request: Request| show(entity, &id, &request);
    router.route(&path, get(all)).route(&format!("{path}/{{id}}"), get(one))
}

/// Unlike other things, a group that there is not is a 404.
fn show(entity: &'static str, id: &str, request: &Request) -> Response {
    match groups(entity, request).into_iter().find(|(known, _)| known == id) {
        Some((_, group)) => paging::answer_one(Some(group)),
        None => problem::no_page(request),
    }
}

/// The tabs of a card, with their ids.
fn groups(entity: &'static str, request: &Request) -> Vec<(String, Json)> {
    let products = PRODUCTS.to_string();
    let mut tabs = vec![("default", "Основное", "custom_field_group")];
    if matches!(entity, "leads" | "customers") {
        tabs.push((&products, "Товары", "linked_group"));
    }
    if entity == "leads" {
        tabs.push(("statistic", "Статистика", "linked_group"));
    }
    let path = request.uri().path();
    let list = path.find("/groups").map_or(path, |end| &path[..end]);
    let href = format!("{}{list}/groups", api::site(request));
    let tabs = (0_u64..).zip(tabs).map(|(sort, (id, name, shape))| {
        let group = object! {
            "id": id.to_owned(), "name": name, "is_predefined": true, "type": shape,
            "entity_type": entity, "sort": sort, "_links": link(format!("{href}/{id}")),
        };
        (id.to_owned(), group)
    });
    tabs.collect()
}
