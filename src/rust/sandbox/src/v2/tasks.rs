//! `GET /api/v2/tasks`.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::IF_MODIFIED_SINCE;
use axum::response::Response;
use serde::Serialize;

use super::span::Span;
use super::window::{Window, numbers, within};
use super::{Links, dates, page, recorded};
use crate::account;
use crate::app::App;
use crate::funnel::Stage;
use crate::kind::Kind;
use crate::list::List;
use crate::query::Query;
use crate::tasks::{Task, TaskRow};

const PATH: &str = "/api/v2/tasks";

/// What the list of tasks is asked for.
struct Filter {
    ids: Vec<u64>,
    elements: Vec<u64>,
    /// Names such as `lead`; unknown ones find nothing.
    kinds: Vec<String>,
    users: Vec<u64>,
    authors: Vec<u64>,
    types: Vec<u64>,
    /// 0 for open tasks, 1 for those that are done.
    done: Vec<u64>,
    /// Where the lead stands that a task is about.
    stages: Vec<Stage>,
    created: Span,
    updated: Span,
    /// Epoch seconds of `If-Modified-Since`.
    since: Option<i64>,
    window: Window,
}

#[derive(Serialize)]
struct TaskView {
    id: u32,
    responsible_user_id: u64,
    created_by: u64,
    created_at: u32,
    updated_at: u32,
    account_id: u64,
    group_id: u64,
    element_type: u64,
    element_id: u32,
    is_completed: bool,
    task_type: u64,
    complete_till_at: u32,
    text: String,
    result: ResultView,
    _links: Links,
}

#[derive(Serialize)]
#[serde(untagged)]
enum ResultView {
    /// `[]`, which is how PHP spells an empty object.
    None([(); 0]),
    Some {
        id: u64,
        text: String,
    },
}

/// Answers with a page of tasks, or 204.
pub async fn list(State(app): State<Arc<App>>, request: Request) -> Response {
    if let Some(reply) = recorded::answer(&app, List::Tasks, &request) {
        return reply;
    }
    let filter = Filter::read(&app, &page::query(&request), request.headers());
    let rows = filter.page(&app).into_iter().map(|row| TaskView::of(app.task(row)));
    page::answer(&request, PATH, rows.collect())
}

impl Filter {
    fn read(app: &App, query: &Query, headers: &HeaderMap) -> Self {
        let span = |name| Span::read(query, name, &app.account.timezone);
        let since = headers.get(IF_MODIFIED_SINCE).and_then(|value| value.to_str().ok());
        Self {
            ids: numbers(query, "id"),
            elements: numbers(query, "element_id"),
            kinds: query.list("type").map(str::to_owned).collect(),
            users: numbers(query, "responsible_user_id"),
            authors: numbers(query, "filter[created_by]"),
            types: numbers(query, "filter[task_type]"),
            done: numbers(query, "filter[status]"),
            stages: stages(query),
            created: span("date_create"),
            updated: span("date_modify"),
            since: since.and_then(dates::parse),
            window: Window::read(query),
        }
    }

    fn page(&self, app: &App) -> Vec<TaskRow> {
        if !self.ids.is_empty() {
            let rows = self.ids.iter().filter_map(|id| app.task_by_id(*id));
            let mut rows: Vec<TaskRow> = rows.filter(|row| self.matches(app, row)).collect();
            rows.sort_by_key(|row| row.id);
            rows.dedup_by_key(|row| row.id);
            return self.window.cut(rows.into_iter());
        }
        let (tasks, present) = (app.listed_tasks(), app.presence.now());
        let places = present.places(tasks.len() as u64);
        let at = |place| usize::try_from(place).ok().and_then(|place| tasks.get(place));
        self.window.cut(places.filter_map(at).filter(|row| self.matches(app, row)).copied())
    }

    /// One that changed in the very second asked for counts as changed since.
    fn matches(&self, app: &App, row: &TaskRow) -> bool {
        let (kind, element) = row.entity.unzip();
        let named = |kind: Kind| self.kinds.iter().any(|name| name == kind.name());
        within(&self.elements, element.unwrap_or(0).into())
            && (self.kinds.is_empty() || kind.is_some_and(named))
            && within(&self.users, row.responsible.id)
            && within(&self.types, row.type_id())
            && within(&self.done, row.is_completed.into())
            && self.created.holds(row.created_at.into())
            && self.updated.holds(row.updated_at.into())
            && self.since.is_none_or(|since| i64::from(row.updated_at) >= since)
            && (self.stages.is_empty() || self.is_at_stage(app, row))
            && (self.authors.is_empty() || within(&self.authors, app.account.task_author(row)))
    }

    fn is_at_stage(&self, app: &App, row: &TaskRow) -> bool {
        let lead = row.entity.filter(|(kind, _)| *kind == Kind::Lead);
        let place = lead.and_then(|(kind, id)| app.account.card_place(kind, id.into()));
        let lead = place.map(|place| app.account.card(Kind::Lead, place));
        lead.is_some_and(|lead| self.stages.contains(&lead.standing.stage))
    }
}

/// `filter[pipe][PIPELINE][]=STATUS`, any number of times.
fn stages(query: &Query) -> Vec<Stage> {
    let pairs = query.members("filter[pipe]").filter_map(|(key, status)| {
        let pipeline = key.split_once(']').map_or(key, |(pipeline, _)| pipeline);
        Some(Stage { pipeline: pipeline.parse().ok()?, status: status.parse().ok()? })
    });
    pairs.collect()
}

impl TaskView {
    fn of(task: Task) -> Self {
        let Task { row, created_by, text, result, .. } = task;
        let (kind, element) = row.entity.unzip();
        Self {
            id: row.id,
            responsible_user_id: row.responsible.id,
            created_by,
            created_at: row.created_at,
            updated_at: row.updated_at,
            account_id: account::ID,
            group_id: row.responsible.group_id,
            element_type: kind.map_or(0, Kind::element_type),
            element_id: element.unwrap_or(0),
            is_completed: row.is_completed,
            task_type: row.type_id(),
            complete_till_at: row.complete_till,
            text,
            result: match result {
                None => ResultView::None([]),
                Some(result) => ResultView::Some { id: result.note, text: result.text },
            },
            _links: Links::to(format!("{PATH}?id={}", row.id)),
        }
    }
}
