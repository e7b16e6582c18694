//! Strings stored once: most cells of a CRM column repeat.

use std::hash::{BuildHasher, Hasher};
use std::ops::Range;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::json::bytes_eq::same;
use crate::table::growth;
use crate::table::text_buffer::Plain;

/// So many strings are found sooner by looking at the hash of each.
const FEW: usize = 24;

/// So many whole numbers are kept beside the strings.
const WHOLES: usize = 16;

/// In place of the number of a string: there is none.
const NONE: u32 = u32::MAX;

/// Distinct strings in order of first appearance, each known by its number.
#[derive(Default)]
pub struct Dictionary {
    bytes: String,
    entries: Vec<Entry>,
    /// All numbers, once there are more than [`FEW`], or none.
    index: HashTable<Indexed>,
    hasher: RandomState,
    /// A bit for each six bits that a hash begins with: most new strings among
    /// few are known to be new by that.
    seen: u64,
    /// The number asked for last: neighbouring cells are often equal.
    last: u32,
    /// Some whole numbers whose digits were asked for, so that they need not
    /// be written again.
    wholes: Option<Box<[(i64, u32); WHOLES]>>,
}

/// A string. With its hash at hand few strings need to be looked at.
struct Entry {
    end: usize,
    hash: u32,
}

/// A string in the index, which so grows without a look at the strings: they
/// are far apart in a large dictionary.
struct Indexed {
    hash: u32,
    number: u32,
}

impl Dictionary {
    /// The number of `text`, which is added when it is new.
    #[inline]
    pub fn number(&mut self, text: &str) -> u32 {
        if !self.is_empty() && self.is(self.last, text) {
            return self.last;
        }
        self.last = self.find_or_add(text, self.hash(text));
        self.last
    }

    #[inline(never)]
    fn find_or_add(&mut self, text: &str, hash: u32) -> u32 {
        self.find(text, hash).unwrap_or_else(|| self.add(text, hash))
    }

    /// The number of the digits of `whole`.
    #[inline]
    pub fn number_of_whole(&mut self, whole: i64) -> u32 {
        let place = place_of(whole);
        let known = self.wholes.as_ref().map(|wholes| wholes[place]);
        let is_it = |(found, number): &(i64, u32)| *found == whole && *number != NONE;
        if let Some((_, number)) = known.filter(is_it) {
            return number;
        }
        self.number_of_digits(whole, place)
    }

    #[inline(never)]
    fn number_of_digits(&mut self, whole: i64, place: usize) -> u32 {
        let number = self.number(itoa::Buffer::new().format(whole));
        self.wholes.get_or_insert_with(|| Box::new([(0, NONE); WHOLES]))[place] = (whole, number);
        number
    }

    /// The numbers of all strings of another dictionary, in the order of
    /// theirs; those that are new are added.
    pub fn numbers_of(&mut self, other: &Dictionary) -> Vec<u32> {
        let known = self.known(other.iter());
        let number = |(text, (hash, known)): (&str, (u32, Option<u32>))| {
            known.unwrap_or_else(|| self.add(text, hash))
        };
        other.iter().zip(known).map(number).collect()
    }

    /// The same for texts some of which may be equal.
    pub fn numbers_of_texts(&mut self, texts: &Plain) -> Vec<u32> {
        let known = self.known(texts.iter());
        let number = |(text, (hash, known)): (&str, (u32, Option<u32>))| {
            known.unwrap_or_else(|| self.find_or_add(text, hash))
        };
        texts.iter().zip(known).map(number).collect()
    }

    /// The hashes and numbers of strings. To look for one in a large dictionary
    /// is to wait for memory at each step: so each step is made for all of them
    /// before the next, and all are looked for before any is added.
    fn known<'t>(&self, texts: impl Iterator<Item = &'t str> + Clone) -> Vec<(u32, Option<u32>)> {
        let hashes: Vec<u32> = texts.clone().map(|text| self.hash(text)).collect();
        let alike: Vec<Option<u32>> = hashes.iter().map(|hash| self.alike(*hash)).collect();
        let range = |number: &Option<u32>| number.map_or(0..0, |number| self.range(number));
        let ranges: Vec<Range<usize>> = alike.iter().map(range).collect();
        let steps = hashes.into_iter().zip(alike.into_iter().zip(ranges));
        texts
            .zip(steps)
            .map(|(text, (hash, (alike, range)))| (hash, self.checked(text, hash, alike, range)))
            .collect()
    }

    /// The number of a string, which is `alike` if that one, in `range`, is it
    /// and not only has its hash.
    fn checked(
        &self,
        text: &str,
        hash: u32,
        alike: Option<u32>,
        range: Range<usize>,
    ) -> Option<u32> {
        let number = alike?;
        let is_it = same(&self.bytes.as_bytes()[range], text.as_bytes());
        if is_it { Some(number) } else { self.find(text, hash) }
    }

    /// Frees what finds many strings soon; it is made anew when one is added.
    pub fn forget_index(&mut self) {
        self.index = HashTable::new();
        self.wholes = None;
    }

    fn find(&self, text: &str, hash: u32) -> Option<u32> {
        self.find_where(hash, |number| self.is(number, text))
    }

    /// The number of a string that has this hash, if any has.
    fn alike(&self, hash: u32) -> Option<u32> {
        self.find_where(hash, |_| true)
    }

    /// The number of a string that has this hash and is the one looked for.
    fn find_where(&self, hash: u32, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        if self.seen & bit(hash) == 0 {
            return None;
        }
        if self.index.is_empty() {
            let entries = (0..).zip(&self.entries);
            let alike = entries.filter(|(_, entry)| entry.hash == hash);
            return alike.map(|(number, _)| number).find(|number| is_it(*number));
        }
        let is_it = |found: &Indexed| found.hash == hash && is_it(found.number);
        self.index.find(spread(hash), is_it).map(|found| found.number)
    }

    fn add(&mut self, text: &str, hash: u32) -> u32 {
        let added = self.numbers().end;
        growth::make_for_bytes(&mut self.bytes, text.len());
        self.seen |= bit(hash);
        self.bytes.push_str(text);
        growth::push(&mut self.entries, Entry { end: self.bytes.len(), hash });
        if self.len() > FEW {
            let unknown = if self.index.is_empty() { 0 } else { added };
            (unknown..=added).for_each(|number| self.add_to_index(number));
        }
        added
    }

    fn add_to_index(&mut self, number: u32) {
        let hash = self.entries[number as usize].hash;
        if self.index.len() == self.index.capacity() && self.len() < growth::MANY {
            self.index.reserve(3 * self.len(), |entry| spread(entry.hash));
        }
        let entry = Indexed { hash, number };
        self.index.insert_unique(spread(hash), entry, |entry| spread(entry.hash));
    }

    fn hash(&self, text: &str) -> u32 {
        let mut hasher = self.hasher.build_hasher();
        hasher.write(text.as_bytes());
        (hasher.finish() >> 32) as u32
    }

    fn range(&self, number: u32) -> Range<usize> {
        let number = number as usize;
        let start = if number == 0 { 0 } else { self.entries[number - 1].end };
        start..self.entries[number].end
    }

    /// Compares bytes: that strings end at characters need not be checked.
    fn is(&self, number: u32, text: &str) -> bool {
        same(&self.bytes.as_bytes()[self.range(number)], text.as_bytes())
    }

    /// A column holds fewer than 2^32 cells, so its distinct strings do too.
    fn numbers(&self) -> Range<u32> {
        0..u32::try_from(self.len()).unwrap_or(u32::MAX)
    }

    /// The string with a number that [`Dictionary::number`] gave.
    pub fn get(&self, number: u32) -> &str {
        &self.bytes[self.range(number)]
    }

    /// All strings, in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = &str> + Clone {
        self.numbers().map(|number| self.get(number))
    }

    /// How many distinct strings there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// The length of all of them together.
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// The bit of a hash in [`Dictionary::seen`].
fn bit(hash: u32) -> u64 {
    1 << (hash >> 26)
}

/// Where a whole number is kept: ids differ in their last bits.
fn place_of(whole: i64) -> usize {
    usize::from(whole.to_le_bytes()[0]) % WHOLES
}

/// A hash of the width that the index wants, all bits of it used at both ends.
fn spread(hash: u32) -> u64 {
    u64::from(hash) << 32 | u64::from(hash)
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
    fn strings_that_share_a_hash_are_told_apart() {
        // Among so many some do: hashes have 32 bits.
        let count = 400_000;
        let dictionary_of = |count: u32| {
            let mut dictionary = Dictionary::default();
            (0..count).for_each(|number| _ = dictionary.number(&number.to_string()));
            dictionary
        };
        let mut dictionary = dictionary_of(count / 2);
        assert!(dictionary.numbers_of(&dictionary_of(count)).into_iter().eq(0..count));
        assert!(dictionary.iter().eq(dictionary_of(count).iter()));
    }

    #[test]
    fn a_whole_number_has_the_number_of_its_digits() {
        let mut dictionary = Dictionary::default();
        let wholes = [0, 7, -7, 7, 16, 32, 0, i64::MIN, i64::MAX, 16];
        for whole in wholes {
            let number = dictionary.number_of_whole(whole);
            assert_eq!(dictionary.get(number), whole.to_string());
        }
        assert_eq!(dictionary.len(), 7);
        assert_eq!(dictionary.number("-7"), dictionary.number_of_whole(-7));
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
