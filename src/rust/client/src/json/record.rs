//! A record as fields: dotted names and values, of which its row is made.

use std::borrow::Cow;

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
/// value is reused for all records of a page, and so is its memory.
#[derive(Default)]
pub struct Record<'de> {
    /// The dotted name of the member that the parser is reading.
    path: String,
    /// The names of the fields.
    names: String,
    /// Texts that can't be borrowed: those with escapes, and numbers.
    texts: String,
    found: Vec<Found<'de>>,
    /// Which element of a member's list the parser is reading, if it is in one.
    element: Option<u32>,
}

struct Found<'de> {
    content: Content<'de>,
    /// A range of [`Record::names`].
    name: (usize, usize),
    element: u32,
}

#[derive(Clone, Copy)]
enum Content<'de> {
    /// A text of the page, or a constant.
    Borrowed(&'de str, JsonType),
    /// A range of [`Record::texts`].
    Made(usize, usize, JsonType),
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
        &self.record.names[self.found.name.0..self.found.name.1]
    }

    /// What it holds.
    pub fn value(self) -> Value<'l> {
        match self.found.content {
            Content::Borrowed(text, json_type) => Value::Text(text, json_type),
            Content::Made(start, end, json_type) => {
                Value::Text(&self.record.texts[start..end], json_type)
            }
            Content::Whole(whole) => Value::Whole(whole),
        }
    }

    /// In which element of a member's list it is, counted from 0; of lists in each other
    /// the outermost counts. 0 without a list.
    pub fn element(self) -> u32 {
        self.found.element
    }

    /// What it holds, as text.
    pub fn text(self) -> Cow<'l, str> {
        self.value().text()
    }
}

impl<'de> Record<'de> {
    /// Drops the fields.
    pub fn clear(&mut self) {
        self.path.clear();
        self.names.clear();
        self.texts.clear();
        self.found.clear();
        self.element = None;
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

    /// The dotted name of the member that the parser is reading, or where it stopped.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Moves to member `key` of the object whose name has `parent` bytes. An empty key
    /// adds nothing.
    pub(crate) fn go_to_member(&mut self, parent: usize, key: &str) {
        self.path.truncate(parent);
        if parent > 0 && !key.is_empty() {
            self.path.push('.');
        }
        self.path.push_str(key);
    }

    /// Moves back to the object whose name has `parent` bytes.
    pub(crate) fn go_back(&mut self, parent: usize) {
        self.path.truncate(parent);
    }

    /// Whether a list begins that is not in another one. Its elements are counted.
    pub(crate) fn begin_list(&mut self) -> bool {
        let is_outermost = self.element.is_none();
        if is_outermost {
            self.element = Some(0);
        }
        is_outermost
    }

    /// Goes on with the next element of that list.
    pub(crate) fn next_element(&mut self) {
        self.element = self.element.map(|element| element.saturating_add(1));
    }

    /// Ends that list.
    pub(crate) fn end_list(&mut self) {
        self.element = None;
    }

    /// Adds a field with a text of the page.
    pub(crate) fn add_borrowed(&mut self, json_type: JsonType, text: &'de str) {
        self.add(Content::Borrowed(text, json_type));
    }

    /// Adds a field with a text that is yet to be written.
    pub(crate) fn add_made(&mut self, json_type: JsonType, write: impl FnOnce(&mut String)) {
        let start = self.texts.len();
        write(&mut self.texts);
        self.add(Content::Made(start, self.texts.len(), json_type));
    }

    /// Adds a whole number.
    pub(crate) fn add_whole(&mut self, whole: i64) {
        self.add(Content::Whole(whole));
    }

    fn add(&mut self, content: Content<'de>) {
        let name = self.add_name(|_| {});
        self.found.push(Found { content, name, element: self.element.unwrap_or_default() });
    }

    /// Names a field by the member that the parser is reading, and a number. In the
    /// record itself that would be a bare number: there R has an empty name.
    pub(crate) fn number(&mut self, field: usize, number: usize) {
        if self.path.is_empty() {
            return;
        }
        let name = self.add_name(|names| names.push_str(itoa::Buffer::new().format(number)));
        if let Some(found) = self.found.get_mut(field) {
            found.name = name;
        }
    }

    /// Adds the name of the member that the parser is reading, and more.
    fn add_name(&mut self, more: impl FnOnce(&mut String)) -> (usize, usize) {
        let start = self.names.len();
        self.names.push_str(&self.path);
        more(&mut self.names);
        (start, self.names.len())
    }
}
