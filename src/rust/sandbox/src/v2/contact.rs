//! A contact as API v2 spells it.

use serde::Serialize;

use super::Links;
use super::parts::{CompanyReference, FieldView, Maybe, Parts, References, TagView};
use crate::account::{self, Account};
use crate::app::App;
use crate::card::Card;
use crate::kind::Kind;
use crate::names::LastName;

const SALT: u64 = 0x0000_C107;
/// Midnight of 00.00.0000 in Moscow's local mean time: what the service makes
/// of a deadline that was never set.
const NEVER: i64 = -62_169_993_017;

/// One row of the list, its fields in the order of the service.
#[derive(Serialize)]
pub struct ContactView {
    id: u32,
    name: String,
    first_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_name: Option<String>,
    responsible_user_id: u64,
    created_by: u64,
    created_at: u32,
    updated_at: u32,
    account_id: u64,
    updated_by: u64,
    group_id: u64,
    company: Maybe<CompanyReference>,
    leads: Maybe<References>,
    closest_task_at: i64,
    tags: Maybe<Vec<TagView>>,
    custom_fields: Maybe<Vec<FieldView>>,
    customers: Maybe<References>,
    _links: Links,
}

impl ContactView {
    /// Spells a contact out.
    pub fn of(app: &App, card: &Card) -> Self {
        let account = &app.account;
        let deals = |kind| account.deals_of_contact(kind, card.place);
        let name = account.person_name(card.place);
        let mut parts = Parts::of(account, card);
        Self {
            id: card.id,
            name: name.full,
            first_name: name.first,
            last_name: match name.last {
                LastName::Absent => None,
                LastName::Empty => Some(String::new()),
                LastName::Known(last) => Some(last),
            },
            responsible_user_id: card.responsible.id,
            created_by: card.created_by,
            created_at: card.created_at,
            updated_at: card.updated_at,
            account_id: account::ID,
            updated_by: card.updated_by,
            group_id: card.responsible.group_id,
            company: parts.company(),
            leads: parts.cards(Kind::Lead, &deals(Kind::Lead)),
            closest_task_at: app
                .closest_task(card)
                .map_or_else(|| no_deadline(account, card), i64::from),
            tags: parts.tags(),
            custom_fields: parts.fields(),
            customers: parts.cards(Kind::Customer, &deals(Kind::Customer)),
            _links: parts.link(),
        }
    }
}

fn no_deadline(account: &Account, card: &Card) -> i64 {
    let mut rng = account.dice(SALT, card.kind, card.id.into());
    if rng.percent(6) { NEVER } else { 0 }
}
