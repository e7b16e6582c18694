//! Values in whatever form JSON has them.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

use crate::json::flatten::{Kind, Leaf, Leaves, NoLinks, Value};

/// A text, number or truth value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scalar {
    pub text: String,
    pub kind: Kind,
}

impl Default for Scalar {
    fn default() -> Self {
        Scalar { text: String::new(), kind: Kind::Absent }
    }
}

impl Scalar {
    /// What it holds, or no value.
    pub fn value(&self) -> Value<'_> {
        Value::Text(&self.text, self.kind)
    }

    /// The text, if there is one.
    pub fn get(&self) -> Option<&str> {
        (self.kind != Kind::Absent).then_some(self.text.as_str())
    }
}

/// What a custom field holds: one thing, or named parts, as the details of a
/// firm.
#[derive(Debug, Default)]
pub struct Content(pub Vec<(String, Scalar)>);

/// A value in whatever form, by way of its leaves: the first one counts.
impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Content(parts) = Content::deserialize(deserializer)?;
        Ok(parts.into_iter().next().map(|(_, scalar)| scalar).unwrap_or_default())
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ContentVisitor)
    }
}

struct ContentVisitor;

impl Content {
    /// Adds the parts of a member.
    pub fn extend(&mut self, member: &str, Content(parts): Content) {
        let named = parts.into_iter().map(|(part, scalar)| match part.as_str() {
            "" => (member.to_owned(), scalar),
            part => (format!("{member}.{part}"), scalar),
        });
        self.0.extend(named);
    }

    fn one(text: &str, kind: Kind) -> Self {
        let text = text.replace('\0', "");
        Content(vec![(String::new(), Scalar { text, kind })])
    }
}

impl<'de> Visitor<'de> for ContentVisitor {
    type Value = Content;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Content, E> {
        Ok(Content::one(if value { "TRUE" } else { "FALSE" }, Kind::Bool))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Content, E> {
        Ok(Content::one(&value.to_string(), Kind::Int))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Content, E> {
        Ok(Content::one(&value.to_string(), Kind::Int))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Content, E> {
        if !value.is_finite() {
            return Err(E::custom("a number is out of range"));
        }
        let mut text = String::new();
        crate::json::number::write_double(value, &mut text);
        Ok(Content::one(&text, Kind::Double))
    }

    fn visit_str<E>(self, value: &str) -> Result<Content, E> {
        Ok(Content::one(value, Kind::Text))
    }

    fn visit_unit<E>(self) -> Result<Content, E> {
        Ok(Content::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Content, A::Error> {
        let mut parts = Vec::new();
        while let Some(Content(more)) = seq.next_element()? {
            parts.extend(more);
        }
        Ok(Content(parts))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Content, A::Error> {
        let mut leaves = Leaves::default();
        leaves.record(&mut NoLinks).visit_map(map)?;
        let part = |leaf: Leaf| {
            let (text, kind) = (leaf.text().into_owned(), leaf.value().kind());
            (leaf.name().to_owned(), Scalar { text, kind })
        };
        Ok(Content(leaves.iter().map(part).collect()))
    }
}
