//! `GET /api/v4/{entity}/custom_fields/groups`: all of them at once. Fields that
//! name no group are in the first.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request};
use axum::response::Response;
use axum::routing::get;

use super::{ROOT, link, paging, problem};
use crate::api::app::App;
use crate::api::{self, Json, object};
use crate::data::Kind;

/// A tab of a card.
struct Group {
    id: &'static str,
    name: &'static str,
    shape: &'static str,
}

const FIELDS: Group =
    Group { id: "default", name: "Основное", shape: "custom_field_group" };
const STATISTICS: Group =
    Group { id: "statistic", name: "Статистика", shape: "linked_group" };

/// Adds the groups of the fields of a kind.
pub fn add(router: Router<Arc<App>>, kind: Kind) -> Router<Arc<App>> {
    let path = format!("{ROOT}{}/custom_fields/groups", kind.plural());
    let all = async move |request: Request| {
        let site = api::site(&request);
        let items = (0..).zip(of(kind)).map(|(sort, group)| view(kind, group, sort, &site));
        paging::whole_list(&request, "custom_field_groups", items.collect())
    };
    let one = async move |id: Path<String>, request: Request| show(kind, &id, &request);
    router.route(&path, get(all)).route(&format!("{path}/{{id}}"), get(one))
}

/// Unlike other things, a group that there is not is a 404.
fn show(kind: Kind, id: &str, request: &Request) -> Response {
    match (0..).zip(of(kind)).find(|(_, group)| group.id == id) {
        Some((sort, group)) => {
            paging::answer_one(Some(view(kind, group, sort, &api::site(request))))
        }
        None => problem::no_page(request),
    }
}

fn of(kind: Kind) -> &'static [Group] {
    match kind {
        Kind::Lead => &[FIELDS, STATISTICS],
        _ => &[FIELDS],
    }
}

fn view(kind: Kind, group: &Group, sort: u64, site: &str) -> Json {
    let entity = kind.plural();
    object! {
        "id": group.id, "name": group.name, "is_predefined": true, "type": group.shape,
        "entity_type": entity, "sort": sort,
        "_links": link(format!("{site}{ROOT}{entity}/custom_fields/groups/{}", group.id)),
    }
}
