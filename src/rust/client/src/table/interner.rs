//! Equal strings stored once: most columns of a CRM repeat few values.

use std::hash::{BuildHasher, Hasher};
use std::ops::Range;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::table::growth;
use crate::table::text_buffer::TextBuffer;

/// Up to so many strings a scan over their hashes is faster than the index.
const FEW: usize = 24;

/// The size of the cache of whole numbers.
const WHOLES: usize = 16;

/// In place of a code: there is none.
const NONE: u32 = u32::MAX;

/// Distinct strings in order of first appearance. The code of a string is its
/// index.
#[derive(Default)]
pub struct Interner {
    bytes: String,
    entries: Vec<Entry>,
    /// All codes, once there are more than [`FEW`], or none.
    index: HashTable<Indexed>,
    hasher: RandomState,
    /// A bit for each value of the first six bits of a hash. With few strings it
    /// shows at once that most new ones are new.
    seen: u64,
    /// The code asked for last: neighbouring cells are often equal.
    last: u32,
    /// A cache of whole numbers and the codes of their digits, so that those need
    /// not be written again.
    wholes: Option<Box<[(i64, u32); WHOLES]>>,
}

/// A string. Most comparisons end at the hash.
struct Entry {
    end: usize,
    hash: u32,
}

/// A string in the index, with its hash: so the index grows without reading the
/// strings, which are far apart in memory.
struct Indexed {
    hash: u32,
    code: u32,
}

impl Interner {
    /// The code of `text`, which is added when it is new.
    #[inline]
    pub fn code(&mut self, text: &str) -> u32 {
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

    /// The code of the digits of `whole`.
    #[inline]
    pub fn code_of_whole(&mut self, whole: i64) -> u32 {
        let slot = slot_of(whole);
        let known = self.wholes.as_ref().map(|wholes| wholes[slot]);
        let is_it = |(found, code): &(i64, u32)| *found == whole && *code != NONE;
        if let Some((_, code)) = known.filter(is_it) {
            return code;
        }
        self.code_of_digits(whole, slot)
    }

    #[inline(never)]
    fn code_of_digits(&mut self, whole: i64, slot: usize) -> u32 {
        let code = self.code(itoa::Buffer::new().format(whole));
        self.wholes.get_or_insert_with(|| Box::new([(0, NONE); WHOLES]))[slot] = (whole, code);
        code
    }

    /// The codes here of all strings of another interner, in its order. New strings
    /// are added.
    pub fn codes_of(&mut self, other: &Interner) -> Vec<u32> {
        let known = self.known(other.iter());
        let code = |(text, (hash, known)): (&str, (u32, Option<u32>))| {
            known.unwrap_or_else(|| self.add(text, hash))
        };
        other.iter().zip(known).map(code).collect()
    }

    /// The same for texts some of which may be equal.
    pub fn codes_of_texts(&mut self, texts: &TextBuffer) -> Vec<u32> {
        let known = self.known(texts.iter());
        let code = |(text, (hash, known)): (&str, (u32, Option<u32>))| {
            known.unwrap_or_else(|| self.find_or_add(text, hash))
        };
        texts.iter().zip(known).map(code).collect()
    }

    /// The hashes and codes of strings. In a large interner each step of a look-up
    /// waits for memory. So each step is made for all strings before the next one,
    /// and all are looked up before any is added.
    fn known<'t>(&self, texts: impl Iterator<Item = &'t str> + Clone) -> Vec<(u32, Option<u32>)> {
        let hashes: Vec<u32> = texts.clone().map(|text| self.hash(text)).collect();
        let alike: Vec<Option<u32>> = hashes.iter().map(|hash| self.alike(*hash)).collect();
        let range = |code: &Option<u32>| code.map_or(0..0, |code| self.range(code));
        let ranges: Vec<Range<usize>> = alike.iter().map(range).collect();
        let steps = hashes.into_iter().zip(alike.into_iter().zip(ranges));
        texts
            .zip(steps)
            .map(|(text, (hash, (alike, range)))| (hash, self.checked(text, hash, alike, range)))
            .collect()
    }

    /// The code of a string. It is `alike`, which has the same hash, if the bytes in
    /// `range` are equal, too.
    fn checked(
        &self,
        text: &str,
        hash: u32,
        alike: Option<u32>,
        range: Range<usize>,
    ) -> Option<u32> {
        let code = alike?;
        let is_it = self.bytes.as_bytes()[range] == *text.as_bytes();
        if is_it { Some(code) } else { self.find(text, hash) }
    }

    /// Frees the index. It is built again when a string is added.
    pub fn forget_index(&mut self) {
        self.index = HashTable::new();
        self.wholes = None;
    }

    fn find(&self, text: &str, hash: u32) -> Option<u32> {
        self.find_where(hash, |code| self.is(code, text))
    }

    /// The code of a string that has this hash, if any has.
    fn alike(&self, hash: u32) -> Option<u32> {
        self.find_where(hash, |_| true)
    }

    /// The code of a string that has this hash and is the one looked for.
    fn find_where(&self, hash: u32, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        if self.seen & bit(hash) == 0 {
            return None;
        }
        if self.index.is_empty() {
            let entries = (0..).zip(&self.entries);
            let alike = entries.filter(|(_, entry)| entry.hash == hash);
            return alike.map(|(code, _)| code).find(|code| is_it(*code));
        }
        let is_it = |found: &Indexed| found.hash == hash && is_it(found.code);
        self.index.find(spread(hash), is_it).map(|found| found.code)
    }

    fn add(&mut self, text: &str, hash: u32) -> u32 {
        let added = self.codes().end;
        growth::make_for_bytes(&mut self.bytes, text.len());
        self.seen |= bit(hash);
        self.bytes.push_str(text);
        growth::push(&mut self.entries, Entry { end: self.bytes.len(), hash });
        if self.len() > FEW {
            let unknown = if self.index.is_empty() { 0 } else { added };
            (unknown..=added).for_each(|code| self.add_to_index(code));
        }
        added
    }

    fn add_to_index(&mut self, code: u32) {
        let hash = self.entries[code as usize].hash;
        if self.index.len() == self.index.capacity() && self.len() < growth::MANY {
            self.index.reserve(3 * self.len(), |entry| spread(entry.hash));
        }
        let entry = Indexed { hash, code };
        self.index.insert_unique(spread(hash), entry, |entry| spread(entry.hash));
    }

    fn hash(&self, text: &str) -> u32 {
        let mut hasher = self.hasher.build_hasher();
        hasher.write(text.as_bytes());
        (hasher.finish() >> 32) as u32
    }

    fn range(&self, code: u32) -> Range<usize> {
        let code = code as usize;
        let start = if code == 0 { 0 } else { self.entries[code - 1].end };
        start..self.entries[code].end
    }

    /// Compares bytes, without a check that they begin and end at characters.
    fn is(&self, code: u32, text: &str) -> bool {
        self.bytes.as_bytes()[self.range(code)] == *text.as_bytes()
    }

    /// A column holds fewer than 2^32 cells, so its distinct strings do too.
    fn codes(&self) -> Range<u32> {
        0..u32::try_from(self.len()).unwrap_or(u32::MAX)
    }

    /// The string with a code that [`Interner::code`] gave.
    pub fn get(&self, code: u32) -> &str {
        &self.bytes[self.range(code)]
    }

    /// All strings, in the order of their codes.
    pub fn iter(&self) -> impl Iterator<Item = &str> + Clone {
        self.codes().map(|code| self.get(code))
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

/// The bit of a hash in [`Interner::seen`].
fn bit(hash: u32) -> u64 {
    1 << (hash >> 26)
}

/// The slot of a whole number in the cache: ids differ in their last bits.
fn slot_of(whole: i64) -> usize {
    usize::from(whole.to_le_bytes()[0]) % WHOLES
}

/// A 64-bit hash for the index, which uses the bits of both ends.
fn spread(hash: u32) -> u64 {
    u64::from(hash) << 32 | u64::from(hash)
}

#[cfg(test)]
mod tests {
    use super::Interner;

    #[test]
    fn equal_strings_share_a_code_and_come_back_unchanged() {
        let mut interner = Interner::default();
        let texts = ["", "a", "б", "a", "", "aa", "б"];
        let codes: Vec<u32> = texts.iter().map(|text| interner.code(text)).collect();
        assert_eq!(codes, [0, 1, 2, 1, 0, 3, 2]);
        assert_eq!(interner.len(), 4);
        for (text, code) in texts.iter().zip(codes) {
            assert_eq!(interner.get(code), *text);
        }
    }

    #[test]
    fn the_strings_of_another_interner_have_codes_in_this_one() {
        let interner_of = |texts: &[&str]| {
            let mut interner = Interner::default();
            for text in texts {
                interner.code(text);
            }
            interner
        };
        let mut interner = interner_of(&["a", "b"]);
        assert_eq!(interner.codes_of(&interner_of(&["c", "b", "", "a"])), [2, 1, 3, 0]);
        assert_eq!(interner.iter().collect::<Vec<_>>(), ["a", "b", "c", ""]);
    }

    #[test]
    fn strings_that_share_a_hash_are_told_apart() {
        // Among so many some do: hashes have 32 bits.
        let count = 400_000;
        let interner_of = |count: u32| {
            let mut interner = Interner::default();
            (0..count).for_each(|code| _ = interner.code(&code.to_string()));
            interner
        };
        let mut interner = interner_of(count / 2);
        assert!(interner.codes_of(&interner_of(count)).into_iter().eq(0..count));
        assert!(interner.iter().eq(interner_of(count).iter()));
    }

    #[test]
    fn a_whole_number_has_the_code_of_its_digits() {
        let mut interner = Interner::default();
        let wholes = [0, 7, -7, 7, 16, 32, 0, i64::MIN, i64::MAX, 16];
        for whole in wholes {
            let code = interner.code_of_whole(whole);
            assert_eq!(interner.get(code), whole.to_string());
        }
        assert_eq!(interner.len(), 7);
        assert_eq!(interner.code("-7"), interner.code_of_whole(-7));
    }

    #[test]
    fn many_strings_are_told_apart_as_few_are() {
        let mut interner = Interner::default();
        for round in 0..2 {
            for code in 0..100 {
                assert_eq!(interner.code(&format!("text {code}")), code, "round {round}");
            }
        }
        assert_eq!(interner.iter().nth(99), Some("text 99"));
        interner.forget_index();
        assert_eq!(interner.code("text 50"), 50);
        assert_eq!(interner.code("text 100"), 100);
        assert_eq!(interner.code("text 7"), 7);
    }
}
