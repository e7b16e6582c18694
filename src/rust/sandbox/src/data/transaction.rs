//! What customers have bought.

use std::ops::Range;

use crate::data::links::{beside, facing};
use crate::data::{Account, Kind, List, Rng, Row, clamped};

const SALT: u64 = 0x007A_45AC;
/// Ids begin here, above those that notes know of customers without a list.
const FIRST_ID: u64 = 1_200_000;
const ID_RANGE: u64 = 5;
const DAY: u64 = 24 * 3600;

/// A purchase. Times are epoch seconds.
#[derive(Clone, Copy, Debug)]
pub struct Transaction {
    pub id: u64,
    /// Id of the customer.
    pub customer: u32,
    /// In whole roubles.
    pub price: u64,
    /// May be empty.
    pub comment: &'static str,
    /// The day of the purchase.
    pub date: u64,
    pub created_by: u64,
    pub updated_by: u64,
    pub created_at: u32,
    pub updated_at: u32,
}

impl Row for Transaction {
    fn id(&self) -> u64 {
        self.id
    }
}

impl Account {
    /// How many purchases there are.
    pub fn transactions(&self) -> u64 {
        if self.entities(Kind::Customer) == 0 { 0 } else { self.lists[List::Transactions] }
    }

    /// The purchase at a place of the list, which rises by id.
    pub fn transaction(&self, place: u64) -> Transaction {
        let customer = self.birth(Kind::Customer, self.buyer(place));
        let mut rng = Rng::of(&[self.seed, SALT, place]);
        let age = self.calendar.end() - u64::from(customer.created_at);
        let created_at = u64::from(customer.created_at) + rng.below(age);
        let responsible = customer.responsible.id;
        let edited = rng.percent(15);
        let later = if edited { rng.below(self.calendar.end() - created_at) } else { 0 };
        Transaction {
            id: transaction_id(place),
            customer: customer.id,
            price: rng.between(4, 400) * 250,
            comment: rng.pick(&["", "", "Доставка / монтаж", "Оплата \"частями\" 🙂"]),
            date: self.day_of(created_at),
            created_by: if rng.percent(20) { 0 } else { responsible },
            updated_by: responsible,
            created_at: clamped(created_at),
            updated_at: clamped(created_at + later),
        }
    }

    /// When a day begins, summer time aside.
    pub fn day_of(&self, moment: u64) -> u64 {
        let shift = DAY - self.calendar.start() % DAY;
        (moment + shift) / DAY * DAY - shift
    }

    /// The place of the customer to whom a purchase belongs.
    pub fn buyer(&self, place: u64) -> u64 {
        beside(place, self.transactions(), self.entities(Kind::Customer))
    }

    /// The places of a customer's purchases.
    pub fn purchases(&self, customer: u64) -> Range<u64> {
        facing(customer..customer + 1, self.transactions(), self.entities(Kind::Customer))
    }

    /// Id of the purchase that a note about the customer with this number
    /// tells of: one in the list, as far as the list goes.
    pub fn purchase_in_note(&self, number: u64, chance: u64) -> u64 {
        let customer = self.place_of_number(Kind::Customer, number);
        let purchases = customer.map_or(0..0, |place| self.purchases(place));
        match chance.checked_rem(purchases.end - purchases.start) {
            Some(chosen) => transaction_id(purchases.start + chosen),
            None => 500_000 + chance,
        }
    }
}

fn transaction_id(place: u64) -> u64 {
    FIRST_ID + place * ID_RANGE + Rng::of(&[SALT, place]).below(ID_RANGE)
}
