//! Elements of catalogs that belong to a record.

use super::related::Related;
use crate::json::flatten::Value;
use crate::json::tree::Node;

/// Their names in API v2 and in v4.
pub const ELEMENTS: (&str, &str) = ("catalog_elements_links", "catalog_elements");

/// An element of a catalog.
pub struct Element<'c>(&'c Node);

impl<'c> Element<'c> {
    /// The member with one of these names. API v4 has some of them in `metadata`; old
    /// links of v2 name their target.
    pub fn get(&self, names: &[&str]) -> Option<Value<'c>> {
        let members = [Some(self.0), self.0.get("metadata")].into_iter().flatten();
        let find = |node: &'c Node| names.iter().find_map(|name| node.get(name)?.value());
        members.into_iter().find_map(find)
    }
}

/// The elements of catalogs that are embedded in an entity, listed or keyed by
/// their ids.
pub fn elements(related: &Related) -> Vec<Element<'_>> {
    let mut elements = Vec::new();
    for name in [ELEMENTS.0, ELEMENTS.1] {
        if let Some(node) = related.get(name) {
            add_elements(node, &mut elements);
        }
    }
    elements
}

fn add_elements<'c>(node: &'c Node, elements: &mut Vec<Element<'c>>) {
    let is_element = node.members().iter().any(|(_, member)| member.value().is_some());
    if is_element {
        elements.push(Element(node));
    } else {
        node.values().into_iter().for_each(|node| add_elements(node, elements));
    }
}

#[cfg(test)]
mod tests {
    use super::super::related::tests::embedded as related;
    use super::elements;

    #[test]
    fn elements_of_catalogs_come_in_every_form() {
        let names =
            [&["catalog_element_id", "id"][..], &["catalog_id"], &["quantity"], &["price_id"]];
        for embedded in [
            r#"{"catalog_elements":[{"id":5,"metadata":{"quantity":2.5,"catalog_id":3,"price_id":null}}]}"#,
            r#"{"catalog_elements":[null,{"id":5,"quantity":2.5,"catalog_id":3}]}"#,
            r#"{"catalog_elements_links":{"3":{"5":{"catalog_element_id":5,"catalog_id":3,"quantity":2.5}}}}"#,
        ] {
            let related = related(embedded);
            let elements = elements(&related);
            assert_eq!(elements.len(), 1, "{embedded}");
            let text =
                |names: &&[&str]| elements[0].get(names).map(|value| value.text().into_owned());
            let values: Vec<Option<String>> = names.iter().map(text).collect();
            let expected = ["5", "3", "2.5"].map(|text| Some(text.to_owned()));
            assert_eq!(values, [&expected[..], &[None]].concat(), "{embedded}");
        }
    }
}
