//! Lists that lie or move do so in both APIs and whatever they hold.

use amocrm_sandbox::{Action, Config, Fault, Kind, ListFault, Place, When};
use serde_json::Value;

use super::account;
use crate::client::Client;

/// Every list, where its page begins and what its rows are called.
const LISTS: [(&str, &str); 17] = [
    ("/api/v2/notes?type=lead&limit_rows=10&limit_offset=10", "items"),
    ("/api/v2/leads?limit_rows=10&limit_offset=10", "items"),
    ("/api/v2/contacts?limit_rows=10&limit_offset=10", "items"),
    ("/api/v2/companies?limit_rows=10&limit_offset=10", "items"),
    ("/api/v2/customers?limit_rows=10&limit_offset=10", "items"),
    ("/api/v2/tasks?limit_rows=10&limit_offset=10", "items"),
    ("/api/v2/transactions?limit_rows=10&limit_offset=10", "items"),
    ("/api/v2/incoming_leads?page=2&page_size=10", "items"),
    ("/api/v4/leads/notes?page=2&limit=10", "notes"),
    ("/api/v4/events?page=2&limit=10", "events"),
    ("/api/v4/leads?page=2&limit=10", "leads"),
    ("/api/v4/contacts?page=2&limit=10", "contacts"),
    ("/api/v4/companies?page=2&limit=10", "companies"),
    ("/api/v4/customers?page=2&limit=10", "customers"),
    ("/api/v4/tasks?page=2&limit=10", "tasks"),
    ("/api/v4/customers/transactions?page=2&limit=10", "transactions"),
    ("/api/v4/leads/unsorted?page=2&limit=10", "unsorted"),
];

fn at(path: &str, nth: std::ops::Range<u64>, fault: ListFault) -> Fault {
    Fault { path: path.to_owned(), nth, action: Action::List(fault) }
}

fn with(faults: Vec<Fault>) -> Client {
    Client::with_token(Config { faults, ..account() })
}

/// The rows of a page without their links, which name the server.
async fn rows(client: &Client, path: &str, name: &str) -> Vec<Value> {
    let mut rows = client.listed(path, name).await;
    rows.iter_mut().for_each(drop_links);
    rows
}

fn drop_links(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.remove("_links");
            members.values_mut().for_each(drop_links);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_links),
        _ => {}
    }
}

#[tokio::test]
async fn a_list_that_was_changed_is_spelt_as_it_was() {
    for (path, name) in LISTS {
        let whole = rows(&with(Vec::new()), path, name).await;
        let client = with(vec![at(path, 0..1, ListFault::Next)]);
        assert_eq!(rows(&client, path, name).await, whole, "{path}");
        assert_eq!(rows(&client, path, name).await, whole, "{path}");
        let pages = client.sandbox.requests().len();
        assert_eq!((pages, client.sandbox.requests()[0].rows), (2, whole.len() as u64), "{path}");
    }
}

#[tokio::test]
async fn a_page_lacks_rows_once_and_its_list_for_good() {
    for (path, name) in LISTS {
        let whole = rows(&with(Vec::new()), path, name).await;
        let client = with(vec![
            at(path, 0..1, ListFault::Gap(4)),
            at(path, 2..3, ListFault::Delete(3, Place::Front)),
        ]);
        let short = rows(&client, path, name).await;
        assert_eq!(short.len(), whole.len() - 4, "{path}");
        assert_eq!((short.first(), short.last()), (whole.first(), whole.last()), "{path}");
        assert_eq!(rows(&client, path, name).await, whole, "{path}");
        let moved = rows(&client, path, name).await;
        assert_eq!(moved[..7], whole[3..], "{path}");
        assert_eq!(rows(&client, path, name).await, moved, "{path}");
    }
}

#[tokio::test]
async fn rows_that_were_not_there_all_the_time_are_known_by_their_ids() {
    let id = |row: &Value| match row.get("id").unwrap_or(&row["uid"]) {
        Value::String(id) => id.clone(),
        id => id.to_string(),
    };
    for (path, name) in LISTS {
        let client = with(vec![
            at(path, 1..2, ListFault::Delete(12, Place::Front)),
            at(path, 1..2, ListFault::Add(1, Place::Front)),
        ]);
        let whole = rows(&client, path, name).await;
        assert!(client.sandbox.gone_rows().is_empty(), "{path}");
        rows(&client, path, name).await;
        let gone = client.sandbox.gone_rows();
        assert_eq!(gone.len(), 12, "{path}");
        let is_gone = |row| gone.contains(&id(row));
        assert_eq!(whole.iter().filter(|row| is_gone(row)).count(), 2, "{path}");
    }
}

#[tokio::test]
async fn rows_that_change_places_are_of_the_same_second() {
    let times = |rows: &[Value]| -> Vec<Value> {
        rows.iter().map(|row| row["created_at"].clone()).collect()
    };
    for (path, name) in LISTS {
        let client = with(vec![at(path, 0..9, ListFault::Shuffle(5))]);
        let first = rows(&client, path, name).await;
        let second = rows(&client, path, name).await;
        assert_ne!(first, second, "{path}");
        assert!(times(&first).iter().all(Value::is_number), "{path}");
        assert_eq!(times(&first), times(&second), "{path}");
    }
}

#[tokio::test]
async fn what_happens_to_lists_does_not_happen_to_a_login() {
    let login = at("auth.php", 0..1, ListFault::Delete(3, Place::Front));
    let client = Client::start(Config { faults: vec![login], ..account() });
    assert_eq!(client.login().await.status(), 200);
}

#[tokio::test]
async fn lists_by_filter_and_by_header_are_lists_of_their_own() {
    let path = "/api/v2/leads?limit_rows=500";
    let client = with(vec![at(path, 0..1, ListFault::Keep(5))]);
    assert_eq!(rows(&client, path, "items").await.len(), 5);
    let request = client.http.get(client.url(path));
    let since = request.header("if-modified-since", "Thu, 01 Jan 2015 00:00:00 GMT");
    assert_eq!(crate::client::rows_of(since.send().await.unwrap()).await.len(), 200);
    let sold = format!("{path}&status=142");
    let whole = rows(&with(Vec::new()), &sold, "items").await;
    assert_eq!(rows(&client, &sold, "items").await, whole);
}

#[tokio::test]
async fn a_list_of_as_many_ids_as_a_page_has_rows_comes_to_an_end() {
    let notes = account().notes.with(Kind::Lead, 500);
    let faults = vec![at("&id=", 0..9, ListFault::Reverse)];
    let client = Client::with_token(Config { notes, faults, ..account() });
    let all = rows(&client, "/api/v2/notes?type=lead", "items").await;
    let ids: Vec<String> = all.iter().map(|row| row["id"].to_string()).collect();
    let path = format!("/api/v2/notes?type=lead&id={}", ids.join(","));
    let reversed: Vec<Value> = all.into_iter().rev().collect();
    assert_eq!(rows(&client, &path, "items").await, reversed);
}

#[tokio::test]
async fn what_is_no_list_is_left_alone() {
    let whole = with(Vec::new());
    for path in ["/api/v4/account", "/api/v2/account", "/api/v4/leads/pipelines"] {
        let client = with(vec![at(path, 0..9, ListFault::New)]);
        let fields = |value: Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(fields(client.json(path).await), fields(whole.json(path).await), "{path}");
    }
    let client =
        Client::start(Config { faults: vec![at("leads", 0..9, ListFault::New)], ..account() });
    assert_eq!(client.get("/api/v4/leads").await.status(), 401);
}

#[tokio::test]
async fn the_same_seed_lies_the_same_way() {
    let path = "/api/v4/leads?page=1&limit=50";
    let pages = async |seed| {
        let action = Box::new(Action::List(ListFault::Skip(5)));
        let when = When { share: 0.5, seed, ..When::default() };
        let action = Action::When(when, action);
        let client = with(vec![Fault { path: path.to_owned(), nth: 0..99, action }]);
        let mut pages = Vec::new();
        for _ in 0..8 {
            pages.push(rows(&client, path, "leads").await);
        }
        pages
    };
    let (first, again, other) = (pages(1).await, pages(1).await, pages(2).await);
    assert!(first == again && first != other);
    assert!(first[1..].iter().any(|page| *page != first[0]));
}
