//! `AmoPipelinesStatuses()`: the stages of each pipeline (docs/contract.md,
//! Table of statuses).

use std::sync::Mutex;

use futures_util::future::{BoxFuture, FutureExt};

use crate::account::Api;
use crate::bad_body::BadBody;
use crate::error::Error;
use crate::http::Request;
use crate::json::flatten::JsonType;
use crate::json::tree::Node;
use crate::query::{Context, Query, Tables};
use crate::sync::lock;
use crate::table::row::Row;
use crate::table::{Schema, Table};

/// What a table of statuses is made of.
pub static STATUSES: Schema = Schema {
    base: &[
        "pipeline_id",
        "pipeline_name",
        "pipeline_sort",
        "pipeline_is_main",
        "status_id",
        "status_name",
        "status_sort",
        "status_is_editable",
    ],
    inferred: true,
    integers: &["pipeline_id", "pipeline_sort", "status_id", "status_sort"],
    logicals: &["pipeline_is_main", "status_is_editable"],
    ..Schema::TEXT
};

/// The statuses of an account.
#[derive(Default)]
pub struct PipelinesQuery {
    table: Mutex<Option<Table>>,
}

impl Query for PipelinesQuery {
    fn read<'q>(&'q self, context: &'q Context) -> BoxFuture<'q, Result<(), Error>> {
        async {
            let request = match context.api {
                Api::V2 => Request::get("/api/v2/account").query("with", "pipelines"),
                Api::V4 => Request::get("/api/v4/leads/pipelines"),
            };
            let answer = context.transport.get(&request, "pipelines", read_statuses).await?;
            context.transport.http.progress.page_read(answer.value.rows());
            *lock(&self.table) = Some(answer.value);
            Ok(())
        }
        .boxed()
    }

    fn tables(&self) -> Tables {
        let read = lock(&self.table).take();
        vec![("pipelines".to_owned(), read.unwrap_or_else(|| Table::new(&STATUSES)))]
    }
}

/// The table of the statuses in a document of either API; without a document
/// there are none.
///
/// # Errors
/// [`BadBody`] when the body has no pipelines.
pub fn read_statuses(body: Option<&[u8]>) -> Result<Table, BadBody> {
    let mut table = Table::new(&STATUSES);
    if body.is_none() {
        return Ok(table);
    }
    let document = Node::read(body)?;
    for pipeline in document.at(&["_embedded", "pipelines"])?.values() {
        for status in statuses(pipeline) {
            let mut row = Row::default();
            write_row(pipeline, status, &mut row);
            // No column here is an id or a time, so that no cell is refused.
            let _ = table.push(&row);
        }
    }
    Ok(table)
}

/// API v4 embeds them.
fn statuses(pipeline: &Node) -> Vec<&Node> {
    let embedded = || pipeline.get("_embedded")?.get("statuses");
    pipeline.get("statuses").or_else(embedded).map(Node::values).unwrap_or_default()
}

fn write_row<'r>(pipeline: &'r Node, status: &'r Node, row: &mut Row<'r>) {
    for name in ["id", "name", "sort", "is_main"] {
        row.copy_member(pipeline, name, format!("pipeline_{name}"));
    }
    for name in ["id", "name", "sort"] {
        row.copy_member(status, name, format!("status_{name}"));
    }
    // Old answers say `editable`, `Y` or `N` (docs/api-v2.md,
    // Pipelines and statuses).
    match status.get("editable").and_then(Node::text) {
        Some("Y") => row.push_as("status_is_editable", "TRUE", JsonType::Bool),
        Some("N") => row.push_as("status_is_editable", "FALSE", JsonType::Bool),
        _ => row.copy_member(status, "is_editable", "status_is_editable"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{STATUSES, read_statuses};
    use crate::table::Column;

    fn names(json: &str) -> (u32, Vec<Option<String>>) {
        let table = read_statuses(Some(json.as_bytes())).unwrap();
        (table.rows(), table.texts("status_name"))
    }

    #[test]
    fn statuses_of_both_apis_stand_in_the_order_of_the_document() {
        let named = |names: &[&str]| -> Vec<_> {
            names.iter().map(|name| Some((*name).to_owned())).collect()
        };
        let v2 = r#"{"_embedded":{"pipelines":{"9":{"id":9,"name":"p","statuses":{
            "142":{"id":142,"name":"won"},"7":{"id":7,"name":"new"}}},"1":{"id":1,"statuses":[]}}}}"#;
        assert_eq!(names(v2), (2, named(&["won", "new"])));
        let v4 = r#"{"_embedded":{"pipelines":[{"id":9,"_embedded":{"statuses":[
            {"id":7,"name":"new"},{"id":142,"name":"won"}]}}]}}"#;
        assert_eq!(names(v4), (2, named(&["new", "won"])));
    }

    #[test]
    fn what_has_no_pipelines_is_an_error_and_none_is_a_table_without_rows() {
        assert!(read_statuses(Some(b"{\"response\":{}}")).is_err());
        assert!(read_statuses(Some(b"<html>")).is_err());
        for body in [None, Some(&b"{\"_embedded\":{\"pipelines\":[]}}"[..])] {
            let none = read_statuses(body).unwrap();
            let columns: Vec<String> = none.into_columns().iter().map(Column::name).collect();
            assert_eq!(columns, STATUSES.base);
        }
    }
}
