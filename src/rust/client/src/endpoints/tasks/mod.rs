//! `AmoTasks()`: what is asked for, and the table, over either API
//! (docs/contract.md, Table of tasks).

mod v2;
mod v4;

use futures_util::future::{BoxFuture, FutureExt};

use crate::account::Api;
use crate::account::time_zone::Moment;
use crate::endpoints::endpoint::Plan;
use crate::endpoints::paged_list::RowList;
use crate::error::Error;
use crate::json::flatten::form_of;
use crate::json::flatten::{Leaf, Leaves, Value};
use crate::query::Context;
use crate::table::Schema;
use crate::table::row::Row;
use crate::table::row_filter::{RowFilter, Span};

pub use v2::write_row as write_v2;
pub use v4::write_row as write_v4;

/// What a table of tasks is made of.
pub static TASKS: Schema = Schema {
    base: &[
        "id",
        "responsible_user_id",
        "created_by",
        "created_at",
        "updated_at",
        "account_id",
        "group_id",
        "element_type",
        "element_id",
        "is_completed",
        "task_type",
        "complete_till_at",
        "text",
        "result_id",
        "result_text",
    ],
    keys: &["id"],
    ids: &["id"],
    times: &["created_at", "updated_at", "complete_till_at"],
    natural: true,
    integers: &[
        "responsible_user_id",
        "created_by",
        "account_id",
        "group_id",
        "element_id",
        "task_type",
        "result_id",
        "duration",
        "updated_by",
    ],
    logicals: &["is_completed"],
    ..Schema::TEXT
};

/// What tasks to read. An empty filter lets all through.
#[derive(Clone, Debug, Default)]
pub struct TasksRequest {
    /// Rows a request, 1 to 500; API v4 gives fewer.
    pub limit: u32,
    /// Only these tasks.
    pub ids: Vec<u64>,
    /// Only tasks about these kinds of element: contact, lead, company,
    /// customer.
    pub kinds: Vec<String>,
    /// Only tasks about these elements.
    pub elements: Vec<u64>,
    /// Only tasks of these users.
    pub responsible_users: Vec<u64>,
    /// Only tasks set between these moments.
    pub created: [Option<Moment>; 2],
    /// Only tasks changed between these moments.
    pub modified: [Option<Moment>; 2],
    /// 0 for open tasks, 1 for those that are done.
    pub statuses: Vec<u64>,
    /// Only tasks set by these users.
    pub authors: Vec<u64>,
    /// Only tasks of these types.
    pub task_types: Vec<u64>,
}

/// The spans of a request as moments of the account's zone.
#[derive(Clone, Copy, Default)]
struct Spans {
    created: Span,
    modified: Span,
}

impl TasksRequest {
    async fn spans(&self, context: &Context) -> Result<Spans, Error> {
        Ok(Spans {
            created: context.span(self.created).await?,
            modified: context.span(self.modified).await?,
        })
    }

    fn filter(&self, spans: Spans) -> RowFilter {
        let forms = |status: &u64| match status {
            0 => ["FALSE", "0", "false"],
            _ => ["TRUE", "1", "true"],
        };
        let done: Vec<&str> = self.statuses.iter().flat_map(forms).collect();
        RowFilter::default()
            .among("id", &self.ids)
            .among("element_type", &self.kinds)
            .among("element_id", &self.elements)
            .among("responsible_user_id", &self.responsible_users)
            .among("is_completed", &done)
            .among("created_by", &self.authors)
            .among("task_type", &self.task_types)
            .within("created_at", spans.created)
            .within("updated_at", spans.modified)
    }
}

/// Writes a task's result, which is an object, a list of objects or only its
/// text; the columns are there also where there is none.
fn write_result<'r>(task: &'r Leaves, row: &mut Row<'r>) {
    let is = |leaf: &Leaf, stem| form_of(leaf.name(), stem).is_some_and(|form| !form.contains('.'));
    write_each("result_id", task.iter().filter(|leaf| is(leaf, "result.id")), row);
    let texts = task.iter().filter(|leaf| is(leaf, "result.text") || is(leaf, "result"));
    write_each("result_text", texts, row);
}

/// The first value has the column, further ones have numbered ones.
fn write_each<'r>(
    column: &'static str,
    mut leaves: impl Iterator<Item = Leaf<'r>>,
    row: &mut Row<'r>,
) {
    row.push_value(column, leaves.next().map_or(Value::ABSENT, Leaf::value));
    for (number, leaf) in (2..).zip(leaves) {
        row.push_named(format!("{column}{number}"), leaf.value());
    }
}

impl Plan for TasksRequest {
    const NAME: &'static str = "tasks";

    fn schema(&self) -> &'static Schema {
        &TASKS
    }

    fn lists<'p>(&'p self, context: &'p Context) -> BoxFuture<'p, Result<Vec<RowList>, Error>> {
        async {
            let spans = self.spans(context).await?;
            match context.api {
                Api::V4 => Ok(v4::lists(self, spans)),
                Api::V2 if !self.ids.is_empty() => Ok(v2::by_ids(self, spans)),
                Api::V2 => v2::whole(self, spans).or_parts(v2::parts(self, spans), context).await,
            }
        }
        .boxed()
    }

    fn order(&self) -> &'static [&'static str] {
        &["created_at", "id"]
    }
}
