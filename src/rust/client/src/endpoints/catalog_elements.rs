//! `AmoCatalogElements()`: what is in catalogs, such as products and invoices, with its
//! custom fields (docs/api-v4.md, Catalogs; docs/contract.md, Elements of catalogs).

use crate::endpoints::endpoint::{Endpoint, Filter, ListSpec, RowOf, Sent};
use crate::endpoints::linked::{Linked, Related, parts};
use crate::json::flatten::Record;
use crate::table::Schema;
use crate::table::row::Row;

/// The elements of one or more catalogs.
pub static CATALOG_ELEMENTS: Endpoint = Endpoint {
    name: "catalog_elements",
    label: "elements of catalogs",
    schema: &SCHEMA,
    linked: &[Linked::CodedFields],
    v4: ListSpec {
        path: "/api/v4/catalogs/{catalog_id}/elements",
        parent: Some("/api/v4/catalogs"),
        member: "elements",
        parameters: &[("query", "query", Sent::Joined), ("with", "with", Sent::Joined)],
        row: RowOf::WithRelated(write),
        ..ListSpec::V4
    },
    filters: &[Filter::In("id", "id")],
    ..Endpoint::DEFAULT
};

#[rustfmt::skip]
static SCHEMA: Schema = Schema {
    base: &[
        "id", "catalog_id", "name", "created_by", "updated_by", "created_at", "updated_at",
        "is_deleted", "account_id", "invoice_link", "warning.message",
    ],
    keys: &["id"],
    ids: &["id"],
    times: &["created_at", "updated_at"],
    zero_is_no_time: true,
    inferred: true,
    integers: &["catalog_id", "created_by", "updated_by", "account_id"],
    logicals: &["is_deleted"],
    ..Schema::TEXT
};

/// The row of an element: its own fields, then what it embeds, such as the warning of an
/// invoice whose sums were corrected.
pub fn write<'r>(element: &'r Record, related: &'r Related, row: &mut Row<'r>) -> bool {
    let embedded = related.others().flat_map(|(name, node)| parts(node, name));
    let embedded: Vec<_> = embedded.collect();
    for column in SCHEMA.base {
        match embedded.iter().find(|(name, _)| name == column) {
            Some((_, value)) => row.push_value(column, *value),
            None => row.copy_as(element, column, column),
        }
    }
    let is_new = |name: &str| !SCHEMA.base.contains(&name);
    for field in element.iter().filter(|field| is_new(field.name())) {
        row.push_field(field);
    }
    for (name, value) in embedded.into_iter().filter(|(name, _)| is_new(name)) {
        row.push_named(name, value);
    }
    true
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{CATALOG_ELEMENTS, Related, write};
    use crate::account::Api;
    use crate::endpoints::arguments::Arguments;
    use crate::endpoints::linked::embedded;
    use crate::endpoints::testing::{cell, cells, requests};

    fn requests_of(arguments: &Arguments) -> Vec<String> {
        requests(&CATALOG_ELEMENTS, Api::V4, arguments)
    }

    #[test]
    fn each_catalog_has_a_list_and_what_is_added_to_it_is_asked_for() {
        let catalogs = Arguments::default().set("catalog_id", [7, 9]);
        assert_eq!(
            requests_of(&catalogs),
            [
                "/api/v4/catalogs/7/elements?page=1&limit=250",
                "/api/v4/catalogs/9/elements?page=1&limit=250"
            ]
        );
        let with = catalogs.set("catalog_id", [7]).set("with", ["invoice_link", "other"]);
        assert_eq!(
            requests_of(&with.set("query", ["a b"])),
            ["/api/v4/catalogs/7/elements?page=1&limit=250&query=a b&with=invoice_link,other"]
        );
    }

    #[test]
    fn beside_ids_there_is_all_but_filters() {
        let ids = Arguments::default().set("catalog_id", [7]).set("id", [1, 2]);
        assert_eq!(
            requests_of(&ids.set("with", ["invoice_link"]).set("query", ["a"])),
            ["/api/v4/catalogs/7/elements?page=1&limit=2&filter[id][]=1&filter[id][]=2\
              &query=a&with=invoice_link"]
        );
    }

    #[test]
    fn what_an_element_embeds_is_columns_and_new_members_come_last() {
        let json = r#"{"id":1,"new":5,"name":"x","invoice_link":"l","is_deleted":null}"#;
        let related = embedded(r#"{"warning":{"message":"m","code":7},"tags":[]}"#);
        let related: &'static Related = Box::leak(Box::new(related));
        let row = cells(|record, row| write(record, related, row), json).unwrap();
        for (name, text) in [("id", "1"), ("invoice_link", "l"), ("warning.message", "m")] {
            assert_eq!(cell(&row, name).as_deref(), Some(text));
        }
        let names: Vec<&str> = row.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names[11..], ["new", "warning.code"]);
    }
}
