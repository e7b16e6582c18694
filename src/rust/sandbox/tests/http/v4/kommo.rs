use amocrm_sandbox::Config;
use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use crate::client::{Client, small};

fn kommo() -> Config {
    Config { kommo: true, ..small() }
}

#[tokio::test]
async fn kommo_has_no_customers() {
    let client = Client::with_token(kommo());
    for path in ["/api/v4/customers", "/api/v4/customers/notes", "/api/v4/customers/5/notes"] {
        assert_eq!(client.get(path).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
    let events = client.all("/api/v4/events?limit=250", "events").await;
    assert!(events.len() > 200);
    assert!(events.iter().all(|event| event["entity_type"] != "customer"));
    let response = client.get("/api/v4/events?filter[entity]=customer").await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert_eq!(client.json("/api/v4/account").await["customers_mode"], "unavailable");
}

#[tokio::test]
async fn kommo_lists_up_to_250_events() {
    let client = Client::with_token(kommo());
    for (limit, rows) in [(250, 250), (251, 50)] {
        let path = format!("/api/v4/events?limit={limit}");
        assert_eq!(client.listed(&path, "events").await.len(), rows);
    }
}

#[tokio::test]
async fn kommo_says_in_json_how_long_to_wait() {
    let client = Client::with_token(Config { rate: 0.01, ..kommo() });
    client.get("/api/v4/account").await;
    let response = client.get("/api/v4/account").await;
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["retry_after"], 101);
    assert_eq!((&body["status"], &body["title"]), (&json!(429), &json!("Too Many Requests")));
}

#[tokio::test]
async fn kommo_refuses_strangers_in_english() {
    let client = Client::start(kommo());
    let body = client.json("/api/v4/account").await;
    assert_eq!(body["detail"], "Invalid user name or password");
    let body = client.json("/api/v2/account").await;
    assert_eq!(body["response"]["domain"], "sandbox.kommo.com");
}
