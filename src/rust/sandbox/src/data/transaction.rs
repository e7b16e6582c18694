//! What customers have bought.

use std::ops::Range;

use crate::data::links::{beside, facing};
use crate::data::{Account, Kind, Rng, Row, short};

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
        if self.entities(Kind::Customer) == 0 { 0 } else { self.lists.transactions }
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
            created_at: short(created_at),
            updated_at: short(created_at + later),
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::config::{Config, ListCounts};

    fn account(customers: u64, transactions: u64) -> Account {
        let lists = ListCounts { customers, transactions, ..ListCounts::default() };
        Account::new(&Config { lists, ..Config::default() }).unwrap()
    }

    #[test]
    fn every_purchase_is_one_of_its_customers() {
        for (customers, transactions) in [(30, 40), (40, 7), (1, 9)] {
            let account = account(customers, transactions);
            for place in 0..transactions {
                let transaction = account.transaction(place);
                let ids: Vec<_> =
                    (0..customers).map(|place| account.id_at(Kind::Customer, place)).collect();
                let customer = ids.iter().position(|id| *id == transaction.customer).unwrap();
                assert!(account.purchases(customer as u64).contains(&place));
                assert!(transaction.updated_at >= transaction.created_at);
                assert!(u64::from(transaction.updated_at) < account.calendar.end());
            }
        }
    }

    #[test]
    fn without_customers_there_are_no_purchases() {
        assert_eq!(account(0, 40).transactions(), 0);
    }

    #[test]
    fn notes_tell_of_purchases_in_the_list() {
        let account = account(30, 40);
        let number = account.number(Kind::Customer, 3);
        let id = account.purchase_in_note(number, 77_777);
        let place = (0..40).find(|place| account.transaction(*place).id == id);
        assert_eq!(account.buyer(place.unwrap()), 3);
        let older = account.number(Kind::Customer, 0) - 1;
        assert_eq!(account.purchase_in_note(older, 7), 500_007);
    }
}
