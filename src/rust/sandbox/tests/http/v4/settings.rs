//! The small lists that administrators keep.

use std::collections::HashSet;

use amocrm_sandbox::Config;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::client::{Client, ids_of, small};

fn id_set(rows: &[Value]) -> HashSet<u64> {
    ids_of(rows).into_iter().collect()
}

/// What all rows have in a list inside of them.
fn within<'a>(rows: &'a [Value], part: &str) -> Vec<&'a Value> {
    rows.iter().filter_map(|row| row["_embedded"][part].as_array()).flatten().collect()
}

#[tokio::test]
async fn every_list_shows_the_same_rows_page_by_page_and_one_by_one() {
    let client = Client::with_token(small());
    for (path, name) in [
        ("leads/loss_reasons", "loss_reasons"),
        ("customers/segments", "segments"),
        ("roles", "roles"),
    ] {
        let path = format!("/api/v4/{path}");
        let all = client.listed(&path, name).await;
        assert!(all.len() > 1, "{path}");
        assert_eq!(client.all(&format!("{path}?limit=1"), name).await, all, "{path}");
        for row in &all {
            assert_eq!(client.json(&format!("{path}/{}", row["id"])).await, *row);
        }
        let missing = client.get(&format!("{path}/5")).await;
        assert_eq!(missing.status(), StatusCode::NO_CONTENT, "{path}");
    }
}

#[tokio::test]
async fn lists_that_are_not_paged_come_whole_and_counted() {
    let client = Client::with_token(small());
    for (path, name) in
        [("customers/statuses", "statuses"), ("sources", "sources"), ("webhooks", "webhooks")]
    {
        let path = format!("/api/v4/{path}");
        let whole = client.json(&format!("{path}?limit=1")).await;
        let rows = whole["_embedded"][name].as_array().unwrap();
        assert!(rows.len() > 1, "{path}");
        assert_eq!(whole["_total_items"], rows.len(), "{path}");
        assert!(whole.get("_page").is_none() && whole["_links"].get("next").is_none());
    }
}

#[tokio::test]
async fn the_reason_why_a_lead_was_lost_is_one_of_the_reasons() {
    let client = Client::with_token(small());
    let reasons = client.listed("/api/v4/leads/loss_reasons", "loss_reasons").await;
    let leads = client.listed("/api/v4/leads?limit=250&with=loss_reason", "leads").await;
    let given = within(&leads, "loss_reason");
    assert!(given.len() > 10);
    assert!(given.iter().all(|reason| reasons.contains(reason)));
    let lost = leads.iter().filter(|lead| lead["loss_reason_id"].is_u64());
    assert_eq!(lost.count(), given.len());
}

#[tokio::test]
async fn the_tags_of_every_kind_are_those_on_its_cards() {
    let client = Client::with_token(small());
    for kind in ["leads", "contacts", "companies", "customers"] {
        let tags = client.listed(&format!("/api/v4/{kind}/tags"), "tags").await;
        let rows = client.listed(&format!("/api/v4/{kind}?limit=250"), kind).await;
        let put = within(&rows, "tags");
        assert!(!put.is_empty(), "{kind}");
        assert!(put.iter().all(|tag| tags.contains(tag)), "{kind}");
    }
}

#[tokio::test]
async fn tags_are_found_by_id_by_name_and_by_words() {
    let client = Client::with_token(small());
    let tags = client.listed("/api/v4/leads/tags", "tags").await;
    let found = |query: String| {
        let client = &client;
        async move { client.listed(&format!("/api/v4/leads/tags?{query}"), "tags").await }
    };
    let (one, other) = (&tags[1]["id"], &tags[3]["id"]);
    let by_id = found(format!("filter[id][]={other}&filter[id][]={one}")).await;
    assert_eq!(by_id, [tags[1].clone(), tags[3].clone()]);
    assert_eq!(found("filter[name]=VIP".to_owned()).await, [tags[0].clone()]);
    assert_eq!(found("filter[name]=vip".to_owned()).await, [] as [Value; 0]);
    assert_eq!(found("query=vi".to_owned()).await, [tags[0].clone()]);
    assert_eq!(client.all("/api/v4/leads/tags?limit=4", "tags").await, tags);
    let refused = client.get("/api/v4/leads/tags?filter[id]=x").await;
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn customers_have_a_status_of_the_list() {
    let client = Client::with_token(small());
    let statuses = client.listed("/api/v4/customers/statuses", "statuses").await;
    let customers = client.listed("/api/v4/customers?limit=250", "customers").await;
    let known = id_set(&statuses);
    assert!(customers.iter().all(|row| known.contains(&row["status_id"].as_u64().unwrap())));
    assert!(statuses.is_sorted_by_key(|status| status["sort"].as_u64()));
}

#[tokio::test]
async fn segments_count_the_customers_who_are_in_them() {
    let client = Client::with_token(small());
    let segments = client.listed("/api/v4/customers/segments", "segments").await;
    let customers = client.listed("/api/v4/customers?limit=250", "customers").await;
    let joined = within(&customers, "segments");
    for segment in &segments {
        let members: Vec<_> = joined.iter().filter(|one| one["id"] == segment["id"]).collect();
        assert!(!members.is_empty());
        assert_eq!(segment["customers_count"], members.len());
        assert!(members.iter().all(|one| one["_links"] == segment["_links"]));
    }
    assert!(joined.iter().all(|one| id_set(&segments).contains(&one["id"].as_u64().unwrap())));
}

#[tokio::test]
async fn a_role_names_its_users_and_gives_them_their_rights() {
    let client = Client::with_token(small());
    let users = client.listed("/api/v4/users", "users").await;
    let mut with_role = 0;
    for role in client.listed("/api/v4/roles?with=users", "roles").await {
        let members = role["_embedded"]["users"].as_array().unwrap();
        assert!(!members.is_empty());
        for user in users.iter().filter(|user| members.contains(&user["id"])) {
            assert_eq!(user["rights"]["role_id"], role["id"]);
            for (name, right) in role["rights"].as_object().unwrap() {
                assert_eq!(user["rights"][name], *right);
            }
            with_role += 1;
        }
    }
    assert_eq!(users.iter().filter(|user| user["rights"]["role_id"].is_u64()).count(), with_role);
    let bare = client.listed("/api/v4/roles", "roles").await;
    assert!(bare.iter().all(|role| role.get("_embedded").is_none()));
}

#[tokio::test]
async fn leads_come_from_the_sources_of_the_list() {
    let client = Client::with_token(small());
    let sources = client.listed("/api/v4/sources", "sources").await;
    let path = "/api/v4/leads?limit=250&with=source,source_id";
    let leads = client.listed(path, "leads").await;
    let known: Vec<&Value> = leads
        .iter()
        .map(|lead| &lead["_embedded"]["source"])
        .filter(|one| one.is_object())
        .collect();
    assert!(known.len() > 10);
    for source in known {
        let listed = sources.iter().find(|one| one["id"] == source["id"]).unwrap();
        assert_eq!(listed["name"], source["name"]);
    }
    let pipelines = client.listed("/api/v4/leads/pipelines", "pipelines").await;
    let pipelines = id_set(&pipelines);
    assert!(sources.iter().all(|one| pipelines.contains(&one["pipeline_id"].as_u64().unwrap())));
    let code = sources[1]["external_id"].as_str().unwrap();
    let path = format!("/api/v4/sources?filter[external_id]={code}");
    assert_eq!(client.listed(&path, "sources").await, [sources[1].clone()]);
}

#[tokio::test]
async fn a_webhook_is_found_by_its_address() {
    let client = Client::with_token(small());
    let webhooks = client.listed("/api/v4/webhooks", "webhooks").await;
    let users = client.listed("/api/v4/users", "users").await;
    for webhook in &webhooks {
        assert!(users.iter().any(|user| user["id"] == webhook["created_by"]));
        assert!(webhook["settings"][0].is_string());
        let address = webhook["destination"].as_str().unwrap();
        let path = format!("/api/v4/webhooks?filter[destination]={address}");
        assert_eq!(client.listed(&path, "webhooks").await, std::slice::from_ref(webhook));
    }
    let nobody = client.get("/api/v4/webhooks?filter[destination]=https://other.example").await;
    assert_eq!(nobody.status(), StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn what_administrators_keep_is_not_for_others() {
    let client = Client::with_token(Config { admin: false, ..small() });
    for path in ["roles", "roles/107995", "sources", "sources/11420003", "webhooks"] {
        let status = client.get(&format!("/api/v4/{path}")).await.status();
        assert_eq!(status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(client.get("/api/v4/leads/loss_reasons").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn groups_of_fields_come_whole_and_one_that_there_is_not_is_a_404() {
    let client = Client::with_token(small());
    for kind in ["leads", "contacts", "companies", "customers"] {
        let path = format!("/api/v4/{kind}/custom_fields/groups");
        let groups = client.listed(&path, "custom_field_groups").await;
        assert_eq!(groups[0]["id"], "default");
        assert!(groups.is_sorted_by_key(|group| group["sort"].as_u64()));
        for group in &groups {
            assert_eq!(group["entity_type"], kind);
            let id = group["id"].as_str().unwrap();
            assert_eq!(client.json(&format!("{path}/{id}")).await, *group);
        }
        let missing = client.get(&format!("{path}/horoscope")).await;
        assert_eq!(missing.status(), StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn the_summary_counts_the_leads_that_wait() {
    let client = Client::with_token(small());
    let all = client.listed("/api/v4/leads/unsorted?limit=250", "unsorted").await;
    let (pipeline, uid) = (&all[0]["pipeline_id"], all[3]["uid"].as_str().unwrap());
    let (from, to) = (&all[15]["created_at"], &all[5]["created_at"]);
    let span = format!("filter[created_at][from]={from}&filter[created_at][to]={to}");
    let within = |row: &&Value| (from.as_u64()..=to.as_u64()).contains(&row["created_at"].as_u64());
    for (query, rows) in [
        (String::new(), all.iter().collect::<Vec<_>>()),
        (
            format!("filter[pipeline_id]={pipeline}"),
            all.iter().filter(|row| row["pipeline_id"] == *pipeline).collect(),
        ),
        (format!("filter[uid][]={uid}"), vec![&all[3]]),
        (span, all.iter().filter(within).collect()),
    ] {
        assert!(!rows.is_empty());
        let summary = client.json(&format!("/api/v4/leads/unsorted/summary?{query}")).await;
        assert_eq!(summary["total"], rows.len(), "{query}");
        for category in ["sip", "mail", "forms", "chats"] {
            let count = rows.iter().filter(|row| row["category"] == category).count();
            assert_eq!(summary["categories"][category], json!({"total": count}), "{query}");
        }
    }
}

#[tokio::test]
async fn kommo_has_no_lists_about_customers() {
    let client = Client::with_token(Config { kommo: true, ..small() });
    for path in ["customers/statuses", "customers/segments", "customers/tags"] {
        let status = client.get(&format!("/api/v4/{path}")).await.status();
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
    }
}
