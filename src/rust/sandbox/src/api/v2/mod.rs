//! The account as API v2 shows it.

mod account;
mod dates;
mod entity;
mod incoming;
mod list;
mod note;
mod page;
mod parameters;
mod task;
mod transaction;

use std::sync::Arc;

use axum::Router;
use axum::http::Uri;
use axum::routing::{any, get};

use crate::api::app::App;
use crate::api::reply;
use crate::api::{Json, object};
use crate::data::entity::KINDS;
use crate::data::{List, Store};

pub use page::list_page;

/// Everything below `/api/v2/`, for those who are logged in.
pub fn router() -> Router<Arc<App>> {
    let mut router = Router::new();
    for slash in ["", "/"] {
        router = router
            .route(&format!("/api/v2/account{slash}"), get(account::show))
            .route(&format!("/api/v2/notes{slash}"), get(note::list))
            .route(&format!("/api/v2/pipelines{slash}"), get(account::pipelines));
    }
    for kind in KINDS {
        router = list::add(router, kind.list(), move |store| &store.entities[kind]);
    }
    router = list::add(router, List::Tasks, Store::tasks);
    router = list::add(router, List::Transactions, |store| &store.transactions);
    router = list::add(router, List::IncomingLeads, |store| &store.incoming);
    router.route("/api/v2/{*rest}", any(reply::page_not_found))
}

/// A link to itself, which every object has.
fn link(href: String) -> Json {
    object! { "self": object! { "href": href, "method": "get" } }
}

/// The link of the answer itself: the query comes back as it was sent,
/// credentials and all.
fn echo(path: &str, uri: &Uri) -> Json {
    link(uri.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}")))
}
