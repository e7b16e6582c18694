//! The keys of rows that were seen, so that a row that comes twice is kept once.

use std::hash::BuildHasher;
use std::sync::LazyLock;

use foldhash::quality::RandomState;
use hashbrown::HashSet;

/// The key of a row.
#[derive(Clone, Copy, PartialEq)]
pub enum Key<'k> {
    /// A numeric id.
    Number(f64),
    /// An id that is text.
    Text(&'k str),
}

impl Key<'_> {
    /// The same key as a number, if it is one that a double holds exactly.
    fn plain(self) -> Self {
        match self {
            Key::Text(text) if is_whole(text) => text.parse().map_or(self, Key::Number),
            key => key,
        }
    }
}

fn is_whole(text: &str) -> bool {
    let has_digits = text.len() < 16 && text.bytes().all(|byte| byte.is_ascii_digit());
    has_digits && (text == "0" || !text.is_empty() && !text.starts_with('0'))
}

/// Keys of rows that were seen. A text of digits is the number that it says: a server may
/// write an id either way.
///
/// They are what grows with a list that is read in batches. Most lists come by id, so most
/// numbers are a sorted vector, of 8 bytes each, where a hash set takes 10 to 20. A text is
/// its hash of 128 bits, as the rows of no account are enough for two equal ones.
#[derive(Default)]
pub struct SeenKeys {
    rising: Vec<u64>,
    /// Numbers below the last one that has risen.
    others: HashSet<u64, RandomState>,
    texts: HashSet<(u64, u64), RandomState>,
}

impl SeenKeys {
    /// Adds a key; true if it was new.
    pub fn insert(&mut self, key: Key<'_>) -> bool {
        match key.plain() {
            Key::Number(number) => self.insert_bits(number.to_bits()),
            Key::Text(text) => self.texts.insert(hash(text)),
        }
    }

    fn insert_bits(&mut self, bits: u64) -> bool {
        if self.rising.last().is_none_or(|last| *last < bits) {
            self.rising.push(bits);
            return true;
        }
        !self.has_risen(bits) && self.others.insert(bits)
    }

    fn has_risen(&self, bits: u64) -> bool {
        self.rising.binary_search(&bits).is_ok()
    }

    /// Adds those of `others`.
    pub fn extend(&mut self, others: &SeenKeys) {
        for bits in others.rising.iter().chain(&others.others) {
            self.insert_bits(*bits);
        }
        self.texts.extend(&others.texts);
    }

    /// Whether a key is there.
    pub fn has(&self, key: Key<'_>) -> bool {
        match key.plain() {
            Key::Number(number) => self.has_number(number),
            Key::Text(text) => self.texts.contains(&hash(text)),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.rising.len() + self.others.len() + self.texts.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether a numeric key is there.
    pub fn has_number(&self, number: f64) -> bool {
        let bits = number.to_bits();
        self.has_risen(bits) || self.others.contains(&bits)
    }
}

/// The same in all sets of this process.
fn hash(text: &str) -> (u64, u64) {
    static HALVES: LazyLock<(RandomState, RandomState)> = LazyLock::new(Default::default);
    (HALVES.0.hash_one(text), HALVES.1.hash_one(text))
}

#[cfg(test)]
mod tests {
    use super::{Key, SeenKeys};

    #[test]
    fn a_number_is_the_same_key_as_a_text() {
        let mut keys = SeenKeys::default();
        assert!(keys.insert(Key::Number(1.0)) && keys.insert(Key::Text("20")));
        assert!(!keys.insert(Key::Text("1")) && !keys.insert(Key::Number(20.0)));
        assert!(keys.has(Key::Text("1")) && keys.has_number(20.0));
        for other in ["01", "1.0", "", "+1", "00", "9007199254740993", "1e0", "\u{661}"] {
            assert!(keys.insert(Key::Text(other)), "{other}");
        }
    }

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
            assert!(keys.insert(Key::Text("x")) && !keys.insert(Key::Text("x")));
            assert_eq!(keys.len(), 5);
        }
    }
}
