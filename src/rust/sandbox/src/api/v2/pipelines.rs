//! `GET /api/v2/pipelines`, and the same as a part of the account.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;

use super::{link, page};
use crate::api::reply;
use crate::api::{self, Json, object};
use crate::data::funnel::{PIPELINES, Pipeline, Status};

const PATH: &str = "/api/v2/pipelines";

/// Answers with all pipelines, or with those that are asked for by their ids;
/// 204 when there are none.
pub async fn list(request: Request) -> Response {
    let query = api::query(&request);
    let ids: Vec<&str> = query.list("id").collect();
    let wanted =
        |pipeline: &&Pipeline| ids.is_empty() || ids.iter().any(|id| id.parse() == Ok(pipeline.id));
    let items: Vec<_> = PIPELINES.iter().filter(wanted).map(view).collect();
    match items.len() as u64 {
        0 => reply::empty(StatusCode::NO_CONTENT),
        count => page::whole(&request, PATH, Json::numbered(items), count),
    }
}

/// Every pipeline, under its id.
pub fn all() -> Json {
    Json::numbered(PIPELINES.iter().map(view))
}

fn view(pipeline: &Pipeline) -> (u64, Json) {
    let json = object! {
        "id": pipeline.id, "name": pipeline.name, "sort": pipeline.sort,
        "is_main": pipeline.is_main,
        "statuses": Json::numbered(pipeline.statuses.iter().map(status)),
        "_links": link(format!("{PATH}?id={}", pipeline.id)),
    };
    (pipeline.id, json)
}

fn status(status: &Status) -> (u64, Json) {
    let json = object! {
        "id": status.id, "name": status.name, "color": status.color, "sort": status.sort,
        "is_editable": status.is_editable,
    };
    (status.id, json)
}
