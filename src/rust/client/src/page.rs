//! The bytes of one page to a table, in one pass.

use std::fmt;
use std::hash::BuildHasher;

use serde::Deserialize;
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use foldhash::fast::FixedState;

use crate::flatten::{Leaves, Members, NoLinks, Value};
use crate::layout::{LayOut, Layouts};
use crate::row::Row;
use crate::server_text::shown;
use crate::table::{BadCell, Schema, Table};

/// A body that is not the page it should be. Both texts may hold the server's
/// words, so they are in a form that is safe to show.
#[derive(Debug, thiserror::Error)]
#[error("{detail} (at {path})")]
pub struct BadPage {
    /// Where in the JSON, such as `_embedded.items[3].params`.
    pub path: String,
    /// What is wrong, in the parser's words.
    pub detail: String,
}

impl BadPage {
    /// For bodies that are read whole.
    pub fn at_top(error: &serde_json::Error) -> Self {
        BadPage { path: "the top level".to_owned(), detail: shown(&error.to_string()) }
    }
}

/// Where the records of a page are.
#[derive(Clone, Copy)]
pub struct Place<'f> {
    /// The member of `_embedded` that holds them: `items` in API v2.
    pub list: &'f str,
    /// The member that tells them apart: `id`.
    pub id: &'f str,
}

/// What becomes of the records of a page.
pub trait Records: Members {
    /// The rows of a page.
    type Rows;
    /// Takes one record in, the members that it has read itself among them.
    ///
    /// # Errors
    /// [`BadCell`] when an id or a time is not a number.
    fn keep(&mut self, leaves: &Leaves) -> Result<(), BadCell>;
    /// The rows of all records.
    fn into_rows(self) -> Self::Rows;
}

/// What a page is read as whose records become rows of one table.
pub struct Format<'f> {
    /// The member of `_embedded` that holds the records: `items` in API v2.
    pub list: &'f str,
    /// The columns that rows have.
    pub schema: &'static Schema,
    /// The member that tells records apart: `id`.
    pub id: &'f str,
    /// How a record becomes a row.
    pub map: Map<'f>,
}

/// How a record becomes a row.
#[derive(Clone, Copy)]
pub enum Map<'f> {
    /// Its leaves are the cells.
    AsItIs,
    /// Its row is written.
    Written(&'f RowMap<'f>),
    /// Its row is laid out, as those before it if it is like them.
    LaidOut(&'f dyn LayOut),
}

/// From the leaves of a record to the cells of its row; false leaves it out.
pub type RowMap<'m> = dyn for<'r> Fn(&'r Leaves, &mut Row<'r>) -> bool + Sync + 'm;

/// A page as read; `T` holds its rows.
pub struct Page<T> {
    /// The rows.
    pub rows: T,
    /// How many records the server sent, those left out included.
    pub records: u32,
    /// What tells those records apart, as far as they have an id: equal for
    /// equal ids and, but for an accident of hashing, only for those.
    pub keys: Vec<u64>,
    /// Whether the server names a next page.
    pub has_next: bool,
}

impl<T> Page<T> {
    /// What a 204 holds.
    pub fn empty(rows: T) -> Self {
        Page { rows, records: 0, keys: Vec::new(), has_next: false }
    }
}

/// Reads a page whose records become rows of one table.
///
/// # Errors
/// As [`read_records`].
pub fn read_page(body: &[u8], format: &Format) -> Result<Page<Table>, BadPage> {
    let records = OneTable {
        table: Table::new(format.schema),
        row: Row::default(),
        map: format.map,
        layouts: Layouts::default(),
        links: NoLinks,
    };
    read_records(body, Place { list: format.list, id: format.id }, records)
}

/// Reads a HAL page, `{"_embedded": {<list>: [record, ...]}}`.
///
/// The list may be an array, an object keyed by id, or null; a page without
/// `_embedded` but with `_links` has no records.
///
/// # Errors
/// [`BadPage`] when the body is not JSON, is not a page, or holds an id or a
/// time that is not a number.
pub fn read_records<R: Records>(
    body: &[u8],
    place: Place,
    records: R,
) -> Result<Page<R::Rows>, BadPage> {
    let mut reader = Reader {
        place,
        records,
        leaves: Leaves::default(),
        count: 0,
        keys: Vec::new(),
        has_next: false,
        at: At::Document,
    };
    // Looked at once rather than text by text.
    let body = simdutf8::basic::from_utf8(body).map_err(|_| not_utf8(body))?;
    let mut parser = serde_json::Deserializer::from_str(body);
    let read = PageSeed(&mut reader).deserialize(&mut parser).and_then(|()| parser.end());
    match read {
        Ok(()) => Ok(Page {
            rows: reader.records.into_rows(),
            records: reader.count,
            keys: reader.keys,
            has_next: reader.has_next,
        }),
        Err(error) => {
            Err(BadPage { path: shown(&reader.path()), detail: shown(&error.to_string()) })
        }
    }
}

#[cold]
fn not_utf8(body: &[u8]) -> BadPage {
    let detail = std::str::from_utf8(body).err().map(|error| error.to_string());
    BadPage {
        path: "the top level".to_owned(),
        detail: format!("not UTF-8: {}", detail.unwrap_or_default()),
    }
}

/// Reads a single record, as API v4 serves it by its id.
///
/// # Errors
/// As [`read_records`].
pub fn read_record<R: Records>(body: &[u8], mut records: R) -> Result<Page<R::Rows>, BadPage> {
    let mut leaves = Leaves::default();
    let mut parser = serde_json::Deserializer::from_slice(body);
    let read = leaves.record(&mut records).deserialize(&mut parser).and_then(|()| parser.end());
    let kept = read.and_then(|()| records.keep(&leaves).map_err(|bad| bad_cell(&bad)));
    kept.map_err(|error| BadPage {
        path: shown(leaves.path()),
        detail: shown(&error.to_string()),
    })?;
    Ok(Page { rows: records.into_rows(), records: 1, keys: Vec::new(), has_next: false })
}

fn bad_cell<E: serde::de::Error>(bad: &BadCell) -> E {
    E::custom(format_args!("`{}` is not a number R can hold exactly", bad.column))
}

impl OneTable<'_> {
    fn keep_written(&mut self, write: &RowMap, leaves: &Leaves) -> Result<(), BadCell> {
        let mut row = std::mem::take(&mut self.row).emptied();
        let pushed = if write(leaves, &mut row) { self.table.push(&row) } else { Ok(()) };
        self.row = row.emptied();
        pushed
    }

    fn keep_laid_out(&mut self, how: &dyn LayOut, leaves: &Leaves) -> Result<(), BadCell> {
        let key = self.layouts.key(how, leaves);
        let Some(placed) = self.layouts.find(leaves, key) else {
            return self.keep_first(how, leaves, key);
        };
        if !how.filter().is_empty() {
            let mut row = std::mem::take(&mut self.row).emptied();
            placed.layout().write(leaves, &mut row);
            let is_wanted = how.filter().lets_through(&row);
            self.row = row.emptied();
            if !is_wanted {
                return Ok(());
            }
        }
        self.table.push_at(placed.cells(leaves))
    }

    /// The first row of a layout.
    #[cold]
    fn keep_first(&mut self, how: &dyn LayOut, leaves: &Leaves, key: u32) -> Result<(), BadCell> {
        let layout = how.layout(leaves, key);
        let mut row = std::mem::take(&mut self.row).emptied();
        layout.write(leaves, &mut row);
        if how.filter().lets_through(&row) {
            if let Some(slots) = self.table.push_regular(&row)? {
                self.layouts.add(leaves, key, layout, slots);
            }
        }
        self.row = row.emptied();
        Ok(())
    }
}

/// Records that become rows of one table.
struct OneTable<'m> {
    table: Table,
    /// Reused from record to record.
    row: Row<'static>,
    map: Map<'m>,
    layouts: Layouts,
    links: NoLinks,
}

impl Members for OneTable<'_> {
    fn read<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        self.links.read(name, map)
    }
}

impl Records for OneTable<'_> {
    type Rows = Table;

    fn keep(&mut self, leaves: &Leaves) -> Result<(), BadCell> {
        match self.map {
            Map::AsItIs => self.table.push_record(leaves),
            Map::Written(write) => self.keep_written(write, leaves),
            Map::LaidOut(how) => self.keep_laid_out(how, leaves),
        }
    }

    fn into_rows(self) -> Table {
        self.table
    }
}

/// How far the reader has come, for error messages.
enum At {
    Document,
    Embedded,
    Record(usize),
}

struct Reader<'r, 'de, R> {
    place: Place<'r>,
    records: R,
    leaves: Leaves<'de>,
    count: u32,
    keys: Vec<u64>,
    has_next: bool,
    at: At,
}

impl<R: Records> Reader<'_, '_, R> {
    fn path(&mut self) -> String {
        match self.at {
            At::Document => "the top level".to_owned(),
            At::Embedded => format!("_embedded.{}", self.place.list),
            At::Record(n) => {
                let member = self.leaves.path();
                let dot = if member.is_empty() { "" } else { "." };
                format!("_embedded.{}[{n}]{dot}{member}", self.place.list)
            }
        }
    }

    fn next_record(&mut self) {
        self.leaves.clear();
        self.at = match self.at {
            At::Record(n) => At::Record(n + 1),
            _ => At::Record(0),
        };
    }
}

struct PageSeed<'r, 'l, 'de, R>(&'r mut Reader<'l, 'de, R>);

impl<'de, R: Records> DeserializeSeed<'de> for PageSeed<'_, '_, 'de, R> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, R: Records> Visitor<'de> for PageSeed<'_, '_, 'de, R> {
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
                    self.0.at = At::Embedded;
                    map.next_value_seed(EmbeddedSeed(self.0))?;
                    self.0.at = At::Document;
                }
                "_links" => {
                    is_page = true;
                    self.0.has_next = map.next_value::<Links>()?.next.is_some();
                }
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

/// The links of a page: only whether there is a next one matters, since its
/// address is made here and not taken from the server.
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

/// The object that holds the list under its name.
struct EmbeddedSeed<'r, 'l, 'de, R>(&'r mut Reader<'l, 'de, R>);

impl<'de, R: Records> DeserializeSeed<'de> for EmbeddedSeed<'_, '_, 'de, R> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, R: Records> Visitor<'de> for EmbeddedSeed<'_, '_, 'de, R> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object with the list of records")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if key == self.0.place.list {
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
struct RecordsSeed<'r, 'l, 'de, R>(&'r mut Reader<'l, 'de, R>);

impl<'de, R: Records> DeserializeSeed<'de> for RecordsSeed<'_, '_, 'de, R> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, R: Records> Visitor<'de> for RecordsSeed<'_, '_, 'de, R> {
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
            if seq.next_element_seed(self.0.leaves.record(&mut self.0.records))?.is_none() {
                return Ok(());
            }
            self.0.keep_record()?;
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while map.next_key::<IgnoredAny>()?.is_some() {
            self.0.next_record();
            map.next_value_seed(self.0.leaves.record(&mut self.0.records))?;
            self.0.keep_record()?;
        }
        Ok(())
    }
}

impl<R: Records> Reader<'_, '_, R> {
    fn keep_record<E: serde::de::Error>(&mut self) -> Result<(), E> {
        self.count += 1;
        self.keys.extend(self.leaves.get(self.place.id).map(key_of));
        self.records.keep(&self.leaves).map_err(|bad| bad_cell(&bad))
    }
}

/// A number for an id: the id itself when it is a number.
fn key_of(id: Value) -> u64 {
    if let Value::Whole(whole @ 0..) = id {
        return whole.unsigned_abs();
    }
    let text = &*id.text();
    text.parse().unwrap_or_else(|_| FixedState::default().hash_one(text))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{BadPage, Format, Map, Page, RowMap, Value, read_page};
    use crate::flatten::{Kind, Leaves};
    use crate::layout::{LayOut, Layout, Source};
    use crate::row_filter::RowFilter;
    use crate::table::{Schema, Table};

    static SCHEMA: Schema = Schema { base: &["id"], keys: &["id"], ids: &["id"], ..Schema::TEXT };

    fn read(body: &str) -> Result<Page<Table>, BadPage> {
        let format = Format { list: "items", schema: &SCHEMA, id: "id", map: Map::AsItIs };
        read_page(body.as_bytes(), &format)
    }

    fn rows(body: &str) -> u32 {
        read(body).unwrap().rows.rows()
    }

    fn failure(body: &str) -> String {
        match read(body) {
            Ok(_) => String::new(),
            Err(bad) => bad.to_string(),
        }
    }

    #[test]
    fn the_list_may_be_an_array_an_object_or_empty_in_every_way() {
        assert_eq!(rows(r#"{"_embedded":{"items":[{"id":1},{"id":2}]}}"#), 2);
        assert_eq!(rows(r#"{"_embedded":{"items":{"1":{"id":1},"2":{"id":2}}}}"#), 2);
        for empty in [
            r#"{"_embedded":{"items":null}}"#,
            r#"{"_embedded":{"items":[]}}"#,
            r#"{"_embedded":{"items":{}}}"#,
            r#"{"_embedded":[]}"#,
            r#"{"_embedded":null}"#,
            r#"{"_embedded":{}}"#,
            r#"{"_links":{}}"#,
        ] {
            assert_eq!(rows(empty), 0, "{empty}");
        }
    }

    #[test]
    fn whether_there_is_a_next_page_is_told() {
        assert!(read(r#"{"_links":{"self":{},"next":{"href":"x"}}}"#).unwrap().has_next);
        for last in [r#"{"_links":{"self":{}}}"#, r#"{"_links":[]}"#, r#"{"_links":null}"#] {
            assert!(!read(last).unwrap().has_next, "{last}");
        }
    }

    #[test]
    fn a_map_changes_rows_and_leaves_some_out_but_all_records_count() {
        let map: &RowMap = &|record, row| {
            row.copy_as(record, "id", "id");
            record.get("id") != Some(Value::Whole(2))
        };
        let format = Format { list: "items", schema: &SCHEMA, id: "id", map: Map::Written(map) };
        let body = br#"{"_embedded":{"items":[{"id":1,"x":1},{"id":2},{"id":3}]}}"#;
        let page = read_page(body, &format).unwrap();
        assert_eq!((page.rows.rows(), page.records), (2, 3));
        assert_eq!(page.rows.into_columns().len(), 1);
    }

    /// Lays out the id and, for records with a `kind` of `a`, the text.
    struct Texts(RowFilter);

    impl LayOut for Texts {
        fn key_member(&self) -> &'static str {
            "kind"
        }

        fn key(&self, kind: Option<Value>) -> u32 {
            u32::from(kind == Some(Value::Text("a", Kind::Text)))
        }

        fn layout(&self, record: &Leaves, key: u32) -> Layout {
            let mut row = Layout::default();
            row.push("id", Source::Leaf(0));
            row.push("key", Source::Whole(key.into()));
            for (place, leaf) in record.iter().enumerate() {
                if key == 1 && leaf.name() == "text" {
                    row.push_leaf(place);
                }
            }
            row
        }

        fn filter(&self) -> &RowFilter {
            &self.0
        }
    }

    fn laid_out(body: &str, filter: RowFilter) -> Vec<(String, Vec<Option<String>>)> {
        let texts = Texts(filter);
        let map = Map::LaidOut(&texts);
        let schema = &Schema::TEXT;
        let format = Format { list: "items", schema, id: "id", map };
        let table = read_page(body.as_bytes(), &format).unwrap().rows;
        let names: Vec<String> =
            ["id", "key", "text", "text...3"].into_iter().map(str::to_owned).collect();
        names.into_iter().map(|name| (name.clone(), table.texts(&name))).collect()
    }

    #[test]
    fn records_with_equal_names_share_a_layout_if_their_key_is_equal() {
        let body = r#"{"_embedded":{"items":[
            {"id":1,"kind":"a","text":"x"},{"id":2,"kind":"b","text":"y"},
            {"id":3,"kind":"a","text":"z"},{"id":4,"kind":"a"},{"id":5,"kind":"a","text":"w"},
            {"id":6,"kind":"b","text":"v"}]}}"#;
        let columns = laid_out(body, RowFilter::default());
        let texts = |texts: &[&str]| -> Vec<Option<String>> {
            texts.iter().map(|text| Some((*text).to_owned()).filter(|t| !t.is_empty())).collect()
        };
        assert_eq!(columns[0].1, texts(&["1", "2", "3", "4", "5", "6"]));
        assert_eq!(columns[1].1, texts(&["1", "0", "1", "1", "1", "0"]));
        assert_eq!(columns[2].1, texts(&["x", "", "z", "", "w", ""]));
        let columns = laid_out(body, RowFilter::default().among("id", &[3, 5, 6]));
        assert_eq!(columns[0].1, texts(&["3", "5", "6"]));
        assert_eq!(columns[2].1, texts(&["z", "w", ""]));
    }

    #[test]
    fn rows_with_a_name_twice_are_laid_out_each() {
        let record = r#"{"id":1,"kind":"a","text":"x","text":"y"}"#;
        let body = format!(r#"{{"_embedded":{{"items":[{record},{record}]}}}}"#);
        let columns = laid_out(&body, RowFilter::default());
        assert_eq!(columns[3].1, [Some("x".to_owned()), Some("x".to_owned())]);
    }

    #[test]
    fn what_is_no_page_is_an_error_that_names_the_place() {
        assert!(failure("<html>").contains("at the top level"));
        assert!(failure("").contains("at the top level"));
        let format = Format { list: "items", schema: &SCHEMA, id: "id", map: Map::AsItIs };
        let bad = read_page(b"{\"_links\":\"\xff\"}", &format).err().unwrap().to_string();
        assert!(bad.contains("not UTF-8") && bad.contains("index 11"), "{bad}");
        assert!(failure(r#"{"response":{"error":"x"}}"#).contains("not a page"));
        assert!(failure(r#"{"_embedded":{"items":[{"id":1},5]}}"#).contains("items[1]"));
        assert!(
            failure(r#"{"_embedded":{"items":[{"id":1,"a":{"b":tru}}]}}"#).contains("items[0].a.b")
        );
        assert!(failure(r#"{"_embedded":{"items":[{"id":"x"}]}}"#).contains("`id`"));
        assert!(failure(r#"{"_embedded":{"items":[{"id":1}]}"#).contains("EOF"));
        assert!(failure(r#"{"_embedded":{"items":[{"id":1e999}]}}"#).contains("out of range"));
    }

    #[test]
    fn an_error_is_short_and_printable_whatever_the_page_holds() {
        let hostile = "x\\u001b[31m".repeat(100);
        let in_name = failure(&format!(r#"{{"_embedded":{{"items":[{{"{hostile}":tru}}]}}}}"#));
        let in_text = failure(&format!(r#"{{"_embedded":{{"items":["{hostile}"]}}}}"#));
        for message in [in_name, in_text] {
            assert!(!message.contains(char::is_control), "{message:?}");
            assert!(message.chars().count() < 700, "{message:?}");
        }
    }
}
