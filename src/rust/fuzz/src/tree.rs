//! JSON as a tree, and the fields of a record read off it: a second way to
//! what `amocrm_client::json::flatten` makes of the parser's events.

use std::fmt;

use amocrm_client::json::number::write_double;
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// Name and text of each field.
pub type Row = Vec<(String, String)>;

/// Members of an object, repeated ones too.
pub type Members = Vec<(String, Node)>;

/// A JSON value.
pub enum Node {
    Null,
    /// Its text in R.
    Scalar(String),
    Array(Vec<Node>),
    Object(Members),
}

/// A document as a tree; None when it is not JSON.
pub fn read(body: &[u8]) -> Option<Node> {
    serde_json::from_slice(body).ok()
}

/// The records of a page under `list`; None when it is no page.
pub fn records<'n>(page: &'n Node, list: &str) -> Option<Vec<&'n Members>> {
    let Node::Object(page) = page else { return None };
    let mut is_page = false;
    let mut records = Vec::new();
    for (key, value) in page {
        is_page |= key == "_embedded" || key == "_links";
        if key == "_embedded" {
            let embedded = match value {
                Node::Null => &[][..],
                Node::Array(items) if items.is_empty() => &[],
                Node::Object(members) => members,
                _ => return None,
            };
            for (_, records_here) in embedded.iter().filter(|(key, _)| key == list) {
                records.extend(list_of(records_here)?);
            }
        }
    }
    is_page.then_some(records)
}

fn list_of(list: &Node) -> Option<Vec<&Members>> {
    match list {
        Node::Null => Some(Vec::new()),
        Node::Array(items) => items.iter().map(record).collect(),
        Node::Object(members) => members.iter().map(|(_, item)| record(item)).collect(),
        Node::Scalar(_) => None,
    }
}

fn record(node: &Node) -> Option<&Members> {
    match node {
        Node::Object(members) => Some(members),
        _ => None,
    }
}

/// Whether the last `_links` of a page has a `next`.
pub fn has_next(page: &Node) -> bool {
    let Node::Object(page) = page else { return false };
    let links = page.iter().rev().find(|(key, _)| key == "_links");
    let Some((_, Node::Object(links))) = links else { return false };
    // A `next` that is there twice is no link that can be followed.
    let mut next = links.iter().filter(|(key, _)| key == "next");
    matches!((next.next(), next.next()), (Some((_, value)), None) if !matches!(value, Node::Null))
}

/// The fields of a record. The names are told by where a field stands: its
/// nearest member with a name gives the path; where that member has several
/// fields without a nearer one, each has its position among all of them.
pub fn fields(record: &Members) -> Row {
    let mut found = Found::default();
    found.owners.push(Owner { path: String::new(), start: 0, own: 0 });
    for (key, value) in record {
        let key = repaired(key);
        if key != "_links" && key != "_embedded" {
            found.member(&key, value, 0);
        }
    }
    let owners = &found.owners;
    let name = |position: usize, owner: &Owner| {
        if owner.own > 1 && !owner.path.is_empty() {
            format!("{}{}", owner.path, position - owner.start + 1)
        } else {
            owner.path.clone()
        }
    };
    let fields = found.fields.iter().enumerate();
    fields.map(|(at, (owner, text))| (name(at, &owners[*owner]), text.clone())).collect()
}

#[derive(Default)]
struct Found {
    owners: Vec<Owner>,
    /// The owner of each field, and its text.
    fields: Vec<(usize, String)>,
}

/// A member with a name.
struct Owner {
    path: String,
    /// Leaves before its first one.
    start: usize,
    /// Leaves that have no nearer owner.
    own: usize,
}

impl Found {
    fn member(&mut self, key: &str, value: &Node, owner: usize) {
        if key.is_empty() {
            return self.value(value, owner);
        }
        let parent = &self.owners[owner].path;
        let dot = if parent.is_empty() { "" } else { "." };
        let path = format!("{parent}{dot}{key}");
        self.owners.push(Owner { path, start: self.fields.len(), own: 0 });
        self.value(value, self.owners.len() - 1);
    }

    fn value(&mut self, value: &Node, owner: usize) {
        match value {
            Node::Null => {}
            Node::Scalar(text) => {
                self.owners[owner].own += 1;
                self.fields.push((owner, repaired(text)));
            }
            Node::Array(items) => items.iter().for_each(|item| self.value(item, owner)),
            Node::Object(members) => {
                for (key, value) in members {
                    self.member(&repaired(key), value, owner);
                }
            }
        }
    }
}

fn repaired(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// A double as text, which must be what 15 significant digits say, or all
/// digits when it is longer.
fn double(value: f64) -> String {
    let mut text = String::new();
    write_double(value, &mut text);
    let digits = if value.abs() < 1e15 { format!("{value:.14e}") } else { format!("{value:.0}") };
    assert_eq!(text.parse::<f64>(), digits.parse(), "{value:e}");
    assert!(text.bytes().all(|b| b"-.0123456789".contains(&b)), "{text}");
    assert!(!text.contains('.') || !text.ends_with(['0', '.']), "{text}");
    text
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
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Scalar(if value { "TRUE" } else { "FALSE" }.to_owned()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Scalar(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Scalar(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Scalar(double(value)))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Scalar(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Node::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Node::Object(members))
    }
}
