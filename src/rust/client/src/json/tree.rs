//! A small JSON document as a tree. It keeps the order of members, which is the
//! order of rows in R (docs/api-v2.md, Account).

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::bad_body::BadBody;
use crate::json::broken_text::read_document;
use crate::json::flatten::{JsonType, Value, check_nul};
use crate::json::number::write_double;

/// A value of a document.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// null.
    Null,
    /// A scalar, as text.
    Scalar(String, JsonType),
    /// An array.
    Array(Vec<Node>),
    /// An object, in the order of the document.
    Object(Vec<(String, Node)>),
}

impl Node {
    /// Reads a document; no body is a document without members.
    ///
    /// # Errors
    /// [`BadBody`] when it is not JSON.
    pub fn read(body: Option<&[u8]>) -> Result<Node, BadBody> {
        if body.is_none() { Ok(Node::Object(Vec::new())) } else { read_document(body) }
    }

    /// A member of an object.
    pub fn get(&self, name: &str) -> Option<&Node> {
        let Node::Object(members) = self else { return None };
        members.iter().find(|(found, _)| found == name).map(|(_, node)| node)
    }

    /// The node at the end of a path of members.
    ///
    /// # Errors
    /// [`BadBody`] when there is no such member.
    pub fn at(&self, path: &[&str]) -> Result<&Node, BadBody> {
        let found = path.iter().try_fold(self, |node, name| node.get(name));
        found.ok_or_else(|| BadBody {
            path: path.join("."),
            detail: "there is no such member".to_owned(),
        })
    }

    /// The values of an array or an object; none for anything else. API v2 sends
    /// some arrays as objects keyed by id.
    pub fn values(&self) -> Vec<&Node> {
        match self {
            Node::Array(values) => values.iter().collect(),
            Node::Object(members) => members.iter().map(|(_, node)| node).collect(),
            Node::Null | Node::Scalar(..) => Vec::new(),
        }
    }

    /// The members of an object; none for anything else.
    pub fn members(&self) -> &[(String, Node)] {
        if let Node::Object(members) = self { members } else { &[] }
    }

    /// A scalar as a cell.
    pub fn value(&self) -> Option<Value<'_>> {
        if let Node::Scalar(text, json_type) = self {
            Some(Value::Text(text, *json_type))
        } else {
            None
        }
    }

    /// The text of a scalar.
    pub fn text(&self) -> Option<&str> {
        if let Node::Scalar(text, _) = self { Some(text) } else { None }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Node, E> {
        let text = if truth { "TRUE" } else { "FALSE" };
        Ok(Node::Scalar(text.to_owned(), JsonType::Bool))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node, E> {
        Ok(Node::Scalar(number.to_string(), JsonType::Int))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node, E> {
        Ok(Node::Scalar(number.to_string(), JsonType::Int))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Node, E> {
        let mut text = String::new();
        write_double(number, &mut text);
        Ok(Node::Scalar(text, JsonType::Double))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Node, E> {
        check_nul(text)?;
        Ok(Node::Scalar(text.to_owned(), JsonType::Text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = seq.next_element()? {
            values.push(value);
        }
        Ok(Node::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut members = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, Node>()? {
            // Names become texts of tables, too.
            check_nul(&name)?;
            members.push((name, value));
        }
        Ok(Node::Object(members))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::Node;
    use crate::json::flatten::JsonType;

    fn read(json: &str) -> Node {
        Node::read(Some(json.as_bytes())).unwrap()
    }

    #[test]
    fn members_keep_their_order_and_nothing_has_a_nul() {
        let tree = read(r#"{"\u0000b":{"9":1,"10":2},"a":[true,null,"x\u0000y",1.5]}"#);
        let names: Vec<&str> = tree.members().iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["\u{fffd}b", "a"]);
        let numbers: Vec<_> =
            tree.at(&["\u{fffd}b"]).unwrap().values().iter().map(|n| n.text()).collect();
        assert_eq!(numbers, [Some("1"), Some("2")]);
        let scalar = |text: &str, json_type| Node::Scalar(text.to_owned(), json_type);
        let expected = vec![
            scalar("TRUE", JsonType::Bool),
            Node::Null,
            scalar("x\u{fffd}y", JsonType::Text),
            scalar("1.5", JsonType::Double),
        ];
        assert_eq!(tree.get("a"), Some(&Node::Array(expected)));
    }

    #[test]
    fn what_is_not_there_is_told_and_what_is_empty_has_no_values() {
        assert!(read(r#"{"a":{}}"#).at(&["a", "b"]).unwrap_err().to_string().contains("a.b"));
        assert!(read("null").values().is_empty());
        assert!(read("[]").members().is_empty());
        assert!(Node::read(Some(b"<html>")).is_err());
        assert!(Node::read(None).unwrap().values().is_empty());
    }

    #[test]
    fn a_document_that_is_nested_without_end_is_refused() {
        assert!(Node::read(Some("[".repeat(100_000).as_bytes())).is_err());
    }
}
