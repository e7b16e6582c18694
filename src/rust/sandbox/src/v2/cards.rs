//! `GET /api/v2/contacts`, `leads`, `companies` and `customers`.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::card_filter::CardFilter;
use super::company::CompanyView;
use super::contact::ContactView;
use super::customer::CustomerView;
use super::lead::{Extras, LeadView};
use super::{page, recorded};
use crate::app::App;
use crate::kind::Kind;
use crate::list::List;
use crate::reply;

/// Adds the list of one kind.
pub fn add(router: Router<Arc<App>>, kind: Kind) -> Router<Arc<App>> {
    let path = format!("/api/v2/{}", kind.plural());
    let answer =
        async move |State(app): State<Arc<App>>, request: Request| list(&app, kind, &request);
    router.route(&path, get(answer)).route(&format!("{path}/"), get(answer))
}

fn list(app: &App, kind: Kind, request: &Request) -> Response {
    if app.kommo && kind == Kind::Customer {
        return switched_off();
    }
    let path = format!("/api/v2/{}", kind.plural());
    let list = List::from_name(kind.plural());
    if let Some(reply) = list.and_then(|list| recorded::answer(app, list, request)) {
        return reply;
    }
    let query = page::query(request);
    let cards = CardFilter::read(app, kind, &query, request.headers()).page(app);
    let cards = cards.iter();
    match kind {
        Kind::Lead => {
            let extras = Extras::read(&query);
            let rows = cards.map(|card| LeadView::of(app, card, extras)).collect();
            page::answer(request, &path, rows)
        }
        Kind::Company => {
            page::answer(request, &path, cards.map(|card| CompanyView::of(app, card)).collect())
        }
        Kind::Customer => {
            page::answer(request, &path, cards.map(|card| CustomerView::of(app, card)).collect())
        }
        Kind::Contact | Kind::Task => {
            page::answer(request, &path, cards.map(|card| ContactView::of(app, card)).collect())
        }
    }
}

/// What an account without customers says.
pub fn switched_off() -> Response {
    let status = StatusCode::UPGRADE_REQUIRED;
    reply::problem(status, "Error", "Functional disabled by administrator")
}
