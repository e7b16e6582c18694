//! `AmoGroups()`: the groups of users (docs/contract.md, Table of groups).

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

static GROUPS: Schema =
    Schema { base: &["id", "name"], inferred: true, integers: &["id"], ..Schema::TEXT };

/// The groups of an account.
pub struct Groups;

impl Endpoint for Groups {
    const NAME: &'static str = "groups";

    fn schema(&self) -> &'static Schema {
        &GROUPS
    }

    fn lists<'e>(&'e self, context: &'e Context) -> BoxFuture<'e, Result<Vec<PagedList>, Error>> {
        async { Ok(vec![list(context.api)]) }.boxed()
    }
}

fn list(api: Api) -> PagedList {
    let (path, member) = match api {
        Api::V2 => ("/api/v2/account", "groups"),
        Api::V4 => ("/api/v4/account", "users_groups"),
    };
    PagedList::whole(EndpointSpec {
        name: "groups",
        request: Request::get(path).query("with", member),
        pagination: Pagination::Whole,
        member,
        id: "id",
        schema: &GROUPS,
        row: Box::new(write_row),
    })
}

/// A group as its row.
pub fn write_row<'r>(group: &'r Record, row: &mut Row<'r>) -> bool {
    row.copy_as(group, "id", "id");
    row.copy_as(group, "name", "name");
    true
}
