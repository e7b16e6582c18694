//! What tasks are asked for, and what their table is made of.

use crate::account::time_zone::Moment;
use crate::error::Error;
use crate::query::Context;
use crate::table::Schema;
use crate::table::row_filter::{RowFilter, Span};

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
    inferred: true,
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

/// What tasks to read. An empty filter passes all.
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
    /// Only tasks created between these moments.
    pub created: [Option<Moment>; 2],
    /// Only tasks changed between these moments.
    pub modified: [Option<Moment>; 2],
    /// 0 for open tasks, 1 for those that are done.
    pub statuses: Vec<u64>,
    /// Only tasks created by these users.
    pub authors: Vec<u64>,
    /// Only tasks of these types.
    pub task_types: Vec<u64>,
}

/// The spans of a request as moments of the account's zone.
#[derive(Clone, Copy, Default)]
pub struct Spans {
    pub created: Span,
    pub modified: Span,
}

impl TasksRequest {
    pub async fn spans(&self, context: &Context) -> Result<Spans, Error> {
        Ok(Spans {
            created: context.span(self.created).await?,
            modified: context.span(self.modified).await?,
        })
    }

    pub fn filter(&self, spans: Spans) -> RowFilter {
        let forms = |status: &u64| match status {
            0 => ["FALSE", "0", "false"],
            _ => ["TRUE", "1", "true"],
        };
        let done: Vec<&str> = self.statuses.iter().flat_map(forms).collect();
        RowFilter::default()
            .is_in("id", &self.ids)
            .is_in("element_type", &self.kinds)
            .is_in("element_id", &self.elements)
            .is_in("responsible_user_id", &self.responsible_users)
            .is_in("is_completed", &done)
            .is_in("created_by", &self.authors)
            .is_in("task_type", &self.task_types)
            .between("created_at", spans.created)
            .between("updated_at", spans.modified)
    }
}
