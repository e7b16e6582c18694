//! `GET /api/v4/users`: the free ones too, and all of it counted. For
//! administrators only.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::response::Response;

use super::problem::{self, Invalid};
use super::{link, paging, role};
use crate::api::app::App;
use crate::api::{self, Context, Json, object};
use crate::data::User;
use crate::data::account::{GROUPS, LANGUAGE, USERS};
use crate::data::funnel::{PIPELINES, Pipeline};
use crate::data::settings::Role;

/// Answers with a page of users, or 204.
pub async fn list(State(app): State<Arc<App>>, request: Request) -> Result<Response, Invalid> {
    if !app.admin {
        return Ok(problem::forbidden());
    }
    let store = app.store();
    let context = Context::new(&store, &request, &api::query(&request));
    let items = USERS.iter().map(|user| view(user, &context)).collect();
    paging::counted_page(&request, "users", items)
}

/// Answers with one user, or 204.
pub async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    if !app.admin {
        return problem::forbidden();
    }
    let Ok(id) = id.parse::<u64>() else {
        return problem::no_page(&request);
    };
    let store = app.store();
    let context = Context::new(&store, &request, &api::query(&request));
    let user = USERS.iter().find(|user| user.id == id);
    paging::answer_one(user.map(|user| view(user, &context)))
}

fn view(user: &User, context: &Context) -> Json {
    let groups = GROUPS.iter().filter(|group| group.id == user.group_id && group.id != 0);
    let groups = groups.map(|group| object! { "id": group.id, "name": group.name });
    let role = Role::of(user);
    let embedded = object! {
        "roles": context.part("role", || Json::list(role.map(|role| role::reference(role, context)))),
        "groups": context.part("group", || Json::list(groups)),
    };
    object! {
        "id": user.id, "name": user.name, "email": user.login, "lang": LANGUAGE,
        "rights": rights_of(user), "phone_number": context.part("phone_number", || user.phone),
        "_embedded": embedded.unless_bare(),
        "_links": link(format!("{}/api/v4/users/{}", context.site, user.id)),
    }
}

fn rights_of(user: &User) -> Json {
    rights(user.is_admin)
        .with("is_admin", user.is_admin.into())
        .with("is_free", user.is_free.into())
        .with("is_active", user.is_active.into())
        // The group that every account has is none.
        .with("group_id", Some(user.group_id).filter(|id| *id != 0).into())
        .with("role_id", Role::of(user).map(|role| role.id).into())
}

/// Administrators may do all; others see all, and change what is theirs (M)
/// or their group's (G).
pub fn rights(is_admin: bool) -> Json {
    let or = |other| if is_admin { "A" } else { other };
    let entity = |edit| {
        object! {
            "view": "A", "edit": or(edit), "add": "A", "delete": or("D"), "export": or("D"),
        }
    };
    let status_rights = PIPELINES.iter().filter_map(status_rights);
    object! {
        "leads": entity("G"), "contacts": entity("M"), "companies": entity("M"),
        "tasks": object! { "edit": or("M"), "delete": or("M") }, "mail_access": true,
        "catalog_access": true,
        // An administrator needs none.
        "status_rights": (!is_admin).then(|| Json::list(status_rights)),
    }
}

/// Rights are kept for the unsorted pile of each funnel.
fn status_rights(pipeline: &Pipeline) -> Option<Json> {
    let unsorted = pipeline.statuses.iter().find(|status| status.is_unsorted())?;
    Some(object! {
        "entity_type": "leads", "pipeline_id": pipeline.id, "status_id": unsorted.id,
        "rights": object! { "view": "G", "edit": "G", "delete": "G", "export": "G" },
    })
}
