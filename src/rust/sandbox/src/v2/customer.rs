//! A customer as API v2 spells it.

use serde::Serialize;

use super::Links;
use super::parts::{CompanyReference, FieldView, Maybe, Parts, Reference, References, TagView};
use crate::account;
use crate::app::App;
use crate::card::Card;
use crate::kind::Kind;

/// One row of the list, its fields in the order of the service.
#[derive(Serialize)]
pub struct CustomerView {
    id: u32,
    name: String,
    responsible_user_id: u64,
    created_by: u64,
    created_at: u32,
    updated_at: u32,
    account_id: u64,
    updated_by: u64,
    is_deleted: bool,
    main_contact: Maybe<Reference>,
    tags: Maybe<Vec<TagView>>,
    custom_fields: Maybe<Vec<FieldView>>,
    contacts: Maybe<References>,
    company: Maybe<CompanyReference>,
    next_price: u64,
    closest_task_at: u32,
    period_id: u64,
    periodicity: u64,
    next_date: u64,
    _links: Links,
}

impl CustomerView {
    /// Spells a customer out.
    pub fn of(app: &App, card: &Card) -> Self {
        let account = &app.account;
        let contacts = account.contacts_of(Kind::Customer, card.place);
        let expectation = account.expectation(card);
        let mut parts = Parts::of(account, card);
        Self {
            id: card.id,
            name: account.name(Kind::Customer, card.place),
            responsible_user_id: card.responsible.id,
            created_by: card.created_by,
            created_at: card.created_at,
            updated_at: card.updated_at,
            account_id: account::ID,
            updated_by: card.updated_by,
            is_deleted: false,
            main_contact: parts.main_contact(&contacts),
            tags: parts.tags(),
            custom_fields: parts.fields(),
            contacts: parts.cards(Kind::Contact, &contacts),
            company: parts.company(),
            next_price: expectation.next_price,
            closest_task_at: app.closest_task(card).unwrap_or(0),
            period_id: expectation.period,
            periodicity: expectation.periodicity,
            next_date: expectation.next_date,
            _links: parts.link(),
        }
    }
}
