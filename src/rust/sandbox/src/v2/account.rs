//! `GET /api/v2/account`.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::pipelines::{self, PipelineView};
use super::{Links, page};
use crate::account::{self, GROUPS, TASK_TYPES, USERS};
use crate::app::App;
use crate::fields::{self, Field};
use crate::funnel::{PIPELINES, Pipeline};
use crate::json::Object;
use crate::query::Query;
use crate::reply;

/// The note types that the account lists: those that have a code name.
const NOTE_TYPES: [(u64, &str); 18] = [
    (1, "DEAL_CREATED"),
    (2, "CONTACT_CREATED"),
    (3, "DEAL_STATUS_CHANGED"),
    (4, "COMMON"),
    (5, "ATTACHEMENT"),
    (6, "CALL"),
    (7, "MAIL_MESSAGE"),
    (8, "MAIL_MESSAGE_ATTACHMENT"),
    (9, "EXTERNAL_ATTACH"),
    (10, "CALL_IN"),
    (11, "CALL_OUT"),
    (12, "COMPANY_CREATED"),
    (13, "TASK_RESULT"),
    (17, "CHAT"),
    (99, "MAX_SYSTEM"),
    (101, "DROPBOX"),
    (102, "SMS_IN"),
    (103, "SMS_OUT"),
];

#[derive(Serialize)]
struct AccountView<'a> {
    _links: Links,
    id: u64,
    name: &'static str,
    subdomain: &'a str,
    currency: &'static str,
    timezone: &'a str,
    timezone_offset: String,
    language: &'static str,
    date_pattern: DatePattern,
    current_user: u64,
    #[serde(skip_serializing_if = "Parts::is_empty")]
    _embedded: Parts,
}

#[derive(Serialize)]
struct DatePattern {
    date: &'static str,
    time: &'static str,
    date_time: &'static str,
    time_full: &'static str,
}

/// What `with` asks for.
#[derive(Serialize)]
struct Parts {
    #[serde(skip_serializing_if = "Option::is_none")]
    users: Option<Object<UserView>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_fields: Option<FieldsView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note_types: Option<Object<NoteTypeView>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Vec<GroupView>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    task_types: Option<Object<TaskTypeView>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pipelines: Option<Object<PipelineView>>,
}

#[derive(Serialize)]
struct UserView {
    id: u64,
    name: &'static str,
    last_name: &'static str,
    login: &'static str,
    language: &'static str,
    group_id: u64,
    is_active: bool,
    is_free: bool,
    is_admin: bool,
    phone_number: &'static str,
    rights: Rights,
}

#[derive(Serialize)]
struct Rights {
    mail: &'static str,
    incoming_leads: &'static str,
    catalogs: &'static str,
    lead_add: &'static str,
    lead_view: &'static str,
    lead_edit: &'static str,
    lead_delete: &'static str,
    lead_export: &'static str,
    contact_add: &'static str,
    contact_view: &'static str,
    contact_edit: &'static str,
    contact_delete: &'static str,
    contact_export: &'static str,
    company_add: &'static str,
    company_view: &'static str,
    company_edit: &'static str,
    company_delete: &'static str,
    company_export: &'static str,
    task_edit: &'static str,
    task_delete: &'static str,
    by_status: ByStatus,
}

#[derive(Serialize)]
struct ByStatus {
    leads: Object<Object<StatusRights>>,
}

#[derive(Serialize)]
struct StatusRights {
    view: &'static str,
    edit: &'static str,
    delete: &'static str,
    export: &'static str,
}

#[derive(Serialize)]
struct FieldsView {
    contacts: Object<FieldView>,
    leads: Object<FieldView>,
    companies: Object<FieldView>,
    /// Without any field it is `[]`, not `{}`.
    customers: [(); 0],
}

#[derive(Serialize)]
#[allow(clippy::struct_excessive_bools, reason = "the service's fields")]
struct FieldView {
    id: u64,
    name: &'static str,
    field_type: u64,
    sort: u64,
    code: &'static str,
    is_multiple: bool,
    is_system: bool,
    is_editable: bool,
    is_required: bool,
    is_deletable: bool,
    is_visible: bool,
    params: Object<()>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enums: Option<Object<&'static str>>,
}

#[derive(Serialize)]
struct NoteTypeView {
    id: u64,
    code: &'static str,
    is_editable: bool,
}

#[derive(Serialize)]
struct GroupView {
    id: u64,
    name: &'static str,
}

#[derive(Serialize)]
struct TaskTypeView {
    id: u64,
    name: &'static str,
    color: Option<&'static str>,
    icon_id: u64,
}

/// Answers with the account and with the parts that `with` names.
pub async fn show(State(app): State<Arc<App>>, request: Request) -> Response {
    let query = page::query(&request);
    let view = AccountView {
        _links: Links::echo("/api/v2/account", request.uri()),
        id: account::ID,
        name: account::NAME,
        subdomain: &app.account.subdomain,
        currency: account::CURRENCY,
        timezone: app.account.timezone_name(),
        timezone_offset: offset_now(&app.account.timezone),
        language: account::LANGUAGE,
        date_pattern: DatePattern {
            date: "d.m.Y",
            time: "H:i",
            date_time: "d.m.Y H:i",
            time_full: "H:i:s",
        },
        current_user: app.current_user().id,
        _embedded: Parts::read(&query),
    };
    reply::json(StatusCode::OK, reply::HAL, &view)
}

impl Parts {
    fn read(query: &Query) -> Self {
        let asked = |part| query.list("with").any(|name| name == part);
        let free = query.value("free_users") == Some("Y");
        Self {
            users: asked("users").then(|| users(free)),
            custom_fields: asked("custom_fields").then(custom_fields),
            note_types: asked("note_types").then(note_types),
            groups: asked("groups").then(groups),
            task_types: asked("task_types").then(task_types),
            pipelines: asked("pipelines").then(pipelines::all),
        }
    }

    fn is_empty(&self) -> bool {
        self.users.is_none()
            && self.custom_fields.is_none()
            && self.note_types.is_none()
            && self.groups.is_none()
            && self.task_types.is_none()
            && self.pipelines.is_none()
    }
}

fn users(free: bool) -> Object<UserView> {
    let shown = USERS.iter().filter(|user| free || !user.is_free);
    let views = shown.map(|user| {
        let view = UserView {
            id: user.id,
            name: user.name,
            last_name: "",
            login: user.login,
            language: account::LANGUAGE,
            group_id: user.group_id,
            is_active: user.is_active,
            is_free: user.is_free,
            is_admin: user.is_admin,
            phone_number: user.phone,
            rights: rights(user.is_admin),
        };
        (user.id, view)
    });
    Object(views.collect())
}

/// Administrators may do all; others see all, and change what is theirs (M)
/// or their group's (G).
fn rights(is_admin: bool) -> Rights {
    let or = |other| if is_admin { "A" } else { other };
    Rights {
        mail: "A",
        incoming_leads: or("G"),
        catalogs: "A",
        lead_add: "A",
        lead_view: "A",
        lead_edit: or("G"),
        lead_delete: or("D"),
        lead_export: or("D"),
        contact_add: "A",
        contact_view: "A",
        contact_edit: or("M"),
        contact_delete: or("D"),
        contact_export: or("D"),
        company_add: "A",
        company_view: "A",
        company_edit: or("M"),
        company_delete: or("D"),
        company_export: or("D"),
        task_edit: or("M"),
        task_delete: or("M"),
        by_status: ByStatus {
            leads: Object(PIPELINES.iter().map(|p| (p.id, status_rights(p, or("G")))).collect()),
        },
    }
}

/// Rights are kept for the unsorted pile of each funnel.
fn status_rights(pipeline: &Pipeline, right: &'static str) -> Object<StatusRights> {
    let unsorted = pipeline.statuses.iter().filter(|status| status.is_unsorted());
    let views = unsorted.map(|status| {
        let rights = StatusRights { view: right, edit: right, delete: right, export: right };
        (status.id, rights)
    });
    Object(views.collect())
}

fn custom_fields() -> FieldsView {
    FieldsView {
        contacts: field_views(fields::CONTACT),
        leads: field_views(fields::LEAD),
        companies: field_views(fields::COMPANY),
        customers: [],
    }
}

fn field_views(fields: &[Field]) -> Object<FieldView> {
    Object(fields.iter().map(|field| (field.id, field_view(field))).collect())
}

fn field_view(field: &Field) -> FieldView {
    let choices = !field.choices.is_empty();
    FieldView {
        id: field.id,
        name: field.name,
        field_type: field.shape,
        sort: field.sort,
        code: field.code,
        is_multiple: field.is_multiple(),
        is_system: field.is_system(),
        is_editable: true,
        is_required: false,
        is_deletable: true,
        is_visible: true,
        params: Object(Vec::new()),
        enums: choices.then(|| Object(field.choices.to_vec())),
    }
}

fn note_types() -> Object<NoteTypeView> {
    let views = NOTE_TYPES.into_iter().map(|(id, code)| {
        let is_editable = code == "COMMON";
        let view = NoteTypeView { id, code, is_editable };
        (id, view)
    });
    Object(views.collect())
}

fn groups() -> Vec<GroupView> {
    let views = GROUPS.iter().map(|group| GroupView { id: group.id, name: group.name });
    views.collect()
}

fn task_types() -> Object<TaskTypeView> {
    let views = TASK_TYPES.iter().map(|task_type| {
        let view = TaskTypeView { id: task_type.id, name: task_type.name, color: None, icon_id: 0 };
        (task_type.id, view)
    });
    Object(views.collect())
}

/// The zone's present distance from UTC, as in `+03:00`.
fn offset_now(timezone: &TimeZone) -> String {
    Timestamp::now().to_zoned_datetime(timezone.clone()).strftime("%:z").to_string()
}
