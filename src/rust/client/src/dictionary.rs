//! Strings stored once: most cells of a CRM column repeat.

use std::hash::BuildHasher;
use std::ops::Range;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

/// So many strings are found sooner by looking at each than by a hash.
const FEW: usize = 8;

/// Distinct strings in order of first appearance, each known by its number.
#[derive(Default)]
pub struct Dictionary {
    bytes: String,
    ends: Vec<usize>,
    /// All numbers, once there are more than [`FEW`], or none.
    index: HashTable<Entry>,
    hasher: RandomState,
    /// The number asked for last: neighbouring cells are often equal.
    last: u32,
}

/// A string in the index. With its hash at hand the index grows without a look
/// at the strings, which are far apart in a large dictionary.
struct Entry {
    hash: u32,
    number: u32,
}

impl Dictionary {
    /// The number of `text`, which is added when it is new.
    pub fn number(&mut self, text: &str) -> u32 {
        if (self.last as usize) < self.len() && self.is(self.last, text) {
            return self.last;
        }
        self.last = self.find(text).unwrap_or_else(|| self.add(text));
        self.last
    }

    /// The numbers of all strings of another dictionary, in the order of
    /// theirs; those that are new are added.
    pub fn numbers_of(&mut self, other: &Dictionary) -> Vec<u32> {
        // Each is looked for before any is added: in a large dictionary that
        // means to wait for memory, and so it is done for many at a time.
        let known: Vec<Option<u32>> = other.iter().map(|text| self.find(text)).collect();
        let number = |(text, known): (&str, Option<u32>)| known.unwrap_or_else(|| self.add(text));
        other.iter().zip(known).map(number).collect()
    }

    fn find(&self, text: &str) -> Option<u32> {
        if self.index.is_empty() {
            return self.numbers().find(|number| self.is(*number, text));
        }
        let hash = self.hash(text);
        let is_it = |entry: &Entry| entry.hash == hash && self.is(entry.number, text);
        self.index.find(spread(hash), is_it).map(|entry| entry.number)
    }

    fn add(&mut self, text: &str) -> u32 {
        let added = self.numbers().end;
        self.bytes.push_str(text);
        self.ends.push(self.bytes.len());
        if self.len() > FEW {
            let unknown = if self.index.is_empty() { 0 } else { added };
            (unknown..=added).for_each(|number| self.add_to_index(number));
        }
        added
    }

    fn add_to_index(&mut self, number: u32) {
        let entry = Entry { hash: self.hash(self.get(number)), number };
        self.index.insert_unique(spread(entry.hash), entry, |entry| spread(entry.hash));
    }

    /// Frees what finds many strings soon; it is made anew when one is added.
    pub fn forget_index(&mut self) {
        self.index = HashTable::new();
    }

    fn hash(&self, text: &str) -> u32 {
        (self.hasher.hash_one(text) >> 32) as u32
    }

    /// Compares bytes: that strings end at characters need not be checked.
    fn is(&self, number: u32, text: &str) -> bool {
        self.bytes.as_bytes()[range(&self.ends, number)] == *text.as_bytes()
    }

    /// A column holds fewer than 2^32 cells, so its distinct strings do too.
    fn numbers(&self) -> Range<u32> {
        0..u32::try_from(self.len()).unwrap_or(u32::MAX)
    }

    /// The string with a number that [`Dictionary::number`] gave.
    pub fn get(&self, number: u32) -> &str {
        slice(&self.bytes, &self.ends, number)
    }

    /// All strings, in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.numbers().map(|number| self.get(number))
    }

    /// How many distinct strings there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The length of all of them together.
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

/// A hash of the width that the index wants, all bits of it used at both ends.
fn spread(hash: u32) -> u64 {
    u64::from(hash) << 32 | u64::from(hash)
}

fn slice<'b>(bytes: &'b str, ends: &[usize], number: u32) -> &'b str {
    &bytes[range(ends, number)]
}

fn range(ends: &[usize], number: u32) -> Range<usize> {
    let number = number as usize;
    let start = if number == 0 { 0 } else { ends[number - 1] };
    start..ends[number]
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

    #[test]
    fn the_strings_of_another_dictionary_have_numbers_in_this_one() {
        let dictionary_of = |texts: &[&str]| {
            let mut dictionary = Dictionary::default();
            for text in texts {
                dictionary.number(text);
            }
            dictionary
        };
        let mut dictionary = dictionary_of(&["a", "b"]);
        assert_eq!(dictionary.numbers_of(&dictionary_of(&["c", "b", "", "a"])), [2, 1, 3, 0]);
        assert_eq!(dictionary.iter().collect::<Vec<_>>(), ["a", "b", "c", ""]);
    }

    #[test]
    fn many_strings_are_told_apart_as_few_are() {
        let mut dictionary = Dictionary::default();
        for round in 0..2 {
            for number in 0..100 {
                assert_eq!(dictionary.number(&format!("text {number}")), number, "round {round}");
            }
        }
        assert_eq!(dictionary.iter().nth(99), Some("text 99"));
        dictionary.forget_index();
        assert_eq!(dictionary.number("text 50"), 50);
        assert_eq!(dictionary.number("text 100"), 100);
        assert_eq!(dictionary.number("text 7"), 7);
    }
}
