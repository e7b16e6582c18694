//! The account as API v2 shows it.

mod account;
mod card_filter;
mod cards;
mod company;
mod contact;
mod customer;
mod dates;
mod filter;
mod incoming;
mod lead;
mod note;
mod notes;
mod page;
mod parts;
mod pipelines;
mod recorded;
mod span;
mod tasks;
mod transactions;
mod window;

use std::sync::Arc;

use axum::Router;
use axum::http::Uri;
use axum::routing::{any, get};
use serde::Serialize;

use crate::app::App;
use crate::kind::Kind;
use crate::reply;

pub use page::list_page;

/// The kinds that have lists of cards.
const CARDS: [Kind; 4] = [Kind::Contact, Kind::Lead, Kind::Company, Kind::Customer];

/// Everything below `/api/v2/`, for those who are logged in.
pub fn router() -> Router<Arc<App>> {
    let router = Router::new()
        .route("/api/v2/account", get(account::show))
        .route("/api/v2/account/", get(account::show))
        .route("/api/v2/notes", get(notes::list))
        .route("/api/v2/notes/", get(notes::list))
        .route("/api/v2/pipelines", get(pipelines::list))
        .route("/api/v2/pipelines/", get(pipelines::list))
        .route("/api/v2/tasks", get(tasks::list))
        .route("/api/v2/tasks/", get(tasks::list))
        .route("/api/v2/transactions", get(transactions::list))
        .route("/api/v2/transactions/", get(transactions::list))
        .route("/api/v2/incoming_leads", get(incoming::list))
        .route("/api/v2/incoming_leads/", get(incoming::list));
    CARDS.into_iter().fold(router, cards::add).route("/api/v2/{*rest}", any(reply::page_not_found))
}

/// A link to itself, which every object has.
#[derive(Serialize)]
struct Links {
    #[serde(rename = "self")]
    own: Link,
}

#[derive(Serialize)]
struct Link {
    href: String,
    method: &'static str,
}

impl Links {
    fn to(href: String) -> Self {
        let method = "get";
        let own = Link { href, method };
        Self { own }
    }

    /// The link of the answer itself: the query comes back as it was sent,
    /// credentials and all.
    fn echo(path: &str, uri: &Uri) -> Self {
        Self::to(match uri.query() {
            Some(query) => format!("{path}?{query}"),
            None => path.to_owned(),
        })
    }
}
