//! `GET /api/v2/account` and, what is a part of it as well, `GET /api/v2/pipelines`.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::{echo, link, page};
use crate::api::app::App;
use crate::api::reply;
use crate::api::{self, Context, Json, object};
use crate::data::account;
use crate::data::settings::Pipeline;
use crate::data::{Field, Kind, SETTINGS, User};

/// Where pipelines are listed.
const PIPELINES: &str = "/api/v2/pipelines";

/// The note types that the account lists: those that have a code name.
#[rustfmt::skip]
const NOTE_TYPES: [(u64, &str); 18] = [
    (1, "DEAL_CREATED"), (2, "CONTACT_CREATED"), (3, "DEAL_STATUS_CHANGED"), (4, "COMMON"),
    (5, "ATTACHEMENT"), (6, "CALL"), (7, "MAIL_MESSAGE"), (8, "MAIL_MESSAGE_ATTACHMENT"),
    (9, "EXTERNAL_ATTACH"), (10, "CALL_IN"), (11, "CALL_OUT"), (12, "COMPANY_CREATED"),
    (13, "TASK_RESULT"), (17, "CHAT"), (99, "MAX_SYSTEM"), (101, "DROPBOX"), (102, "SMS_IN"),
    (103, "SMS_OUT"),
];

/// Answers with the account and with the parts that `with` names.
pub async fn show(State(app): State<Arc<App>>, request: Request) -> Response {
    let query = api::query(&request);
    let store = app.store();
    let context = Context::new(&store, &request, &query);
    let free = query.value("free_users") == Some("Y");
    let parts = object! {
        "users": context.part("users", || users(free)),
        "custom_fields": context.part("custom_fields", custom_fields),
        "note_types": context.part("note_types", note_types),
        "groups": context.part("groups", groups),
        "task_types": context.part("task_types", task_types),
        "pipelines": context.part("pipelines", || Json::numbered(SETTINGS.pipelines.iter().map(view_pipeline))),
    };
    let view = object! {
        "_links": echo("/api/v2/account", request.uri()), "id": app.account.id,
        "name": account::NAME, "subdomain": account::SUBDOMAIN,
        "currency": account::CURRENCY, "timezone": app.account.timezone_name().to_owned(),
        "timezone_offset": app.account.offset_now(), "language": account::LANGUAGE,
        "date_pattern": object! {
            "date": "d.m.Y", "time": "H:i", "date_time": "d.m.Y H:i", "time_full": "H:i:s",
        },
        "current_user": app.current_user().id, "_embedded": parts.unless_bare(),
    };
    reply::json(StatusCode::OK, reply::HAL, &view)
}

fn users(free: bool) -> Json {
    let shown = SETTINGS.users.iter().filter(|user| free || !user.is_free);
    Json::numbered(shown.map(|user| (user.id, view(user))))
}

fn view(user: &User) -> Json {
    object! {
        "id": user.id, "name": user.name, "last_name": "", "login": user.login,
        "language": account::LANGUAGE, "group_id": user.group_id, "is_active": user.is_active,
        "is_free": user.is_free, "is_admin": user.is_admin, "phone_number": user.phone,
        "rights": rights(user.is_admin),
    }
}

/// Administrators may do all; others see all, and change what is theirs (M)
/// or their group's (G).
fn rights(is_admin: bool) -> Json {
    let or = |other| if is_admin { "A" } else { other };
    let by_status =
        SETTINGS.pipelines.iter().map(|pipeline| (pipeline.id, status_rights(pipeline, or("G"))));
    object! {
        "mail": "A", "incoming_leads": or("G"), "catalogs": "A", "lead_add": "A",
        "lead_view": "A", "lead_edit": or("G"), "lead_delete": or("D"), "lead_export": or("D"),
        "contact_add": "A", "contact_view": "A", "contact_edit": or("M"),
        "contact_delete": or("D"), "contact_export": or("D"), "company_add": "A",
        "company_view": "A", "company_edit": or("M"), "company_delete": or("D"),
        "company_export": or("D"), "task_edit": or("M"), "task_delete": or("M"),
        "by_status": object! { "leads": Json::numbered(by_status) },
    }
}

/// Rights are kept for the unsorted pile of each funnel.
fn status_rights(pipeline: &Pipeline, right: &'static str) -> Json {
    let unsorted = pipeline.statuses.iter().filter(|status| status.is_unsorted());
    Json::numbered(unsorted.map(|status| {
        let all = object! { "view": right, "edit": right, "delete": right, "export": right };
        (status.id, all)
    }))
}

fn custom_fields() -> Json {
    let all = |kind| {
        Json::numbered(SETTINGS.fields(kind).iter().map(|field| (field.id, field_view(field))))
    };
    object! {
        "contacts": all(Kind::Contact), "leads": all(Kind::Lead),
        "companies": all(Kind::Company),
        // Without any field it is `[]`, not `{}`.
        "customers": Json::List(Vec::new()),
    }
}

fn field_view(field: &'static Field) -> Json {
    let choices = field.choices.iter().map(|choice| (choice.id, choice.name.into()));
    object! {
        "id": field.id, "name": field.name, "field_type": field.number(), "sort": field.sort,
        "code": field.code, "is_multiple": field.shape == "multitext", "is_system": field.is_system(),
        "is_editable": true, "is_required": false, "is_deletable": true, "is_visible": true,
        "params": Json::Object(Vec::new()), "enums": Json::numbered(choices).unless_bare(),
    }
}

fn note_types() -> Json {
    Json::numbered(NOTE_TYPES.into_iter().map(|(id, code)| {
        (id, object! { "id": id, "code": code, "is_editable": code == "COMMON" })
    }))
}

fn groups() -> Json {
    Json::list(SETTINGS.groups.iter().map(|group| object! { "id": group.id, "name": group.name }))
}

fn task_types() -> Json {
    Json::numbered(SETTINGS.task_types.iter().map(|task_type| {
        let (id, name) = (task_type.id, task_type.name);
        (id, object! { "id": id, "name": name, "color": Json::Null, "icon_id": 0_u64 })
    }))
}

/// Answers with all pipelines, or with those that are asked for by their ids;
/// 204 when there are none.
pub async fn pipelines(request: Request) -> Response {
    let query = api::query(&request);
    let ids: Vec<&str> = query.list("id").collect();
    let wanted = |pipeline: &&'static Pipeline| {
        ids.is_empty() || ids.iter().any(|id| id.parse() == Ok(pipeline.id))
    };
    let items: Vec<_> = SETTINGS.pipelines.iter().filter(wanted).map(view_pipeline).collect();
    match items.len() as u64 {
        0 => reply::empty(StatusCode::NO_CONTENT),
        count => page::whole(&request, PIPELINES, Json::numbered(items), count),
    }
}

fn view_pipeline(pipeline: &'static Pipeline) -> (u64, Json) {
    let statuses = pipeline.statuses.iter().map(|status| {
        let view = object! {
            "id": status.id, "name": status.name, "color": status.color, "sort": status.sort,
            "is_editable": status.is_editable,
        };
        (status.id, view)
    });
    let json = object! {
        "id": pipeline.id, "name": pipeline.name, "sort": pipeline.sort,
        "is_main": pipeline.is_main,
        "statuses": Json::numbered(statuses),
        "_links": link(format!("{PIPELINES}?id={}", pipeline.id)),
    };
    (pipeline.id, json)
}
