//! `GET /api/v4/catalogs/{id}/custom_fields`.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request};
use axum::response::Response;
use axum::routing::get;

use super::{ROOT, link, paging, problem};
use crate::api::app::App;
use crate::api::{self, Json, object};
use crate::data::account;
use crate::data::catalog::{Catalog, CatalogField, RETAIL};

/// Adds the fields of the elements of a catalog.
pub fn add(router: Router<Arc<App>>, catalog: &'static Catalog) -> Router<Arc<App>> {
    let path = format!("{ROOT}catalogs/{}/custom_fields", catalog.id);
    let all = async move |request: Request| {
        let site = api::site(&request);
        let items = views(catalog, &site).map(|(_, view)| view).collect();
        paging::counted_page(&request, "custom_fields", items)
    };
    let one = async move |id: Path<String>, request: Request| show(catalog, &id, &request);
    router.route(&path, get(all)).route(&format!("{path}/{{id}}"), get(one))
}

fn show(catalog: &'static Catalog, id: &str, request: &Request) -> Response {
    let Ok(id) = id.parse::<u64>() else {
        return problem::no_page(request);
    };
    let field = views(catalog, &api::site(request)).find(|(field, _)| *field == id);
    paging::answer_one(field.map(|(_, view)| view))
}

/// The fields with their ids.
fn views(catalog: &'static Catalog, site: &str) -> impl Iterator<Item = (u64, Json)> {
    (0..).zip(catalog.fields).map(move |(rank, field)| (field.id, view(catalog, field, rank, site)))
}

fn view(catalog: &Catalog, field: &'static CatalogField, rank: u64, site: &str) -> Json {
    let is_category = field.shape == "category";
    let choices = || (0_u64..).zip(field.choices);
    let nested = || {
        choices().map(|(sort, choice)| {
            object! {
                "id": choice.id, "parent_id": Json::Null, "value": choice.name, "sort": sort,
            }
        })
    };
    let enums = || {
        choices().map(|(sort, choice)| {
            object! {
                "id": choice.id, "value": choice.name, "sort": sort * 10, "code": choice.code,
            }
        })
    };
    let has_enums = !is_category && !field.choices.is_empty();
    let href = format!("{site}{ROOT}catalogs/{}/custom_fields/{}", catalog.id, field.id);
    object! {
        "id": field.id, "name": field.name, "type": field.shape, "account_id": account::ID,
        "code": field.code, "sort": 500 + rank, "is_api_only": false,
        "enums": has_enums.then(|| Json::list(enums())), "catalog_id": catalog.id,
        "is_visible": field.is_visible, "is_deletable": false, "is_required": field.id == RETAIL,
        "settings": Json::Null, "nested": is_category.then(|| Json::list(nested())),
        "entity_type": "catalogs", "_links": link(href),
    }
}
