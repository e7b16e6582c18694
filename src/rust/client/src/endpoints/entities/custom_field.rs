//! Custom fields and their values, in the JSON of either API.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

use super::many::Many;
use super::scalar::{Content, Scalar};

/// A custom field with its values. What the API does not send is absent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct CustomField {
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
#[derive(Debug, Default)]
pub struct FieldValue {
    pub content: Content,
    /// Members with other names: a chained list has no member `value`.
    pub others: Content,
    /// The id of a choice in a list, in API v2.
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

    /// Removes the choice.
    pub fn forget_choice(&mut self) {
        self.enum_id = Scalar::default();
        self.v2_enum = Scalar::default();
    }
}

impl<'de> Deserialize<'de> for FieldValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldValueVisitor)
    }
}

struct FieldValueVisitor;

impl<'de> Visitor<'de> for FieldValueVisitor {
    type Value = FieldValue;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("the value of a field")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<FieldValue, A::Error> {
        let mut value = FieldValue::default();
        while let Some(member) = map.next_key()? {
            match member {
                Member::Value => value.content = map.next_value()?,
                Member::Enum => value.v2_enum = map.next_value()?,
                Member::EnumId => value.enum_id = map.next_value()?,
                Member::EnumCode => value.enum_code = map.next_value()?,
                Member::Subtype => value.subtype = map.next_value()?,
                Member::Other(name) => value.others.extend(&name, map.next_value()?),
            }
        }
        Ok(value)
    }
}

/// The name of a member of a value.
enum Member {
    Value,
    Enum,
    EnumId,
    EnumCode,
    Subtype,
    Other(String),
}

impl<'de> Deserialize<'de> for Member {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_identifier(MemberVisitor)
    }
}

struct MemberVisitor;

impl Visitor<'_> for MemberVisitor {
    type Value = Member;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("the name of a member")
    }

    fn visit_str<E>(self, name: &str) -> Result<Member, E> {
        Ok(match name {
            "value" => Member::Value,
            "enum" => Member::Enum,
            "enum_id" => Member::EnumId,
            "enum_code" => Member::EnumCode,
            "subtype" => Member::Subtype,
            other => Member::Other(other.replace('\0', "")),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Content, CustomField};

    fn field(json: &str) -> CustomField {
        serde_json::from_str(json).unwrap()
    }

    fn parts(content: &Content) -> Vec<(&str, &str)> {
        content.0.iter().map(|(name, scalar)| (name.as_str(), scalar.text.as_str())).collect()
    }

    #[test]
    fn a_value_that_is_an_object_has_named_parts() {
        let field = field(
            r#"{"id":1,"name":"x","values":[{"value":{"name":"y","vat_id":"7","kpp":null}}]}"#,
        );
        assert_eq!(parts(&field.values.0[0].content), [("name", "y"), ("vat_id", "7")]);
    }

    #[test]
    fn members_that_are_not_known_are_kept_under_their_names() {
        let field = field(
            r#"{"id":1,"values":[{"catalog_id":1001,"catalog_element_id":5},null,
            {"value":"a","new":{"b":[1,2],"c":"d"},"list":[3],"none":null}]}"#,
        );
        let values = &field.values.0;
        assert_eq!(parts(&values[0].others), [("catalog_id", "1001"), ("catalog_element_id", "5")]);
        assert_eq!(parts(&values[1].content), [("", "a")]);
        let others = [("new.b1", "1"), ("new.b2", "2"), ("new.c", "d"), ("list", "3")];
        assert_eq!(parts(&values[1].others), others);
    }

    #[test]
    fn both_apis_name_the_parts_of_a_field_in_their_way() {
        let v2 = field(r#"{"id":1,"values":[{"value":"a","enum":5}]}"#);
        let v4 = field(r#"{"field_id":1,"values":[{"value":"a","enum_id":"5"}]}"#);
        assert_eq!(v2.id, v4.id);
        assert_eq!(v2.values.0[0].choice().text, v4.values.0[0].choice().text);
    }
}
