//! The tags on the entities.

use crate::data::text;
use crate::data::{Account, Kind, Row};

const SALT: u64 = 0x0007_A650;
const FIRST_ID: u64 = 345_680;

/// A tag, by its name.
pub struct Tag(pub &'static str);

impl Row for Tag {
    fn id(&self) -> u64 {
        id(self.0)
    }
}

impl Account {
    /// The tags on the entity with this number, if there are any.
    pub fn tags(&self, kind: Kind, number: u64) -> Vec<&'static str> {
        let mut rng = self.rng(SALT, kind, number);
        if rng.percent(45) { Vec::new() } else { text::tags(&mut rng) }
    }
}

/// Tags are numbered in the order in which they were made, with gaps.
pub fn id(tag: &str) -> u64 {
    let position = text::all_tags().iter().position(|known| *known == tag).unwrap_or(0);
    FIRST_ID + 3 * position as u64
}
