//! `AmoPipelinesStatuses()`: the stages of each pipeline (docs/contract.md,
//! Table of statuses).

use crate::bad_body::BadBody;
use crate::endpoints::endpoint::{Endpoint, ListSpec, RowOf};
use crate::endpoints::paged_list::Pagination;
use crate::json::flatten::JsonType;
use crate::json::page::Page;
use crate::json::tree::Node;
use crate::table::row::Row;
use crate::table::{Schema, Table};

/// The statuses of an account.
pub static PIPELINES: Endpoint = Endpoint {
    name: "pipelines",
    label: "pipelines",
    schema: &STATUSES,
    v2: Some(ListSpec { path: "/api/v2/account", always: &[("with", "pipelines")], ..LIST }),
    v4: ListSpec { path: "/api/v4/leads/pipelines", ..LIST },
    ..Endpoint::DEFAULT
};

const LIST: ListSpec = ListSpec {
    pagination: Pagination::Whole,
    // Statuses lie inside of pipelines.
    row: RowOf::Body(read_statuses),
    ..ListSpec::V4
};

#[rustfmt::skip]
static STATUSES: Schema = Schema {
    base: &[
        "pipeline_id", "pipeline_name", "pipeline_sort", "pipeline_is_main", "status_id",
        "status_name", "status_sort", "status_is_editable",
    ],
    inferred: true,
    integers: &["pipeline_id", "pipeline_sort", "status_id", "status_sort"],
    logicals: &["pipeline_is_main", "status_is_editable"],
    ..Schema::TEXT
};

/// The table of the statuses in a document of either API; without a document
/// there are none.
///
/// # Errors
/// [`BadBody`] when the body has no pipelines.
pub fn read_statuses(body: Option<&[u8]>) -> Result<Page<Table>, BadBody> {
    let mut table = Table::new(&STATUSES);
    if body.is_none() {
        return Ok(Page::empty(table));
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
    Ok(Page { records: table.rows(), ..Page::empty(table) })
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
        let table = read_statuses(Some(json.as_bytes())).unwrap().rows;
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
            let none = read_statuses(body).unwrap().rows;
            let columns: Vec<String> = none.into_columns().iter().map(Column::name).collect();
            assert_eq!(columns, STATUSES.base);
        }
    }
}
