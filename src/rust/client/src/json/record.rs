//! A record as fields: dotted names and values, of which its row is made.

use std::borrow::Cow;

use crate::json::field_names::{FieldNames, NameId};

/// The type of a value in JSON.
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
    /// No value: the row has the column, but no cell in it.
    Absent,
}

/// The fields of a record. Texts are borrowed from the page where possible. One
/// value is reused for all records of a page, since it knows their names.
#[derive(Default)]
pub struct Record<'de> {
    names: FieldNames,
    /// The name of the member that the parser is reading.
    pub(crate) position: NameId,
    /// Texts that can't be borrowed: those with escapes, and numbers.
    texts: String,
    found: Vec<Found<'de>>,
}

struct Found<'de> {
    content: Content<'de>,
    name: NameId,
}

#[derive(Clone, Copy)]
enum Content<'de> {
    /// A text of the page, or a constant.
    Borrowed(&'de str, JsonType),
    /// A range of [`Record::texts`].
    Made(u32, u32, JsonType),
    Whole(i64),
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'l> {
    /// A text of that type.
    Text(&'l str, JsonType),
    /// A whole number. It goes to its column without becoming text.
    Whole(i64),
}

impl<'l> Value<'l> {
    /// No value.
    pub const ABSENT: Value<'static> = Value::Text("", JsonType::Absent);

    /// Its type in JSON.
    pub fn json_type(self) -> JsonType {
        match self {
            Value::Text(_, json_type) => json_type,
            Value::Whole(_) => JsonType::Int,
        }
    }

    /// The value as text.
    pub fn text(self) -> Cow<'l, str> {
        match self {
            Value::Text(text, _) => text.into(),
            Value::Whole(whole) => whole.to_string().into(),
        }
    }

    /// The value as a number, if it is one or its text reads as one.
    pub fn number(self) -> Option<f64> {
        match self {
            Value::Text(text, _) => text.parse().ok(),
            Value::Whole(whole) => Some(whole as f64),
        }
    }

    /// The value with its text changed; numbers stay as they are.
    #[must_use]
    pub fn with_text(self, change: impl FnOnce(&'l str) -> &'l str) -> Self {
        match self {
            Value::Text(text, json_type) => Value::Text(change(text), json_type),
            whole @ Value::Whole(_) => whole,
        }
    }

    /// The value, with an empty text taken as no value.
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
    /// Drops the fields, but keeps the names that are known.
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
    pub fn iter(&self) -> impl Iterator<Item = Field<'_>> + Clone {
        self.found.iter().map(|found| Field { record: self, found })
    }

    /// The first field with this name.
    pub fn find(&self, name: &str) -> Option<Field<'_>> {
        self.iter().find(|field| field.name() == name)
    }

    /// What the first field with this name holds.
    pub fn get(&self, name: &str) -> Option<Value<'_>> {
        self.find(name).map(Field::value)
    }

    /// The dotted name of the member where the parser stopped, for error messages.
    pub fn path(&mut self) -> &str {
        self.names.complete(self.position);
        self.names.get(self.position)
    }

    /// The last key of that name.
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

    /// The end of [`Record::texts`]. It fits: a body has at most 64 MB.
    fn made(&self) -> u32 {
        u32::try_from(self.texts.len()).unwrap_or(u32::MAX)
    }

    #[inline]
    fn add(&mut self, content: Content<'de>) {
        self.names.complete(self.position);
        self.found.push(Found { content, name: self.position });
    }

    /// Names a field by the member that the parser is reading, and a number.
    pub(crate) fn number(&mut self, field: usize, number: usize) {
        let name = self.names.numbered(self.position, number);
        self.names.complete(name);
        if let Some(found) = self.found.get_mut(field) {
            found.name = name;
        }
    }
}
