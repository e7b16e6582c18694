//! `AmoTaskTypes()`: the types of tasks (docs/contract.md, Table of task types).

use futures_util::future::{BoxFuture, FutureExt};

use crate::account::Api;
use crate::endpoints::endpoint::Endpoint;
use crate::endpoints::paged_list::{EndpointSpec, PagedList, Pagination};
use crate::error::Error;
use crate::http::Request;
use crate::json::flatten::Record;
use crate::query::Context;
use crate::table::Schema;
use crate::table::row::Row;

static TASK_TYPES: Schema =
    Schema { base: &["id", "name"], inferred: true, integers: &["id"], ..Schema::TEXT };

/// The looks of a type, which are no data.
const LOOKS: [&str; 2] = ["color", "icon_id"];

/// The types of tasks of an account.
pub struct TaskTypes;

impl Endpoint for TaskTypes {
    const NAME: &'static str = "task_types";

    fn schema(&self) -> &'static Schema {
        &TASK_TYPES
    }

    fn lists<'e>(&'e self, context: &'e Context) -> BoxFuture<'e, Result<Vec<PagedList>, Error>> {
        async { Ok(vec![list(context.api)]) }.boxed()
    }
}

fn list(api: Api) -> PagedList {
    let path = match api {
        Api::V2 => "/api/v2/account",
        Api::V4 => "/api/v4/account",
    };
    PagedList::whole(EndpointSpec {
        name: "types of tasks",
        request: Request::get(path).query("with", "task_types"),
        pagination: Pagination::Whole,
        member: "task_types",
        id: "id",
        schema: &TASK_TYPES,
        row: Box::new(write_row),
    })
}

/// A type as its row.
pub fn write_row<'r>(task_type: &'r Record, row: &mut Row<'r>) -> bool {
    for field in task_type.iter() {
        if !LOOKS.contains(&field.name()) {
            row.push_field(field);
        }
    }
    true
}
