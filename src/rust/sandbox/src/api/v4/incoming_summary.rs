//! `GET /api/v4/leads/unsorted/summary`.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::incoming;
use super::parameters;
use super::problem::Invalid;
use crate::api::app::App;
use crate::api::{self, Filters, Json, Order, object, reply};
use crate::data::Incoming;
use crate::data::incoming::{Category, Decision};

/// Answers with how many leads have come, of each category and in all, and with what has
/// become of them.
pub async fn show(State(app): State<Arc<App>>, request: Request) -> Result<Response, Invalid> {
    let query = &api::query(&request);
    let store = &*app.store();
    let mut filters = Filters::default();
    incoming::filter(&mut filters, query)?;
    filters.during(parameters::span(query, "created_at")?, |row: &Incoming| row.created_at);
    let all: Vec<&Incoming> = filters.select(&store.incoming, &Order::BY_ID).collect();
    let decided: Vec<_> =
        all.iter().filter_map(|row| Some((row.decided?, row.created_at))).collect();
    let waits = decided.iter().map(|((_, at), since)| u64::from(*at).saturating_sub(*since));
    let became = |wanted| decided.iter().filter(|((decision, _), _)| *decision == wanted).count();
    let of = |category: Category| {
        let total = all.iter().filter(|row| row.category == category).count();
        (category.name().into(), object! { "total": total as u64 })
    };
    let summary = object! {
        "total": all.len() as u64, "accepted": became(Decision::Accepted) as u64,
        "declined": became(Decision::Declined) as u64,
        "average_sort_time": waits.sum::<u64>().checked_div(decided.len() as u64).unwrap_or(0),
        "categories": Json::Object(Category::ALL.into_iter().map(of).collect()),
    };
    Ok(reply::plain_json(StatusCode::OK, reply::HAL, &summary))
}
