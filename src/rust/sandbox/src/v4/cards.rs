//! `GET /api/v4/contacts`, `leads`, `companies` and `customers`.
//!
//! Unless told otherwise, the lists but that of customers go by the time of
//! the last change, latest first, so that a client that forgets to ask for an
//! order is found out. A page points to the next one if it is full, be it the
//! last or not.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;

use super::card_filter::CardFilter;
use super::company::CompanyView;
use super::contact::ContactView;
use super::customer::CustomerView;
use super::extras::Extras;
use super::lead::LeadView;
use super::paging::{self, Page, Paging};
use super::problem::{self, Invalid};
use super::{ROOT, site};
use crate::app::App;
use crate::card::Card;
use crate::kind::Kind;
use crate::query::Query;

const MOST_ROWS: u64 = 250;

type Shared = State<Arc<App>>;

/// A card of any kind.
#[derive(Serialize)]
#[serde(untagged)]
enum View {
    Contact(Box<ContactView>),
    Lead(Box<LeadView>),
    Company(Box<CompanyView>),
    Customer(Box<CustomerView>),
}

/// Adds the paths of one kind.
pub fn add(router: Router<Arc<App>>, kind: Kind) -> Router<Arc<App>> {
    let root = format!("{ROOT}{}", kind.plural());
    let all = async move |app: Shared, request: Request| list(&app, kind, &request);
    let one = async move |app: Shared, id: Path<String>, request: Request| {
        show(&app, kind, &id, &request)
    };
    router.route(&root, get(all)).route(&format!("{root}/{{id}}"), get(one))
}

fn list(app: &App, kind: Kind, request: &Request) -> Result<Response, Invalid> {
    let query = Query::parse(request.uri().query().unwrap_or_default().as_bytes());
    let paging = Paging::read(&query, MOST_ROWS)?;
    let cards = CardFilter::read(app, kind, &query)?.page(app, &paging);
    let (extras, site) = (Extras::read(&query), site::of(request.headers()));
    let next = cards.len() == paging.limit();
    let items = cards.iter().map(|card| View::of(app, card, extras, &site)).collect();
    Ok(paging.answer(request, Page { name: kind.plural(), items, next, total: None }))
}

fn show(app: &App, kind: Kind, id: &str, request: &Request) -> Response {
    let Ok(id) = id.parse() else {
        return problem::no_page(request);
    };
    let query = Query::parse(request.uri().query().unwrap_or_default().as_bytes());
    let (extras, site) = (Extras::read(&query), site::of(request.headers()));
    let place = app.account.card_place(kind, id).filter(|place| app.presence.now().has(*place));
    let card = place.map(|place| app.account.card(kind, place));
    paging::answer_one(card.map(|card| View::of(app, &card, extras, &site)))
}

impl View {
    fn of(app: &App, card: &Card, extras: Extras, site: &str) -> Self {
        match card.kind {
            Kind::Lead => Self::Lead(Box::new(LeadView::of(app, card, extras, site))),
            Kind::Company => Self::Company(Box::new(CompanyView::of(app, card, extras, site))),
            Kind::Customer => Self::Customer(Box::new(CustomerView::of(app, card, extras, site))),
            Kind::Contact | Kind::Task => {
                Self::Contact(Box::new(ContactView::of(app, card, extras, site)))
            }
        }
    }
}
