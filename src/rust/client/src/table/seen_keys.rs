//! The keys of rows that were seen, so that a row that comes twice is kept once.

use foldhash::fast::RandomState;
use hashbrown::HashSet;

/// The key of a row.
#[derive(Clone, Copy, PartialEq)]
pub enum Key<'k> {
    /// A numeric id.
    Number(f64),
    /// An id that is text.
    Text(&'k str),
}

/// Keys of rows that were seen.
#[derive(Default)]
pub struct SeenKeys {
    numbers: HashSet<u64, RandomState>,
    texts: HashSet<Box<str>, RandomState>,
}

impl SeenKeys {
    /// Adds a key; true if it was new.
    pub fn insert(&mut self, key: Key<'_>) -> bool {
        match key {
            Key::Number(number) => self.numbers.insert(number.to_bits()),
            Key::Text(text) => !self.texts.contains(text) && self.texts.insert(text.into()),
        }
    }

    /// Adds those of `others`.
    pub fn extend(&mut self, others: &SeenKeys) {
        self.numbers.extend(&others.numbers);
        self.texts.extend(others.texts.iter().cloned());
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

#[cfg(test)]
mod tests {
    use super::{Key, SeenKeys};

    #[test]
    fn a_key_is_new_once_in_whatever_order_keys_come() {
        for order in [[1.0, 2.0, 3.0, 4.0], [4.0, 3.0, 2.0, 1.0], [2.0, 4.0, 1.0, 3.0]] {
            let mut keys = SeenKeys::default();
            for number in order {
                assert!(!keys.has_number(number));
                assert!(keys.insert(Key::Number(number)), "{number} of {order:?}");
                assert!(keys.has(Key::Number(number)));
            }
            for number in order {
                assert!(!keys.insert(Key::Number(number)), "{number} of {order:?}");
            }
            assert!(keys.insert(Key::Text("1")) && !keys.insert(Key::Text("1")));
            assert_eq!(keys.len(), 5);
        }
    }
}
