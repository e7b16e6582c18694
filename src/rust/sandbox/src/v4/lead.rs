//! A lead as API v4 spells it.

use serde::Serialize;

use super::extras::Extras;
use super::paging::Links;
use super::parts::{FieldView, Parts, Reference, TagView};
use crate::account;
use crate::app::App;
use crate::card::Card;
use crate::funnel;
use crate::kind::Kind;

/// One row of the list.
#[derive(Serialize)]
pub struct LeadView {
    id: u32,
    name: String,
    price: u64,
    responsible_user_id: u64,
    group_id: u64,
    status_id: u64,
    pipeline_id: u64,
    loss_reason_id: Option<u64>,
    source_id: Option<u64>,
    created_by: u64,
    updated_by: u64,
    created_at: u32,
    updated_at: u32,
    closed_at: Option<u32>,
    closest_task_at: Option<u32>,
    is_deleted: bool,
    custom_fields_values: Option<Vec<FieldView>>,
    score: Option<u64>,
    account_id: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_price_modified_by_robot: Option<bool>,
    _links: Links,
    _embedded: Embedded,
}

#[derive(Serialize)]
struct Embedded {
    tags: Vec<TagView>,
    companies: Vec<Reference>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contacts: Option<Vec<Reference>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    loss_reason: Option<Vec<LossReason>>,
    /// There are no catalogs.
    #[serde(skip_serializing_if = "Option::is_none")]
    catalog_elements: Option<[(); 0]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Source>,
}

#[derive(Serialize)]
struct Source {
    id: u64,
    name: &'static str,
}

#[derive(Serialize)]
struct LossReason {
    id: u64,
    name: &'static str,
    sort: u64,
    created_at: u64,
    updated_at: u64,
    _links: Links,
}

impl LeadView {
    /// Spells a lead out.
    pub fn of(app: &App, card: &Card, extras: Extras, site: &str) -> Self {
        let account = &app.account;
        let parts = Parts { account, card, site };
        let (worth, standing) = (account.worth(card), &card.standing);
        Self {
            id: card.id,
            name: account.name(Kind::Lead, card.place),
            price: worth.price,
            responsible_user_id: card.responsible.id,
            group_id: card.responsible.group_id,
            status_id: standing.stage.status,
            pipeline_id: standing.stage.pipeline,
            loss_reason_id: known(standing.loss_reason),
            source_id: worth.source.filter(|_| extras.source_id),
            created_by: card.created_by,
            updated_by: card.updated_by,
            created_at: card.created_at,
            updated_at: card.updated_at,
            closed_at: (standing.closed_at > 0).then_some(standing.closed_at),
            closest_task_at: app.closest_task(card),
            is_deleted: false,
            custom_fields_values: parts.fields(),
            score: None,
            account_id: account::ID,
            is_price_modified_by_robot: extras
                .is_price_modified_by_robot
                .then_some(worth.is_set_by_robot),
            _links: parts.link(),
            _embedded: Embedded::of(app, &parts, extras),
        }
    }
}

impl Embedded {
    fn of(app: &App, parts: &Parts, extras: Extras) -> Self {
        let contacts = || app.account.contacts_of(Kind::Lead, parts.card.place);
        Self {
            tags: parts.tags(),
            companies: parts.companies(),
            contacts: extras.contacts.then(|| parts.contacts(&contacts())),
            loss_reason: extras
                .loss_reason
                .then(|| loss_reasons(app, parts.card.standing.loss_reason, parts.site)),
            catalog_elements: extras.catalog_elements.then_some([]),
            source: app
                .account
                .worth(parts.card)
                .source
                .filter(|_| extras.source)
                .map(|id| Source { id, name: "Сайт" }),
        }
    }
}

fn known(id: u64) -> Option<u64> {
    (id != 0).then_some(id)
}

/// The reason as a list, which is empty without one.
fn loss_reasons(app: &App, id: u64, site: &str) -> Vec<LossReason> {
    let made_at = app.account.calendar.start();
    let view = |name| LossReason {
        id,
        name,
        sort: 100_000,
        created_at: made_at,
        updated_at: made_at,
        _links: Links::to(format!("{site}/api/v4/leads/loss_reasons/{id}")),
    };
    funnel::loss_reason_name(id).map(view).into_iter().collect()
}
