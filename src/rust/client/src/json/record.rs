//! The leaves of one record: what its row is made of.

use std::borrow::Cow;

use crate::json::bytes_eq::same;
use crate::json::field_names::{NameId, NameTable, Role};

/// What a leaf is in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// true or false.
    Bool,
    /// A number without a fraction.
    Int,
    /// Any other number.
    Double,
    /// A string.
    Text,
    /// No value: the column is there, the cell is not.
    Absent,
}

/// The leaves of a record, whose texts are borrowed from the page where they
/// can be. Reuse it over all records of the page: it knows their names.
#[derive(Default)]
pub struct Leaves<'de> {
    names: NameTable,
    /// The place that the parser is at.
    pub(crate) place: NameId,
    /// Texts that do not stand in the page as they are.
    texts: String,
    found: Vec<Found<'de>>,
}

struct Found<'de> {
    content: Content<'de>,
    name: NameId,
}

#[derive(Clone, Copy)]
enum Content<'de> {
    /// As it stands in the page, or in this crate.
    Borrowed(&'de str, Kind),
    /// The part of [`Leaves::texts`] between two places.
    Made(u32, u32, Kind),
    Whole(i64),
}

/// What a leaf holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'l> {
    /// A text of that kind.
    Text(&'l str, Kind),
    /// A whole number. Most go to their column without being text in between.
    Whole(i64),
}

impl<'l> Value<'l> {
    /// No value.
    pub const ABSENT: Value<'static> = Value::Text("", Kind::Absent);

    /// What it is in JSON.
    pub fn kind(self) -> Kind {
        match self {
            Value::Text(_, kind) => kind,
            Value::Whole(_) => Kind::Int,
        }
    }

    /// It as text.
    pub fn text(self) -> Cow<'l, str> {
        match self {
            Value::Text(text, _) => text.into(),
            Value::Whole(whole) => whole.to_string().into(),
        }
    }

    /// It as a number, if it is one or a text that says one.
    pub fn number(self) -> Option<f64> {
        match self {
            Value::Text(text, _) => text.parse().ok(),
            Value::Whole(whole) => Some(whole as f64),
        }
    }

    /// Another text in place of a text; a number stays.
    #[must_use]
    pub fn with_text(self, change: impl FnOnce(&'l str) -> &'l str) -> Self {
        match self {
            Value::Text(text, kind) => Value::Text(change(text), kind),
            whole @ Value::Whole(_) => whole,
        }
    }

    /// It, unless it is an empty text: that is no value.
    #[must_use]
    pub fn filled(self) -> Self {
        if matches!(self, Value::Text("", _)) { Value::ABSENT } else { self }
    }
}

/// A leaf of a record.
#[derive(Clone, Copy)]
pub struct Leaf<'l> {
    leaves: &'l Leaves<'l>,
    found: &'l Found<'l>,
}

impl<'l> Leaf<'l> {
    /// Its dotted name.
    pub fn name(self) -> &'l str {
        self.leaves.names.get(self.found.name)
    }

    /// The number of its name.
    pub fn name_id(self) -> NameId {
        self.found.name
    }

    /// The names that the leaves of the record have.
    pub fn names(self) -> &'l NameTable {
        &self.leaves.names
    }

    /// What it holds.
    #[inline]
    pub fn value(self) -> Value<'l> {
        match self.found.content {
            Content::Borrowed(text, kind) => Value::Text(text, kind),
            Content::Made(start, end, kind) => {
                Value::Text(&self.leaves.texts[start as usize..end as usize], kind)
            }
            Content::Whole(whole) => Value::Whole(whole),
        }
    }

    /// What it holds, as text.
    pub fn text(self) -> Cow<'l, str> {
        self.value().text()
    }
}

impl<'de> Leaves<'de> {
    /// Forgets the record before, but no names.
    pub fn clear(&mut self) {
        self.place = NameId::ROOT;
        self.texts.clear();
        self.found.clear();
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Each leaf, in document order.
    pub fn iter(&self) -> impl Iterator<Item = Leaf<'_>> {
        self.found.iter().map(|found| Leaf { leaves: self, found })
    }

    /// Each leaf with the role of its name, in document order; `role_of` gives
    /// the role of a name and must be the same for all records of the page.
    pub fn with_roles(
        &self,
        role_of: impl Fn(&str) -> Role + Copy,
    ) -> impl Iterator<Item = (Role, Leaf<'_>)> {
        self.iter().map(move |leaf| (self.names.role(leaf.name_id(), role_of), leaf))
    }

    /// The leaf at a place.
    #[inline]
    pub fn at(&self, place: usize) -> Option<Leaf<'_>> {
        self.found.get(place).map(|found| Leaf { leaves: self, found })
    }

    /// Whether the leaves have these names, in this order.
    pub fn has_names(&self, names: &[NameId]) -> bool {
        self.found.len() == names.len()
            && self.found.iter().zip(names).all(|(found, name)| found.name == *name)
    }

    /// The names that the leaves have.
    pub fn names(&self) -> &NameTable {
        &self.names
    }

    /// The first leaf with this name.
    pub fn find(&self, name: &str) -> Option<Leaf<'_>> {
        self.iter().find(|leaf| same(leaf.name().as_bytes(), name.as_bytes()))
    }

    /// What the first leaf with this name holds.
    pub fn get(&self, name: &str) -> Option<Value<'_>> {
        self.find(name).map(Leaf::value)
    }

    /// The dotted name of the place the parser stopped at, for error messages.
    pub fn path(&mut self) -> &str {
        self.names.complete(self.place);
        self.names.get(self.place)
    }

    /// The last key of that place.
    pub(crate) fn key(&self) -> &str {
        self.names.part(self.place)
    }

    /// Moves to member `key` of `parent`; `before` is the member before it,
    /// or the parent.
    #[inline]
    pub(crate) fn go_to_member(&mut self, parent: NameId, before: NameId, key: &str) {
        self.place = self.names.member(parent, before, key);
    }

    /// Adds a leaf with a text of the page.
    #[inline]
    pub(crate) fn add_borrowed(&mut self, kind: Kind, text: &'de str) {
        self.add(Content::Borrowed(text, kind));
    }

    /// Adds a leaf with a text that is yet to be written.
    pub(crate) fn add_made(&mut self, kind: Kind, write: impl FnOnce(&mut String)) {
        let start = self.made();
        write(&mut self.texts);
        self.add(Content::Made(start, self.made(), kind));
    }

    /// Adds a whole number.
    #[inline]
    pub(crate) fn add_whole(&mut self, whole: i64) {
        self.add(Content::Whole(whole));
    }

    /// The end of the texts made so far. Those of one record are shorter than
    /// 4 GB: a page is (http.rs).
    fn made(&self) -> u32 {
        u32::try_from(self.texts.len()).unwrap_or(u32::MAX)
    }

    #[inline]
    fn add(&mut self, content: Content<'de>) {
        self.names.complete(self.place);
        self.found.push(Found { content, name: self.place });
    }

    /// Gives a leaf the name of the place that the parser is at, and a number.
    pub(crate) fn number(&mut self, leaf: usize, number: usize) {
        let name = self.names.numbered(self.place, number);
        self.names.complete(name);
        if let Some(found) = self.found.get_mut(leaf) {
            found.name = name;
        }
    }
}
