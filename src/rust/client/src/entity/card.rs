//! What belongs to a card, as JSON has it. Empty comes as `{}`, `[]`, null or
//! not at all (v2.md 3.2); ids come alone or as objects.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::flatten::{Kind, Leaf, Leaves, NoLinks, Value};

/// What belongs to one card.
#[derive(Debug, Default)]
pub struct Card {
    /// Its custom fields.
    pub fields: Vec<Field>,
    /// Its tags.
    pub tags: Vec<Tag>,
    /// Its contacts.
    pub contacts: Vec<Link>,
    /// Its leads.
    pub leads: Vec<Link>,
    /// Its customers.
    pub customers: Vec<Link>,
    /// Its companies, in API v4.
    pub companies: Vec<Link>,
    /// Why it was lost, in API v4.
    pub loss_reason: Option<Scalar>,
}

/// A custom field with its values; absent is what the API does not tell.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Field {
    #[serde(alias = "field_id")]
    pub id: Scalar,
    #[serde(alias = "field_name")]
    pub name: Scalar,
    pub is_system: Scalar,
    /// API v4: `date` and so on.
    #[serde(rename = "field_type")]
    pub kind: Scalar,
    pub values: Many<FieldValue>,
}

/// A value of a custom field.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct FieldValue {
    #[serde(rename = "value")]
    pub content: Content,
    /// Of a choice in a list, in API v2.
    #[serde(rename = "enum")]
    v2_enum: Scalar,
    /// The same in API v4, which may send both.
    enum_id: Scalar,
    pub subtype: Scalar,
    /// API v4: what v2 calls the subtype of a part of an address.
    pub enum_code: Scalar,
}

impl FieldValue {
    /// The id of a choice in a list.
    pub fn choice(&self) -> &Scalar {
        if self.enum_id.get().is_some() { &self.enum_id } else { &self.v2_enum }
    }

    /// Makes it no choice.
    pub fn forget_choice(&mut self) {
        self.enum_id = Scalar::default();
        self.v2_enum = Scalar::default();
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Tag {
    pub id: Scalar,
    pub name: Scalar,
}

/// Another card.
#[derive(Debug, Default)]
pub struct Link {
    pub id: Scalar,
    pub is_main: bool,
}

/// What API v4 embeds in a card.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Embedded {
    pub tags: Many<Tag>,
    pub contacts: Links,
    pub companies: Links,
    pub leads: Links,
    pub customers: Links,
    pub loss_reason: Many<Tag>,
}

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

/// A list in whatever form.
#[derive(Debug)]
pub struct Many<T>(pub Vec<T>);

impl<T> Default for Many<T> {
    fn default() -> Self {
        Many(Vec::new())
    }
}

/// Cards in whatever form.
#[derive(Debug, Default)]
pub struct Links(pub Vec<Link>);

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
        crate::number::write_double(value, &mut text);
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

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Many<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ManyVisitor(PhantomData))
    }
}

struct ManyVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ManyVisitor<T> {
    type Value = Many<T>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_unit<E>(self) -> Result<Many<T>, E> {
        Ok(Many::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Many<T>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Many(items))
    }

    /// Keyed by id, or `{}`.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Many<T>, A::Error> {
        let mut items = Vec::new();
        while let Some((_, item)) = map.next_entry::<IgnoredAny, T>()? {
            items.push(item);
        }
        Ok(Many(items))
    }
}

impl<'de> Deserialize<'de> for Links {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LinksVisitor)
    }
}

struct LinksVisitor;

impl<'de> Visitor<'de> for LinksVisitor {
    type Value = Links;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("ids of cards")
    }

    fn visit_unit<E>(self) -> Result<Links, E> {
        Ok(Links::default())
    }

    /// API v4: `[{"id": 1, "is_main": true}]`.
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Links, A::Error> {
        let mut links = Vec::new();
        while let Some(Content(parts)) = seq.next_element()? {
            let find = |wanted: &str| parts.iter().find(|(name, _)| name == wanted);
            let is_main = find("is_main").is_some_and(|(_, main)| main.text == "TRUE");
            let id = find("id").or(find("")).map(|(_, id)| id.clone());
            links.extend(id.map(|id| Link { id, is_main }));
        }
        Ok(Links(links))
    }

    /// API v2: `{"id": [1, 2]}`.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Links, A::Error> {
        let mut links = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            if name == "id" {
                let Content(ids) = map.next_value()?;
                links.extend(ids.into_iter().map(|(_, id)| Link { id, is_main: false }));
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Links(links))
    }
}

/// An object; what is none, as PHP's empty `[]`, counts as empty.
pub struct OrEmpty<T>(pub T);

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for OrEmpty<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OrEmptyVisitor(PhantomData))
    }
}

struct OrEmptyVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de> + Default> Visitor<'de> for OrEmptyVisitor<T> {
    type Value = OrEmpty<T>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E>(self) -> Result<OrEmpty<T>, E> {
        Ok(OrEmpty(T::default()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<OrEmpty<T>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(OrEmpty(T::default()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<OrEmpty<T>, A::Error> {
        T::deserialize(serde::de::value::MapAccessDeserializer::new(map)).map(OrEmpty)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Embedded, Field, Links, Many, OrEmpty, Tag};

    fn ids(json: &str) -> Vec<String> {
        let Links(links) = serde_json::from_str(json).unwrap();
        links.into_iter().map(|link| link.id.text).collect()
    }

    #[test]
    fn links_come_in_every_form() {
        assert_eq!(ids(r#"{"id":[1,2],"_links":{"self":{}}}"#), ["1", "2"]);
        assert_eq!(ids(r#"{"id":5}"#), ["5"]);
        assert_eq!(ids(r#"[{"id":1,"is_main":true,"_links":{}},{"id":2}]"#), ["1", "2"]);
        assert_eq!(ids(r#"[7,"8"]"#), ["7", "8"]);
        for empty in ["{}", "[]", "null", r#"{"id":[]}"#] {
            assert_eq!(ids(empty), Vec::<String>::new(), "{empty}");
        }
    }

    #[test]
    fn lists_come_in_every_form() {
        let count = |json: &str| serde_json::from_str::<Many<Tag>>(json).unwrap().0.len();
        assert_eq!(count(r#"[{"id":1,"name":"a"}]"#), 1);
        assert_eq!(count(r#"{"1":{"id":1,"name":"a"},"2":{"id":2}}"#), 2);
        assert_eq!((count("{}"), count("[]"), count("null")), (0, 0, 0));
    }

    #[test]
    fn a_value_that_is_an_object_has_named_parts() {
        let field: Field = serde_json::from_str(
            r#"{"id":1,"name":"x","values":[{"value":{"name":"y","vat_id":"7","kpp":null}}]}"#,
        )
        .unwrap();
        let parts = &field.values.0[0].content.0;
        let parts: Vec<_> = parts.iter().map(|(n, v)| (n.as_str(), v.text.as_str())).collect();
        assert_eq!(parts, [("name", "y"), ("vat_id", "7")]);
    }

    #[test]
    fn both_apis_name_the_parts_of_a_field_in_their_way() {
        let v2: Field =
            serde_json::from_str(r#"{"id":1,"values":[{"value":"a","enum":5}]}"#).unwrap();
        let v4: Field =
            serde_json::from_str(r#"{"field_id":1,"values":[{"value":"a","enum_id":"5"}]}"#)
                .unwrap();
        assert_eq!(v2.id, v4.id);
        assert_eq!(v2.values.0[0].choice().text, v4.values.0[0].choice().text);
    }

    #[test]
    fn an_empty_array_is_an_empty_object() {
        let OrEmpty(embedded) = serde_json::from_str::<OrEmpty<Embedded>>("[]").unwrap();
        assert!(embedded.tags.0.is_empty());
    }
}
