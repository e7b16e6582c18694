use amocrm_sandbox::{Config, NoteCounts};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::client::Client;

fn config() -> Config {
    Config { notes: NoteCounts::each(600), ..Config::default() }
}

async fn talks(client: &Client, query: &str) -> Vec<Value> {
    client.listed(&format!("/api/v4/talks?limit=250&{query}"), "talks").await
}

async fn messages(client: &Client) -> Vec<Value> {
    let types = "filter[type]=incoming_chat_message,outgoing_chat_message";
    client.all(&format!("/api/v4/events?limit=100&order[created_at]=asc&{types}"), "events").await
}

#[tokio::test]
async fn talks_agree_with_the_events_of_their_messages() {
    let client = Client::with_token(config());
    let messages = messages(&client).await;
    let talk_of = |event: &Value| event["value_after"][0]["message"].clone();
    let talks = talks(&client, "").await;
    assert!(talks.len() > 20);
    for talk in &talks {
        let of_talk: Vec<_> =
            messages.iter().filter(|event| talk_of(event)["talk_id"] == talk["talk_id"]).collect();
        let (first, last) = (of_talk[0], of_talk[of_talk.len() - 1]);
        assert_eq!(talk["created_at"], first["created_at"]);
        assert_eq!(talk["updated_at"], last["created_at"]);
        assert_eq!(talk["origin"], talk_of(last)["origin"]);
        let entity = &last["_embedded"]["entity"];
        assert_eq!(talk["contact_id"], entity["linked_talk_contact_id"]);
        if last["entity_type"] == "contact" {
            assert_eq!((&talk["entity_id"], &talk["entity_type"]), (&Value::Null, &Value::Null));
            assert_eq!(talk["contact_id"], last["entity_id"]);
        } else {
            assert_eq!(talk["entity_id"], last["entity_id"]);
            assert_eq!(talk["entity_type"], last["entity_type"]);
        }
        if last["type"] == "outgoing_chat_message" {
            assert_eq!((&talk["is_read"], &talk["missed_at"]), (&json!(true), &Value::Null));
        }
    }
    let listed: Vec<_> = talks.iter().map(|talk| &talk["talk_id"]).collect();
    assert!(messages.iter().all(|event| listed.contains(&&talk_of(event)["talk_id"])));
}

#[tokio::test]
async fn what_a_talk_is_about_is_embedded() {
    let client = Client::with_token(config());
    for talk in talks(&client, "").await {
        let ids = |name: &str| {
            let parts = talk["_embedded"][name].as_array().unwrap();
            parts.iter().map(|part| part["id"].clone()).collect::<Vec<_>>()
        };
        let about = |kind: &str| {
            if talk["entity_type"] == kind { vec![talk["entity_id"].clone()] } else { Vec::new() }
        };
        assert_eq!(ids("contacts"), [talk["contact_id"].clone()]);
        assert_eq!(ids("leads"), about("lead"));
        assert_eq!(ids("customers"), about("customer"));
    }
}

#[tokio::test]
async fn every_filter_finds_what_it_says() {
    let client = Client::with_token(config());
    let all = talks(&client, "").await;
    let one = all.iter().find(|talk| talk["entity_type"] == "lead").unwrap();
    let where_ = |name: &str, value: &Value| {
        all.iter().filter(|talk| talk[name] == *value).cloned().collect::<Vec<_>>()
    };
    for name in ["talk_id", "contact_id", "entity_id", "entity_type"] {
        let value = one[name].as_str().map_or_else(|| one[name].to_string(), str::to_owned);
        let found = talks(&client, &format!("filter[{name}]={value}")).await;
        assert_eq!(found, where_(name, &one[name]), "{name}");
    }
    let in_work = where_("is_in_work", &json!(true));
    assert!(!in_work.is_empty() && in_work.len() < all.len());
    assert_eq!(talks(&client, "filter[only_in_work]=1").await, in_work);
    let refused = client.get("/api/v4/talks?filter[entity_type]=star").await;
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn talks_are_paged_and_one_that_there_is_not_is_a_404() {
    let client = Client::with_token(config());
    let all = talks(&client, "").await;
    assert_eq!(client.all("/api/v4/talks?limit=9", "talks").await, all);
    let one = &all[4];
    assert_eq!(client.json(&format!("/api/v4/talks/{}", one["talk_id"])).await, *one);
    assert_eq!(client.get("/api/v4/talks/5").await.status(), StatusCode::NOT_FOUND);
    let nothing = client.get("/api/v4/talks?filter[talk_id]=5").await;
    assert_eq!(nothing.status(), StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn kommo_talks_about_no_customers() {
    let client = Client::with_token(Config { kommo: true, ..config() });
    let all = talks(&client, "").await;
    assert!(!all.is_empty() && all.iter().all(|talk| talk["entity_type"] != "customer"));
    let refused = client.get("/api/v4/talks?filter[entity_type]=customer").await;
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
}
