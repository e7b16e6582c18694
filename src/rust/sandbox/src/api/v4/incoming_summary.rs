//! `GET /api/v4/leads/unsorted/summary`. Nobody accepts or declines leads here,
//! so that all of them wait.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::list::{Asked, Rows};
use super::parameters;
use super::problem::Invalid;
use crate::api::app::App;
use crate::api::{self, Filters, Json, Listed, Order, object, reply};
use crate::data::incoming::Category;
use crate::data::{Incoming, Kind};

/// Answers with how many leads wait, of each category and in all.
pub async fn show(State(app): State<Arc<App>>, request: Request) -> Result<Response, Invalid> {
    let query = &api::query(&request);
    let store = &*app.store();
    let (kind, is_paid) = (Kind::Lead, app.api_filter);
    let mut filters = Filters::default();
    Incoming::filter(&mut filters, &Asked { query, store, kind, is_paid })?;
    filters.during(parameters::span(query, "created_at")?, |row: &Incoming| row.created_at);
    let (table, first) = Incoming::table(store, kind);
    let listed = Listed { table, first, present: &app.presence.now() };
    let waiting: Vec<&Incoming> =
        filters.select(&listed, &Order { by: None, falling: false }).collect();
    let of = |category: Category| {
        let total = waiting.iter().filter(|row| row.category == category).count();
        (category.name().into(), object! { "total": total as u64 })
    };
    let summary = object! {
        "total": waiting.len() as u64, "accepted": 0_u64, "declined": 0_u64,
        "average_sort_time": 0_u64,
        "categories": Json::Object(Category::ALL.into_iter().map(of).collect()),
    };
    Ok(reply::plain_json(StatusCode::OK, reply::HAL, &summary))
}
