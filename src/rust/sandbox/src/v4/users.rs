//! `GET /api/v4/users`: the free ones too, and all of it counted. For
//! administrators only.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::response::Response;
use serde::Serialize;

use super::paging::{self, Links, Page, Paging};
use super::problem::{self, Invalid};
use super::site;
use crate::account::{GROUPS, Group, LANGUAGE, USERS, User};
use crate::app::App;
use crate::funnel::{PIPELINES, Pipeline};
use crate::query::Query;

const MOST_ROWS: u64 = 250;

#[derive(Serialize)]
struct UserView {
    id: u64,
    name: &'static str,
    email: &'static str,
    lang: &'static str,
    rights: Powers,
    #[serde(flatten)]
    more: More,
    _links: Links,
}

/// What comes only if it is asked for.
#[derive(Serialize)]
struct More {
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<&'static str>,
    #[serde(skip_serializing_if = "Embedded::is_empty")]
    _embedded: Embedded,
}

#[derive(Serialize)]
struct Embedded {
    /// Administrators need none, and others have rights of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    roles: Option<[Named; 0]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Vec<Named>>,
}

#[derive(Serialize)]
struct Named {
    id: u64,
    name: &'static str,
}

#[derive(Serialize)]
#[allow(clippy::struct_excessive_bools, reason = "the service's fields")]
struct Powers {
    leads: EntityRights,
    contacts: EntityRights,
    companies: EntityRights,
    tasks: TaskRights,
    mail_access: bool,
    catalog_access: bool,
    /// An administrator needs none.
    status_rights: Option<Vec<StatusRights>>,
    is_admin: bool,
    is_free: bool,
    is_active: bool,
    /// The group that every account has is none.
    group_id: Option<u64>,
    role_id: Option<u64>,
}

#[derive(Serialize)]
struct EntityRights {
    view: &'static str,
    edit: &'static str,
    add: &'static str,
    delete: &'static str,
    export: &'static str,
}

#[derive(Serialize)]
struct TaskRights {
    edit: &'static str,
    delete: &'static str,
}

#[derive(Serialize)]
struct StatusRights {
    entity_type: &'static str,
    pipeline_id: u64,
    status_id: u64,
    rights: StageRights,
}

#[derive(Serialize)]
struct StageRights {
    view: &'static str,
    edit: &'static str,
    delete: &'static str,
    export: &'static str,
}

/// Answers with a page of users, or 204.
pub async fn list(State(app): State<Arc<App>>, request: Request) -> Result<Response, Invalid> {
    if !app.admin {
        return Ok(problem::forbidden());
    }
    let query = Query::parse(request.uri().query().unwrap_or_default().as_bytes());
    let paging = Paging::read(&query, MOST_ROWS)?;
    let site = site::of(request.headers());
    let (users, next) = paging.cut_and_look(USERS.iter());
    let view = |user| UserView::of(user, &query, &site);
    let items = users.into_iter().map(view).collect();
    let total = Some(USERS.len() as u64);
    Ok(paging.answer(&request, Page { name: "users", items, next, total }))
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
    let query = Query::parse(request.uri().query().unwrap_or_default().as_bytes());
    let site = site::of(request.headers());
    let user = USERS.iter().find(|user| user.id == id);
    paging::answer_one(user.map(|user| UserView::of(user, &query, &site)))
}

impl UserView {
    fn of(user: &'static User, query: &Query, site: &str) -> Self {
        Self {
            id: user.id,
            name: user.name,
            email: user.login,
            lang: LANGUAGE,
            rights: rights(user),
            more: More::of(user, query),
            _links: Links::to(format!("{site}/api/v4/users/{}", user.id)),
        }
    }
}

impl More {
    fn of(user: &User, query: &Query) -> Self {
        let asked = |name: &str| query.list("with").any(|asked| asked == name);
        let of_user = |group: &&Group| group.id == user.group_id && group.id != 0;
        let groups = GROUPS.iter().filter(of_user);
        let groups = groups.map(|group| Named { id: group.id, name: group.name });
        Self {
            phone_number: asked("phone_number").then_some(user.phone),
            _embedded: Embedded {
                roles: asked("role").then_some([]),
                groups: asked("group").then(|| groups.collect()),
            },
        }
    }
}

impl Embedded {
    fn is_empty(&self) -> bool {
        self.roles.is_none() && self.groups.is_none()
    }
}

/// Administrators may do all; others see all, and change what is theirs (M)
/// or their group's (G).
fn rights(user: &User) -> Powers {
    let or = |other| if user.is_admin { "A" } else { other };
    let entity = |edit| EntityRights {
        view: "A",
        edit: or(edit),
        add: "A",
        delete: or("D"),
        export: or("D"),
    };
    Powers {
        leads: entity("G"),
        contacts: entity("M"),
        companies: entity("M"),
        tasks: TaskRights { edit: or("M"), delete: or("M") },
        mail_access: true,
        catalog_access: true,
        status_rights: (!user.is_admin)
            .then(|| PIPELINES.iter().filter_map(status_rights).collect()),
        is_admin: user.is_admin,
        is_free: user.is_free,
        is_active: user.is_active,
        group_id: Some(user.group_id).filter(|id| *id != 0),
        role_id: None,
    }
}

/// Rights are kept for the unsorted pile of each funnel.
fn status_rights(pipeline: &Pipeline) -> Option<StatusRights> {
    let unsorted = pipeline.statuses.iter().find(|status| status.is_unsorted())?;
    let right = "G";
    Some(StatusRights {
        entity_type: "leads",
        pipeline_id: pipeline.id,
        status_id: unsorted.id,
        rights: StageRights { view: right, edit: right, delete: right, export: right },
    })
}
