//! A lead as API v2 spells it.

use serde::Serialize;

use super::Links;
use super::parts::{CompanyReference, FieldView, Maybe, Parts, Reference, References, TagView};
use crate::account;
use crate::app::App;
use crate::card::Card;
use crate::funnel;
use crate::kind::Kind;
use crate::query::Query;

/// One row of the list, its fields in the order of the service.
#[derive(Serialize)]
pub struct LeadView {
    id: u32,
    name: String,
    responsible_user_id: u64,
    created_by: u64,
    created_at: u32,
    updated_at: u32,
    account_id: u64,
    pipeline_id: u64,
    status_id: u64,
    updated_by: u64,
    is_deleted: bool,
    main_contact: Maybe<Reference>,
    group_id: u64,
    company: Maybe<CompanyReference>,
    closed_at: u32,
    closest_task_at: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_price_modified_by_robot: Option<bool>,
    tags: Maybe<Vec<TagView>>,
    custom_fields: Maybe<Vec<FieldView>>,
    contacts: Maybe<References>,
    sale: u64,
    loss_reason_id: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    loss_reason_name: Option<&'static str>,
    pipeline: PipelineReference,
    _links: Links,
}

#[derive(Serialize)]
struct PipelineReference {
    id: u64,
    _links: Links,
}

/// What comes only if it is asked for.
#[derive(Clone, Copy)]
pub struct Extras {
    is_price_modified_by_robot: bool,
    loss_reason_name: bool,
}

impl Extras {
    /// Reads `with`.
    pub fn read(query: &Query) -> Self {
        let asked = |part| query.list("with").any(|name| name == part);
        Self {
            is_price_modified_by_robot: asked("is_price_modified_by_robot"),
            loss_reason_name: asked("loss_reason_name"),
        }
    }
}

impl LeadView {
    /// Spells a lead out.
    pub fn of(app: &App, card: &Card, extras: Extras) -> Self {
        let account = &app.account;
        let contacts = account.contacts_of(Kind::Lead, card.place);
        let (worth, standing) = (account.worth(card), &card.standing);
        let loss_reason = funnel::loss_reason_name(standing.loss_reason);
        let mut parts = Parts::of(account, card);
        Self {
            id: card.id,
            name: account.name(Kind::Lead, card.place),
            responsible_user_id: card.responsible.id,
            created_by: card.created_by,
            created_at: card.created_at,
            updated_at: card.updated_at,
            account_id: account::ID,
            pipeline_id: standing.stage.pipeline,
            status_id: standing.stage.status,
            updated_by: card.updated_by,
            is_deleted: false,
            main_contact: parts.main_contact(&contacts),
            group_id: card.responsible.group_id,
            company: parts.company(),
            closed_at: standing.closed_at,
            closest_task_at: app.closest_task(card).unwrap_or(0),
            is_price_modified_by_robot: extras
                .is_price_modified_by_robot
                .then_some(worth.is_set_by_robot),
            tags: parts.tags(),
            custom_fields: parts.fields(),
            contacts: parts.cards(Kind::Contact, &contacts),
            sale: worth.price,
            loss_reason_id: standing.loss_reason,
            loss_reason_name: loss_reason.filter(|_| extras.loss_reason_name),
            pipeline: PipelineReference::to(standing.stage.pipeline),
            _links: parts.link(),
        }
    }
}

impl PipelineReference {
    fn to(id: u64) -> Self {
        Self { id, _links: Links::to(format!("/api/v2/pipelines?id={id}")) }
    }
}
