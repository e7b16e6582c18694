//! `GET /api/v4/tasks`.
//!
//! Unless told otherwise, the list goes by the time when tasks are due. It
//! points to a next page only if there is one.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::response::Response;
use serde::Serialize;

use super::filter::{self, Direction, Span};
use super::paging::{self, Links, Page, Paging};
use super::problem::{self, Invalid};
use super::site;
use crate::account;
use crate::app::App;
use crate::kind::Kind;
use crate::query::Query;
use crate::tasks::{Task, TaskRow};

const MOST_ROWS: u64 = 250;

/// Places of tasks in the list, in its orders.
pub struct Orders {
    ids: Vec<u32>,
    creations: Vec<u32>,
    deadlines: Vec<u32>,
}

/// What the list of tasks is asked for.
struct Filter {
    ids: Vec<u64>,
    users: Vec<u64>,
    entities: Vec<u64>,
    kinds: Vec<Kind>,
    types: Vec<u64>,
    /// 0 for open tasks, 1 for those that are done.
    done: Vec<u64>,
    updated: Span,
    key: &'static str,
    direction: Direction,
}

#[derive(Serialize)]
struct TaskView {
    id: u32,
    created_by: u64,
    updated_by: u64,
    created_at: u32,
    updated_at: u32,
    responsible_user_id: u64,
    group_id: u64,
    entity_id: Option<u32>,
    entity_type: Option<&'static str>,
    duration: u64,
    is_completed: bool,
    task_type_id: u64,
    text: String,
    result: ResultView,
    complete_till: u32,
    account_id: u64,
    _links: Links,
}

#[derive(Serialize)]
#[serde(untagged)]
enum ResultView {
    /// `[]`, which is how PHP spells an empty object.
    None([(); 0]),
    Object(ResultText),
    List([ResultText; 1]),
    Text(String),
}

#[derive(Serialize)]
struct ResultText {
    text: String,
}

impl ResultView {
    /// Mostly an object; some tasks have other forms.
    fn of(task: u32, text: String) -> Self {
        match task % 8 {
            0 => Self::List([ResultText { text }]),
            1 => Self::Text(text),
            _ => Self::Object(ResultText { text }),
        }
    }
}

/// Answers with a page of tasks, or 204.
pub async fn list(State(app): State<Arc<App>>, request: Request) -> Result<Response, Invalid> {
    let query = Query::parse(request.uri().query().unwrap_or_default().as_bytes());
    let paging = Paging::read(&query, MOST_ROWS)?;
    let filter = Filter::read(&query)?;
    let site = site::of(request.headers());
    let (rows, next) = paging.cut_and_look(filter.rows(&app));
    let items = rows.into_iter().map(|row| TaskView::of(app.task(row), &site)).collect();
    Ok(paging.answer(&request, Page { name: "tasks", items, next, total: None }))
}

/// Answers with one task, or 204.
pub async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let Ok(id) = id.parse() else {
        return problem::no_page(&request);
    };
    let site = site::of(request.headers());
    paging::answer_one(app.task_by_id(id).map(|row| TaskView::of(app.task(row), &site)))
}

impl Orders {
    fn new(tasks: &[TaskRow]) -> Self {
        let sorted = |time: fn(&TaskRow) -> u32| {
            let mut places: Vec<u32> = (0..).zip(tasks).map(|(place, _)| place).collect();
            places.sort_by_key(|place| time(&tasks[*place as usize]));
            places
        };
        Self {
            ids: sorted(|task| task.id),
            creations: sorted(|task| task.created_at),
            deadlines: sorted(|task| task.complete_till),
        }
    }
}

impl Filter {
    fn read(query: &Query) -> Result<Self, Invalid> {
        let order = filter::order(query, &["created_at", "complete_till", "id"])?;
        let (key, direction) = order.unwrap_or(("complete_till", Direction::Rising));
        Ok(Self {
            ids: filter::numbers(query, "id")?,
            users: filter::numbers(query, "responsible_user_id")?,
            entities: filter::numbers(query, "entity_id")?,
            kinds: kinds(query)?,
            types: filter::numbers(query, "task_type")?,
            done: filter::numbers(query, "is_completed")?,
            updated: Span::read(query, "updated_at")?,
            key,
            direction,
        })
    }

    /// All rows that pass, in order.
    fn rows<'a>(&'a self, app: &'a App) -> Box<dyn Iterator<Item = TaskRow> + 'a> {
        if !self.ids.is_empty() {
            return Box::new(self.by_id(app).into_iter());
        }
        let tasks = app.listed_tasks();
        let present = app.presence.now();
        let orders = app.lists.tasks.get_or_init(|| Orders::new(tasks));
        let there = move |place: &&u32| present.has(u64::from(**place));
        let at = |place: &u32| tasks[*place as usize];
        let places = match self.key {
            "created_at" => &orders.creations,
            "complete_till" => &orders.deadlines,
            _ => &orders.ids,
        };
        let rows = self.direction.walk(places.iter().filter(there).map(at));
        Box::new(rows.filter(|row| self.matches(row)))
    }

    fn by_id(&self, app: &App) -> Vec<TaskRow> {
        let rows = self.ids.iter().filter_map(|id| app.task_by_id(*id));
        let mut rows: Vec<TaskRow> = rows.filter(|row| self.matches(row)).collect();
        rows.sort_by_key(|row| (self.rank(row), row.id));
        rows.dedup_by_key(|row| row.id);
        if self.direction == Direction::Falling {
            rows.reverse();
        }
        rows
    }

    fn rank(&self, row: &TaskRow) -> u32 {
        match self.key {
            "created_at" => row.created_at,
            "complete_till" => row.complete_till,
            _ => row.id,
        }
    }

    fn matches(&self, row: &TaskRow) -> bool {
        let (kind, entity) = row.entity.unzip();
        filter::within(&self.users, &row.responsible.id)
            && filter::within(&self.types, &row.type_id())
            && filter::within(&self.done, &u64::from(row.is_completed))
            && (self.kinds.is_empty() || kind.is_some_and(|kind| self.kinds.contains(&kind)))
            && (self.entities.is_empty()
                || entity.is_some_and(|id| self.entities.contains(&u64::from(id))))
            && self.updated.holds(row.updated_at.into())
    }
}

/// The kinds that `filter[entity_type]` names in the plural.
fn kinds(query: &Query) -> Result<Vec<Kind>, Invalid> {
    let names = filter::texts(query, "entity_type");
    let kind = |name: &String| Kind::ALL.into_iter().find(|kind| kind.plural() == name);
    let kinds = names.iter().map(|name| {
        let kind = kind(name).filter(|kind| *kind != Kind::Task);
        kind.ok_or_else(|| Invalid::choice("filter.entity_type"))
    });
    kinds.collect()
}

impl TaskView {
    fn of(task: Task, site: &str) -> Self {
        let Task { row, created_by, updated_by, text, result } = task;
        let (kind, entity_id) = row.entity.unzip();
        Self {
            id: row.id,
            created_by,
            updated_by,
            created_at: row.created_at,
            updated_at: row.updated_at,
            responsible_user_id: row.responsible.id,
            group_id: row.responsible.group_id,
            entity_id,
            entity_type: kind.map(Kind::plural),
            duration: 0,
            is_completed: row.is_completed,
            task_type_id: row.type_id(),
            text,
            result: result
                .map_or(ResultView::None([]), |result| ResultView::of(row.id, result.text)),
            complete_till: row.complete_till,
            account_id: account::ID,
            _links: Links::to(format!("{site}/api/v4/tasks/{}", row.id)),
        }
    }
}
