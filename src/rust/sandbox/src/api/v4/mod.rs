//! The account as API v4 shows it.

mod account;
mod catalog;
mod catalog_field;
mod custom_field;
mod customer_status;
mod element;
mod entity;
mod entity_links;
mod event;
mod event_id;
mod event_types;
mod event_values;
mod field_group;
mod incoming;
mod incoming_summary;
mod list;
mod loss_reason;
mod note;
mod paging;
mod parameters;
mod pipelines;
mod problem;
mod role;
mod segment;
mod source;
mod tag;
mod talk;
mod task;
mod transaction;
mod user;
mod webhook;

use std::sync::Arc;

use axum::Router;
use axum::routing::{any, get};

use crate::api::app::App;
use crate::api::{Json, object};
use crate::data::catalog::{CATALOGS, Catalog};
use crate::data::element::Element;
use crate::data::entity::KINDS;
use crate::data::settings::{CustomerStatus, LossReason, Role, Segment, Source, Webhook};
use crate::data::tags::Tag;
use crate::data::talk::Talk;
use crate::data::{Entity, Event, Incoming, Kind, Note, Task, Transaction};

pub use paging::list_page;
pub use problem::{too_many, unauthorized, wrong_method};

/// Where all of it lives.
pub const ROOT: &str = "/api/v4/";

/// Everything below `/api/v4/`, for those who have a token.
pub fn router(app: &App) -> Router<Arc<App>> {
    let mut router = Router::new()
        .route("/api/v4/account", get(account::show))
        .route("/api/v4/events/types", get(event_types::list))
        .route("/api/v4/users", get(user::list))
        .route("/api/v4/users/{id}", get(user::show))
        .route("/api/v4/leads/unsorted/summary", get(incoming_summary::show))
        .route("/api/v4/leads/pipelines", get(pipelines::list))
        .route("/api/v4/leads/pipelines/{id}", get(pipelines::show))
        .route("/api/v4/leads/pipelines/{id}/statuses", get(pipelines::statuses));
    router = list::add::<Event>(router, "events", Kind::Lead);
    router = list::add::<Task>(router, "tasks", Kind::Task);
    router = list::add::<Incoming>(router, "leads/unsorted", Kind::Lead);
    router = list::add::<LossReason>(router, "leads/loss_reasons", Kind::Lead);
    router = list::add::<Role>(router, "roles", Kind::Lead);
    router = list::add::<Source>(router, "sources", Kind::Lead);
    router = list::add_list::<Webhook>(router, "webhooks", Kind::Lead);
    router = list::add::<Talk>(router, "talks", Kind::Contact);
    router = list::add::<Catalog>(router, "catalogs", Kind::Lead);
    router = list::add_owned::<Element>(router, "catalogs", "elements", Kind::Lead);
    for catalog in CATALOGS.rows() {
        router = catalog_field::add(router, catalog);
        router = field_group::add(router, &format!("catalogs/{}", catalog.id), "catalogs");
    }
    for kind in KINDS.into_iter().filter(|kind| app.store().plays(*kind)) {
        let entities = kind.plural();
        router = list::add::<Entity>(router, entities, kind);
        router = list::add::<Note>(router, &format!("{entities}/notes"), kind);
        router = list::add_owned::<Note>(router, entities, "notes", kind);
        router = list::add_list::<Tag>(router, &format!("{entities}/tags"), kind);
        router = custom_field::add(router, kind);
        router = entity_links::add(router, kind);
        router = field_group::add(router, entities, entities);
        if kind == Kind::Customer {
            router = list::add::<CustomerStatus>(router, "customers/statuses", kind);
            router = list::add::<Segment>(router, "customers/segments", kind);
            router = list::add::<Transaction>(router, "customers/transactions", kind);
            router = list::add_owned::<Transaction>(router, entities, "transactions", kind);
        }
    }
    router
        .route("/api/v4/{*rest}", any(problem::not_found))
        .method_not_allowed_fallback(problem::wrong_method)
}

/// The link of one thing.
fn link(href: String) -> Json {
    object! { "self": object! { "href": href } }
}
