//! The scalars in a value of any form, named as those of a record are
//! (docs/contract.md, Names of columns).

use crate::json::flatten::Value;
use crate::json::tree::Node;

/// Names and values. One that is alone has no name.
pub type Parts<'n> = Vec<(String, Value<'n>)>;

/// The parts of a value under `name`: of an array one after the other, of an object by
/// the names of its members.
pub fn parts<'n>(node: &'n Node, name: &str) -> Parts<'n> {
    let mut parts = Parts::new();
    add_parts(node, name, &mut parts);
    parts
}

fn add_parts<'n>(node: &'n Node, name: &str, parts: &mut Parts<'n>) {
    match node {
        Node::Null => {}
        Node::Scalar(text, json_type) => {
            parts.push((name.to_owned(), Value::Text(text, *json_type)));
        }
        Node::Array(nodes) => nodes.iter().for_each(|node| add_parts(node, name, parts)),
        Node::Object(members) => {
            let is_link = |member: &str| matches!(member, "_links" | "_embedded");
            for (member, node) in members.iter().filter(|(member, _)| !is_link(member)) {
                add_member(node, &dotted(name, member), parts);
            }
        }
    }
}

/// Adds the parts of a member of an object, numbered if several have no name of their
/// own; how many they are.
fn add_member<'n>(node: &'n Node, name: &str, parts: &mut Parts<'n>) -> usize {
    let (mut seen, mut unnamed) = (0, Vec::new());
    add_numbered(node, name, parts, &mut seen, &mut unnamed);
    if unnamed.len() > 1 {
        for (index, number) in unnamed {
            parts[index].0.push_str(&number.to_string());
        }
    }
    seen
}

/// Adds parts, and notes which have no name of their own, with their numbers.
fn add_numbered<'n>(
    node: &'n Node,
    name: &str,
    parts: &mut Parts<'n>,
    seen: &mut usize,
    unnamed: &mut Vec<(usize, usize)>,
) {
    match node {
        Node::Null => {}
        Node::Scalar(text, json_type) => {
            *seen += 1;
            unnamed.push((parts.len(), *seen));
            parts.push((name.to_owned(), Value::Text(text, *json_type)));
        }
        Node::Array(nodes) => {
            for node in nodes {
                add_numbered(node, name, parts, seen, unnamed);
            }
        }
        Node::Object(members) => {
            for (member, node) in members {
                *seen += add_member(node, &dotted(name, member), parts);
            }
        }
    }
}

fn dotted(name: &str, member: &str) -> String {
    if name.is_empty() { member.to_owned() } else { format!("{name}.{member}") }
}

/// The first scalar in a value; none makes an empty cell.
pub fn scalar(node: Option<&Node>) -> Value<'_> {
    fn first(node: &Node) -> Option<Value<'_>> {
        node.value().or_else(|| node.values().into_iter().find_map(first))
    }
    node.and_then(first).unwrap_or(Value::ABSENT)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::parts;
    use crate::json::flatten::{NoLinks, Record};
    use crate::json::tree::Node;
    use serde::de::DeserializeSeed;

    #[test]
    fn parts_have_the_names_that_the_fields_of_a_record_have() {
        for json in [
            r#"{"a":1,"b":null,"c":[],"d":{},"_links":{"self":1}}"#,
            r#"{"a":[1],"b":[1,2],"c":["x","y",true,1.5]}"#,
            r#"{"a":{"b":[1,[2,3],[[4]]],"c":{"d":null,"e":{"f":5}}}}"#,
            r#"{"a":[{"x":1},{"x":2}],"b":[1,{"x":2}],"c":[1,{"x":[2,3]},4,[5]]}"#,
            r#"{"a":[{"x":1},2],"b":[{"_links":3},[{"x":1,"y":2},9],8]}"#,
        ] {
            let node = Node::read(Some(json.as_bytes())).unwrap();
            let found = parts(&node, "");
            let found: Vec<_> =
                found.iter().map(|(name, value)| (name.as_str(), value.text())).collect();
            let mut record = Record::default();
            let mut parser = serde_json::Deserializer::from_str(json);
            record.seed(&mut NoLinks).deserialize(&mut parser).unwrap();
            let expected: Vec<_> = record.iter().map(|f| (f.name(), f.text())).collect();
            assert_eq!(found, expected, "{json}");
        }
    }
}
