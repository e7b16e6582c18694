use std::collections::BTreeMap;

use amocrm_sandbox::{Config, Error, Kind, List, Sandbox};

use crate::client::{Client, rows_of, small};

const ROWS: &str = r#"[
  {"id": 30, "element_id": 7, "note_type": 4, "updated_at": 100, "text": "\u0416\/", "x": 1.50},
  {"id": 10, "element_id": 8, "note_type": 25, "updated_at": 200, "params": {"b": 1, "a": 2}}
]
{"_links": {}, "_embedded": {"items": [{"id": 20, "element_id": 7, "note_type": 4, "updated_at": 300}]}}"#;

fn recorded(text: &str) -> Config {
    Config { items: BTreeMap::from([(Kind::Lead, text.to_owned())]), ..small() }
}

#[tokio::test]
async fn recorded_rows_come_in_their_order_and_spelling() {
    let client = Client::logged_in(recorded(ROWS)).await;
    assert_eq!(client.ids("type=lead").await, [30, 10, 20]);
    let body = client.get("/api/v2/notes?type=lead").await.text().await.unwrap();
    assert!(body.contains(r#""text": "\u0416\/", "x": 1.50}"#), "{body}");
    assert!(body.contains(r#"{"b": 1, "a": 2}"#), "{body}");
}

#[tokio::test]
async fn recorded_rows_can_be_paged_and_filtered() {
    let client = Client::logged_in(recorded(ROWS)).await;
    for (query, ids) in [
        ("limit_rows=1&limit_offset=1", &[10][..]),
        ("id=20,30", &[30, 20]),
        ("element_id=7", &[30, 20]),
        ("note_type=25", &[10]),
        ("limit_rows=2&limit_offset=3", &[]),
    ] {
        assert_eq!(client.ids(&format!("type=lead&{query}")).await, ids, "{query}");
    }
}

#[tokio::test]
async fn the_other_kinds_stay_made_up() {
    let client = Client::logged_in(recorded("[]")).await;
    assert!(client.rows("type=lead").await.is_empty());
    assert_eq!(client.rows("type=contact").await.len(), 60);
}

#[test]
fn what_is_no_recording_is_refused_by_kind() {
    let error = Sandbox::start(recorded("<html>")).err().unwrap();
    assert!(matches!(&error, Error::Items { name, .. } if name == "lead notes"), "{error}");
}

fn recorded_lists(text: &str) -> Config {
    let lists = List::ALL.map(|list| (list, text.to_owned()));
    Config { list_items: BTreeMap::from(lists), ..small() }
}

#[tokio::test]
async fn every_list_can_be_recorded() {
    let rows = r#"[{"uid": "a", "id": 30, "name": "\u0416\/"}, {"id": 10}]
        {"_embedded": {"items": [{"uid": "b"}]}}"#;
    let client = Client::logged_in(recorded_lists(rows)).await;
    for list in List::ALL {
        let path = format!("/api/v2/{}", list.name());
        let body = client.get(&path).await.text().await.unwrap();
        assert!(
            body.contains(r#"[{"uid": "a", "id": 30, "name": "\u0416\/"},{"id": 10}"#),
            "{body}"
        );
        let count =
            async |query: &str| rows_of(client.get(&format!("{path}?{query}")).await).await.len();
        let (page, beyond) = match list {
            List::IncomingLeads => ("page=2&page_size=2", "page=3&page_size=2"),
            _ => ("limit_rows=2&limit_offset=2", "limit_rows=2&limit_offset=3"),
        };
        assert_eq!((count("").await, count(page).await, count(beyond).await), (3, 1, 0), "{path}");
        assert_eq!(count("id=10").await, 1, "{path}");
    }
    assert_eq!(client.sandbox.requests()[1].rows, 3);
}

#[test]
fn what_is_no_recorded_list_is_refused_by_name() {
    let error = Sandbox::start(recorded_lists("<html>")).err().unwrap();
    assert!(matches!(&error, Error::Items { name, .. } if name == "contacts"), "{error}");
}
