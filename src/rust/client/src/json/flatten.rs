//! One JSON record to its fields: names and texts as
//! `unlist(jsonlite::fromJSON(record, simplifyVector = FALSE))` gives them in
//! R (docs/contract.md, Flattening a record). No tree is built: the parser's
//! events go straight into buffers that every record of a page reuses.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::json::number::write_double;

pub use crate::json::record::{Field, JsonType, Record, Value};

/// Reads those members of a record that don't become fields.
pub trait FieldReader {
    /// Reads the value of member `name` and returns true, or returns false
    /// without reading: then the value becomes fields.
    ///
    /// # Errors
    /// An error of the parser.
    fn read<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error>;
}

/// Skips members that hold links, not data.
#[derive(Default)]
pub struct NoLinks;

impl FieldReader for NoLinks {
    fn read<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        let is_link = matches!(name, "_links" | "_embedded");
        if is_link {
            map.next_value::<IgnoredAny>()?;
        }
        Ok(is_link)
    }
}

/// Numbering of the fields under one named member: R numbers those that have
/// no name of their own, and leaves the number out when there is only one.
#[derive(Default)]
struct Scope {
    /// Fields under the member, named ones too: R counts all of them.
    seen: usize,
    /// Fields without a name of their own.
    unnamed: usize,
    /// The first of those, and its number. It is renamed when a second one comes.
    first: usize,
    first_number: usize,
}

impl Scope {
    /// Counts the field that was added last.
    fn count_last(&mut self, record: &mut Record) {
        self.seen += 1;
        self.unnamed += 1;
        let last = record.len() - 1;
        if self.unnamed == 1 {
            self.first = last;
            self.first_number = self.seen;
            return;
        }
        if self.unnamed == 2 {
            record.number(self.first, self.first_number);
        }
        record.number(last, self.seen);
    }
}

impl<'de> Record<'de> {
    /// A seed that reads one JSON object into this record. `reader` may read some
    /// members in its own way.
    pub fn seed<'l, M: FieldReader>(
        &'l mut self,
        reader: &'l mut M,
    ) -> impl DeserializeSeed<'de, Value = ()> + Visitor<'de, Value = ()> + use<'l, 'de, M> {
        RecordSeed { record: self, reader }
    }
}

/// Refuses NUL, which R's strings can't hold, so that the text is repaired
/// ([`crate::json::broken_text`]). Only a text with escapes can have one, and such a text
/// never comes as `visit_borrowed_str`.
pub(crate) fn check_nul<E: serde::de::Error>(text: &str) -> Result<(), E> {
    if text.as_bytes().contains(&0) { Err(E::custom("a text with NUL")) } else { Ok(()) }
}

struct RecordSeed<'l, 'de, M> {
    record: &'l mut Record<'de>,
    reader: &'l mut M,
}

impl<'de, M: FieldReader> DeserializeSeed<'de> for RecordSeed<'_, 'de, M> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, M: FieldReader> Visitor<'de> for RecordSeed<'_, 'de, M> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut scope = Scope::default();
        loop {
            self.record.go_back(0);
            if map.next_key_seed(KeySeed { record: self.record, parent: 0 })?.is_none() {
                return Ok(());
            }
            if !self.reader.read(self.record.path(), &mut map)? {
                read_member(self.record, &mut scope, &mut map, 0)?;
            }
        }
    }
}

/// Reads the value of a member of the object whose name has `parent` bytes. A member with an empty key has no
/// name of its own and is numbered with its parent's fields.
fn read_member<'de, A: MapAccess<'de>>(
    record: &mut Record<'de>,
    scope: &mut Scope,
    map: &mut A,
    parent: usize,
) -> Result<(), A::Error> {
    if record.path().len() == parent {
        return map.next_value_seed(ValueSeed { record, scope });
    }
    let mut own = Scope::default();
    map.next_value_seed(ValueSeed { record, scope: &mut own })?;
    scope.seen += own.seen;
    Ok(())
}

/// Reads the key of a member of the object whose name has `parent` bytes.
struct KeySeed<'l, 'de> {
    record: &'l mut Record<'de>,
    parent: usize,
}

impl<'de> DeserializeSeed<'de> for KeySeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for KeySeed<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a member name")
    }

    fn visit_borrowed_str<E>(self, key: &'de str) -> Result<(), E> {
        self.record.go_to_member(self.parent, key);
        Ok(())
    }

    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<(), E> {
        check_nul(key)?;
        self.record.go_to_member(self.parent, key);
        Ok(())
    }
}

struct ValueSeed<'l, 'n, 'de> {
    record: &'l mut Record<'de>,
    scope: &'n mut Scope,
}

impl ValueSeed<'_, '_, '_> {
    fn add_made(self, json_type: JsonType, write: impl FnOnce(&mut String)) {
        self.record.add_made(json_type, write);
        self.scope.count_last(self.record);
    }
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_, '_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_, '_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.record.add_borrowed(JsonType::Bool, if value { "TRUE" } else { "FALSE" });
        self.scope.count_last(self.record);
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.record.add_whole(value);
        self.scope.count_last(self.record);
        Ok(())
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<(), E> {
        match i64::try_from(value) {
            Ok(whole) => return self.visit_i64(whole),
            Err(_) => self.add_made(JsonType::Int, |out| out.push_str(&value.to_string())),
        }
        Ok(())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<(), E> {
        if !value.is_finite() {
            return Err(E::custom("a number is out of range"));
        }
        self.add_made(JsonType::Double, |out| write_double(value, out));
        Ok(())
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<(), E> {
        self.record.add_borrowed(JsonType::Text, value);
        self.scope.count_last(self.record);
        Ok(())
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<(), E> {
        check_nul(value)?;
        self.add_made(JsonType::Text, |out| out.push_str(value));
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let ValueSeed { record, scope } = self;
        let is_outermost = record.begin_list();
        while seq.next_element_seed(ValueSeed { record, scope })?.is_some() {
            if is_outermost {
                record.next_element();
            }
        }
        if is_outermost {
            record.end_list();
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let ValueSeed { record, scope } = self;
        let parent = record.path().len();
        while map.next_key_seed(KeySeed { record, parent })?.is_some() {
            read_member(record, scope, &mut map, parent)?;
            record.go_back(parent);
        }
        Ok(())
    }
}

/// What follows `stem` in a name: nothing if it is the stem itself, `2` for a
/// numbered form of it, `.id` for a member. None for any other name.
pub fn form_of<'n>(name: &'n str, stem: &str) -> Option<&'n str> {
    let rest = name.strip_prefix(stem)?;
    let nested = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    (nested.is_empty() || nested.starts_with('.')).then_some(rest)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{NoLinks, Record};
    use serde::de::DeserializeSeed;

    fn flat(json: &str) -> Vec<(String, String)> {
        let mut record = Record::default();
        let mut parser = serde_json::Deserializer::from_str(json);
        record.seed(&mut NoLinks).deserialize(&mut parser).unwrap();
        record.iter().map(|field| (field.name().to_owned(), field.text().into_owned())).collect()
    }

    fn assert_names(json: &str, names: &[&str]) {
        let found: Vec<String> = flat(json).into_iter().map(|(name, _)| name).collect();
        assert_eq!(found, names, "{json}");
    }

    #[test]
    fn names_are_those_of_base_r_unlist() {
        // Right-hand sides were printed by R 4.2.2.
        assert_names(r#"{"a":[1,{"b":2}],"s":"x"}"#, &["a", "a.b", "s"]);
        assert_names(r#"{"a":[{"b":2},1,[3,4]],"s":"x"}"#, &["a.b", "a2", "a3", "a4", "s"]);
        assert_names(r#"{"a":{"":1,"b":2,"c":[5]},"":7,"s":"x"}"#, &["a", "a.b", "a.c", "", "s"]);
        assert_names(r#"{"a":[[1],[2]],"s":"x"}"#, &["a1", "a2", "s"]);
        assert_names(r#"{"a":[{"b":1},{"b":2}],"s":"x"}"#, &["a.b", "a.b", "s"]);
        assert_names(
            r#"{"a":[{"b":[1,2]},{"b":2},7,8],"s":"x","a":5}"#,
            &["a.b1", "a.b2", "a.b", "a4", "a5", "s", "a"],
        );
        assert_names(
            r#"{"a":{"":[1,2],"":[3]},"":[7,8],"":9,"s":"x"}"#,
            &["a1", "a2", "a3", "", "", "", "s"],
        );
    }

    #[test]
    fn names_are_dotted_and_an_empty_key_adds_nothing() {
        assert_names(r#"{"a":{"b":{"c":1}}}"#, &["a.b.c"]);
        assert_names(r#"{"a":{"":{"c":1}}}"#, &["a.c"]);
        assert_names(r#"{"":{"":{"c":1}}}"#, &["c"]);
        assert_names(r#"{"a.b":{"c":{"":1}}}"#, &["a.b.c"]);
        assert_names(r#"{"a":{"1":1,"":2},"b":{"c":3},"c":4}"#, &["a.1", "a", "b.c", "c"]);
    }

    #[test]
    fn null_and_empty_containers_vanish() {
        assert_names(r#"{"a":null,"b":{},"c":[],"d":[null,{},[[]]],"e":[null,5]}"#, &["e"]);
    }

    #[test]
    fn links_and_embedded_are_dropped_at_the_top_only() {
        assert_names(
            r#"{"_links":{"self":{"href":"x"}},"_embedded":[1],"p":{"_links":1}}"#,
            &["p._links"],
        );
    }

    #[test]
    fn every_field_is_text() {
        let values: Vec<String> = flat(
            r#"{"a":true,"b":false,"c":-5,"d":9007199254740993,"e":100000.0,"f":"NA","g":"","h":"\u041f\u0440"}"#,
        )
        .into_iter()
        .map(|(_, text)| text)
        .collect();
        assert_eq!(values, ["TRUE", "FALSE", "-5", "9007199254740993", "100000", "NA", "", "Пр"]);
    }

    #[test]
    fn nul_characters_in_names_and_texts_are_refused() {
        for json in [r#"{"a":"x\u0000y"}"#, r#"{"a":{"b\u0000":1}}"#, r#"{"\u0000":1}"#] {
            let mut record = Record::default();
            let mut parser = serde_json::Deserializer::from_str(json);
            let error = record.seed(&mut NoLinks).deserialize(&mut parser).unwrap_err();
            assert!(error.to_string().contains("NUL"), "{json}");
        }
    }

    #[test]
    fn nesting_beyond_the_parsers_limit_is_an_error() {
        let json = format!("{{\"a\":{}1{}}}", "[".repeat(200), "]".repeat(200));
        let mut record = Record::default();
        let result = record
            .seed(&mut crate::json::flatten::NoLinks)
            .deserialize(&mut serde_json::Deserializer::from_str(&json));
        assert!(result.is_err());
    }
}
