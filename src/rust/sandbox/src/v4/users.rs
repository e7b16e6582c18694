//! `GET /api/v4/users`: the free ones too, and all of it counted.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::response::Response;
use serde::Serialize;

use super::paging::{self, Links, Page, Paging};
use super::problem::{self, Invalid};
use super::site;
use crate::account::{LANGUAGE, USERS, User};
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
    rights: Rights,
    _links: Links,
}

#[derive(Serialize)]
#[allow(clippy::struct_excessive_bools, reason = "the service's fields")]
struct Rights {
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
    rights: EntityRights,
}
