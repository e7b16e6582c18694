//! The bytes of one page to its records, in one pass.

use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher};

use serde::Deserialize;
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use foldhash::fast::FixedState;

use crate::bad_body::BadBody;
use crate::json::broken_text::read_text;
use crate::json::flatten::{FieldReader, Record, Value};
use crate::json::page_keys::PageKeys;
use crate::sanitize::sanitize;

/// Where a page has its records, and which of their members matter.
#[derive(Clone, Copy)]
pub struct PageShape<'f> {
    /// The member of `_embedded` that holds them: `items` in API v2.
    pub list: &'f str,
    /// The member that tells them apart: `id`. Where none does alone, several that do
    /// together, joined by `+`; those with `?` behind may be missing.
    pub id: &'f str,
    /// How the list is sorted, if records with equal values may come in any order, or if
    /// only the first ones are wanted.
    pub order: Option<Order<'f>>,
}

/// The member that a list is sorted by.
#[derive(Clone, Copy)]
pub enum Order<'f> {
    /// The lowest value comes first.
    Rising(&'f str),
    /// The highest value comes first.
    Falling(&'f str),
}

impl<'f> Order<'f> {
    fn member(self) -> &'f str {
        let (Order::Rising(member) | Order::Falling(member)) = self;
        member
    }

    /// What rises in the order of the list.
    fn rising(self, value: i64) -> i64 {
        match self {
            Order::Rising(_) => value,
            Order::Falling(_) => value.saturating_neg(),
        }
    }
}

/// An id that is not a number. Its row can't be kept.
#[derive(Debug, PartialEq, Eq)]
pub struct BadCell {
    /// Name of the column.
    pub column: String,
}

/// Takes the records of a page and makes rows of them.
pub trait RecordSink: FieldReader {
    /// The rows of a page.
    type Rows;
    /// Adds a record. Members that were read by [`FieldReader::read`] are not
    /// among its fields.
    ///
    /// # Errors
    /// [`BadCell`] when an id is not a number.
    fn keep(&mut self, record: &Record) -> Result<(), BadCell>;
    /// From now on broken texts are counted. Called before the first record of a
    /// page whose broken texts were repaired.
    fn count_broken_texts(&mut self);
    /// The rows of all records.
    fn into_rows(self) -> Self::Rows;
}

/// A page; `T` holds its rows.
pub struct Page<T> {
    /// The rows.
    pub rows: T,
    /// How many records the server sent, also those that are filtered out.
    pub records: u32,
    /// The keys of those records, in order: their ids, or hashes of records
    /// without ids.
    pub keys: PageKeys,
    /// Whether the server names a next page.
    pub has_next: bool,
    /// How much of its list it is.
    pub extent: Extent,
}

/// How much of its list a page is. Of most lists it is known that they are paged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// One of its pages.
    Page,
    /// One that has no number, with as many records as the server counts in the list.
    Counted,
    /// The records of the first page, and nothing says that there are other pages.
    Repeated,
    /// All of it: the server does not page it.
    Whole,
}

impl<T> Page<T> {
    /// The page of an answer without a body.
    pub fn empty(rows: T) -> Self {
        Page { rows, records: 0, keys: PageKeys::default(), has_next: false, extent: Extent::Page }
    }

    /// The same page with its rows in a list.
    pub fn into_list(self) -> Page<Vec<T>> {
        let Page { rows, records, keys, has_next, extent } = self;
        Page { rows: vec![rows], records, keys, has_next, extent }
    }
}

/// Reads a HAL page, `{"_embedded": {<list>: [record, ...]}}`.
///
/// The list may be an array, an object keyed by id, or null; a page without
/// `_embedded` but with `_links` has no records.
///
/// # Errors
/// [`BadBody`] when the body is not JSON, is not a page, or holds an id that is
/// not a number.
pub fn read_records<R: RecordSink>(
    body: &[u8],
    shape: PageShape,
    empty: impl Fn() -> R,
) -> Result<Page<R::Rows>, BadBody> {
    read_text(body, |text, is_repaired| read_list(text, shape, prepared(empty(), is_repaired)))
}

fn prepared<R: RecordSink>(mut records: R, is_repaired: bool) -> R {
    if is_repaired {
        records.count_broken_texts();
    }
    records
}

fn read_list<R: RecordSink>(
    text: &str,
    shape: PageShape,
    records: R,
) -> Result<Page<R::Rows>, BadBody> {
    let mut reader = PageReader {
        shape,
        records,
        record: Record::default(),
        count: 0,
        keys: PageKeys::default(),
        has_next: false,
        has_number: false,
        total: None,
        at: Position::Document,
    };
    let mut parser = serde_json::Deserializer::from_str(text);
    let read = PageSeed(&mut reader).deserialize(&mut parser).and_then(|()| parser.end());
    let extent = reader.extent();
    match read {
        Ok(()) => Ok(Page {
            rows: reader.records.into_rows(),
            records: reader.count,
            keys: reader.keys.without_repeats(),
            has_next: reader.has_next,
            extent,
        }),
        Err(error) => {
            Err(BadBody { path: sanitize(&reader.path()), detail: sanitize(&error.to_string()) })
        }
    }
}

/// Reads a single record, as API v4 serves it by its id.
///
/// # Errors
/// As [`read_records`].
pub fn read_record<R: RecordSink>(
    body: &[u8],
    empty: impl Fn() -> R,
) -> Result<Page<R::Rows>, BadBody> {
    read_text(body, |text, is_repaired| read_only(text, prepared(empty(), is_repaired)))
}

fn read_only<R: RecordSink>(text: &str, mut records: R) -> Result<Page<R::Rows>, BadBody> {
    let mut record = Record::default();
    let mut parser = serde_json::Deserializer::from_str(text);
    let read = record.seed(&mut records).deserialize(&mut parser).and_then(|()| parser.end());
    let kept = read.and_then(|()| records.keep(&record).map_err(|bad| bad_cell(&bad)));
    kept.map_err(|error| BadBody {
        path: sanitize(record.path()),
        detail: sanitize(&error.to_string()),
    })?;
    Ok(Page { records: 1, ..Page::empty(records.into_rows()) })
}

fn bad_cell<E: serde::de::Error>(bad: &BadCell) -> E {
    E::custom(format_args!("`{}` is not a number R can hold exactly", bad.column))
}

/// What the parser was reading, for error messages.
enum Position {
    Document,
    Embedded,
    Record(usize),
}

struct PageReader<'r, 'de, R> {
    shape: PageShape<'r>,
    records: R,
    record: Record<'de>,
    count: u32,
    keys: PageKeys,
    has_next: bool,
    /// Whether the server says which page it is.
    has_number: bool,
    /// How many records the server says there are.
    total: Option<u32>,
    at: Position,
}

impl<R: RecordSink> PageReader<'_, '_, R> {
    fn extent(&self) -> Extent {
        let counts = self.total == Some(self.count) && !self.has_next;
        if counts && !self.has_number { Extent::Counted } else { Extent::Page }
    }

    fn path(&mut self) -> String {
        match self.at {
            Position::Document => "the top level".to_owned(),
            Position::Embedded => format!("_embedded.{}", self.shape.list),
            Position::Record(n) => {
                let member = self.record.path();
                let dot = if member.is_empty() { "" } else { "." };
                format!("_embedded.{}[{n}]{dot}{member}", self.shape.list)
            }
        }
    }

    fn next_record(&mut self) {
        self.record.clear();
        self.at = match self.at {
            Position::Record(n) => Position::Record(n + 1),
            _ => Position::Record(0),
        };
    }
}

struct PageSeed<'r, 'l, 'de, R>(&'r mut PageReader<'l, 'de, R>);

impl<'de, R: RecordSink> DeserializeSeed<'de> for PageSeed<'_, '_, 'de, R> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, R: RecordSink> Visitor<'de> for PageSeed<'_, '_, 'de, R> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a page, which is a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut is_page = false;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "_embedded" => {
                    is_page = true;
                    self.0.at = Position::Embedded;
                    map.next_value_seed(EmbeddedSeed(self.0))?;
                    self.0.at = Position::Document;
                }
                "_links" => {
                    is_page = true;
                    self.0.has_next = map.next_value::<Links>()?.next.is_some();
                }
                "_page" => {
                    map.next_value::<IgnoredAny>()?;
                    self.0.has_number = true;
                }
                "_total_items" => self.0.total = map.next_value::<Total>()?.0,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        if is_page {
            Ok(())
        } else {
            Err(A::Error::custom("no _embedded and no _links: this is not a page"))
        }
    }
}

/// The links of a page. Only whether there is a next page matters: its URL is
/// made here and never taken from the server.
struct Links {
    next: Option<IgnoredAny>,
}

impl<'de> Deserialize<'de> for Links {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Shape {
            Links { next: Option<IgnoredAny> },
            // PHP writes an empty object as `[]`.
            Other(IgnoredAny),
        }
        Ok(match Shape::deserialize(deserializer)? {
            Shape::Links { next } => Links { next },
            Shape::Other(_) => Links { next: None },
        })
    }
}

/// How many records there are; none if it is no count.
struct Total(Option<u32>);

impl<'de> Deserialize<'de> for Total {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Shape {
            Count(u32),
            Other(IgnoredAny),
        }
        Ok(match Shape::deserialize(deserializer)? {
            Shape::Count(count) => Total(Some(count)),
            Shape::Other(_) => Total(None),
        })
    }
}

/// The object that holds the list under its name.
struct EmbeddedSeed<'r, 'l, 'de, R>(&'r mut PageReader<'l, 'de, R>);

impl<'de, R: RecordSink> DeserializeSeed<'de> for EmbeddedSeed<'_, '_, 'de, R> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, R: RecordSink> Visitor<'de> for EmbeddedSeed<'_, '_, 'de, R> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object with the list of records")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if key == self.0.shape.list {
                map.next_value_seed(RecordsSeed(self.0))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    /// PHP writes an empty object as `[]`.
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        match seq.next_element::<IgnoredAny>()? {
            None => Ok(()),
            Some(_) => Err(A::Error::custom("an array where an object was expected")),
        }
    }
}

/// The list itself: an array, an object keyed by id, or null.
struct RecordsSeed<'r, 'l, 'de, R>(&'r mut PageReader<'l, 'de, R>);

impl<'de, R: RecordSink> DeserializeSeed<'de> for RecordsSeed<'_, '_, 'de, R> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, R: RecordSink> Visitor<'de> for RecordsSeed<'_, '_, 'de, R> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a list of records")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        loop {
            self.0.next_record();
            if seq.next_element_seed(self.0.record.seed(&mut self.0.records))?.is_none() {
                return Ok(());
            }
            self.0.keep_record()?;
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while map.next_key::<IgnoredAny>()?.is_some() {
            self.0.next_record();
            map.next_value_seed(self.0.record.seed(&mut self.0.records))?;
            self.0.keep_record()?;
        }
        Ok(())
    }
}

impl<R: RecordSink> PageReader<'_, '_, R> {
    fn keep_record<E: serde::de::Error>(&mut self) -> Result<(), E> {
        self.count += 1;
        let id = key_in(&self.record, self.shape.id);
        self.keys.lacks_ids |= id.is_none();
        self.keys.ids.push(id.unwrap_or_else(|| hash_of(&self.record)));
        if let Some(order) = self.shape.order {
            // A record that does not tell it stands where it came.
            let place = match self.record.get(order.member()) {
                Some(Value::Whole(value)) => order.rising(value),
                _ => self.keys.order.last().copied().unwrap_or(i64::MIN),
            };
            self.keys.order.push(place);
        }
        self.records.keep(&self.record).map_err(|bad| bad_cell(&bad))
    }
}

/// The key of a record by its id, or by the members that are its id together.
fn key_in(record: &Record, id: &str) -> Option<u64> {
    if let Some(id) = record.get(id) {
        return Some(key_of(id));
    }
    if !id.contains('+') {
        return None;
    }
    let mut hasher = FixedState::default().build_hasher();
    for member in id.split('+') {
        let value = match member.strip_suffix('?') {
            Some(member) => record.get(member).unwrap_or(Value::ABSENT),
            None => record.get(member)?,
        };
        value.text().hash(&mut hasher);
    }
    Some(hasher.finish())
}

/// The key of a record without an id: a hash of its fields.
pub fn hash_of(record: &Record) -> u64 {
    let mut hasher = FixedState::default().build_hasher();
    for field in record.iter() {
        (field.name(), field.value().text()).hash(&mut hasher);
    }
    hasher.finish()
}

/// The key of an id: the id itself when it is a number, else a hash of it.
fn key_of(id: Value) -> u64 {
    if let Value::Whole(whole @ 0..) = id {
        return whole.unsigned_abs();
    }
    let text = &*id.text();
    text.parse().unwrap_or_else(|_| FixedState::default().hash_one(text))
}
