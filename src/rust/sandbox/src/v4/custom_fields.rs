//! `GET /api/v4/{entity}/custom_fields`: by their place on the card, and
//! counted.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request};
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;

use super::paging::{self, Links, Page, Paging};
use super::problem::{self, Invalid};
use super::{ROOT, site};
use crate::account;
use crate::app::App;
use crate::fields::{self, Field};
use crate::kind::Kind;
use crate::query::Query;

const MOST_ROWS: u64 = 250;

#[derive(Serialize)]
#[allow(clippy::struct_excessive_bools, reason = "the service's fields")]
struct FieldView {
    id: u64,
    name: &'static str,
    #[serde(rename = "type")]
    shape: &'static str,
    account_id: u64,
    code: Option<&'static str>,
    sort: u64,
    is_api_only: bool,
    enums: Option<Vec<ChoiceView>>,
    group_id: Option<&'static str>,
    required_statuses: [(); 0],
    is_deletable: bool,
    is_predefined: bool,
    entity_type: &'static str,
    remind: Option<&'static str>,
    settings: Option<&'static str>,
    _links: Links,
}

#[derive(Serialize)]
struct ChoiceView {
    id: u64,
    value: &'static str,
    sort: u64,
    code: Option<&'static str>,
}

/// Adds the fields of the cards of a kind.
pub fn add(router: Router<Arc<App>>, kind: Kind) -> Router<Arc<App>> {
    let path = format!("{ROOT}{}/custom_fields", kind.plural());
    let all = async move |request: Request| list(kind, &request);
    let one = async move |id: Path<String>, request: Request| show(kind, &id, &request);
    router.route(&path, get(all)).route(&format!("{path}/{{id}}"), get(one))
}

fn list(kind: Kind, request: &Request) -> Result<Response, Invalid> {
    let query = Query::parse(request.uri().query().unwrap_or_default().as_bytes());
    let paging = Paging::read(&query, MOST_ROWS)?;
    let fields = fields::of(kind);
    let site = site::of(request.headers());
    let (page, next) = paging.cut_and_look(fields.iter());
    let items = page.into_iter().map(|field| FieldView::of(kind, field, &site)).collect();
    let total = Some(fields.len() as u64);
    Ok(paging.answer(request, Page { name: "custom_fields", items, next, total }))
}

fn show(kind: Kind, id: &str, request: &Request) -> Response {
    let Ok(id) = id.parse::<u64>() else {
        return problem::no_page(request);
    };
    let site = site::of(request.headers());
    let field = fields::of(kind).iter().find(|field| field.id == id);
    paging::answer_one(field.map(|field| FieldView::of(kind, field, &site)))
}

impl FieldView {
    fn of(kind: Kind, field: &'static Field, site: &str) -> Self {
        let (entity, id) = (kind.plural(), field.id);
        Self {
            id,
            name: field.name,
            shape: field.shape_name(),
            account_id: account::ID,
            code: field.is_system().then_some(field.code),
            sort: field.sort,
            is_api_only: false,
            enums: (!field.choices.is_empty()).then(|| choices(field)),
            group_id: None,
            required_statuses: [],
            is_deletable: !field.is_system(),
            is_predefined: field.is_system(),
            entity_type: entity,
            remind: None,
            settings: None,
            _links: Links::to(format!("{site}/api/v4/{entity}/custom_fields/{id}")),
        }
    }
}

/// Choices of system fields have a code, which is their text.
fn choices(field: &'static Field) -> Vec<ChoiceView> {
    let choices = (0..).zip(field.choices).map(|(rank, (id, value))| ChoiceView {
        id: *id,
        value,
        sort: rank * 10,
        code: field.is_system().then_some(value),
    });
    choices.collect()
}
