//! The account as API v4 shows it.

mod account;
mod element;
mod entity;
mod entity_links;
mod event;
mod event_id;
mod event_values;
mod field;
mod incoming;
mod incoming_summary;
mod list;
mod note;
mod paging;
mod parameters;
mod problem;
mod settings;
mod short;
mod talk;
mod task;
mod transaction;

use std::fmt::Display;
use std::sync::Arc;

use axum::Router;
use axum::routing::{any, get};

use crate::api::app::App;
use crate::api::{Context, Json, object};
use crate::data::entity::KINDS;
use crate::data::{Kind, Store};

pub use paging::list_page;
pub use problem::{too_many, unauthorized, wrong_method};

/// Where all of it lives.
pub const ROOT: &str = "/api/v4/";

/// Everything below `/api/v4/`, for those who have a token.
pub fn router(app: &App) -> Router<Arc<App>> {
    let mut router = Router::new()
        .route("/api/v4/account", get(account::show))
        .route("/api/v4/leads/unsorted/summary", get(incoming_summary::show));
    router = settings::add(router, app);
    router = list::add(router, "events", Kind::Lead, Store::events);
    router = list::add(router, "tasks", Kind::Task, Store::tasks);
    router = list::add(router, "leads/unsorted", Kind::Lead, |store| &store.incoming);
    router = list::add(router, "talks", Kind::Contact, Store::talks);
    router = list::add(router, "catalogs/{id}/elements", Kind::Lead, |store| &store.elements);
    for kind in KINDS.into_iter().filter(|kind| app.store().plays(*kind)) {
        let entities = kind.plural();
        router = list::add(router, entities, kind, move |store| &store.entities[kind]);
        for path in ["notes", "{id}/notes"] {
            let path = format!("{entities}/{path}");
            router = list::add(router, &path, kind, move |store| &store.notes[kind]);
        }
        router = entity_links::add(router, kind);
        if kind == Kind::Customer {
            for path in ["customers/transactions", "customers/{id}/transactions"] {
                router = list::add(router, path, kind, |store| &store.transactions);
            }
        }
    }
    router
        .route("/api/v4/{*rest}", any(problem::not_found))
        .method_not_allowed_fallback(problem::wrong_method)
}

impl Context<'_> {
    /// The link of what lives here.
    fn link(&self, path: impl Display) -> Json {
        link(format!("{}{ROOT}{path}", self.site))
    }

    /// What is said of an entity that belongs to another thing.
    fn reference(&self, kind: Kind, id: impl Into<u64>) -> Json {
        let id = id.into();
        object! { "id": id, "_links": self.link(format!("{}/{id}", kind.plural())) }
    }
}

/// The link of one thing.
fn link(href: String) -> Json {
    object! { "self": object! { "href": href } }
}
