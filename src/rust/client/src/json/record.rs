//! The fields of one record: what its row is made of.

use std::borrow::Cow;

use crate::json::bytes_eq::bytes_eq;
use crate::json::field_names::{FieldNames, NameId, Tag};

/// What a field is in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonType {
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

/// The fields of a record, whose texts are borrowed from the page where they
/// can be. Reuse it over all records of the page: it knows their names.
#[derive(Default)]
pub struct Record<'de> {
    names: FieldNames,
    /// The place that the parser is at.
    pub(crate) position: NameId,
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
    Borrowed(&'de str, JsonType),
    /// The part of [`Record::texts`] between two places.
    Made(u32, u32, JsonType),
    Whole(i64),
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'l> {
    /// A text of that type.
    Text(&'l str, JsonType),
    /// A whole number. Most go to their column without being text in between.
    Whole(i64),
}

impl<'l> Value<'l> {
    /// No value.
    pub const ABSENT: Value<'static> = Value::Text("", JsonType::Absent);

    /// What it is in JSON.
    pub fn json_type(self) -> JsonType {
        match self {
            Value::Text(_, json_type) => json_type,
            Value::Whole(_) => JsonType::Int,
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
            Value::Text(text, json_type) => Value::Text(change(text), json_type),
            whole @ Value::Whole(_) => whole,
        }
    }

    /// It, unless it is an empty text: that is no value.
    #[must_use]
    pub fn filled(self) -> Self {
        if matches!(self, Value::Text("", _)) { Value::ABSENT } else { self }
    }
}

/// A field of a record.
#[derive(Clone, Copy)]
pub struct Field<'l> {
    record: &'l Record<'l>,
    found: &'l Found<'l>,
}

impl<'l> Field<'l> {
    /// Its dotted name.
    pub fn name(self) -> &'l str {
        self.record.names.get(self.found.name)
    }

    /// The number of its name.
    pub fn name_id(self) -> NameId {
        self.found.name
    }

    /// The names that the fields of the record have.
    pub fn names(self) -> &'l FieldNames {
        &self.record.names
    }

    /// What it holds.
    #[inline]
    pub fn value(self) -> Value<'l> {
        match self.found.content {
            Content::Borrowed(text, json_type) => Value::Text(text, json_type),
            Content::Made(start, end, json_type) => {
                Value::Text(&self.record.texts[start as usize..end as usize], json_type)
            }
            Content::Whole(whole) => Value::Whole(whole),
        }
    }

    /// What it holds, as text.
    pub fn text(self) -> Cow<'l, str> {
        self.value().text()
    }
}

impl<'de> Record<'de> {
    /// Forgets the record before, but no names.
    pub fn clear(&mut self) {
        self.position = NameId::ROOT;
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

    /// Each field, in document order.
    pub fn iter(&self) -> impl Iterator<Item = Field<'_>> {
        self.found.iter().map(|found| Field { record: self, found })
    }

    /// Each field with the tag of its name, in document order; `tag_of` gives
    /// the tag of a name and must be the same for all records of the page.
    pub fn with_tags(
        &self,
        tag_of: impl Fn(&str) -> Tag + Copy,
    ) -> impl Iterator<Item = (Tag, Field<'_>)> {
        self.iter().map(move |field| (self.names.tag(field.name_id(), tag_of), field))
    }

    /// The field at a place.
    #[inline]
    pub fn at(&self, position: usize) -> Option<Field<'_>> {
        self.found.get(position).map(|found| Field { record: self, found })
    }

    /// Whether the fields have these names, in this order.
    pub fn has_names(&self, names: &[NameId]) -> bool {
        self.found.len() == names.len()
            && self.found.iter().zip(names).all(|(found, name)| found.name == *name)
    }

    /// The names that the fields have.
    pub fn names(&self) -> &FieldNames {
        &self.names
    }

    /// The first field with this name.
    pub fn find(&self, name: &str) -> Option<Field<'_>> {
        self.iter().find(|field| bytes_eq(field.name().as_bytes(), name.as_bytes()))
    }

    /// What the first field with this name holds.
    pub fn get(&self, name: &str) -> Option<Value<'_>> {
        self.find(name).map(Field::value)
    }

    /// The dotted name of the place the parser stopped at, for error messages.
    pub fn path(&mut self) -> &str {
        self.names.complete(self.position);
        self.names.get(self.position)
    }

    /// The last key of that place.
    pub(crate) fn key(&self) -> &str {
        self.names.part(self.position)
    }

    /// Moves to member `key` of `parent`; `before` is the member before it,
    /// or the parent.
    #[inline]
    pub(crate) fn go_to_member(&mut self, parent: NameId, before: NameId, key: &str) {
        self.position = self.names.member(parent, before, key);
    }

    /// Adds a field with a text of the page.
    #[inline]
    pub(crate) fn add_borrowed(&mut self, json_type: JsonType, text: &'de str) {
        self.add(Content::Borrowed(text, json_type));
    }

    /// Adds a field with a text that is yet to be written.
    pub(crate) fn add_made(&mut self, json_type: JsonType, write: impl FnOnce(&mut String)) {
        let start = self.made();
        write(&mut self.texts);
        self.add(Content::Made(start, self.made(), json_type));
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
        self.names.complete(self.position);
        self.found.push(Found { content, name: self.position });
    }

    /// Gives a field the name of the place that the parser is at, and a number.
    pub(crate) fn number(&mut self, field: usize, number: usize) {
        let name = self.names.numbered(self.position, number);
        self.names.complete(name);
        if let Some(found) = self.found.get_mut(field) {
            found.name = name;
        }
    }
}
