//! Where an answer of API v4 has its records (docs/api-v4.md, Shapes of answers).

use std::borrow::Cow;

use crate::bad_body::BadBody;
use crate::json::flatten::JsonType;
use crate::json::tree::Node;

/// Where an answer has its records.
#[derive(Debug, PartialEq, Eq)]
pub enum Place {
    /// In this member of `_embedded`.
    Embedded(String),
    /// In this member of the answer itself.
    Member(String),
    /// The answer is the list.
    List,
    /// The answer is the only record.
    Record,
    /// What is there are values without names of their own, each of which is a record.
    Values(Box<Place>),
}

/// The member that holds the value of a record of [`Place::Values`].
const VALUE: &str = "value";

/// What was found in an answer.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// Its records.
    Records(Place),
    /// No records, and nothing that tells where they would be.
    Nothing,
    /// Several members that may be meant.
    Several(Vec<String>),
}

impl Place {
    /// The answer as a page of API v4, and the member of `_embedded` that holds the records.
    pub fn page<'b>(&'b self, body: &'b [u8]) -> (&'b str, Cow<'b, [u8]>) {
        let within = |before: &str, after: &str| {
            Cow::Owned([before.as_bytes(), body, after.as_bytes()].concat())
        };
        match self {
            Place::Embedded(name) => (name, Cow::Borrowed(body)),
            Place::Member(name) => (name, within(r#"{"_embedded":"#, "}")),
            Place::List => ("items", within(r#"{"_embedded":{"items":"#, "}}")),
            Place::Record => ("items", within(r#"{"_embedded":{"items":["#, "]}}")),
            Place::Values(place) => ("items", Cow::Owned(place.page_of_values(body))),
        }
    }

    /// A page whose records are the values here. What can't be read stays as it is.
    fn page_of_values(&self, body: &[u8]) -> Vec<u8> {
        let Ok(answer) = Node::read(Some(body)) else { return body.to_vec() };
        let records: Option<Vec<String>> =
            self.records(&answer).into_iter().map(record_of_value).collect();
        let Some(records) = records else { return body.to_vec() };
        let next = if has_next(&answer) { r#""_links":{"next":{}},"# } else { "" };
        format!(r#"{{{next}"_embedded":{{"items":[{}]}}}}"#, records.join(",")).into_bytes()
    }

    /// The records.
    pub fn records<'n>(&self, answer: &'n Node) -> Vec<&'n Node> {
        let member = |node: &'n Node, name: &str| node.get(name).map(Node::values);
        match self {
            Place::Embedded(name) => {
                answer.get("_embedded").and_then(|lists| member(lists, name)).unwrap_or_default()
            }
            Place::Member(name) => member(answer, name).unwrap_or_default(),
            Place::List => answer.values(),
            Place::Record => vec![answer],
            Place::Values(place) => place.records(answer),
        }
    }

    /// Whether the server does not page this list of so many records: it counts no pages and
    /// names no next one. A list that is just as long as what was asked for may go on.
    pub fn is_whole(&self, answer: &Node, records: usize, limit: u32) -> bool {
        match self {
            Place::Record => true,
            Place::Embedded(_) => {
                let total = answer.get("_total_items").and_then(Node::text);
                !is_paged(answer)
                    && records > 0
                    && records != limit as usize
                    && total.is_none_or(|total| total == records.to_string())
            }
            Place::Member(_) | Place::List => false,
            Place::Values(place) => place.is_whole(answer, records, limit),
        }
    }
}

fn is_paged(answer: &Node) -> bool {
    answer.get("_page").is_some() || has_next(answer)
}

fn has_next(answer: &Node) -> bool {
    answer.get("_links").is_some_and(|links| links.get("next").is_some())
}

/// A value as the JSON of a record; None for what is no single value.
fn record_of_value(value: &Node) -> Option<String> {
    let value = match value {
        Node::Null | Node::Scalar(_, JsonType::Absent) => "null".to_owned(),
        Node::Scalar(text, JsonType::Text) => serde_json::to_string(text).ok()?,
        Node::Scalar(text, JsonType::Bool) => text.to_lowercase(),
        Node::Scalar(text, JsonType::Int | JsonType::Double) => text.clone(),
        Node::Array(_) | Node::Object(_) => return None,
    };
    Some(format!(r#"{{"{VALUE}":{value}}}"#))
}

/// Finds the records of an answer. `member` is the member that the user asks for; `path`
/// tells which of several lists is meant.
///
/// # Errors
/// [`BadBody`] for an answer that is neither a list nor a record.
pub fn find(answer: &Node, member: Option<&str>, path: &str) -> Result<Found, BadBody> {
    match answer {
        Node::Null => Ok(Found::Nothing),
        Node::Array(records) if records.is_empty() => Ok(Found::Nothing),
        Node::Array(_) => Ok(records_in(answer, Place::List)),
        Node::Object(members) => Ok(find_in(members, answer, member, path)),
        Node::Scalar(..) => Err(BadBody {
            path: "the top level".to_owned(),
            detail: "no list of records, and no record".to_owned(),
        }),
    }
}

fn find_in(members: &[(String, Node)], answer: &Node, member: Option<&str>, path: &str) -> Found {
    let embedded = answer.get("_embedded").map(Node::members).unwrap_or_default();
    let own: Vec<_> = members.iter().filter(|(name, _)| !name.starts_with('_')).collect();
    if own.is_empty() && embedded.is_empty() {
        return Found::Nothing;
    }
    if let Some(wanted) = member {
        return named(wanted, embedded, &own);
    }
    let last = path.rsplit('/').next().unwrap_or_default();
    if is_paged(answer) {
        return of_pages(embedded, &own, last);
    }
    let lists = names_of(is_list, embedded);
    match (own.as_slice(), lists.as_slice()) {
        ([], [only]) => Found::Records(Place::Embedded((*only).to_owned())),
        ([], []) if names_of(is_list_of_values, embedded).len() == 1 => {
            let name = names_of(is_list_of_values, embedded).concat();
            Found::Records(Place::Values(Box::new(Place::Embedded(name))))
        }
        ([], [_, ..]) if lists.contains(&last) => Found::Records(Place::Embedded(last.to_owned())),
        ([], [_, ..]) => Found::Several(lists.iter().map(ToString::to_string).collect()),
        ([(name, node @ Node::Array(records))], []) if !records.is_empty() && is_list(node) => {
            Found::Records(Place::Member(name.clone()))
        }
        _ => Found::Records(Place::Record),
    }
}

/// The list of an answer that is a page, whatever it tells besides and whatever is wrong
/// with some of the records: one record it is not.
fn of_pages(embedded: &[(String, Node)], own: &[&(String, Node)], last: &str) -> Found {
    let named = |(name, node): &(String, Node)| {
        let is_array = matches!(node, Node::Array(_));
        (is_array || is_list(node)).then(|| (name.clone(), node.clone()))
    };
    let lists: Vec<(String, Node)> = embedded.iter().filter_map(named).collect();
    if let Some((name, list)) = lists.iter().find(|(name, _)| lists.len() == 1 || name == last) {
        return records_in(list, Place::Embedded(name.clone()));
    }
    let members: Vec<(String, Node)> = own.iter().filter_map(|member| named(member)).collect();
    match (lists.as_slice(), members.as_slice()) {
        ([], [(name, rows)]) => records_in(rows, Place::Member(name.clone())),
        ([], []) => Found::Nothing,
        _ => Found::Several(lists.into_iter().chain(members).map(|(name, _)| name).collect()),
    }
}

/// The list of this name: one that is embedded, or a member of the answer itself.
fn named(wanted: &str, embedded: &[(String, Node)], own: &[&(String, Node)]) -> Found {
    let all =
        || embedded.iter().map(|member| (true, member)).chain(own.iter().map(|own| (false, *own)));
    let lists = all().filter(|(_, (_, node))| is_list(node) || is_list_of_values(node));
    match lists.clone().find(|(_, (name, _))| name == wanted) {
        Some((true, (name, node))) => records_in(node, Place::Embedded(name.clone())),
        Some((false, (name, node))) => records_in(node, Place::Member(name.clone())),
        None => Found::Several(lists.map(|(_, (name, _))| name.clone()).collect()),
    }
}

/// The records of a list at a place.
fn records_in(list: &Node, place: Place) -> Found {
    Found::Records(if is_list_of_values(list) { Place::Values(Box::new(place)) } else { place })
}

/// The members that may be lists. An empty one can be anything.
fn names_of(is_list: impl Fn(&Node) -> bool, members: &[(String, Node)]) -> Vec<&str> {
    let lists = members.iter().filter(|(_, node)| is_list(node));
    lists.map(|(name, _)| name.as_str()).collect()
}

/// API v2 has objects keyed by id in place of arrays; v4 may have some, too.
fn is_list(node: &Node) -> bool {
    match node {
        Node::Array(_) | Node::Object(_) => node.values().into_iter().all(is_object),
        Node::Null => true,
        Node::Scalar(..) => false,
    }
}

/// Values alone, one at least.
fn is_list_of_values(node: &Node) -> bool {
    let Node::Array(values) = node else { return false };
    !values.is_empty() && values.iter().all(|value| matches!(value, Node::Scalar(..) | Node::Null))
}

fn is_object(node: &Node) -> bool {
    matches!(node, Node::Object(_))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Found, Place, find};
    use crate::json::tree::Node;

    fn found(json: &str, member: Option<&str>, path: &str) -> Found {
        find(&Node::read(Some(json.as_bytes())).unwrap(), member, path).unwrap()
    }

    fn embedded(name: &str) -> Found {
        Found::Records(Place::Embedded(name.to_owned()))
    }

    fn member(name: &str) -> Found {
        Found::Records(Place::Member(name.to_owned()))
    }

    #[test]
    fn the_only_list_is_taken_or_the_one_that_is_named_like_the_path() {
        for (json, path, expected) in [
            (r#"{"_page":1,"_links":{},"_embedded":{"leads":[{"id":1}]}}"#, "leads", "leads"),
            (r#"{"_embedded":{"unsorted":[]}}"#, "leads/unsorted", "unsorted"),
            (r#"{"_embedded":{"items":null}}"#, "webhooks", "items"),
            (r#"{"_embedded":{"a":{"1":{"id":1}}}}"#, "webhooks", "a"),
            (
                r#"{"_embedded":{"warning":{"message":"x"},"elements":[{"id":1}]}}"#,
                "catalogs/5/elements",
                "elements",
            ),
            (r#"{"_embedded":{"words":["x"],"count":5,"b":[{"id":1}]}}"#, "webhooks", "b"),
        ] {
            assert_eq!(found(json, None, path), embedded(expected), "{json}");
        }
        for (json, expected) in [
            (
                r#"{"_page":1,"total":3,"_links":{"next":{}},"_embedded":{"items":[{"id":1}]}}"#,
                embedded("items"),
            ),
            (r#"{"_page":1,"_embedded":{"items":[{"id":1},null,{"id":2}]}}"#, embedded("items")),
            (r#"{"total":3,"_links":{"next":{}},"rows":[{"id":1}]}"#, member("rows")),
            (r#"{"_page":1,"_links":{"next":{}}}"#, Found::Nothing),
            (
                r#"{"_page":1,"a":[{"id":1}],"_embedded":{"b":[{"id":1}],"c":[]}}"#,
                Found::Several(vec!["b".to_owned(), "c".to_owned(), "a".to_owned()]),
            ),
        ] {
            assert_eq!(found(json, None, "x"), expected, "{json}");
        }
        let names = vec!["a".to_owned(), "b".to_owned()];
        let two = r#"{"_embedded":{"a":[{"id":1}],"b":[{"id":1}]}}"#;
        assert_eq!(found(two, None, "a/c"), Found::Several(names.clone()));
        assert_eq!(found(two, Some("c"), "a"), Found::Several(names));
        assert_eq!(found(two, Some("b"), "a"), embedded("b"));
    }

    #[test]
    fn an_answer_with_members_of_its_own_is_a_record() {
        for json in [
            r#"{"id":1,"_links":{},"_embedded":{"tags":[{"id":1}]}}"#,
            r#"{"total":5,"categories":{"sip":{"total":1}}}"#,
            r#"{"id":1,"fields":[{"id":2}]}"#,
            r#"{"settings":["a","b"]}"#,
            r#"{"_links":{},"_embedded":{"warning":{"message":"x"}}}"#,
        ] {
            assert_eq!(found(json, None, "leads/1"), Found::Records(Place::Record), "{json}");
        }
        let account = r#"{"id":1,"_embedded":{"users_groups":[{"id":1}],"task_types":[]}}"#;
        assert_eq!(found(account, Some("users_groups"), "account"), embedded("users_groups"));
    }

    #[test]
    fn a_list_may_be_elsewhere() {
        assert_eq!(found(r#"[{"id":1}]"#, None, "x"), Found::Records(Place::List));
        assert_eq!(found(r#"{"types":[{"key":"a"}]}"#, None, "x"), member("types"));
        assert_eq!(found(r#"{"n":1,"types":[{"key":"a"}]}"#, Some("types"), "x"), member("types"));
        for (place, expected) in [
            (Place::List, r#"{"_embedded":{"items":[1]}}"#),
            (Place::Record, r#"{"_embedded":{"items":[[1]]}}"#),
            (Place::Member("a".to_owned()), r#"{"_embedded":[1]}"#),
        ] {
            assert_eq!(place.page(b"[1]").1, expected.as_bytes());
        }
    }

    #[test]
    fn values_without_names_are_records_unless_they_are_a_member_of_one() {
        let values = |place| Found::Records(Place::Values(Box::new(place)));
        let items = || Place::Embedded("items".to_owned());
        assert_eq!(found(r#"["a",1,null]"#, None, "x"), values(Place::List));
        for json in [
            r#"{"_embedded":{"items":["a"]}}"#,
            r#"{"_page":1,"_embedded":{"items":["a"],"count":5}}"#,
        ] {
            assert_eq!(found(json, None, "x"), values(items()), "{json}");
            assert_eq!(found(json, Some("items"), "x"), values(items()), "{json}");
        }
        let own = r#"{"settings":["a"]}"#;
        let settings = Place::Member("settings".to_owned());
        assert_eq!(found(own, Some("settings"), "x"), values(settings));
        assert_eq!(found(own, Some("other"), "x"), Found::Several(vec!["settings".to_owned()]));
        assert_eq!(found(r#"["a",{"id":1}]"#, None, "x"), Found::Records(Place::List));
        let body = r#"{"_page":1,"_links":{"next":{"href":"x"}},"_embedded":{"items":
            ["a\"\u0000",true,-1,1.50,1e400,null,18446744073709551615]}}"#;
        let page = concat!(
            r#"{"_links":{"next":{}},"_embedded":{"items":[{"value":"a\""#,
            "\u{fffd}",
            r#""},{"value":true},{"value":-1},{"value":1.5},{"value":"1e400"},{"value":null},"#,
            r#"{"value":18446744073709551615}]}}"#
        );
        let values = Place::Values(Box::new(items()));
        assert_eq!(String::from_utf8_lossy(&values.page(body.as_bytes()).1), page);
        for other in ["<html>", r#"{"_embedded":{"items":["a",{"id":1}]}}"#] {
            assert_eq!(values.page(other.as_bytes()).1, other.as_bytes());
        }
    }

    #[test]
    fn what_is_empty_tells_nothing_and_a_word_is_no_answer() {
        for json in [
            "null",
            "[]",
            "{}",
            r#"{"_links":{}}"#,
            r#"{"_embedded":[]}"#,
            r#"{"_page":1,"_embedded":{}}"#,
        ] {
            assert_eq!(found(json, None, "leads"), Found::Nothing, "{json}");
            assert_eq!(found(json, Some("leads"), "leads"), Found::Nothing, "{json}");
        }
        assert!(find(&Node::read(Some(br#""x""#)).unwrap(), None, "x").is_err());
    }

    #[test]
    fn a_list_that_counts_no_pages_is_whole() {
        let whole = |json: &str, limit| {
            let answer = Node::read(Some(json.as_bytes())).unwrap();
            let place = Place::Embedded("a".to_owned());
            let records = place.records(&answer).len();
            place.is_whole(&answer, records, limit)
        };
        let list = |more: &str| format!(r#"{{{more}"_embedded":{{"a":[{{"id":1}},{{"id":2}}]}}}}"#);
        assert!(whole(&list(""), 250) && whole(&list(""), 1));
        assert!(whole(&list(r#""_total_items":2,"#), 250));
        for (more, limit) in [
            ("", 2),
            (r#""_page":1,"#, 250),
            (r#""_total_items":3,"#, 250),
            (r#""_links":{"next":{"href":"x"}},"#, 250),
        ] {
            assert!(!whole(&list(more), limit), "{more}");
        }
        assert!(!whole(r#"{"_embedded":{"a":[]}}"#, 250));
    }
}
