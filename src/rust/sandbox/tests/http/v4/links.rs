use amocrm_sandbox::Config;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::client::{Client, ids_of, small};

const KINDS: [&str; 4] = ["leads", "contacts", "companies", "customers"];
const WITH: &str = "with=contacts,companies,leads,customers,catalog_elements";

/// The links that a card shows, spelt as rows of the list.
fn on_card(row: &Value) -> Vec<String> {
    let mut links = Vec::new();
    for name in KINDS.into_iter().chain(["catalog_elements"]) {
        for part in row["_embedded"][name].as_array().into_iter().flatten() {
            let is_main = part.get("is_main").map(|is_main| json!({"main_contact": is_main}));
            let metadata = part.get("metadata").cloned().or(is_main);
            links.push(json!([name, part["id"], metadata]).to_string());
        }
    }
    links.sort_unstable();
    links
}

fn in_list(links: &[Value]) -> Vec<String> {
    let one =
        |link: &Value| json!([link["to_entity_type"], link["to_entity_id"], link["metadata"]]);
    let mut links: Vec<_> = links.iter().map(|link| one(link).to_string()).collect();
    links.sort_unstable();
    links
}

/// The links of these rows.
async fn links(client: &Client, kind: &str, rows: &[Value], query: &str) -> Vec<Value> {
    let ids: Vec<_> = ids_of(rows).iter().map(|id| format!("filter[entity_id][]={id}&")).collect();
    let path = format!("/api/v4/{kind}/links?limit=250&{}{query}", ids.concat());
    client.all(&path, "links").await
}

#[tokio::test]
async fn links_tell_what_cards_tell() {
    let client = Client::with_token(small());
    for kind in KINDS {
        let rows = client.listed(&format!("/api/v4/{kind}?limit=60&{WITH}"), kind).await;
        let all = links(&client, kind, &rows, "").await;
        assert!(all.len() > 20, "{kind}");
        for row in &rows {
            let own: Vec<_> =
                all.iter().filter(|link| link["entity_id"] == row["id"]).cloned().collect();
            assert!(own.iter().all(|link| link["entity_type"] == kind));
            assert_eq!(in_list(&own), on_card(row), "{kind}: {row}");
            let path = format!("/api/v4/{kind}/{}/links", row["id"]);
            let alone = client.listed(&path, "links").await;
            assert_eq!(in_list(&alone), on_card(row), "{kind}: {row}");
            assert!(alone.iter().all(|link| link.get("entity_id").is_none()));
        }
    }
}

#[tokio::test]
async fn links_still_tell_what_cards_tell_after_changes() {
    let client = Client::with_token(small());
    client.sandbox.random_changes(400, 1);
    for kind in KINDS {
        let rows = client.listed(&format!("/api/v4/{kind}?limit=250&{WITH}"), kind).await;
        let cards: Vec<_> = rows.iter().flat_map(on_card).collect();
        let mut listed = Vec::new();
        for rows in rows.chunks(100) {
            listed.extend(in_list(&links(&client, kind, rows, "").await));
        }
        listed.sort_unstable();
        let mut cards = cards;
        cards.sort_unstable();
        assert_eq!(listed, cards, "{kind}");
    }
}

#[tokio::test]
async fn links_go_both_ways() {
    let client = Client::with_token(small());
    let leads = client.listed("/api/v4/leads?limit=250", "leads").await;
    let companies = client.listed("/api/v4/companies?limit=250", "companies").await;
    let pair = |link: &Value, from: &str, to: &str| (link[from].as_u64(), link[to].as_u64());
    let to = links(&client, "leads", &leads, "filter[to_entity_type]=companies").await;
    let back = links(&client, "companies", &companies, "filter[to_entity_type]=leads").await;
    let mut to: Vec<_> = to.iter().map(|link| pair(link, "entity_id", "to_entity_id")).collect();
    let mut back: Vec<_> =
        back.iter().map(|link| pair(link, "to_entity_id", "entity_id")).collect();
    to.sort_unstable();
    back.sort_unstable();
    assert!(to.len() > 50);
    assert_eq!(to, back);
}

#[tokio::test]
async fn filters_find_what_they_say() {
    let client = Client::with_token(small());
    let leads = client.listed("/api/v4/leads?limit=60", "leads").await;
    let all = links(&client, "leads", &leads, "").await;
    let catalogs = client.listed("/api/v4/catalogs", "catalogs").await;
    let products = &catalogs[0]["id"];
    let contact = all.iter().find(|link| link["to_entity_type"] == "contacts").unwrap();
    let contact = &contact["to_entity_id"];
    let where_ = |fits: &dyn Fn(&Value) -> bool| {
        all.iter().filter(|link| fits(link)).cloned().collect::<Vec<_>>()
    };
    for (query, wanted) in [
        (
            "filter[to_entity_type]=contacts".to_owned(),
            where_(&|link| link["to_entity_type"] == "contacts"),
        ),
        (
            format!("filter[to_entity_type]=contacts&filter[to_entity_id]={contact}"),
            where_(&|link| link["to_entity_id"] == *contact),
        ),
        (
            format!("filter[to_catalog_id]={products}"),
            where_(&|link| link["metadata"]["catalog_id"] == *products),
        ),
    ] {
        assert!(!wanted.is_empty() && wanted.len() < all.len(), "{query}");
        assert_eq!(links(&client, "leads", &leads, &query).await, wanted, "{query}");
    }
}

#[tokio::test]
async fn links_are_paged_and_counted() {
    let client = Client::with_token(small());
    let leads = client.listed("/api/v4/leads?limit=60", "leads").await;
    let all = links(&client, "leads", &leads, "").await;
    let ids: Vec<_> = ids_of(&leads).iter().map(u64::to_string).collect();
    let path = format!("/api/v4/leads/links?filter[entity_id]={}", ids.join(","));
    let page = client.json(&path).await;
    assert_eq!(page["_total_items"], all.len());
    assert_eq!(page["_embedded"]["links"].as_array().unwrap().len(), 50);
    assert!(page["_links"]["next"]["href"].is_string());
    assert_eq!(client.all(&format!("{path}&limit=40"), "links").await, all);
}

#[tokio::test]
async fn wrong_questions_are_refused_and_nothing_is_a_204() {
    let client = Client::with_token(small());
    for (path, status) in [
        ("leads/links", StatusCode::BAD_REQUEST),
        ("leads/links?filter[entity_id][]=x", StatusCode::BAD_REQUEST),
        ("leads/links?filter[entity_id]=5&filter[to_entity_type]=stars", StatusCode::BAD_REQUEST),
        ("leads/links?filter[entity_id][]=5", StatusCode::NO_CONTENT),
        ("leads/5/links", StatusCode::NO_CONTENT),
        ("leads/five/links", StatusCode::NOT_FOUND),
        ("tasks/5/links", StatusCode::NOT_FOUND),
    ] {
        assert_eq!(client.get(&format!("/api/v4/{path}")).await.status(), status, "{path}");
    }
    let refused = client.json("/api/v4/leads/links").await;
    assert_eq!(refused["validation-errors"][0]["errors"][0]["path"], "filter.entity_id");
}

#[tokio::test]
async fn kommo_links_nothing_to_customers() {
    let client = Client::with_token(Config { kommo: true, ..small() });
    let status = client.get("/api/v4/customers/links?filter[entity_id]=5").await.status();
    assert_eq!(status, StatusCode::NOT_FOUND);
    let contacts = client.listed("/api/v4/contacts?limit=60", "contacts").await;
    let all = links(&client, "contacts", &contacts, "").await;
    assert!(!all.is_empty());
    assert!(all.iter().all(|link| link["to_entity_type"] != "customers"));
}
