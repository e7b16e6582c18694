//! What belongs to an entity, in JSON. Empty lists come as `{}`, `[]`, null or not at
//! all (docs/api-v2.md, Empty values). Ids come alone or in objects.

use serde::de::{Error, MapAccess};

use super::parts::scalar;
use crate::account::Api;
use crate::json::flatten::Value;
use crate::json::tree::Node;

/// Members that hold lists of objects, or ids of other entities.
const LISTS: [&str; 7] = [
    "custom_fields",
    "custom_fields_values",
    "tags",
    "contacts",
    "leads",
    "customers",
    "companies",
];

/// What belongs to one entity: members of it, and what is embedded in it.
#[derive(Debug, Default)]
pub struct Related(Vec<(String, Node)>);

/// Another entity.
#[derive(Debug, PartialEq)]
pub struct Link<'n> {
    pub id: Value<'n>,
    pub is_main: bool,
}

impl Related {
    /// Reads a member of an entity if it belongs here.
    pub fn read<'de, A: MapAccess<'de>>(
        &mut self,
        api: Api,
        name: &str,
        map: &mut A,
    ) -> Result<bool, A::Error> {
        match (api, name) {
            (_, "_embedded") => {
                // PHP writes an empty object as `[]`.
                if let Node::Object(members) = list(name, map.next_value()?)? {
                    for (name, node) in members {
                        self.add(&name, node)?;
                    }
                }
            }
            (Api::V2, "custom_fields" | "tags" | "contacts" | "leads" | "customers")
            | (Api::V4, "custom_fields_values") => self.add(name, map.next_value()?)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn add<E: Error>(&mut self, name: &str, node: Node) -> Result<(), E> {
        let node = if LISTS.contains(&name) { list(name, node)? } else { node };
        self.0.push((name.to_owned(), node));
        Ok(())
    }

    /// What is there under this name.
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, node)| node)
    }

    /// The objects of a list. Some are keyed by id.
    pub fn objects(&self, name: &str) -> Vec<&Node> {
        let mut objects = self.get(name).map(Node::values).unwrap_or_default();
        objects.retain(|node| **node != Node::Null);
        objects
    }

    /// What else is embedded.
    pub fn others(&self) -> impl Iterator<Item = &(String, Node)> {
        self.0.iter().filter(|(name, _)| !LISTS.contains(&name.as_str()))
    }
}

/// A list, or nothing; anything else would be lost.
fn list<E: Error>(name: &str, node: Node) -> Result<Node, E> {
    let is_lost = |node: &&Node| node.value().is_some();
    let has_objects = matches!(name, "custom_fields" | "custom_fields_values" | "tags");
    if is_lost(&&node) || (has_objects && node.values().iter().any(is_lost)) {
        return Err(E::custom(format_args!("`{name}` is no list of objects")));
    }
    Ok(node)
}

/// Links to entities: `[{"id": 1, "is_main": true}]` in API v4, `{"id": [1, 2]}` in v2.
pub fn links(node: &Node) -> Vec<Link<'_>> {
    match node {
        Node::Array(nodes) => nodes.iter().filter_map(link).collect(),
        Node::Object(_) => match node.get("id") {
            Some(Node::Array(ids)) => ids.iter().filter_map(link).collect(),
            id => id.and_then(link).into_iter().collect(),
        },
        Node::Null | Node::Scalar(..) => Vec::new(),
    }
}

/// An object with an id, or an id.
fn link(node: &Node) -> Option<Link<'_>> {
    let id = if node.members().is_empty() { Some(node) } else { node.get("id") };
    let id = scalar(id);
    let is_main = scalar(node.get("is_main")).text() == "TRUE";
    (id != Value::ABSENT).then_some(Link { id, is_main })
}

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Api, MapAccess, Node, Related, links};
    use crate::json::flatten::{FieldReader, Record};
    use serde::de::DeserializeSeed;

    struct OfV4(Related);

    impl FieldReader for OfV4 {
        fn read<'de, A: MapAccess<'de>>(
            &mut self,
            name: &str,
            map: &mut A,
        ) -> Result<bool, A::Error> {
            self.0.read(Api::V4, name, map)
        }
    }

    fn read(embedded: &str) -> Result<Related, serde_json::Error> {
        let (mut reader, json) =
            (OfV4(Related::default()), format!(r#"{{"_embedded":{embedded}}}"#));
        let mut parser = serde_json::Deserializer::from_str(&json);
        Record::default().seed(&mut reader).deserialize(&mut parser)?;
        Ok(reader.0)
    }

    /// What belongs to an entity of API v4 that embeds this.
    pub(crate) fn embedded(json: &str) -> Related {
        read(json).unwrap()
    }

    fn ids(json: &str) -> Vec<String> {
        let node = Node::read(Some(json.as_bytes())).unwrap();
        links(&node).iter().map(|link| link.id.text().into_owned()).collect()
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
        let count = |tags: &str| embedded(&format!(r#"{{"tags":{tags}}}"#)).objects("tags").len();
        assert_eq!(count(r#"[{"id":1,"name":"a"}]"#), 1);
        assert_eq!(count(r#"{"1":{"id":1,"name":"a"},"2":{"id":2}}"#), 2);
        assert_eq!((count("{}"), count("[]"), count("null")), (0, 0, 0));
    }

    #[test]
    fn an_empty_array_is_an_empty_object() {
        assert!(embedded("[]").objects("tags").is_empty());
    }

    #[test]
    fn what_is_embedded_besides_is_kept() {
        let related =
            embedded(r#"{"tags":[{"id":1,"name":"b","color":null},null],"source":{"id":7}}"#);
        let tags: Vec<_> = related.objects("tags").iter().map(|tag| tag.get("name")).collect();
        assert_eq!(tags.iter().flatten().filter_map(|name| name.text()).collect::<Vec<_>>(), ["b"]);
        let others: Vec<&str> = related.others().map(|(name, _)| name.as_str()).collect();
        assert_eq!(others, ["source"]);
    }

    #[test]
    fn what_is_no_list_is_an_error() {
        for embedded in [r#""x""#, r#"{"tags":5}"#, r#"{"tags":["a"]}"#, r#"{"contacts":"1"}"#] {
            assert!(read(embedded).is_err(), "{embedded}");
        }
    }
}
