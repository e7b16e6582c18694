use std::ops::Range;
use std::time::{Duration, Instant};

use amocrm_sandbox::{Action, Config, Fault};
use reqwest::StatusCode;
use reqwest::header::LOCATION;
use serde_json::Value;

use crate::client::{Client, small};

const NOTES: &str = "/api/v2/notes?type=lead&limit_rows=20&limit_offset=20";

fn spoilt(path: &str, nth: Range<u64>, action: Action) -> Config {
    let path = path.to_owned();
    Config { faults: vec![Fault { path, nth, action }], ..small() }
}

async fn first_spoilt(action: Action) -> Client {
    Client::logged_in(spoilt("/api/v2/notes", 0..1, action)).await
}

async fn statuses(client: &Client, path: &str, times: usize) -> Vec<u16> {
    let mut statuses = Vec::new();
    for _ in 0..times {
        statuses.push(client.get(path).await.status().as_u16());
    }
    statuses
}

#[tokio::test]
async fn a_status_comes_with_its_headers_and_body_and_only_when_its_turn_is() {
    let headers = vec![("Retry-After".to_owned(), "7".to_owned())];
    let action = Action::Status(502, headers, "<html>Bad Gateway".to_owned());
    let client = Client::logged_in(spoilt("/api/v2/notes", 1..3, action)).await;
    assert_eq!(statuses(&client, NOTES, 2).await, [200, 502]);
    let response = client.get(NOTES).await;
    assert_eq!(response.headers()["retry-after"], "7");
    assert_eq!(response.text().await.unwrap(), "<html>Bad Gateway");
    assert_eq!(statuses(&client, NOTES, 1).await, [200]);
}

#[tokio::test]
async fn a_fault_can_aim_at_one_page() {
    let path = "type=lead&limit_rows=20&limit_offset=20";
    let client = Client::logged_in(spoilt(path, 0..9, Action::EmptyPage)).await;
    let page = |offset| format!("type=lead&limit_rows=20&limit_offset={offset}");
    assert_eq!(client.rows(&page(0)).await.len(), 20);
    assert_eq!(client.rows(&page(20)).await.len(), 0);
    assert_eq!(client.rows(&page(40)).await.len(), 20);
}

#[tokio::test]
async fn an_empty_page_is_a_204_though_there_are_rows() {
    let client = first_spoilt(Action::EmptyPage).await;
    assert_eq!(statuses(&client, NOTES, 2).await, [204, 200]);
}

#[tokio::test]
async fn a_short_page_has_the_first_rows_only() {
    let client = first_spoilt(Action::ShortPage(3)).await;
    let short = client.ids("type=lead").await;
    let whole = client.ids("type=lead").await;
    assert_eq!(short, whole[..3]);
    assert_eq!(client.sandbox.requests()[1].rows, 3);
}

#[tokio::test]
async fn a_short_page_of_no_rows_is_an_empty_list() {
    let client = first_spoilt(Action::ShortPage(0)).await;
    let page = client.json(NOTES).await;
    assert_eq!(page["_embedded"]["items"], Value::Array(Vec::new()));
}

#[tokio::test]
async fn a_body_can_be_anything() {
    let client = first_spoilt(Action::Body("{\"half\":".to_owned())).await;
    let response = client.get(NOTES).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.text().await.unwrap(), "{\"half\":");
}

#[tokio::test]
async fn a_cut_body_stops_half_way_through_what_was_announced() {
    let client = first_spoilt(Action::CutBody).await;
    let mut response = client.get(NOTES).await;
    assert_eq!(response.status(), StatusCode::OK);
    let announced = response.content_length().unwrap();
    let mut arrived = 0;
    let end = loop {
        match response.chunk().await {
            Ok(Some(bytes)) => arrived += bytes.len() as u64,
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    assert!(end.is_err());
    assert_eq!(arrived, announced / 2);
    assert_eq!(statuses(&client, NOTES, 1).await, [200]);
}

#[tokio::test]
async fn a_closed_connection_gives_no_reply_at_all() {
    let client = first_spoilt(Action::Close).await;
    let error = client.http.get(client.url(NOTES)).send().await.unwrap_err();
    assert!(error.is_request());
    assert_eq!(client.sandbox.requests()[1].status, 0);
    assert_eq!(statuses(&client, NOTES, 1).await, [200]);
}

#[tokio::test]
async fn a_delay_makes_the_reply_late() {
    let client = first_spoilt(Action::Delay(Duration::from_millis(40))).await;
    let start = Instant::now();
    assert_eq!(client.rows("type=lead").await.len(), 60);
    assert!(start.elapsed() >= Duration::from_millis(40));
}

#[tokio::test]
async fn a_reply_may_come_byte_by_byte() {
    let client = first_spoilt(Action::Drip(Duration::from_millis(5))).await;
    let start = Instant::now();
    let mut response = client.get("/api/v2/notes?type=lead&limit_rows=1").await;
    assert_eq!(response.chunk().await.unwrap().unwrap().len(), 1);
    let rest = response.bytes().await.unwrap();
    assert!(start.elapsed() >= Duration::from_millis(5) * u32::try_from(rest.len()).unwrap());
    assert!(rest.ends_with(b"}"));
}

#[tokio::test]
async fn a_lost_reply_was_meant() {
    let client = first_spoilt(Action::Lose).await;
    assert!(client.http.get(client.url(NOTES)).send().await.is_err());
    assert_eq!(client.sandbox.requests()[1].status, 0);
    assert_eq!(statuses(&client, NOTES, 1).await, [200]);
}

#[tokio::test]
async fn a_text_in_a_reply_may_be_another() {
    let action = Action::Replace("\"items\"".to_owned(), "\"things\"".to_owned());
    let client = first_spoilt(action).await;
    assert_eq!(client.json(NOTES).await["_embedded"]["things"].as_array().unwrap().len(), 20);
    assert_eq!(client.json(NOTES).await["_embedded"]["items"].as_array().unwrap().len(), 20);
}

#[tokio::test]
async fn an_expired_session_says_110_until_the_next_login() {
    let client = first_spoilt(Action::ExpireSession).await;
    let body = client.json(NOTES).await;
    assert_eq!(body["response"]["error_code"], "110");
    assert_eq!(statuses(&client, NOTES, 1).await, [401]);
    client.login().await;
    assert_eq!(statuses(&client, NOTES, 1).await, [200]);
}

#[tokio::test]
async fn a_redirect_names_its_place() {
    let client = first_spoilt(Action::Redirect("https://other.example/".to_owned())).await;
    let response = client.get(NOTES).await;
    assert_eq!(response.status(), StatusCode::FOUND);
    assert_eq!(response.headers()[LOCATION], "https://other.example/");
}

#[tokio::test]
async fn the_login_can_be_spoilt_too() {
    let action = Action::Status(500, Vec::new(), String::new());
    let client = Client::start(spoilt("/private/api/auth.php", 0..1, action));
    assert_eq!(client.login().await.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(client.login().await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_request_that_is_over_the_rate_does_not_use_a_fault_up() {
    let config = Config { rate: 0.001, ..spoilt("/", 0..9, Action::EmptyPage) };
    let client = Client::start(config);
    assert_eq!(statuses(&client, NOTES, 2).await, [204, 429]);
}

/// The second request for notes does this to the lists.
fn second(action: Action) -> Config {
    spoilt("notes?", 1..2, action)
}

#[tokio::test]
async fn removed_rows_are_gone_from_every_kind_and_others_move_to_their_places() {
    let client = Client::logged_in(second(Action::RemoveRows(5))).await;
    let page = "limit_rows=20&limit_offset=20";
    let whole = Client::logged_in(small()).await;
    assert_eq!(
        client.ids(&format!("type=lead&{page}")).await,
        whole.ids(&format!("type=lead&{page}")).await
    );
    for kind in ["lead", "contact", "company", "task", "customer"] {
        let moved = whole.ids(&format!("type={kind}&limit_rows=20&limit_offset=25")).await;
        assert_eq!(client.ids(&format!("type={kind}&{page}")).await, moved, "{kind}");
        assert_eq!(client.ids(&format!("type={kind}")).await.len(), 55, "{kind}");
    }
}

#[tokio::test]
async fn removed_rows_are_not_found_by_id_or_filter_either() {
    let client = Client::logged_in(second(Action::RemoveRows(1))).await;
    let first = client.rows("type=lead&limit_rows=1").await.remove(0);
    assert_eq!(client.rows(&format!("type=lead&id={}", first["id"])).await.len(), 0);
    let of_element = format!("type=lead&element_id={}", first["element_id"]);
    assert!(client.rows(&of_element).await.iter().all(|row| row["id"] != first["id"]));
}

#[tokio::test]
async fn inserted_rows_are_held_back_until_then_and_push_the_others_back() {
    let client = Client::logged_in(second(Action::InsertRows(5))).await;
    let whole = Client::logged_in(small()).await.ids("type=lead").await;
    assert_eq!(client.ids("type=lead").await, whole[5..]);
    assert_eq!(client.ids("type=lead&limit_rows=20").await, whole[..20]);
    assert_eq!(client.ids("type=lead").await, whole);
}

#[tokio::test]
async fn api_v4_has_neither_removed_notes_nor_their_events() {
    let notes = "/api/v4/leads/notes?order[id]=asc&limit=250";
    let events = "/api/v4/events?limit=100&order[created_at]=asc&filter[entity]=lead";
    let client = Client::with_token(spoilt("note_type", 0..1, Action::RemoveRows(30)));
    let (all_notes, all_events) =
        (client.all(notes, "notes").await, client.all(events, "events").await);
    client.get("/api/v4/leads/notes?filter[note_type]=common").await;
    let (few_notes, few_events) =
        (client.all(notes, "notes").await, client.all(events, "events").await);
    assert!(!few_notes.is_empty() && few_notes.len() < all_notes.len());
    assert_eq!(few_notes, all_notes[all_notes.len() - few_notes.len()..]);
    assert!(!few_events.is_empty() && few_events.len() < all_events.len());
    let told = |note: &Value| {
        few_events.iter().any(|event| event["value_after"][0]["note"]["id"] == note["id"])
    };
    let removed = all_notes.len() - few_notes.len();
    assert!(!all_notes[..removed].iter().any(told) && few_notes.iter().any(told));
    let gone = all_notes[0]["id"].as_u64().unwrap();
    let one = client.get(&format!("/api/v4/leads/notes/{gone}")).await;
    assert_eq!(one.status(), StatusCode::NO_CONTENT);
    let event = all_events[0]["id"].as_str().unwrap();
    let one = client.get(&format!("/api/v4/events/{event}")).await;
    assert_eq!(one.status(), StatusCode::NO_CONTENT);
}
