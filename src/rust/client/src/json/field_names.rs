//! The dotted names of fields, interned: each has an id. The records of a page
//! have the same members in nearly the same order, so a name is built once and
//! then found by comparing a single key.

use std::hash::BuildHasher;
use std::ops::Range;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

/// The id of a name in its [`FieldNames`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NameId(u32);

impl NameId {
    /// The name of a record itself, which is empty.
    pub const ROOT: NameId = NameId(0);

    /// The id as an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// All names of a page. Each one is its parent's name and one more part.
pub struct FieldNames {
    names: Vec<Entry>,
    /// The last parts of all names.
    parts: String,
    /// Whole names, but of fields only: other names may be many and long.
    whole: String,
    index: HashTable<NameId>,
    hasher: RandomState,
}

/// Capacity for the names of most pages.
const USUAL: usize = 64;

/// A name.
struct Entry {
    parent: NameId,
    joint: Joint,
    part: Range<usize>,
    whole: Option<Range<usize>>,
    /// The first member that was seen in an object of this name.
    first: NameId,
    /// The member that was seen after this one.
    next: NameId,
}

/// How a part is joined to the name of the parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Joint {
    /// A key, after a dot.
    Key,
    /// A number, as R gives to fields without a name of their own.
    Number,
}

impl Default for FieldNames {
    fn default() -> Self {
        let mut table = FieldNames {
            names: Vec::with_capacity(USUAL),
            parts: String::with_capacity(USUAL * 16),
            whole: String::with_capacity(USUAL * 32),
            index: HashTable::with_capacity(USUAL),
            hasher: RandomState::default(),
        };
        table.add(NameId::ROOT, Joint::Key, "");
        table
    }
}

impl FieldNames {
    /// The name of member `key` of `parent`. `before` is the member before it, or
    /// the parent itself. An empty key adds nothing.
    #[expect(clippy::inline_always, reason = "as a call it takes 3 % of a page more")]
    #[inline(always)]
    pub fn member(&mut self, parent: NameId, before: NameId, key: &str) -> NameId {
        if key.is_empty() {
            return parent;
        }
        let before_it = &self.names[before.index()];
        let guess = if before == parent { before_it.first } else { before_it.next };
        let expected = &self.names[guess.index()];
        let part = &self.parts.as_bytes()[expected.part.clone()];
        if (expected.parent, expected.joint) == (parent, Joint::Key) && part == key.as_bytes() {
            return guess;
        }
        self.unexpected_member(parent, before, key)
    }

    #[inline(never)]
    fn unexpected_member(&mut self, parent: NameId, before: NameId, key: &str) -> NameId {
        let name = self.find_or_add(parent, Joint::Key, key);
        let before_it = &mut self.names[before.index()];
        *(if before == parent { &mut before_it.first } else { &mut before_it.next }) = name;
        name
    }

    /// The name of a field of `parent` that has a number instead of a key. Where
    /// that would be a bare number R has an empty name.
    pub fn numbered(&mut self, parent: NameId, number: usize) -> NameId {
        if parent == NameId::ROOT {
            return parent;
        }
        self.find_or_add(parent, Joint::Number, itoa::Buffer::new().format(number))
    }

    /// Builds the whole name, unless that was done before.
    #[inline]
    pub fn complete(&mut self, name: NameId) {
        if self.names[name.index()].whole.is_none() {
            self.make_whole(name);
        }
    }

    /// The whole name; empty before [`FieldNames::complete`].
    #[inline]
    pub fn get(&self, name: NameId) -> &str {
        self.names[name.index()].whole.clone().map_or("", |whole| &self.whole[whole])
    }

    /// The last part of a name.
    pub fn part(&self, name: NameId) -> &str {
        &self.parts[self.names[name.index()].part.clone()]
    }

    #[inline]
    fn is(&self, name: NameId, parent: NameId, joint: Joint, part: &str) -> bool {
        let name = &self.names[name.index()];
        name.parent == parent
            && name.joint == joint
            && self.parts.as_bytes()[name.part.clone()] == *part.as_bytes()
    }

    fn find_or_add(&mut self, parent: NameId, joint: Joint, part: &str) -> NameId {
        let hash = self.hasher.hash_one((parent.0, joint, part));
        let found = self.index.find(hash, |name| self.is(*name, parent, joint, part));
        if let Some(found) = found {
            return *found;
        }
        let added = self.add(parent, joint, part);
        let (names, parts, hasher) = (&self.names, &self.parts, &self.hasher);
        self.index.insert_unique(hash, added, |name| {
            let name = &names[name.index()];
            hasher.hash_one((name.parent.0, name.joint, &parts[name.part.clone()]))
        });
        added
    }

    fn add(&mut self, parent: NameId, joint: Joint, part: &str) -> NameId {
        let start = self.parts.len();
        self.parts.push_str(part);
        let part = start..self.parts.len();
        let (first, next) = (NameId::ROOT, NameId::ROOT);
        self.names.push(Entry { parent, joint, part, whole: None, first, next });
        // A page has fewer bytes than 2^32 names would need.
        NameId(u32::try_from(self.names.len() - 1).unwrap_or(u32::MAX))
    }

    #[cold]
    fn make_whole(&mut self, name: NameId) {
        let mut whole = std::mem::take(&mut self.whole);
        let start = whole.len();
        self.write(name, start, &mut whole);
        self.names[name.index()].whole = Some(start..whole.len());
        self.whole = whole;
    }

    /// Writes a name whose first character is at `start` of `out`. Recursion is as
    /// deep as the parser lets objects nest.
    fn write(&self, name: NameId, start: usize, out: &mut String) {
        if name == NameId::ROOT {
            return;
        }
        let name = &self.names[name.index()];
        self.write(name.parent, start, out);
        if name.joint == Joint::Key && out.len() > start {
            out.push('.');
        }
        out.push_str(&self.parts[name.part.clone()]);
    }
}

#[cfg(test)]
mod tests {
    use super::{FieldNames, NameId};

    /// Goes from the record down a path of keys.
    fn at(names: &mut FieldNames, path: &[&str]) -> NameId {
        path.iter().fold(NameId::ROOT, |parent, key| names.member(parent, parent, key))
    }

    fn whole(names: &mut FieldNames, name: NameId) -> String {
        names.complete(name);
        names.get(name).to_owned()
    }

    #[test]
    fn a_name_is_the_same_whichever_member_came_before() {
        let mut names = FieldNames::default();
        let (mut before, mut found) = (NameId::ROOT, Vec::new());
        for key in ["a", "b", "c", "a", "c", "b", "a", "b", "c"] {
            before = names.member(NameId::ROOT, before, key);
            found.push(before);
        }
        let [a, b, c] = [found[0], found[1], found[2]];
        assert_eq!(found, [a, b, c, a, c, b, a, b, c]);
        assert!(a != b && b != c && a != c);
    }

    #[test]
    fn names_are_dotted_and_an_empty_key_adds_nothing() {
        let mut names = FieldNames::default();
        for (path, expected) in [
            (["a", "b", "c"], "a.b.c"),
            (["a", "", "c"], "a.c"),
            (["", "", "c"], "c"),
            (["", "", ""], ""),
            (["a.b", "c", ""], "a.b.c"),
        ] {
            let name = at(&mut names, &path);
            assert_eq!(whole(&mut names, name), expected);
        }
    }

    #[test]
    fn a_key_is_never_taken_for_a_number_nor_for_a_member_of_another_parent() {
        let mut names = FieldNames::default();
        let a = at(&mut names, &["a"]);
        let (number, key) = (names.numbered(a, 1), names.member(a, a, "1"));
        assert_eq!([whole(&mut names, number), whole(&mut names, key)], ["a1", "a.1"]);
        // Members are expected in the order in which they came before.
        let b = names.member(a, a, "b");
        let c = names.member(a, b, "c");
        let other = names.member(NameId::ROOT, b, "c");
        assert_ne!(c, other);
        assert_eq!(whole(&mut names, other), "c");
    }

    #[test]
    fn fields_of_the_record_itself_have_no_number() {
        assert_eq!(FieldNames::default().numbered(NameId::ROOT, 3), NameId::ROOT);
    }
}
