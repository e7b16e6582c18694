use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use amocrm_sandbox::{Config, Error, NoteCounts, Sandbox};
use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;
use serde_json::Value;

use crate::client::{Client, small};

fn refusal(config: Config) -> Error {
    Sandbox::start(config).err().unwrap()
}

#[tokio::test]
async fn an_unknown_path_is_a_problem() {
    let client = Client::logged_in(small()).await;
    for path in ["/", "/nowhere", "/api/v2/unheard_of"] {
        let response = client.get(path).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["status"], 404);
        assert!(body["title"].is_string() && body["detail"].is_string());
    }
}

#[tokio::test]
async fn the_log_tells_what_was_asked_and_hides_credentials() {
    let client = Client::logged_in(small()).await;
    let url = client.url("/api/v2/notes?type=lead&limit_rows=2&id%5B%5D=");
    let request = client.http.get(url).query(&client.credentials());
    let date = "Thu, 01 Jan 1970 00:00:00";
    let request = request.header("If-Modified-Since", date).header("User-Agent", "tester/1");
    request.send().await.unwrap();
    let log = client.sandbox.requests();
    assert_eq!((log[0].method.as_str(), log[0].path.as_str()), ("POST", "/private/api/auth.php"));
    assert_eq!((log[0].query.as_str(), log[0].status, log[0].cookie), ("type=json", 200, false));
    let asked = &log[1];
    let query = "type=lead&limit_rows=2&id%5B%5D=&USER_LOGIN=REDACTED&USER_HASH=REDACTED";
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("GET", "/api/v2/notes"));
    assert_eq!(asked.query, query);
    assert_eq!((asked.status, asked.rows, asked.cookie), (200, 2, true));
    assert_eq!(asked.if_modified_since.as_deref(), Some(date));
    assert_eq!(asked.user_agent.as_deref(), Some("tester/1"));
    assert!(log[0].at_ms <= asked.at_ms);
}

#[tokio::test]
async fn a_thousand_requests_at_once_are_all_answered() {
    let client = Client::logged_in(small()).await;
    let mut requests = Vec::new();
    for _ in 0..1000 {
        let request = client.http.get(client.url("/api/v2/notes?type=lead&limit_rows=1"));
        requests.push(tokio::spawn(request.send()));
    }
    for request in requests {
        assert_eq!(request.await.unwrap().unwrap().status(), StatusCode::OK);
    }
    assert_eq!(client.sandbox.requests().len(), 1001);
}

#[test]
fn one_connection_serves_one_request_after_the_other() {
    let sandbox = Sandbox::start(small()).unwrap();
    let address = sandbox.url().replace("http://", "");
    let mut stream = TcpStream::connect(address).unwrap();
    for _ in 0..3 {
        stream.write_all(b"GET /nowhere HTTP/1.1\r\nhost: here\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"\"status\":404}") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            answer.extend(byte);
        }
        assert!(answer.starts_with(b"HTTP/1.1 404"));
    }
}

#[test]
fn a_stopped_server_has_left_its_port_and_keeps_its_log() {
    let mut sandbox = Sandbox::start(small()).unwrap();
    let address = sandbox.url().replace("http://", "");
    let mut open = TcpStream::connect(&address).unwrap();
    sandbox.stop();
    sandbox.stop();
    assert!(TcpStream::connect(&address).is_err());
    let mut rest = Vec::new();
    assert!(open.read_to_end(&mut rest).is_err() || rest.is_empty());
    assert!(sandbox.requests().is_empty());
}

#[tokio::test]
async fn stopping_does_not_wait_for_late_replies() {
    let config = Config { latency: Duration::from_secs(1_000_000), ..small() };
    let mut client = Client::start(config);
    let request = tokio::spawn(client.http.get(client.url("/")).send());
    while client.sandbox.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    client.sandbox.stop();
    assert!(request.await.unwrap().is_err());
}

#[tokio::test]
async fn a_sandbox_may_start_and_end_inside_another_runtime() {
    drop(Sandbox::start(small()).unwrap());
}

#[test]
fn a_zone_that_is_none_is_an_error() {
    let timezone = "Europe/Atlantis".to_owned();
    let error = refusal(Config { timezone, ..small() });
    assert_eq!(error.to_string(), "unknown time zone \"Europe/Atlantis\"");
}

#[test]
fn a_rate_that_is_none_is_an_error() {
    for rate in [-1.0, f64::NAN] {
        assert!(matches!(refusal(Config { rate, ..small() }), Error::Rate(_)));
    }
}

#[test]
fn more_notes_than_ids_are_an_error() {
    let notes = NoteCounts::each(80_000_001);
    assert!(matches!(refusal(Config { notes, ..small() }), Error::TooManyNotes { .. }));
}
