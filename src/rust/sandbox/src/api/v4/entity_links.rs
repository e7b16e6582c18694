//! `GET /api/v4/{entity}/links` and `/api/v4/{entity}/{id}/links`: what cards
//! show of what belongs to them, as a list.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use axum::routing::get;

use super::problem::Invalid;
use super::{ROOT, element, paging, parameters, problem};
use crate::api::app::App;
use crate::api::{self, Json, object};
use crate::data::entity::KINDS;
use crate::data::{Entity, Kind, Store};

/// What stands for the kind of elements of catalogs.
const ELEMENTS: &str = "catalog_elements";

/// Adds the links of the entities of a kind.
pub fn add(router: Router<Arc<App>>, kind: Kind) -> Router<Arc<App>> {
    let of_many = async move |State(app): State<Arc<App>>, request: Request| {
        let owners = parameters::numbers(&api::query(&request), "entity_id")?;
        if owners.is_empty() {
            return Err(Invalid::missing("filter.entity_id"));
        }
        page(&app.store(), kind, &owners, true, &request)
    };
    let of_one = async move |State(app): State<Arc<App>>, id: Path<String>, request: Request| {
        let Ok(id) = id.parse::<u64>() else {
            return Ok(problem::no_page(&request));
        };
        page(&app.store(), kind, &[id], false, &request)
    };
    let path = format!("{ROOT}{}", kind.plural());
    router
        .route(&format!("{path}/links"), get(of_many))
        .route(&format!("{path}/{{id}}/links"), get(of_one))
}

/// Answers with the links of these entities; where there may be several, each
/// link says whose it is.
fn page(
    store: &Store,
    kind: Kind,
    owners: &[u64],
    is_many: bool,
    request: &Request,
) -> Result<Response, Invalid> {
    let query = &api::query(request);
    let types = KINDS.map(Kind::plural).into_iter().chain([ELEMENTS]);
    let find = |name: &str| types.clone().find(|known| *known == name);
    let of_types = parameters::known(query, "to_entity_type", find)?;
    let to = parameters::numbers(query, "to_entity_id")?;
    let catalogs = parameters::numbers(query, "to_catalog_id")?;
    let is_wanted = |link: &Link| {
        (to.is_empty() || to.contains(&link.id))
            && (of_types.is_empty() || of_types.contains(&link.entity_type))
            && (catalogs.is_empty() || link.catalog.is_some_and(|id| catalogs.contains(&id)))
    };
    let owners = owners.iter().filter_map(|id| store.entities[kind].find(*id));
    let items = owners.filter(|owner| !owner.is_deleted).flat_map(|owner| {
        links(owner, store).into_iter().filter(is_wanted).map(move |link| {
            let part = |value: Json| if is_many { value } else { Json::Absent };
            object! {
                "entity_id": part(owner.id.into()), "entity_type": part(kind.plural().into()),
                "to_entity_id": link.id, "to_entity_type": link.entity_type,
                "metadata": link.metadata,
            }
        })
    });
    paging::counted_page(request, "links", items.collect())
}

/// Something that belongs to an entity.
struct Link {
    id: u64,
    entity_type: &'static str,
    /// Of elements only.
    catalog: Option<u64>,
    metadata: Json,
}

/// All that belongs to an entity.
fn links(owner: &Entity, store: &Store) -> Vec<Link> {
    let elements = store.element_links(owner);
    let elements = elements.iter().map(|link| Link {
        id: link.element,
        entity_type: ELEMENTS,
        catalog: Some(link.catalog),
        metadata: element::metadata(link),
    });
    let others = KINDS.into_iter().filter(|kind| store.plays(*kind));
    let others = others.flat_map(|kind| {
        let has_main = kind == Kind::Contact && matches!(owner.kind, Kind::Lead | Kind::Customer);
        store.linked(owner, kind).into_iter().enumerate().map(move |(rank, id)| Link {
            id: id.into(),
            entity_type: kind.plural(),
            catalog: None,
            metadata: has_main.then(|| object! { "main_contact": rank == 0 }).into(),
        })
    });
    elements.chain(others).collect()
}
