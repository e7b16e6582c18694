//! Strings stored once: most cells of a CRM column repeat.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

/// Distinct strings in order of first appearance, each known by its number.
#[derive(Default)]
pub struct Dictionary {
    bytes: String,
    ends: Vec<usize>,
    index: HashTable<u32>,
    hasher: RandomState,
    /// The number asked for last: neighbouring cells are often equal.
    last: u32,
}

impl Dictionary {
    /// The number of `text`, which is added when it is new.
    pub fn number(&mut self, text: &str) -> u32 {
        if (self.last as usize) < self.ends.len() && self.get(self.last) == text {
            return self.last;
        }
        let hash = self.hasher.hash_one(text);
        let found = self.index.find(hash, |n| slice(&self.bytes, &self.ends, *n) == text);
        self.last = match found {
            Some(number) => *number,
            None => self.add(hash, text),
        };
        self.last
    }

    fn add(&mut self, hash: u64, text: &str) -> u32 {
        // A column holds fewer than 2^32 cells, so its distinct strings do too.
        let number = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        self.bytes.push_str(text);
        self.ends.push(self.bytes.len());
        let (bytes, ends, hasher) = (&self.bytes, &self.ends, &self.hasher);
        self.index.insert_unique(hash, number, |n| hasher.hash_one(slice(bytes, ends, *n)));
        number
    }

    /// The string with a number that [`Dictionary::number`] gave.
    pub fn get(&self, number: u32) -> &str {
        slice(&self.bytes, &self.ends, number)
    }

    /// All strings, in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len())
            .map(|n| slice(&self.bytes, &self.ends, u32::try_from(n).unwrap_or(u32::MAX)))
    }

    /// How many distinct strings there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

fn slice<'b>(bytes: &'b str, ends: &[usize], number: u32) -> &'b str {
    let number = number as usize;
    let start = if number == 0 { 0 } else { ends[number - 1] };
    &bytes[start..ends[number]]
}

#[cfg(test)]
mod tests {
    use super::Dictionary;

    #[test]
    fn equal_strings_share_a_number_and_come_back_unchanged() {
        let mut dictionary = Dictionary::default();
        let texts = ["", "a", "б", "a", "", "aa", "б"];
        let numbers: Vec<u32> = texts.iter().map(|text| dictionary.number(text)).collect();
        assert_eq!(numbers, [0, 1, 2, 1, 0, 3, 2]);
        assert_eq!(dictionary.len(), 4);
        for (text, number) in texts.iter().zip(numbers) {
            assert_eq!(dictionary.get(number), *text);
        }
    }
}
