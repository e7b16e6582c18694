//! `GET /api/v4/customers/transactions` and those of one customer.

use std::ops::Range;
use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::response::Response;
use serde::Serialize;

use super::filter::{self, within};
use super::paging::{self, Links, Page, Paging};
use super::problem::{self, Invalid};
use super::site;
use crate::account;
use crate::app::App;
use crate::kind::Kind;
use crate::query::Query;
use crate::transactions::Transaction;

const MOST_ROWS: u64 = 250;

#[derive(Serialize)]
struct TransactionView {
    id: u64,
    price: u64,
    comment: Option<&'static str>,
    completed_at: u64,
    customer_id: u32,
    created_by: u64,
    updated_by: u64,
    created_at: u32,
    updated_at: u32,
    is_deleted: bool,
    account_id: u64,
    _links: Links,
    _embedded: Embedded,
}

#[derive(Serialize)]
struct Embedded {
    customer: CustomerReference,
}

#[derive(Serialize)]
struct CustomerReference {
    id: u32,
    _links: Links,
}

/// Answers with a page of purchases, or 204.
pub async fn list(State(app): State<Arc<App>>, request: Request) -> Result<Response, Invalid> {
    let all = 0..app.account.transactions();
    page(&app, all, &request)
}

/// Answers with a page of a customer's purchases, or 204; 404 when there is no
/// such customer.
pub async fn of_customer(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Invalid> {
    let customer = id.parse().ok().and_then(|id| app.account.card_place(Kind::Customer, id));
    let Some(place) = customer else {
        return Ok(problem::no_page(&request));
    };
    page(&app, app.account.purchases(place), &request)
}

/// Answers with one purchase, or 204.
pub async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let Ok(id) = id.parse() else {
        return problem::no_page(&request);
    };
    let place = app.account.transaction_place(id);
    let place = place.filter(|place| app.presence.now().has(*place));
    let site = site::of(request.headers());
    let view = |place| TransactionView::of(app.account.transaction(place), &site);
    paging::answer_one(place.map(view))
}

fn page(app: &App, places: Range<u64>, request: &Request) -> Result<Response, Invalid> {
    let query = Query::parse(request.uri().query().unwrap_or_default().as_bytes());
    let paging = Paging::read(&query, MOST_ROWS)?;
    let ids = filter::numbers(&query, "id")?;
    let ids: Vec<_> = ids.iter().map(|id| app.account.transaction_place(*id)).collect();
    let (site, present) = (site::of(request.headers()), app.presence.now());
    let there = places.filter(|place| present.has(*place) && within(&ids, &Some(*place)));
    let places = paging.cut(there);
    let next = places.len() == paging.limit();
    let rows = places.into_iter().map(|place| app.account.transaction(place));
    let items = rows.map(|row| TransactionView::of(row, &site)).collect();
    Ok(paging.answer(request, Page { name: "transactions", items, next, total: None }))
}

impl TransactionView {
    fn of(transaction: Transaction, site: &str) -> Self {
        let (id, customer) = (transaction.id, transaction.customer);
        let link = format!("{site}/api/v4/customers/{customer}");
        Self {
            id,
            price: transaction.price,
            comment: Some(transaction.comment).filter(|comment| !comment.is_empty()),
            completed_at: transaction.date,
            customer_id: customer,
            created_by: transaction.created_by,
            updated_by: transaction.updated_by,
            created_at: transaction.created_at,
            updated_at: transaction.updated_at,
            is_deleted: false,
            account_id: account::ID,
            _links: Links::to(format!("{link}/transactions/{id}")),
            _embedded: Embedded {
                customer: CustomerReference { id: customer, _links: Links::to(link) },
            },
        }
    }
}
