//! `AmoGroups()`: the groups of users (docs/contract.md, Table of groups).

use futures_util::future::{BoxFuture, FutureExt};

use crate::account::Api;
use crate::endpoints::endpoint::Plan;
use crate::endpoints::paged_list::{Cut, RowList, Source};
use crate::error::Error;
use crate::http::Request;
use crate::json::flatten::Leaves;
use crate::query::Context;
use crate::table::Schema;
use crate::table::row::Row;

static GROUPS: Schema =
    Schema { base: &["id", "name"], natural: true, integers: &["id"], ..Schema::TEXT };

/// The groups of an account.
pub struct Groups;

impl Plan for Groups {
    const NAME: &'static str = "groups";

    fn schema(&self) -> &'static Schema {
        &GROUPS
    }

    fn lists<'p>(&'p self, context: &'p Context) -> BoxFuture<'p, Result<Vec<RowList>, Error>> {
        async { Ok(vec![list(context.api)]) }.boxed()
    }
}

fn list(api: Api) -> RowList {
    let (path, member) = match api {
        Api::V2 => ("/api/v2/account", "groups"),
        Api::V4 => ("/api/v4/account", "users_groups"),
    };
    RowList::whole(Source {
        name: "groups",
        request: Request::get(path).query("with", member),
        cut: Cut::Whole,
        member,
        id: "id",
        schema: &GROUPS,
        row: Box::new(write_row),
    })
}

/// A group as its row.
pub fn write_row<'r>(group: &'r Leaves, row: &mut Row<'r>) -> bool {
    row.copy_as(group, "id", "id");
    row.copy_as(group, "name", "name");
    true
}
