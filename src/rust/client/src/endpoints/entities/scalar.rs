//! Values in whatever form JSON has them.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

use crate::json::flatten::{Field, JsonType, NoLinks, Record, Value};

/// A text, number or truth value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scalar {
    pub text: String,
    pub json_type: JsonType,
}

impl Default for Scalar {
    fn default() -> Self {
        Scalar { text: String::new(), json_type: JsonType::Absent }
    }
}

impl Scalar {
    /// What it holds, or no value.
    pub fn value(&self) -> Value<'_> {
        Value::Text(&self.text, self.json_type)
    }

    /// The text, if there is one.
    pub fn get(&self) -> Option<&str> {
        (self.json_type != JsonType::Absent).then_some(self.text.as_str())
    }
}

/// What a custom field holds: one thing, or named parts, as the details of a
/// firm.
#[derive(Debug, Default)]
pub struct Content(pub Vec<(String, Scalar)>);

/// A value in whatever form, by way of its fields: the first one counts.
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

    fn one(text: &str, json_type: JsonType) -> Self {
        let text = text.replace('\0', "");
        Content(vec![(String::new(), Scalar { text, json_type })])
    }
}

impl<'de> Visitor<'de> for ContentVisitor {
    type Value = Content;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Content, E> {
        Ok(Content::one(if value { "TRUE" } else { "FALSE" }, JsonType::Bool))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Content, E> {
        Ok(Content::one(&value.to_string(), JsonType::Int))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Content, E> {
        Ok(Content::one(&value.to_string(), JsonType::Int))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Content, E> {
        if !value.is_finite() {
            return Err(E::custom("a number is out of range"));
        }
        let mut text = String::new();
        crate::json::number::write_double(value, &mut text);
        Ok(Content::one(&text, JsonType::Double))
    }

    fn visit_str<E>(self, value: &str) -> Result<Content, E> {
        Ok(Content::one(value, JsonType::Text))
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
        let mut record = Record::default();
        record.seed(&mut NoLinks).visit_map(map)?;
        let part = |field: Field| {
            let (text, json_type) = (field.text().into_owned(), field.value().json_type());
            (field.name().to_owned(), Scalar { text, json_type })
        };
        Ok(Content(record.iter().map(part).collect()))
    }
}
