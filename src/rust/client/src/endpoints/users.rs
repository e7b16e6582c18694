//! `AmoUsers()`: the users of an account (docs/contract.md, Table of users).

use crate::endpoints::endpoint::{Endpoint, ListSpec, RowOf};
use crate::endpoints::paged_list::Pagination;
use crate::json::flatten::{Record, Value};
use crate::table::Schema;
use crate::table::row::Row;

/// The users of an account.
pub static USERS: Endpoint = Endpoint {
    name: "users",
    label: "users",
    schema: &SCHEMA,
    v2: Some(ListSpec {
        path: "/api/v2/account",
        member: "users",
        always: &[("with", "users")],
        pagination: Pagination::Whole,
        row: RowOf::Function(write_v2),
        ..ListSpec::V2
    }),
    v4: ListSpec {
        path: "/api/v4/users",
        member: "users",
        always: &[("with", "phone_number,role,group")],
        row: RowOf::WithEmbedded(write_v4),
        is_for_admins: true,
        ..ListSpec::V4
    },
    ..Endpoint::DEFAULT
};

#[rustfmt::skip]
static SCHEMA: Schema = Schema {
    base: &[
        "id", "name", "last_name", "login", "language", "group_id", "is_active", "is_free",
        "is_admin", "phone_number",
    ],
    keys: &["id"],
    ids: &["id"],
    inferred: true,
    integers: &["group_id", "role_id"],
    logicals: &["is_active", "is_free", "is_admin"],
    ..Schema::TEXT
};

/// A user of API v2 as a row: scalars only, which leaves out the rights.
pub fn write_v2<'r>(user: &'r Record, row: &mut Row<'r>) -> bool {
    for field in user.iter().filter(|field| !field.name().contains('.')) {
        row.push_named(field.name(), field.value().filled());
    }
    true
}

/// A user of API v4 as a row of v2, which has no free users.
pub fn write_v4<'r>(user: &'r Record, row: &mut Row<'r>) -> bool {
    row.copy_as(user, "id", "id");
    for (column, name) in [("name", "name"), ("login", "email"), ("language", "lang")] {
        if column == "login" {
            row.push_value("last_name", Value::ABSENT);
        }
        row.push_value(column, user.get(name).unwrap_or(Value::ABSENT).filled());
    }
    row.push_value("group_id", group_id(user));
    for column in ["is_active", "is_free", "is_admin"] {
        row.copy_as(user, &format!("rights.{column}"), column);
    }
    row.push_value("phone_number", first_of(user, &["phone_number"]).filled());
    // Columns that v2 does not have come last.
    row.push_value("role_id", first_of(user, &["rights.role_id", "_embedded.roles.id"]));
    row.push_value("role_name", first_of(user, &["_embedded.roles.name"]).filled());
    row.push_value("group_name", first_of(user, &["_embedded.groups.name"]).filled());
    user.get("rights.is_free").is_none_or(|is_free| is_free.text() != "TRUE")
}

/// The first group has the id 0 in v2 and null in v4. A user without rights in the answer
/// may belong to any group.
fn group_id<'r>(user: &'r Record) -> Value<'r> {
    let has_rights = user.iter().any(|field| field.name().starts_with("rights."));
    match first_of(user, &["rights.group_id", "_embedded.groups.id"]) {
        Value::ABSENT if has_rights => Value::Whole(0),
        group => group,
    }
}

/// The value of the first of these members that exists.
fn first_of<'r>(user: &'r Record, names: &[&str]) -> Value<'r> {
    names.iter().find_map(|name| user.get(name)).unwrap_or(Value::ABSENT)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{SCHEMA, write_v4};
    use crate::table::{Column, Format, Map, Table, read_page};

    fn read(users: &str) -> Table {
        let body = format!(r#"{{"_embedded":{{"users":[{users}]}}}}"#);
        let map = Map::FunctionWithEmbedded(&write_v4);
        let format = Format { list: "users", schema: &SCHEMA, id: "id", order: None, map };
        read_page(body.as_bytes(), &format).unwrap().rows
    }

    fn text(table: &Table, column: &str) -> Option<String> {
        table.texts(column).remove(0)
    }

    #[test]
    fn telephone_role_and_group_are_told() {
        let user = read(
            r#"{"id":1,"name":"a","phone_number":"+7000","rights":{"is_admin":false,"group_id":5,
            "role_id":6},"_embedded":{"roles":[{"id":6,"name":"r"}],"groups":[{"id":5,"name":"g"}]}}"#,
        );
        for (column, held) in [
            ("phone_number", "+7000"),
            ("group_id", "5"),
            ("role_id", "6"),
            ("role_name", "r"),
            ("group_name", "g"),
        ] {
            assert_eq!(text(&user, column).as_deref(), Some(held), "{column}");
        }
        let columns = user.into_columns();
        let names: Vec<String> = columns.iter().map(Column::name).collect();
        assert_eq!(names, [SCHEMA.base, &["role_id", "role_name", "group_name"]].concat());
    }

    #[test]
    fn a_user_without_rights_is_there_and_may_belong_to_any_group() {
        let user = read(r#"{"id":1,"rights":null,"phone_number":null}"#);
        assert_eq!(user.rows(), 1);
        for column in ["is_active", "is_free", "is_admin", "group_id", "role_id", "phone_number"] {
            assert_eq!(text(&user, column), None, "{column}");
        }
        let in_group = read(r#"{"id":1,"rights":null,"_embedded":{"groups":[{"id":5}]}}"#);
        assert_eq!(text(&in_group, "group_id").as_deref(), Some("5"));
        let in_first = read(r#"{"id":1,"rights":{"is_active":false,"group_id":null}}"#);
        assert_eq!(text(&in_first, "group_id").as_deref(), Some("0"));
        assert_eq!(text(&in_first, "is_active").as_deref(), Some("0"));
    }
}
