//! Pipelines, fields and users, in both APIs.

use amocrm_sandbox::Config;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::account;
use crate::client::Client;

#[tokio::test]
async fn pipelines_are_those_of_the_account_and_found_by_id() {
    let client = Client::logged_in(account()).await;
    let whole = client.json("/api/v2/account?with=pipelines").await;
    let list = client.json("/api/v2/pipelines").await;
    let pipelines = &whole["_embedded"]["pipelines"];
    assert_eq!(&list["_embedded"]["items"], pipelines);
    let (id, pipeline) = pipelines.as_object().unwrap().iter().next().unwrap();
    let one = client.json(&format!("/api/v2/pipelines?id={id}")).await;
    assert_eq!(one["_embedded"]["items"], json!({ id: pipeline }));
    assert_eq!(client.get("/api/v2/pipelines?id=5").await.status(), StatusCode::NO_CONTENT);
    assert_eq!(client.sandbox.requests()[2].rows, 2);
}

#[tokio::test]
async fn the_fields_of_both_apis_agree() {
    let client = Client::with_token(account());
    let account = client.json("/api/v2/account?with=custom_fields").await;
    for list in ["contacts", "leads", "companies"] {
        let old = &account["_embedded"]["custom_fields"][list];
        let page = client.json(&format!("/api/v4/{list}/custom_fields")).await;
        let new = page["_embedded"]["custom_fields"].as_array().unwrap();
        assert_eq!(old.as_object().unwrap().len(), new.len());
        assert_eq!(page["_total_items"], new.len());
        for new in new {
            let old = &old[new["id"].to_string()];
            assert_eq!((&old["name"], &old["sort"]), (&new["name"], &new["sort"]));
            assert_eq!(old["code"], new["code"].as_str().unwrap_or(""));
            assert_eq!(new["entity_type"], list);
            assert_eq!(old.get("enums").is_some(), new["enums"].is_array());
            let choices = new["enums"].as_array().into_iter().flatten();
            for choice in choices {
                assert_eq!(old["enums"][choice["id"].to_string()], choice["value"]);
            }
        }
    }
}

#[tokio::test]
async fn types_of_fields_are_words_in_v4_and_numbers_in_v2() {
    let client = Client::with_token(account());
    let account = client.json("/api/v2/account?with=custom_fields").await;
    let fields = client.listed("/api/v4/leads/custom_fields", "custom_fields").await;
    let shapes: Vec<(u64, &str)> = fields
        .iter()
        .map(|field| {
            let old = &account["_embedded"]["custom_fields"]["leads"][field["id"].to_string()];
            (old["field_type"].as_u64().unwrap(), field["type"].as_str().unwrap())
        })
        .collect();
    for pair in [(2, "numeric"), (3, "checkbox"), (4, "select"), (13, "smart_address")] {
        assert!(shapes.contains(&pair), "{pair:?} {shapes:?}");
    }
}

#[tokio::test]
async fn fields_are_paged_and_come_one_by_one() {
    let client = Client::with_token(account());
    let all = client.listed("/api/v4/leads/custom_fields", "custom_fields").await;
    let paged = client.all("/api/v4/leads/custom_fields?limit=3", "custom_fields").await;
    assert_eq!(paged, all);
    let page = client.json("/api/v4/leads/custom_fields?limit=3").await;
    assert_eq!(page["_page_count"], all.len().div_ceil(3));
    let path = format!("/api/v4/leads/custom_fields/{}", all[1]["id"]);
    assert_eq!(client.json(&path).await, all[1]);
    for path in ["customers/custom_fields", "leads/custom_fields/5"] {
        assert_eq!(client.get(&format!("/api/v4/{path}")).await.status(), 204, "{path}");
    }
}

#[tokio::test]
async fn only_administrators_see_the_users() {
    let client = Client::with_token(Config { admin: false, ..account() });
    let account = client.json("/api/v4/account").await;
    let users = client.json("/api/v2/account?with=users").await;
    let user = &users["_embedded"]["users"][account["current_user_id"].to_string()];
    assert_eq!(user["is_admin"], false);
    assert_eq!(users["current_user"], account["current_user_id"]);
    for path in ["/api/v4/users".to_owned(), format!("/api/v4/users/{}", user["id"])] {
        let reply = client.get(&path).await;
        assert_eq!(reply.status(), StatusCode::FORBIDDEN);
        assert_eq!(reply.headers()["content-type"], "application/problem+json");
        assert_eq!(reply.json::<Value>().await.unwrap()["status"], 403);
    }
    assert_eq!(client.get("/api/v4/leads").await.status(), StatusCode::OK);
}
