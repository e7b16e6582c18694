//! The lists of entities and of what hangs on them, in both APIs.

mod faults;
mod filters;
mod incoming;
mod links;
mod modern;
mod moving;
mod parts;
mod rows;
mod same;
mod tasks;
mod transactions;

use amocrm_sandbox::{Config, List, ListCounts, NoteCounts};
use serde_json::{Map, Value};

use crate::client::{Client, rows_of};

/// The lists of entities.
pub const ENTITIES: [&str; 4] = ["contacts", "leads", "companies", "customers"];

/// An account whose lists fit on one page and hold all that notes are about.
pub fn account() -> Config {
    let lists = ListCounts::default().with(List::Companies, 80).with(List::Customers, 40);
    Config { notes: NoteCounts::each(300), lists, ..Config::default() }
}

/// The rows of a page of API v2; the query may be empty.
pub async fn old(client: &Client, list: &str, query: &str) -> Vec<Value> {
    rows_of(client.get(&format!("/api/v2/{list}?{query}")).await).await
}

/// The ids in a linked part of a row of API v2, which may be empty in its two
/// ways.
pub fn linked(part: &Value) -> Vec<u64> {
    let is_empty =
        part.as_array().is_some_and(Vec::is_empty) || part.as_object().is_some_and(Map::is_empty);
    if is_empty {
        return Vec::new();
    }
    let ids = part["id"].as_array().unwrap();
    assert!(!ids.is_empty());
    ids.iter().map(|id| id.as_u64().unwrap()).collect()
}
