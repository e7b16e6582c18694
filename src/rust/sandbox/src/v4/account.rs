//! `GET /api/v4/account`.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use serde::Serialize;

use super::paging::Links;
use super::site;
use crate::account::{self, GROUPS, TASK_TYPES};
use crate::app::App;
use crate::query::Query;
use crate::random::{self, Rng};
use crate::reply;

const SALT: u64 = 0x00AC_C004;

#[derive(Serialize)]
#[allow(clippy::struct_excessive_bools, reason = "the service's fields")]
struct AccountView<'a> {
    id: u64,
    name: &'static str,
    subdomain: &'a str,
    current_user_id: u64,
    country: &'static str,
    currency: &'static str,
    customers_mode: &'static str,
    is_unsorted_on: bool,
    is_loss_reason_enabled: bool,
    is_helpbot_enabled: bool,
    is_technical_account: bool,
    contact_name_display_order: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_api_filter_enabled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amojo_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    drive_url: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u64>,
    _links: Links,
    #[serde(skip_serializing_if = "Parts::is_empty")]
    _embedded: Parts<'a>,
}

/// What `with` asks for, as far as it stands apart.
#[derive(Serialize)]
struct Parts<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    amojo_rights: Option<AmojoRights>,
    #[serde(skip_serializing_if = "Option::is_none")]
    users_groups: Option<Vec<GroupView>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    task_types: Option<Vec<TaskTypeView>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    datetime_settings: Option<TimeView<'a>>,
}

#[derive(Serialize)]
struct AmojoRights {
    can_direct: bool,
    can_create_groups: bool,
}

#[derive(Serialize)]
struct GroupView {
    id: u64,
    name: &'static str,
    uuid: Option<String>,
}

#[derive(Serialize)]
struct TaskTypeView {
    id: u64,
    name: &'static str,
    color: Option<&'static str>,
    icon_id: Option<u64>,
    code: &'static str,
}

#[derive(Serialize)]
struct TimeView<'a> {
    date_pattern: &'static str,
    short_date_pattern: &'static str,
    short_time_pattern: &'static str,
    /// So spelt by the service.
    date_formant: &'static str,
    time_format: &'static str,
    timezone: &'a str,
    timezone_offset: String,
}

/// Answers with the account and what `with` names.
pub async fn show(State(app): State<Arc<App>>, request: Request) -> Response {
    let query = Query::parse(request.uri().query().unwrap_or_default().as_bytes());
    let asked = |part| query.list("with").any(|name| name == part);
    let view = AccountView {
        id: account::ID,
        name: account::NAME,
        subdomain: &app.account.subdomain,
        current_user_id: app.current_user().id,
        country: "RU",
        currency: account::CURRENCY,
        customers_mode: if app.kommo { "unavailable" } else { "dynamic" },
        is_unsorted_on: true,
        is_loss_reason_enabled: true,
        is_helpbot_enabled: false,
        is_technical_account: false,
        contact_name_display_order: 1,
        is_api_filter_enabled: asked("is_api_filter_enabled").then_some(app.api_filter),
        amojo_id: asked("amojo_id").then(|| random::uuid(&mut Rng::of(&[SALT, app.account.seed]))),
        drive_url: asked("drive_url").then_some("https://drive.sandbox.example"),
        version: asked("version").then_some(16),
        _links: Links::to(site::of(request.headers()) + "/api/v4/account"),
        _embedded: Parts {
            amojo_rights: asked("amojo_rights")
                .then_some(AmojoRights { can_direct: true, can_create_groups: true }),
            users_groups: asked("users_groups").then(groups),
            task_types: asked("task_types").then(task_types),
            datetime_settings: asked("datetime_settings").then(|| time(&app)),
        },
    };
    reply::plain_json(StatusCode::OK, reply::HAL, &view)
}

impl Parts<'_> {
    fn is_empty(&self) -> bool {
        self.amojo_rights.is_none()
            && self.users_groups.is_none()
            && self.task_types.is_none()
            && self.datetime_settings.is_none()
    }
}

/// Only groups that the account made have an id of the long kind.
fn groups() -> Vec<GroupView> {
    let uuid = |id| (id != 0).then(|| random::uuid(&mut Rng::of(&[SALT, id])));
    let view =
        |group: &account::Group| GroupView { id: group.id, name: group.name, uuid: uuid(group.id) };
    GROUPS.iter().map(view).collect()
}

fn task_types() -> Vec<TaskTypeView> {
    let view = |task_type: &account::TaskType| TaskTypeView {
        id: task_type.id,
        name: task_type.name,
        color: None,
        icon_id: None,
        code: match task_type.id {
            1 => "CALL",
            2 => "MEETING",
            3 => "MAIL",
            _ => "",
        },
    };
    TASK_TYPES.iter().map(view).collect()
}

fn time(app: &App) -> TimeView<'_> {
    let now = Timestamp::now().to_zoned_datetime(app.account.timezone.clone());
    TimeView {
        date_pattern: "d.m.Y H:i",
        short_date_pattern: "d.m.Y",
        short_time_pattern: "H:i",
        date_formant: "d.m.Y",
        time_format: "H:i:s",
        timezone: app.account.timezone_name(),
        timezone_offset: now.strftime("%:z").to_string(),
    }
}
