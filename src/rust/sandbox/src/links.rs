//! Which card belongs to which, in both directions.
//!
//! Lists are laid side by side: a place in the one falls to the place in the
//! other that is as far from the beginning. So both directions are
//! arithmetic, and no table of links is kept.

use std::ops::Range;

use crate::account::Account;
use crate::kind::Kind;
use crate::random::Rng;

const SALT: u64 = 0x0011_4C55;
/// Every fifth contact leaves its deals to the one before it, so that some
/// have more of them and some have none.
const GROUP: u64 = 5;

impl Account {
    /// The contacts of a lead or customer, the main one first, by their
    /// places.
    pub fn contacts_of(&self, kind: Kind, place: u64) -> Vec<u64> {
        let contacts = self.cards(Kind::Contact);
        let mut rng = self.link_dice(kind, place);
        if contacts == 0 || rng.percent(8) {
            return Vec::new();
        }
        let main = main_contact(beside(place, self.cards(kind), contacts));
        let second = main + 1;
        if second < contacts && rng.percent(30) { vec![main, second] } else { vec![main] }
    }

    /// The leads or customers of a contact, by their places.
    pub fn deals_of_contact(&self, kind: Kind, contact: u64) -> Vec<u64> {
        let contacts = self.cards(Kind::Contact);
        let near = contact.saturating_sub(1)..(contact + 2).min(contacts);
        let deals = facing(near, self.cards(kind), contacts);
        deals.filter(|place| self.contacts_of(kind, *place).contains(&contact)).collect()
    }

    /// The company of a contact, lead or customer, by its place. Leads and
    /// customers belong to the company of their main contact.
    pub fn company_of(&self, kind: Kind, place: u64) -> Option<u64> {
        let companies = self.cards(Kind::Company);
        if companies == 0 {
            return None;
        }
        if kind != Kind::Contact {
            if let Some(main) = self.contacts_of(kind, place).first() {
                return self.company_of(Kind::Contact, *main);
            }
        }
        let alone = self.link_dice(kind, place).below(1000) % 10 < 3;
        (!alone).then(|| beside(place, self.cards(kind), companies))
    }

    /// The contacts of a company, by their places.
    pub fn contacts_of_company(&self, company: u64) -> Vec<u64> {
        let contacts = self.facing_company(Kind::Contact, company);
        let is_own = |place: &u64| self.company_of(Kind::Contact, *place) == Some(company);
        contacts.filter(is_own).collect()
    }

    /// The leads or customers of a company, by their places.
    pub fn deals_of_company(&self, kind: Kind, company: u64) -> Vec<u64> {
        let contacts = self.cards(Kind::Contact);
        let own = self.facing_company(Kind::Contact, company);
        let near = own.start.saturating_sub(1)..(own.end + 1).min(contacts);
        let by_contact = facing(near, self.cards(kind), contacts);
        let direct = self.facing_company(kind, company);
        let deals = joined(by_contact, direct);
        deals.filter(|place| self.company_of(kind, *place) == Some(company)).collect()
    }

    /// The places of a list that lie beside a company.
    fn facing_company(&self, kind: Kind, company: u64) -> Range<u64> {
        facing(company..company + 1, self.cards(kind), self.cards(Kind::Company))
    }

    fn link_dice(&self, kind: Kind, place: u64) -> Rng {
        self.dice(SALT, kind, self.number(kind, place))
    }
}

fn main_contact(beside: u64) -> u64 {
    if beside % GROUP == GROUP - 1 { beside - 1 } else { beside }
}

/// The place in a list of `others` rows that lies beside `place` in one of
/// `rows`.
pub fn beside(place: u64, rows: u64, others: u64) -> u64 {
    place * others / rows.max(1)
}

/// The places in a list of `rows` rows beside which one of `places` in a list
/// of `others` lies.
pub fn facing(places: Range<u64>, rows: u64, others: u64) -> Range<u64> {
    let first = |place: u64| (place * rows).div_ceil(others.max(1));
    first(places.start)..first(places.end)
}

/// What spans both, empty ones left out.
fn joined(one: Range<u64>, other: Range<u64>) -> Range<u64> {
    match (one.is_empty(), other.is_empty()) {
        (true, _) => other,
        (_, true) => one,
        _ => one.start.min(other.start)..one.end.max(other.end),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::config::{Config, ListCounts};

    const SIZES: [[u64; 4]; 7] = [
        [120, 200, 60, 30],
        [3, 50, 7, 9],
        [50, 3, 1, 0],
        [0, 20, 4, 4],
        [20, 20, 0, 20],
        [7, 7, 7, 7],
        [1, 1, 1, 1],
    ];

    fn account([contacts, leads, companies, customers]: [u64; 4]) -> Account {
        let lists = ListCounts { contacts, leads, companies, customers, ..ListCounts::default() };
        Account::new(&Config { lists, ..Config::default() }).unwrap()
    }

    fn places(account: &Account, kind: Kind, fits: impl Fn(u64) -> bool) -> Vec<u64> {
        (0..account.cards(kind)).filter(|place| fits(*place)).collect()
    }

    #[test]
    fn deals_and_contacts_list_one_another_whatever_the_sizes() {
        for sizes in SIZES {
            let account = account(sizes);
            for kind in [Kind::Lead, Kind::Customer] {
                for contact in 0..account.cards(Kind::Contact) {
                    let has = |place| account.contacts_of(kind, place).contains(&contact);
                    let deals = places(&account, kind, has);
                    assert_eq!(account.deals_of_contact(kind, contact), deals, "{sizes:?}");
                }
            }
        }
    }

    #[test]
    fn companies_and_the_rest_list_one_another_whatever_the_sizes() {
        for sizes in SIZES {
            let account = account(sizes);
            for company in 0..account.cards(Kind::Company) {
                let of = |kind| {
                    places(&account, kind, |place| account.company_of(kind, place) == Some(company))
                };
                assert_eq!(account.contacts_of_company(company), of(Kind::Contact), "{sizes:?}");
                for kind in [Kind::Lead, Kind::Customer] {
                    assert_eq!(account.deals_of_company(kind, company), of(kind), "{sizes:?}");
                }
            }
        }
    }

    #[test]
    fn links_lead_to_cards_that_there_are() {
        for sizes in SIZES {
            let account = account(sizes);
            for kind in [Kind::Contact, Kind::Lead, Kind::Customer] {
                for place in 0..account.cards(kind) {
                    let company = account.company_of(kind, place);
                    assert!(company.is_none_or(|place| place < account.cards(Kind::Company)));
                    if kind != Kind::Contact {
                        let contacts = account.contacts_of(kind, place);
                        assert!(contacts.iter().all(|c| *c < account.cards(Kind::Contact)));
                    }
                }
            }
        }
    }

    #[test]
    fn some_are_linked_to_nothing_and_some_to_several() {
        let account = account(SIZES[0]);
        let leads = |contact| account.deals_of_contact(Kind::Lead, contact).len();
        let counts: Vec<_> = (0..120).map(leads).collect();
        assert!(counts.contains(&0) && counts.iter().any(|count| *count > 2), "{counts:?}");
        let contacts: Vec<_> =
            (0..200).map(|lead| account.contacts_of(Kind::Lead, lead).len()).collect();
        assert!([0, 1, 2].iter().all(|count| contacts.contains(count)));
        let companies: Vec<_> =
            (0..200).map(|lead| account.company_of(Kind::Lead, lead).is_some()).collect();
        assert!(companies.contains(&true) && companies.contains(&false));
    }
}
