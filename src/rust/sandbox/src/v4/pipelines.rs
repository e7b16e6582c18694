//! `GET /api/v4/leads/pipelines`: all of them at once, their stages inside.

use std::collections::BTreeMap;

use axum::extract::{Path, Request};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use super::paging::{self, Links};
use super::problem;
use super::site;
use crate::account;
use crate::funnel::{PIPELINES, Pipeline, Status};
use crate::reply::{self, RowCount};

#[derive(Serialize)]
struct Whole<T> {
    _total_items: usize,
    _links: Links,
    _embedded: BTreeMap<&'static str, Vec<T>>,
}

#[derive(Serialize)]
struct PipelineView {
    id: u64,
    name: &'static str,
    sort: u64,
    is_main: bool,
    is_unsorted_on: bool,
    is_archive: bool,
    account_id: u64,
    _links: Links,
    _embedded: Statuses,
}

#[derive(Serialize)]
struct Statuses {
    statuses: Vec<StatusView>,
}

#[derive(Serialize)]
struct StatusView {
    id: u64,
    name: &'static str,
    sort: u64,
    is_editable: bool,
    pipeline_id: u64,
    color: &'static str,
    /// 1 for the unsorted pile.
    #[serde(rename = "type")]
    role: u64,
    account_id: u64,
    _links: Links,
}

/// Answers with every pipeline.
pub async fn list(request: Request) -> Response {
    let site = site::of(request.headers());
    let views = PIPELINES.iter().map(|pipeline| PipelineView::of(pipeline, &site));
    whole("pipelines", views.collect(), &request)
}

/// Answers with one pipeline, or 204.
pub async fn show(Path(id): Path<String>, request: Request) -> Response {
    let site = site::of(request.headers());
    match known(&id) {
        Ok(pipeline) => {
            paging::answer_one(pipeline.map(|pipeline| PipelineView::of(pipeline, &site)))
        }
        Err(_) => problem::no_page(&request),
    }
}

/// Answers with the stages of one pipeline, or 204.
pub async fn statuses(Path(id): Path<String>, request: Request) -> Response {
    let site = site::of(request.headers());
    match known(&id) {
        Ok(Some(pipeline)) => whole("statuses", stages(pipeline, &site), &request),
        Ok(None) => reply::empty(StatusCode::NO_CONTENT),
        Err(_) => problem::no_page(&request),
    }
}

/// The pipeline with this id; an error if it is no number.
fn known(id: &str) -> Result<Option<&'static Pipeline>, std::num::ParseIntError> {
    let id: u64 = id.parse()?;
    Ok(PIPELINES.iter().find(|pipeline| pipeline.id == id))
}

fn whole<T: Serialize>(name: &'static str, items: Vec<T>, request: &Request) -> Response {
    let rows = items.len();
    let body = Whole {
        _total_items: rows,
        _links: Links::to(site::of(request.headers()) + request.uri().path()),
        _embedded: BTreeMap::from([(name, items)]),
    };
    let mut response = reply::plain_json(StatusCode::OK, reply::HAL, &body);
    response.extensions_mut().insert(RowCount(rows as u64));
    response
}

impl PipelineView {
    fn of(pipeline: &'static Pipeline, site: &str) -> Self {
        Self {
            id: pipeline.id,
            name: pipeline.name,
            sort: pipeline.sort,
            is_main: pipeline.is_main,
            is_unsorted_on: true,
            is_archive: false,
            account_id: account::ID,
            _links: Links::to(link(pipeline, site)),
            _embedded: Statuses { statuses: stages(pipeline, site) },
        }
    }
}

/// The stages in the order in which leads pass them.
fn stages(pipeline: &'static Pipeline, site: &str) -> Vec<StatusView> {
    let mut statuses: Vec<&Status> = pipeline.statuses.iter().collect();
    statuses.sort_by_key(|status| status.sort);
    let view = |status: &Status| StatusView {
        id: status.id,
        name: status.name,
        sort: status.sort,
        is_editable: status.is_editable,
        pipeline_id: pipeline.id,
        color: status.color,
        role: u64::from(status.is_unsorted()),
        account_id: account::ID,
        _links: Links::to(format!("{}/statuses/{}", link(pipeline, site), status.id)),
    };
    statuses.into_iter().map(view).collect()
}

fn link(pipeline: &Pipeline, site: &str) -> String {
    format!("{site}/api/v4/leads/pipelines/{}", pipeline.id)
}
