//! `GET /api/v4/leads/pipelines`: all of them at once, their stages inside.

use axum::extract::{Path, Request};
use axum::http::StatusCode;
use axum::response::Response;

use super::{link, paging, problem};
use crate::api::reply;
use crate::api::{self, Json, object};
use crate::data::account;
use crate::data::funnel::{PIPELINES, Pipeline, Status};

/// Answers with every pipeline.
pub async fn list(request: Request) -> Response {
    let site = api::site(&request);
    let items = PIPELINES.iter().map(|pipeline| view(pipeline, &site)).collect();
    paging::whole_list(&request, "pipelines", items)
}

/// Answers with one pipeline, or 204.
pub async fn show(Path(id): Path<String>, request: Request) -> Response {
    with_pipeline(&id, &request, |pipeline, site| paging::answer_one(Some(view(pipeline, site))))
}

/// Answers with the stages of one pipeline, or 204.
pub async fn statuses(Path(id): Path<String>, request: Request) -> Response {
    with_pipeline(&id, &request, |pipeline, site| {
        paging::whole_list(&request, "statuses", stages(pipeline, site))
    })
}

fn with_pipeline(
    id: &str,
    request: &Request,
    answer: impl Fn(&Pipeline, &str) -> Response,
) -> Response {
    let Ok(id) = id.parse::<u64>() else {
        return problem::no_page(request);
    };
    match PIPELINES.iter().find(|pipeline| pipeline.id == id) {
        Some(pipeline) => answer(pipeline, &api::site(request)),
        None => reply::empty(StatusCode::NO_CONTENT),
    }
}

fn view(pipeline: &Pipeline, site: &str) -> Json {
    object! {
        "id": pipeline.id, "name": pipeline.name, "sort": pipeline.sort,
        "is_main": pipeline.is_main, "is_unsorted_on": true, "is_archive": false,
        "account_id": account::ID, "_links": link(href(pipeline, site)),
        "_embedded": object! { "statuses": stages(pipeline, site) },
    }
}

/// The stages in the order in which leads pass them.
fn stages(pipeline: &Pipeline, site: &str) -> Vec<Json> {
    let mut statuses: Vec<&Status> = pipeline.statuses.iter().collect();
    statuses.sort_by_key(|status| status.sort);
    let view = |status: &Status| {
        object! {
            "id": status.id, "name": status.name, "sort": status.sort,
            "is_editable": status.is_editable, "pipeline_id": pipeline.id, "color": status.color,
            // 1 for the unsorted pile.
            "type": u64::from(status.is_unsorted()), "account_id": account::ID,
            "_links": link(format!("{}/statuses/{}", href(pipeline, site), status.id)),
        }
    };
    statuses.into_iter().map(view).collect()
}

fn href(pipeline: &Pipeline, site: &str) -> String {
    format!("{site}/api/v4/leads/pipelines/{}", pipeline.id)
}
