use std::collections::BTreeSet;

use amocrm_sandbox::{Config, NoteCounts};
use serde_json::Value;

use crate::client::{Client, small};

async fn types(client: &Client, query: &str) -> Vec<Value> {
    client.listed(&format!("/api/v4/events/types?{query}"), "events_types").await
}

fn keys(types: &[Value]) -> BTreeSet<&str> {
    types.iter().map(|one| one["key"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn every_documented_type_is_listed() {
    let client = Client::with_token(small());
    let types = types(&client, "").await;
    let keys = keys(&types);
    for (kind, endings) in [
        ("lead", "added deleted restored status_changed linked unlinked"),
        ("contact", "added deleted restored linked unlinked"),
        ("company", "added deleted restored linked unlinked"),
        ("customer", "added deleted status_changed linked unlinked"),
        ("task", "added deleted completed type_changed text_changed deadline_changed result_added"),
        ("entity", "linked unlinked merged direct_message tag_added tag_deleted"),
        ("entity", "responsible_changed"),
    ] {
        for ending in endings.split(' ') {
            assert!(keys.contains(format!("{kind}_{ending}").as_str()), "{kind} {ending}");
        }
    }
    for key in [
        "sale_field_changed",
        "name_field_changed",
        "ltv_field_changed",
        "custom_field_value_changed",
        "robot_replied",
        "intent_identified",
        "nps_rate_added",
        "link_followed",
        "transaction_added",
        "key_action_completed",
    ] {
        assert!(keys.contains(key), "{key}");
    }
    let numbers: BTreeSet<_> = types.iter().map(|one| one["type"].as_u64().unwrap()).collect();
    assert_eq!((keys.len(), numbers.len()), (types.len(), types.len()));
}

#[tokio::test]
async fn every_field_has_a_type_of_its_own() {
    let client = Client::with_token(small());
    let types = types(&client, "").await;
    for kind in ["leads", "contacts", "companies"] {
        for field in client.listed(&format!("/api/v4/{kind}/custom_fields"), "custom_fields").await
        {
            let key = format!("custom_field_{}_value_changed", field["id"]);
            let found: Vec<_> = types.iter().filter(|one| one["key"] == key).collect();
            assert_eq!(found.len(), 1, "{key}");
            assert!(found[0]["lang"].as_str().unwrap().contains(field["name"].as_str().unwrap()));
        }
    }
}

#[tokio::test]
async fn labels_are_in_the_language_of_the_account_unless_told_otherwise() {
    let client = Client::with_token(small());
    let usual = types(&client, "").await;
    assert_eq!(usual[0]["lang"], "Новая сделка");
    assert_eq!(types(&client, "language_code=ru").await, usual);
    assert_eq!(types(&client, "language_code=en").await[0]["lang"], "lead added");
    let whole = client.json("/api/v4/events/types").await;
    assert_eq!(whole["_total_items"], usual.len());
}

#[tokio::test]
async fn kommo_has_types_of_talks_and_none_of_customers() {
    let amocrm = types(&Client::with_token(small()), "").await;
    let kommo = types(&Client::with_token(Config { kommo: true, ..small() }), "").await;
    let (amocrm, kommo) = (keys(&amocrm), keys(&kommo));
    assert!(kommo.contains("talk_created") && !amocrm.contains("talk_created"));
    assert!(kommo.iter().all(|key| !key.starts_with("customer_")));
    assert!(kommo.contains("lead_added") && !kommo.contains("transaction_added"));
}

#[tokio::test]
async fn every_type_that_is_played_is_listed() {
    for (kommo, many) in [(false, 32), (true, 30)] {
        let config = Config { notes: NoteCounts::each(1500), kommo, ..Config::default() };
        let client = Client::with_token(config);
        let events = client.all("/api/v4/events?limit=100", "events").await;
        let played: BTreeSet<_> = events.iter().map(|one| one["type"].as_str().unwrap()).collect();
        assert!(played.is_subset(&keys(&types(&client, "").await)), "{played:?}");
        assert_eq!(played.len(), many, "{played:?}");
    }
}
