//! A contact as API v4 spells it.

use serde::Serialize;

use super::extras::Extras;
use super::paging::Links;
use super::parts::{FieldView, Parts, Reference, TagView};
use crate::account;
use crate::app::App;
use crate::card::Card;
use crate::kind::Kind;
use crate::names::LastName;

/// One row of the list.
#[derive(Serialize)]
pub struct ContactView {
    id: u32,
    name: String,
    first_name: String,
    last_name: String,
    responsible_user_id: u64,
    group_id: u64,
    created_by: u64,
    updated_by: u64,
    created_at: u32,
    updated_at: u32,
    is_deleted: bool,
    closest_task_at: Option<u32>,
    custom_fields_values: Option<Vec<FieldView>>,
    account_id: u64,
    _links: Links,
    _embedded: Embedded,
}

#[derive(Serialize)]
struct Embedded {
    tags: Vec<TagView>,
    companies: Vec<Reference>,
    #[serde(skip_serializing_if = "Option::is_none")]
    leads: Option<Vec<Reference>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    customers: Option<Vec<Reference>>,
    /// There are no catalogs.
    #[serde(skip_serializing_if = "Option::is_none")]
    catalog_elements: Option<[(); 0]>,
}

impl ContactView {
    /// Spells a contact out.
    pub fn of(app: &App, card: &Card, extras: Extras, site: &str) -> Self {
        let account = &app.account;
        let parts = Parts { account, card, site };
        let deals = |kind| parts.cards(kind, &account.deals_of_contact(kind, card.place));
        let name = account.person_name(card.place);
        Self {
            id: card.id,
            name: name.full,
            first_name: name.first,
            last_name: match name.last {
                LastName::Known(last) => last,
                LastName::Absent | LastName::Empty => String::new(),
            },
            responsible_user_id: card.responsible.id,
            group_id: card.responsible.group_id,
            created_by: card.created_by,
            updated_by: card.updated_by,
            created_at: card.created_at,
            updated_at: card.updated_at,
            is_deleted: false,
            closest_task_at: app.closest_task(card),
            custom_fields_values: parts.fields(),
            account_id: account::ID,
            _links: parts.link(),
            _embedded: Embedded {
                tags: parts.tags(),
                companies: parts.companies(),
                leads: extras.leads.then(|| deals(Kind::Lead)),
                customers: extras.customers.then(|| deals(Kind::Customer)),
                catalog_elements: extras.catalog_elements.then_some([]),
            },
        }
    }
}
