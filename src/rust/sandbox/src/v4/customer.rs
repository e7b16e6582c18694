//! A customer as API v4 spells it.

use serde::Serialize;

use super::extras::Extras;
use super::paging::Links;
use super::parts::{FieldView, Parts, Reference, TagView};
use crate::account::{self, Account};
use crate::app::App;
use crate::card::Card;
use crate::kind::Kind;

/// One row of the list.
#[derive(Serialize)]
pub struct CustomerView {
    id: u32,
    name: String,
    next_price: u64,
    next_date: u64,
    responsible_user_id: u64,
    status_id: u64,
    periodicity: u64,
    created_by: u64,
    updated_by: u64,
    created_at: u32,
    updated_at: u32,
    closest_task_at: Option<u32>,
    is_deleted: bool,
    custom_fields_values: Option<Vec<FieldView>>,
    ltv: u64,
    purchases_count: u64,
    average_check: u64,
    account_id: u64,
    _links: Links,
    _embedded: Embedded,
}

#[derive(Serialize)]
struct Embedded {
    segments: [(); 0],
    tags: Vec<TagView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contacts: Option<Vec<Reference>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    companies: Option<Vec<Reference>>,
    /// There are no catalogs.
    #[serde(skip_serializing_if = "Option::is_none")]
    catalog_elements: Option<[(); 0]>,
}

impl CustomerView {
    /// Spells a customer out.
    pub fn of(app: &App, card: &Card, extras: Extras, site: &str) -> Self {
        let account = &app.account;
        let parts = Parts { account, card, site };
        let contacts = || account.contacts_of(Kind::Customer, card.place);
        let expectation = account.expectation(card);
        let (purchases, sum) = bought(account, card);
        Self {
            id: card.id,
            name: account.name(Kind::Customer, card.place),
            next_price: expectation.next_price,
            next_date: expectation.next_date,
            responsible_user_id: card.responsible.id,
            status_id: expectation.status,
            periodicity: expectation.periodicity,
            created_by: card.created_by,
            updated_by: card.updated_by,
            created_at: card.created_at,
            updated_at: card.updated_at,
            closest_task_at: app.closest_task(card),
            is_deleted: false,
            custom_fields_values: parts.fields(),
            ltv: sum,
            purchases_count: purchases,
            average_check: sum.checked_div(purchases).unwrap_or(0),
            account_id: account::ID,
            _links: parts.link(),
            _embedded: Embedded {
                segments: [],
                tags: parts.tags(),
                contacts: extras.contacts.then(|| parts.contacts(&contacts())),
                companies: extras.companies.then(|| parts.companies()),
                catalog_elements: extras.catalog_elements.then_some([]),
            },
        }
    }
}

/// How often and for how much a customer has bought.
fn bought(account: &Account, card: &Card) -> (u64, u64) {
    let prices = account.purchases(card.place).map(|place| account.transaction(place).price);
    prices.fold((0, 0), |(count, sum), price| (count + 1, sum + price))
}
