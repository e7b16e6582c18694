//! What `with_with` asks for: its names in each API, and the columns of what the server
//! then embeds.

use super::request::Entity;
use crate::account::Api;
use crate::endpoints::linked::{ELEMENTS, Related};
use crate::json::flatten::Value;
use crate::json::tree::Node;
use crate::table::row::Row;

/// The names in API v2 and in v4; empty where there is none.
type Names = (&'static str, &'static str);

const LOSS_REASON: Names = ("loss_reason_name", "loss_reason");

const OF_LEADS: &[Names] = &[
    ("is_price_modified_by_robot", "is_price_modified_by_robot"),
    LOSS_REASON,
    ELEMENTS,
    ("only_deleted", "only_deleted"),
    ("contacts", "contacts"),
    ("companies", "companies"),
    ("", "source_id"),
    ("", "source"),
];

const OF_CUSTOMERS: &[Names] =
    &[ELEMENTS, ("contacts", "contacts"), ("companies", "companies"), ("", "segments")];

/// The name in an API, if there is one.
fn translated(entity: Entity, api: Api, asked: &str) -> Option<&'static str> {
    let names = match entity {
        Entity::Lead => OF_LEADS,
        Entity::Customer => OF_CUSTOMERS,
        Entity::Contact | Entity::Company => &[],
    };
    let (v2, v4) = names.iter().find(|(v2, v4)| asked == *v2 || asked == *v4)?;
    Some(if api == Api::V2 { v2 } else { v4 }).copied().filter(|name| !name.is_empty())
}

/// The names to send. An unknown name is sent as it is: it may be new.
pub fn sent(entity: Entity, api: Api, asked: &[String]) -> Vec<&str> {
    let mut sent: Vec<&str> = Vec::new();
    for name in asked {
        let name = translated(entity, api, name).unwrap_or(name);
        if !sent.contains(&name) {
            sent.push(name);
        }
    }
    sent
}

/// The names that the API is not known to have.
pub fn unknown(entity: Entity, api: Api, asked: &[String]) -> Vec<String> {
    let unknown = asked.iter().filter(|name| translated(entity, api, name).is_none());
    unknown.cloned().collect()
}

/// Whether the elements of catalogs are asked for, which have a table.
pub fn wants_elements(asked: &[String]) -> bool {
    asked.iter().any(|name| is_either(ELEMENTS, name))
}

/// The columns for these names, which exist even if they are empty.
pub fn columns(asked: &[String]) -> impl Iterator<Item = &'static str> {
    let of_name = |name: &String| match name.as_str() {
        "source" => &["source_id", "source_name"][..],
        "source_id" => &["source_id"],
        _ => &[],
    };
    asked.iter().flat_map(of_name).copied()
}

fn is_either((v2, v4): Names, name: &str) -> bool {
    name == v2 || name == v4
}

/// Why a lead was lost: embedded as a list of one, or as the reason itself.
pub fn loss_reason(related: &Related) -> Option<Value<'_>> {
    let reason = related.get(LOSS_REASON.1)?;
    let first = || reason.values().into_iter().find_map(|reason| reason.get("name"));
    reason.get("name").or_else(first)?.value()
}

/// Adds embedded values that have no table of their own as columns: `source_name`.
/// Elements of lists are numbered.
pub fn write_columns<'r>(asked: &[String], related: &'r Related, row: &mut Row<'r>) {
    let is_asked = |name: &str| asked.iter().any(|asked| asked == name);
    let has_place = |name: &str| is_either(ELEMENTS, name) || is_either(LOSS_REASON, name);
    for (name, node) in related.others() {
        if is_asked(name) && !has_place(name) {
            write_node(name.clone(), "", node, row);
        }
    }
}

fn write_node<'r>(name: String, number: &str, node: &'r Node, row: &mut Row<'r>) {
    match node {
        Node::Null => {}
        Node::Scalar(text, kind) => {
            let name = name + number;
            // The entity itself may have it: a lead its `source_id`.
            if row.get(&name).is_none() {
                row.push_named(name, Value::Text(text, *kind));
            }
        }
        Node::Object(members) => {
            for (member, node) in members.iter().filter(|(member, _)| member != "_links") {
                write_node(format!("{name}_{member}"), number, node, row);
            }
        }
        Node::Array(nodes) => {
            for (position, node) in (1..).zip(nodes) {
                write_node(name.clone(), &format!("{number}{position}"), node, row);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Api, Entity, Row, loss_reason, sent, unknown, write_columns};
    use crate::endpoints::linked::embedded as related;

    fn asked(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn names_of_either_api_are_translated_and_those_it_lacks_are_told() {
        let names =
            asked(&["loss_reason_name", "loss_reason", "catalog_elements", "source", "new"]);
        let v2 = ["loss_reason_name", "catalog_elements_links", "source", "new"];
        assert_eq!(sent(Entity::Lead, Api::V2, &names), v2);
        assert_eq!(unknown(Entity::Lead, Api::V2, &names), ["source", "new"]);
        let v4 = ["loss_reason", "catalog_elements", "source", "new"];
        assert_eq!(sent(Entity::Lead, Api::V4, &names), v4);
        assert_eq!(unknown(Entity::Lead, Api::V4, &names), ["new"]);
        let of_customers = asked(&["segments", "source"]);
        assert_eq!(unknown(Entity::Customer, Api::V4, &of_customers), ["source"]);
    }

    #[test]
    fn a_loss_reason_comes_in_every_form() {
        for (reason, expected) in [
            (r#"[{"id":5,"name":"x","sort":1}]"#, Some("x")),
            (r#"{"id":5,"name":"x","sort":1}"#, Some("x")),
            (r#"{"5":{"id":5,"name":"x"}}"#, Some("x")),
            ("[null]", None),
            ("[]", None),
            ("null", None),
            ("5", None),
        ] {
            let related = related(&format!(r#"{{"loss_reason":{reason}}}"#));
            let name = loss_reason(&related).map(|value| value.text().into_owned());
            assert_eq!(name.as_deref(), expected, "{reason}");
        }
    }

    #[test]
    fn what_is_asked_for_is_columns_and_the_parts_of_lists_are_numbered() {
        let related = related(
            r#"{"source":{"id":7,"name":"s","_links":{"self":{}}},"other":{"x":1},
            "segments":[{"id":43},{"id":45,"name":"t"}]}"#,
        );
        let mut row = Row::default();
        row.push("source_id", "7");
        write_columns(&asked(&["source", "segments"]), &related, &mut row);
        let cells: Vec<_> = row.texts().map(|(name, text)| format!("{name}={text}")).collect();
        let expected = [
            "source_id=7",
            "source_name=s",
            "segments_id1=43",
            "segments_id2=45",
            "segments_name2=t",
        ];
        assert_eq!(cells, expected);
    }
}
