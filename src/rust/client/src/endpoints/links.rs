//! `AmoLinks()`: what is linked with what (docs/api-v4.md, Links; docs/contract.md, Table
//! of links), and the elements of catalogs among it, whose fields hold prices.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::{Arc, Mutex};

use futures_util::future::{BoxFuture, FutureExt};

use crate::account::Api;
use crate::endpoints::arguments::Arguments;
use crate::endpoints::catalog_elements::CATALOG_ELEMENTS;
use crate::endpoints::element_names::singular;
use crate::endpoints::endpoint::{Endpoint, ListSpec, RowOf, Sent};
use crate::endpoints::list_query::ListQuery;
use crate::endpoints::paged_list::Pagination;
use crate::error::Error;
use crate::json::flatten::{Record, Value};
use crate::paging::join_lists;
use crate::query::{Context, Query, Tables, Warning};
use crate::sync::lock;
use crate::table::row::Row;
use crate::table::{Schema, Table};

/// The links of entities of one kind, which `type` names in the plural.
static LINKS: Endpoint = Endpoint {
    name: "links",
    label: "links",
    schema: &SCHEMA,
    id: "entity_id+to_entity_type+to_entity_id+metadata.catalog_id?+metadata.price_id?",
    v4: ListSpec {
        path: "/api/v4/{type}/links",
        member: "links",
        parameters: &[("entity_id", "filter[entity_id][]", Sent::Chunks(100))],
        pagination: Pagination::PagesOrWhole,
        row: RowOf::Function(write),
        ..ListSpec::V4
    },
    ..Endpoint::DEFAULT
};

/// What tells links apart: they have no id. An element may be sold at several prices.
const KEY: &str = "entity_id+to_entity_type+to_entity_id+catalog_id?+price_id?";

/// What elements of catalogs are called.
const ELEMENT: &str = "catalog_element";

#[rustfmt::skip]
static SCHEMA: Schema = Schema {
    base: &[
        "entity_id", "entity_type", "to_entity_id", "to_entity_type", "main_contact",
        "catalog_id", "quantity", "price_id", "price",
    ],
    keys: &[KEY],
    ids: &["entity_id", "to_entity_id"],
    inferred: true,
    integers: &["catalog_id", "quantity", "price_id", "price"],
    logicals: &["main_contact"],
    ..Schema::TEXT
};

/// Columns and their members, but for the price, which the link does not tell.
const MEMBERS: [(&str, &str); 6] = [
    ("entity_id", "entity_id"),
    ("to_entity_id", "to_entity_id"),
    ("main_contact", "metadata.main_contact"),
    ("catalog_id", "metadata.catalog_id"),
    ("quantity", "metadata.quantity"),
    ("price_id", "metadata.price_id"),
];

/// The row of a link. Other members come last, under their own names.
fn write<'r>(link: &'r Record, row: &mut Row<'r>) -> bool {
    for column in SCHEMA.base {
        match MEMBERS.iter().find(|(own, _)| own == column) {
            Some((_, member)) => row.copy_as(link, member, column),
            None => {
                let kind = link.get(column).unwrap_or(Value::ABSENT);
                row.push_value(column, kind.with_text(singular));
            }
        }
    }
    let is_member = |name: &str| MEMBERS.iter().any(|(_, member)| *member == name);
    let is_new = |name: &str| !is_member(name) && !SCHEMA.base.contains(&name);
    for field in link.iter().filter(|field| is_new(field.name())) {
        let name = field.name();
        let short = name.strip_prefix("metadata.").unwrap_or(name);
        // A column keeps its meaning: what is called like it has its whole name.
        row.push_named(if SCHEMA.base.contains(&short) { name } else { short }, field.value());
    }
    true
}

/// The links of a call, and the elements that they lead to.
pub struct LinksQuery {
    arguments: Arguments,
    links: Mutex<Vec<Arc<ListQuery>>>,
    elements: Mutex<Vec<Arc<ListQuery>>>,
}

impl LinksQuery {
    /// Nothing is read yet.
    ///
    /// # Errors
    /// [`Error::Input`] for ids that can't be read.
    pub fn new(arguments: Arguments) -> Result<Self, Error> {
        arguments.ids("entity_id")?;
        Ok(LinksQuery { arguments, links: Mutex::default(), elements: Mutex::default() })
    }

    /// How many ids a request may name is documented nowhere: a server that obeys only the
    /// first ones would do so silently. Ids without links are asked for again, among
    /// themselves, until that brings none.
    async fn read_links(&self, context: &Context) -> Result<(), Error> {
        let mut ids = self.arguments.ids("entity_id")?;
        loop {
            let arguments = self.arguments.clone().set("entity_id", &ids);
            let links = add(&self.links, ListQuery::new(&LINKS, arguments)?);
            links.read(context).await?;
            let found: HashSet<u64> = numbers(&links.texts("entity_id")).flatten().collect();
            let asked = ids.len();
            ids.retain(|id| !found.contains(id));
            if ids.is_empty() || ids.len() == asked {
                return Ok(());
            }
        }
    }

    /// Reads the elements that links lead to, unless these are not wanted.
    async fn read_elements(&self, context: &Context) -> Result<(), Error> {
        let wanted = self.arguments.texts("to_type");
        if !wanted.is_empty() && !wanted.iter().any(|kind| kind == ELEMENT) {
            return Ok(());
        }
        let links = lock(&self.links).clone();
        for (catalog, ids) in elements_of(&links) {
            let arguments = Arguments::default().set("catalog_id", [catalog]).set("id", ids);
            let elements = add(&self.elements, ListQuery::new(&CATALOG_ELEMENTS, arguments)?);
            elements.read(context).await?;
        }
        Ok(())
    }
}

fn add(queries: &Mutex<Vec<Arc<ListQuery>>>, query: ListQuery) -> Arc<ListQuery> {
    let query = Arc::new(query);
    lock(queries).push(Arc::clone(&query));
    query
}

/// The elements in each catalog that these links lead to.
fn elements_of(links: &[Arc<ListQuery>]) -> BTreeMap<u64, BTreeSet<u64>> {
    let texts = |column| links.iter().flat_map(|links| links.texts(column)).collect::<Vec<_>>();
    let [kinds, catalogs, ids] = ["to_entity_type", "catalog_id", "to_entity_id"].map(texts);
    let mut elements = BTreeMap::<u64, BTreeSet<u64>>::new();
    for ((kind, catalog), id) in kinds.iter().zip(numbers(&catalogs)).zip(numbers(&ids)) {
        if let (Some(ELEMENT), Some(catalog), Some(id)) = (kind.as_deref(), catalog, id) {
            elements.entry(catalog).or_default().insert(id);
        }
    }
    elements
}

fn numbers(texts: &[Option<String>]) -> impl Iterator<Item = Option<u64>> {
    texts.iter().map(|text| text.as_ref().and_then(|text| text.parse().ok()))
}

impl Query for LinksQuery {
    fn only_api(&self) -> Option<Api> {
        Some(Api::V4)
    }

    fn read<'q>(&'q self, context: &'q Context) -> BoxFuture<'q, Result<(), Error>> {
        async {
            self.read_links(context).await?;
            self.read_elements(context).await
        }
        .boxed()
    }

    /// The links, and the custom fields of the elements among them.
    fn tables(&self) -> Tables {
        let joined = |queries: &Mutex<Vec<Arc<ListQuery>>>, endpoint: &'static Endpoint| {
            let all = lock(queries).clone().into_iter().map(|query| query.tables());
            let tables = all.map(|tables| tables.into_iter().map(|(_, table)| table).collect());
            join_lists::<Vec<Table>>(tables).unwrap_or_else(|| endpoint.empty())
        };
        let links = joined(&self.links, &LINKS).into_iter().take(1);
        let fields = joined(&self.elements, &CATALOG_ELEMENTS).into_iter().skip(1);
        let names = ["links", "linked_custom_fields"].map(str::to_owned);
        names.into_iter().zip(links.chain(fields)).collect()
    }

    fn warnings(&self) -> Vec<Warning> {
        lock(&self.links).first().map(|links| links.warnings()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Api, Arguments, LINKS, write};
    use crate::endpoints::testing::{cell, cells, requests};

    #[test]
    fn the_owners_are_named_in_chunks() {
        let arguments = Arguments::default().set("type", ["leads"]).set("entity_id", 1..=101);
        let requests = requests(&LINKS, Api::V4, &arguments);
        assert_eq!(requests.len(), 2);
        let first = "/api/v4/leads/links?page=1&limit=250&filter[entity_id][]=1&filter[entity_id]";
        assert!(requests[0].starts_with(first), "{}", requests[0]);
        assert_eq!(requests[1], "/api/v4/leads/links?page=1&limit=250&filter[entity_id][]=101");
    }

    #[test]
    fn what_metadata_call_like_a_column_goes_beside_it() {
        let json = r#"{"entity_id":1,"metadata":{"entity_id":5,"price":6,"x":7}}"#;
        let row = cells(write, json).unwrap();
        let found = ["entity_id", "price", "metadata.entity_id", "metadata.price", "x"]
            .map(|name| cell(&row, name));
        let texts = [Some("1"), Some(""), Some("5"), Some("6"), Some("7")];
        assert_eq!(found.each_ref().map(Option::as_deref), texts);
    }

    #[test]
    fn a_link_tells_both_ends_and_what_is_known_of_it() {
        let row = cells(
            write,
            r#"{"entity_id":1,"entity_type":"leads","to_entity_id":2,
            "to_entity_type":"catalog_elements","metadata":{"quantity":2.5,"catalog_id":3,
            "price_id":4,"updated_by":5},"new":{"x":6}}"#,
        )
        .unwrap();
        let texts: Vec<_> = row.iter().map(|(name, text)| format!("{name}={text}")).collect();
        assert_eq!(
            texts,
            [
                "entity_id=1",
                "entity_type=lead",
                "to_entity_id=2",
                "to_entity_type=catalog_element",
                "main_contact=",
                "catalog_id=3",
                "quantity=2.5",
                "price_id=4",
                "price=",
                "updated_by=5",
                "new.x=6"
            ]
        );
        let contact = r#"{"entity_id":1,"to_entity_id":2,"to_entity_type":"contacts",
            "metadata":{"main_contact":true}}"#;
        assert_eq!(cell(&cells(write, contact).unwrap(), "main_contact").as_deref(), Some("TRUE"));
        let bare = r#"{"entity_id":1,"to_entity_id":2,"to_entity_type":"tasks","metadata":null}"#;
        assert_eq!(cell(&cells(write, bare).unwrap(), "quantity").as_deref(), Some(""));
    }
}
