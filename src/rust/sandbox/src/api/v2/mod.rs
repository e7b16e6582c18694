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
use crate::data::{Entity, Incoming, List, Task, Transaction};

pub use page::list_page;

/// Everything below `/api/v2/`, for those who are logged in.
pub fn router() -> Router<Arc<App>> {
    let mut router = Router::new();
    for slash in ["", "/"] {
        router = router
            .route(&format!("/api/v2/account{slash}"), get(account::show))
            .route(&format!("/api/v2/notes{slash}"), get(note::list))
            .route(&format!("/api/v2/pipelines{slash}"), get(account::pipelines));
        for list in List::ALL {
            let path = format!("/api/v2/{}{slash}", list.name());
            router = match list {
                List::Tasks => list::add::<Task>(router, &path, list),
                List::Transactions => list::add::<Transaction>(router, &path, list),
                List::IncomingLeads => list::add::<Incoming>(router, &path, list),
                _ => list::add::<Entity>(router, &path, list),
            };
        }
    }
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
