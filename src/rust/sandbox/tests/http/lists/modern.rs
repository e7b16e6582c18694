//! The lists of entities as API v4 serves them.

use amocrm_sandbox::{Config, ListCounts};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{ENTITIES, account};
use crate::client::{Client, ids_of};

fn number(row: &Value, name: &str) -> u64 {
    row[name].as_u64().unwrap()
}

fn where_(rows: &[Value], fits: impl Fn(&Value) -> bool) -> Vec<u64> {
    ids_of(&rows.iter().filter(|row| fits(row)).cloned().collect::<Vec<_>>())
}

#[tokio::test]
async fn pages_follow_one_another_up_to_a_204() {
    let client = Client::with_token(account());
    for list in ENTITIES {
        let page = client.json(&format!("/api/v4/{list}?limit=10")).await;
        assert_eq!(page["_page"], 1);
        assert!(page["_links"]["next"]["href"].is_string() && page.get("_total_items").is_none());
        let all = client.all(&format!("/api/v4/{list}?limit=10&order[id]=asc"), list).await;
        assert!(ids_of(&all).is_sorted_by(|a, b| a < b), "{list}");
        let whole = client.listed(&format!("/api/v4/{list}?limit=250&order[id]=asc"), list).await;
        assert_eq!(all, whole, "{list}");
    }
}

#[tokio::test]
async fn orders_go_both_ways_and_the_last_change_is_first_otherwise() {
    let client = Client::with_token(account());
    for (list, keys) in [
        ("leads", &["id", "created_at", "updated_at"][..]),
        ("contacts", &["id", "updated_at"]),
        ("companies", &["id", "updated_at"]),
    ] {
        for key in keys {
            let path = |way| format!("/api/v4/{list}?limit=250&order[{key}]={way}");
            let rising = client.listed(&path("asc"), list).await;
            assert!(rising.is_sorted_by_key(|row| number(row, key)), "{list} {key}");
            let mut falling = client.listed(&path("desc"), list).await;
            falling.reverse();
            assert_eq!(rising, falling, "{list} {key}");
        }
        let usual = client.listed(&format!("/api/v4/{list}?limit=250"), list).await;
        let wanted = format!("/api/v4/{list}?limit=250&order[updated_at]=desc");
        assert_eq!(usual, client.listed(&wanted, list).await, "{list}");
    }
    let refused = client.get("/api/v4/contacts?order[name]=asc").await;
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn filters_are_passed_over_unless_they_are_paid_for() {
    let client = Client::with_token(account());
    let settings = client.json("/api/v4/account?with=is_api_filter_enabled").await;
    assert_eq!(settings["is_api_filter_enabled"], false);
    for list in ENTITIES {
        let all = client.listed(&format!("/api/v4/{list}?limit=250"), list).await;
        for filter in ["filter[id]=5", "filter[updated_at][from]=monday", "filter[name]=nobody"] {
            let path = format!("/api/v4/{list}?limit=250&{filter}");
            assert_eq!(client.listed(&path, list).await, all, "{list} {filter}");
        }
    }
}

#[tokio::test]
async fn filters_that_are_paid_for_find_what_they_say() {
    let client = Client::with_token(Config { api_filter: true, ..account() });
    let settings = client.json("/api/v4/account?with=is_api_filter_enabled").await;
    assert_eq!(settings["is_api_filter_enabled"], true);
    let leads = |query: String| {
        let path = format!("/api/v4/leads?limit=250&order[id]=asc&{query}");
        let client = &client;
        async move { client.listed(&path, "leads").await }
    };
    let all = leads(String::new()).await;
    let ids = ids_of(&all);
    let (user, pipeline) = (number(&all[3], "responsible_user_id"), number(&all[3], "pipeline_id"));
    let (created, updated) = (number(&all[90], "created_at"), number(&all[90], "updated_at"));
    for (query, wanted) in [
        (format!("filter[id][]={}&filter[id][]={}", ids[9], ids[2]), vec![ids[2], ids[9]]),
        (
            format!("filter[responsible_user_id]={user}"),
            where_(&all, |row| row["responsible_user_id"] == user),
        ),
        ("filter[created_by][]=0".to_owned(), where_(&all, |row| row["created_by"] == 0)),
        (
            format!("filter[pipeline_id]={pipeline}"),
            where_(&all, |row| row["pipeline_id"] == pipeline),
        ),
        (
            format!(
                "filter[statuses][0][pipeline_id]={pipeline}&filter[statuses][0][status_id]=142\
                 &filter[statuses][1][status_id]=143"
            ),
            where_(&all, |row| {
                row["status_id"] == 143 || row["status_id"] == 142 && row["pipeline_id"] == pipeline
            }),
        ),
        (
            format!("filter[created_at][from]={created}"),
            where_(&all, |row| number(row, "created_at") >= created),
        ),
        (
            format!("filter[updated_at][to]={updated}"),
            where_(&all, |row| number(row, "updated_at") <= updated),
        ),
        ("filter[closed_at][from]=1".to_owned(), where_(&all, |row| row["closed_at"].is_u64())),
    ] {
        assert!(!wanted.is_empty() && wanted.len() < all.len(), "{query}");
        assert_eq!(ids_of(&leads(query.clone()).await), wanted, "{query}");
    }
    let wrong = client.get("/api/v4/leads?filter[updated_at][from]=monday").await;
    assert_eq!(wrong.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn an_entity_comes_as_itself_and_as_in_the_list() {
    let client = Client::with_token(account());
    for list in ENTITIES {
        let entity = &client.listed(&format!("/api/v4/{list}?with=contacts"), list).await[2];
        let path = format!("/api/v4/{list}/{}?with=contacts", entity["id"]);
        assert_eq!(client.json(&path).await, *entity, "{list}");
        let link = entity["_links"]["self"]["href"].as_str().unwrap();
        assert_eq!(link, format!("{}/api/v4/{list}/{}", client.sandbox.url(), entity["id"]));
        assert_eq!(client.get(&format!("/api/v4/{list}/5")).await.status(), 204);
        assert_eq!(client.get(&format!("/api/v4/{list}/five")).await.status(), 404);
    }
}

#[tokio::test]
async fn linked_parts_come_only_if_asked_for() {
    let client = Client::with_token(account());
    let lead = &client.listed("/api/v4/leads", "leads").await[0];
    let parts: Vec<_> = lead["_embedded"].as_object().unwrap().keys().collect();
    assert_eq!(parts, ["companies", "tags"]);
    assert!(lead.get("is_price_modified_by_robot").is_none() && lead["source_id"].is_null());
    let path =
        "/api/v4/leads?with=contacts,loss_reason,catalog_elements,source_id,source&limit=250";
    let leads = client.listed(path, "leads").await;
    let parts: Vec<_> = leads[0]["_embedded"].as_object().unwrap().keys().collect();
    assert_eq!(parts, ["catalog_elements", "companies", "contacts", "loss_reason", "tags"]);
    assert!(leads.iter().any(|lead| lead["source_id"].is_u64()));
    assert!(leads.iter().all(|lead| lead["_embedded"]["source"]["id"] == lead["source_id"]));
}

#[tokio::test]
async fn values_are_spelt_by_their_type() {
    let client = Client::with_token(account());
    let leads = client.listed("/api/v4/leads?limit=250", "leads").await;
    let fields: Vec<_> =
        leads.iter().filter_map(|lead| lead["custom_fields_values"].as_array()).flatten().collect();
    let of = |shape| *fields.iter().find(|field| field["field_type"] == shape).unwrap();
    assert_eq!(of("checkbox")["values"], json!([{"value": true}]));
    assert!(of("date")["values"][0]["value"].is_i64());
    assert!(of("numeric")["values"][0]["value"].is_string());
    assert_eq!(of("select")["values"][0]["enum_code"], Value::Null);
    assert!(of("select")["values"][0]["enum_id"].is_u64());
    assert_eq!(of("smart_address")["values"][0]["enum_code"], "address_line_1");
    assert!(of("legal_entity")["values"][0]["value"]["name"].is_string());
    assert_eq!(of("legal_entity")["field_code"], Value::Null);
    let contacts = client.listed("/api/v4/contacts?limit=250", "contacts").await;
    let phone = contacts
        .iter()
        .filter_map(|contact| contact["custom_fields_values"].as_array())
        .flatten()
        .find(|field| field["field_code"] == "PHONE")
        .unwrap();
    assert_eq!(phone["field_type"], "multitext");
    assert_eq!(phone["values"][0]["enum_code"], "WORK");
}

#[tokio::test]
async fn kommo_has_no_customers_and_the_bin_is_empty() {
    let client = Client::with_token(Config { kommo: true, ..account() });
    assert_eq!(client.get("/api/v4/customers").await.status(), StatusCode::NOT_FOUND);
    assert_eq!(client.get("/api/v4/leads?with=only_deleted").await.status(), 204);
    assert_eq!(client.get("/api/v4/leads").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn an_empty_list_is_a_204() {
    let client = Client::with_token(Config { lists: ListCounts::each(0), ..account() });
    for list in ENTITIES {
        assert_eq!(client.get(&format!("/api/v4/{list}")).await.status(), 204, "{list}");
    }
}
