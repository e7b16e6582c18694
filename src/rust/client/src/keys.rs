//! What tells rows apart, so that a row seen twice is kept once.

use foldhash::fast::RandomState;
use hashbrown::HashSet;

/// What tells a row apart.
#[derive(Clone, Copy, PartialEq)]
pub enum Key<'k> {
    /// A numeric id.
    Number(f64),
    /// An id that is text.
    Text(&'k str),
}

/// Keys of rows already kept.
#[derive(Default)]
pub struct Keys {
    numbers: HashSet<u64, RandomState>,
    texts: HashSet<Box<str>, RandomState>,
}

impl Keys {
    /// Adds a key; whether it was new.
    pub fn insert(&mut self, key: Key<'_>) -> bool {
        match key {
            Key::Number(number) => self.numbers.insert(number.to_bits()),
            Key::Text(text) => !self.texts.contains(text) && self.texts.insert(text.into()),
        }
    }

    /// Whether a key is there.
    pub fn has(&self, key: Key<'_>) -> bool {
        match key {
            Key::Number(number) => self.has_number(number),
            Key::Text(text) => self.texts.contains(text),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.numbers.len() + self.texts.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether a numeric key is there.
    pub fn has_number(&self, number: f64) -> bool {
        self.numbers.contains(&number.to_bits())
    }
}
