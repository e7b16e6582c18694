//! The tags on the cards.

use crate::account::Account;
use crate::card::Card;
use crate::text::{self, TAGS};

const SALT: u64 = 0x0007_A650;
const FIRST_ID: u64 = 345_680;

/// A tag of the account.
pub struct Tag {
    pub id: u64,
    pub name: &'static str,
}

impl Account {
    /// The tags on a card, if there are any.
    pub fn tags(&self, card: &Card) -> Vec<Tag> {
        let mut rng = self.dice(SALT, card.kind, self.number(card.kind, card.place));
        if rng.percent(45) {
            return Vec::new();
        }
        text::tags(&mut rng).into_iter().map(tag).collect()
    }
}

/// Tags are numbered in the order in which they were made, with gaps.
fn tag(name: &'static str) -> Tag {
    let position = TAGS.iter().position(|known| *known == name).unwrap_or(0);
    Tag { id: FIRST_ID + 3 * position as u64, name }
}
