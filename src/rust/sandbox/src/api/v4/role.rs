//! `GET /api/v4/roles`, for administrators only.

use super::list::{Cut, Rows};
use super::{link, user};
use crate::api::{Context, Json, object};
use crate::data::settings::{ROLES, Role};
use crate::data::{Kind, Store, Table};

impl Rows for Role {
    const CUT: Cut = Cut::CountedPages;
    const FOR_ADMINS: bool = true;

    fn name(_: Kind) -> &'static str {
        "roles"
    }

    fn table(_: &Store, _: Kind) -> (&Table<Self>, usize) {
        (&ROLES, 0)
    }

    fn view(&self, context: &Context) -> Json {
        let users = || Json::list(self.users().map(|user| user.id));
        reference(self, context)
            .with("rights", user::rights(false))
            .with("_embedded", object! { "users": context.part("users", users) }.unless_bare())
    }
}

/// A role as the users who have it show it.
pub fn reference(role: &Role, context: &Context) -> Json {
    object! {
        "id": role.id, "name": role.name,
        "_links": link(format!("{}/api/v4/roles/{}", context.site, role.id)),
    }
}
