//! The account as API v4 shows it.

mod account;
mod card_filter;
mod cards;
mod company;
mod contact;
mod custom_fields;
mod customer;
mod event;
mod event_type;
mod events;
mod extra;
mod extras;
mod feed;
mod filter;
mod lead;
mod note;
mod note_type;
mod notes;
mod paging;
mod parts;
mod pipelines;
mod problem;
mod shelf;
mod site;
mod tasks;
mod transactions;
mod ulid;
mod unsorted;
mod users;

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::routing::{any, get};

use crate::app::App;
use crate::kind::Kind;
use feed::Feed;
use shelf::Shelf;

pub use paging::list_page;
pub use problem::{too_many, unauthorized, wrong_method};

/// Where all of it lives.
pub const ROOT: &str = "/api/v4/";

/// The lists in their orders, made when they are first asked for.
#[derive(Default)]
pub struct Lists {
    shelves: [OnceLock<Shelf>; Kind::ALL.len()],
    feed: OnceLock<Feed>,
    tasks: OnceLock<tasks::Orders>,
}

/// Everything below `/api/v4/`, for those who have a token.
pub fn router(app: &App) -> Router<Arc<App>> {
    let router = Router::new()
        .route("/api/v4/account", get(account::show))
        .route("/api/v4/events", get(events::list))
        .route("/api/v4/events/types", get(event_type::list))
        .route("/api/v4/events/{id}", get(events::show))
        .route("/api/v4/tasks", get(tasks::list))
        .route("/api/v4/tasks/{id}", get(tasks::show))
        .route("/api/v4/leads/unsorted", get(unsorted::list))
        .route("/api/v4/leads/unsorted/{uid}", get(unsorted::show))
        .route("/api/v4/users", get(users::list))
        .route("/api/v4/users/{id}", get(users::show))
        .route("/api/v4/leads/pipelines", get(pipelines::list))
        .route("/api/v4/leads/pipelines/{id}", get(pipelines::show))
        .route("/api/v4/leads/pipelines/{id}/statuses", get(pipelines::statuses));
    let router = if plays(app, Kind::Customer) { with_purchases(router) } else { router };
    let kinds = Kind::ALL.into_iter().filter(|kind| *kind != Kind::Task && plays(app, *kind));
    kinds
        .fold(router, add)
        .route("/api/v4/{*rest}", any(problem::not_found))
        .method_not_allowed_fallback(problem::wrong_method)
}

/// Adds what there is for the things of a kind.
fn add(router: Router<Arc<App>>, kind: Kind) -> Router<Arc<App>> {
    custom_fields::add(cards::add(notes::add(router, kind), kind), kind)
}

fn with_purchases(router: Router<Arc<App>>) -> Router<Arc<App>> {
    router
        .route("/api/v4/customers/transactions", get(transactions::list))
        .route("/api/v4/customers/transactions/{id}", get(transactions::show))
        .route("/api/v4/customers/{id}/transactions", get(transactions::of_customer))
}

/// Whether v4 has things of this kind: Kommo has no customers.
fn plays(app: &App, kind: Kind) -> bool {
    kind != Kind::Customer || !app.kommo
}
