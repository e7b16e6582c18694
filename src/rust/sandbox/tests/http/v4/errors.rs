use std::ops::Range;

use amocrm_sandbox::{Action, Config, Fault};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::client::{Client, ids_of, small};

const NOTES: &str = "/api/v4/leads/notes?filter%5Bnote_type%5D%5B%5D=common&order[id]=asc";

fn spoilt(path: &str, nth: Range<u64>, action: Action) -> Client {
    let path = path.to_owned();
    Client::with_token(Config { faults: vec![Fault { path, nth, action }], ..small() })
}

async fn problem(response: Response) -> Value {
    assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
    assert_eq!(response.headers()["x-request-id"].len(), 32);
    response.json().await.unwrap()
}

#[tokio::test]
async fn nothing_of_v4_is_shown_to_strangers() {
    let client = Client::logged_in(small()).await;
    let expected = json!({
        "title": "Unauthorized",
        "type": "https://httpstatus.es/401",
        "status": 401,
        "detail": "Неверный логин или пароль",
    });
    for path in ["/api/v4/account", "/api/v4/leads/notes", "/api/v4/unheard_of"] {
        let response = client.get(path).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(problem(response).await, expected, "{path}");
        let request = client.http.get(client.url(path)).bearer_auth("made.up.token");
        assert_eq!(request.send().await.unwrap().status(), StatusCode::UNAUTHORIZED, "{path}");
    }
}

#[tokio::test]
async fn a_token_opens_v2_as_well() {
    let client = Client::with_token(small());
    assert_eq!(client.rows("type=lead").await.len(), 60);
    let request = client.http.get(client.url("/api/v2/account")).bearer_auth("made.up.token");
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["response"]["error_code"], "110");
}

#[tokio::test]
async fn v2_can_be_gone() {
    let client = Client::with_token(Config { v2: false, ..small() });
    for path in ["/api/v2/account", "/api/v2/notes?type=lead", "/private/api/auth.php?type=json"] {
        let response = client.get(path).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(problem(response).await["status"], 404, "{path}");
    }
    assert_eq!(client.login().await.status(), StatusCode::NOT_FOUND);
    assert!(!client.listed("/api/v4/leads/notes", "notes").await.is_empty());
}

#[tokio::test]
async fn v2_can_be_forbidden_with_a_fault() {
    let client = spoilt("/api/v2/", 0..u64::MAX, Action::Status(410, Vec::new(), String::new()));
    assert_eq!(client.get("/api/v2/account").await.status(), StatusCode::GONE);
    assert_eq!(client.get("/api/v4/account").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn an_unknown_path_is_a_404_that_names_it() {
    let client = Client::with_token(small());
    for path in ["/api/v4/unheard_of", "/api/v4/leads/notes/five", "/api/v4/leads/five/notes"] {
        let response = client.get(path).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        let body = problem(response).await;
        assert_eq!(body["title"], "Not Found");
        assert_eq!(body["detail"], format!("Cannot GET {}{path}", client.sandbox.url()));
    }
}

#[tokio::test]
async fn a_wrong_method_is_a_405() {
    let client = Client::with_token(small());
    let response = client.http.post(client.url("/api/v4/leads/notes")).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(problem(response).await["title"], "Method Not Allowed");
}

#[tokio::test]
async fn parameters_that_make_no_sense_are_400_and_named() {
    let client = Client::with_token(small());
    let eleven = "1,2,3,4,5,6,7,8,9,10,11";
    for (path, culprit) in [
        ("leads/notes?page=0".to_owned(), "page"),
        ("leads/notes?limit=many".to_owned(), "limit"),
        ("leads/notes?filter[id][]=x".to_owned(), "filter.id"),
        ("leads/notes?filter[entity_id]=x".to_owned(), "filter.entity_id"),
        ("leads/notes?filter[updated_at][from]=2019-06-01".to_owned(), "filter.updated_at"),
        ("leads/notes?order[created_at]=asc".to_owned(), "order.created_at"),
        ("leads/notes?order[id]=up".to_owned(), "order.id"),
        ("events?filter[entity]=leads".to_owned(), "filter.entity"),
        ("events?filter[entity_id][]=5".to_owned(), "filter.entity_id"),
        ("events?filter[entity]=lead,contact&filter[entity_id]=5".to_owned(), "filter.entity_id"),
        (format!("events?filter[entity]=lead&filter[entity_id]={eleven}"), "filter.entity_id"),
        (format!("events?filter[created_by]={eleven}"), "filter.created_by"),
        ("events?order[id]=asc".to_owned(), "order.id"),
        ("tasks?filter[entity_type]=lead".to_owned(), "filter.entity_type"),
        ("tasks?filter[entity_type]=tasks".to_owned(), "filter.entity_type"),
        ("users?page=last".to_owned(), "page"),
    ] {
        let response = client.get(&format!("/api/v4/{path}")).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{path}");
        let body = problem(response).await;
        assert_eq!(body["detail"], "Request validation failed", "{path}");
        let error = &body["validation-errors"][0]["errors"][0];
        assert_eq!(error["path"], culprit, "{path}");
        assert!(error["code"].is_string() && error["detail"].is_string(), "{path}");
    }
}

#[tokio::test]
async fn every_reply_has_a_number_of_its_own() {
    let client = Client::with_token(small());
    let mut ids = Vec::new();
    for path in ["/api/v4/account", "/api/v2/account", "/api/v4/events", "/nowhere"] {
        ids.push(client.get(path).await.headers()["x-request-id"].clone());
    }
    ids.dedup();
    assert_eq!(ids.len(), 4);
}

#[tokio::test]
async fn too_many_requests_are_html_on_amocrm() {
    let client = Client::with_token(Config { rate: 0.001, ..small() });
    client.get("/api/v4/account").await;
    let response = client.get("/api/v4/account").await;
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(response.headers()[CONTENT_TYPE], "text/html");
}

#[tokio::test]
async fn faults_match_brackets_however_they_were_sent() {
    for path in ["filter[note_type][]=common", "filter%5Bnote_type%5D%5B%5D=common"] {
        let client = spoilt(path, 0..1, Action::EmptyPage);
        assert_eq!(client.get(NOTES).await.status(), StatusCode::NO_CONTENT);
        assert_eq!(client.get(NOTES).await.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn a_short_page_has_the_first_rows_and_points_on_as_if_it_had_all() {
    for (path, name) in [
        ("/api/v4/leads/notes?limit=20", "notes"),
        ("/api/v4/events?limit=20", "events"),
        ("/api/v4/tasks?limit=20", "tasks"),
    ] {
        let client = spoilt(path, 0..1, Action::ShortPage(3));
        let short = client.json(path).await;
        let whole = client.json(path).await;
        let rows = |page: &Value| page["_embedded"][name].as_array().unwrap().clone();
        assert_eq!(rows(&short), rows(&whole)[..3]);
        assert_eq!(short["_links"], whole["_links"]);
        assert_eq!(client.sandbox.requests()[0].rows, 3);
    }
}

#[tokio::test]
async fn a_short_page_of_no_rows_is_an_empty_list() {
    let client = spoilt("/api/v4/leads/notes", 0..1, Action::ShortPage(0));
    assert_eq!(client.json(NOTES).await["_embedded"]["notes"], json!([]));
}

#[tokio::test]
async fn an_empty_page_in_the_middle_is_a_204_though_rows_follow() {
    let client = spoilt("page=2&limit=10", 0..1, Action::EmptyPage);
    let page = async |number: u64| {
        let path = format!("/api/v4/leads/notes?order[id]=asc&page={number}&limit=10");
        ids_of(&client.listed(&path, "notes").await).len()
    };
    let sizes = [page(1).await, page(2).await, page(3).await, page(2).await];
    assert_eq!(sizes, [10, 0, 10, 10]);
}

#[tokio::test]
async fn a_session_that_a_fault_ends_is_refused_as_v4_spells_it() {
    let client = spoilt("/api/v4/account", 0..1, Action::ExpireSession);
    let response = client.get("/api/v4/account").await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(problem(response).await["title"], "Unauthorized");
    assert_eq!(client.get("/api/v4/account").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_body_can_be_cut() {
    let client = spoilt("/api/v4/leads/notes", 0..1, Action::CutBody);
    let response = client.get(NOTES).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert!(response.bytes().await.is_err());
}
