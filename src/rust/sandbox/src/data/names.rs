//! What the entities are called. All people and firms are made up.

use crate::data::{Account, Kind, text};

const SALT: u64 = 0x0004_A3E5;

/// What a person is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonName {
    pub full: String,
    pub first: String,
    pub last: LastName,
}

/// The last name, which old entities do not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LastName {
    /// The contact is older than the field.
    Absent,
    /// Nobody filled it in.
    Empty,
    Known(String),
}

impl PersonName {
    /// A name of which nobody knows the parts.
    pub fn whole(full: String) -> Self {
        Self { first: full.clone(), full, last: LastName::Empty }
    }
}

impl Account {
    /// What an entity is called.
    pub fn name(&self, kind: Kind, place: u64) -> String {
        let number = self.number(kind, place);
        let mut rng = self.rng(SALT, kind, number);
        match kind {
            Kind::Contact => self.person_name(place).full,
            Kind::Company => text::write("company", &mut rng),
            Kind::Customer => match self.contacts_of(kind, place).first() {
                Some(contact) => self.person_name(*contact).full,
                None => text::write("company", &mut rng),
            },
            Kind::Lead | Kind::Task => self.lead_name(number),
        }
    }

    /// What the lead with this number is called.
    pub fn lead_name(&self, number: u64) -> String {
        let mut rng = self.rng(SALT, Kind::Lead, number);
        if rng.percent(25) {
            return format!("Сделка #{}", self.entity_id(Kind::Lead, number));
        }
        text::write("deal", &mut rng)
    }

    /// What a contact is called. It signs its emails with the same name.
    pub fn person_name(&self, place: u64) -> PersonName {
        let number = self.number(Kind::Contact, place);
        let mut rng = self.rng(SALT, Kind::Contact, number);
        if rng.percent(10) {
            let full = text::write("nickname", &mut rng);
            let last = if rng.percent(50) { LastName::Absent } else { LastName::Empty };
            return PersonName { first: full.clone(), full, last };
        }
        let full = self.correspondent(Kind::Contact, number).name;
        let absent = rng.percent(5);
        match full.split_once(' ') {
            Some((first, last)) if !absent => {
                PersonName { first: first.to_owned(), last: LastName::Known(last.to_owned()), full }
            }
            _ => PersonName { first: full.clone(), full, last: LastName::Absent },
        }
    }
}
