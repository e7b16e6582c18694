use std::time::Duration;

use amocrm_sandbox::Config;
use reqwest::StatusCode;
use reqwest::header::RETRY_AFTER;

use crate::client::{Client, small};

#[tokio::test]
async fn one_request_too_many_gets_429_from_the_gateway() {
    // One request in seventeen minutes: no test is that slow.
    let config = Config { rate: 0.001, ..small() };
    let client = Client::logged_in(config).await;
    let response = client.get("/api/v2/account").await;
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(response.headers().get(RETRY_AFTER).is_none());
    assert!(response.text().await.unwrap().starts_with("<html>"));
    let log = client.sandbox.requests();
    assert_eq!(log.iter().map(|request| request.status).collect::<Vec<_>>(), [200, 429]);
}

#[tokio::test]
async fn without_a_rate_all_requests_are_answered() {
    let client = Client::logged_in(small()).await;
    for _ in 0..50 {
        assert_eq!(client.get("/api/v2/account").await.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn latency_is_added_to_every_reply() {
    let config = Config { latency: Duration::from_millis(30), ..small() };
    let client = Client::start(config);
    let start = std::time::Instant::now();
    client.login().await;
    client.get("/nowhere").await;
    assert!(start.elapsed() >= Duration::from_millis(60));
}
