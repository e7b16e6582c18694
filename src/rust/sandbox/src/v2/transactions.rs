//! `GET /api/v2/transactions`.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use serde::Serialize;

use super::window::{Window, numbers, within};
use super::{Links, cards, page, recorded};
use crate::account;
use crate::app::App;
use crate::kind::Kind;
use crate::list::List;
use crate::query::Query;
use crate::transactions::Transaction;

const PATH: &str = "/api/v2/transactions";

#[derive(Serialize)]
struct TransactionView {
    id: u64,
    created_by: u64,
    created_at: u32,
    updated_at: u32,
    account_id: u64,
    updated_by: u64,
    is_deleted: bool,
    comment: &'static str,
    price: u64,
    date: u64,
    customer: CustomerReference,
    _links: Links,
}

#[derive(Serialize)]
struct CustomerReference {
    id: u32,
    _links: Links,
}

/// Answers with a page of purchases, or 204.
pub async fn list(State(app): State<Arc<App>>, request: Request) -> Response {
    if app.kommo {
        return cards::switched_off();
    }
    if let Some(reply) = recorded::answer(&app, List::Transactions, &request) {
        return reply;
    }
    let places = places(&app, &page::query(&request)).into_iter();
    let rows = places.map(|place| TransactionView::of(app.account.transaction(place)));
    page::answer(&request, PATH, rows.collect())
}

/// The places of the purchases that are asked for by their ids or by those of
/// customers.
fn places(app: &App, query: &Query) -> Vec<u64> {
    let (ids, customers) = (numbers(query, "id"), numbers(query, "customer_id"));
    let account = &app.account;
    let ids: Vec<Option<u64>> = ids.iter().map(|id| account.transaction_place(*id)).collect();
    let buyer = |place| account.card_id(Kind::Customer, account.buyer(place)).into();
    let present = app.presence.now();
    let there = present.places(account.transactions());
    let wanted = there.filter(|place| {
        (ids.is_empty() || ids.contains(&Some(*place)))
            && (customers.is_empty() || within(&customers, buyer(*place)))
    });
    Window::read(query).cut(wanted)
}

impl TransactionView {
    fn of(transaction: Transaction) -> Self {
        let (id, customer) = (transaction.id, transaction.customer);
        Self {
            id,
            created_by: transaction.created_by,
            created_at: transaction.created_at,
            updated_at: transaction.updated_at,
            account_id: account::ID,
            updated_by: transaction.updated_by,
            is_deleted: false,
            comment: transaction.comment,
            price: transaction.price,
            date: transaction.date,
            customer: CustomerReference {
                id: customer,
                _links: Links::to(format!("/api/v2/customers?id={customer}")),
            },
            _links: Links::to(format!("{PATH}?id={id}")),
        }
    }
}
