//! A company as API v2 spells it.

use serde::Serialize;

use super::Links;
use super::parts::{FieldView, Maybe, Parts, References, TagView};
use crate::account;
use crate::app::App;
use crate::card::Card;
use crate::kind::Kind;

/// One row of the list, its fields in the order of the service.
#[derive(Serialize)]
pub struct CompanyView {
    id: u32,
    name: String,
    responsible_user_id: u64,
    created_by: u64,
    created_at: u32,
    updated_at: u32,
    account_id: u64,
    updated_by: u64,
    group_id: u64,
    contacts: Maybe<References>,
    leads: Maybe<References>,
    closest_task_at: u32,
    tags: Maybe<Vec<TagView>>,
    custom_fields: Maybe<Vec<FieldView>>,
    customers: Maybe<References>,
    _links: Links,
}

impl CompanyView {
    /// Spells a company out.
    pub fn of(app: &App, card: &Card) -> Self {
        let account = &app.account;
        let deals = |kind| account.deals_of_company(kind, card.place);
        let mut parts = Parts::of(account, card);
        Self {
            id: card.id,
            name: account.name(Kind::Company, card.place),
            responsible_user_id: card.responsible.id,
            created_by: card.created_by,
            created_at: card.created_at,
            updated_at: card.updated_at,
            account_id: account::ID,
            updated_by: card.updated_by,
            group_id: card.responsible.group_id,
            contacts: parts.cards(Kind::Contact, &account.contacts_of_company(card.place)),
            leads: parts.cards(Kind::Lead, &deals(Kind::Lead)),
            closest_task_at: app.closest_task(card).unwrap_or(0),
            tags: parts.tags(),
            custom_fields: parts.fields(),
            customers: parts.cards(Kind::Customer, &deals(Kind::Customer)),
            _links: parts.link(),
        }
    }
}
