//! Texts as they come, equal ones repeated. To intern them only pays where many
//! are equal.

use foldhash::fast::FixedState;
use std::hash::BuildHasher;

use crate::table::growth;

/// If few texts are distinct, some of the first so many are equal.
const FIRST: usize = 8;

/// After so many texts it is decided whether many are equal.
const ENOUGH: usize = 32;

/// Texts one after the other.
#[derive(Default)]
pub struct TextBuffer {
    bytes: String,
    ends: Vec<usize>,
}

impl TextBuffer {
    /// Adds a text.
    #[inline]
    pub fn push(&mut self, text: &str) {
        growth::make_for_bytes(&mut self.bytes, text.len());
        self.bytes.push_str(text);
        growth::push(&mut self.ends, self.bytes.len());
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> + Clone {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| &self.bytes[start..*end])
    }

    /// Whether the texts should be interned from now on: when more than a few of
    /// the first ones are equal, or when there are more than a page has.
    #[inline]
    pub fn should_be_interned(&self) -> bool {
        match self.ends.len() {
            FIRST => self.repeats_last(),
            ENOUGH => self.repeats_often(),
            growth::MANY => true,
            _ => false,
        }
    }

    #[cold]
    fn repeats_last(&self) -> bool {
        let last = self.iter().last();
        self.iter().take(FIRST - 1).any(|text| Some(text) == last)
    }

    #[cold]
    fn repeats_often(&self) -> bool {
        let state = FixedState::default();
        let hashes: Vec<u64> = self.iter().map(|text| state.hash_one(text)).collect();
        let came_before = |index: &usize| hashes[..*index].contains(&hashes[*index]);
        (1..hashes.len()).filter(came_before).count() > ENOUGH / 8
    }
}

#[cfg(test)]
mod tests {
    use super::{ENOUGH, FIRST, TextBuffer};
    use crate::table::growth;

    fn buffer(texts: impl Iterator<Item = String>) -> TextBuffer {
        let mut buffer = TextBuffer::default();
        texts.for_each(|text| buffer.push(&text));
        buffer
    }

    #[test]
    fn texts_come_back_as_often_as_they_were_added() {
        let texts = ["", "a", "", "бв", "a"];
        let buffer = buffer(texts.iter().map(ToString::to_string));
        assert_eq!(buffer.iter().collect::<Vec<_>>(), texts);
    }

    #[test]
    fn texts_are_worth_comparing_once_many_are_equal_or_there_are_very_many() {
        let number = |n: usize| n.to_string();
        for (count, kinds, expected) in [
            (FIRST - 1, 1, false),
            (FIRST, 2, true),
            (FIRST, FIRST, false),
            (FIRST + 1, 1, false),
            (ENOUGH, 9, true),
            (ENOUGH, ENOUGH - 1, false),
            (ENOUGH, ENOUGH, false),
            (ENOUGH + 1, 1, false),
            (growth::MANY, growth::MANY, true),
        ] {
            let buffer = buffer((0..count).map(|n| number(n % kinds)));
            assert_eq!(buffer.should_be_interned(), expected, "{count} of {kinds} kinds");
        }
    }
}
