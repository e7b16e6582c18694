//! `GET /api/v2/pipelines`, and the same as a part of the account.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use super::window::{numbers, within};
use super::{Links, page};
use crate::funnel::{PIPELINES, Pipeline};
use crate::json::Object;
use crate::reply;

const PATH: &str = "/api/v2/pipelines";

/// A pipeline and its stages.
#[derive(Serialize)]
pub struct PipelineView {
    id: u64,
    name: &'static str,
    sort: u64,
    is_main: bool,
    statuses: Object<StatusView>,
    _links: Links,
}

#[derive(Serialize)]
struct StatusView {
    id: u64,
    name: &'static str,
    color: &'static str,
    sort: u64,
    is_editable: bool,
}

/// Answers with all pipelines, or with those that are asked for by their ids;
/// 204 when there are none.
pub async fn list(request: Request) -> Response {
    let ids = numbers(&page::query(&request), "id");
    let wanted = PIPELINES.iter().filter(|pipeline| within(&ids, pipeline.id));
    let items = Object(wanted.map(PipelineView::of).collect());
    match items.0.len() as u64 {
        0 => reply::empty(StatusCode::NO_CONTENT),
        count => page::whole(&request, PATH, items, count),
    }
}

/// Every pipeline, under its id.
pub fn all() -> Object<PipelineView> {
    Object(PIPELINES.iter().map(PipelineView::of).collect())
}

impl PipelineView {
    fn of(pipeline: &'static Pipeline) -> (u64, Self) {
        let view = Self {
            id: pipeline.id,
            name: pipeline.name,
            sort: pipeline.sort,
            is_main: pipeline.is_main,
            statuses: statuses(pipeline),
            _links: Links::to(format!("{PATH}?id={}", pipeline.id)),
        };
        (pipeline.id, view)
    }
}

fn statuses(pipeline: &Pipeline) -> Object<StatusView> {
    let views = pipeline.statuses.iter().map(|status| {
        let view = StatusView {
            id: status.id,
            name: status.name,
            color: status.color,
            sort: status.sort,
            is_editable: status.is_editable,
        };
        (status.id, view)
    });
    Object(views.collect())
}
