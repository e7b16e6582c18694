//! What goes wrong with lists goes wrong as with notes.

use amocrm_sandbox::{Action, Config, Fault, List};
use reqwest::StatusCode;

use super::{ENTITIES, account, old};
use crate::client::{Client, ids_of};

fn with(path: &str, action: Action) -> Config {
    Config { faults: vec![Fault { path: path.to_owned(), nth: 1..2, action }], ..account() }
}

#[tokio::test]
async fn rows_that_are_removed_are_gone_from_every_list_of_both_apis() {
    let client = Client::with_token(with("api/v2/account", Action::RemoveRows(3)));
    client.get("/api/v2/account").await;
    let mut before = Vec::new();
    for list in ENTITIES {
        before.push(ids_of(&old(&client, list, "").await));
    }
    let tasks = ids_of(&old(&client, "tasks", "").await);
    client.get("/api/v2/account").await;
    for (list, before) in ENTITIES.into_iter().zip(before) {
        assert_eq!(ids_of(&old(&client, list, "").await), before[3..], "{list}");
        let path = format!("/api/v4/{list}?limit=250&order[id]=asc");
        assert_eq!(ids_of(&client.all(&path, list).await), before[3..], "{list}");
        let gone = client.get(&format!("/api/v4/{list}/{}", before[0])).await;
        assert_eq!(gone.status(), StatusCode::NO_CONTENT, "{list}");
    }
    assert_eq!(ids_of(&old(&client, "tasks", "").await), tasks[3..]);
    let new = client.listed("/api/v4/tasks?limit=250&order[id]=asc", "tasks").await;
    assert_eq!(ids_of(&new), tasks[3..]);
    assert_eq!(old(&client, "transactions", "").await.len(), 37);
    assert_eq!(old(&client, "incoming_leads", "").await.len(), 22);
}

#[tokio::test]
async fn rows_appear_before_the_first() {
    let client = Client::logged_in(with("limit_offset=0", Action::InsertRows(2))).await;
    let first = old(&client, "leads", "limit_rows=10&limit_offset=0").await;
    let again = old(&client, "leads", "limit_rows=10&limit_offset=0").await;
    assert_eq!(ids_of(&again)[2..], ids_of(&first)[..8]);
}

#[tokio::test]
async fn pages_come_short_and_empty_and_late() {
    for list in List::ALL.map(List::name) {
        let path = format!("/api/v2/{list}");
        let client = Client::logged_in(with(&path, Action::ShortPage(3))).await;
        assert!(old(&client, list, "").await.len() > 3);
        assert_eq!(old(&client, list, "").await.len(), 3, "{list}");
        let client = Client::logged_in(with(&path, Action::EmptyPage)).await;
        assert!(!old(&client, list, "").await.is_empty());
        assert!(old(&client, list, "").await.is_empty(), "{list}");
        assert!(!old(&client, list, "").await.is_empty());
    }
}

#[tokio::test]
async fn strangers_get_no_rows() {
    let client = Client::start(account());
    for list in List::ALL.map(List::name).into_iter().chain(["pipelines"]) {
        let reply = client.get(&format!("/api/v2/{list}")).await;
        assert_eq!(reply.status(), StatusCode::UNAUTHORIZED, "{list}");
    }
    for path in ["leads", "leads/unsorted", "customers/transactions", "leads/custom_fields"] {
        let reply = client.get(&format!("/api/v4/{path}")).await;
        assert_eq!(reply.status(), StatusCode::UNAUTHORIZED, "{path}");
    }
}

#[tokio::test]
async fn without_v2_its_lists_are_gone_and_those_of_v4_are_not() {
    let client = Client::with_token(Config { v2: false, ..account() });
    assert_eq!(client.get("/api/v2/leads").await.status(), StatusCode::NOT_FOUND);
    assert_eq!(client.get("/api/v4/leads").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn more_rows_than_ids_can_number_are_refused() {
    let lists = account().lists.with(List::Leads, 1_000_001);
    let error = amocrm_sandbox::Sandbox::start(Config { lists, ..account() }).err().unwrap();
    assert!(error.to_string().contains("1000001"), "{error}");
}

#[tokio::test]
async fn the_log_counts_the_rows_of_every_list() {
    let client = Client::with_token(account());
    let paths = [
        ("/api/v2/companies", 80),
        ("/api/v2/transactions", 40),
        ("/api/v2/incoming_leads", 25),
        ("/api/v4/leads?limit=7", 7),
        ("/api/v4/customers/transactions?limit=9", 9),
        ("/api/v4/contacts/custom_fields", 4),
    ];
    for (number, (path, rows)) in paths.into_iter().enumerate() {
        client.get(path).await;
        assert_eq!(client.sandbox.requests()[number].rows, rows, "{path}");
    }
}
