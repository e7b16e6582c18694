//! `AmoUsers()`: the users of an account (contract section 4).

use futures_util::future::{BoxFuture, FutureExt};

use crate::account::Api;
use crate::error::Error;
use crate::flatten::{Leaves, Value};
use crate::http::Request;
use crate::query::Context;
use crate::row::Row;
use crate::row_list::{Cut, RowList, RowOf, Source};
use crate::table::Schema;
use crate::table_query::Plan;
use crate::v4::LIST_LIMIT;

static USERS: Schema = Schema {
    base: &[
        "id",
        "name",
        "last_name",
        "login",
        "language",
        "group_id",
        "is_active",
        "is_free",
        "is_admin",
        "phone_number",
    ],
    keys: &["id"],
    ids: &["id"],
    natural: true,
    integers: &["group_id"],
    logicals: &["is_active", "is_free", "is_admin"],
    ..Schema::TEXT
};

/// The users of an account.
pub struct Users;

impl Plan for Users {
    const NAME: &'static str = "users";

    fn schema(&self) -> &'static Schema {
        &USERS
    }

    fn lists<'p>(&'p self, context: &'p Context) -> BoxFuture<'p, Result<Vec<RowList>, Error>> {
        async {
            let source = |request, cut, row: RowOf| Source {
                name: "users",
                request,
                cut,
                member: "users",
                id: "id",
                schema: &USERS,
                row,
            };
            Ok(vec![match context.api {
                Api::V2 => {
                    let request = Request::get("/api/v2/account").query("with", "users");
                    RowList::whole(source(request, Cut::Whole, Box::new(write_v2)))
                }
                Api::V4 => {
                    let request = Request::get("/api/v4/users");
                    RowList::new(source(request, Cut::Pages, Box::new(write_v4)), LIST_LIMIT)
                }
            }])
        }
        .boxed()
    }

    /// Here a 403 is about rights: API v4 lists users to administrators only
    /// (v4.md 1.7).
    fn explain(&self, error: Error) -> Error {
        match error {
            Error::Blocked { detail, at } if at.endpoint == "GET /api/v4/users" => {
                Error::Forbidden { detail, at }
            }
            error => error,
        }
    }
}

/// A user of API v2 as a row: scalars only, which leaves out the rights.
pub fn write_v2<'r>(user: &'r Leaves, row: &mut Row<'r>) -> bool {
    for leaf in user.iter().filter(|leaf| !leaf.name().contains('.')) {
        row.push_named(leaf.name(), leaf.value().filled());
    }
    true
}

/// A user of API v4 as a row of v2, which has no free users.
pub fn write_v4<'r>(user: &'r Leaves, row: &mut Row<'r>) -> bool {
    row.copy_as(user, "id", "id");
    for (column, name) in [("name", "name"), ("login", "email"), ("language", "lang")] {
        if column == "login" {
            row.push_value("last_name", Value::ABSENT);
        }
        row.push_value(column, user.get(name).unwrap_or(Value::ABSENT).filled());
    }
    // The first group has the id 0 in v2 and none in v4.
    row.push_value("group_id", user.get("rights.group_id").unwrap_or(Value::Whole(0)));
    for column in ["is_active", "is_free", "is_admin"] {
        row.copy_as(user, &format!("rights.{column}"), column);
    }
    row.push_value("phone_number", Value::ABSENT);
    user.get("rights.is_free").is_none_or(|is_free| is_free.text() != "TRUE")
}
