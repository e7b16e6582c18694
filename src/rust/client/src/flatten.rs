//! One JSON record to its leaves: names and texts as
//! `unlist(jsonlite::fromJSON(record, simplifyVector = FALSE))` gives them in
//! R (contract section 2, rules 1 and 2). No tree is built: the parser's
//! events go straight into two buffers that every record reuses.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::number::write_double;
use crate::row::Cells;
use crate::same::same;

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

/// Members of a record that don't become leaves.
pub trait Members {
    /// Reads the value of member `name`; false, with the value unread, lets
    /// it become leaves.
    ///
    /// # Errors
    /// What the parser finds wrong.
    fn read<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error>;
}

/// Leaves out the members that carry links, not data.
#[derive(Default)]
pub struct NoLinks;

impl Members for NoLinks {
    fn read<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        let is_link = matches!(name, "_links" | "_embedded");
        if is_link {
            map.next_value::<IgnoredAny>()?;
        }
        Ok(is_link)
    }
}

/// Receives the leaves of one record at a time. Reuse it over all records.
#[derive(Default)]
pub struct Leaves {
    /// The dotted name of the place the parser is at.
    path: String,
    names: String,
    texts: String,
    found: Vec<Leaf>,
}

struct Leaf {
    name: Range<usize>,
    text: Range<usize>,
    kind: Kind,
}

/// Numbering of the leaves under one named member: R numbers those that have
/// no name of their own, and leaves the number out when there is only one.
#[derive(Default)]
struct Scope {
    /// Leaves seen under the member, named ones too: R's numbers count all.
    seen: usize,
    /// Leaves without a name of their own.
    unnamed: usize,
    /// The first of those, and its number: renamed when a second one comes.
    first: usize,
    first_number: usize,
}

impl Leaves {
    /// Forgets the record before, keeps the buffers.
    pub fn clear(&mut self) {
        self.path.clear();
        self.names.clear();
        self.texts.clear();
        self.found.clear();
    }

    /// Name and text of each leaf, in document order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.typed().map(|(name, text, _)| (name, text))
    }

    /// Name, text and kind of each leaf, in document order.
    pub fn typed(&self) -> impl Iterator<Item = (&str, &str, Kind)> {
        self.found
            .iter()
            .map(|leaf| (&self.names[leaf.name.clone()], &self.texts[leaf.text.clone()], leaf.kind))
    }

    /// The text of the first leaf with this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        let (names, name) = (self.names.as_bytes(), name.as_bytes());
        let leaf = self.found.iter().find(|leaf| same(&names[leaf.name.clone()], name))?;
        Some(&self.texts[leaf.text.clone()])
    }

    /// Text and kind of the first leaf with this name.
    pub fn get_typed(&self, name: &str) -> Option<(&str, Kind)> {
        self.typed().find(|(found, ..)| *found == name).map(|(_, text, kind)| (text, kind))
    }

    /// Adds a string that the parser did not find.
    pub fn push(&mut self, name: &str, text: &str) {
        self.push_as(name, text, Kind::Text);
    }

    /// Adds a leaf of any kind that the parser did not find.
    pub fn push_as(&mut self, name: &str, text: &str, kind: Kind) {
        let name_start = self.names.len();
        self.names.push_str(name);
        let text_start = self.texts.len();
        self.texts.push_str(text);
        let (name, text) = (name_start..self.names.len(), text_start..self.texts.len());
        self.found.push(Leaf { name, text, kind });
    }

    /// The dotted path the parser stopped at, for error messages.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// A seed that reads one JSON object into these leaves, but for those
    /// `members` that are read in another way.
    pub fn record<'l, M: Members>(
        &'l mut self,
        members: &'l mut M,
    ) -> impl for<'de> DeserializeSeed<'de, Value = ()> + for<'de> Visitor<'de, Value = ()> + 'l
    {
        RecordSeed { leaves: self, members }
    }

    fn add(&mut self, scope: &mut Scope, kind: Kind, write: impl FnOnce(&mut String)) {
        let start = self.texts.len();
        write(&mut self.texts);
        let text = start..self.texts.len();
        scope.seen += 1;
        scope.unnamed += 1;
        let name = if scope.unnamed == 1 {
            scope.first = self.found.len();
            scope.first_number = scope.seen;
            self.name_from_path(None)
        } else {
            if scope.unnamed == 2 {
                self.found[scope.first].name = self.name_from_path(Some(scope.first_number));
            }
            self.name_from_path(Some(scope.seen))
        };
        self.found.push(Leaf { name, text, kind });
    }

    fn name_from_path(&mut self, number: Option<usize>) -> Range<usize> {
        let start = self.names.len();
        self.names.push_str(&self.path);
        if let Some(number) = number {
            // R leaves names that would be a bare number empty.
            if !self.path.is_empty() {
                self.names.push_str(itoa::Buffer::new().format(number));
            }
        }
        start..self.names.len()
    }
}

impl Cells for Leaves {
    fn names(&self) -> impl Iterator<Item = &str> {
        self.found.iter().map(|leaf| &self.names[leaf.name.clone()])
    }

    fn cells(&self) -> impl Iterator<Item = (&str, Kind)> {
        self.found.iter().map(|leaf| (&self.texts[leaf.text.clone()], leaf.kind))
    }
}

/// R strings can't hold NUL; it is left out. Only a text with escapes can have
/// one: those without come as `visit_borrowed_str`, and need no look.
fn without_nul(text: &str) -> Cow<'_, str> {
    if text.as_bytes().contains(&0) { text.replace('\0', "").into() } else { text.into() }
}

/// Adds a text without the NUL it may have.
pub(crate) fn push_without_nul(out: &mut String, text: &str) {
    out.push_str(&without_nul(text));
}

struct RecordSeed<'l, M> {
    leaves: &'l mut Leaves,
    members: &'l mut M,
}

impl<'de, M: Members> DeserializeSeed<'de> for RecordSeed<'_, M> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, M: Members> Visitor<'de> for RecordSeed<'_, M> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut scope = Scope::default();
        loop {
            self.leaves.path.clear();
            if map.next_key_seed(KeySeed(&mut self.leaves.path))?.is_none() {
                return Ok(());
            }
            if !self.members.read(&self.leaves.path, &mut map)? {
                read_member(self.leaves, &mut scope, &mut map, 0)?;
            }
        }
    }
}

/// Reads the value of a member whose key was just added to the path, which
/// was `parent` bytes long before. A member with an empty key has no name of
/// its own and is numbered with its parent's leaves.
fn read_member<'de, A: MapAccess<'de>>(
    leaves: &mut Leaves,
    scope: &mut Scope,
    map: &mut A,
    parent: usize,
) -> Result<(), A::Error> {
    if leaves.path.len() == parent {
        return map.next_value_seed(ValueSeed { leaves, scope });
    }
    let mut own = Scope::default();
    map.next_value_seed(ValueSeed { leaves, scope: &mut own })?;
    scope.seen += own.seen;
    Ok(())
}

/// Adds a key to the dotted path.
struct KeySeed<'p>(&'p mut String);

impl KeySeed<'_> {
    fn add(self, key: &str) {
        if !self.0.is_empty() && !key.is_empty() {
            self.0.push('.');
        }
        self.0.push_str(key);
    }
}

impl<'de> DeserializeSeed<'de> for KeySeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for KeySeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a member name")
    }

    fn visit_borrowed_str<E>(self, key: &'de str) -> Result<(), E> {
        self.add(key);
        Ok(())
    }

    fn visit_str<E>(self, key: &str) -> Result<(), E> {
        self.add(&without_nul(key));
        Ok(())
    }
}

struct ValueSeed<'l, 's> {
    leaves: &'l mut Leaves,
    scope: &'s mut Scope,
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.leaves.add(self.scope, Kind::Bool, |out| {
            out.push_str(if value { "TRUE" } else { "FALSE" });
        });
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        let mut digits = itoa::Buffer::new();
        self.leaves.add(self.scope, Kind::Int, |out| out.push_str(digits.format(value)));
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        let mut digits = itoa::Buffer::new();
        self.leaves.add(self.scope, Kind::Int, |out| out.push_str(digits.format(value)));
        Ok(())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<(), E> {
        if !value.is_finite() {
            return Err(E::custom("a number is out of range"));
        }
        self.leaves.add(self.scope, Kind::Double, |out| write_double(value, out));
        Ok(())
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<(), E> {
        self.leaves.add(self.scope, Kind::Text, |out| out.push_str(value));
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.leaves.add(self.scope, Kind::Text, |out| out.push_str(&without_nul(value)));
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(ValueSeed { leaves: self.leaves, scope: self.scope })?.is_some()
        {
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let parent = self.leaves.path.len();
        while map.next_key_seed(KeySeed(&mut self.leaves.path))?.is_some() {
            read_member(self.leaves, self.scope, &mut map, parent)?;
            self.leaves.path.truncate(parent);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Leaves, NoLinks};
    use serde::de::DeserializeSeed;

    fn flat(json: &str) -> Vec<(String, String)> {
        let mut leaves = Leaves::default();
        let mut parser = serde_json::Deserializer::from_str(json);
        leaves.record(&mut NoLinks).deserialize(&mut parser).unwrap();
        leaves.iter().map(|(n, t)| (n.to_owned(), t.to_owned())).collect()
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
    fn every_leaf_is_text() {
        let values: Vec<String> = flat(
            r#"{"a":true,"b":false,"c":-5,"d":9007199254740993,"e":100000.0,"f":"NA","g":"","h":"\u041f\u0440"}"#,
        )
        .into_iter()
        .map(|(_, text)| text)
        .collect();
        assert_eq!(values, ["TRUE", "FALSE", "-5", "9007199254740993", "100000", "NA", "", "Пр"]);
    }

    #[test]
    fn nul_characters_are_left_out_of_names_and_texts() {
        assert_eq!(flat(r#"{"a\u0000b":"x\u0000y"}"#), [("ab".to_owned(), "xy".to_owned())]);
    }

    #[test]
    fn a_name_of_nul_characters_alone_is_an_empty_name() {
        assert_names(r#"{"x":{"\u0000":[1,2],"y":3},"s":"x"}"#, &["x1", "x2", "x.y", "s"]);
    }

    #[test]
    fn nesting_beyond_the_parsers_limit_is_an_error() {
        let json = format!("{{\"a\":{}1{}}}", "[".repeat(200), "]".repeat(200));
        let mut leaves = Leaves::default();
        let result = leaves
            .record(&mut crate::flatten::NoLinks)
            .deserialize(&mut serde_json::Deserializer::from_str(&json));
        assert!(result.is_err());
    }
}
