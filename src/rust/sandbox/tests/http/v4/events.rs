use std::collections::{BTreeMap, BTreeSet, HashSet};

use amocrm_sandbox::{Config, NoteCounts};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::client::{Client, small};

const LIST: &str = "/api/v4/events?limit=100";

fn number(row: &Value, name: &str) -> u64 {
    row[name].as_u64().unwrap()
}

async fn events(client: &Client, query: &str) -> Vec<Value> {
    client.all(&format!("{LIST}&{query}"), "events").await
}

fn where_(rows: &[Value], fits: impl Fn(&Value) -> bool) -> Vec<Value> {
    rows.iter().filter(|row| fits(row)).cloned().collect()
}

fn texts<'a>(rows: &'a [Value], name: &str) -> BTreeSet<&'a str> {
    rows.iter().map(|row| row[name].as_str().unwrap()).collect()
}

#[tokio::test]
async fn an_event_has_the_fields_of_the_service() {
    let client = Client::with_token(small());
    let page = client.json("/api/v4/events?limit=3").await;
    assert_eq!(page["_page"], 1);
    for event in page["_embedded"]["events"].as_array().unwrap() {
        let names: Vec<_> = event.as_object().unwrap().keys().map(String::as_str).collect();
        let expected = [
            "_embedded",
            "_links",
            "account_id",
            "created_at",
            "created_by",
            "entity_id",
            "entity_type",
            "id",
            "type",
            "value_after",
            "value_before",
        ];
        assert_eq!(names, expected);
        let id = event["id"].as_str().unwrap();
        let href = format!("{}/api/v4/events/{id}", client.sandbox.url());
        assert_eq!(event["_links"]["self"]["href"], href);
        assert_eq!(event["_embedded"]["entity"]["id"], event["entity_id"]);
    }
}

#[tokio::test]
async fn ids_are_texts_of_26_letters_that_never_repeat_and_stay_the_same() {
    let client = Client::with_token(small());
    let rows = events(&client, "").await;
    let ids = texts(&rows, "id");
    assert_eq!(ids.len(), rows.len());
    assert!(ids.iter().all(|id| id.len() == 26 && id.to_lowercase() == **id));
    let again = Client::with_token(small());
    assert_eq!(texts(&events(&again, "").await, "id"), ids);
    let other = Client::with_token(Config { seed: 2, ..small() });
    assert!(texts(&events(&other, "").await, "id").is_disjoint(&ids));
}

#[tokio::test]
async fn one_event_comes_as_itself() {
    let client = Client::with_token(small());
    for event in &client.listed(LIST, "events").await {
        let id = event["id"].as_str().unwrap();
        assert_eq!(client.json(&format!("/api/v4/events/{id}")).await, *event);
    }
    for id in ["01pz58t6p04ymgsgfbmfyfy1mf", "7", "x"] {
        let response = client.get(&format!("/api/v4/events/{id}")).await;
        assert_eq!(response.status(), StatusCode::NO_CONTENT, "{id}");
    }
}

#[tokio::test]
async fn the_kinds_are_mixed_and_the_latest_comes_first_unless_told_otherwise() {
    let client = Client::with_token(small());
    let falling = events(&client, "").await;
    assert!(falling.is_sorted_by_key(|row| std::cmp::Reverse(number(row, "created_at"))));
    let first = texts(&falling[..50], "entity_type");
    assert_eq!(first, BTreeSet::from(["company", "contact", "customer", "lead", "task"]));
    let mut rising = events(&client, "order[created_at]=asc").await;
    rising.reverse();
    assert_eq!(rising, falling);
    assert_eq!(events(&client, "order[created_at]=desc").await, falling);
}

#[tokio::test]
async fn a_page_has_50_rows_unless_told_and_never_more_than_100() {
    let client = Client::with_token(small());
    for (limit, rows) in [("", 50), ("?limit=100", 100), ("?limit=101", 50), ("?limit=250", 50)] {
        let page = client.listed(&format!("/api/v4/events{limit}"), "events").await;
        assert_eq!(page.len(), rows, "{limit}");
    }
}

#[tokio::test]
async fn every_page_points_to_a_next_one_and_the_end_is_a_204() {
    let client = Client::with_token(small());
    let rows = events(&client, "filter[entity]=task").await;
    let page = |number| format!("{LIST}&filter[entity]=task&page={number}");
    let pages = rows.len().div_ceil(100);
    let last = client.json(&page(pages)).await;
    assert!(last["_embedded"]["events"].as_array().unwrap().len() < 100);
    assert!(last["_links"]["next"]["href"].is_string());
    assert_eq!(client.get(&page(pages + 1)).await.status(), StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn types_come_in_every_spelling() {
    let client = Client::with_token(small());
    let all = events(&client, "").await;
    let wanted = where_(&all, |row| row["type"] == "lead_added" || row["type"] == "outgoing_call");
    assert!(wanted.len() > 10);
    for filter in [
        "filter[type]=lead_added,outgoing_call",
        "filter[type][]=lead_added&filter[type][]=outgoing_call",
        "filter%5Btype%5D%5B0%5D=outgoing_call&filter%5Btype%5D%5B1%5D=lead_added",
    ] {
        assert_eq!(events(&client, filter).await, wanted, "{filter}");
    }
    let one = where_(&all, |row| row["type"] == "lead_added");
    assert_eq!(events(&client, "filter[type]=lead_added").await, one);
    assert!(events(&client, "filter[type]=horoscope").await.is_empty());
}

#[tokio::test]
async fn times_are_found_with_both_ends_within() {
    let client = Client::with_token(small());
    let all = events(&client, "").await;
    let (to, from) = (number(&all[20], "created_at"), number(&all[200], "created_at"));
    for (filter, from, to) in [
        (format!("filter[created_at]={from}"), from, u64::MAX),
        (format!("filter[created_at][from]={from}"), from, u64::MAX),
        (format!("filter[created_at][to]={to}"), 0, to),
        (format!("filter[created_at]={from},{to}"), from, to),
        (format!("filter%5Bcreated_at%5D%5Bfrom%5D={from}&filter[created_at][to]={to}"), from, to),
    ] {
        let within = where_(&all, |row| (from..=to).contains(&number(row, "created_at")));
        assert!(within.len() > 20 && within.len() < all.len());
        assert_eq!(events(&client, &filter).await, within, "{filter}");
    }
    let nothing = format!("filter[created_at][from]={to}&filter[created_at][to]={from}");
    assert!(events(&client, &nothing).await.is_empty());
}

#[tokio::test]
async fn authors_and_entities_can_be_asked_for() {
    let client = Client::with_token(small());
    let all = events(&client, "").await;
    let robots = where_(&all, |row| row["created_by"] == 0);
    assert!(robots.len() > 20);
    assert_eq!(events(&client, "filter[created_by][]=0").await, robots);
    let leads = where_(&all, |row| {
        row["entity_type"] == "lead" && !row["type"].as_str().unwrap().contains("chat")
    });
    let types: Vec<_> = texts(&leads, "type").into_iter().collect();
    let filter = format!("filter[entity]=lead&filter[type]={}", types.join(","));
    assert_eq!(events(&client, &filter).await, leads);
    let owner = &leads[0]["entity_id"];
    let of_owner = where_(&leads, |row| row["entity_id"] == *owner);
    let filter = format!("filter[entity][]=lead&filter[entity_id][]={owner}");
    let found = where_(&events(&client, &filter).await, |row| leads.contains(row));
    assert_eq!(found, of_owner);
    assert!(events(&client, "filter[entity]=catalog_77").await.is_empty());
}

#[tokio::test]
async fn ids_can_be_asked_for() {
    let client = Client::with_token(small());
    let page = client.listed(LIST, "events").await;
    let (one, two) = (&page[3], &page[9]);
    let (first, second) = (one["id"].as_str().unwrap(), two["id"].as_str().unwrap());
    for filter in [
        format!("filter[id]={second},{first}"),
        format!("filter[id][]={first}&filter[id][]={second}&filter[id][]=unheard_of"),
    ] {
        assert_eq!(events(&client, &filter).await, [one.clone(), two.clone()], "{filter}");
    }
    assert!(events(&client, "filter[id]=unheard_of").await.is_empty());
}

#[tokio::test]
async fn messages_are_found_by_their_contact_and_not_by_the_lead_they_come_with() {
    let client = Client::with_token(small());
    let chat = "filter[type]=incoming_chat_message,outgoing_chat_message";
    let all = events(&client, chat).await;
    let of_leads = where_(&all, |row| row["entity_type"] == "lead");
    assert!(!of_leads.is_empty());
    assert_eq!(events(&client, &format!("{chat}&filter[entity]=contact")).await, all);
    assert!(events(&client, &format!("{chat}&filter[entity]=lead")).await.is_empty());
    let contact = &of_leads[0]["_embedded"]["entity"]["linked_talk_contact_id"];
    let filter = format!("{chat}&filter[entity]=contact&filter[entity_id]={contact}");
    assert!(events(&client, &filter).await.contains(&of_leads[0]));
}

#[tokio::test]
async fn values_have_the_shape_of_their_type() {
    let config = Config { notes: NoteCounts::each(300), ..Config::default() };
    let client = Client::with_token(config);
    let mut types = HashSet::new();
    for event in events(&client, "").await {
        let (after, before) = (&event["value_after"], &event["value_before"]);
        let none = json!([]);
        let right = match event["type"].as_str().unwrap() {
            "lead_status_changed" => [after, before].iter().all(|value| {
                let status = &value[0]["lead_status"];
                status["id"].is_u64() && status["pipeline_id"].is_u64()
            }),
            "entity_responsible_changed" => {
                [after, before].iter().all(|value| value[0]["responsible_user"]["id"].is_u64())
            }
            "entity_tag_added" => after[0]["tag"]["name"].is_string() && *before == none,
            "entity_tag_deleted" => before[0]["tag"]["name"].is_string() && *after == none,
            "incoming_chat_message" | "outgoing_chat_message" => {
                let message = &after[0]["message"];
                message["id"].as_str().unwrap().len() == 36
                    && message["talk_id"].is_u64()
                    && message["origin"].is_string()
                    && *before == none
            }
            "transaction_added" => after[0]["transaction"]["id"].is_u64(),
            "name_field_changed" => after[0]["name_field_value"]["name"].is_string(),
            "sale_field_changed" => after[0]["sale_field_value"]["sale"].is_u64(),
            "custom_field_value_changed" => after[0]["custom_field_value"]["field_id"].is_u64(),
            "entity_linked" => after[0]["link"]["entity"]["id"].is_u64() && *before == none,
            "task_completed" => *after == none && *before == none,
            _ => after[0]["note"]["id"].is_u64() && *before == none,
        };
        assert!(right, "{event}");
        types.insert(event["type"].as_str().unwrap().to_owned());
    }
    assert_eq!(types.len(), 32, "{types:?}");
}

/// Events that are asked for by their values, as a filter of the rows without it.
async fn by_values(client: &Client, kind: &str, filter: &str, fits: impl Fn(&Value) -> bool) {
    let all = events(client, &format!("filter[type]={kind}")).await;
    let wanted = where_(&all, fits);
    assert!(!wanted.is_empty() && wanted.len() < all.len(), "{filter}");
    let found = events(client, &format!("filter[type]={kind}&{filter}")).await;
    assert_eq!(found, wanted, "{filter}");
}

#[tokio::test]
async fn events_are_found_by_their_values() {
    let client = Client::with_token(Config { notes: NoteCounts::each(300), ..Config::default() });
    let stage = |row: &Value, side: &str, status: u64| row[side][0]["lead_status"]["id"] == status;
    let moves = events(&client, "filter[type]=lead_status_changed").await;
    let first = moves[0]["value_before"][0]["lead_status"].clone();
    let (status, pipeline) = (number(&first, "id"), number(&first, "pipeline_id"));
    by_values(
        &client,
        "lead_status_changed",
        "filter[value_after][leads_statuses][0][status_id]=142\
         &filter[value_after][leads_statuses][1][status_id]=143",
        |row| stage(row, "value_after", 142) || stage(row, "value_after", 143),
    )
    .await;
    by_values(
        &client,
        "lead_status_changed",
        &format!(
            "filter[value_before][leads_statuses][0][pipeline_id]={pipeline}\
             &filter[value_before][leads_statuses][0][status_id]={status}"
        ),
        |row| row["value_before"][0]["lead_status"] == first,
    )
    .await;
    let users = events(&client, "filter[type]=entity_responsible_changed").await;
    let user = number(&users[0]["value_after"][0]["responsible_user"], "id");
    by_values(
        &client,
        "entity_responsible_changed",
        &format!("filter[value_after][responsible_user_id]={user},1"),
        |row| row["value_after"][0]["responsible_user"]["id"] == user,
    )
    .await;
    let sales = events(&client, "filter[type]=sale_field_changed").await;
    let sale = number(&sales[0]["value_after"][0]["sale_field_value"], "sale");
    by_values(
        &client,
        "sale_field_changed",
        &format!("filter[value_after][value]={sale}"),
        |row| row["value_after"][0]["sale_field_value"]["sale"] == sale,
    )
    .await;
    let changes = events(&client, "filter[type]=custom_field_value_changed").await;
    let value = |row: &Value| row["value_after"][0]["custom_field_value"].clone();
    let choice = changes.iter().find_map(|row| value(row)["enum_id"].as_u64()).unwrap();
    by_values(
        &client,
        "custom_field_value_changed",
        &format!("filter[value_after][custom_field_values]={choice}"),
        |row| value(row)["enum_id"] == choice,
    )
    .await;
    let field = number(&value(&changes[0]), "field_id");
    let of_field = where_(&changes, |row| value(row)["field_id"] == field);
    assert!(of_field.len() < changes.len());
    let filter = format!("filter[type]=custom_field_{field}_value_changed");
    assert_eq!(events(&client, &filter).await, of_field);
}

#[tokio::test]
async fn values_go_with_types_of_their_own() {
    let client = Client::with_token(small());
    for filter in [
        "filter[value_after][leads_statuses][0][status_id]=142",
        "filter[value_after][leads_statuses][0][status_id]=142&filter[type]=lead_added",
        "filter[value_after][responsible_user_id]=1&filter[type]=lead_status_changed",
        "filter[value_before][value]=1&filter[type]=lead_added",
        "filter[value_before][responsible_user_id]=x&filter[type]=entity_responsible_changed",
    ] {
        let response = client.get(&format!("{LIST}&{filter}")).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{filter}");
    }
}

#[tokio::test]
async fn prices_follow_one_another_up_to_that_of_the_list() {
    let client = Client::with_token(Config { notes: NoteCounts::each(2000), ..Config::default() });
    let sum = |row: &Value, side: &str| number(&row[side][0]["sale_field_value"], "sale");
    let mut last = BTreeMap::new();
    let mut followed = 0;
    for row in events(&client, "filter[type]=sale_field_changed&order[created_at]=asc").await {
        let (before, after) = (sum(&row, "value_before"), sum(&row, "value_after"));
        assert_ne!(before, after);
        if let Some(known) = last.insert(number(&row, "entity_id"), after) {
            assert_eq!(before, known, "{row}");
            followed += 1;
        }
    }
    assert!(followed > 2, "{followed}");
    for lead in client.all("/api/v4/leads?limit=250", "leads").await {
        if let Some(sale) = last.remove(&number(&lead, "id")) {
            assert_eq!(number(&lead, "price"), sale, "{lead}");
        }
    }
}

#[tokio::test]
async fn leads_are_linked_with_what_they_list() {
    let client = Client::with_token(Config { notes: NoteCounts::each(300), ..Config::default() });
    let mut listed = BTreeMap::new();
    let path = "/api/v4/leads?limit=250&with=contacts,catalog_elements";
    for lead in client.all(path, "leads").await {
        listed.insert(number(&lead, "id"), lead["_embedded"].clone());
    }
    let mut kinds = BTreeSet::new();
    for row in events(&client, "filter[type]=entity_linked").await {
        let to = &row["value_after"][0]["link"]["entity"];
        let lead = &listed[&number(&row, "entity_id")];
        let list = if to["type"] == "contact" { "contacts" } else { "catalog_elements" };
        let mut of_lead = lead[list].as_array().unwrap().iter();
        assert!(of_lead.any(|one| one["id"] == to["id"]), "{row}");
        kinds.insert(list);
    }
    assert_eq!(kinds.len(), 2);
}

#[tokio::test]
async fn people_add_tags_too_which_v2_has_no_notes_of() {
    let client = Client::with_token(Config { notes: NoteCounts::each(300), ..Config::default() });
    let tags = events(&client, "filter[type]=entity_tag_added").await;
    assert!(tags.iter().any(|row| row["created_by"] == 0));
    assert!(tags.iter().any(|row| row["created_by"] != 0));
}

#[tokio::test]
async fn several_tags_are_several_values() {
    let client = Client::with_token(Config { notes: NoteCounts::each(300), ..Config::default() });
    let tags = events(&client, "filter[type]=entity_tag_added").await;
    assert!(tags.iter().any(|row| row["value_after"].as_array().unwrap().len() > 1));
}

#[tokio::test]
async fn the_types_are_listed_in_two_languages() {
    let client = Client::with_token(small());
    let russian = client.json("/api/v4/events/types").await;
    let types = russian["_embedded"]["events_types"].as_array().unwrap();
    assert_eq!(russian["_total_items"], types.len());
    assert_eq!(types[0], json!({"key": "lead_added", "type": 1, "lang": "Новая сделка"}));
    let english = client.json("/api/v4/events/types?language_code=en").await;
    assert_eq!(english["_embedded"]["events_types"][0]["lang"], "lead added");
}

const RECORDS: [&str; 4] = ["leads", "contacts", "companies", "customers"];

/// The records of all kinds by kind and id.
async fn records(client: &Client) -> BTreeMap<(String, u64), Value> {
    let mut records = BTreeMap::new();
    for list in RECORDS {
        let kind = list
            .strip_suffix("ies")
            .map_or_else(|| list.trim_end_matches('s').to_owned(), |stem| format!("{stem}y"));
        for record in client.all(&format!("/api/v4/{list}?limit=250"), list).await {
            records.insert((kind.clone(), number(&record, "id")), record);
        }
    }
    records
}

/// What an event is about.
fn subject(event: &Value) -> (String, u64) {
    (event["entity_type"].as_str().unwrap_or_default().to_owned(), number(event, "entity_id"))
}

#[tokio::test]
async fn names_follow_one_another_up_to_those_of_the_lists() {
    let client = Client::with_token(Config { notes: NoteCounts::each(2000), ..Config::default() });
    let name = |row: &Value, side: &str| row[side][0]["name_field_value"]["name"].clone();
    let mut last = BTreeMap::new();
    let mut followed = 0;
    for row in events(&client, "filter[type]=name_field_changed&order[created_at]=asc").await {
        if let Some(known) = last.insert(subject(&row), name(&row, "value_after")) {
            assert_eq!(name(&row, "value_before"), known, "{row}");
            followed += 1;
        }
    }
    assert!(followed > 2, "{followed}");
    let records = records(&client).await;
    let known: Vec<_> = last.iter().filter(|(subject, _)| records.contains_key(subject)).collect();
    assert!(known.len() > 20, "{}", known.len());
    for (subject, name) in known {
        assert_eq!(records[subject]["name"], *name, "{subject:?}");
    }
}

#[tokio::test]
async fn tags_and_values_that_came_are_on_the_records() {
    let client = Client::with_token(Config { notes: NoteCounts::each(2000), ..Config::default() });
    let records = records(&client).await;
    let has_text = |list: &Value, member: &str, text: &Value| {
        list.as_array().is_some_and(|items| items.iter().any(|item| item[member] == *text))
    };
    let mut seen = [0, 0];
    for row in events(&client, "filter[type]=entity_tag_added,custom_field_value_changed").await {
        let Some(record) = records.get(&subject(&row)) else { continue };
        let value = &row["value_after"][0];
        if row["type"] == "entity_tag_added" && row["created_by"] != 0 {
            let tags = &record["_embedded"]["tags"];
            assert!(has_text(tags, "name", &value["tag"]["name"]), "{row} {tags}");
            seen[0] += 1;
        } else if let Some(value) = value.get("custom_field_value") {
            let fields = record["custom_fields_values"].as_array().cloned().unwrap_or_default();
            let field = fields.iter().find(|field| field["field_id"] == value["field_id"]);
            let values = field.map_or(&Value::Null, |field| &field["values"]);
            assert!(has_text(values, "value", &value["text"]), "{row} {values}");
            seen[1] += 1;
        }
    }
    assert!(seen.iter().all(|count| *count > 20), "{seen:?}");
}
