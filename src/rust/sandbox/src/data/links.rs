//! Which entity belongs to which.
//!
//! Lists are laid side by side: a place in the one falls to the place in the
//! other that is as far from the beginning.

use std::ops::Range;

use crate::data::{Account, Kind, Rng};

const SALT: u64 = 0x0011_4C55;
/// Every fifth contact leaves its deals to the one before it, so that some
/// have more of them and some have none.
const GROUP: u64 = 5;

impl Account {
    /// The contacts of a lead or customer, the main one first, by their
    /// places.
    pub fn contacts_of(&self, kind: Kind, place: u64) -> Vec<u64> {
        let contacts = self.entities(Kind::Contact);
        let mut rng = self.link_rng(kind, place);
        if contacts == 0 || rng.percent(8) {
            return Vec::new();
        }
        let main = main_contact(beside(place, self.entities(kind), contacts));
        let second = main + 1;
        if second < contacts && rng.percent(30) { vec![main, second] } else { vec![main] }
    }

    /// The company of a contact, lead or customer, by its place. Leads and
    /// customers belong to the company of their main contact.
    pub fn company_of(&self, kind: Kind, place: u64) -> Option<u64> {
        let companies = self.entities(Kind::Company);
        if companies == 0 {
            return None;
        }
        if kind != Kind::Contact {
            if let Some(main) = self.contacts_of(kind, place).first() {
                return self.company_of(Kind::Contact, *main);
            }
        }
        let alone = self.link_rng(kind, place).below(1000) % 10 < 3;
        (!alone).then(|| beside(place, self.entities(kind), companies))
    }

    fn link_rng(&self, kind: Kind, place: u64) -> Rng {
        self.rng(SALT, kind, self.number(kind, place))
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
