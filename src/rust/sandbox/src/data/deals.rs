//! What leads and customers are worth, when they are to buy, and how entities are tagged.

use crate::data::{Account, Kind, text};

const SALT: u64 = 0x0000_DEA1;
const TAG_SALT: u64 = 0x0007_A650;
const DAY: u64 = 24 * 3600;

/// What a lead is worth.
#[derive(Clone, Copy, Debug, Default)]
pub struct Deal {
    /// In whole roubles; 0 if nobody knows yet.
    pub price: u64,
    pub is_set_by_robot: bool,
    /// Where it came from, if that is known.
    pub source: Option<u64>,
}

/// What a customer is expected to do.
#[derive(Clone, Copy, Debug, Default)]
pub struct Expectation {
    /// In whole roubles.
    pub next_price: u64,
    /// Epoch seconds.
    pub next_date: u64,
    pub period: u64,
    /// Days from one purchase to the next.
    pub periodicity: u64,
    pub status: u64,
}

impl Account {
    /// The tags on the entity with this number, if there are any.
    pub fn tags(&self, kind: Kind, number: u64) -> Vec<&'static str> {
        let mut rng = self.rng(TAG_SALT, kind, number);
        if rng.percent(45) { Vec::new() } else { text::tags(&mut rng) }
    }

    /// What the lead with this number is worth.
    pub fn deal(&self, lead: u64) -> Deal {
        let mut rng = self.rng(SALT, Kind::Lead, lead);
        let price = if rng.percent(15) { 0 } else { rng.between(5, 900) * 1000 };
        let odd = if price > 0 && rng.percent(20) { rng.below(1000) } else { 0 };
        Deal {
            price: price + odd,
            is_set_by_robot: rng.percent(10),
            source: rng.percent(30).then(|| 11_420_003 + 4 * rng.below(3)),
        }
    }

    /// What the customer with this number is expected to do.
    pub fn expectation(&self, customer: u64) -> Expectation {
        let mut rng = self.rng(SALT, Kind::Customer, customer);
        Expectation {
            next_price: if rng.percent(30) { 0 } else { rng.between(3, 80) * 500 },
            next_date: self.calendar.start() + rng.between(600, 800) * DAY,
            period: 112_800 + 4 * rng.below(3),
            periodicity: rng.weighted(&[(0, 60), (7, 10), (30, 30)]),
            status: 4_740_028 + 3 * rng.below(4),
        }
    }
}
