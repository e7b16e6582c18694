//! What belongs to an entity, in JSON. Empty lists come as `{}`, `[]`, null or not at
//! all (docs/api-v2.md, Empty values). Ids come alone or in objects.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::custom_field::CustomField;
use super::many::Many;
use super::scalar::{Content, Scalar};
use crate::json::tree::Node;

/// What belongs to one entity.
#[derive(Debug, Default)]
pub struct Related {
    /// Its custom fields.
    pub fields: Vec<CustomField>,
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
    /// What else is embedded in it, by name.
    pub others: Vec<(String, Node)>,
}

impl Related {
    /// What is embedded under this name.
    pub fn other(&self, name: &str) -> Option<&Node> {
        self.others.iter().find(|(found, _)| found == name).map(|(_, node)| node)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Tag {
    pub id: Scalar,
    pub name: Scalar,
}

/// Another entity.
#[derive(Debug, Default)]
pub struct Link {
    pub id: Scalar,
    pub is_main: bool,
}

/// What is embedded in an entity.
#[derive(Debug, Default)]
pub struct Embedded {
    pub tags: Many<Tag>,
    pub contacts: Links,
    pub companies: Links,
    pub leads: Links,
    pub customers: Links,
    pub others: Vec<(String, Node)>,
}

/// Links to entities, in any form.
#[derive(Debug, Default)]
pub struct Links(pub Vec<Link>);

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

impl<'de> Deserialize<'de> for Embedded {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EmbeddedVisitor)
    }
}

struct EmbeddedVisitor;

impl<'de> Visitor<'de> for EmbeddedVisitor {
    type Value = Embedded;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E>(self) -> Result<Embedded, E> {
        Ok(Embedded::default())
    }

    /// PHP writes an empty object as `[]`.
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Embedded, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Embedded::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Embedded, A::Error> {
        let mut embedded = Embedded::default();
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                "tags" => embedded.tags = map.next_value()?,
                "contacts" => embedded.contacts = map.next_value()?,
                "companies" => embedded.companies = map.next_value()?,
                "leads" => embedded.leads = map.next_value()?,
                "customers" => embedded.customers = map.next_value()?,
                _ => embedded.others.push((name, map.next_value()?)),
            }
        }
        Ok(embedded)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Embedded, Links, Many, Tag};

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
    fn an_empty_array_is_an_empty_object() {
        let embedded: Embedded = serde_json::from_str("[]").unwrap();
        assert!(embedded.tags.0.is_empty());
    }

    #[test]
    fn what_is_embedded_besides_is_kept() {
        let embedded: Embedded = serde_json::from_str(
            r#"{"tags":[{"id":1,"name":"b","color":null},null],"source":{"id":7}}"#,
        )
        .unwrap();
        let tags: Vec<&str> = embedded.tags.0.iter().map(|tag| tag.name.text.as_str()).collect();
        assert_eq!(tags, ["b"]);
        assert_eq!(embedded.others.len(), 1);
        assert_eq!(embedded.others[0].0, "source");
    }
}
