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
use crate::data::element::Element;
use crate::data::entity::KINDS;
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
        .route("/api/v4/leads/unsorted/summary", get(incoming_summary::show));
    router = settings::add(router, app);
    router = list::add::<Event>(router, "events", Kind::Lead);
    router = list::add::<Task>(router, "tasks", Kind::Task);
    router = list::add::<Incoming>(router, "leads/unsorted", Kind::Lead);
    router = list::add::<Talk>(router, "talks", Kind::Contact);
    router = list::add_owned::<Element>(router, "catalogs", "elements", Kind::Lead);
    for kind in KINDS.into_iter().filter(|kind| app.store().plays(*kind)) {
        let entities = kind.plural();
        router = list::add::<Entity>(router, entities, kind);
        router = list::add::<Note>(router, &format!("{entities}/notes"), kind);
        router = list::add_owned::<Note>(router, entities, "notes", kind);
        router = entity_links::add(router, kind);
        if kind == Kind::Customer {
            router = list::add::<Transaction>(router, "customers/transactions", kind);
            router = list::add_owned::<Transaction>(router, entities, "transactions", kind);
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
