//! The bytes of one page to a table, in one pass.

use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use crate::flatten::Leaves;
use crate::table::{Schema, Table};

/// A body that is not the page it should be.
#[derive(Debug, thiserror::Error)]
#[error("{detail} (at {path})")]
pub struct BadPage {
    /// Where in the JSON, such as `_embedded.items[3].params`.
    pub path: String,
    /// What is wrong, in the parser's words.
    pub detail: String,
}

/// Reads a HAL page, `{"_embedded": {<list>: [record, ...]}}`, into a table.
///
/// `list` is the member that holds the records: `items` in API v2. It may be
/// an array, an object keyed by id, or null; a page without `_embedded` but
/// with `_links` has no records.
///
/// # Errors
/// [`BadPage`] when the body is not JSON, is not a page, or holds an id or a
/// time that is not a number.
pub fn read_page(body: &[u8], list: &str, schema: &'static Schema) -> Result<Table, BadPage> {
    let mut reader = Reader {
        list,
        table: Table::new(schema),
        leaves: Leaves::default(),
        place: Place::Document,
    };
    let mut parser = serde_json::Deserializer::from_slice(body);
    let read = PageSeed(&mut reader).deserialize(&mut parser).and_then(|()| parser.end());
    match read {
        Ok(()) => Ok(reader.table),
        Err(error) => Err(BadPage { path: reader.path(), detail: error.to_string() }),
    }
}

/// How far the reader has come, for error messages.
enum Place {
    Document,
    Embedded,
    Record(usize),
}

struct Reader<'r> {
    list: &'r str,
    table: Table,
    leaves: Leaves,
    place: Place,
}

impl Reader<'_> {
    fn path(&self) -> String {
        match self.place {
            Place::Document => "the top level".to_owned(),
            Place::Embedded => format!("_embedded.{}", self.list),
            Place::Record(n) => {
                let member = self.leaves.path();
                let dot = if member.is_empty() { "" } else { "." };
                format!("_embedded.{}[{n}]{dot}{member}", self.list)
            }
        }
    }

    fn next_record(&mut self) {
        self.leaves.clear();
        self.place = match self.place {
            Place::Record(n) => Place::Record(n + 1),
            _ => Place::Record(0),
        };
    }
}

struct PageSeed<'r, 'l>(&'r mut Reader<'l>);

impl<'de> DeserializeSeed<'de> for PageSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for PageSeed<'_, '_> {
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
                    self.0.place = Place::Embedded;
                    map.next_value_seed(EmbeddedSeed(self.0))?;
                    self.0.place = Place::Document;
                }
                other => {
                    is_page |= other == "_links";
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

/// The object that holds the list under its name.
struct EmbeddedSeed<'r, 'l>(&'r mut Reader<'l>);

impl<'de> DeserializeSeed<'de> for EmbeddedSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for EmbeddedSeed<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object with the list of records")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if key == self.0.list {
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
struct RecordsSeed<'r, 'l>(&'r mut Reader<'l>);

impl<'de> DeserializeSeed<'de> for RecordsSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for RecordsSeed<'_, '_> {
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
            if seq.next_element_seed(self.0.leaves.record())?.is_none() {
                return Ok(());
            }
            self.0.keep_record()?;
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while map.next_key::<IgnoredAny>()?.is_some() {
            self.0.next_record();
            map.next_value_seed(self.0.leaves.record())?;
            self.0.keep_record()?;
        }
        Ok(())
    }
}

impl Reader<'_> {
    fn keep_record<E: serde::de::Error>(&mut self) -> Result<(), E> {
        self.table.push(&self.leaves).map_err(|bad| {
            E::custom(format_args!("`{}` is not a number R can hold exactly", bad.column))
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::read_page;
    use crate::table::Schema;

    static SCHEMA: Schema = Schema { base: &["id"], key: "id", ids: &["id"], times: &[] };

    fn rows(body: &str) -> u32 {
        read_page(body.as_bytes(), "items", &SCHEMA).unwrap().rows()
    }

    fn failure(body: &str) -> String {
        match read_page(body.as_bytes(), "items", &SCHEMA) {
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
    fn what_is_no_page_is_an_error_that_names_the_place() {
        assert!(failure("<html>").contains("at the top level"));
        assert!(failure("").contains("at the top level"));
        assert!(failure(r#"{"response":{"error":"x"}}"#).contains("not a page"));
        assert!(failure(r#"{"_embedded":{"items":[{"id":1},5]}}"#).contains("items[1]"));
        assert!(
            failure(r#"{"_embedded":{"items":[{"id":1,"a":{"b":tru}}]}}"#).contains("items[0].a.b")
        );
        assert!(failure(r#"{"_embedded":{"items":[{"id":"x"}]}}"#).contains("`id`"));
        assert!(failure(r#"{"_embedded":{"items":[{"id":1}]}"#).contains("EOF"));
        assert!(failure(r#"{"_embedded":{"items":[{"id":1e999}]}}"#).contains("out of range"));
    }
}
